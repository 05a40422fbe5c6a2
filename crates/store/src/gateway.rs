//! The gateways, as staff look at them: what is open there, what came of the newest payments, and
//! when each was last heard of. Not for payments themselves: those are in `payment.rs`.

use domain::clock::Timestamp;

use crate::db::{Result, Row, Tx, Value};

/// How payments at one gateway stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    pub gateway: String,
    pub open: i64,
    pub oldest_open: Option<Timestamp>,
    /// Of the payments made since the moment that was asked about.
    pub captured: i64,
    pub failed: i64,
    /// Why the newest of those failed that did.
    pub last_failure: Option<(Timestamp, String)>,
    /// When it last sent a webhook that was genuine.
    pub last_webhook: Option<Timestamp>,
    /// Webhooks that nobody has asked about yet.
    pub waiting: i64,
    pub oldest_waiting: Option<Timestamp>,
}

impl Tx<'_> {
    /// How each of these gateways stands, in their order; of what came of payments, those that were
    /// made since then.
    pub fn counters(&mut self, gateways: &[&str], since: Timestamp) -> Result<Vec<Counter>> {
        if gateways.is_empty() {
            return Ok(Vec::new());
        }
        let open = self.rows(
            "SELECT gateway, COUNT(*), MIN(created_at) FROM payment WHERE state = 'open' \
             GROUP BY gateway",
            &[],
        )?;
        let newest = self.rows(
            "SELECT gateway, COUNT(CASE WHEN state = 'captured' THEN 1 END), \
             COUNT(CASE WHEN state = 'failed' THEN 1 END) FROM payment \
             WHERE state IN ('captured', 'failed') AND created_at >= $1 GROUP BY gateway",
            args![since],
        )?;
        let failed = self.rows(
            "SELECT gateway, created_at, reason FROM (SELECT gateway, created_at, reason, \
             ROW_NUMBER() OVER (PARTITION BY gateway ORDER BY created_at DESC, id DESC) AS place \
             FROM payment WHERE state = 'failed' AND created_at >= $1) AS failed WHERE place = 1",
            args![since],
        )?;
        let heard = self.heard_of(gateways)?;
        let counter = |gateway: &&str| {
            let mut counter = Counter { gateway: (*gateway).to_owned(), ..Counter::default() };
            if let Some(row) = of(&open, gateway) {
                (counter.open, counter.oldest_open) = (row.int(1)?, row.opt_time(2)?);
            }
            if let Some(row) = of(&newest, gateway) {
                (counter.captured, counter.failed) = (row.int(1)?, row.int(2)?);
            }
            if let Some(row) = of(&failed, gateway) {
                let why = row.opt_text(2)?.unwrap_or("no reason given");
                counter.last_failure = Some((row.time(1)?, why.to_owned()));
            }
            if let Some(row) = of(&heard, gateway) {
                counter.last_webhook = row.opt_time(1)?;
                (counter.waiting, counter.oldest_waiting) = (row.int(2)?, row.opt_time(3)?);
            }
            Ok(counter)
        };
        gateways.iter().map(counter).collect()
    }

    /// Of each gateway the last webhook, and those that nobody has asked about.
    fn heard_of(&mut self, gateways: &[&str]) -> Result<Vec<Row>> {
        // The cast tells the database what it is, where nothing else does.
        let named = |at: usize| format!("(CAST(${at} AS TEXT))");
        let named: Vec<String> = (1..=gateways.len()).map(named).collect();
        let of = "FROM webhook WHERE gateway = column1";
        let sql = format!(
            "SELECT column1, (SELECT MAX(received_at) {of}), \
             (SELECT COUNT(*) {of} AND asked_at IS NULL), \
             (SELECT MIN(received_at) {of} AND asked_at IS NULL) FROM (VALUES {}) AS named",
            named.join(", ")
        );
        let values: Vec<Value> = gateways.iter().map(|name| Value::from(*name)).collect();
        self.rows(&sql, &values)
    }

    /// When a gateway last sent a webhook that was genuine.
    pub fn last_webhook(&mut self, gateway: &str) -> Result<Option<Timestamp>> {
        let row =
            self.lookup("SELECT MAX(received_at) FROM webhook WHERE gateway = $1", args![gateway])?;
        row.map_or(Ok(None), |row| row.opt_time(0))
    }

    /// How many payments at a gateway have its money and were made from one moment until before
    /// another; at most `most`.
    pub fn captured_between(
        &mut self,
        gateway: &str,
        (from, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<i64> {
        let row = self.lookup(
            "SELECT COUNT(*) FROM (SELECT id FROM payment WHERE state = 'captured' \
             AND created_at >= $2 AND created_at < $3 AND gateway = $1 LIMIT $4) AS found",
            args![gateway, from, until, most],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }
}

/// The row that is about a gateway.
fn of<'a>(rows: &'a [Row], gateway: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.text(0).is_ok_and(|name| name == gateway))
}
