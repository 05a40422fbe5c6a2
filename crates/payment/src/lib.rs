//! Those who take money for us: one trait, one folder per gateway.
//! Not for booking money: the engine does that, after it asked the gateway itself.

#![forbid(unsafe_code)]

use async_trait::async_trait;
use domain::clock::Timestamp;
use domain::money::Money;

pub mod cashfree;
pub mod razorpay;
pub mod simulated;
pub mod stripe;
pub mod upi;

mod client;
mod decimal;
mod reading;
#[cfg(test)]
mod samples;
mod seal;

pub use client::{Carrier, Line, Network, Reply, Silence};

/// Someone who takes money for us. A webhook or a returning browser is only a reason to ask: what
/// counts is `poll`. Every method is required; who cannot do a thing says so in `abilities`.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// The name in the ledger (`gateway:<name>`), in settings and on pages.
    fn name(&self) -> &'static str;

    fn abilities(&self) -> Abilities;

    /// Asks the gateway to take a payment. Our own id makes it findable whatever happens.
    async fn create(&self, wish: &Wish) -> Created;

    /// What the buyer's browser posts to get there, where an address alone is not enough.
    fn form(&self, wish: &Wish, gateway_order: &str) -> Option<Form>;

    /// Asks what became of a payment.
    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault>;

    /// Takes money that is only authorised.
    async fn capture(&self, held: &Capture) -> Taken;

    /// Checks what a browser brought back from the gateway, without a session. Proves no payment.
    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return;

    /// Checks a webhook's signature over its raw bytes and names the payment it is about.
    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook>;

    /// Pays money back. The same refund id is paid once, however often it is asked for.
    async fn refund(&self, refund: &Refund) -> Refunded;

    /// Asks what became of a refund.
    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, Fault>;
}

/// What a gateway can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// What comes of asking twice for a payment under one id of ours.
    pub again: Again,
    /// Whether its answers name its own order; elsewhere our id alone binds them.
    pub names_orders: bool,
    /// Whether an unpaid payment ends by itself; elsewhere the buyer may try for ever.
    pub ends: bool,
    /// Whether webhooks are signed; elsewhere anybody may send one.
    pub signs: bool,
    /// Whether money may be authorised first and captured by `capture`.
    pub captures: bool,
    /// Whether money goes back through it; elsewhere staff pay by hand.
    pub refunds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The payment that was opened first.
    Same,
    /// Nothing new, but the first one's address is not told again.
    Taken,
    /// Another order for the same payment: `poll` by our own id tells of both.
    Another,
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
    /// Gateways that insist on one get a placeholder where there is none.
    pub buyer_phone: Option<String>,
    pub return_url: String,
    pub notify_url: String,
    /// When the buyer shall no longer be able to pay, where the gateway can end it.
    pub expires_at: Timestamp,
}

/// Not a `Result`: an unknown outcome must not read as a refusal.
#[derive(Debug, Clone)]
pub enum Created {
    /// The buyer goes to `pay_url`, or where there is none by posting `Gateway::form`, and may pay
    /// there until `open_until` where the gateway says so.
    Open { gateway_order: String, pay_url: Option<String>, open_until: Option<Timestamp> },
    /// Certainly nothing was created.
    Refused { reason: String },
    /// It may exist; poll it.
    Unknown { reason: String },
}

/// A form for the buyer's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(&'static str, String)>,
}

/// What identifies a payment when asking: our id, and the gateway's where it told us.
#[derive(Debug, Clone)]
pub struct Asked {
    pub payment: String,
    pub gateway_order: Option<String>,
    /// When we asked for it: some gateways find a payment only by its day.
    pub created_at: Timestamp,
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Pending,
    /// Money is held for us and not taken: `capture` it, or it goes back by itself.
    Authorised {
        held: Vec<Capture>,
    },
    /// No money came, and as far as the gateway knows none will.
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
    /// What the gateway keeps of it, tax included, where it tells.
    pub fee: Option<Money>,
}

/// Not a `Result`, for the reason of `Created`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    Captured(Capture),
    /// Certainly nothing was taken.
    Refused {
        reason: String,
    },
    /// It may have been taken; poll it.
    Unknown {
        reason: String,
    },
}

/// What a returning browser brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// It fits the payment: ask the gateway now.
    Fits,
    /// The buyer did not pay, says the browser. Ask all the same.
    GaveUp { reason: String },
    /// It belongs to another payment, or its signature is wrong.
    Foreign,
}

/// A webhook as it came.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    pub headers: &'a http::HeaderMap,
    pub body: &'a [u8],
    pub at: Timestamp,
}

/// What a webhook is about. Any of its names may be missing, and none is proof of anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hint {
    /// The same for every repeat of this event.
    pub event: String,
    /// Our id of the payment, as the webhook names it.
    pub payment: Option<String>,
    pub gateway_order: Option<String>,
    pub gateway_payment: Option<String>,
    pub topic: Topic,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Topic {
    #[default]
    Payment,
    Refund,
    /// A buyer's bank takes money back.
    Dispute(Dispute),
}

/// A charge-back, as the gateway tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub id: String,
    pub amount: Money,
    pub state: DisputeState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeState {
    Open,
    Won,
    Lost,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    #[error("the signature does not fit the body")]
    Forged,
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

/// Money that goes back to a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our id, minted and committed before the first try, the same on every try.
    pub refund: String,
    /// Our id of the payment.
    pub payment: String,
    /// The movement that is given back, wholly or in part.
    pub gateway_payment: String,
    pub amount: Money,
    pub note: String,
}

/// Not a `Result`, for the reason of `Created`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// The gateway has it under an id of its own.
    Taken { gateway_refund: String, standing: RefundStanding },
    /// Certainly this try paid nothing back.
    Refused { reason: String },
    /// It may be paid back; ask with `refund_standing`, or try again under the same id.
    Unknown { reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStanding {
    /// Under way; it may still fail.
    Pending,
    Done,
    /// Nothing was paid back, and nothing will be under this id.
    Failed {
        reason: String,
    },
    /// The gateway does not know the refund.
    Absent,
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
