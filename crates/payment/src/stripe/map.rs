//! Between Stripe's shapes and ours. Pure both ways: the same bytes always mean the same.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use serde::de::DeserializeOwned;
use url::form_urlencoded::Serializer;

use super::{NAME, wire};
use crate::client::Reply;
use crate::reading::{answered, ascii, clip, is_id, is_web_address, minor, unusable};
use crate::{
    Asked, BadWebhook, Capture, Created, Dispute, DisputeState, Fault, Hint, Refund,
    RefundStanding, Refunded, Standing, Topic, Webhook, Wish, seal,
};

/// The metadata under which everything of a payment carries our id.
const OUR_ID: &str = "client_txn_id";
const OUR_REFUND: &str = "refund";
/// How far a webhook's moment may be from ours, by their own advice.
const TOLERANCE: Duration = Duration::from_secs(300);

fn seconds(moment: Timestamp) -> String {
    moment.as_millis().div_euclid(1_000).to_string()
}

pub fn new_session(wish: &Wish) -> String {
    let joint = if wish.return_url.contains('?') { '&' } else { '?' };
    let success = format!("{}{joint}session_id={{CHECKOUT_SESSION_ID}}", wish.return_url);
    let name = ascii(&wish.purpose, 200);
    let mut form = Serializer::new(String::new());
    form.append_pair("mode", "payment")
        .append_pair("line_items[0][quantity]", "1")
        .append_pair(
            "line_items[0][price_data][currency]",
            &wish.amount.currency.code().to_ascii_lowercase(),
        )
        .append_pair("line_items[0][price_data][unit_amount]", &wish.amount.minor.to_string())
        .append_pair(
            "line_items[0][price_data][product_data][name]",
            if name.is_empty() { "Order" } else { &name },
        )
        .append_pair("client_reference_id", &wish.payment)
        .append_pair("metadata[client_txn_id]", &wish.payment)
        .append_pair("payment_intent_data[metadata][client_txn_id]", &wish.payment)
        .append_pair("customer_email", &wish.buyer_email)
        .append_pair("success_url", &success)
        .append_pair("cancel_url", &wish.return_url)
        .append_pair("expires_at", &seconds(wish.expires_at));
    form.finish()
}

/// What the answer to a request for a session means. Only their own word is a refusal; anything
/// that cannot be read to its end may hide a session.
pub fn created(wish: &Wish, reply: &Reply) -> Created {
    let unknown = |reason: String| Created::Unknown { reason };
    let session: wire::Session = match accepted(reply) {
        Ok(session) => session,
        Err(No::Said(reason)) => return Created::Refused { reason },
        Err(No::Unclear(reason)) => return unknown(reason),
    };
    let amount = minor(
        session.amount_total.unwrap_or_default(),
        session.currency.as_deref().unwrap_or_default(),
    );
    let fits =
        session.client_reference_id.as_deref() == Some(&wish.payment) && amount == Ok(wish.amount);
    if !fits {
        return unknown("the answer is about another payment or amount".to_owned());
    }
    match session.url.filter(|url| is_web_address(url)) {
        Some(url) if is_id(&session.id) => Created::Open {
            gateway_order: session.id,
            pay_url: Some(url),
            open_until: session
                .expires_at
                .map(|at| Timestamp::from_millis(at.saturating_mul(1_000))),
        },
        _ => unknown("the answer names no session or no page to pay at".to_owned()),
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
        // An earlier try under the same key did something; what, has to be looked up.
        (_, Ok(wire::Refused { error })) if is_about_an_earlier_try(&error) => {
            Err(No::Unclear(said(&error)))
        }
        (400..=404 | 422 | 429, Ok(wire::Refused { error })) => Err(No::Said(said(&error))),
        (_, Ok(refused)) => Err(No::Unclear(format!("HTTP {status}: {}", said(&refused.error)))),
        (_, Err(_)) => Err(No::Unclear(format!("HTTP {status} in a form that is not theirs"))),
    }
}

fn is_about_an_earlier_try(error: &wire::ErrorWords) -> bool {
    error.kind == "idempotency_error" || error.code == "charge_already_refunded"
}

