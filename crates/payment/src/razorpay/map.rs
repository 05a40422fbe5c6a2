//! Between Razorpay's shapes and ours. Pure both ways: the same bytes always mean the same.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use url::Url;

use super::{NAME, wire};
use crate::client::Reply;
use crate::reading::{answered, ascii, clip, distinct, is_id, minor, unusable};
use crate::{
    Asked, BadWebhook, Capture, Created, Fault, Form, Hint, Refund, RefundStanding, Refunded,
    Return, Standing, Taken, Topic, Webhook, Wish, seal,
};

/// The note under which an order and its payments carry our id.
const OUR_ID: &str = "client_txn_id";

pub fn new_order(wish: &Wish) -> wire::NewOrder<'_> {
    wire::NewOrder {
        amount: wish.amount.minor,
        currency: wish.amount.currency.code(),
        receipt: &wish.payment,
        payment_capture: 1,
        notes: BTreeMap::from([(OUR_ID, wish.payment.as_str())]),
    }
}

/// What the answer to a request for an order means. Only their own word is a refusal; anything
/// that cannot be read to its end may hide an order.
pub fn created(wish: &Wish, reply: &Reply) -> Created {
    let unknown = |reason: String| Created::Unknown { reason };
    let order: wire::OrderRow = match accepted(reply) {
        Ok(order) => order,
        Err(No::Said(reason)) => return Created::Refused { reason },
        Err(No::Unclear(reason)) => return unknown(reason),
    };
    let fits = order.receipt.as_deref() == Some(&wish.payment)
        && order.amount == wish.amount.minor
        && order.currency == wish.amount.currency.code();
    if !fits || !is_id(&order.id) {
        return unknown("the answer is about another payment or amount".to_owned());
    }
    Created::Open { gateway_order: order.id, pay_url: None, open_until: None }
}

/// Why a request was not granted.
enum No {
    /// In their own words: it did nothing.
    Said(String),
    Unclear(String),
}

fn accepted<T: DeserializeOwned>(reply: &Reply) -> Result<T, No> {
    let status = reply.status;
    if status == 200 {
        let read = serde_json::from_slice(&reply.body);
        return read.map_err(|error| No::Unclear(format!("the answer cannot be read: {error}")));
    }
    match (status, serde_json::from_slice::<wire::Refused>(&reply.body)) {
        (400..=404 | 422 | 429, Ok(wire::Refused { error })) => Err(No::Said(said(&error))),
        (_, Ok(refused)) => Err(No::Unclear(format!("HTTP {status}: {}", said(&refused.error)))),
        (_, Err(_)) => Err(No::Unclear(format!("HTTP {status} in a form that is not theirs"))),
    }
}

fn said(error: &wire::ErrorWords) -> String {
    format!("{} ({})", clip(&error.description, 200), clip(&error.code, 40))
}

