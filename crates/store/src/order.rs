//! Orders: made once, moved only by `record`, read back strictly.

pub(crate) mod amend;
mod read;
mod record;

use domain::clock::Timestamp;
use domain::id::{AccountId, AttemptId, NodeId, OrderId, PackageId};
use domain::money::Money;
use domain::order::{News, Sold, Standing, Terms};
use domain::os::Os;

use crate::db::{Result, Row, StoreError, Tx, Value};
use crate::mail::OrderFacts;

pub(crate) use read::{
    cidrs_text, inconsistent, order_id, read, read_cidrs, read_currency, read_os, read_ram,
};

/// An order as the database keeps it.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: OrderId,
    pub number: String,
    pub account: AccountId,
    pub version: i64,
    pub standing: Standing,
    /// What was agreed. Never changes.
    pub sold: Sold,
    pub amendments: i64,
    pub created_at: Timestamp,
    pub reserved_until: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub sold_until: Option<Timestamp>,
    /// For staff, with everything.
    pub error: Option<String>,
    /// What the customer may read of it.
    pub public_error: Option<String>,
    /// Since when the customer may choose between money back and waiting.
    pub offered_at: Option<Timestamp>,
}

/// One agreed change of what was sold.
#[derive(Clone, Debug)]
pub struct Amendment {
    pub at: Timestamp,
    pub actor: String,
    pub reason: String,
    pub consent: Option<String>,
    pub product_name: String,
    pub terms: Terms,
    /// What went back with it because it costs less, in the order's currency.
    pub back_minor: i64,
}

/// What happened to an order, for its timeline.
#[derive(Clone, Debug)]
pub struct Happened {
    pub seq: i64,
    pub at: Timestamp,
    pub kind: String,
    pub stage: String,
    pub actor: String,
    /// JSON.
    pub data: String,
}

/// Why an order is moved: unique per order, so that the same cause moves it once.
#[derive(Clone, Debug)]
pub struct Cause {
    pub key: String,
    pub actor: String,
    /// JSON with claim, reading and permit numbers; never a secret.
    pub data: String,
}

/// What the effects of a move need beside the move itself.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Of a planned attempt: when it may run at the earliest.
    pub not_before: Option<Timestamp>,
    /// Of a planned attempt: tries used up so far.
    pub tries: i64,
    /// Of a planned attempt: what it costs, where an amendment changed that.
    pub cost: Option<Option<Money>>,
    /// The process that claims the jobs it makes.
    pub claim: Option<(NodeId, std::time::Duration)>,
    /// The attempt that an answer settles, and the answer's number.
    pub settled: Option<(AttemptId, i64)>,
    /// Errors to show; `None` keeps what is there, `Some(None)` clears it.
    pub error: Option<Option<(String, String)>>,
}

pub(crate) const COLUMNS: &str = "id, number, account_id, version, stage, attempt_id, \
     server_id, stop, replaces_id, again, late, product_id, product_name, provider, package_id, pid, package_name, \
     cidrs, ram_gb, os, total_minor, currency, cost_minor, days, amendments, created_at, \
     reserved_until, paid_at, delivered_at, sold_until, error, public_error, offered_at, \
     price_minor, setup_minor, discount_minor, coupon, tax_rate, tax_mode, tax_kind, tax_place, \
     tax_minor, rounding_minor";
/// How many those are: what a question asks beside them comes behind.
pub(crate) const WIDTH: usize = 43;