fn said(error: &wire::ErrorWords) -> String {
    format!("{} ({} {})", clip(&error.message, 200), clip(&error.kind, 40), clip(&error.code, 40))
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, Fault> {
    answered(NAME, reply.status)?;
    serde_json::from_slice(&reply.body).map_err(|error| unusable(NAME, error.to_string()))
}

/// The session that was opened for a payment.
pub fn session(asked: &Asked, reply: &Reply) -> Result<wire::Session, Fault> {
    let session: wire::Session = read(reply)?;
    if asked.gateway_order.as_ref().is_some_and(|known| *known != session.id) {
        return Err(unusable(NAME, "it names another session than at the start"));
    }
    if session.client_reference_id.as_deref() != Some(&asked.payment) {
        return Err(unusable(NAME, "the session is for another payment"));
    }
    Ok(session)
}

/// The seconds in which a session whose answer was lost must have been made.
pub fn window(asked: &Asked) -> (String, String) {
    let (before, after) = (Duration::from_secs(5 * 60), Duration::from_secs(15 * 60));
    (seconds(asked.created_at - before), seconds(asked.created_at + after))
}

/// One page of a search.
pub enum Search {
    Found(Box<wire::Session>),
    /// It is not there.
    Over,
    /// After this one.
    GoesOn(String),
}

pub fn search(asked: &Asked, reply: &Reply) -> Result<Search, Fault> {
    let page: wire::List<wire::Session> = read(reply)?;
    let last = page.data.last().map(|session| session.id.clone());
    let is_ours =
        |session: &wire::Session| session.client_reference_id.as_deref() == Some(&asked.payment);
    match (page.data.into_iter().find(is_ours), last) {
        (Some(found), _) => Ok(Search::Found(Box::new(found))),
        (None, Some(last)) if page.has_more => Ok(Search::GoesOn(last)),
        (None, _) => Ok(Search::Over),
    }
}

/// How a session stands behind which there is no movement.
pub fn unpaid(session: &wire::Session) -> Result<Standing, Fault> {
    use wire::{PaymentStatus as Paid, SessionStatus as Whole};
    let strange = |word: &str| Err(unusable(NAME, format!("{:?} is not known", clip(word, 40))));
    match (&session.status, &session.payment_status) {
        (_, Paid::Paid | Paid::NoPaymentRequired) => Err(unusable(NAME, "paid, but by nothing")),
        (Whole::Other(word), _) | (_, Paid::Other(word)) => strange(word),
        (Whole::Expired, Paid::Unpaid) => {
            Ok(Standing::Failed { reason: "the time was over".to_owned() })
        }
        (Whole::Open | Whole::Complete, Paid::Unpaid) => Ok(Standing::Pending),
    }
}

/// How a session stands, with the intent behind it. Only money that was received counts.
pub fn standing(session: &wire::Session, reply: &Reply) -> Result<Standing, Fault> {
    use wire::IntentStatus as Status;
    let intent: wire::Intent = read(reply)?;
    if session.payment_intent.as_ref() != Some(&intent.id) || !is_id(&intent.id) {
        return Err(unusable(NAME, "it is about another intent"));
    }
    match &intent.status {
        Status::Succeeded => Ok(Standing::Captured { captures: vec![capture(session, intent)?] }),
        Status::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(word, 40))))
        }
        _ => unpaid(session),
    }
}

fn capture(session: &wire::Session, intent: wire::Intent) -> Result<Capture, Fault> {
    let amount =
        minor(intent.amount_received, &intent.currency).map_err(|reason| unusable(NAME, reason))?;
    let balance = intent.latest_charge.and_then(|charge| charge.balance_transaction);
    let fee = balance.filter(|balance| balance.fee >= 0).and_then(|balance| {
        let currency = Currency::parse(&balance.currency.to_ascii_uppercase()).ok()?;
        Some(Money::new(balance.fee, currency))
    });
    // The intent names whom it is for; without a name it is for nobody that we know.
    let payment = intent.metadata.get(OUR_ID).cloned().unwrap_or_default();
    let gateway_order = session.id.clone();
    Ok(Capture { gateway_payment: intent.id, payment, gateway_order, amount, fee })
}

/// Over the moment and the bytes as they came. While a secret is changed there are several
/// signatures, of which ours is one.
pub fn check_signature(secret: &str, hook: &Webhook<'_>) -> Result<(), BadWebhook> {
    let header = seal::only_header(hook.headers, "stripe-signature")?;
    let header = std::str::from_utf8(header).map_err(|_| BadWebhook::Forged)?;
    let (mut moment, mut claims) = (None, Vec::new());
    for part in header.split(',') {
        match part.split_once('=') {
            Some(("t", text)) if moment.replace(text).is_none() => {}
            Some(("t", _)) | None => return Err(BadWebhook::Forged),
            Some(("v1", claim)) => claims.push(seal::hex_claim(claim.as_bytes())?),
            // Signatures of another kind prove nothing.
            Some(_) => {}
        }
    }
    let moment = moment.ok_or(BadWebhook::Forged)?;
    if !moment.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadWebhook::Forged);
    }
    let signed = moment.parse::<i64>().map_err(|_| BadWebhook::Forged)?;
    let signed = Timestamp::from_millis(signed.checked_mul(1_000).ok_or(BadWebhook::Forged)?);
    let is_near = hook.at.since(signed) <= TOLERANCE && signed.since(hook.at) <= TOLERANCE;
    let fits = |claim: &Vec<u8>| seal::fits(secret, &[moment.as_bytes(), b".", hook.body], claim);
    match is_near && claims.iter().any(fits) {
        true => Ok(()),
        false => Err(BadWebhook::Forged),
    }
}

