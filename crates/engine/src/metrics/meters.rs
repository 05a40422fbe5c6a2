//! The names of all figures, each once: what they count, and which words stand beside them.

use std::time::Duration;

use domain::money::{Currency, Money};
use domain::order::step::Why;
use domain::order::{Event, Stop};
use store::figures::Figures;
use store::job::Kind;

use super::family::{Counter, Head, Histogram, seconds};
use crate::read::today::OPEN;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Answers to browsers and programs.
const ANSWERS: &[Duration] =
    &[ms(5), ms(10), ms(25), ms(50), ms(100), ms(250), ms(500), ms(1_000), ms(2_500), ms(10_000)];
/// Answers of others, and jobs that wait for them.
const CALLS: &[Duration] = &[
    ms(50),
    ms(100),
    ms(250),
    ms(500),
    ms(1_000),
    ms(2_500),
    ms(5_000),
    ms(10_000),
    ms(30_000),
    ms(60_000),
    ms(180_000),
    ms(600_000),
];
/// What customers wait for.
const STAGES: &[Duration] = &[
    ms(1_000),
    ms(5_000),
    ms(15_000),
    ms(30_000),
    ms(60_000),
    ms(180_000),
    ms(300_000),
    ms(900_000),
    ms(3_600_000),
    ms(21_600_000),
    ms(86_400_000),
];

/// The events that tell how business goes.
pub const EVENTS: [&str; 11] = [
    "paid",
    "paid_too_late",
    "permitted",
    "answered",
    "rejected",
    "tried_again",
    "matched",
    "delivered",
    "cancelled",
    "refund_done",
    "refund_came_back",
];

const STAGE_WORDS: [&str; 3] = ["paid-to-delivered", "permit-to-answer", "answer-to-verdict"];
const ACTIONS: [&str; 6] = ["created", "updated", "disabled", "re-enabled", "fixed", "held"];
const CARRIED: [&str; 3] = ["taken", "refused", "later"];

/// All that can keep an order from its server.
pub fn reasons() -> impl Iterator<Item = &'static str> {
    let others = [Event::WentUnheard, Event::Mismatched, Event::Held, Event::CredentialsLate];
    let others = others.into_iter().filter_map(|event| event.failure());
    let stops = Stop::ALL.into_iter().map(|stop| Why::Stopped(stop).word());
    let mut all: Vec<&str> = stops.chain(others).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

/// What one process has counted since it began.
pub struct Meters {
    pub requests: Histogram,
    pub(super) provider_calls: Histogram,
    pub(super) gateway_calls: Histogram,
    pub(super) jobs: Histogram,
    pub(super) stages: Histogram,
    pub(super) syncs: Histogram,
    pub(super) sync_entries: Counter,
    pub(super) webhooks: Counter,
    pub(super) mails: Counter,
}

impl Meters {
    /// `gateways` by their names.
    pub fn new(gateways: &[&'static str]) -> Meters {
        let mut hooks = Counter::new("berth_webhooks_total", "Webhooks of gateways, by what came.");
        for gateway in gateways {
            for outcome in ["verified", "forged", "unreadable"] {
                hooks = hooks.with(&[("gateway", gateway), ("outcome", outcome)]);
            }
        }
        let syncs = Histogram::new("berth_sync_duration_seconds", "How long syncs took.", CALLS);
        let entries = Counter::new("berth_sync_entries_total", "What syncs did with products.");
        let mails = Counter::new("berth_mails_total", "Mails at the mail server, by what it said.");
        let help = "How long the parts of a first delivery took.";
        let stages = Histogram::new("berth_order_stage_duration_seconds", help, STAGES);
        let jobs = Histogram::new("berth_job_duration_seconds", "How long jobs took.", CALLS);
        let failed = |jobs: Histogram, kind: Kind| {
            jobs.with(&[("kind", kind.word()), ("outcome", "failed")])
        };
        let help = "How long requests took, by route.";
        let requests = Histogram::new("berth_http_request_duration_seconds", help, ANSWERS);
        let help = "How long calls to the provider took, by what came of them.";
        let provider_calls = Histogram::new("berth_provider_call_duration_seconds", help, CALLS);
        let help = "How long calls to payment gateways took, by what came of them.";
        let gateway_calls = Histogram::new("berth_gateway_call_duration_seconds", help, CALLS);
        Meters {
            requests,
            provider_calls,
            gateway_calls,
            jobs: Kind::ALL.into_iter().fold(jobs, failed),
            stages: STAGE_WORDS.iter().fold(stages, |all, word| all.with(&[("stage", word)])),
            syncs: ["done", "failed"]
                .iter()
                .fold(syncs, |all, word| all.with(&[("outcome", word)])),
            sync_entries: ACTIONS.iter().fold(entries, |all, word| all.with(&[("action", word)])),
            webhooks: hooks,
            mails: CARRIED.iter().fold(mails, |all, word| all.with(&[("outcome", word)])),
        }
    }

    pub(super) fn show(&self, page: &mut String) {
        let build = vec![(vec![("version", env!("CARGO_PKG_VERSION"))], "1".to_owned())];
        gauge(page, "berth_build_info", "What runs here.", &build);
        let counters = [&self.sync_entries, &self.webhooks, &self.mails];
        counters.into_iter().for_each(|counter| counter.show(page));
        let timed = [
            &self.requests,
            &self.provider_calls,
            &self.gateway_calls,
            &self.jobs,
            &self.stages,
            &self.syncs,
        ];
        timed.into_iter().for_each(|histogram| histogram.show(page));
    }
}

type Values<'a> = Vec<(Vec<(&'static str, &'a str)>, String)>;

fn gauge(page: &mut String, name: &'static str, help: &'static str, values: &Values<'_>) {
    let head = Head { name, kind: "gauge", help };
    head.show(page);
    values.iter().for_each(|(labels, value)| head.value(page, labels, value));
}

fn alone(value: impl ToString) -> Values<'static> {
    vec![(vec![], value.to_string())]
}

