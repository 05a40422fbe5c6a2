//! Charge-backs: one row for each order that the disputed movement paid. Written under its lock.

mod top_up;

use domain::clock::Timestamp;
use domain::dispute::State;
use domain::id::OrderId;
use domain::money::Money;

use crate::db::{Part, Result, Row, StoreError, Tx};
use crate::order::{order_id, read_currency};

pub use top_up::TopUpDispute;

/// What one charge-back takes of an order's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub gateway: String,
    /// The gateway's number of it, or the bank's.
    pub id: String,
    pub order: OrderId,
    /// The movement that is taken back.
    pub gateway_payment: String,
    pub amount: Money,
    pub state: State,
    pub opened_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

pub struct NewDispute<'a> {
    pub gateway: &'a str,
    pub id: &'a str,
    pub order: &'a OrderId,
    pub gateway_payment: &'a str,
    pub amount: Money,
    pub state: State,
}

const COLUMNS: &str = "gateway, id, order_id, gateway_payment, amount_minor, currency, state, \
     opened_at, ended_at";
pub(crate) const OF_ORDER: Part<'static> = Part {
    columns: COLUMNS,
    from: "dispute",
    which: "order_id = $1",
    order: "opened_at, gateway, id",
};

impl Tx<'_> {
    /// Writes down what a dispute takes of an order's money; false when it is known.
    pub fn insert_dispute(&mut self, new: &NewDispute<'_>) -> Result<bool> {
        let inserted = self.run(
            "INSERT INTO dispute (gateway, id, order_id, gateway_payment, amount_minor, currency, \
             state, opened_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, \
             CASE WHEN CAST($7 AS TEXT) = 'open' THEN NULL ELSE {now} END) \
             ON CONFLICT (gateway, id, order_id) DO NOTHING",
            args![
                new.gateway,
                new.id,
                new.order.as_str(),
                new.gateway_payment,
                new.amount.minor,
                new.amount.currency.code(),
                new.state.as_str(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Ends a dispute that is open, for one order; false when it is not.
    pub fn end_dispute(&mut self, of: &Dispute, state: State) -> Result<bool> {
        let ended = self.run(
            "UPDATE dispute SET state = $4, ended_at = {now} \
             WHERE gateway = $1 AND id = $2 AND order_id = $3 AND state = 'open'",
            args![&of.gateway, &of.id, of.order.as_str(), state.as_str()],
        )?;
        Ok(ended == 1)
    }

    /// The disputes of one order, oldest first.
    pub fn disputes(&mut self, order: &OrderId) -> Result<Vec<Dispute>> {
        self.rows(&OF_ORDER.alone(), args![order.as_str()])?.iter().map(read).collect()
    }

    /// One dispute, with what it takes of each order.
    pub fn dispute(&mut self, gateway: &str, id: &str) -> Result<Vec<Dispute>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM dispute WHERE gateway = $1 AND id = $2 ORDER BY order_id"
        );
        self.rows(&sql, args![gateway, id])?.iter().map(read).collect()
    }

    /// Whether somebody's bank is about to take a movement back.
    pub fn is_disputed(&mut self, gateway: &str, gateway_payment: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT id FROM dispute WHERE gateway = $1 AND gateway_payment = $2 \
             AND state = 'open' LIMIT 1",
            args![gateway, gateway_payment],
        )?;
        Ok(row.is_some())
    }
}

pub(crate) fn read(row: &Row) -> Result<Dispute> {
    Ok(Dispute {
        gateway: row.text(0)?.into(),
        id: row.text(1)?.into(),
        order: order_id(row.text(2)?)?,
        gateway_payment: row.text(3)?.into(),
        amount: Money::new(row.int(4)?, read_currency(row.text(5)?)?),
        state: read_state(row.text(6)?)?,
        opened_at: row.time(7)?,
        ended_at: row.opt_time(8)?,
    })
}

fn read_state(word: &str) -> Result<State> {
    State::parse(word).ok_or_else(|| StoreError::Inconsistent {
        what: "dispute",
        why: format!("unknown state {word:?}"),
    })
}
