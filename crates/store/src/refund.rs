//! Money that goes back: what is left to give back of what came in, and each movement's own life.
//! All of it is read and changed under the order's lock.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{OrderId, RefundId};
use domain::money::{Currency, Money};
use domain::refund::{Event, State, after};

use crate::db::{Part, Result, Row, StoreError, Tx};
use crate::order::{order_id, read_currency};

/// One movement of money back to a customer.
#[derive(Clone, Debug)]
pub struct Refund {
    pub id: RefundId,
    pub order: OrderId,
    pub gateway: String,
    /// The movement that is given back, and our payment that it was for.
    pub gateway_payment: String,
    pub payment: Option<String>,
    pub amount: Money,
    pub state: State,
    pub note: String,
    pub gateway_refund: Option<String>,
    pub reference: Option<String>,
    pub reason: Option<String>,
    /// It goes into the customer's wallet, and not by its gateway.
    pub to_wallet: bool,
    pub planned_at: Timestamp,
    pub requested_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

pub struct NewRefund<'a> {
    pub id: &'a RefundId,
    pub order: &'a OrderId,
    pub capture: &'a Returnable,
    pub amount: Money,
    pub state: State,
    pub note: &'a str,
}

/// What came in for an order by one movement, and how much of it may still go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returnable {
    pub gateway: String,
    pub gateway_payment: String,
    pub left: Money,
}

/// What came in for an order in its own currency, and what is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub order: OrderId,
    pub captured_minor: i64,
    pub returned_minor: i64,
}

/// What a gateway or staff said of a refund.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word<'a> {
    pub gateway_refund: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub reason: Option<&'a str>,
}

const COLUMNS: &str = "r.id, r.order_id, r.gateway, r.gateway_payment, c.payment_id, \
     r.amount_minor, r.currency, r.state, r.note, r.gateway_refund, r.reference, \
     r.reason, r.planned_at, r.requested_at, r.ended_at, r.to_wallet";
const FROM: &str = "refund r JOIN capture c ON c.gateway = r.gateway \
     AND c.gateway_payment = r.gateway_payment AND c.order_id = r.order_id";
pub(crate) const OF_ORDER: Part<'static> =
    Part { columns: COLUMNS, from: FROM, which: "r.order_id = $1", order: "r.id" };
/// What an order's customer is owed and is not on its way to them, by currency.
pub(crate) const OWED: Part<'static> = Part {
    columns: "t.currency, CAST(SUM(t.amount) AS BIGINT)",
    from: "(SELECT currency, -amount_minor AS amount FROM ledger \
             WHERE order_id = $1 AND account LIKE 'owed:%' UNION ALL \
           SELECT currency, -amount_minor FROM refund \
             WHERE order_id = $1 AND state IN ('planned', 'requested', 'pending', 'by_hand')) t",
    which: "t.amount <> 0 GROUP BY t.currency HAVING SUM(t.amount) > 0",
    order: "t.currency",
};
/// What came in for an order in its own currency and what is back, where anything is.
const RETURNED: Part<'static> = Part {
    columns: "r.order_id, CAST((SELECT SUM(c.amount_minor) FROM capture c \
              WHERE c.order_id = r.order_id AND c.currency = r.currency) AS BIGINT), \
              CAST(SUM(r.amount_minor) AS BIGINT)",
    from: "refund r JOIN orders o ON o.id = r.order_id AND o.currency = r.currency",
    which: "r.state IN ('done', 'paid_by_hand') AND r.order_id",
    order: "r.order_id",
};
const EACH: &str = "GROUP BY r.order_id, r.currency";
pub(crate) const RETURNED_OF_ORDER: Part<'static> = Part {
    which: "r.state IN ('done', 'paid_by_hand') AND r.order_id = $1 \
            GROUP BY r.order_id, r.currency",
    ..RETURNED
};

