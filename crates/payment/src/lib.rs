//! Those who take money for us: one trait, one folder per gateway.
//! Not for booking money: the engine does that, after it asked the gateway itself.

#![forbid(unsafe_code)]

use async_trait::async_trait;
use domain::clock::Timestamp;
use domain::money::Money;

pub mod simulated;

mod client;

pub use client::{Carrier, Reply, Silence};

/// Someone who takes money for us. A webhook is only a reason to ask: what counts is `poll`.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// The name in the ledger (`gateway:<name>`), in settings and on pages.
    fn name(&self) -> &'static str;

    /// Asks the gateway to take a payment. Our own id makes it findable whatever happens.
    async fn create(&self, wish: &Wish) -> Created;

    /// Asks what became of a payment.
    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault>;

    /// Checks a webhook's signature over its raw bytes and names the payment it is about.
    fn read_webhook(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Hint, BadWebhook>;
}

/// A payment that we want taken.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Our id, `clientTxnId`.
    pub payment: String,
    pub amount: Money,
    /// What the buyer reads at the gateway.
    pub purpose: String,
    pub buyer_name: String,
    pub buyer_email: String,
    pub return_url: String,
    pub notify_url: String,
}

/// Not a `Result`: an unknown outcome must not read as a refusal.
#[derive(Debug, Clone)]
pub enum Created {
    /// The buyer goes to `pay_url`, and may pay there until `open_until` where the gateway says so.
    Open { gateway_order: String, pay_url: String, open_until: Option<Timestamp> },
    /// Certainly nothing was created.
    Refused { reason: String },
    /// It may exist; poll it.
    Unknown { reason: String },
}

/// What identifies a payment when asking: our id, and the gateway's where it told us.
#[derive(Debug, Clone)]
pub struct Asked {
    pub payment: String,
    pub gateway_order: Option<String>,
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Pending,
    /// Final: no money came and none will.
    Failed {
        reason: String,
    },
    /// Money was taken. May name several captures for one payment.
    Captured {
        captures: Vec<Capture>,
    },
    /// The gateway does not know the payment.
    Absent,
}

/// Money that a gateway took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The gateway's own id of the money movement: booked once.
    pub gateway_payment: String,
    /// Our id, as the gateway recorded it.
    pub payment: String,
    pub gateway_order: String,
    pub amount: Money,
}

/// What a genuine webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The gateway's id of this event, for counting repeats.
    pub event: String,
    /// Our id of the payment, as the webhook names it.
    pub payment: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    #[error("the signature does not fit the body")]
    Forged,
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    #[error("could not reach {gateway}: {reason}")]
    Unreachable { gateway: &'static str, reason: String },
    #[error("{gateway} sent an answer that cannot be used: {reason}")]
    Unusable { gateway: &'static str, reason: String },
}

/// An adapter that cannot be put together from its settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the gateway {gateway} cannot be used: {reason}")]
pub struct CannotBuild {
    pub gateway: &'static str,
    pub reason: String,
}
