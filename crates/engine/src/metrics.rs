//! What watches over the shop from outside: what this process has done, and how the shop stands,
//! as Prometheus reads it. Counting costs no question to the database; how the shop stands is read
//! at most every quarter of a minute, and only when somebody asks.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Timestamp;
use store::figures::Figures;
use store::job::Job;
use store::order::Happened;
use tokio::sync::Mutex;
use tracing::Instrument;
use tracing::field::Empty;

use crate::read::today::OPEN;
use crate::switches::Switches;
use crate::sync::SyncSummary;
use crate::worker::After;
use crate::{Engine, Error, Result};

mod calls;
mod family;
mod meters;

pub(crate) use calls::counted;
use family::Head;
pub use meters::Meters;

/// What belongs to traces bears this target: requests, jobs, and calls to the world outside, which
/// lie within them. Nobody makes them where nobody listens.
pub const TRACES: &str = "traces";

/// So long figures of the shop are shown before they are read anew.
const FIGURES_FOR: Duration = Duration::from_secs(15);
/// Whoever scrapes waits ten seconds, as a rule: what this process has done is told in any case.
const FIGURES_WITHIN: Duration = Duration::from_secs(5);

/// How the shop stood when it was last read, and when that was on the boot clock.
#[derive(Default)]
pub(crate) struct LastRead(Mutex<Option<(Duration, Option<Arc<Shop>>)>>);

/// How the shop stands.
struct Shop {
    figures: Figures,
    /// Whole seconds since 1970.
    synced_at: i64,
    paused: bool,
    over_budget: bool,
    latched: bool,
    selling_stopped: bool,
}

impl Engine {
    /// What this process has counted.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// All of it as Prometheus reads it. Where the database does not answer, what this process has
    /// done is told all the same.
    pub async fn metrics(&self) -> String {
        let shop = self.shop_figures().await;
        let mut page = String::new();
        self.meters.show(&mut page);
        self.write_store(&mut page);
        let up = Head { name: "berth_database_up", kind: "gauge", help: "The database answered." };
        up.show(&mut page);
        up.value(&mut page, &[], i32::from(shop.is_some()));
        if let Some(shop) = shop {
            self.write_shop(&mut page, &shop);
        }
        page
    }

    async fn shop_figures(&self) -> Option<Arc<Shop>> {
        let now = self.parts.boot.since_boot();
        let mut last = self.last_figures.0.lock().await;
        if let Some((at, shop)) = &*last
            && now.saturating_sub(*at) < FIGURES_FOR
        {
            return shop.clone();
        }
        let read = tokio::time::timeout(FIGURES_WITHIN, self.read_shop()).await;
        let shop = match read {
            Ok(Ok(shop)) => Some(Arc::new(shop)),
            Ok(Err(error)) => {
                tracing::warn!("how the shop stands cannot be told to metrics: {error}");
                None
            }
            Err(_) => {
                tracing::warn!("the database takes too long to tell metrics how the shop stands");
                None
            }
        };
        *last = Some((now, shop.clone()));
        shop
    }

    async fn read_shop(&self) -> Result<Shop> {
        let engine = self.clone();
        self.db()
            .read(move |tx| {
                let provider = engine.parts.provider.id;
                let switches = Switches::read(tx)?;
                let at = |at: Timestamp| at.as_micros() / 1_000_000;
                let pointers = tx.pointers(provider)?;
                Ok::<_, Error>(Shop {
                    figures: tx.figures(&OPEN)?,
                    synced_at: pointers.and_then(|pointers| pointers.sync_at).map_or(0, at),
                    paused: tx.provider_pause(provider)?.is_some(),
                    over_budget: engine.over_budget_since(tx, switches.budget_lifted_at)?.is_some(),
                    latched: switches.latched.is_some(),
                    selling_stopped: switches.selling_stopped.is_some(),
                })
            })
            .await
    }

