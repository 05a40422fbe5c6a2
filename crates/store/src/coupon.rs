//! Coupons, and how often each was used: a question about the orders that it was used for.

use domain::coupon::{Coupon, Given, Kind, Uses};
use domain::id::{AccountId, OrderId, ProductId};
use domain::money::Money;

use crate::db::{Result, Row, StoreError, Tx, Value, places};
use crate::order::read_currency;

const COLUMNS: &str = "SELECT code, kind, value, currency, starts_at, ends_at, uses_max, \
     uses_each_max, products, stopped, note, version, account_id, order_id FROM coupon";

impl Tx<'_> {
    pub fn coupon(&mut self, code: &str) -> Result<Option<Coupon>> {
        let sql = format!("{COLUMNS} WHERE code = $1");
        self.lookup(&sql, args![code])?.map(|row| read(&row)).transpose()
    }

    /// As `coupon`, and nobody else counts its uses or changes it until the transaction ends.
    pub fn lock_coupon(&mut self, code: &str) -> Result<Option<Coupon>> {
        let sql = format!("{COLUMNS} WHERE code = $1{{lock}}");
        self.lookup(&sql, args![code])?.map(|row| read(&row)).transpose()
    }

    /// A page of all coupons by code, each with its uses; `after` is the last code before.
    pub fn list_coupons(&mut self, after: &str, limit: i64) -> Result<Vec<(Coupon, i64)>> {
        let sql = format!(
            "SELECT c.*, (SELECT COUNT(*) FROM orders o WHERE o.coupon = c.code \
               AND o.stage NOT IN ({UNUSED})) FROM ({COLUMNS} WHERE code > $1 \
             ORDER BY code LIMIT $2) c ORDER BY c.code"
        );
        let rows = self.rows(&sql, args![after, limit])?;
        rows.iter().map(|row| Ok((read(row)?, row.int(14)?))).collect()
    }

    /// How often a coupon was used. An order that was never paid and holds nothing is no use.
    pub fn coupon_uses(&mut self, code: &str, account: &AccountId) -> Result<Uses> {
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN account_id = $2 THEN 1 ELSE 0 END), 0) \
             AS BIGINT) FROM orders WHERE coupon = $1 AND stage NOT IN ({UNUSED})"
        );
        let row = self.lookup(&sql, args![code, account.as_str()])?;
        let Some(row) = row else { return Ok(Uses::default()) };
        Ok(Uses { by_all: row.int(0)?, by_this_customer: row.int(1)? })
    }

    /// The coupons of some codes, each with its uses where those are limited.
    pub fn coupons_with_uses(
        &mut self,
        codes: &[String],
        account: Option<&AccountId>,
    ) -> Result<Vec<(Coupon, Uses)>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = codes.iter().map(Value::from).collect();
        values.push(account.map_or("", AccountId::as_str).into());
        let (named, whose) = (places(1, codes.len()), values.len());
        let used = |by: &str| {
            format!(
                "CASE WHEN c.uses_max IS NULL AND c.uses_each_max IS NULL THEN 0 ELSE \
                 (SELECT COUNT(*) FROM orders o WHERE o.coupon = c.code{by} \
                 AND o.stage NOT IN ({UNUSED})) END"
            )
        };
        let by_one = used(&format!(" AND o.account_id = ${whose}"));
        let sql =
            format!("SELECT c.*, {}, {by_one} FROM ({COLUMNS} WHERE code IN {named}) c", used(""));
        let rows = self.rows(&sql, &values)?;
        let uses = |row: &Row| Ok(Uses { by_all: row.int(14)?, by_this_customer: row.int(15)? });
        rows.iter().map(|row| Ok((read(row)?, uses(row)?))).collect()
    }

    /// Writes a new coupon; false where its code is taken.
    pub fn insert_coupon(&mut self, coupon: &Coupon) -> Result<bool> {
        let given = coupon.given.as_ref();
        let mut values = values(coupon);
        values.push(given.map(|given| given.to.as_str()).into());
        values.push(given.map(|given| given.order.as_str()).into());
        let added = self.run(
            "INSERT INTO coupon (code, kind, value, currency, starts_at, ends_at, uses_max, \
             uses_each_max, products, stopped, note, account_id, order_id, version, created_at, \
             changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, {now}, {now}) \
             ON CONFLICT (code) DO NOTHING",
            &values,
        )?;
        Ok(added == 1)
    }

    /// Changes a coupon as staff decided; its version is the one that was read. To whom it was
    /// given never changes.
    pub fn change_coupon(&mut self, coupon: &Coupon) -> Result<()> {
        let mut values = values(coupon);
        values.push(coupon.version.into());
        self.later_one(
            "UPDATE coupon SET kind = $2, value = $3, currency = $4, starts_at = $5, ends_at = $6, \
             uses_max = $7, uses_each_max = $8, products = $9, stopped = $10, note = $11, \
             version = version + 1, changed_at = {now} WHERE code = $1 AND version = $12",
            &values,
            "the coupon",
        )
    }
}

/// Stages of orders that nobody paid and that hold nothing.
const UNUSED: &str = "'reservation_over', 'cancelled', 'unrevived'";

fn values(coupon: &Coupon) -> Vec<Value> {
    let (value, currency) = match coupon.kind {
        Kind::Percent(of) => (i64::from(of), None),
        Kind::Amount(money) => (money.minor, Some(money.currency.code())),
        Kind::Free => (0, None),
    };
    let products: Vec<&str> = coupon.products.iter().map(ProductId::as_str).collect();
    args![
        &coupon.code,
        coupon.kind.as_str(),
        value,
        currency,
        coupon.starts_at,
        coupon.ends_at,
        coupon.uses_max,
        coupon.uses_each_max,
        products.join(" "),
        coupon.stopped,
        &coupon.note,
    ]
    .to_vec()
}

fn read(row: &Row) -> Result<Coupon> {
    let bad = |why: String| StoreError::Inconsistent { what: "coupon", why };
    let (kind, value, currency) = (row.text(1)?, row.int(2)?, row.opt_text(3)?);
    let kind = match (kind, currency) {
        ("percent", None) => {
            let of = u8::try_from(value).ok().filter(|of| *of <= 100);
            Kind::Percent(of.ok_or_else(|| bad(format!("{value} per cent")))?)
        }
        ("amount", Some(code)) => Kind::Amount(Money::new(value, read_currency(code)?)),
        ("free", None) => Kind::Free,
        (kind, currency) => return Err(bad(format!("kind {kind:?} with currency {currency:?}"))),
    };
    let given = match (row.opt_text(12)?, row.opt_text(13)?) {
        (None, None) => None,
        (Some(to), Some(order)) => Some(Given {
            to: AccountId::parse(to).map_err(|error| bad(error.to_string()))?,
            order: OrderId::parse(order).map_err(|error| bad(error.to_string()))?,
        }),
        given => return Err(bad(format!("given to and for {given:?}"))),
    };
    let product = |id: &str| ProductId::parse(id).map_err(|error| bad(error.to_string()));
    Ok(Coupon {
        code: row.text(0)?.into(),
        kind,
        starts_at: row.opt_time(4)?,
        ends_at: row.opt_time(5)?,
        uses_max: row.opt_int(6)?,
        uses_each_max: row.opt_int(7)?,
        products: row.text(8)?.split_whitespace().map(product).collect::<Result<_>>()?,
        stopped: row.flag(9)?,
        note: row.text(10)?.into(),
        given,
        version: row.int(11)?,
    })
}
