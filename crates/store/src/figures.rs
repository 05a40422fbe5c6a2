//! How the shop stands, in figures for whoever watches over it: counts of what is open, all asked
//! at once. Every question reads by an index what is not yet done, however old the shop is.
//! Not for deciding, and not for people: a page for staff is `overview.rs`.

use domain::money::Money;

use crate::db::{Result, Row, Tx, Value};
use crate::refund::read_owed;

/// What waits: jobs of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub kind: String,
    pub jobs: i64,
    /// So long the oldest that could run has not been taken up, in microseconds.
    pub age: i64,
}

/// Orders that staff are to look at for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub why: String,
    pub orders: i64,
    pub overdue: i64,
}

/// The shop at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub queued: Vec<Queued>,
    /// Webhooks that nobody has asked about, and the age of the oldest in microseconds.
    pub webhooks: (i64, i64),
    /// Open alerts, by kind.
    pub alerts: Vec<(String, i64)>,
    pub listed: Vec<Listed>,
    /// What is owed to customers of orders that are on the list for it, by currency.
    pub owed: Vec<Money>,
    /// Open orders, by stage.
    pub stages: Vec<(String, i64)>,
    pub mails: i64,
    /// Servers in quarantine and what they cost, in minor units of the shop's currency.
    pub strays: (i64, i64),
}

const QUEUED: &str = "SELECT kind, COUNT(*), COALESCE({now} - MIN(CASE WHEN run_at <= {now} \
     AND (claimed_until IS NULL OR claimed_until < {now}) THEN run_at END), 0) \
     FROM job GROUP BY kind ORDER BY kind";
const WEBHOOKS: &str = "SELECT COUNT(*), COALESCE({now} - MIN(received_at), 0) FROM webhook \
     WHERE asked_at IS NULL";
const ALERTS: &str = "SELECT kind, COUNT(*) FROM alert WHERE resolved_at IS NULL \
     GROUP BY kind ORDER BY kind";
const LISTED: &str = "SELECT why, COUNT(*), COUNT(CASE WHEN due_at < {now} THEN 1 END) \
     FROM attention WHERE resolved_at IS NULL GROUP BY why ORDER BY why";
const OWED: &str = "SELECT l.currency, CAST(-SUM(l.amount_minor) AS BIGINT) \
     FROM attention a JOIN ledger l ON l.order_id = a.order_id AND l.account LIKE 'owed:%' \
     WHERE a.resolved_at IS NULL AND a.why = 'owed' GROUP BY l.currency ORDER BY l.currency";
const MAILS: &str = "SELECT COUNT(*) FROM mail WHERE state IN ('waiting', 'queued')";

impl Tx<'_> {
    /// How the shop stands. `stages` are those that orders leave again.
    pub fn figures(&mut self, stages: &[&str]) -> Result<Figures> {
        let none: &[Value] = &[];
        let [queued, webhooks, alerts, listed, owed, mails] = self.together([
            (QUEUED, none),
            (WEBHOOKS, none),
            (ALERTS, none),
            (LISTED, none),
            (OWED, none),
            (MAILS, none),
        ])?;
        let pair = |row: Option<&Row>| row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)));
        Ok(Figures {
            queued: queued.iter().map(read_queued).collect::<Result<_>>()?,
            webhooks: pair(webhooks.first())?,
            alerts: alerts.iter().map(named).collect::<Result<_>>()?,
            listed: listed.iter().map(read_listed).collect::<Result<_>>()?,
            owed: owed.iter().map(read_owed).collect::<Result<_>>()?,
            mails: mails.first().map_or(Ok(0), |row| row.int(0))?,
            stages: self.count_orders_in(stages)?,
            strays: self.quarantine_total()?,
        })
    }
}

fn named(row: &Row) -> Result<(String, i64)> {
    Ok((row.text(0)?.to_owned(), row.int(1)?))
}

fn read_queued(row: &Row) -> Result<Queued> {
    Ok(Queued { kind: row.text(0)?.to_owned(), jobs: row.int(1)?, age: row.int(2)? })
}

fn read_listed(row: &Row) -> Result<Listed> {
    Ok(Listed { why: row.text(0)?.to_owned(), orders: row.int(1)?, overdue: row.int(2)? })
}
