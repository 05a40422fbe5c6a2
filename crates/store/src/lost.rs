//! Orders that lost their way: nobody works on them and no job leads on. Questions only; what is
//! done about them is decided elsewhere, once more under a lock.

use domain::id::OrderId;

use crate::attempt::Attempt;
use crate::by_hand;
use crate::db::{Result, Row, Tx};
use crate::order::order_id;

/// An order that waits for something no job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranded {
    pub order: OrderId,
    pub number: String,
    /// Planned, permitted or verifying.
    pub stage: String,
    /// The attempt or the server that it waits for.
    pub subject: String,
    /// The package that it is bought as.
    pub package: String,
}

/// An operation that no job carries out or watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrandedOperation {
    pub id: String,
    pub kind: String,
    pub order: OrderId,
    pub number: String,
    pub package: String,
    /// Its answer is there and was never read.
    pub is_answered: bool,
}

/// An errand that no job leads on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrandedErrand {
    pub id: String,
    pub wish: String,
    pub order: OrderId,
    pub number: String,
    pub package: String,
}

/// States of an attempt whose answer may still change something.
const OPEN: &str = "'permitted', 'unheard', 'parked', 'denied', 'written_off'";

impl Tx<'_> {
    /// Open errands that no job leads on, in the order of their ids.
    pub fn stranded_errands(&mut self, after: &str, limit: i64) -> Result<Vec<StrandedErrand>> {
        let rows = self.rows(
            "SELECT e.id, e.wish, o.id, o.number, o.package_now FROM errand e \
             JOIN orders o ON o.id = e.order_id WHERE e.state = 'open' AND e.id > $1 \
             AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = 'job_errand_' || e.id) \
             ORDER BY e.id LIMIT $2",
            args![after, limit],
        )?;
        let read = |row: &Row| {
            Ok(StrandedErrand {
                id: row.text(0)?.into(),
                wish: row.text(1)?.into(),
                order: order_id(row.text(2)?)?,
                number: row.text(3)?.into(),
                package: row.text(4)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Orders whose next step has no job, in the order of their ids. Of those that are delivered by
    /// hand the next step is a person's.
    pub fn stranded_orders(&mut self, after: &str, limit: i64) -> Result<Vec<Stranded>> {
        let rows = self.rows(
            "SELECT o.id, o.number, o.stage, COALESCE(o.attempt_id, o.server_id), o.package_now \
             FROM orders o WHERE o.stage IN ('planned', 'permitted', 'verifying') AND o.id > $1 \
             AND NOT EXISTS (SELECT 1 FROM job j \
               WHERE j.id = CASE o.stage WHEN 'verifying' THEN 'job_verify_' ELSE 'job_purchase_' \
               END || COALESCE(o.attempt_id, o.server_id)) \
             AND NOT EXISTS (SELECT 1 FROM answer n WHERE n.permit = o.attempt_id) \
             AND NOT (o.stage = 'planned' AND EXISTS (SELECT 1 FROM attention t \
               WHERE t.order_id = o.id AND t.why = $3 AND t.resolved_at IS NULL)) \
             ORDER BY o.id LIMIT $2",
            args![after, limit, by_hand::LISTED_AS],
        )?;
        let read = |row: &Row| {
            Ok(Stranded {
                order: order_id(row.text(0)?)?,
                number: row.text(1)?.into(),
                stage: row.text(2)?.into(),
                subject: row.text(3)?.into(),
                package: row.text(4)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Attempts whose answer is stored and that no job classifies, in the order of their ids.
    /// Those of an attempt that is unheard or given up may have been read and found to say
    /// nothing: what the answer means tells.
    pub fn unread_answers(&mut self, after: &str, limit: i64) -> Result<Vec<Attempt>> {
        let sql = format!(
            "state <> 'answered' AND state IN ({OPEN}) AND id > $1 \
             AND EXISTS (SELECT 1 FROM answer n WHERE n.permit = attempt.id) \
             AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = 'job_classify_' || attempt.id) \
             ORDER BY id LIMIT $2"
        );
        self.attempts_that(&sql, args![after, limit])
    }

    /// Orders that only a person can help and that nobody has on a list, in the order of their ids.
    pub fn unlisted_orders(&mut self, after: &str, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT o.id FROM orders o WHERE o.stage IN ('unheard', 'verified', 'on_hold', \
             'stopped', 'unrevived', 'refund_pending') AND o.id > $1 \
             AND NOT EXISTS (SELECT 1 FROM attention a \
               WHERE a.order_id = o.id AND a.resolved_at IS NULL) ORDER BY o.id LIMIT $2",
            args![after, limit],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// Operations that are planned or permitted and have no job, in the order of their ids.
    pub fn stranded_operations(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<StrandedOperation>> {
        let rows = self.rows(
            "SELECT p.id, p.kind, o.id, o.number, o.package_now, \
             CASE WHEN EXISTS (SELECT 1 FROM answer n WHERE n.permit = p.id) THEN 1 ELSE 0 END \
             FROM operation p JOIN server s ON s.id = p.server_id \
             JOIN orders o ON o.id = s.order_id \
             WHERE p.state IN ('planned', 'permitted') AND p.id > $1 \
             AND NOT EXISTS (SELECT 1 FROM job j \
               WHERE j.id IN ('job_operate_' || p.id, 'job_classify_' || p.id)) \
             ORDER BY p.id LIMIT $2",
            args![after, limit],
        )?;
        let read = |row: &Row| {
            Ok(StrandedOperation {
                id: row.text(0)?.into(),
                kind: row.text(1)?.into(),
                order: order_id(row.text(2)?)?,
                number: row.text(3)?.into(),
                package: row.text(4)?.into(),
                is_answered: row.flag(5)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
