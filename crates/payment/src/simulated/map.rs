//! Between the gateway's shapes and ours. Pure both ways: the same bytes always mean the same.

use domain::clock::Timestamp;
use http::HeaderMap;

use super::{NAME, wire};
use crate::reading::{answered, clip, distinct, is_id, is_web_address, minor, unusable};
use crate::{
    Asked, BadWebhook, Capture, Created, Fault, Hint, Refund, RefundStanding, Refunded, Standing,
    Topic, Wish, seal,
};

pub fn request(wish: &Wish) -> wire::NewPayment<'_> {
    wire::NewPayment {
        payment: &wish.payment,
        amount_minor: wish.amount.minor,
        currency: wish.amount.currency.code(),
        purpose: &wish.purpose,
        buyer_name: &wish.buyer_name,
        buyer_email: &wish.buyer_email,
        return_url: &wish.return_url,
        notify_url: &wish.notify_url,
    }
}

/// What the answer to a request for a payment means. Only the gateway's own word that it opened
/// nothing is a refusal; anything that cannot be read to its end may hide an open payment.
pub fn created(wish: &Wish, status: u16, body: &[u8]) -> Created {
    let unknown = |reason: String| Created::Unknown { reason };
    if !matches!(status, 200 | 201) {
        return match (status, serde_json::from_slice::<wire::Refused>(body)) {
            (400..=499, Ok(wire::Refused { error, created: Some(false) })) => {
                Created::Refused { reason: said(&error) }
            }
            (_, Ok(refused)) => unknown(format!("HTTP {status}: {}", said(&refused.error))),
            (_, Err(_)) => unknown(format!("HTTP {status} in a form that is not the gateway's")),
        };
    }
    let opened: wire::Opened = match serde_json::from_slice(body) {
        Ok(opened) => opened,
        Err(error) => return unknown(format!("the answer cannot be read: {error}")),
    };
    let fits = opened.payment == wish.payment
        && opened.amount_minor == wish.amount.minor
        && opened.currency == wish.amount.currency.code();
    if !fits {
        return unknown("the answer is about another payment or amount".to_owned());
    }
    if opened.order.is_empty() || !is_web_address(&opened.pay_url) {
        return unknown("the answer names no order or no page to pay at".to_owned());
    }
    // A time that cannot be read says nothing of the payment, which is open.
    let open_until = opened.expires_at.as_str().and_then(Timestamp::parse);
    Created::Open { gateway_order: opened.order, pay_url: Some(opened.pay_url), open_until }
}

fn said(error: &wire::ErrorWords) -> String {
    format!("{} ({})", clip(&error.message, 200), clip(&error.code, 40))
}

/// What the gateway says of a payment. Money counts wherever it is named; a status without money
/// never makes a payment paid.
pub fn standing(asked: &Asked, status: u16, body: &[u8]) -> Result<Standing, Fault> {
    if status == 404 && is_error(body, "unknown-payment") {
        return Ok(Standing::Absent);
    }
    answered(NAME, status)?;
    let payment: wire::Payment =
        serde_json::from_slice(body).map_err(|error| unusable(NAME, error.to_string()))?;
    if payment.payment != asked.payment {
        return Err(unusable(NAME, "it is about another payment"));
    }
    if asked.gateway_order.as_ref().is_some_and(|order| *order != payment.order) {
        return Err(unusable(NAME, "it names another order than at the start"));
    }
    let captures = read_captures(payment.captures)?;
    match payment.status {
        _ if !captures.is_empty() => Ok(Standing::Captured { captures }),
        wire::Status::Open | wire::Status::Pending => Ok(Standing::Pending),
        wire::Status::Failed => Ok(Standing::Failed { reason: "the payment failed".to_owned() }),
        wire::Status::Expired => Ok(Standing::Failed { reason: "the time was over".to_owned() }),
        wire::Status::Paid => Err(unusable(NAME, "paid, but by nothing")),
        wire::Status::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(&word, 40))))
        }
    }
}

fn is_error(body: &[u8], code: &str) -> bool {
    serde_json::from_slice::<wire::Refused>(body).is_ok_and(|refused| refused.error.code == code)
}

