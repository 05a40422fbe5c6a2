//! Those who sell servers to us: one trait, one folder per provider.
//! Not for deciding what to do with an answer, for retries, clocks or storage: that is the
//! engine's.

#![forbid(unsafe_code)]

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::clock::Timestamp;
use domain::os::Os;
use domain::package::{Listed, Ram};
pub use domain::power::Power;

pub mod line;
pub mod smartvps;

#[cfg(test)]
mod raw;

/// Someone who sells servers to us. Every method is required: a provider that cannot do a thing
/// says so in `abilities`, it does not pretend to have done it.
#[async_trait]
pub trait Upstream: Send + Sync {
    fn abilities(&self) -> Abilities;

    /// Asks for the list of packages, once.
    async fn packages(&self) -> Result<Listing, Fault>;

    /// The rows of a list of packages that came earlier. Pure.
    fn packages_in(&self, raw: &[u8]) -> Result<Vec<Listed>, Fault>;

    /// Asks what the provider knows of a server, by its address.
    async fn describe(&self, address: Ipv4Addr) -> Result<Described, Fault>;

    /// Opens a connection that stays silent until something is sent on it.
    /// A failure here proves that nothing was asked for.
    async fn connect(&self) -> Result<Box<dyn Line>, Fault>;

    /// What the raw answer to a purchase means. Pure: the same bytes always mean the same.
    fn purchase_meaning(&self, answer: &Answer) -> Meaning;

    /// A purchase's request as staff may see it: without what opens our account. Pure.
    fn purchase_shown(&self, purchase: &Purchase) -> String;

    /// An answer as staff may see it: one line without passwords. Pure.
    fn answer_shown(&self, answer: &Answer) -> String;

    /// What the raw answer to an operation means. Pure.
    fn operation_meaning(&self, answer: &Answer) -> OperationMeaning;
}

/// An open, silent connection to a provider, good for exactly one request.
#[async_trait]
pub trait Line: Send {
    /// Sends one purchase, once, and reads until an answer came or the tail ended.
    /// Not a `Result`: `?` must not be able to turn "we do not know" into "no".
    async fn buy(self: Box<Self>, purchase: &Purchase, guard: Guard) -> Outcome;

    /// Sends one other request that changes a server, under the same rules.
    async fn operate(self: Box<Self>, operation: &Operation, guard: Guard) -> Answer;
}

/// What to buy. SmartVPS buys by name; the PID is for logs.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// Sent as `X-Berth-Permit`.
    pub permit: String,
    pub package_name: String,
    pub ram: Ram,
}

/// A request that changes one server.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Sent as `X-Berth-Permit`.
    pub permit: String,
    pub address: Ipv4Addr,
    pub kind: OperationKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    Start,
    Stop,
    /// Wipes the server and installs its operating system anew; makes a new password.
    Format,
    ChangeOs(Os),
    Renew,
}

impl OperationKind {
    /// The provider-neutral word for logs and rows.
    pub fn word(self) -> &'static str {
        match self {
            OperationKind::Start => "start",
            OperationKind::Stop => "stop",
            OperationKind::Format => "format",
            OperationKind::ChangeOs(_) => "changeos",
            OperationKind::Renew => "renewvps",
        }
    }
}

/// A clock that runs on through SIGSTOP and suspend.
pub trait BootClock: Send + Sync {
    fn since_boot(&self) -> Duration;
}

/// When a permitted request may still leave, and how long its answer is waited for.
#[derive(Clone)]
pub struct Guard {
    pub boot: Arc<dyn BootClock>,
    /// When the permit was asked for, on the boot clock.
    pub asked_at: Duration,
    /// The first byte leaves no later than this after `asked_at`; otherwise nothing is sent.
    pub patience: Duration,
    /// The socket is read no longer than this after sending (deadline and tail together).
    pub listen_for: Duration,
}

/// The raw bytes that came back, or the local reason why none did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The whole body arrived. `body` may hold a password.
    Http { status: u16, body: Vec<u8> },
    /// Provably no byte of the request left.
    NotSent { reason: String },
    /// The request may have left; no whole answer came.
    Lost { reason: String },
}

/// A purchase's answer and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub answer: Answer,
    pub meaning: Meaning,
}

/// What the answer to a purchase means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Success naming exactly one valid address.
    Sold(Ipv4Addr),
    /// Proven refusal by the provider's own list of words.
    Rejected {
        text: String,
        transient: bool,
    },
    /// 401 or 403: our credentials; the provider needs a pause.
    Unauthorized {
        status: u16,
    },
    NotSent {
        reason: String,
    },
    /// Everything else: money may be spent. Never a second request by itself.
    Unheard {
        reason: String,
    },
}

/// What the answer to an operation means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationMeaning {
    Done,
    Refused { text: String },
    NotSent { reason: String },
    Unheard { reason: String },
}

/// One complete answer of the package list.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Rows as they came, repeated rows included.
    pub rows: Vec<Listed>,
    /// The bytes as they came, kept with the reading.
    pub raw: Vec<u8>,
}

/// What a provider says of one server.
#[derive(Clone)]
pub struct Described {
    pub address: Option<Ipv4Addr>,
    /// As the provider writes it.
    pub os_text: Option<String>,
    pub os: Option<Os>,
    pub ram: Option<Ram>,
    pub username: Option<String>,
    /// Never logged; empty text counts as absent.
    pub password: Option<String>,
    pub expires_text: Option<String>,
    /// Absent when the text could not be read; the text is kept.
    pub expires_at: Option<Timestamp>,
    pub power: Power,
    /// The machine exists in the provider's system. Not its power state.
    pub exists: bool,
}

/// What a provider's API can do.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    /// The purchase itself chooses the operating system.
    pub buys_with_os: bool,
    /// Servers can be ended through the API.
    pub ends_servers: bool,
    /// Our servers can be listed, so that a lost answer can be looked up.
    pub lists_servers: bool,
}

/// Why a question got no usable answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// Name lookup, TCP or TLS failed: nothing was sent.
    #[error("could not reach {provider}: {reason}")]
    Unreachable { provider: &'static str, reason: String },
    #[error("{provider} refused our credentials (HTTP {status})")]
    Unauthorized { provider: &'static str, status: u16 },
    #[error("{provider} answered HTTP {status}: {text}")]
    Status { provider: &'static str, status: u16, text: String },
    #[error("{provider} sent an answer that cannot be read: {reason}")]
    Unreadable { provider: &'static str, reason: String },
    #[error("{provider} did not answer in time: {reason}")]
    TimedOut { provider: &'static str, reason: String },
    /// The provider itself says no, in band.
    #[error("{provider} refused: {text}")]
    Refused { provider: &'static str, text: String },
}
