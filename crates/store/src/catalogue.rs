//! What is sold and from which packages: reading it, one by one, in pages, and whole for a sync.
//! Not for readings of a provider's list: those are in `reading.rs`.

use domain::catalogue::Known;
use domain::id::{PackageId, ProductId};
use domain::money::Money;
use domain::package::{Package, Pid};
use domain::product::{Held, Price, Product};

use crate::db::{Result, Row, StoreError, Tx, Value, only, places};
use crate::order::{read_cidrs, read_currency, read_ram};

mod past;
mod write;

pub use past::StockHour;
pub use write::SetWritten;

/// A product with the package it is bought as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub product: Product,
    pub package: Package,
    /// The last sync found it fit for sale, or staff count one at least, and nothing holds it.
    /// Says nothing of `published`.
    pub available: bool,
}

/// What staff look for in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Which {
    #[default]
    All,
    /// Held until a person decides, or until it is seen again.
    Held,
    /// Published, and yet nobody can buy it.
    OffSale,
    Unpublished,
    /// The provider's list does not name it.
    Missing,
    Low,
    /// The name says another block than the package.
    Contradicting,
    /// The name stands more than once.
    Repeated,
    /// Some price has no cost beside it.
    WithoutCost,
}

impl Which {
    const fn condition(self) -> &'static str {
        match self {
            Which::All => "1 = 1",
            Which::Held => "p.held IS NOT NULL",
            Which::OffSale => "p.published = 1 AND p.available = 0",
            Which::Unpublished => "p.published = 0",
            Which::Missing => {
                "p.package_id IN (SELECT id FROM package WHERE missing_since IS NOT NULL)"
            }
            Which::Low => "p.package_id IN (SELECT id FROM package WHERE warned_at IS NOT NULL)",
            // Whoever changes a name tells it in an alert, which ends with the trouble.
            Which::Contradicting => {
                "p.id IN (SELECT subject FROM alert WHERE kind = 'product-mismatch' \
                 AND resolved_at IS NULL)"
            }
            Which::Repeated => {
                "EXISTS (SELECT 1 FROM product q WHERE q.name = p.name AND q.id <> p.id)"
            }
            Which::WithoutCost => {
                "EXISTS (SELECT 1 FROM price c WHERE c.product_id = p.id AND c.cost_minor IS NULL)"
            }
        }
    }
}

/// A product that shares its name or its package with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namesake {
    pub id: ProductId,
    pub name: String,
    /// The name of its package, and the package's number.
    pub package: String,
    pub pid: String,
}

const PACKAGE: &str = "k.id, k.provider, k.pid, k.name, k.status, k.active, k.stock, \
     k.listed_stock, k.warned_at, k.missing_since, k.unlimited, k.days";
const PACKAGE_WIDTH: usize = 12;
const PRODUCT: &str = "p.id, p.package_id, p.name, p.published, p.available, p.held, \
     p.name_confirmed, p.cidrs, p.note, p.version, p.tags, p.remark";
/// So many products are read by their ids.
const FEW_MAX: usize = 200;
/// So many products' prices are asked for in one statement.
const TOGETHER_MAX: usize = 500;