/// What the buyer's browser posts to their checkout page.
pub fn form(key_id: &str, action: Url, wish: &Wish, gateway_order: &str) -> Form {
    let mut fields = vec![
        ("key_id", key_id.to_owned()),
        ("amount", wish.amount.minor.to_string()),
        ("currency", wish.amount.currency.code().to_owned()),
        ("order_id", gateway_order.to_owned()),
        ("name", ascii(&wish.purpose, 80)),
        ("callback_url", wish.return_url.clone()),
        ("cancel_url", wish.return_url.clone()),
        ("notes[client_txn_id]", wish.payment.clone()),
        ("prefill[name]", ascii(&wish.buyer_name, 50)),
        ("prefill[email]", ascii(&wish.buyer_email, 100)),
    ];
    if let Some(phone) = &wish.buyer_phone {
        fields.push(("prefill[contact]", ascii(phone, 20)));
    }
    fields.retain(|(_, value)| !value.is_empty());
    Form { action: action.into(), fields }
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, Fault> {
    answered(NAME, reply.status)?;
    serde_json::from_slice(&reply.body).map_err(|error| unusable(NAME, error.to_string()))
}

/// The order that was opened for a payment.
pub fn order(asked: &Asked, reply: &Reply) -> Result<wire::OrderRow, Fault> {
    let order: wire::OrderRow = read(reply)?;
    if asked.gateway_order.as_ref().is_some_and(|known| *known != order.id) {
        return Err(unusable(NAME, "it names another order than at the start"));
    }
    if order.receipt.as_deref() != Some(&asked.payment) {
        return Err(unusable(NAME, "the order is for another payment"));
    }
    Ok(order)
}

/// All orders under our id: a lost answer may have left one that nobody sees.
pub fn orders(asked: &Asked, reply: &Reply) -> Result<Vec<wire::OrderRow>, Fault> {
    let orders: Vec<wire::OrderRow> = read::<wire::Collection<wire::OrderRow>>(reply)?.items;
    if orders.iter().any(|order| order.receipt.as_deref() != Some(&asked.payment)) {
        return Err(unusable(NAME, "it lists an order for another payment"));
    }
    Ok(orders)
}

pub fn payments(reply: &Reply) -> Result<Vec<wire::Payment>, Fault> {
    Ok(read::<wire::Collection<wire::Payment>>(reply)?.items)
}

/// What all tries for a payment come to. Money counts wherever it is named; a status without
/// money never makes a payment paid.
pub fn standing(found: &[(wire::OrderRow, Vec<wire::Payment>)]) -> Result<Standing, Fault> {
    use wire::PaymentStatus as Status;
    if found.is_empty() {
        return Ok(Standing::Absent);
    }
    let (mut captures, mut held, mut strange) = (Vec::new(), Vec::new(), None);
    for (order, rows) in found {
        for row in rows {
            match &row.status {
                Status::Captured | Status::Refunded => captures.push(capture(order, row)?),
                Status::Authorized => held.push(capture(order, row)?),
                Status::Created | Status::Failed => {}
                Status::Other(word) => strange = Some(clip(word, 40)),
            }
        }
    }
    let captures = distinct(NAME, captures)?;
    if !captures.is_empty() {
        return Ok(Standing::Captured { captures });
    }
    if let Some(word) = strange {
        return Err(unusable(NAME, format!("the status {word:?} is not known")));
    }
    if !held.is_empty() {
        return Ok(Standing::Authorised { held: distinct(NAME, held)? });
    }
    match found.iter().any(|(order, _)| order.status == wire::OrderStatus::Paid) {
        true => Err(unusable(NAME, "paid, but by nothing")),
        // A failed try is not the end: the buyer may try again as long as they like.
        false => Ok(Standing::Pending),
    }
}

/// Reads one movement as they recorded it, whichever order it names.
fn capture(order: &wire::OrderRow, row: &wire::Payment) -> Result<Capture, Fault> {
    let amount = minor(row.amount, &row.currency).map_err(|reason| unusable(NAME, reason))?;
    let gateway_order = row.order_id.clone().unwrap_or_default();
    if !is_id(&row.id) || !is_id(&gateway_order) {
        return Err(unusable(NAME, "a payment without an id or an order"));
    }
    // A payment under another order is not ours to name: whoever books it sees that it is foreign.
    let payment = match gateway_order == order.id {
        true => order.receipt.clone().unwrap_or_default(),
        false => String::new(),
    };
    let fee = row.fee.filter(|fee| *fee >= 0).map(|fee| amount_like(amount, fee));
    Ok(Capture { gateway_payment: row.id.clone(), payment, gateway_order, amount, fee })
}

fn amount_like(amount: domain::money::Money, minor: i64) -> domain::money::Money {
    domain::money::Money::new(minor, amount.currency)
}

pub fn take(held: &Capture) -> wire::Take {
    wire::Take { amount: held.amount.minor, currency: held.amount.currency.code() }
}

pub fn taken(held: &Capture, reply: &Reply) -> Taken {
    let unknown = |reason: String| Taken::Unknown { reason };
    let row: wire::Payment = match accepted(reply) {
        Ok(row) => row,
        // They say the same of one that was captured a moment ago.
        Err(No::Said(reason) | No::Unclear(reason)) => return unknown(reason),
    };
    let amount = minor(row.amount, &row.currency);
    let fits = row.id == held.gateway_payment
        && row.order_id.as_deref() == Some(&held.gateway_order)
        && amount == Ok(held.amount);
    if !fits || row.status != wire::PaymentStatus::Captured {
        return unknown("the answer is not about this payment as captured".to_owned());
    }
    let fee = row.fee.filter(|fee| *fee >= 0).map(|fee| amount_like(held.amount, fee));
    Taken::Captured(Capture { fee, ..held.clone() })
}

/// What a browser brought back, against the order that we stored ourselves.
pub fn returned(secret: &str, asked: &Asked, fields: &[(String, String)]) -> Return {
    let field = |name: &str| {
        let mut values = fields.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, only)), None) => Some(only.as_str()),
            _ => None,
        }
    };
    if let Some(code) = field("error[code]") {
        let words = field("error[description]").unwrap_or_default();
        return Return::GaveUp { reason: format!("{} ({})", clip(words, 200), clip(code, 40)) };
    }
    let brought =
        (field("razorpay_order_id"), field("razorpay_payment_id"), field("razorpay_signature"));
    let (Some(order), Some(payment), Some(signature)) = brought else {
        // Whoever presses "back" brings nothing of theirs.
        let none = brought == (None, None, None);
        let reason = "the buyer came back without a payment".to_owned();
        return if none { Return::GaveUp { reason } } else { Return::Foreign };
    };
    let Ok(claimed) = seal::hex_claim(signature.as_bytes()) else { return Return::Foreign };
    let ours = asked.gateway_order.as_deref() == Some(order);
    let fits = seal::fits(secret, &[order.as_bytes(), b"|", payment.as_bytes()], &claimed);
    if ours && fits { Return::Fits } else { Return::Foreign }
}

