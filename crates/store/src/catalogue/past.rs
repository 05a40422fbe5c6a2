//! How many there were of each package, hour by hour: noted where a package's count changes, in the
//! same transaction. Not for deciding: what there is now stands in the package's own row.

use domain::clock::Timestamp;
use domain::id::PackageId;

use crate::db::{Result, Row, Tx, Value, places};

/// An hour in which a package's count changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockHour {
    /// Its beginning.
    pub hour: Timestamp,
    /// Before its first change.
    pub opening: i64,
    pub lowest: i64,
    pub highest: i64,
    /// After its last change.
    pub latest: i64,
}

impl Tx<'_> {
    /// Notes what packages show. Comes before a change, so that the hour's row begins with what
    /// was there, and once more after it. Few enough at once for one statement.
    pub(crate) fn note_stocks(&mut self, packages: &[Value]) -> Result<()> {
        let sql = format!(
            "INSERT INTO stock_hour (package_id, hour, opening, lowest, highest, latest) \
             SELECT k.id, ({{now}}) / 3600000000 * 3600000000, k.stock, k.stock, k.stock, k.stock \
             FROM package k WHERE k.id IN {} AND k.unlimited = 0 \
             ORDER BY k.id ON CONFLICT (package_id, hour) DO UPDATE SET latest = excluded.latest, \
             lowest = CASE WHEN excluded.lowest < stock_hour.lowest \
               THEN excluded.lowest ELSE stock_hour.lowest END, \
             highest = CASE WHEN excluded.highest > stock_hour.highest \
               THEN excluded.highest ELSE stock_hour.highest END \
             WHERE stock_hour.latest <> excluded.latest",
            places(1, packages.len())
        );
        self.later(&sql, packages)
    }

    /// The hours of a package since a moment in which its count changed, oldest first.
    pub fn stock_hours(&mut self, package: &PackageId, since: Timestamp) -> Result<Vec<StockHour>> {
        let rows = self.rows(
            "SELECT hour, opening, lowest, highest, latest FROM stock_hour \
             WHERE package_id = $1 AND hour >= $2 ORDER BY hour",
            args![package.as_str(), since],
        )?;
        rows.iter().map(read).collect()
    }

    /// Removes hours of before a moment; tells how many.
    pub fn prune_stock_hours(&mut self, before: Timestamp) -> Result<u64> {
        self.run("DELETE FROM stock_hour WHERE hour < $1", args![before])
    }
}

fn read(row: &Row) -> Result<StockHour> {
    Ok(StockHour {
        hour: row.time(0)?,
        opening: row.int(1)?,
        lowest: row.int(2)?,
        highest: row.int(3)?,
        latest: row.int(4)?,
    })
}