/// Reads captures as the gateway recorded them, whomever they name: who they are for and whether
/// they are enough is not decided here.
fn read_captures(rows: Vec<wire::Capture>) -> Result<Vec<Capture>, Fault> {
    let rows: Result<Vec<Capture>, Fault> = rows.into_iter().map(read_capture).collect();
    distinct(NAME, rows?)
}

fn read_capture(row: wire::Capture) -> Result<Capture, Fault> {
    if !is_id(&row.id) {
        return Err(unusable(NAME, "a capture without an id that can be kept"));
    }
    let amount = minor(row.amount_minor, &row.currency).map_err(|why| unusable(NAME, why))?;
    Ok(Capture {
        gateway_payment: row.id,
        payment: row.payment,
        gateway_order: row.order,
        amount,
        fee: None,
    })
}

/// Compares in constant time over the bytes as they came.
pub fn check_signature(secret: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), BadWebhook> {
    let timestamp = seal::only_header(headers, "x-gateway-timestamp")?;
    let claimed = seal::only_header(headers, "x-gateway-signature")?;
    let claimed = seal::hex_claim(claimed)?;
    match seal::fits(secret, &[timestamp, b".", body], &claimed) {
        true => Ok(()),
        false => Err(BadWebhook::Forged),
    }
}

/// The payment that a genuine webhook is about.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let news: wire::News =
        serde_json::from_slice(body).map_err(|error| BadWebhook::Unreadable(error.to_string()))?;
    if !is_id(&news.event) || !is_id(&news.payment) {
        return Err(BadWebhook::Unreadable("an id is empty or too long".to_owned()));
    }
    Ok(Hint {
        event: news.event,
        payment: Some(news.payment),
        topic: if news.kind.starts_with("refund.") { Topic::Refund } else { Topic::Payment },
        ..Hint::default()
    })
}

pub fn new_refund(refund: &Refund) -> wire::NewRefund<'_> {
    wire::NewRefund {
        refund: &refund.refund,
        capture: &refund.gateway_payment,
        amount_minor: refund.amount.minor,
        currency: refund.amount.currency.code(),
        note: &refund.note,
    }
}

/// What the answer to a request for a refund means: as with `created`.
pub fn refunded(refund: &Refund, status: u16, body: &[u8]) -> Refunded {
    let unknown = |reason: String| Refunded::Unknown { reason };
    if !matches!(status, 200 | 201) {
        return match (status, serde_json::from_slice::<wire::Refused>(body)) {
            (400..=499, Ok(wire::Refused { error, created: Some(false) })) => {
                Refunded::Refused { reason: said(&error) }
            }
            _ => unknown(format!("HTTP {status}")),
        };
    }
    match serde_json::from_slice::<wire::Refund>(body) {
        Ok(row) if !is_same(refund, &row) || row.id.is_empty() => {
            unknown("the answer is about another refund or amount".to_owned())
        }
        Ok(row) => match state(row.status) {
            Ok(standing) => Refunded::Taken { gateway_refund: row.id, standing },
            Err(fault) => unknown(fault.to_string()),
        },
        Err(error) => unknown(format!("the answer cannot be read: {error}")),
    }
}

fn is_same(refund: &Refund, row: &wire::Refund) -> bool {
    row.refund == refund.refund
        && row.capture == refund.gateway_payment
        && minor(row.amount_minor, &row.currency) == Ok(refund.amount)
}

fn state(status: wire::RefundStatus) -> Result<RefundStanding, Fault> {
    match status {
        wire::RefundStatus::Pending => Ok(RefundStanding::Pending),
        wire::RefundStatus::Done => Ok(RefundStanding::Done),
        wire::RefundStatus::Failed => {
            Ok(RefundStanding::Failed { reason: "the refund failed".to_owned() })
        }
        wire::RefundStatus::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(&word, 40))))
        }
    }
}

pub fn refund_standing(refund: &Refund, status: u16, body: &[u8]) -> Result<RefundStanding, Fault> {
    if status == 404 && is_error(body, "unknown-refund") {
        return Ok(RefundStanding::Absent);
    }
    answered(NAME, status)?;
    let row: wire::Refund =
        serde_json::from_slice(body).map_err(|error| unusable(NAME, error.to_string()))?;
    match is_same(refund, &row) {
        true => state(row.status),
        false => Err(unusable(NAME, "our refund stands there with another amount")),
    }
}
