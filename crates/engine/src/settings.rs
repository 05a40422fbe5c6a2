//! What the shop's owner has set, as far as use cases care.

use std::time::Duration;

use domain::money::{Currency, Money};
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use jiff::tz::TimeZone;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Public base URL, without a slash at the end.
    pub app_url: String,
    pub currency: Currency,
    /// How prices are taxed, and to which unit totals are rounded.
    pub tax_rate: Rate,
    pub tax_mode: Mode,
    pub round_totals: Round,
    pub papers: Papers,
    /// Low-stock warnings, highest first.
    pub stock_warn_at: Vec<i64>,
    /// At this number or less a package takes no new orders.
    pub stock_disable_at: i64,
    pub stock_buffer: i64,
    pub sync_every: Duration,
    /// So long no sync has gone well, although one was tried, before staff are told.
    pub sync_failing_after: Duration,
    pub reserve_for: Duration,
    pub reserve_max: i64,
    pub purchase_timeout: Duration,
    pub purchase_tail: Duration,
    pub credentials_after: Duration,
    pub offer_after: Duration,
    pub pause_after_unheard: Option<i64>,
    pub loss_budget: Option<Money>,
    pub lapse_after: Duration,
    pub payment_poll_every: Duration,
    /// Gateways that buyers are offered, first choice first; nothing: all that are on. The others
    /// are still asked about payments that were opened there.
    pub gateways_offered: Option<Vec<&'static str>>,
    /// Whom of the staff mail tells of alerts and of low stock.
    pub alert_mails: Vec<String>,
    /// How long a worker's claim lasts without renewal.
    pub claim_for: Duration,
    /// How often workers look for work that nobody told them of: the backstop behind wake-ups
    /// that were lost or came from another process.
    pub look_every: Duration,
    /// How often the shop is tended.
    pub tend_every: Duration,
}

/// How papers are numbered, and what they call what is sold.
#[derive(Clone, Debug)]
pub struct Papers {
    /// Where the shop's days and financial years begin.
    pub zone: TimeZone,
    pub invoice_prefix: String,
    pub credit_note_prefix: String,
    /// The number of the service in the tax tariff.
    pub sac: String,
}

impl Default for Papers {
    fn default() -> Papers {
        Papers {
            zone: TimeZone::get("Asia/Kolkata").unwrap_or(TimeZone::UTC),
            invoice_prefix: "INV".into(),
            credit_note_prefix: "CRN".into(),
            sac: "998315".into(),
        }
    }
}

impl Settings {
    /// What the contract promises where nothing is set.
    pub fn defaults() -> Settings {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        Settings {
            app_url: "http://127.0.0.1:8080".into(),
            currency: Currency::INR,
            tax_rate: Rate::ZERO,
            tax_mode: Mode::Exclusive,
            round_totals: Round::Minor,
            papers: Papers::default(),
            stock_warn_at: vec![10, 5],
            stock_disable_at: 3,
            stock_buffer: 0,
            sync_every: minutes(2),
            sync_failing_after: minutes(5),
            reserve_for: minutes(15),
            reserve_max: 5,
            purchase_timeout: minutes(3),
            purchase_tail: minutes(10),
            credentials_after: minutes(15),
            offer_after: minutes(30),
            pause_after_unheard: Some(5),
            loss_budget: Some(Money::major(25_000, Currency::INR)),
            lapse_after: minutes(10 * 24 * 60),
            payment_poll_every: minutes(1),
            gateways_offered: None,
            alert_mails: Vec::new(),
            claim_for: Duration::from_secs(30),
            look_every: Duration::from_millis(500),
            tend_every: Duration::from_secs(2),
        }
    }

    /// A reading older than this sells nothing.
    pub fn reading_valid_for(&self) -> Duration {
        self.sync_every.saturating_mul(2).max(Duration::from_secs(15 * 60))
    }

    /// How late after asking for a permit the first byte may leave.
    pub fn send_within(&self) -> Duration {
        (self.purchase_timeout / 2).min(Duration::from_secs(5))
    }
}
