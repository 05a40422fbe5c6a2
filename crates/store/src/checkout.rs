//! Checkouts: carts that became orders, and which of those gets how much of one payment. Not for
//! the orders themselves: each of them lives alone.

use domain::clock::Timestamp;
use domain::id::{AccountId, CheckoutId, OrderId, PaymentId};

use crate::db::{Result, Row, Tx};
use crate::order::{COLUMNS as ORDER, Order, inconsistent, order_id, read as read_order};
use crate::payment::{COLUMNS, Payment, read as read_payment};
use crate::wallet::{account_id, set_aside};

/// A checkout as its row has it, with its orders in the order of the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRow {
    pub id: CheckoutId,
    pub account: AccountId,
    pub created_at: Timestamp,
    pub orders: Vec<OrderId>,
}

/// What one order gets of a payment, in the payment's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub order: OrderId,
    pub minor: i64,
}

impl Tx<'_> {
    /// Notes that some orders were made together.
    pub fn insert_checkout(
        &mut self,
        id: &CheckoutId,
        account: &AccountId,
        orders: &[OrderId],
    ) -> Result<()> {
        self.later(
            "INSERT INTO checkout (id, account_id, created_at) VALUES ($1, $2, {now})",
            args![id.as_str(), account.as_str()],
        )?;
        for (line, order) in (0_i64..).zip(orders) {
            self.later(
                "INSERT INTO checkout_order (checkout_id, line, order_id) VALUES ($1, $2, $3)",
                args![id.as_str(), line, order.as_str()],
            )?;
        }
        Ok(())
    }

    pub fn lookup_checkout(&mut self, id: &CheckoutId) -> Result<Option<CheckoutRow>> {
        let rows = self.rows(
            "SELECT c.account_id, c.created_at, m.order_id FROM checkout c \
             LEFT JOIN checkout_order m ON m.checkout_id = c.id WHERE c.id = $1 ORDER BY m.line",
            args![id.as_str()],
        )?;
        let Some(first) = rows.first() else { return Ok(None) };
        let orders = rows.iter().filter_map(|row| row.opt_text(2).transpose());
        Ok(Some(CheckoutRow {
            id: id.clone(),
            account: account_id(first.text(0)?)?,
            created_at: first.time(1)?,
            orders: orders.map(|id| order_id(id?)).collect::<Result<_>>()?,
        }))
    }

    /// The orders of a checkout, in the order of the cart.
    pub fn orders_together(&mut self, id: &CheckoutId) -> Result<Vec<Order>> {
        let sql = format!(
            "SELECT {ORDER} FROM orders JOIN checkout_order c ON c.order_id = orders.id \
             WHERE c.checkout_id = $1 ORDER BY c.line"
        );
        self.rows(&sql, args![id.as_str()])?.iter().map(read_order).collect()
    }

    /// What wallets have put aside for the orders of a checkout that are not paid.
    pub fn set_aside_together(&mut self, id: &CheckoutId) -> Result<i64> {
        let which = "c.order_id IN (SELECT o.id FROM checkout_order m JOIN orders o \
             ON o.id = m.order_id WHERE m.checkout_id = $1 AND o.stage = 'unpaid')";
        let row = self.lookup(&set_aside(which), args![id.as_str()])?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// The checkout that an order was made in.
    pub fn checkout_of(&mut self, order: &OrderId) -> Result<Option<CheckoutId>> {
        let row = self.lookup(
            "SELECT checkout_id FROM checkout_order WHERE order_id = $1",
            args![order.as_str()],
        )?;
        row.map(|row| checkout_id(row.text(0)?)).transpose()
    }

    /// The payments for what was unpaid of a checkout, oldest first.
    pub fn payments_for_checkout(&mut self, id: &CheckoutId) -> Result<Vec<Payment>> {
        let sql = format!("SELECT {COLUMNS} FROM payment WHERE checkout_id = $1 ORDER BY id");
        self.rows(&sql, args![id.as_str()])?.iter().map(read_payment).collect()
    }

    /// Writes down which order gets how much of a payment, with the payment itself.
    pub fn insert_shares(&mut self, payment: &PaymentId, shares: &[Share]) -> Result<()> {
        for (at, share) in (0_i64..).zip(shares) {
            self.later(
                "INSERT INTO payment_share (payment_id, share, order_id, amount_minor) \
                 VALUES ($1, $2, $3, $4)",
                args![payment.as_str(), at, share.order.as_str(), share.minor],
            )?;
        }
        Ok(())
    }

    /// Which order gets how much of a payment; nothing where it is not for several.
    pub fn shares(&mut self, payment: &PaymentId) -> Result<Vec<Share>> {
        let rows = self.rows(
            "SELECT order_id, amount_minor FROM payment_share WHERE payment_id = $1 ORDER BY share",
            args![payment.as_str()],
        )?;
        let read = |row: &Row| Ok(Share { order: order_id(row.text(0)?)?, minor: row.int(1)? });
        rows.iter().map(read).collect()
    }
}

/// Reads a checkout's id out of a row.
pub(crate) fn checkout_id(text: &str) -> Result<CheckoutId> {
    CheckoutId::parse(text).map_err(|error| inconsistent("checkout", error))
}
