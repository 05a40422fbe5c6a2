//! Between Cashfree's shapes and ours. Pure both ways: the same bytes always mean the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::clock::Timestamp;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{NAME, wire};
use crate::client::Reply;
use crate::reading::{answered, ascii, clip, distinct, is_id, is_web_address, unusable};
use crate::{
    Asked, BadWebhook, Capture, Created, Fault, Hint, Refund, RefundStanding, Refunded, Standing,
    Topic, Webhook, Wish, decimal, seal,
};

/// They want a phone number; this is nobody's.
const NO_PHONE: &str = "9999999999";

pub fn new_order(wish: &Wish) -> wire::NewOrder<'_> {
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let joint = if wish.return_url.contains('?') { '&' } else { '?' };
    wire::NewOrder {
        order_id: &wish.payment,
        order_amount: decimal::number(wish.amount),
        order_currency: wish.amount.currency.code(),
        customer_details: wire::Customer {
            customer_id: hex::encode(&Sha256::digest(wish.buyer_email.as_bytes())[..10]),
            customer_name: or(ascii(&wish.buyer_name, 100), "Customer"),
            customer_email: wish.buyer_email.clone(),
            customer_phone: wish.buyer_phone.clone().unwrap_or_else(|| NO_PHONE.to_owned()),
        },
        order_meta: wire::Meta {
            // They fill the placeholder in.
            return_url: format!("{}{joint}order_id={{order_id}}", wish.return_url),
            notify_url: wish.notify_url.clone(),
        },
        order_note: ascii(&wish.purpose, 200),
        order_expiry_time: wish.expires_at.rfc3339(),
    }
}

/// A UUID for a name of ours: the same name, the same UUID.
pub fn uuid_of(name: &str) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    // Version 8 (made by our own rule), variant of RFC 9562.
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = hex::encode(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// An order that is open, on its way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub order: String,
    pub session: String,
    pub open_until: Option<Timestamp>,
}

/// What the answer to a request for an order means. Only their own word is a refusal; anything
/// that cannot be read to its end may hide an order.
pub fn created(wish: &Wish, reply: &Reply) -> Result<Opened, Created> {
    let unknown = |reason: &str| Err(Created::Unknown { reason: reason.to_owned() });
    let order: wire::OrderRow = match accepted(reply) {
        Ok(order) => order,
        Err(No::Said(reason)) => return Err(Created::Refused { reason }),
        Err(No::Unclear(reason)) => return unknown(&reason),
    };
    let amount = decimal::read(&order.order_amount, &order.order_currency);
    if order.order_id != wish.payment || amount != Ok(wish.amount) {
        return unknown("the answer is about another payment or amount");
    }
    let (id, session) = (order.cf_order_id.text(), order.payment_session_id.unwrap_or_default());
    if !is_id(&id) || session.is_empty() {
        return unknown("the answer names no order or no session");
    }
    let open_until = order.order_expiry_time.as_deref().and_then(Timestamp::parse);
    Ok(Opened { order: id, session, open_until })
}

pub fn new_session(opened: &Opened) -> wire::NewSession<'_> {
    let payment_method = wire::Method { upi: wire::Channel { channel: "link" } };
    wire::NewSession { payment_session_id: &opened.session, payment_method }
}

/// The page that an open order leads to. Without one the order stands all the same.
pub fn page(opened: &Opened, reply: &Reply) -> Created {
    let url = accepted::<wire::Session>(reply).ok().and_then(|session| session.data.url);
    match url.filter(|url| is_web_address(url)) {
        Some(url) => Created::Open {
            gateway_order: opened.order.clone(),
            pay_url: Some(url),
            open_until: opened.open_until,
        },
        None => Created::Unknown { reason: "the order is open, but without a page".to_owned() },
    }
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
        (400..=404 | 422 | 429, Ok(refused)) => Err(No::Said(said(&refused))),
        (_, Ok(refused)) => Err(No::Unclear(format!("HTTP {status}: {}", said(&refused)))),
        (_, Err(_)) => Err(No::Unclear(format!("HTTP {status} in a form that is not theirs"))),
    }
}

fn said(refused: &wire::Refused) -> String {
    format!("{} ({})", clip(&refused.message, 200), clip(&refused.code, 40))
}

fn is_error(reply: &Reply, code: &str) -> bool {
    serde_json::from_slice::<wire::Refused>(&reply.body).is_ok_and(|refused| refused.code == code)
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, Fault> {
    answered(NAME, reply.status)?;
    serde_json::from_slice(&reply.body).map_err(|error| unusable(NAME, error.to_string()))
}

/// The order of a payment; nothing where they know none.
pub fn order(asked: &Asked, reply: &Reply) -> Result<Option<wire::OrderRow>, Fault> {
    if reply.status == 404 && is_error(reply, "order_not_found") {
        return Ok(None);
    }
    let order: wire::OrderRow = read(reply)?;
    if order.order_id != asked.payment {
        return Err(unusable(NAME, "it is about another payment"));
    }
    let id = order.cf_order_id.clone().text();
    if !is_id(&id) || asked.gateway_order.as_ref().is_some_and(|known| *known != id) {
        return Err(unusable(NAME, "it names another order than at the start"));
    }
    Ok(Some(order))
}

/// What all tries of an order come to. Money counts wherever it stands in the list; a status
/// without money never makes a payment paid.
pub fn standing(order: &wire::OrderRow, reply: &Reply) -> Result<Standing, Fault> {
    use wire::{OrderStatus as Whole, PaymentStatus as Try};
    let (mut captures, mut held, mut strange, mut open) = (Vec::new(), Vec::new(), None, false);
    for row in read::<Vec<wire::Payment>>(reply)? {
        match &row.payment_status {
            Try::Success if row.is_captured == Some(false) => held.push(capture(order, row)?),
            Try::Success => captures.push(capture(order, row)?),
            Try::Pending | Try::Flagged => open = true,
            Try::NotAttempted | Try::Failed | Try::UserDropped | Try::Void | Try::Cancelled => {}
            Try::Other(word) => strange = Some(clip(word, 40)),
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
    match &order.order_status {
        Whole::Paid => Err(unusable(NAME, "paid, but by nothing")),
        Whole::Active | Whole::TerminationRequested => Ok(Standing::Pending),
        Whole::Expired | Whole::Terminated if open => Ok(Standing::Pending),
        Whole::Expired | Whole::Terminated => {
            Ok(Standing::Failed { reason: "the time was over".to_owned() })
        }
        Whole::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(word, 40))))
        }
    }
}