/// Over the bytes as they came, by the webhook secret.
pub fn check_signature(secret: &str, hook: &Webhook<'_>) -> Result<(), BadWebhook> {
    let claimed = seal::only_header(hook.headers, "x-razorpay-signature")?;
    let claimed = seal::hex_claim(claimed)?;
    match seal::fits(secret, &[hook.body], &claimed) {
        true => Ok(()),
        false => Err(BadWebhook::Forged),
    }
}

/// The payment that a genuine webhook is about. Their event id stands in an unsigned header, so
/// repeats are known by their bytes.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let news: wire::News =
        serde_json::from_slice(body).map_err(|error| BadWebhook::Unreadable(error.to_string()))?;
    let payment = news.payload.payment.map(|boxed| boxed.entity);
    let order = news.payload.order.map(|boxed| boxed.entity);
    let noted = payment.as_ref().and_then(|p| p.notes[OUR_ID].as_str().map(str::to_owned));
    let receipt = order.as_ref().and_then(|order| order.receipt.clone());
    let by_payment = payment.as_ref().and_then(|payment| payment.order_id.clone());
    let hint = Hint {
        event: seal::event_of(body),
        payment: receipt.or(noted).filter(|id| is_id(id)),
        gateway_order: order.map(|order| order.id).or(by_payment).filter(|id| is_id(id)),
        gateway_payment: payment.map(|payment| payment.id).filter(|id| is_id(id)),
        topic: if news.event.starts_with("refund.") { Topic::Refund } else { Topic::Payment },
    };
    if hint.payment.is_none() && hint.gateway_order.is_none() && hint.gateway_payment.is_none() {
        return Err(BadWebhook::Unreadable("it names no payment and no order".to_owned()));
    }
    Ok(hint)
}

pub fn new_refund(refund: &Refund) -> wire::NewRefund<'_> {
    wire::NewRefund {
        amount: refund.amount.minor,
        speed: "normal",
        receipt: &refund.refund,
        notes: BTreeMap::from([("note", ascii(&refund.note, 200))]),
    }
}

pub fn refunded(refund: &Refund, reply: &Reply) -> Refunded {
    let unknown = |reason: String| Refunded::Unknown { reason };
    let row: wire::RefundRow = match accepted(reply) {
        Ok(row) => row,
        // An earlier try of ours may be what has paid it back: that has to be looked up.
        Err(No::Said(reason)) if reason.contains("refunded already") => return unknown(reason),
        Err(No::Said(reason)) => return Refunded::Refused { reason },
        Err(No::Unclear(reason)) => return unknown(reason),
    };
    if !is_same(refund, &row) || !is_id(&row.id) {
        return unknown("the answer is about another refund or amount".to_owned());
    }
    match state(&row.status) {
        Ok(standing) => Refunded::Taken { gateway_refund: row.id, standing },
        Err(fault) => unknown(fault.to_string()),
    }
}

fn is_same(refund: &Refund, row: &wire::RefundRow) -> bool {
    row.payment_id == refund.gateway_payment
        && row.receipt.as_deref() == Some(&refund.refund)
        && minor(row.amount, &row.currency) == Ok(refund.amount)
}

fn state(status: &wire::RefundStatus) -> Result<RefundStanding, Fault> {
    match status {
        wire::RefundStatus::Pending => Ok(RefundStanding::Pending),
        wire::RefundStatus::Processed => Ok(RefundStanding::Done),
        wire::RefundStatus::Failed => {
            Ok(RefundStanding::Failed { reason: "the refund failed".to_owned() })
        }
        wire::RefundStatus::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(word, 40))))
        }
    }
}

pub fn refund_standing(refund: &Refund, reply: &Reply) -> Result<RefundStanding, Fault> {
    let rows: wire::Collection<wire::RefundRow> = read(reply)?;
    let ours = |row: &&wire::RefundRow| row.receipt.as_deref() == Some(&refund.refund);
    match rows.items.iter().find(ours) {
        None => Ok(RefundStanding::Absent),
        Some(row) if is_same(refund, row) => state(&row.status),
        Some(_) => Err(unusable(NAME, "our refund stands there with another amount")),
    }
}