    /// What the store has counted itself.
    fn write_store(&self, page: &mut String) {
        let head = |name, help| Head { name, kind: "counter", help };
        let counts = self.db().counts();
        let all = head("berth_database_transactions_total", "Transactions that were run.");
        all.show(page);
        all.value(page, &[("kind", "read")], counts.reads);
        all.value(page, &[("kind", "write")], counts.writes);
        let all = head("berth_database_statements_total", "Statements in them.");
        all.show(page);
        all.value(page, &[], counts.statements);
        let moves = self.db().moves();
        let events = head("berth_order_events_total", "What happened to orders.");
        events.show(page);
        for event in meters::EVENTS {
            let of = moves.iter().filter(|((word, _), _)| *word == event);
            events.value(page, &[("event", event)], of.map(|(_, count)| count).sum::<u64>());
        }
        let failures = head(
            "berth_provisioning_failures_total",
            "What kept orders from their servers, by reason.",
        );
        failures.show(page);
        for reason in meters::reasons() {
            let of = moves.iter().filter(|((_, failure), _)| *failure == Some(reason));
            failures.value(page, &[("reason", reason)], of.map(|(_, count)| count).sum::<u64>());
        }
    }

    fn write_shop(&self, page: &mut String, shop: &Shop) {
        meters::write_figures(page, &shop.figures, self.settings().currency);
        let mut one = |name, help, value: i64| {
            let head = Head { name, kind: "gauge", help };
            head.show(page);
            head.value(page, &[], value);
        };
        one(
            "berth_sync_last_success_timestamp_seconds",
            "When the last sync of any node ended; 0 before the first.",
            shop.synced_at,
        );
        one("berth_provider_paused", "Purchases are paused.", i64::from(shop.paused));
        one("berth_loss_budget_exceeded", "Strays cost too much.", i64::from(shop.over_budget));
        one("berth_latched", "Permits and refunds are latched.", i64::from(shop.latched));
        one("berth_selling_stopped", "No orders are taken.", i64::from(shop.selling_stopped));
    }

    /// Counts what became of a sync.
    pub(crate) fn count_sync(&self, summary: Option<&SyncSummary>, took: Duration) {
        let outcome = if summary.is_some() { "done" } else { "failed" };
        self.meters.syncs.took(&[("outcome", outcome)], took);
        let Some(summary) = summary else { return };
        for (action, count) in [
            ("created", summary.created),
            ("updated", summary.updated),
            ("disabled", summary.disabled),
            ("re-enabled", summary.re_enabled),
            ("fixed", summary.fixed),
            ("held", summary.held),
        ] {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.meters.sync_entries.add(&[("action", action)], count);
        }
    }

    /// Leads a job through as a span of the traces, and counts how it ended.
    pub(crate) async fn watched(
        &self,
        job: &Job,
        work: impl Future<Output = Result<After>>,
    ) -> Result<After> {
        let (kind, begun) = (job.kind.word(), self.parts.boot.since_boot());
        let span = tracing::debug_span!(
            target: TRACES, "job", kind, subject = job.subject, tries = job.tries, outcome = Empty,
            otel.name = format_args!("job {kind}"), otel.kind = "consumer",
        );
        let outcome = work.instrument(span.clone()).await;
        let word = match &outcome {
            Ok(After::Finished) => "finished",
            Ok(After::PutOff { .. }) => "put-off",
            Err(Error::Unavailable(_) | Error::Outside(_)) => "unavailable",
            Err(Error::Refused { slug: "stale-version", .. }) => "lost",
            Err(_) => "failed",
        };
        span.record("outcome", word);
        let took = self.parts.boot.since_boot().saturating_sub(begun);
        self.meters.jobs.took(&[("kind", kind), ("outcome", word)], took);
        outcome
    }

    /// Counts how long the parts of a first delivery took.
    pub(crate) fn count_stages(&self, happened: &[Happened]) {
        if happened.iter().filter(|one| one.kind == "delivered").count() != 1 {
            return;
        }
        let first = |kind: &str| happened.iter().find(|one| one.kind == kind);
        let last = |kind: &str| happened.iter().rev().find(|one| one.kind == kind);
        for (stage, from, to) in [
            ("paid-to-delivered", first("paid"), last("delivered")),
            ("permit-to-answer", last("permitted"), last("answered")),
            ("answer-to-verdict", last("answered"), last("matched")),
        ] {
            if let (Some(from), Some(to)) = (from, to) {
                self.meters.stages.took(&[("stage", stage)], to.at.since(from.at));
            }
        }
    }
}
