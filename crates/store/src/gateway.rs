//! The gateways, as staff look at them: what is open there, what came of the newest payments, and
//! when each was last heard of. Not for payments themselves: those are in `payment.rs`.

use domain::clock::Timestamp;

use crate::db::{Part, Result, Row, Tx, Value};

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

const OPEN: Part<'static> = Part {
    columns: "gateway, COUNT(*), MIN(created_at)",
    from: "payment",
    which: "state = 'open' GROUP BY gateway",
    order: "gateway",
};
/// `$1` is the moment since when payments were made, here and below.
const NEWEST: Part<'static> = Part {
    columns: "gateway, COUNT(CASE WHEN state = 'captured' THEN 1 END), \
         COUNT(CASE WHEN state = 'failed' THEN 1 END)",
    from: "payment",
    which: "state IN ('captured', 'failed') AND created_at >= $1 GROUP BY gateway",
    order: "gateway",
};
const FAILED: Part<'static> = Part {
    columns: "gateway, created_at, reason",
    from: "(SELECT gateway, created_at, reason, \
         ROW_NUMBER() OVER (PARTITION BY gateway ORDER BY created_at DESC, id DESC) AS place \
         FROM payment WHERE state = 'failed' AND created_at >= $1) AS failed",
    which: "place = 1",
    order: "gateway",
};

/// The questions that say how gateways stand, for whoever asks them among others.
pub(crate) struct Asked<'a> {
    gateways: &'a [&'a str],
    named: String,
}

impl<'a> Asked<'a> {
    pub fn about(gateways: &'a [&'a str]) -> Asked<'a> {
        // The cast tells the database what it is, where nothing else does.
        let named = |at: usize| format!("(CAST(${} AS TEXT))", at + 2);
        let named: Vec<String> = (0..gateways.len()).map(named).collect();
        let named = match named.is_empty() {
            true => "(SELECT NULL AS column1 WHERE 1 = 0) AS named".to_owned(),
            false => format!("(VALUES {}) AS named", named.join(", ")),
        };
        Asked { gateways, named }
    }

    /// What the questions are put with: first the moment, and then the names.
    pub fn values(&self, since: Timestamp) -> Vec<Value> {
        let names = self.gateways.iter().map(|name| Value::from(*name));
        std::iter::once(since.into()).chain(names).collect()
    }

    pub fn parts(&self) -> [Part<'_>; 4] {
        let heard = Part {
            columns: "column1, (SELECT MAX(received_at) FROM webhook WHERE gateway = column1), \
                 (SELECT COUNT(*) FROM webhook WHERE gateway = column1 AND asked_at IS NULL), \
                 (SELECT MIN(received_at) FROM webhook \
                 WHERE gateway = column1 AND asked_at IS NULL)",
            from: &self.named,
            which: "1 = 1",
            order: "column1",
        };
        [OPEN, NEWEST, FAILED, heard]
    }

    /// What the answers say of each gateway, in their order.
    pub fn read(&self, [open, newest, failed, heard]: &[Vec<Row>; 4]) -> Result<Vec<Counter>> {
        let counter = |gateway: &&str| {
            let mut counter = Counter { gateway: (*gateway).to_owned(), ..Counter::default() };
            if let Some(row) = of(open, gateway) {
                (counter.open, counter.oldest_open) = (row.int(1)?, row.opt_time(2)?);
            }
            if let Some(row) = of(newest, gateway) {
                (counter.captured, counter.failed) = (row.int(1)?, row.int(2)?);
            }
            if let Some(row) = of(failed, gateway) {
                let why = row.opt_text(2)?.unwrap_or("no reason given");
                counter.last_failure = Some((row.time(1)?, why.to_owned()));
            }
            if let Some(row) = of(heard, gateway) {
                counter.last_webhook = row.opt_time(1)?;
                (counter.waiting, counter.oldest_waiting) = (row.int(2)?, row.opt_time(3)?);
            }
            Ok(counter)
        };
        self.gateways.iter().map(counter).collect()
    }
}

impl Tx<'_> {
    /// How each of these gateways stands, in their order; of what came of payments, those that were
    /// made since then.
    pub fn counters(&mut self, gateways: &[&str], since: Timestamp) -> Result<Vec<Counter>> {
        let asked = Asked::about(gateways);
        let told = self.gather(asked.parts(), &asked.values(since))?;
        asked.read(&told)
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
