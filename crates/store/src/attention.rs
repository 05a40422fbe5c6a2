//! The list of orders that a person must look at, each with a due time.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::OrderId;

use crate::db::{Result, Row, Tx};
use crate::order::order_id;

/// Why an order is on the list.
#[derive(Clone, Debug)]
pub struct Attention {
    pub id: i64,
    pub order: OrderId,
    pub why: String,
    pub since: Timestamp,
    pub due_at: Timestamp,
    pub owner: Option<String>,
}

impl Tx<'_> {
    /// Puts an order on the list, once per reason.
    pub fn list(&mut self, order: &OrderId, why: &str, due_within: Duration) -> Result<()> {
        let micros = i64::try_from(due_within.as_micros()).unwrap_or(i64::MAX);
        self.later(
            "INSERT INTO attention (order_id, why, since, due_at) \
             VALUES ($1, $2, {now}, {now} + CAST($3 AS BIGINT)) \
             ON CONFLICT (order_id, why) WHERE resolved_at IS NULL DO NOTHING",
            args![order.as_str(), why, micros],
        )
    }

    /// Takes an order off the list for one reason; for others it stays there.
    pub fn unlist(&mut self, order: &OrderId, why: &str) -> Result<()> {
        self.later(
            "UPDATE attention SET resolved_at = {now} \
             WHERE order_id = $1 AND why = $2 AND resolved_at IS NULL",
            args![order.as_str(), why],
        )
    }

    /// Takes an order off the list.
    pub fn settle(&mut self, order: &OrderId) -> Result<()> {
        self.later(
            "UPDATE attention SET resolved_at = {now} WHERE order_id = $1 AND resolved_at IS NULL",
            args![order.as_str()],
        )
    }

    /// Gives an order on the list to somebody, with a new due time.
    pub fn take_over_order(
        &mut self,
        order: &OrderId,
        owner: &str,
        due_at: Timestamp,
    ) -> Result<u64> {
        self.run(
            "UPDATE attention SET owner = $2, due_at = $3 WHERE order_id = $1 AND resolved_at IS NULL",
            args![order.as_str(), owner, due_at],
        )
    }

    /// What is on the list, most urgent first.
    pub fn attention(
        &mut self,
        after: Option<(Timestamp, i64)>,
        limit: i64,
    ) -> Result<Vec<Attention>> {
        let (due, id) = after.unwrap_or((Timestamp::from_micros(i64::MIN), 0));
        let rows = self.rows(
            "SELECT id, order_id, why, since, due_at, owner FROM attention \
             WHERE resolved_at IS NULL AND (due_at > $1 OR (due_at = $1 AND id > $2)) \
             ORDER BY due_at, id LIMIT $3",
            args![due, id, limit],
        )?;
        rows.iter().map(read).collect()
    }

    /// Why one order is on the list.
    pub fn attention_of(&mut self, order: &OrderId) -> Result<Vec<Attention>> {
        let rows = self.rows(
            "SELECT id, order_id, why, since, due_at, owner FROM attention \
             WHERE order_id = $1 AND resolved_at IS NULL ORDER BY id",
            args![order.as_str()],
        )?;
        rows.iter().map(read).collect()
    }

    /// Paid orders that are not settled so long after payment and on nobody's list.
    pub fn unsettled_and_unlisted(&mut self, paid_before: Timestamp) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT o.id FROM orders o WHERE o.stage IN ('planned', 'permitted', 'unheard', \
             'verifying', 'verified', 'on_hold', 'stopped', 'unrevived', 'refund_pending') \
             AND o.paid_at < $1 AND NOT EXISTS (SELECT 1 FROM attention a \
             WHERE a.order_id = o.id AND a.resolved_at IS NULL) ORDER BY o.paid_at LIMIT 500",
            args![paid_before],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }
}

fn read(row: &Row) -> Result<Attention> {
    Ok(Attention {
        id: row.int(0)?,
        order: order_id(row.text(1)?)?,
        why: row.text(2)?.into(),
        since: row.time(3)?,
        due_at: row.time(4)?,
        owner: row.opt_text(5)?.map(Into::into),
    })
}
