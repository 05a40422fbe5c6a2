//! Between UPIGateway's shapes and ours. Pure both ways: the same bytes always mean the same.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::money::Currency;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::{NAME, wire};
use crate::client::Reply;
use crate::reading::{answered, ascii, clip, is_id, is_web_address, unusable};
use crate::{Asked, BadWebhook, Capture, Created, Fault, Hint, Standing, Wish, decimal};

/// They want a phone number; this is nobody's.
const NO_PHONE: &str = "9999999999";
/// India is so far ahead of UTC, all year.
const AHEAD: Duration = Duration::from_secs(5 * 3_600 + 1_800);
/// Their clock and ours may be on two sides of midnight.
const AROUND_MIDNIGHT: Duration = Duration::from_secs(15 * 60);

/// Nothing for a currency that they do not take.
pub fn new_order<'a>(key: &'a str, wish: &'a Wish) -> Option<wire::NewOrder<'a>> {
    let name = ascii(&wish.buyer_name, 100);
    (wish.amount.currency == Currency::INR).then(|| wire::NewOrder {
        key,
        client_txn_id: &wish.payment,
        amount: decimal::written(wish.amount),
        p_info: ascii(&wish.purpose, 100),
        customer_name: if name.is_empty() { "Customer".to_owned() } else { name },
        customer_email: &wish.buyer_email,
        customer_mobile: wish.buyer_phone.clone().unwrap_or_else(|| NO_PHONE.to_owned()),
        redirect_url: &wish.return_url,
        udf1: "",
        udf2: "",
        udf3: "",
    })
}

/// What the answer to a request for an order means. `status: false` is their no, unless it is
/// about an order that is there already.
pub fn created(reply: &Reply) -> Created {
    let unknown = |reason: String| Created::Unknown { reason };
    let answer = serde_json::from_slice::<wire::Answer<wire::Opened>>(&reply.body);
    match (reply.status, answer) {
        (200, Ok(wire::Answer { status: true, data: Some(opened), .. })) => {
            let order = opened.order_id.text();
            if !is_id(&order) || !is_web_address(&opened.payment_url) {
                return unknown("the answer names no order or no page to pay at".to_owned());
            }
            let pay_url = Some(opened.payment_url);
            Created::Open { gateway_order: order, pay_url, open_until: None }
        }
        (200 | 400..=404 | 422, Ok(wire::Answer { status: false, msg, .. })) => {
            let lower = msg.to_ascii_lowercase();
            let is_there = ["already", "exist", "duplicate"].iter().any(|w| lower.contains(w));
            match is_there {
                true => unknown(clip(&msg, 200)),
                false => Created::Refused { reason: clip(&msg, 200) },
            }
        }
        (status, _) => unknown(format!("HTTP {status} in a form that cannot be read")),
    }
}

/// The days under which a payment may be filed there, `DD-MM-YYYY`, likeliest first.
pub fn days(created_at: Timestamp) -> Vec<String> {
    let there = created_at + AHEAD;
    let mut days = Vec::new();
    for moment in [there, there - AROUND_MIDNIGHT, there + AROUND_MIDNIGHT] {
        let text = moment.rfc3339();
        let mut parts = text.split(['-', 'T']);
        if let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) {
            let day = format!("{day}-{month}-{year}");
            if !days.contains(&day) {
                days.push(day);
            }
        }
    }
    days
}

pub fn question<'a>(key: &'a str, asked: &'a Asked, day: &'a str) -> wire::Question<'a> {
    wire::Question { key, client_txn_id: &asked.payment, txn_date: day }
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, Fault> {
    answered(NAME, reply.status)?;
    serde_json::from_slice(&reply.body).map_err(|error| unusable(NAME, error.to_string()))
}

/// How a payment stands. Success counts only with the number of a transfer.
pub fn standing(asked: &Asked, reply: &Reply) -> Result<Standing, Fault> {
    let answer: wire::Answer<wire::OrderRow> = read(reply)?;
    let order = match (answer.status, answer.data) {
        (true, Some(order)) => order,
        (false, _) if answer.msg.to_ascii_lowercase().contains("not found") => {
            return Ok(Standing::Absent);
        }
        _ => return Err(unusable(NAME, format!("it says {:?}", clip(&answer.msg, 200)))),
    };
    if order.client_txn_id != asked.payment {
        return Err(unusable(NAME, "it is about another payment"));
    }
    match order.status.clone() {
        wire::Status::Created | wire::Status::Scanning => Ok(Standing::Pending),
        wire::Status::Success => Ok(Standing::Captured { captures: vec![capture(asked, order)?] }),
        wire::Status::Failure => {
            let why = order.remark.filter(|remark| !remark.is_empty());
            let reason = why.map_or("the payment failed".to_owned(), |why| clip(&why, 200));
            Ok(Standing::Failed { reason })
        }
        wire::Status::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(&word, 40))))
        }
    }
}

fn capture(asked: &Asked, order: wire::OrderRow) -> Result<Capture, Fault> {
    let amount = decimal::read(&order.amount, "INR").map_err(|why| unusable(NAME, why))?;
    let gateway_payment = order.upi_txn_id.map(wire::Id::text).unwrap_or_default();
    if !is_id(&gateway_payment) {
        return Err(unusable(NAME, "paid, but by nothing"));
    }
    // Their answers are found by our id and tell no order of theirs that could be relied on.
    let told = order.id.map(wire::Id::text).unwrap_or_default();
    let gateway_order = asked.gateway_order.clone().unwrap_or(told);
    let payment = order.client_txn_id;
    Ok(Capture { gateway_payment, payment, gateway_order, amount, fee: None })
}

/// The payment that a webhook claims to be about. Nobody signs it, so it is one event per payment
/// and outcome: whoever invents others makes us ask once more, and not again.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let only = |name: &str| {
        let mut values = form_urlencoded::parse(body).filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, only)), None) if is_id(&only) => Some(only.into_owned()),
            _ => None,
        }
    };
    let unreadable = || BadWebhook::Unreadable("it names no payment".to_owned());
    let payment = only("client_txn_id").ok_or_else(unreadable)?;
    let outcome = match only("status").as_deref() {
        Some("success") => "success",
        Some("failure") => "failure",
        _ => "other",
    };
    Ok(Hint {
        event: format!("{payment}:{outcome}"),
        gateway_payment: only("upi_txn_id"),
        payment: Some(payment),
        ..Hint::default()
    })
}
