//! How the shop stands at a glance, for its staff: what is open, counted in one question, however
//! old the shop is. Not for who watches from outside: that is `figures.rs`.

use domain::clock::Timestamp;
use domain::money::Money;

use crate::db::{Part, Result, Row, Tx};
use crate::refund::read_owed;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Open orders, by stage.
    pub stages: Vec<(String, i64)>,
    /// Jobs, and how long the oldest that could run has waited, in microseconds.
    pub jobs: (i64, i64),
    /// Webhooks that nobody has asked about, and the age of the oldest in microseconds.
    pub webhooks: (i64, i64),
    /// Open alerts, by kind.
    pub alerts: Vec<(String, i64)>,
    /// What is on the list: an order once for each reason.
    pub listed: i64,
    /// What is owed to customers of orders that are on the list for it, by currency.
    pub owed: Vec<Money>,
    /// Those that have not left.
    pub mails: i64,
    /// Servers in quarantine, and what they cost, in minor units of the shop's currency.
    pub strays: (i64, i64),
    /// When the provider's list was last heard, and when a sync last finished.
    pub listed_at: Option<Timestamp>,
    pub synced_at: Option<Timestamp>,
    /// Why purchases at the provider are paused.
    pub paused: Option<String>,
}

const fn part(columns: &'static str, from: &'static str, which: &'static str) -> Part<'static> {
    Part { columns, from, which, order: "COUNT(*)" }
}

const JOBS: Part<'static> = part(
    "COUNT(*), COALESCE({now} - MIN(CASE WHEN run_at <= {now} \
     AND (claimed_until IS NULL OR claimed_until < {now}) THEN run_at END), 0)",
    "job",
    "1 = 1",
);
const WEBHOOKS: Part<'static> =
    part("COUNT(*), COALESCE({now} - MIN(received_at), 0)", "webhook", "asked_at IS NULL");
const ALERTS: Part<'static> = Part {
    columns: "kind, COUNT(*)",
    from: "alert",
    which: "resolved_at IS NULL GROUP BY kind",
    order: "kind",
};
const LISTED: Part<'static> = part("COUNT(*)", "attention", "resolved_at IS NULL");
const OWED: Part<'static> = Part {
    columns: "l.currency, CAST(-SUM(l.amount_minor) AS BIGINT)",
    from: "attention a JOIN ledger l ON l.order_id = a.order_id AND l.account LIKE 'owed:%'",
    which: "a.resolved_at IS NULL AND a.why = 'owed' GROUP BY l.currency",
    order: "l.currency",
};
const MAILS: Part<'static> = part("COUNT(*)", "mail", "state IN ('waiting', 'queued')");
const STRAYS: Part<'static> = part(
    "COUNT(*), CAST(COALESCE(SUM(COALESCE(cost_minor, value_minor)), 0) AS BIGINT)",
    "server",
    "state = 'quarantined'",
);
const PROVIDER: Part<'static> = Part {
    columns: "reading_stored_at, sync_at, paused_at, pause_reason, {now}",
    from: "provider",
    which: "id = $1",
    order: "id",
};

impl Tx<'_> {
    /// How the shop stands. `stages` are the words of those that orders leave again.
    pub fn glance(&mut self, provider: &str, stages: &[&str]) -> Result<Glance> {
        let words: Vec<String> = stages.iter().map(|word| format!("'{word}'")).collect();
        let which = format!("stage IN ({}) GROUP BY stage", words.join(", "));
        let (columns, from, order) = ("stage, COUNT(*)", "orders", "stage");
        let stages = Part { columns, from, which: &which, order };
        let parts = [stages, JOBS, WEBHOOKS, ALERTS, LISTED, OWED, MAILS, STRAYS, PROVIDER];
        let [stages, jobs, webhooks, alerts, listed, owed, mails, strays, provider] =
            self.gather(parts, args![provider])?;
        let one = |rows: &[Row]| rows.first().map_or(Ok(0), |row| row.int(0));
        let two =
            |rows: &[Row]| rows.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)));
        let (mut listed_at, mut synced_at, mut paused) = (None, None, None);
        if let Some(row) = provider.first() {
            (listed_at, synced_at) = (row.opt_time(0)?, row.opt_time(1)?);
            let why = row.opt_text(3)?.unwrap_or("no reason given").to_owned();
            paused = row.opt_time(2)?.map(|_| why);
            self.now_is(row.time(4)?)?;
        }
        Ok(Glance {
            stages: stages.iter().map(named).collect::<Result<_>>()?,
            jobs: two(&jobs)?,
            webhooks: two(&webhooks)?,
            alerts: alerts.iter().map(named).collect::<Result<_>>()?,
            listed: one(&listed)?,
            owed: owed.iter().map(read_owed).collect::<Result<_>>()?,
            mails: one(&mails)?,
            strays: two(&strays)?,
            listed_at,
            synced_at,
            paused,
        })
    }
}

fn named(row: &Row) -> Result<(String, i64)> {
    Ok((row.text(0)?.to_owned(), row.int(1)?))
}