/// Reads one movement as they recorded it, whichever payment it names.
fn capture(order: &wire::OrderRow, row: wire::Payment) -> Result<Capture, Fault> {
    let amount = decimal::read(&row.payment_amount, &row.payment_currency)
        .map_err(|reason| unusable(NAME, reason))?;
    let gateway_payment = row.cf_payment_id.text();
    if !is_id(&gateway_payment) {
        return Err(unusable(NAME, "a payment without an id"));
    }
    let gateway_order = order.cf_order_id.clone().text();
    Ok(Capture { gateway_payment, payment: row.order_id, gateway_order, amount, fee: None })
}

/// Over the timestamp and the bytes as they came.
pub fn check_signature(secret: &str, hook: &Webhook<'_>) -> Result<(), BadWebhook> {
    let timestamp = seal::only_header(hook.headers, "x-webhook-timestamp")?;
    let claimed = seal::only_header(hook.headers, "x-webhook-signature")?;
    let claimed = STANDARD.decode(claimed).map_err(|_| BadWebhook::Forged)?;
    // Digits alone: else a letter of the body could be moved to the front of it unseen.
    let is_moment = !timestamp.is_empty() && timestamp.iter().all(u8::is_ascii_digit);
    match is_moment && seal::fits(secret, &[timestamp, hook.body], &claimed) {
        true => Ok(()),
        false => Err(BadWebhook::Forged),
    }
}

/// The payment that a genuine webhook is about; repeats are known by their bytes.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let news: wire::News =
        serde_json::from_slice(body).map_err(|error| BadWebhook::Unreadable(error.to_string()))?;
    let order = news.data.order.or(news.data.refund).map(|order| order.order_id);
    let payment = order.filter(|id| is_id(id));
    if payment.is_none() {
        return Err(BadWebhook::Unreadable("it names no order".to_owned()));
    }
    let gateway_payment = news.data.payment.map(|payment| payment.cf_payment_id.text());
    Ok(Hint {
        event: seal::event_of(body),
        payment,
        gateway_payment: gateway_payment.filter(|id| is_id(id)),
        topic: if news.kind.starts_with("REFUND") { Topic::Refund } else { Topic::Payment },
        ..Hint::default()
    })
}

/// Their refund ids are letters and digits alone.
pub fn refund_id(refund: &Refund) -> String {
    refund.refund.chars().filter(char::is_ascii_alphanumeric).collect()
}

pub fn new_refund(refund: &Refund) -> wire::NewRefund {
    let note = ascii(&refund.note, 100);
    wire::NewRefund {
        refund_amount: decimal::number(refund.amount),
        refund_id: refund_id(refund),
        refund_note: if note.len() < 3 { "Refund".to_owned() } else { note },
        refund_speed: "STANDARD",
    }
}

pub fn refunded(refund: &Refund, reply: &Reply) -> Refunded {
    let unknown = |reason: String| Refunded::Unknown { reason };
    // An earlier try of ours may be what stands there under our id.
    if is_error(reply, "refund_already_exists") {
        return unknown("a refund of this id exists".to_owned());
    }
    let row: wire::RefundRow = match accepted(reply) {
        Ok(row) => row,
        Err(No::Said(reason)) => return Refunded::Refused { reason },
        Err(No::Unclear(reason)) => return unknown(reason),
    };
    if !is_same(refund, &row) {
        return unknown("the answer is about another refund or amount".to_owned());
    }
    match state(&row.refund_status) {
        Ok(standing) => Refunded::Taken { gateway_refund: row.cf_refund_id.text(), standing },
        Err(fault) => unknown(fault.to_string()),
    }
}

fn is_same(refund: &Refund, row: &wire::RefundRow) -> bool {
    row.order_id == refund.payment
        && row.refund_id == refund_id(refund)
        && decimal::read(&row.refund_amount, &row.refund_currency) == Ok(refund.amount)
}

fn state(status: &wire::RefundStatus) -> Result<RefundStanding, Fault> {
    use wire::RefundStatus as Status;
    match status {
        Status::Success => Ok(RefundStanding::Done),
        Status::Pending | Status::Onhold => Ok(RefundStanding::Pending),
        Status::Cancelled | Status::Failed => {
            Ok(RefundStanding::Failed { reason: "the refund failed".to_owned() })
        }
        Status::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(word, 40))))
        }
    }
}

pub fn refund_standing(refund: &Refund, reply: &Reply) -> Result<RefundStanding, Fault> {
    if reply.status == 404 && is_error(reply, "refund_not_found") {
        return Ok(RefundStanding::Absent);
    }
    let row: wire::RefundRow = read(reply)?;
    match is_same(refund, &row) {
        true => state(&row.refund_status),
        false => Err(unusable(NAME, "our refund stands there with another amount")),
    }
}