impl Tx<'_> {
    /// A product with its prices and its package.
    pub fn product(&mut self, id: &ProductId) -> Result<Option<Shown>> {
        let [product, prices] = self.together([
            (&showing("p.id = $1", "p.id LIMIT 1"), args![id.as_str()]),
            (&pricing("= $1"), args![id.as_str()]),
        ])?;
        let Some(row) = only(product)? else { return Ok(None) };
        let mut shown = read_shown(row)?;
        shown.product.prices = prices.iter().map(read_price).collect::<Result<_>>()?;
        Ok(Some(shown))
    }

    /// As `product` of several; what is not there is left out.
    pub fn products(&mut self, ids: &[ProductId]) -> Result<Vec<Shown>> {
        let ids: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.shown(&format!("p.id IN {}", places(1, ids.len())), "p.id", &ids)
    }

    /// As `product`, and nobody else changes its row until the transaction ends.
    pub fn lock_product(&mut self, id: &ProductId) -> Result<Option<Shown>> {
        self.rows("SELECT id FROM product WHERE id = $1{lock}", args![id.as_str()])?;
        self.product(id)
    }

    /// A page of all products, by name; `after` is the last one of the page before.
    pub fn list_products(&mut self, after: Option<&ProductId>, limit: i64) -> Result<Vec<Shown>> {
        self.page(0, after, limit)
    }

    /// What products are called, in the order of names.
    pub fn product_names(&mut self, limit: i64) -> Result<Vec<(ProductId, String)>> {
        let sql = "SELECT id, name FROM product ORDER BY name, id LIMIT $1";
        let rows = self.rows(sql, args![limit])?;
        rows.iter()
            .map(|row| Ok((ProductId::parse(row.text(0)?).map_err(wrong)?, row.text(1)?.into())))
            .collect()
    }

    /// A page of what the shop shows: published products, on sale or not, by name.
    pub fn list_shop(&mut self, after: Option<&ProductId>, limit: i64) -> Result<Vec<Shown>> {
        self.page(1, after, limit)
    }

    /// As `list_products`, of those alone that staff look for.
    pub fn find_products(
        &mut self,
        which: Which,
        text: &str,
        after: Option<&ProductId>,
        limit: i64,
    ) -> Result<Vec<Shown>> {
        let (mut values, mut condition) = (vec![limit.into()], which.condition().to_owned());
        if !text.is_empty() {
            let (called, words) = (called(text), args![text.to_ascii_lowercase(), text]);
            let few = self.rows(&format!("{called} LIMIT {}", FEW_MAX + 1), words)?;
            // Few are read by their ids alone; where there are many, they are looked for beside.
            match few.len() {
                0 => return Ok(Vec::new()),
                1..=FEW_MAX => {
                    values =
                        few.iter().map(|row| Ok(row.text(0)?.into())).collect::<Result<_>>()?;
                    condition.push_str(&format!(" AND p.id IN {}", places(1, values.len())));
                    values.push(limit.into());
                }
                _ => {
                    condition.push_str(&format!(" AND p.id IN ({called})"));
                    values = [&words[..], &values].concat();
                }
            }
        }
        let limit_at = values.len();
        if let Some(id) = after {
            values.push(id.as_str().into());
            let place = values.len();
            condition.push_str(&format!(
                " AND (p.name, p.id) > (SELECT name, id FROM product WHERE id = ${place})"
            ));
        }
        self.shown(&condition, &format!("p.name, p.id LIMIT ${limit_at}"), &values)
    }

    /// Of some products' names those that stand more than once in the catalogue.
    pub fn names_that_repeat(&mut self, names: &[&str]) -> Result<Vec<String>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let values: Vec<Value> = names.iter().map(|name| (*name).into()).collect();
        let sql = format!(
            "SELECT name FROM product WHERE name IN {} GROUP BY name HAVING COUNT(*) > 1 \
             ORDER BY name",
            places(1, names.len())
        );
        self.rows(&sql, &values)?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Everything that is bought of some providers, by provider and name. For those whose shelves
    /// are short.
    pub fn products_of(&mut self, providers: &[&str]) -> Result<Vec<Shown>> {
        if providers.is_empty() {
            return Ok(Vec::new());
        }
        let which = format!("k.provider IN {}", places(1, providers.len()));
        let providers: Vec<Value> = providers.iter().map(|id| (*id).into()).collect();
        self.shown(&which, "k.provider, p.name, p.id", &providers)
    }

    /// `published` is the least that counts: 0 takes all, 1 only published ones.
    fn page(
        &mut self,
        published: i64,
        after: Option<&ProductId>,
        limit: i64,
    ) -> Result<Vec<Shown>> {
        let order = "p.name, p.id LIMIT $2";
        match after {
            None => self.shown("p.published >= $1", order, args![published, limit]),
            Some(id) => self.shown(
                "p.published >= $1 \
                 AND (p.name, p.id) > (SELECT name, id FROM product WHERE id = $3)",
                order,
                args![published, limit, id.as_str()],
            ),
        }
    }

    /// Other products with the same display name, or sold from the same package.
    pub fn products_like(&mut self, product: &Product) -> Result<Vec<Shown>> {
        self.shown(
            "p.id <> $1 AND (p.name = $2 OR p.package_id = $3)",
            "p.name, p.id LIMIT 100",
            args![product.id.as_str(), &product.name, product.package.as_str()],
        )
    }

    /// A product and those like it, at once and without prices.
    pub fn product_and_likes(&mut self, id: &ProductId) -> Result<(Option<Shown>, Vec<Shown>)> {
        let rows = self.rows(
            &showing(
                "p.id = $1 OR p.name = (SELECT name FROM product WHERE id = $1) \
                 OR p.package_id = (SELECT package_id FROM product WHERE id = $1)",
                "CASE WHEN p.id = $1 THEN 0 ELSE 1 END, p.name, p.id LIMIT 101",
            ),
            args![id.as_str()],
        )?;
        let mut shown = rows.into_iter().map(read_shown).collect::<Result<Vec<Shown>>>()?;
        let own = shown.first().is_some_and(|first| first.product.id == *id);
        let own = own.then(|| shown.remove(0));
        Ok((own, shown))
    }

    /// The packages of a provider that products are bought as, by the names of those: name and
    /// stock of each that its list still names.
    pub fn packages_to_buy(&mut self, provider: &str, limit: i64) -> Result<Vec<(String, i64)>> {
        let rows = self.rows(
            "SELECT k.name, k.stock FROM product p JOIN package k ON k.id = p.package_id \
             WHERE k.provider = $1 AND k.missing_since IS NULL ORDER BY p.name, p.id LIMIT $2",
            args![provider, limit],
        )?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }

    /// As `products_like`, with as much as is needed to tell and to find them.
    pub fn namesakes(&mut self, product: &Product) -> Result<Vec<Namesake>> {
        let rows = self.rows(
            "SELECT p.id, p.name, k.name, k.pid FROM product p JOIN package k \
             ON k.id = p.package_id WHERE p.id <> $1 AND (p.name = $2 OR p.package_id = $3) \
             ORDER BY p.name, p.id LIMIT 100",
            args![product.id.as_str(), &product.name, product.package.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Namesake {
                id: ProductId::parse(row.text(0)?).map_err(wrong)?,
                name: row.text(1)?.into(),
                package: row.text(2)?.into(),
                pid: row.text(3)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    pub fn products_of_package(&mut self, package: &PackageId) -> Result<Vec<Shown>> {
        self.shown("p.package_id = $1", "p.id", args![package.as_str()])
    }

    fn shown(&mut self, which: &str, order: &str, values: &[Value]) -> Result<Vec<Shown>> {
        let rows = self.rows(&showing(which, order), values)?;
        let mut shown = rows.into_iter().map(read_shown).collect::<Result<Vec<Shown>>>()?;
        self.add_prices(&mut shown)?;
        Ok(shown)
    }

    fn add_prices(&mut self, shown: &mut [Shown]) -> Result<()> {
        let mut prices = std::collections::HashMap::<String, Vec<Price>>::new();
        for some in shown.chunks(TOGETHER_MAX) {
            let ids: Vec<Value> = some.iter().map(|s| s.product.id.as_str().into()).collect();
            let sql = pricing(&format!("IN {}", places(1, ids.len())));
            for row in self.rows(&sql, &ids)? {
                prices.entry(row.text(0)?.to_owned()).or_default().push(read_price(&row)?);
            }
        }
        for shown in shown {
            shown.product.prices = prices.remove(shown.product.id.as_str()).unwrap_or_default();
        }
        Ok(())
    }

    pub fn package(&mut self, id: &PackageId) -> Result<Option<Package>> {
        let sql = format!("SELECT {PACKAGE} FROM package k WHERE k.id = $1");
        self.lookup(&sql, args![id.as_str()])?.map(|mut row| read_package(&mut row)).transpose()
    }

    pub fn package_of_pid(&mut self, provider: &str, pid: &Pid) -> Result<Option<Package>> {
        let sql = format!("SELECT {PACKAGE} FROM package k WHERE k.provider = $1 AND k.pid = $2");
        let row = self.lookup(&sql, args![provider, pid.as_str()])?;
        row.map(|mut row| read_package(&mut row)).transpose()
    }

    /// Every package that bears a name. A name is no key: there may be several.
    pub fn packages_named(&mut self, provider: &str, name: &str) -> Result<Vec<Package>> {
        let sql = format!(
            "SELECT {PACKAGE} FROM package k WHERE k.provider = $1 AND k.name = $2 ORDER BY k.id"
        );
        let mut rows = self.rows(&sql, args![provider, name])?;
        rows.iter_mut().map(read_package).collect()
    }

    /// Every package of a provider with its products, in the order of ids and without prices:
    /// what a sync compares with a reading. Two questions, however many there are.
    pub fn load_catalogue(&mut self, provider: &str) -> Result<Vec<Known>> {
        let sql = format!("SELECT {PACKAGE} FROM package k WHERE k.provider = $1");
        let rows = self.rows(&sql, args![provider])?;
        let mut known = Vec::with_capacity(rows.len());
        for mut row in rows {
            known.push(Known { package: read_package(&mut row)?, products: Vec::new() });
        }
        known.sort_by(|a, b| a.package.id.cmp(&b.package.id));
        // One pass over all is quicker than looking up each package's; most belong to it.
        let rows = self.rows(&format!("SELECT {PRODUCT} FROM product p"), &[])?;
        let mut products = Vec::with_capacity(rows.len());
        for mut row in rows {
            products.push(read_product(&mut row, 0)?);
        }
        products.sort_by(|a, b| (&a.package, &a.id).cmp(&(&b.package, &b.id)));
        let mut at = 0;
        for product in products {
            while known.get(at).is_some_and(|known| known.package.id < product.package) {
                at += 1;
            }
            match known.get_mut(at).filter(|known| known.package.id == product.package) {
                Some(known) => known.products.push(product),
                // Another provider's; or its package came between the two questions, and the next
                // run sees both.
                None => continue,
            }
        }
        Ok(known)
    }

    /// A number that grows with every change of a package, product or price. Cheap to ask for.
    pub fn catalogue_version(&mut self) -> Result<i64> {
        let row = self.lookup(
            "SELECT COALESCE(CAST(SUM(catalogue_version) AS BIGINT), 0) FROM provider",
            &[],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }
}

/// The products that are called so, or whose packages are: `$1` is a folded part of the name,
/// `$2` a whole PID.
fn called(text: &str) -> String {
    // ASCII alone is folded, in both databases alike. What has no letters, as most of a block's
    // name, is the same folded.
    let has_letters = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let name = if has_letters { "LOWER(name{bytewise})" } else { "name" };
    // A database server takes "after the start" for a third of all, and then reads all products
    // once more; of a span with two ends it expects a few.
    let found = format!("{{position}}({name}, $1) BETWEEN 1 AND {}", i32::MAX);
    // Each name is looked at in its own table, or in an index that has it folded.
    format!(
        "SELECT id FROM product WHERE {found} \
         UNION SELECT id FROM product WHERE package_id IN (SELECT id FROM package \
         WHERE pid = $2 OR {found})"
    )
}

fn showing(which: &str, order: &str) -> String {
    format!(
        "SELECT {PACKAGE}, {PRODUCT} FROM product p JOIN package k ON k.id = p.package_id \
         WHERE {which} ORDER BY {order}"
    )
}

fn pricing(which: &str) -> String {
    format!(
        "SELECT product_id, ram_gb, price_minor, cost_minor, currency, setup_minor FROM price \
         WHERE product_id {which} ORDER BY product_id, ram_gb"
    )
}

fn read_shown(mut row: Row) -> Result<Shown> {
    let product = read_product(&mut row, PACKAGE_WIDTH)?;
    let package = read_package(&mut row)?;
    let available = product.available && product.held.is_none() && !package.is_sold_out();
    Ok(Shown { package, product, available })
}

fn wrong(why: impl ToString) -> StoreError {
    StoreError::Inconsistent { what: "catalogue", why: why.to_string() }
}

/// Takes a text out of a row: a hundred thousand rows are not copied once more.
fn taken(row: &mut Row, at: usize) -> Result<String> {
    row.text(at)?;
    match std::mem::replace(&mut row.0[at], Value::Null) {
        Value::Text(text) => Ok(text),
        _ => Err(wrong("a text that is none")),
    }
}

fn read_package(row: &mut Row) -> Result<Package> {
    Ok(Package {
        id: PackageId::parse(row.text(0)?).map_err(wrong)?,
        provider: taken(row, 1)?,
        pid: Pid::new(taken(row, 2)?).ok_or_else(|| wrong("a package without PID"))?,
        name: taken(row, 3)?,
        status: taken(row, 4)?,
        active: row.flag(5)?,
        stock: row.int(6)?,
        listed_stock: row.int(7)?,
        warned_at: row.opt_int(8)?,
        missing_since: row.opt_time(9)?,
        unlimited: row.flag(10)?,
        days: row.int(11)?,
    })
}

fn read_product(row: &mut Row, at: usize) -> Result<Product> {
    let unknown = |word: &str| wrong(format!("held for {word:?}"));
    let held = row.opt_text(at + 5)?;
    let held = held.map(|word| Held::parse(word).ok_or_else(|| unknown(word))).transpose()?;
    Ok(Product {
        id: ProductId::parse(row.text(at)?).map_err(wrong)?,
        package: PackageId::parse(row.text(at + 1)?).map_err(wrong)?,
        name: taken(row, at + 2)?,
        published: row.flag(at + 3)?,
        available: row.flag(at + 4)?,
        held,
        name_confirmed: row.flag(at + 6)?,
        prices: Vec::new(),
        cidrs: read_cidrs(row.text(at + 7)?)?,
        note: taken(row, at + 8)?,
        version: row.int(at + 9)?,
        tags: read_tags(row.text(at + 10)?)?,
        remark: taken(row, at + 11)?,
    })
}

fn read_tags(text: &str) -> Result<Vec<String>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let tags: Vec<String> = text.split(',').map(ToOwned::to_owned).collect();
    match tags.iter().any(String::is_empty) {
        true => Err(wrong(format!("tags in {text:?} that are none"))),
        false => Ok(tags),
    }
}

fn read_price(row: &Row) -> Result<Price> {
    let currency = read_currency(row.text(4)?)?;
    Ok(Price {
        ram: read_ram(row.int(1)?)?,
        setup: Money::new(row.int(5)?, currency),
        price: Money::new(row.int(2)?, currency),
        cost: row.opt_int(3)?.map(|minor| Money::new(minor, currency)),
    })
}
