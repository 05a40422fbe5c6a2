//! The gateway's world in one place: payments, lies, record, settings, chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Config;
use super::lie::{Lie, Op};
use super::money::{Capture, Payment, Refund, Try, Wish};
use super::tongue::Tongue;
use crate::chance::Chance;
use crate::hold::Holds;
use crate::telling::Lies;

/// How the gateway behaves, apart from lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// How long a buyer may take.
    pub session_ms: i64,
    /// How often a webhook is sent until somebody answers 2xx.
    pub hook_tries: u32,
    pub hook_pause_ms: u64,
    /// How late "pay late" is.
    pub late_ms: u64,
    /// Where webhooks go at gateways that are told so by hand and not with each payment.
    pub notify_url: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            session_ms: 30 * 60_000,
            hook_tries: 3,
            hook_pause_ms: 1_000,
            late_ms: 5_000,
            notify_url: String::new(),
        }
    }
}

/// One webhook that was sent, or swallowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    pub event: String,
    /// The payment it was truly about.
    pub about: String,
    pub body: String,
    /// Empty where nothing was sent.
    pub timestamp: String,
    pub signature: String,
    /// All that told of the sender.
    pub headers: Vec<(String, String)>,
    pub lie: Option<Lie>,
    pub at_ms: i64,
    /// The merchant's answer; nothing if there was none, or if it was never sent.
    pub status: Option<u16>,
    pub trouble: Option<String>,
}

/// The gateway's own memory. A checker reads it, so it tells the truth even where answers lied.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// Complete.
    pub captures: Vec<Capture>,
    pub refunds: Vec<Refund>,
    pub hooks: Vec<Sent>,
    /// How often each payment was asked for, and polled.
    pub creates_per_payment: BTreeMap<String, u64>,
    pub polls_per_payment: BTreeMap<String, u64>,
    /// Payments of whose money a poll was told something else than the truth.
    pub misstated: BTreeSet<String>,
}

/// Everything the gateway knows.
#[derive(Debug)]
pub struct World {
    pub tongue: Tongue,
    pub settings: Settings,
    pub payments: Vec<Payment>,
    by_payment: BTreeMap<String, usize>,
    by_order: BTreeMap<String, usize>,
    /// What was posted under which idempotency key, where the gateway has them.
    pub keys: BTreeMap<String, String>,
    pub lies: Lies<Op, Lie>,
    pub holds: Holds<Op>,
    pub record: Record,
    pub chance: Chance,
}

impl World {
    pub fn of(config: &Config) -> World {
        World {
            tongue: config.tongue,
            settings: config.settings.clone(),
            payments: Vec::new(),
            by_payment: BTreeMap::new(),
            by_order: BTreeMap::new(),
            keys: BTreeMap::new(),
            lies: Lies::default(),
            holds: Holds::default(),
            record: Record::default(),
            chance: Chance::seeded(config.seed),
        }
    }

    pub fn by_payment(&self, payment: &str) -> Option<&Payment> {
        self.by_payment.get(payment).map(|place| &self.payments[*place])
    }

    pub fn by_order(&self, order: &str) -> Option<&Payment> {
        self.by_order.get(order).map(|place| &self.payments[*place])
    }

    pub fn by_order_mut(&mut self, order: &str) -> Option<&mut Payment> {
        self.by_order.get(order).map(|place| &mut self.payments[*place])
    }

    /// The gateway's id of a payment that is known by either id.
    pub fn order_of(&self, either: &str) -> Option<String> {
        self.by_order(either).or_else(|| self.by_payment(either)).map(|found| found.order.clone())
    }

    /// The order under which a movement is written, by the movement's id.
    pub fn captured_under(&self, capture: &str) -> Option<String> {
        let has = |payment: &&Payment| {
            payment.captures.iter().chain(&payment.held).any(|known| known.id == capture)
        };
        self.payments.iter().find(has).map(|payment| payment.order.clone())
    }

    pub fn open(&mut self, wish: Wish, now_ms: i64) -> &Payment {
        let place = self.payments.len();
        let order = self.tongue.order_id(&mut self.chance);
        self.by_payment.insert(wish.payment.clone(), place);
        self.by_order.insert(order.clone(), place);
        self.payments.push(Payment {
            order,
            wish,
            created_at_ms: now_ms,
            expires_at_ms: now_ms + self.settings.session_ms,
            last_try: Try::None,
            captures: Vec::new(),
            failures: Vec::new(),
            held: Vec::new(),
            told: Lie::default(),
        });
        &self.payments[place]
    }
}