/// What a genuine webhook is about. Kinds that we do not know name nothing, and are no trouble.
pub fn hint(body: &[u8]) -> Result<Hint, BadWebhook> {
    let event: wire::Event =
        serde_json::from_slice(body).map_err(|error| BadWebhook::Unreadable(error.to_string()))?;
    if !is_id(&event.id) {
        return Err(BadWebhook::Unreadable("an event without an id".to_owned()));
    }
    let object = event.data.object;
    let is_session = event.kind.starts_with("checkout.session.");
    let named = object.client_reference_id.clone().filter(|_| is_session);
    let noted = object.metadata.get(OUR_ID).cloned();
    let known = |id: Option<String>| id.filter(|id| is_id(id));
    Ok(Hint {
        topic: match event.kind.as_str() {
            "charge.refunded" => Topic::Refund,
            kind if kind.starts_with("refund.") => Topic::Refund,
            kind if kind.starts_with("charge.dispute.") => Topic::Dispute(dispute(&object)?),
            _ => Topic::Payment,
        },
        event: event.id,
        payment: known(named.or(noted)),
        gateway_order: known(object.id.filter(|_| is_session)),
        gateway_payment: known(object.payment_intent),
    })
}

fn dispute(object: &wire::Object) -> Result<Dispute, BadWebhook> {
    let currency = object.currency.as_deref().unwrap_or_default();
    let amount = minor(object.amount.unwrap_or_default(), currency);
    let nameless = || BadWebhook::Unreadable("a dispute without an id".to_owned());
    Ok(Dispute {
        id: object.id.clone().filter(|id| is_id(id)).ok_or_else(nameless)?,
        amount: amount.map_err(BadWebhook::Unreadable)?,
        state: match object.status.as_deref() {
            Some("won") => DisputeState::Won,
            Some("lost") => DisputeState::Lost,
            _ => DisputeState::Open,
        },
    })
}

pub fn new_refund(refund: &Refund) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("payment_intent", &refund.gateway_payment)
        .append_pair("amount", &refund.amount.minor.to_string())
        .append_pair("metadata[refund]", &refund.refund)
        .append_pair("metadata[client_txn_id]", &refund.payment)
        .append_pair("metadata[note]", &ascii(&refund.note, 200));
    form.finish()
}

pub fn refunded(refund: &Refund, reply: &Reply) -> Refunded {
    let unknown = |reason: String| Refunded::Unknown { reason };
    let row: wire::RefundRow = match accepted(reply) {
        Ok(row) => row,
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
    row.payment_intent.as_deref() == Some(&refund.gateway_payment)
        && row.metadata.get(OUR_REFUND) == Some(&refund.refund)
        && minor(row.amount, &row.currency) == Ok(refund.amount)
}

fn state(status: &wire::RefundStatus) -> Result<RefundStanding, Fault> {
    use wire::RefundStatus as Status;
    match status {
        Status::Succeeded => Ok(RefundStanding::Done),
        Status::Pending | Status::RequiresAction => Ok(RefundStanding::Pending),
        Status::Failed | Status::Canceled => {
            Ok(RefundStanding::Failed { reason: "the refund failed".to_owned() })
        }
        Status::Other(word) => {
            Err(unusable(NAME, format!("the status {:?} is not known", clip(word, 40))))
        }
    }
}

pub fn refund_standing(refund: &Refund, reply: &Reply) -> Result<RefundStanding, Fault> {
    let rows: wire::List<wire::RefundRow> = read(reply)?;
    let ours = |row: &&wire::RefundRow| row.metadata.get(OUR_REFUND) == Some(&refund.refund);
    match rows.data.iter().find(ours) {
        None => Ok(RefundStanding::Absent),
        Some(row) if is_same(refund, row) => state(&row.status),
        Some(_) => Err(unusable(NAME, "our refund stands there with another amount")),
    }
}
