//! What the adapters' own tests have in common: one payment that is wanted, asked after and
//! answered. Not for what a gateway answers: each keeps its own fixtures.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};

use crate::client::{Line, Reply};
use crate::{Asked, Created, Wish};

pub const NOW: Timestamp = Timestamp::from_millis(1_795_269_840_000);

/// An answer as it came, from the `fixtures` beside the test.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name, ".json")).as_slice()
    };
}
pub(crate) use fixture;

/// A line to where nobody is.
pub fn nowhere(gateway: &'static str) -> Line {
    let base = "http://127.0.0.1:9/".parse().unwrap();
    Line::network(gateway, base, std::time::Duration::from_secs(1)).unwrap()
}

pub fn reply(status: u16, body: &[u8]) -> Reply {
    Reply { status, retry_after: None, body: body.to_vec() }
}

pub fn wish() -> Wish {
    Wish {
        payment: "pay_01".to_owned(),
        amount: Money::major(699, Currency::INR),
        purpose: "ORD-1 🌊 103.181.91".to_owned(),
        buyer_name: "Ada".to_owned(),
        buyer_email: "ada@example.org".to_owned(),
        buyer_phone: None,
        return_url: "https://shop.test/payment/return?client_txn_id=pay_01".to_owned(),
        notify_url: "https://shop.test/hook".to_owned(),
        expires_at: NOW,
    }
}

/// The same payment, under the name that the gateway gave it.
pub fn asked(gateway_order: &str) -> Asked {
    let gateway_order = Some(gateway_order.to_owned());
    Asked { payment: "pay_01".to_owned(), gateway_order, created_at: NOW }
}

pub fn word(created: &Created) -> &'static str {
    match created {
        Created::Open { .. } => "open",
        Created::Refused { .. } => "refused",
        Created::Unknown { .. } => "unknown",
    }
}
