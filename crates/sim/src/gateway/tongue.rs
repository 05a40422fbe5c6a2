//! Which gateway this one plays: the ids it gives, the questions it takes, the way it signs and how
//! it sends a buyer back. Money, lies, holding and the record are the same for all.

use axum::Router;
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::handle::Control;
use super::hook::{mac, sign};
use super::money::{How, News, Payment};
use super::world::World;
use super::{cashfree, ekqr, merchant, razorpay, stripe};
use crate::chance::Chance;

/// The header of our own tongue's signature: hex of HMAC-SHA256 over `<timestamp>.<raw body>`.
pub const SIGNATURE: &str = "x-gateway-signature";
/// The moment of signing, in seconds since 1970.
pub const TIMESTAMP: &str = "x-gateway-timestamp";

/// The gateway that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tongue {
    /// A gateway of our own invention.
    #[default]
    Own,
    Razorpay,
    Cashfree,
    Stripe,
    Ekqr,
}

/// A webhook about to be signed.
#[derive(Debug)]
pub(super) struct Letter<'a> {
    pub event: &'a str,
    pub body: &'a str,
    pub signed_ms: i64,
    pub attempt: u32,
}

/// How a webhook is signed.
#[derive(Debug, Default)]
pub(super) struct Sealed {
    /// Empty where the gateway signs none.
    pub timestamp: String,
    pub signature: String,
    signature_header: &'static str,
    others: Vec<(&'static str, String)>,
}

impl Sealed {
    /// What is sent along with the body.
    pub fn headers(&self, signed: bool) -> Vec<(&'static str, String)> {
        let mut headers = self.others.clone();
        if signed && !self.signature_header.is_empty() {
            headers.push((self.signature_header, self.signature.clone()));
        }
        headers
    }
}

impl Tongue {
    pub(super) fn order_id(self, chance: &mut Chance) -> String {
        match self {
            Tongue::Own => format!("gwo_{}", chance.word(16)),
            Tongue::Razorpay => format!("order_{}", chance.word(14)),
            Tongue::Cashfree | Tongue::Ekqr => number(chance),
            Tongue::Stripe => format!("cs_test_{}", chance.word(24)),
        }
    }

    pub(super) fn capture_id(self, chance: &mut Chance) -> String {
        match self {
            Tongue::Own => format!("gwp_{}", chance.word(16)),
            Tongue::Razorpay => format!("pay_{}", chance.word(14)),
            Tongue::Cashfree | Tongue::Ekqr => number(chance),
            Tongue::Stripe => format!("pi_{}", chance.word(24)),
        }
    }

    pub(super) fn refund_id(self, chance: &mut Chance) -> String {
        match self {
            Tongue::Own => format!("gwr_{}", chance.word(16)),
            Tongue::Razorpay => format!("rfnd_{}", chance.word(14)),
            Tongue::Cashfree | Tongue::Ekqr => number(chance),
            Tongue::Stripe => format!("re_{}", chance.word(24)),
        }
    }

    /// Whether one payment can be paid two times there.
    pub(super) fn takes_twice(self) -> bool {
        match self {
            Tongue::Own | Tongue::Razorpay | Tongue::Cashfree => true,
            Tongue::Stripe | Tongue::Ekqr => false,
        }
    }

    /// Whether it names the currency that it took.
    pub(super) fn knows_currencies(self) -> bool {
        match self {
            Tongue::Own | Tongue::Razorpay | Tongue::Cashfree | Tongue::Stripe => true,
            // Rupees, and nothing is said of it.
            Tongue::Ekqr => false,
        }
    }

    pub(super) fn router(self, control: Control) -> Router {
        match self {
            Tongue::Own => merchant::router(control),
            Tongue::Razorpay => razorpay::router(control),
            Tongue::Cashfree => cashfree::router(control),
            Tongue::Stripe => stripe::router(control),
            Tongue::Ekqr => ekqr::router(control),
        }
    }

    pub(super) fn hook_body(self, world: &World, news: &News) -> String {
        match self {
            Tongue::Own => serde_json::to_string(news).unwrap_or_default(),
            Tongue::Razorpay => razorpay::hook_body(world, news),
            Tongue::Cashfree => cashfree::hook_body(world, news),
            Tongue::Stripe => stripe::hook_body(world, news),
            Tongue::Ekqr => ekqr::hook_body(world, news),
        }
    }

    pub(super) fn seal(self, secret: &str, letter: &Letter<'_>) -> Sealed {
        let timestamp = (letter.signed_ms / 1_000).to_string();
        let json = ("content-type", "application/json".to_owned());
        match self {
            Tongue::Own => Sealed {
                signature: sign(secret, &timestamp, letter.body.as_bytes()),
                signature_header: SIGNATURE,
                others: vec![
                    json,
                    ("x-gateway-attempt", letter.attempt.to_string()),
                    (TIMESTAMP, timestamp.clone()),
                ],
                timestamp,
            },
            Tongue::Razorpay => Sealed {
                timestamp: String::new(),
                signature: hex::encode(mac(secret, &[letter.body.as_bytes()])),
                signature_header: "x-razorpay-signature",
                others: vec![json, ("x-razorpay-event-id", letter.event.to_owned())],
            },
            Tongue::Cashfree => Sealed {
                signature: STANDARD
                    .encode(mac(secret, &[timestamp.as_bytes(), letter.body.as_bytes()])),
                signature_header: "x-webhook-signature",
                others: vec![
                    json,
                    ("x-webhook-version", "2023-08-01".to_owned()),
                    ("x-webhook-attempt", letter.attempt.to_string()),
                    ("x-idempotency-key", letter.event.to_owned()),
                    ("x-webhook-timestamp", timestamp.clone()),
                ],
                timestamp,
            },
            Tongue::Ekqr => Sealed {
                others: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
                ..Sealed::default()
            },
            Tongue::Stripe => {
                let signed = sign(secret, &timestamp, letter.body.as_bytes());
                Sealed {
                    signature: format!("t={timestamp},v1={signed}"),
                    signature_header: "stripe-signature",
                    others: vec![json],
                    timestamp,
                }
            }
        }
    }

    /// Sends the buyer back to the shop after what they did.
    pub(super) fn back(self, control: &Control, payment: &Payment, how: How) -> Response {
        match self {
            Tongue::Own => Redirect::to(&payment.wish.return_url).into_response(),
            Tongue::Razorpay => Html(razorpay::back(control, payment, how)).into_response(),
            Tongue::Cashfree => Redirect::to(&cashfree::back_url(payment)).into_response(),
            Tongue::Stripe => Redirect::to(&stripe::back_url(payment, how)).into_response(),
            Tongue::Ekqr => Redirect::to(&ekqr::back_url(payment)).into_response(),
        }
    }
}

/// An id as gateways write it that count.
fn number(chance: &mut Chance) -> String {
    format!("{}", 1_000_000_000 + chance.roll() % 9_000_000_000)
}
