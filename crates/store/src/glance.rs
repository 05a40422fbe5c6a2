//! How the shop stands at a glance, for its staff: what is open, counted in one question, however
//! old the shop is. Not for who watches from outside: that is `figures.rs`.

use domain::clock::Timestamp;
use domain::money::Money;

use crate::db::{Part, Result, Row, Tx};
use crate::gateway::{Asked, Counter};
use crate::refund::read_owed;
use crate::server::QUARANTINED;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Open orders, by stage.
    pub stages: Vec<(String, i64)>,
    /// Jobs, and how long the oldest that could run has waited, in microseconds.
    pub jobs: (i64, i64),
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
    /// Those whom a machine asks first.
    pub providers: Vec<Standing>,
    /// In the order that was asked for.
    pub gateways: Vec<Counter>,
    /// Open troubles that are about a whole gateway or provider: the kind, and which one.
    pub about: Vec<(String, String)>,
}

/// How one provider stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub id: String,
    /// What people call it, where staff deliver by hand.
    pub by_hand: Option<String>,
    /// When its list was last heard, and when a sync last finished.
    pub listed_at: Option<Timestamp>,
    pub synced_at: Option<Timestamp>,
    /// Why purchases there are paused.
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
    QUARANTINED,
);
const PROVIDERS: Part<'static> = Part {
    columns: "v.id, h.name, v.reading_stored_at, v.sync_at, v.paused_at, v.pause_reason, {now}",
    from: "provider v LEFT JOIN by_hand h ON h.provider_id = v.id",
    which: "1 = 1",
    order: "CASE WHEN h.name IS NULL THEN 0 ELSE 1 END, h.name, v.id",
};
const ABOUT: Part<'static> = Part {
    columns: "kind, subject",
    from: "alert",
    which: "resolved_at IS NULL AND kind IN ('webhook-silence', 'sync-failing')",
    order: "kind, subject",
};

impl Tx<'_> {
    /// How the shop stands. `stages` are the words of those that orders leave again; of what came
    /// of payments at these gateways those count that were made since then.
    pub fn glance(
        &mut self,
        stages: &[&str],
        (gateways, since): (&[&str], Timestamp),
    ) -> Result<Glance> {
        let words: Vec<String> = stages.iter().map(|word| format!("'{word}'")).collect();
        let which = format!("stage IN ({}) GROUP BY stage", words.join(", "));
        let (columns, from, order) = ("stage, COUNT(*)", "orders", "stage");
        let stages = Part { columns, from, which: &which, order };
        let asked = Asked::about(gateways);
        let [open, newest, failed, heard] = asked.parts();
        let parts = [
            stages, JOBS, ALERTS, LISTED, OWED, MAILS, STRAYS, PROVIDERS, ABOUT, open, newest,
            failed, heard,
        ];
        let [stages, jobs, alerts, listed, owed, mails, strays, providers, about, gateways @ ..] =
            self.gather(parts, &asked.values(since))?;
        let one = |rows: &[Row]| rows.first().map_or(Ok(0), |row| row.int(0));
        let two =
            |rows: &[Row]| rows.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)));
        if let Some(row) = providers.first() {
            self.now_is(row.time(6)?)?;
        }
        Ok(Glance {
            stages: stages.iter().map(named).collect::<Result<_>>()?,
            jobs: two(&jobs)?,
            alerts: alerts.iter().map(named).collect::<Result<_>>()?,
            listed: one(&listed)?,
            owed: owed.iter().map(read_owed).collect::<Result<_>>()?,
            mails: one(&mails)?,
            strays: two(&strays)?,
            providers: providers.iter().map(standing).collect::<Result<_>>()?,
            gateways: asked.read(&gateways)?,
            about: about.iter().map(trouble).collect::<Result<_>>()?,
        })
    }
}

fn standing(row: &Row) -> Result<Standing> {
    let why = row.opt_text(5)?.unwrap_or("no reason given").to_owned();
    Ok(Standing {
        id: row.text(0)?.to_owned(),
        by_hand: row.opt_text(1)?.map(ToOwned::to_owned),
        listed_at: row.opt_time(2)?,
        synced_at: row.opt_time(3)?,
        paused: row.opt_time(4)?.map(|_| why),
    })
}

fn trouble(row: &Row) -> Result<(String, String)> {
    Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
}

fn named(row: &Row) -> Result<(String, i64)> {
    Ok((row.text(0)?.to_owned(), row.int(1)?))
}