impl Tx<'_> {
    /// Writes a new order with its frozen copy; `seq` 1 of its history is its making.
    pub fn insert_order(&mut self, order: &Order, actor: &str) -> Result<()> {
        let (sold, quote) = (&order.sold, &order.sold.quote);
        self.later(
            "INSERT INTO orders (id, number, account_id, version, stage, again, late, product_id, \
             product_name, provider, package_id, pid, package_name, cidrs, ram_gb, os, total_minor, \
             currency, cost_minor, days, package_now, amendments, created_at, reserved_until, \
             price_minor, setup_minor, discount_minor, coupon, tax_rate, tax_mode, tax_kind, \
             tax_place, tax_minor, rounding_minor) \
             VALUES ($1, $2, $3, 1, $4, 0, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $8, 0, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)",
            args![
                order.id.as_str(),
                &order.number,
                order.account.as_str(),
                order.standing.stage.word(),
                sold.product.as_str(),
                &sold.product_name,
                &sold.terms.provider,
                sold.terms.package.as_str(),
                sold.terms.pid.as_str(),
                &sold.terms.package_name,
                cidrs_text(&sold.terms.cidrs),
                i64::from(sold.terms.ram.as_gb()),
                sold.terms.os.map(Os::code),
                quote.total.minor,
                quote.total.currency.code(),
                sold.cost.map(|cost| cost.minor),
                sold.days,
                order.created_at,
                order.reserved_until,
                quote.price.minor,
                quote.setup.minor,
                quote.discount.minor,
                quote.coupon.as_deref(),
                quote.tax.rate.as_basis_points(),
                quote.tax.mode.as_str(),
                quote.tax.kind.as_str(),
                quote.tax.place.map(|place| place.to_string()),
                quote.taxes.minor,
                quote.rounding.minor,
            ],
        )?;
        self.later(
            "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) \
             VALUES ($1, 1, $2, 'ordered', $3, 'ordered', $4, '{}')",
            args![order.id.as_str(), order.created_at, order.standing.stage.word(), actor],
        )?;
        let cause = format!("{}/1", order.id);
        self.tell_customer(order, News::Ordered.word(), &cause, &OrderFacts::of(order))
    }

    pub fn order(&mut self, id: &OrderId) -> Result<Order> {
        self.lookup_order(id)?.ok_or_else(|| missing(id.as_str()))
    }

    pub fn lookup_order(&mut self, id: &OrderId) -> Result<Option<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE id = $1");
        self.lookup(&sql, args![id.as_str()])?.map(|row| read(&row)).transpose()
    }

    /// Reads an order and holds it until the transaction ends.
    pub fn lock_order(&mut self, id: &OrderId) -> Result<Order> {
        let row = self.lookup(&locking(""), args![id.as_str()])?;
        self.locked_order(id, row)
    }

    /// As `lock_order`, where the order looks unpaid and inside its reservation; nothing is locked
    /// otherwise. Whoever held it while this waited may have moved it.
    pub fn lock_order_if_reserved(&mut self, id: &OrderId) -> Result<Option<Order>> {
        // Asked beside the lock and not of the row to be locked: PostgreSQL keeps the lock of a row
        // that has stopped to fulfil its condition while one waited for it.
        let which = " AND EXISTS (SELECT 1 FROM orders seen WHERE seen.id = $1 \
             AND seen.stage || '' = 'unpaid' AND seen.reserved_until > {now})";
        let row = self.lookup(&locking(which), args![id.as_str()])?;
        row.map(|row| self.locked_order(id, Some(row))).transpose()
    }

    /// Reads an order and the time out of the answer to `locking`.
    pub(crate) fn locked_order(&mut self, id: &OrderId, row: Option<Row>) -> Result<Order> {
        let row = row.ok_or_else(|| missing(id.as_str()))?;
        self.now_is(row.time(WIDTH)?)?;
        read(&row)
    }

    pub fn order_by_number(&mut self, number: &str) -> Result<Option<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE number = $1");
        self.lookup(&sql, args![number])?.map(|row| read(&row)).transpose()
    }

    /// Orders of one account, or of all, newest first.
    pub fn orders(
        &mut self,
        account: Option<&AccountId>,
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<Order>> {
        let (at, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), ""));
        let rows = match account {
            Some(account) => self.rows(
                &format!(
                    "SELECT {COLUMNS} FROM orders WHERE account_id = $1 \
                     AND (created_at, id) < ($2, $3) \
                     ORDER BY created_at DESC, id DESC LIMIT $4"
                ),
                args![account.as_str(), at, id, limit],
            )?,
            None => self.rows(
                &format!(
                    "SELECT {COLUMNS} FROM orders \
                     WHERE (created_at, id) < ($1, $2) \
                     ORDER BY created_at DESC, id DESC LIMIT $3"
                ),
                args![at, id, limit],
            )?,
        };
        rows.iter().map(read).collect()
    }

    /// Orders of one account that stand in one of `stages` and hold a text in their number, their
    /// product's name or the address that was delivered; newest first. No stages: all of them.
    pub fn orders_that_hold(
        &mut self,
        account: &AccountId,
        (stages, text): (&[&str], &str),
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<Order>> {
        let (at, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), ""));
        let mut values = args![account.as_str(), at, id, limit, text.to_lowercase()].to_vec();
        let marks: Vec<String> = (0..stages.len()).map(|nth| format!("${}", nth + 6)).collect();
        values.extend(stages.iter().map(|stage| Value::from(*stage)));
        let within = match stages {
            [] => String::new(),
            _ => format!("AND stage IN ({}) ", marks.join(", ")),
        };
        // One account's orders are found by their index, and few; each is then looked at.
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE account_id = $1 AND (created_at, id) < ($2, $3) \
             {within}AND ({{position}}(LOWER(number), $5) > 0 \
             OR {{position}}(LOWER(product_name), $5) > 0 \
             OR EXISTS (SELECT 1 FROM server s WHERE s.order_id = orders.id \
               AND s.state = 'delivered' AND {{position}}(s.address, $5) > 0)) \
             ORDER BY created_at DESC, id DESC LIMIT $4"
        );
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// Orders that stand in one of `stages`, in the order of their ids.
    pub fn orders_in(&mut self, stages: &[&str], after: &str, limit: i64) -> Result<Vec<Order>> {
        let marks: Vec<String> = (1..=stages.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE stage IN ({}) AND id > ${} ORDER BY id LIMIT ${}",
            marks.join(", "),
            stages.len() + 1,
            stages.len() + 2
        );
        let mut values: Vec<Value> = stages.iter().map(|stage| Value::from(*stage)).collect();
        values.push(after.into());
        values.push(limit.into());
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// Unpaid orders whose reservation is over and which have not been told yet.
    pub fn reservations_over(&mut self, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE stage = 'unpaid' AND reserved_until <= {now} \
             ORDER BY reserved_until LIMIT $1",
            args![limit],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// Puts another end on a reservation.
    pub fn reserve_until(&mut self, order: &mut Order, until: Timestamp) -> Result<()> {
        order.reserved_until = until;
        self.later_one(
            "UPDATE orders SET reserved_until = $2 WHERE id = $1",
            args![order.id.as_str(), until],
            "the order",
        )
    }

    pub fn happenings(&mut self, order: &OrderId) -> Result<Vec<Happened>> {
        let rows = self.rows(
            "SELECT seq, at, kind, stage, actor, data FROM order_event WHERE order_id = $1 \
             ORDER BY seq",
            args![order.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Happened {
                seq: row.int(0)?,
                at: row.time(1)?,
                kind: row.text(2)?.into(),
                stage: row.text(3)?.into(),
                actor: row.text(4)?.into(),
                data: row.text(5)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Whether this cause has moved the order already.
    pub fn has_happened(&mut self, order: &OrderId, cause: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT seq FROM order_event WHERE order_id = $1 AND cause = $2",
            args![order.as_str(), cause],
        )?;
        Ok(row.is_some())
    }

    /// Orders that still wait for a server of a package, or may.
    pub fn open_orders_of(&mut self, package: &PackageId) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE package_now = $1 AND stage IN ('unpaid', 'planned', \
             'permitted', 'unheard', 'verifying', 'verified', 'on_hold', 'stopped') ORDER BY id",
            args![package.as_str()],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// How many orders stand where.
    pub fn count_orders(&mut self) -> Result<Vec<(String, i64)>> {
        let rows =
            self.rows("SELECT stage, COUNT(*) FROM orders GROUP BY stage ORDER BY stage", &[])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }
}

pub(crate) fn asking(which: &str) -> String {
    format!("SELECT {COLUMNS} FROM orders WHERE {which}")
}

/// The question that holds the order with the first value as its id.
pub(crate) fn locking(which: &str) -> String {
    format!("SELECT {COLUMNS}, {{now}} FROM orders WHERE id = $1{which}{{lock}}")
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing { what: "order", id: id.to_owned() }
}
