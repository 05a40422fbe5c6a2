//! Changing the catalogue: what a sync decided, in sets of many rows, and what staff change, one
//! product at a time. Whoever changes something ends with `change_catalogue`, so that caches
//! notice and a newer run is noticed.

use std::collections::HashMap;

use domain::catalogue::{Line, Settled, Write};
use domain::package::Package;
use domain::product::{Price, Product};

use crate::db::{Result, Tx, Value, places};
use crate::order::cidrs_text;

/// So many rows go into one statement: short texts stay prepared.
const TOGETHER_MAX: usize = 40;

/// What became of one set of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetWritten {
    Done,
    /// A newer sync is at work: the set is to be undone.
    Superseded,
    /// One of its products is another by now: the set is to be undone and decided anew.
    Changed,
}

impl Tx<'_> {
    /// Begins the writing of a sync; false when a newer one did so.
    pub fn claim_sync(&mut self, provider: &str, number: i64) -> Result<bool> {
        let claimed = self.run(
            "UPDATE provider SET syncing_number = $2 WHERE id = $1 AND syncing_number < $2",
            args![provider, number],
        )?;
        Ok(claimed == 1)
    }

    /// Ends a sync that has written its last set.
    pub fn finish_sync(&mut self, provider: &str, number: i64, summary: &str) -> Result<()> {
        self.later(
            "UPDATE reading SET summary = $2 WHERE request_number = $1",
            args![number, summary],
        )?;
        self.later(
            "UPDATE provider SET sync_number = $2, sync_at = {now} \
             WHERE id = $1 AND sync_number < $2",
            args![provider, number],
        )
    }

    /// Locks the packages of a set, and tells of each whether its products are still those that
    /// were decided on. Staff lock the package, too, so that stays true.
    pub fn lock_settled(&mut self, set: &[Settled]) -> Result<Vec<bool>> {
        let old = set.iter().filter(|settled| settled.write != Write::Insert);
        let packages: Vec<Value> = old.map(|s| s.package.id.as_str().into()).collect();
        let mut versions = HashMap::new();
        for some in packages.chunks(TOGETHER_MAX) {
            let places = places(1, some.len());
            let lock = format!("SELECT id FROM package WHERE id IN {places} ORDER BY id{{lock}}");
            self.rows(&lock, some)?;
            let read = format!("SELECT id, version FROM product WHERE package_id IN {places}");
            for row in self.rows(&read, some)? {
                versions.insert(row.text(0)?.to_owned(), row.int(1)?);
            }
        }
        let decided_on = |line: &Line| match line.write {
            Write::Keep => Some(line.product.version),
            Write::Update => Some(line.product.version - 1),
            Write::Insert => None,
        };
        let is_same =
            |line: &Line| versions.get(line.product.id.as_str()).copied() == decided_on(line);
        Ok(set.iter().map(|settled| settled.lines.iter().all(is_same)).collect())
    }

    /// Writes one set of what a sync decided. The stock of packages that exist is not touched:
    /// readings write that.
    pub fn write_settled(
        &mut self,
        provider: &str,
        number: i64,
        set: &[&Settled],
    ) -> Result<SetWritten> {
        let packages: Vec<&Package> = set
            .iter()
            .filter(|settled| settled.write != Write::Keep)
            .map(|settled| &settled.package)
            .collect();
        self.put_packages(&packages)?;
        let lines = || set.iter().flat_map(|settled| &settled.lines);
        let of = |write: Write| lines().filter(move |line| line.write == write);
        let made: Vec<&Product> = of(Write::Insert).map(|line| &line.product).collect();
        self.add_products(&made)?;
        self.add_all_prices(&made)?;
        let changed: Vec<&Line> = of(Write::Update).collect();
        let products: Vec<&Product> = changed.iter().map(|line| &line.product).collect();
        if self.change_products(&products)? < products.len() {
            return Ok(SetWritten::Changed);
        }
        let pointers = self.change_catalogue(provider)?;
        if pointers.syncing_number != number {
            return Ok(SetWritten::Superseded);
        }
        if pointers.writing_number != number {
            self.doubt_new_stock(provider, set)?;
        }
        Ok(SetWritten::Done)
    }

    /// A reading newer than this sync's was or is being written without these rows. Until the
    /// next one they show nothing to sell, rather than stock that may be gone; and a number that
    /// no reading has makes that next one look at every row.
    fn doubt_new_stock(&mut self, provider: &str, set: &[&Settled]) -> Result<()> {
        let made = set.iter().filter(|settled| settled.write == Write::Insert);
        let ids: Vec<Value> = made.map(|settled| settled.package.id.as_str().into()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for some in ids.chunks(TOGETHER_MAX) {
            let sql = format!("UPDATE package SET stock = 0 WHERE id IN {}", places(1, some.len()));
            self.later(&sql, some)?;
        }
        let number = self.next_number()?;
        self.later("UPDATE provider SET writing_number = $2 WHERE id = $1", args![provider, number])
    }

    fn put_packages(&mut self, packages: &[&Package]) -> Result<()> {
        const COLUMNS: usize = 12;
        for some in packages.chunks(TOGETHER_MAX) {
            let sql = format!(
                "INSERT INTO package (id, provider, pid, name, status, active, stock, \
                 listed_stock, warned_at, missing_since, unlimited, days, created_at, changed_at) \
                 VALUES {} \
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status, \
                 active = excluded.active, listed_stock = excluded.listed_stock, \
                 warned_at = excluded.warned_at, missing_since = excluded.missing_since, \
                 changed_at = excluded.changed_at",
                dated_places(some.len(), COLUMNS)
            );
            let mut values = Vec::with_capacity(some.len() * COLUMNS);
            for package in some {
                values.extend([
                    Value::from(package.id.as_str()),
                    Value::from(&package.provider),
                    Value::from(package.pid.as_str()),
                    Value::from(&package.name),
                    Value::from(&package.status),
                    Value::from(package.active),
                    Value::from(package.stock),
                    Value::from(package.listed_stock),
                    Value::from(package.warned_at),
                    Value::from(package.missing_since),
                    Value::from(package.unlimited),
                    Value::from(package.days),
                ]);
            }
            self.later(&sql, &values)?;
        }
        Ok(())
    }

    fn add_products(&mut self, products: &[&Product]) -> Result<()> {
        for some in products.chunks(TOGETHER_MAX) {
            let (sql, values) = product_rows(some);
            self.later(&sql, &values)?;
        }
        Ok(())
    }

    /// Changes what belongs to syncs; products that somebody else changed since they were read
    /// are left alone. Tells how many were changed.
    fn change_products(&mut self, products: &[&Product]) -> Result<usize> {
        let mut written = 0;
        for some in products.chunks(TOGETHER_MAX) {
            let (mut sql, values) = product_rows(some);
            sql.push_str(
                " ON CONFLICT (id) DO UPDATE SET available = excluded.available, \
                 held = excluded.held, note = excluded.note, version = excluded.version, \
                 changed_at = excluded.changed_at WHERE product.version = excluded.version - 1",
            );
            written += self.run(&sql, &values)?;
        }
        Ok(usize::try_from(written).unwrap_or(0))
    }

    fn add_all_prices(&mut self, products: &[&Product]) -> Result<()> {
        const COLUMNS: usize = 6;
        let prices: Vec<(&Product, &Price)> = products
            .iter()
            .flat_map(|product| product.prices.iter().map(move |price| (*product, price)))
            .collect();
        for some in prices.chunks(TOGETHER_MAX * 2) {
            let sql = format!(
                "INSERT INTO price (product_id, ram_gb, price_minor, setup_minor, cost_minor, \
                 currency) VALUES {}",
                places(some.len(), COLUMNS)
            );
            let mut values = Vec::with_capacity(some.len() * COLUMNS);
            for (product, price) in some {
                values.extend([
                    Value::from(product.id.as_str()),
                    Value::from(u32::from(price.ram.as_gb())),
                    Value::from(price.price.minor),
                    Value::from(price.setup.minor),
                    Value::from(price.cost.map(|cost| cost.minor)),
                    Value::from(price.price.currency.code()),
                ]);
            }
            self.later(&sql, &values)?;
        }
        Ok(())
    }

    /// Changes a product as staff decided; its version is the one that was read.
    pub fn change_product(&mut self, product: &Product, provider: &str) -> Result<()> {
        self.later_one(
            "UPDATE product SET package_id = $2, name = $3, published = $4, available = $5, \
             held = $6, name_confirmed = $7, cidrs = $8, note = $9, tags = $11, remark = $12, \
             version = version + 1, changed_at = {now} WHERE id = $1 AND version = $10",
            &product_values(product),
            "product",
        )?;
        self.change_catalogue(provider).map(drop)
    }

    /// Replaces a product's prices.
    pub fn change_prices(&mut self, product: &Product) -> Result<()> {
        self.later("DELETE FROM price WHERE product_id = $1", args![product.id.as_str()])?;
        self.add_all_prices(&[product])
    }

    /// Puts a package and a product of it into the books by hand.
    pub fn add_product(&mut self, package: &Package, product: &Product) -> Result<()> {
        self.ensure_provider(&package.provider)?;
        self.put_packages(&[package])?;
        self.add_products(&[product])?;
        self.add_all_prices(&[product])?;
        self.change_catalogue(&package.provider).map(drop)
    }
}

fn product_rows(products: &[&Product]) -> (String, Vec<Value>) {
    const COLUMNS: usize = 12;
    let sql = format!(
        "INSERT INTO product (id, package_id, name, published, available, held, name_confirmed, \
         cidrs, note, version, tags, remark, created_at, changed_at) VALUES {}",
        dated_places(products.len(), COLUMNS)
    );
    (sql, products.iter().copied().flat_map(product_values).collect())
}

fn product_values(product: &Product) -> [Value; 12] {
    [
        product.id.as_str().into(),
        product.package.as_str().into(),
        (&product.name).into(),
        product.published.into(),
        product.available.into(),
        product.held.map(|held| held.as_str()).into(),
        product.name_confirmed.into(),
        cidrs_text(&product.cidrs).into(),
        (&product.note).into(),
        product.version.into(),
        product.tags.join(",").into(),
        (&product.remark).into(),
    ]
}

/// `($1, $2, {now}, {now}), …`: rows that end with when they were made and changed.
fn dated_places(rows: usize, columns: usize) -> String {
    let row = |at: usize| {
        let places: Vec<String> = (1..=columns).map(|c| format!("${}", at * columns + c)).collect();
        format!("({}, {{now}}, {{now}})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
