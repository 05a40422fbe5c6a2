//! Counting for the one stock formula, under the package's lock. The formula is in `domain`.

use domain::clock::Timestamp;
use domain::id::PackageId;
use domain::stock::Stock;

use crate::db::{Result, StoreError, Tx};

/// A package's figures at one moment, held until the transaction ends.
#[derive(Clone, Debug)]
pub struct Counted {
    pub stock: Stock,
    /// The last sync's number, compared with the limit for new orders.
    pub listed_stock: i64,
    pub name: String,
    pub reading_number: i64,
    pub reading_stored_at: Timestamp,
    /// By the database's clock.
    pub now: Timestamp,
}

impl Tx<'_> {
    /// Locks packages in the order of their ids, as every transaction does.
    pub fn lock_packages(&mut self, packages: &[PackageId]) -> Result<()> {
        let mut ids: Vec<&str> = packages.iter().map(PackageId::as_str).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            self.rows("SELECT id FROM package WHERE id = $1{lock}", args![id])?;
        }
        Ok(())
    }

    /// Locks one package and counts what is taken and promised of it.
    pub fn count_stock(&mut self, package: &PackageId, buffer: i64) -> Result<Counted> {
        self.count_stock_without(package, buffer, "")
    }

    /// As `count_stock`, leaving out what one order itself is promised.
    pub fn count_stock_without(
        &mut self,
        package: &PackageId,
        buffer: i64,
        order: &str,
    ) -> Result<Counted> {
        // The lock is a statement of its own: what is counted next must be seen after it was got.
        let row = self.lookup(
            "SELECT k.stock, k.listed_stock, k.name, v.reading_number, v.reading_requested_at, \
             v.reading_stored_at, {now} FROM package k JOIN provider v ON v.id = k.provider \
             WHERE k.id = $1{lock_package}",
            args![package.as_str()],
        )?;
        let missing = || StoreError::Missing { what: "package", id: package.to_string() };
        let row = row.ok_or_else(missing)?;
        let (reading, requested_at) = (row.int(3)?, row.int(4)?);
        let now = row.time(6)?;
        self.now_is(now)?;
        let counts = self.lookup(
            "SELECT (SELECT COUNT(*) FROM attempt WHERE package_id = $1 AND (state = 'permitted' \
               OR (state = 'answered' AND settled_number > $2) \
               OR (state IN ('unheard', 'parked', 'denied', 'written_off') AND tail_ends_at >= $3))), \
             (SELECT COUNT(*) FROM orders o WHERE o.package_now = $1 AND o.id <> $4 AND ( \
               (o.stage = 'unpaid' AND o.reserved_until > $5) OR o.stage = 'planned' \
               OR (o.stage = 'stopped' AND o.replaces_id IS NULL) \
               OR (o.stage = 'unheard' AND EXISTS (SELECT 1 FROM attempt a \
                 WHERE a.id = o.attempt_id AND a.tail_ends_at < $3))))",
            args![package.as_str(), reading, requested_at, order, now],
        )?;
        let counts = counts.ok_or_else(missing)?;
        Ok(Counted {
            stock: Stock {
                free: row.int(0)?,
                taken: counts.int(0)?,
                promised: counts.int(1)?,
                buffer,
            },
            listed_stock: row.int(1)?,
            name: row.text(2)?.into(),
            reading_number: reading,
            reading_stored_at: row.time(5)?,
            now,
        })
    }
}