/// How the shop stands.
pub(super) fn write_figures(page: &mut String, figures: &Figures, currency: Currency) {
    write_queues(page, figures);
    let stages = OPEN.iter().map(|stage| {
        let count = figures.stages.iter().find(|(word, _)| word == stage).map_or(0, |(_, n)| *n);
        (vec![("stage", *stage)], count.to_string())
    });
    let help = "Orders that are not at an end, by stage.";
    gauge(page, "berth_orders_open", help, &stages.collect());
    let alerts: i64 = figures.alerts.iter().map(|(_, count)| count).sum();
    gauge(page, "berth_alerts_open", "Open alerts.", &alone(alerts));
    let kinds = figures.alerts.iter().map(|(kind, n)| (vec![("kind", &**kind)], n.to_string()));
    gauge(page, "berth_alerts_open_by_kind", "Open alerts, by kind.", &kinds.collect());
    let listed = figures.listed.iter();
    let listed = listed.map(|one| (vec![("reason", &*one.why)], one.orders.to_string()));
    let help = "Orders that staff are to look at, by reason.";
    gauge(page, "berth_attention_orders", help, &listed.collect());
    let overdue: i64 = figures.listed.iter().map(|listed| listed.overdue).sum();
    let help = "Of them, those that staff were to look at before now.";
    gauge(page, "berth_attention_overdue_orders", help, &alone(overdue));
    let help = "Money owed to customers, in whole units.";
    gauge(page, "berth_money_owed", help, &owed(figures, currency));
    let (strays, cost) = figures.strays;
    gauge(page, "berth_strays", "Servers that are ours and nobody's.", &alone(strays));
    let cost = vec![(vec![("currency", currency.code())], units(cost, currency))];
    gauge(page, "berth_strays_cost", "What they cost, in whole units.", &cost);
    gauge(page, "berth_mails_waiting", "Mails that have not left.", &alone(figures.mails));
}

/// What waits for workers.
fn write_queues(page: &mut String, figures: &Figures) {
    let queued = |kind: Kind| figures.queued.iter().find(|queued| queued.kind == kind.word());
    let kinds = |value: &dyn Fn(Kind) -> String| -> Values<'static> {
        Kind::ALL.iter().map(|kind| (vec![("kind", kind.word())], value(*kind))).collect()
    };
    let jobs = kinds(&|kind| queued(kind).map_or(0, |queued| queued.jobs).to_string());
    gauge(page, "berth_jobs_queued", "Jobs that are not done.", &jobs);
    let oldest = kinds(&|kind| age(queued(kind).map_or(0, |queued| queued.age)));
    let help = "How long the oldest job that could run was not taken up.";
    gauge(page, "berth_job_queue_age_seconds", help, &oldest);
    let (hooks, hooks_age) = figures.webhooks;
    let help = "Webhooks that their gateways were not asked about.";
    gauge(page, "berth_webhooks_waiting", help, &alone(hooks));
    let help = "How long the oldest of them has waited.";
    gauge(page, "berth_webhook_queue_age_seconds", help, &alone(age(hooks_age)));
}

fn age(micros: i64) -> String {
    seconds(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
}

/// Nought in the shop's currency is told, too.
fn owed(figures: &Figures, currency: Currency) -> Values<'_> {
    let row = |owed: Currency, minor| (vec![("currency", owed.code())], units(minor, owed));
    let mut rows: Values<'_> =
        figures.owed.iter().map(|money| row(money.currency, money.minor)).collect();
    if figures.owed.iter().all(|money| money.currency != currency) {
        rows.push(row(currency, 0));
    }
    rows
}

/// Minor units as a decimal of whole ones.
fn units(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).digits()
}
