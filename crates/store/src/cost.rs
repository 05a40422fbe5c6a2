//! What servers cost that were bought before anybody had entered it. Not for entries of the
//! ledger: the engine makes them.

use domain::id::{AttemptId, OrderId, ServerId};

use crate::db::{Result, Row, Tx};
use crate::order::{inconsistent, order_id};

/// A server of unknown cost, and what staff have entered for its package and memory since.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CostEntered {
    pub order: OrderId,
    pub server: ServerId,
    pub attempt: AttemptId,
    /// In the currency of its order.
    pub cost_minor: i64,
}

impl Tx<'_> {
    /// The cost of the order's own product goes before that of another one of the same package.
    pub fn costs_entered(&mut self, limit: i64) -> Result<Vec<CostEntered>> {
        let rows = self.rows(
            "SELECT a.order_id, s.id, a.id, c.cost_minor FROM price c \
             JOIN product p ON p.id = c.product_id \
             JOIN attempt a ON a.package_id = p.package_id AND a.ram_gb = c.ram_gb \
               AND a.currency = c.currency JOIN orders o ON o.id = a.order_id \
             JOIN server s ON s.attempt_id = a.id \
             WHERE c.cost_minor IS NOT NULL AND a.cost_minor IS NULL AND s.cost_minor IS NULL \
             ORDER BY s.id, CASE WHEN p.id = o.product_id THEN 0 ELSE 1 END, p.id LIMIT $1",
            args![limit],
        )?;
        let mut entered: Vec<CostEntered> = rows.iter().map(read).collect::<Result<_>>()?;
        entered.dedup_by(|next, kept| next.server == kept.server);
        Ok(entered)
    }

    /// How many purchases bought something of unknown cost; nobody counts further than `most`.
    pub fn count_of_unknown_cost(&mut self, most: i64) -> Result<i64> {
        // The cast keeps the index on states, which would lead to all that was ever bought, away.
        let row = self.lookup(
            "SELECT COUNT(*) FROM (SELECT id FROM attempt WHERE cost_minor IS NULL \
             AND CAST(state AS TEXT) = 'answered' LIMIT $1) t",
            args![most],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Notes what a purchase and its server cost; false where it is known already.
    pub fn enter_cost(&mut self, entered: &CostEntered) -> Result<bool> {
        let CostEntered { server, attempt, cost_minor, .. } = entered;
        let entered = self.run(
            "UPDATE attempt SET cost_minor = $2 WHERE id = $1 AND cost_minor IS NULL",
            args![attempt.as_str(), *cost_minor],
        )?;
        if entered == 1 {
            self.run(
                "UPDATE server SET cost_minor = $2 WHERE id = $1 AND cost_minor IS NULL",
                args![server.as_str(), *cost_minor],
            )?;
        }
        Ok(entered == 1)
    }
}

fn read(row: &Row) -> Result<CostEntered> {
    let bad = |error: domain::id::NotAnId| inconsistent("server", error);
    Ok(CostEntered {
        order: order_id(row.text(0)?)?,
        server: ServerId::parse(row.text(1)?).map_err(bad)?,
        attempt: AttemptId::parse(row.text(2)?).map_err(bad)?,
        cost_minor: row.int(3)?,
    })
}
