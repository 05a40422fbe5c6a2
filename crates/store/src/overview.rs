//! How the shop stands at a glance, for staff: counts of what is under way, and orders by stage.
//! Not for deciding: a decision reads its one order under a lock.

use domain::clock::Timestamp;
use domain::id::{OrderId, PackageId};

use crate::db::{Result, Tx, Value, places};
use crate::order::{COLUMNS, Order, order_id, read};

impl Tx<'_> {
    /// How many orders stand in each of these stages. Meant for stages that orders leave again:
    /// counting what is finished would read all of it.
    pub fn count_orders_in(&mut self, stages: &[&str]) -> Result<Vec<(String, i64)>> {
        let sql = format!(
            "SELECT stage, COUNT(*) FROM orders WHERE stage IN {} GROUP BY stage ORDER BY stage",
            places(1, stages.len())
        );
        let values: Vec<Value> = stages.iter().map(|stage| Value::from(*stage)).collect();
        let rows = self.rows(&sql, &values)?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }

    /// Orders of one stage, last paid first; behind them those that were never paid, newest first.
    /// `after` is the last one of the page before: when it was paid, and its id.
    pub fn orders_of_stage(
        &mut self,
        stage: &str,
        after: Option<(Option<Timestamp>, &str)>,
        limit: i64,
    ) -> Result<Vec<Order>> {
        let mut found = match after {
            Some((None, _)) => Vec::new(),
            Some((Some(at), id)) => self.orders_that(
                "stage = $1 AND (paid_at < $3 OR (paid_at = $3 AND id < $4)) \
                 ORDER BY paid_at DESC, id DESC LIMIT $2",
                args![stage, limit, at, id],
            )?,
            None => self.orders_that(
                "stage = $1 AND paid_at IS NOT NULL ORDER BY paid_at DESC, id DESC LIMIT $2",
                args![stage, limit],
            )?,
        };
        let rest = limit - i64::try_from(found.len()).unwrap_or(limit);
        if rest > 0 {
            found.extend(match after {
                Some((None, id)) => self.orders_that(
                    "stage = $1 AND paid_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $2",
                    args![stage, rest, id],
                )?,
                _ => self.orders_that(
                    "stage = $1 AND paid_at IS NULL ORDER BY id DESC LIMIT $2",
                    args![stage, rest],
                )?,
            });
        }
        Ok(found)
    }

    fn orders_that(&mut self, which: &str, values: &[Value]) -> Result<Vec<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE {which}");
        self.rows(&sql, values)?.iter().map(read).collect()
    }

    /// Delivered orders whose terms in force name a package, oldest first.
    pub fn delivered_of_package(
        &mut self,
        package: &PackageId,
        limit: i64,
    ) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE package_now = $1 AND stage = 'delivered' \
             ORDER BY id LIMIT $2",
            args![package.as_str(), limit],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// How many servers are in quarantine, and what they cost, or were sold for where nobody
    /// entered a cost.
    pub fn quarantine_total(&mut self) -> Result<(i64, i64)> {
        let row = self.lookup(
            "SELECT COUNT(*), CAST(COALESCE(SUM(COALESCE(cost_minor, value_minor)), 0) AS BIGINT) \
             FROM server WHERE state = 'quarantined'",
            &[],
        )?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }
}