impl Tx<'_> {
    /// Writes a refund down before anybody is asked.
    pub fn insert_refund(&mut self, new: &NewRefund<'_>) -> Result<()> {
        self.later(
            "INSERT INTO refund (id, order_id, gateway, gateway_payment, amount_minor, currency, \
             state, note, requests, refusals, planned_at, account_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, {now}, \
             (SELECT account_id FROM orders WHERE id = $2))",
            args![
                new.id.as_str(),
                new.order.as_str(),
                &new.capture.gateway,
                &new.capture.gateway_payment,
                new.amount.minor,
                new.amount.currency.code(),
                new.state.as_str(),
                new.note,
            ],
        )
    }

    pub fn lookup_refund(&mut self, id: &RefundId) -> Result<Option<Refund>> {
        let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE r.id = $1");
        self.lookup(&sql, args![id.as_str()])?.map(|row| read(&row)).transpose()
    }

    /// The refunds of one order, oldest first.
    pub fn refunds(&mut self, order: &OrderId) -> Result<Vec<Refund>> {
        self.rows(&OF_ORDER.alone(), args![order.as_str()])?.iter().map(read).collect()
    }

    /// Moves a refund by an event, from where it was read and from nowhere else.
    pub fn move_refund(&mut self, refund: &Refund, event: Event, word: &Word<'_>) -> Result<State> {
        let to = after(refund.state, event).map_err(|refused| StoreError::Inconsistent {
            what: "refund",
            why: refused.to_string(),
        })?;
        self.later_one(
            "UPDATE refund SET state = $3, gateway_refund = COALESCE($4, gateway_refund), \
             reference = COALESCE($5, reference), reason = $6, \
             to_wallet = CASE WHEN CAST($7 AS BIGINT) = 1 THEN 1 ELSE to_wallet END, \
             requested_at = CASE WHEN $3 = 'requested' THEN {now} ELSE requested_at END, \
             ended_at = CASE WHEN $3 IN ('done', 'paid_by_hand', 'failed') THEN {now} END \
             WHERE id = $1 AND state = $2",
            args![
                refund.id.as_str(),
                refund.state.as_str(),
                to.as_str(),
                word.gateway_refund,
                word.reference,
                word.reason,
                i64::from(event == Event::Credited),
            ],
            "the refund",
        )?;
        Ok(to)
    }

    /// Commits the right to ask once more. Of requests that are too old to arrive any more only
    /// the gateway's own word counts: those are forgotten.
    pub fn request_refund(&mut self, refund: &Refund, lands_within: Duration) -> Result<()> {
        self.move_refund(refund, Event::Requested, &Word::default())?;
        let now = self.now()?;
        let is_old = refund.requested_at.is_none_or(|at| at < now - lands_within);
        let counts = match is_old {
            true => "requests = 1, refusals = 0",
            false => "requests = requests + 1",
        };
        self.later_one(
            &format!("UPDATE refund SET {counts} WHERE id = $1"),
            args![refund.id.as_str()],
            "the refund",
        )
    }

    /// Counts a certain refusal, and tells how many there were, of how many requests.
    pub fn count_refusal(&mut self, id: &RefundId, reason: &str) -> Result<(i64, i64)> {
        let row = self.lookup(
            "UPDATE refund SET refusals = refusals + 1, reason = $2 \
             WHERE id = $1 AND state = 'requested' RETURNING refusals, requests",
            args![id.as_str(), reason],
        )?;
        let row = row.ok_or(StoreError::Stale("the refund"))?;
        Ok((row.int(0)?, row.int(1)?))
    }

    /// Whether a payment of staff's own was entered before.
    pub fn is_reference_used(&mut self, reference: &str) -> Result<bool> {
        let sql = "SELECT id FROM refund WHERE reference = $1";
        Ok(self.lookup(sql, args![reference])?.is_some())
    }

    /// What came in for an order in one currency, newest first and out of a wallet last, less what
    /// went back or is to, and what the payer's bank has taken.
    pub fn returnable(&mut self, order: &OrderId, currency: Currency) -> Result<Vec<Returnable>> {
        let rows = self.rows(
            "SELECT c.gateway, c.gateway_payment, CAST(c.amount_minor - COALESCE((\
             SELECT SUM(r.amount_minor) FROM refund r WHERE r.gateway = c.gateway \
               AND r.gateway_payment = c.gateway_payment AND r.order_id = c.order_id \
               AND r.state <> 'failed'), 0) \
             - COALESCE((SELECT SUM(d.amount_minor) FROM dispute d WHERE d.gateway = c.gateway \
               AND d.gateway_payment = c.gateway_payment AND d.order_id = c.order_id \
               AND d.state <> 'won'), 0) AS BIGINT) \
             FROM capture c WHERE c.order_id = $1 AND c.currency = $2 \
             ORDER BY CASE WHEN c.gateway = 'wallet' THEN 1 ELSE 0 END, c.at DESC, \
             c.gateway_payment DESC",
            args![order.as_str(), currency.code()],
        )?;
        let read = |row: &Row| {
            Ok(Returnable {
                gateway: row.text(0)?.into(),
                gateway_payment: row.text(1)?.into(),
                left: Money::new(row.int(2)?, currency),
            })
        };
        rows.iter().map(read).collect()
    }

    /// What an order's customer is owed and is not on its way to them, by currency.
    pub fn owed_and_unsent(&mut self, order: &OrderId) -> Result<Vec<Money>> {
        let rows = self.rows(&OWED.alone(), args![order.as_str()])?;
        rows.iter().map(read_owed).collect()
    }

    /// What came in and what is back, of those among some orders of which anything is back.
    pub fn returned_of(&mut self, orders: &[OrderId]) -> Result<Vec<Returned>> {
        let Part { columns, from, which, .. } = RETURNED;
        let sql = format!("SELECT {columns} FROM {from} WHERE {which} IN");
        self.rows_of(&sql, orders, EACH)?.iter().map(read_returned).collect()
    }
}

pub(crate) fn read_owed(row: &Row) -> Result<Money> {
    Ok(Money::new(row.int(1)?, read_currency(row.text(0)?)?))
}

pub(crate) fn read_returned(row: &Row) -> Result<Returned> {
    Ok(Returned {
        order: order_id(row.text(0)?)?,
        captured_minor: row.int(1)?,
        returned_minor: row.int(2)?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Refund> {
    let bad = |why: String| StoreError::Inconsistent { what: "refund", why };
    let word = row.text(7)?;
    Ok(Refund {
        id: RefundId::parse(row.text(0)?).map_err(|error| bad(error.to_string()))?,
        order: order_id(row.text(1)?)?,
        gateway: row.text(2)?.into(),
        gateway_payment: row.text(3)?.into(),
        payment: row.opt_text(4)?.map(Into::into),
        amount: Money::new(row.int(5)?, read_currency(row.text(6)?)?),
        state: State::parse(word).ok_or_else(|| bad(format!("unknown state {word:?}")))?,
        note: row.text(8)?.into(),
        gateway_refund: row.opt_text(9)?.map(Into::into),
        reference: row.opt_text(10)?.map(Into::into),
        reason: row.opt_text(11)?.map(Into::into),
        planned_at: row.time(12)?,
        requested_at: row.opt_time(13)?,
        ended_at: row.opt_time(14)?,
        to_wallet: row.flag(15)?,
    })
}
