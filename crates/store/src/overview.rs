//! How the shop stands at a glance, for staff: counts of what is under way, and orders by stage.
//! Not for deciding: a decision reads its one order under a lock.

use domain::id::{OrderId, PackageId};

use crate::db::{Result, Tx, Value, places};
use crate::order::order_id;
use crate::server::QUARANTINED;

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
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(COALESCE(cost_minor, value_minor)), 0) AS BIGINT) \
             FROM server WHERE {QUARANTINED}"
        );
        let row = self.lookup(&sql, &[])?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }
}
