//! Counting for the one stock formula, under the package's lock. The formula is in `domain`.

use domain::clock::Timestamp;
use domain::id::{AccountId, PackageId};
use domain::provider;
use domain::stock::Stock;

use crate::account;
use crate::db::{Result, Row, StoreError, Tx, Value, only, places};
use crate::provider::BUDGET_LIFTED;

/// A package's figures at one moment, held until the transaction ends.
#[derive(Clone, Debug)]
pub struct Counted {
    pub stock: Stock,
    /// The last sync's number, compared with the limit for new orders.
    pub listed_stock: i64,
    pub name: String,
    /// Staff count it, and nobody lists it: no reading can be too old, no list too short.
    pub is_by_hand: bool,
    pub reading_number: i64,
    pub reading_stored_at: Timestamp,
    /// By the database's clock.
    pub now: Timestamp,
}

/// What speaks for or against a new order.
#[derive(Clone, Debug)]
pub struct Demand {
    pub counted: Counted,
    /// Why nothing is sold at all.
    pub selling_stopped: Option<String>,
    /// How many unpaid reservations the customer holds.
    pub reserved: i64,
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
        let [locked, counts] = self.together([
            (LOCK, args![package.as_str()]),
            (&counting(""), args![package.as_str(), order]),
        ])?;
        self.counted(package, buffer, only(locked)?, &only(counts)?)
    }

    /// As `count_stock`, for a customer who wants one; `switch` is what stops all selling.
    pub fn count_for_order(
        &mut self,
        (customer, package): (&AccountId, &PackageId),
        buffer: i64,
        switch: &str,
    ) -> Result<Demand> {
        let switched = counting(", (SELECT value FROM setting WHERE name = $3)");
        // One customer's orders are counted one after the other.
        let [locked, counts, _, reserved] = self.together([
            (LOCK, args![package.as_str()]),
            (&switched, args![package.as_str(), "", switch]),
            (account::LOCK, args![customer.as_str()]),
            (RESERVED, args![customer.as_str()]),
        ])?;
        let counts = only(counts)?;
        Ok(Demand {
            counted: self.counted(package, buffer, only(locked)?, &counts)?,
            selling_stopped: match &counts {
                Some(row) => row.opt_text(5)?.map(Into::into),
                None => None,
            },
            reserved: only(reserved)?.map_or(Ok(0), |row| row.int(0))?,
        })
    }

    /// As `count_stock` of several packages, for whoever only looks: nothing is locked, and what
    /// is not there is left out.
    pub fn look_at_stock(
        &mut self,
        packages: &[PackageId],
        buffer: i64,
    ) -> Result<Vec<(PackageId, Counted)>> {
        let mut ids: Vec<&PackageId> = packages.iter().collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let values: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
        let named = format!("k.id IN {}", places(1, ids.len()));
        let packages = format!("SELECT {FIGURES} FROM package k WHERE {named} ORDER BY k.id");
        let counting = counting_of(&named, ("r.package_id", "''"), "");
        let counting = format!("{counting} ORDER BY r.package_id");
        let [packages, counts] = self.together([(&packages, &values), (&counting, &values)])?;
        let read = |(package, counts): (Row, Row)| {
            let id = PackageId::parse(package.text(5)?).map_err(|why| wrong(&why))?;
            let counted = self.counted(&id, buffer, Some(package), &Some(counts))?;
            Ok((id, counted))
        };
        packages.into_iter().zip(counts).map(read).collect()
    }

    pub(crate) fn counted(
        &mut self,
        package: &PackageId,
        buffer: i64,
        locked: Option<Row>,
        counts: &Option<Row>,
    ) -> Result<Counted> {
        let locked = locked.ok_or_else(|| missing(package))?;
        let counts = counts.as_ref().ok_or_else(|| missing(package))?;
        let is_by_hand = provider::is_by_hand(locked.text(3)?);
        Ok(Counted {
            stock: Stock {
                free: if locked.flag(4)? { Stock::NO_END } else { locked.int(0)? },
                taken: counts.int(3)?,
                promised: counts.int(4)?,
                // What is kept back is for lists that may be wrong.
                buffer: if is_by_hand { 0 } else { buffer },
            },
            listed_stock: locked.int(1)?,
            name: locked.text(2)?.into(),
            is_by_hand,
            reading_number: counts.int(0)?,
            reading_stored_at: counts.time(1)?,
            now: self.now_is(counts.time(2)?)?,
        })
    }
}

pub(crate) fn missing(package: &PackageId) -> StoreError {
    StoreError::Missing { what: "package", id: package.to_string() }
}

fn wrong(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { what: "package", why: why.to_string() }
}

/// What `counted` reads of a package itself.
const FIGURES: &str = "k.stock, k.listed_stock, k.name, k.provider, k.unlimited, k.id";
/// The lock is a statement of its own: what is counted next must be seen after it was got.
pub(crate) const LOCK: &str =
    "SELECT stock, listed_stock, name, provider, unlimited FROM package WHERE id = $1{lock}";
/// What was made together counts once.
const RESERVED: &str = "SELECT COUNT(DISTINCT COALESCE(c.checkout_id, o.id)) FROM orders o \
     LEFT JOIN checkout_order c ON c.order_id = o.id \
     WHERE o.account_id = $1 AND o.stage = 'unpaid' AND o.reserved_until > {now}";
/// What is taken and promised of a package, by the newest reading and the database's clock.
pub(crate) fn counting(more: &str) -> String {
    counting_of("k.id = $1", ("$1", "$2"), more)
}

/// As `counting` of some packages, each without what one order is promised.
fn counting_of(which: &str, (package, but): (&str, &str), more: &str) -> String {
    format!(
        "SELECT r.reading_number, r.reading_stored_at, r.moment, \
         (SELECT COUNT(*) FROM attempt WHERE package_id = {package} AND state = 'permitted') \
         + (SELECT COUNT(*) FROM attempt WHERE package_id = {package} AND state = 'answered' \
           AND settled_number > r.reading_number) \
         + (SELECT COUNT(*) FROM attempt WHERE package_id = {package} \
           AND state IN ('unheard', 'parked', 'denied', 'written_off') \
           AND tail_ends_at >= r.reading_requested_at), \
         (SELECT COUNT(*) FROM orders o WHERE o.package_now = {package} AND o.id <> {but} \
           AND o.stage IN ('unpaid', 'planned', 'stopped', 'unheard') AND (o.stage = 'planned' \
           OR (o.stage = 'unpaid' AND o.reserved_until > r.moment) \
           OR (o.stage = 'stopped' AND o.replaces_id IS NULL) \
           OR (o.stage = 'unheard' AND EXISTS (SELECT 1 FROM attempt a \
             WHERE a.id = o.attempt_id AND a.tail_ends_at < r.reading_requested_at)))){more} \
         FROM (SELECT v.reading_number, v.reading_requested_at, v.reading_stored_at, \
           v.paused_at, v.pause_reason, k.provider, k.id AS package_id, {{now}} AS moment, \
           COALESCE((SELECT CAST(value AS BIGINT) FROM setting \
             WHERE name = '{BUDGET_LIFTED}'), 0) AS lifted_at \
           FROM package k JOIN provider v ON v.id = k.provider WHERE {which}) r"
    )
}
