//! What time has brought about and nobody has acted on yet. Questions whose cost follows from
//! what is due, not from how many orders there are.

use std::time::Duration;

use domain::id::OrderId;

use crate::db::{Result, Row, Tx};
use crate::order::order_id;

/// Alerts about an order that stand for its trouble: they end when nobody has to look any more.
const OF_A_TROUBLE: &str = "'order-stopped', 'unheard', 'wrong-server', 'unverifiable', \
     'credentials-late', 'paid-without-server', 'plan-missing', 'adoption-doubted', \
     'audit-mismatch', 'server-gone', 'by-hand'";
/// Alerts about a job that failed: they end with the job.
const OF_A_JOB: &str = "'purchase-failed', 'classify-failed', 'verify-failed', 'operate-failed', \
     'poll-failed', 'refund-failed', 'notice-failed'";

impl Tx<'_> {
    /// Unheard orders that were to be offered a choice by now and were not.
    pub fn offers_due(&mut self, after: Duration, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT o.id FROM orders o JOIN attempt a ON a.id = o.attempt_id \
             WHERE o.stage = 'unheard' AND o.offered_at IS NULL \
             AND a.went_unheard_at <= {now} - CAST($1 AS BIGINT) ORDER BY o.id LIMIT $2",
            args![after, limit],
        )?;
        ids(&rows)
    }

    /// Delivered orders whose sold time is over.
    pub fn terms_over(&mut self, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE stage = 'delivered' AND sold_until <= {now} \
             ORDER BY sold_until LIMIT $1",
            args![limit],
        )?;
        ids(&rows)
    }

    /// Orders whose owed money was told of and that are on no list for it any more.
    pub fn owed_and_unlisted(&mut self, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT o.id FROM alert t JOIN orders o ON o.id = t.subject \
             WHERE t.kind = 'money-owed' AND t.resolved_at IS NULL AND NOT EXISTS \
             (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.why = 'owed' \
               AND a.resolved_at IS NULL) ORDER BY t.id LIMIT $1",
            args![limit],
        )?;
        ids(&rows)
    }

    /// Open alerts whose trouble is over: kind and subject.
    pub fn alerts_over(&mut self, limit: i64) -> Result<Vec<(String, String)>> {
        let sql = format!(
            "SELECT t.kind, t.subject FROM alert t WHERE t.resolved_at IS NULL AND ({}) \
             ORDER BY t.id LIMIT $1",
            is_over()
        );
        let rows = self.rows(&sql, args![limit])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }

    /// Ends an alert if its trouble is over still; what it is about is locked.
    pub fn resolve_alert_that_is_over(&mut self, kind: &str, subject: &str) -> Result<bool> {
        let sql = format!(
            "UPDATE alert SET resolved_at = {{now}} WHERE resolved_at IS NULL AND id IN \
             (SELECT t.id FROM alert t WHERE t.kind = $1 AND t.subject = $2 AND ({}))",
            is_over()
        );
        Ok(self.run(&sql, args![kind, subject])? > 0)
    }
}

/// When the trouble of the alert `t` is over. Alerts of other kinds end where they began.
fn is_over() -> String {
    format!(
        "(t.kind IN ({OF_A_TROUBLE}) AND NOT EXISTS (SELECT 1 FROM attention a \
           WHERE a.order_id = t.subject AND a.resolved_at IS NULL \
           AND a.why NOT IN ('owed', 'refund-came-back'))) \
         OR (t.kind = 'stray' AND NOT EXISTS (SELECT 1 FROM server s \
           WHERE (s.order_id = t.subject OR s.id = t.subject) AND s.state = 'quarantined')) \
         OR (t.kind IN ('money-owed', 'refund-came-back') AND NOT EXISTS (SELECT 1 FROM ledger l \
           WHERE l.order_id = t.subject AND l.account LIKE 'owed:%' \
           GROUP BY l.currency HAVING SUM(l.amount_minor) <> 0)) \
         OR (t.kind IN ({OF_A_JOB}) AND NOT EXISTS (SELECT 1 FROM job j \
           WHERE j.id = 'job_' || REPLACE(t.kind, '-failed', '_') || t.subject))"
    )
}

fn ids(rows: &[Row]) -> Result<Vec<OrderId>> {
    rows.iter().map(|row| order_id(row.text(0)?)).collect()
}
