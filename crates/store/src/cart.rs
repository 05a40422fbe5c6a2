//! Carts: what customers and visitors mean to order. A visitor's token is kept only as its hash.
//! Not for what it costs: no price is kept here.

use std::time::Duration;

use domain::cart::Choice;
use domain::id::{AccountId, CartId, CartLineId, ProductId};
use domain::os::Os;

use crate::db::{Result, Row, StoreError, Tx, Value};
use crate::order::{read_os, read_ram};

/// Whose cart it is.
#[derive(Clone, Debug)]
pub enum Holder {
    Customer(AccountId),
    /// Whoever holds the token with this hash.
    Visitor(String),
}

impl Holder {
    /// The column that names them, and by what.
    fn by(&self) -> (&'static str, &str) {
        match self {
            Holder::Customer(account) => ("account_id", account.as_str()),
            Holder::Visitor(hash) => ("token_hash", hash),
        }
    }
}

/// One choice, and how many of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    pub id: CartLineId,
    pub choice: Choice,
    pub quantity: i64,
}

impl Tx<'_> {
    /// Makes somebody's cart if they have none, and holds it until the transaction ends. A
    /// visitor's lasts so long from now on.
    pub fn open_cart(&mut self, new: &CartId, holder: &Holder, lasts: Duration) -> Result<CartId> {
        let (column, whose) = holder.by();
        let ends = match holder {
            Holder::Customer(_) => "NULL",
            Holder::Visitor(_) => "{now} + $3",
        };
        // The update locks the row that was there.
        let sql = format!(
            "INSERT INTO cart (id, {column}, expires_at) VALUES ($1, $2, {ends}) \
             ON CONFLICT ({column}) DO UPDATE SET expires_at = excluded.expires_at RETURNING id"
        );
        let values = args![new.as_str(), whose, lasts];
        let values = if ends == "NULL" { &values[..2] } else { &values[..] };
        let row = self.lookup(&sql, values)?;
        read_id(&row.ok_or_else(|| inconsistent("it was not made"))?)
    }

    /// Somebody's cart, held until the transaction ends; none where they have none in force.
    pub fn lock_cart(&mut self, holder: &Holder) -> Result<Option<CartId>> {
        let (column, whose) = holder.by();
        let sql = format!("SELECT id FROM cart WHERE {column} = $1 AND {IN_FORCE}{{lock}}");
        self.lookup(&sql, args![whose])?.map(|row| read_id(&row)).transpose()
    }

    /// What is in somebody's cart, in the order in which it came.
    pub fn cart_lines(&mut self, holder: &Holder) -> Result<Vec<CartLine>> {
        let (column, whose) = holder.by();
        let sql = format!(
            "SELECT l.id, l.product_id, l.ram_gb, l.os, l.coupon, l.quantity FROM cart c \
             JOIN cart_line l ON l.cart_id = c.id WHERE c.{column} = $1 AND {IN_FORCE} \
             ORDER BY l.id"
        );
        self.rows(&sql, args![whose])?.iter().map(read).collect()
    }

    /// How many servers are in somebody's cart.
    pub fn count_cart(&mut self, holder: &Holder) -> Result<i64> {
        let (column, whose) = holder.by();
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM cart c \
             JOIN cart_line l ON l.cart_id = c.id WHERE c.{column} = $1 AND {IN_FORCE}"
        );
        self.lookup(&sql, args![whose])?.map_or(Ok(0), |row| row.int(0))
    }

    pub fn insert_cart_line(&mut self, cart: &CartId, line: &CartLine) -> Result<()> {
        let mut values = values(line);
        values.push(cart.as_str().into());
        self.later(
            "INSERT INTO cart_line (id, product_id, ram_gb, os, coupon, quantity, cart_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &values,
        )
    }

    pub fn change_cart_line(&mut self, line: &CartLine) -> Result<()> {
        self.later_one(
            "UPDATE cart_line SET product_id = $2, ram_gb = $3, os = $4, coupon = $5, \
             quantity = $6 WHERE id = $1",
            &values(line),
            "the cart",
        )
    }

    pub fn delete_cart_line(&mut self, line: &CartLineId) -> Result<()> {
        self.later("DELETE FROM cart_line WHERE id = $1", args![line.as_str()])
    }

    /// Removes a cart with everything in it.
    pub fn delete_cart(&mut self, cart: &CartId) -> Result<()> {
        self.later("DELETE FROM cart WHERE id = $1", args![cart.as_str()])
    }

    /// Removes visitors' carts that are over, at most `limit`, and tells how many.
    pub fn prune_carts(&mut self, limit: u32) -> Result<u64> {
        self.run(
            "DELETE FROM cart WHERE id IN \
             (SELECT id FROM cart WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)",
            args![limit],
        )
    }
}

const IN_FORCE: &str = "(expires_at IS NULL OR expires_at > {now})";

fn values(line: &CartLine) -> Vec<Value> {
    let CartLine { id, choice, quantity } = line;
    args![
        id.as_str(),
        choice.product.as_str(),
        i64::from(choice.ram.as_gb()),
        choice.os.map_or("", Os::code),
        choice.coupon.as_deref().unwrap_or_default(),
        *quantity,
    ]
    .to_vec()
}

fn read(row: &Row) -> Result<CartLine> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let choice = Choice {
        product: ProductId::parse(row.text(1)?).map_err(inconsistent)?,
        ram: read_ram(row.int(2)?)?,
        os: read_os(some(row.text(3)?).as_deref())?,
        coupon: some(row.text(4)?),
    };
    let id = CartLineId::parse(row.text(0)?).map_err(inconsistent)?;
    Ok(CartLine { id, choice, quantity: row.int(5)? })
}

fn read_id(row: &Row) -> Result<CartId> {
    CartId::parse(row.text(0)?).map_err(inconsistent)
}

fn inconsistent(why: impl ToString) -> StoreError {
    StoreError::Inconsistent { what: "cart", why: why.to_string() }
}
