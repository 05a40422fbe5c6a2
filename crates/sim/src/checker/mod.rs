//! The checker: reads a shop's database, the upstream's own record of what it sold and the
//! gateway's own record of what it took, and names every broken invariant with both sides.
//!
//! It shares no code with the shop, so that it does not share its mistakes; see
//! `docs/design/0008-the-checker-shares-nothing.md`. Not for repairing anything, and not for the
//! shop's owner: `berth books` asks the same questions in the owner's words.
//!
//! What a moment cannot show is judged from history: rows of events, numbers of permits, claims,
//! readings and answers, an earlier moment (`Evidence::before`), and the records' own times.

use crate::{gateway, smartvps};

mod bill;
mod block;
mod by_hand;
mod credentials;
mod errand;
mod given;
mod history;
mod leak;
mod list;
mod look;
mod money;
mod paper;
mod payment;
mod permit;
mod price;
mod read;
mod refund;
mod request;
mod row;
mod server;
mod share;
mod slot;
mod stock;
mod sync;
mod wallet;

pub use block::{Place, place};
pub use read::{CannotRead, FileReader, ServerReader};
pub use row::*;

use look::Look;

/// A broken invariant, with the rows that break it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// `INV-01` to `INV-28`, `LIVE-1`, `LIVE-2`, or `ROWS` for a row that cannot be read.
    pub invariant: &'static str,
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

/// Whether anything may still be on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    #[default]
    Running,
    /// No fault is left, no request is under way and no job is due, since this moment.
    Quiet { since_us: i64 },
}

/// What the shop's owner has set, as far as an invariant speaks of it.
#[derive(Debug, Clone)]
pub struct Rules {
    pub stock_buffer: i64,
    /// Minor units and their currency.
    pub loss_budget: Option<(i64, String)>,
    /// The name under which the shop books money of the gateway that is on record.
    pub gateway: &'static str,
    /// Nobody changes a price during this run, so that every order's can be looked up.
    pub prices_are_fixed: bool,
    /// The records' clocks and the database's show the same time.
    pub clocks_agree: bool,
    /// A process died or was stopped with an answer in its hands.
    pub somebody_died: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            stock_buffer: 0,
            loss_budget: None,
            gateway: "simulated",
            prices_are_fixed: false,
            clocks_agree: false,
            somebody_died: false,
        }
    }
}

/// A text that somebody outside the staff could read.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The account; nobody's where anybody could read it.
    pub by: Option<String>,
    /// Where: a route, a page, a mail.
    pub place: String,
    pub text: String,
}

/// A text that must hold no secret: a log, a trace, an event, an error, a metric.
#[derive(Debug, Clone)]
pub struct Told {
    pub place: String,
    pub text: String,
}

/// A text that must not be told.
#[derive(Debug, Clone)]
pub struct Secret {
    pub name: String,
    pub text: String,
}

/// One request with an idempotency key and its answer, in the order in which they were answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub account: String,
    pub route: String,
    pub key: String,
    pub request: String,
    pub status: u16,
    pub answer: String,
}

/// Credentials as somebody got them.
#[derive(Debug, Clone)]
pub struct Revealed {
    pub order: String,
    pub password: String,
}

/// A claim that a worker is known to have lost, and every earlier one of that job with it.
#[derive(Debug, Clone)]
pub struct LostClaim {
    pub job_kind: String,
    pub subject: String,
    pub number: i64,
    pub lost_at_us: i64,
}

/// All that the checker looks at. Only the snapshot is needed; every further thing makes it see
/// more. While a shop runs: the upstream's record first, then the snapshot, then the gateway's
/// record, so that whatever one of them shows the next one can know.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pub snapshot: &'a Snapshot,
    /// The same database at an earlier moment: what must not change is compared with it.
    pub before: Option<&'a Snapshot>,
    pub upstream: Option<&'a smartvps::Record>,
    pub gateway: Option<&'a gateway::Record>,
    pub phase: Phase,
    /// By the database's clock, in microseconds.
    pub now_us: Option<i64>,
    pub rules: Rules,
    pub seen: &'a [Seen],
    pub told: &'a [Told],
    pub secrets: &'a [Secret],
    pub exchanges: &'a [Exchange],
    pub revealed: &'a [Revealed],
    pub lost_claims: &'a [LostClaim],
}

impl<'a> Evidence<'a> {
    /// The database alone.
    pub fn of(snapshot: &'a Snapshot) -> Evidence<'a> {
        Evidence {
            snapshot,
            before: None,
            upstream: None,
            gateway: None,
            phase: Phase::Running,
            now_us: None,
            rules: Rules::default(),
            seen: &[],
            told: &[],
            secrets: &[],
            exchanges: &[],
            revealed: &[],
            lost_claims: &[],
        }
    }
}

/// Broken invariants, as they are found.
#[derive(Default)]
struct Report(Vec<Violation>);

impl Report {
    fn say(&mut self, invariant: &'static str, what: impl Into<String>) {
        self.0.push(Violation { invariant, what: what.into() });
    }

    fn unless(&mut self, holds: bool, invariant: &'static str, what: impl FnOnce() -> String) {
        if !holds {
            self.say(invariant, what());
        }
    }

    fn sorted(mut self) -> Vec<Violation> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}

/// Every broken invariant, in the order of their names.
pub fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let look = Look::at(evidence);
    let mut report = Report::default();
    for row in &evidence.snapshot.unreadable {
        report.say("ROWS", row.clone());
    }
    for group in [
        slot::check,
        permit::check,
        server::check,
        share::check,
        credentials::check,
        errand::check,
        money::check,
        payment::check,
        refund::check,
        wallet::check,
        list::check,
        history::check,
        sync::check,
        stock::check,
        by_hand::check,
        price::check,
        bill::check,
        given::check,
        paper::check,
        leak::check,
        request::check,
    ] {
        group(&look, &mut report);
    }
    report.sorted()
}

/// The part that must hold at every commit and is cheap enough to be asked there: INV-08, and
/// that every entry balances.
pub fn check_money(snapshot: &Snapshot) -> Vec<Violation> {
    let mut report = Report::default();
    money::balance(snapshot, &mut report);
    report.sorted()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record that came over the wire, as a checker of real processes reads it.
    fn sent<T: serde::Serialize + serde::de::DeserializeOwned>(record: &T) -> [String; 2] {
        let text = serde_json::to_string(record).unwrap();
        let read: T = serde_json::from_str(&text).unwrap();
        [text, serde_json::to_string(&read).unwrap()]
    }

    #[tokio::test]
    async fn records_are_the_same_when_they_are_fetched() {
        let sim = smartvps::Sim::start(smartvps::Config::default()).await.unwrap();
        sim.plant_server(std::net::Ipv4Addr::new(103, 82, 72, 1), "5", "8");
        sim.set_stock("5", 1);
        let [here, there] = sent(&sim.record());
        assert_eq!(here, there);
        assert!(here.contains("Sim-") && here.contains("disturbed"), "{here}");
        let gateway = gateway::Gateway::start(gateway::Config::default()).await.unwrap();
        let [here, there] = sent(&gateway.record());
        assert_eq!(here, there);
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        let snapshot = Snapshot::default();
        assert_eq!(check(&Evidence::of(&snapshot)), []);
        assert_eq!(check_money(&snapshot), []);
    }
}
