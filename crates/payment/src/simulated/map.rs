//! Between the gateway's shapes and ours. Pure both ways: the same bytes always mean the same.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::Url;

use super::{NAME, wire};
use crate::{Asked, BadWebhook, Capture, Created, Fault, Hint, Standing, Wish};

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
    Created::Open { gateway_order: opened.order, pay_url: opened.pay_url, open_until }
}

fn said(error: &wire::ErrorWords) -> String {
    let message: String = error.message.chars().take(200).collect();
    format!("{message} ({})", error.code.chars().take(40).collect::<String>())
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// What the gateway says of a payment. Money counts wherever it is named; a status without money
/// never makes a payment paid.
pub fn standing(asked: &Asked, status: u16, body: &[u8]) -> Result<Standing, Fault> {
    match status {
        200 => {}
        404 if is_unknown_payment(body) => return Ok(Standing::Absent),
        429 | 500..=599 => {
            let reason = format!("it answered HTTP {status}");
            return Err(Fault::Unreachable { gateway: NAME, reason });
        }
        401 | 403 => return Err(unusable(format!("it refuses our key (HTTP {status})"))),
        _ => return Err(unusable(format!("HTTP {status}"))),
    }
    let payment: wire::Payment =
        serde_json::from_slice(body).map_err(|error| unusable(error.to_string()))?;
    if payment.payment != asked.payment {
        return Err(unusable("it is about another payment".to_owned()));
    }
    if asked.gateway_order.as_ref().is_some_and(|order| *order != payment.order) {
        return Err(unusable("it names another order than at the start".to_owned()));
    }
    let captures = read_captures(payment.captures)?;
    match payment.status {
        _ if !captures.is_empty() => Ok(Standing::Captured { captures }),
        wire::Status::Open | wire::Status::Pending => Ok(Standing::Pending),
        wire::Status::Failed => Ok(Standing::Failed { reason: "the payment failed".to_owned() }),
        wire::Status::Expired => Ok(Standing::Failed { reason: "the time was over".to_owned() }),
        wire::Status::Paid => Err(unusable("paid, but by nothing".to_owned())),
        wire::Status::Other(word) => {
            let word: String = word.chars().take(40).collect();
            Err(unusable(format!("the status {word:?} is not known")))
        }
    }
}

fn is_unknown_payment(body: &[u8]) -> bool {
    serde_json::from_slice::<wire::Refused>(body)
        .is_ok_and(|refused| refused.error.code == "unknown-payment")
}

/// Rows that are equal in everything are one; rows that share an id only cannot be used.
fn read_captures(rows: Vec<wire::Capture>) -> Result<Vec<Capture>, Fault> {
    let mut distinct: Vec<wire::Capture> = Vec::new();
    for row in rows {
        match distinct.iter().find(|known| known.id == row.id) {
            Some(known) if *known == row => {}
            Some(_) => return Err(unusable("two captures have one id".to_owned())),
            None => distinct.push(row),
        }
    }
    distinct.into_iter().map(read_capture).collect()
}

/// Reads one capture as the gateway recorded it, whomever it names: who it is for and whether it
/// is enough is not decided here.
fn read_capture(row: wire::Capture) -> Result<Capture, Fault> {
    if row.id.is_empty() || row.amount_minor <= 0 {
        return Err(unusable("a capture without an id or an amount".to_owned()));
    }
    let currency = Currency::parse(&row.currency).map_err(|error| unusable(error.to_string()))?;
    Ok(Capture {
        gateway_payment: row.id,
        payment: row.payment,
        gateway_order: row.order,
        amount: Money::new(row.amount_minor, currency),
    })
}

fn unusable(reason: String) -> Fault {
    Fault::Unusable { gateway: NAME, reason }
}

/// Compares in constant time over the bytes as they came.
pub fn check_signature(secret: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), BadWebhook> {
    let header = |name: &str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(only), None) => Ok(only.as_bytes()),
            _ => Err(BadWebhook::Forged),
        }
    };
    let timestamp = header("x-gateway-timestamp")?;
    let claimed = hex::decode(header("x-gateway-signature")?).map_err(|_| BadWebhook::Forged)?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| BadWebhook::Forged)?;
    mac.update(timestamp);
    mac.update(b".");
    mac.update(body);
    let right = mac.finalize().into_bytes();
    match bool::from(right.as_slice().ct_eq(&claimed)) {
        true => Ok(()),
        false => Err(BadWebhook::Forged),
    }
}

/// The payment that a genuine webhook is about.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let news: wire::News =
        serde_json::from_slice(body).map_err(|error| BadWebhook::Unreadable(error.to_string()))?;
    let is_id = |text: &str| !text.is_empty() && text.len() <= 100;
    if !is_id(&news.event) || !is_id(&news.payment) {
        return Err(BadWebhook::Unreadable("an id is empty or too long".to_owned()));
    }
    Ok(Hint { event: news.event, payment: news.payment })
}
