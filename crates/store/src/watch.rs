//! Questions about the shop as a whole that tell of troubles: each looks at what is on sale now, or
//! at what is new, never at all that ever was.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::AttemptId;

use crate::db::{Result, Tx, Value};

/// How many there are, and how many of them are not as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub all: i64,
    pub bad: i64,
}

/// A job whose time has come and whom nobody works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateJob {
    pub id: String,
    pub run_at: Timestamp,
}

impl Tx<'_> {
    /// The published entries of a provider, and those of them that are not for sale.
    pub fn entries_unavailable(&mut self, provider: &str) -> Result<Share> {
        self.share(
            "SELECT COUNT(*), COUNT(CASE WHEN p.available = 0 OR p.held IS NOT NULL THEN 1 END) \
             FROM product p JOIN package k ON k.id = p.package_id \
             WHERE k.provider = $1 AND p.published = 1",
            args![provider],
        )
    }

    /// Purchases that were planned from one attempt's moment until before another's and have come
    /// to an end, and those of them that brought no server as it was sold: none that we know of,
    /// another, or one of which nobody can tell. What was withdrawn was none, but where the order
    /// stands still for it.
    pub fn purchases_failed(&mut self, from: &AttemptId, until: &AttemptId) -> Result<Share> {
        // Of a span with two ends a database server expects few rows before it knows the ends.
        self.share(
            "SELECT COUNT(*), COUNT(CASE WHEN a.state <> 'answered' OR EXISTS \
             (SELECT 1 FROM server s WHERE s.order_id = a.order_id AND s.attempt_id = a.id \
              AND (s.verdict = 'mismatch' OR s.state = 'on_hold')) THEN 1 END) \
             FROM attempt a \
             WHERE a.id >= $1 AND a.id < $2 AND a.state NOT IN ('planned', 'permitted') \
             AND (a.state <> 'withdrawn' OR EXISTS \
                  (SELECT 1 FROM orders o WHERE o.id = a.order_id AND o.stage = 'stopped'))",
            args![from.as_str(), until.as_str()],
        )
    }

    fn share(&mut self, sql: &str, of: &[Value]) -> Result<Share> {
        let row = self.lookup(sql, of)?;
        row.map_or(Ok(Share { all: 0, bad: 0 }), |row| {
            Ok(Share { all: row.int(0)?, bad: row.int(1)? })
        })
    }

    /// The job that has been due longest, for more than so long, and whom nobody works on.
    pub fn latest_job(&mut self, late_by: Duration) -> Result<Option<LateJob>> {
        let row = self.lookup(
            "SELECT id, run_at FROM job WHERE run_at < {now} - CAST($1 AS BIGINT) \
             AND (claimed_until IS NULL OR claimed_until < {now}) ORDER BY run_at, id LIMIT 1",
            args![late_by],
        )?;
        row.map(|row| Ok(LateJob { id: row.text(0)?.to_owned(), run_at: row.time(1)? })).transpose()
    }
}
