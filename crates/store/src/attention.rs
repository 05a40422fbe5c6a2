//! The list of orders that a person must look at, each with a due time.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::OrderId;

use crate::db::{Part, Result, Row, Tx, Value};
use crate::order::{COLUMNS as ORDER, Order, WIDTH, order_id, read as read_order};

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

/// What of the list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The word of a reason.
    pub why: Option<String>,
    pub owner: Owner,
    /// Only what was due before now.
    pub overdue: bool,
}

/// Who has taken an order over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    #[default]
    Anybody,
    Nobody,
    /// This one, by their id.
    One(String),
}

impl Wanted {
    /// As a condition, with its values behind those that are there.
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut which = String::new();
        let mut is = |column: &str, value: &str| {
            values.push(value.into());
            which.push_str(&format!("AND {column} = ${} ", values.len()));
        };
        if let Some(why) = &self.why {
            is("why", why);
        }
        if let Owner::One(owner) = &self.owner {
            is("owner", owner);
        }
        if self.owner == Owner::Nobody {
            which.push_str("AND owner IS NULL ");
        }
        if self.overdue {
            which.push_str("AND due_at < {now} ");
        }
        which
    }
}

/// How many orders are on the list for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    pub why: String,
    pub orders: i64,
    pub overdue: i64,
    /// Since when the first of them is.
    pub oldest: Timestamp,
}

pub(crate) const OF_ORDER: Part<'static> = Part {
    columns: "id, order_id, why, since, due_at, owner",
    from: "attention",
    which: "order_id = $1 AND resolved_at IS NULL",
    order: "id",
};

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
        wanted: &Wanted,
        after: Option<(Timestamp, i64)>,
        limit: i64,
    ) -> Result<Vec<(Attention, Order)>> {
        let (due, id) = after.unwrap_or((Timestamp::from_micros(i64::MIN), 0));
        let mut values = args![due, id, limit].to_vec();
        let which = wanted.condition(&mut values);
        let sql = format!(
            "SELECT {ORDER}, a.row_id, a.order_id, a.why, a.since, a.due_at, a.owner FROM \
             (SELECT id AS row_id, order_id, why, since, due_at, owner FROM attention \
             WHERE resolved_at IS NULL {which}AND (due_at > $1 OR (due_at = $1 AND id > $2)) \
             ORDER BY due_at, id LIMIT $3) a \
             JOIN orders ON orders.id = a.order_id ORDER BY a.due_at, a.row_id"
        );
        let rows = self.rows(&sql, &values)?;
        rows.iter().map(|row| Ok((read(row, WIDTH)?, read_order(row)?))).collect()
    }

    /// What is on the list, counted by reason.
    pub fn attention_kinds(&mut self) -> Result<Vec<Kind>> {
        let rows = self.rows(
            "SELECT why, COUNT(*), COUNT(CASE WHEN due_at < {now} THEN 1 END), MIN(since) \
             FROM attention WHERE resolved_at IS NULL GROUP BY why ORDER BY MIN(due_at), why",
            &[],
        )?;
        let kind = |row: &Row| {
            Ok(Kind {
                why: row.text(0)?.to_owned(),
                orders: row.int(1)?,
                overdue: row.int(2)?,
                oldest: row.time(3)?,
            })
        };
        rows.iter().map(kind).collect()
    }

    /// Why one order is on the list.
    pub fn attention_of(&mut self, order: &OrderId) -> Result<Vec<Attention>> {
        let rows = self.rows(&OF_ORDER.alone(), args![order.as_str()])?;
        rows.iter().map(|row| read(row, 0)).collect()
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

/// What stands from a column on.
pub(crate) fn read(row: &Row, at: usize) -> Result<Attention> {
    Ok(Attention {
        id: row.int(at)?,
        order: order_id(row.text(at + 1)?)?,
        why: row.text(at + 2)?.into(),
        since: row.time(at + 3)?,
        due_at: row.time(at + 4)?,
        owner: row.opt_text(at + 5)?.map(Into::into),
    })
}
