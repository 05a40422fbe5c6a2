//! A payment gateway over real HTTP, lying on request: one of our own invention, whose name in the
//! shop's ledger is `simulated`, or one that `Config::tongue` names, spoken as its public facts
//! have it (`tongue.rs` and one file each).
//!
//! Not for real money: its pay page says so, and offers a button for every accident.
//!
//! # What merchants speak
//!
//! Header `X-Merchant-Key`; amounts are whole minor units.
//!
//! `POST /v1/payments` with `{payment, amountMinor, currency, purpose, buyerName, buyerEmail,
//! returnUrl, notifyUrl}` opens a payment under the merchant's own id. The answer is 201 and
//! `{order, payment, status, amountMinor, currency, payUrl, expiresAt}`; 200 and the same order
//! when it is open already; 409 when it is open with another amount.
//!
//! `GET /v1/payments/{payment}` and `GET /v1/orders/{order}` say how it stands: `{order, payment,
//! status, amountMinor, currency, captures: [{id, order, payment, amountMinor, currency,
//! capturedAt}]}`.
//!
//! `POST /v1/refunds` with `{refund, capture, amountMinor, currency, note}` gives money back once
//! per `refund`; `GET /v1/refunds/{refund}` says how it stands: `{id, refund, capture,
//! amountMinor, currency, status}` with `status` `pending`, `done` or `failed`.
//!
//! `status` is `open`, `pending`, `failed`, `expired` or `paid`. An error is
//! `{"error": {"code", "message"}, "created"}`; `created: false` promises that no payment of this
//! id was opened by the request.
//!
//! A webhook is a POST to `notifyUrl` of `{event, type, createdAtMs, payment, order, status,
//! amountMinor, currency, capture?}` with `X-Gateway-Timestamp` (seconds) and
//! `X-Gateway-Signature`: hex of HMAC-SHA256 over `<timestamp>.<raw body>`. It is sent again until
//! somebody answers 2xx, three times in all.
//!
//! # Commands over HTTP
//!
//! As for the other simulator, on the gateway's own port and on `Gateway::control_url`.
//!
//! | request | body or query | what it does |
//! |---|---|---|
//! | `GET  /control` | | settings, lies in force, counts, doorway, clock |
//! | `GET  /control/lies` | | the named lies |
//! | `GET  /control/record` | | captures, webhooks, how often payments were asked for and polled |
//! | `GET  /control/payments` | | all payments as the gateway has them |
//! | `POST /control/lie` | `{op?, only?, times?, lie}` | the next one lies (`times` of them) |
//! | `POST /control/standing` | `{op?, only?, lie}` | every one lies; `"lie": null` ends it |
//! | `POST /control/chance` | `{op?, permille, lie}` | lies in so many of a thousand cases |
//! | `POST /control/honest` | | no lie any more, door open |
//! | `POST /control/hold` | `{op?, point?, times?}` | stops requests or webhooks |
//! | `POST /control/release` | `{one?: true}` | lets the oldest go, or all and stops no more |
//! | `GET  /control/wait` | `?creates=&polls=&captures=…&timeoutMs=`, any of the counts | waits |
//! | `POST /control/door` | `{to: open\|refuse\|drop\|reset}` | how connections are received |
//! | `POST /control/settings` | any of `Settings` | changes how the gateway behaves |
//! | `POST /control/pay` | `{payment, how?}` | presses a button of the pay page |
//! | `POST /control/expire` | `{payment}` | ends a session |
//! | `POST /control/settle` | `{refund, to: pending\|done\|failed}` | ends a refund under way |
//! | `POST /control/hook` | `{payment, lie?}` | sends a webhook of how a payment stands now |
//! | `POST /control/replay` | `{payment}` | sends its last webhook once more |
//! | `POST /control/advance` | `{ms}` | moves the clock |
//! | `POST /control/reset` | | begins again as configured |
//!
//! `op` is `create`, `poll`, `pay`, `hook`, `take`, `refund` or `look` (without one: `hook`, or the
//! one that the name belongs to); `how` is the button's word: `pay`, `fail`, `pending`,
//! `pay-silently`, `pay-twice`, `pay-late`, `authorize`, `fail-then-pay`, `pay-and-close`, `close`.

use std::io;
use std::net::SocketAddr;

mod cashfree;
mod control;
mod counter;
mod ekqr;
mod handle;
mod hook;
mod lie;
mod merchant;
mod money;
mod page;
mod razorpay;
mod stripe;
#[cfg(test)]
mod tests;
mod tongue;
mod world;

pub use handle::{Control, Counts};
pub use hook::sign;
pub use lie::{Deed, Lie, NAMED, Named, Op};
pub use money::{Back, Capture, How, Payment, Refund, Try, Wish};
pub use tongue::Tongue;
pub use world::{Record, Sent, Settings};

pub use crate::hold::Point;
pub use crate::serve::Doorway;
pub use crate::spoil::Answer;

pub use crate::ask::{Call, Courier};
use crate::clock::Clock;
use crate::stand::{self, OnLoopback};

/// What a gateway starts with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port 0 lets the system choose.
    pub port: u16,
    pub control_port: u16,
    /// Which gateway is played.
    pub tongue: Tongue,
    /// Where the gateway gives its merchants a name beside their key.
    pub merchant_id: String,
    pub merchant_key: String,
    pub webhook_secret: String,
    /// Chance for ids and probable lies.
    pub seed: u64,
    pub settings: Settings,
    /// A moment at which the gateway's clock stands still; it runs when there is none.
    pub standing_at_ms: Option<i64>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            port: 0,
            control_port: 0,
            tongue: Tongue::Own,
            merchant_id: "simulated-id".to_owned(),
            merchant_key: "simulated-merchant".to_owned(),
            webhook_secret: "simulated-webhook-secret".to_owned(),
            seed: 1,
            settings: Settings::default(),
            standing_at_ms: None,
        }
    }
}

/// A running gateway. It ends when the last clone is dropped.
pub type Gateway = OnLoopback<Control>;

impl OnLoopback<Control> {
    /// Starts on loopback; merchants and buyers go to `url`.
    pub async fn start(config: Config) -> io::Result<Gateway> {
        let clock = config.standing_at_ms.map_or_else(Clock::running, Clock::standing_at);
        let (port, control_port) = (config.port, config.control_port);
        let control = Control::of(config, clock, None);
        let commands = control::router(control.clone());
        let counter = control
            .tongue()
            .router(control.clone())
            .merge(page::router(control.clone()))
            .merge(commands.clone());
        let gateway = OnLoopback::open(control, (port, counter), (control_port, commands)).await?;
        gateway.is_at(gateway.address());
        Ok(gateway)
    }
}

/// The same gateway without a network and with a clock of the caller's choice. Its webhooks leave
/// by a courier.
pub type InMemory = stand::InMemory<Control>;

impl stand::InMemory<Control> {
    /// Opens inside the runtime of the caller.
    pub fn open(config: Config, clock: Clock, courier: Courier) -> InMemory {
        let control = Control::of(config, clock, Some(courier));
        // Nobody goes there; the merchant asks for an address of the web all the same.
        control.is_at(SocketAddr::from(([127, 0, 0, 1], 9)));
        InMemory::serving(control.clone(), control.tongue().router(control))
    }
}
