//! The ledger: append-only, balanced, each cause once. The balance is a query.

use domain::clock::Timestamp;
use domain::id::OrderId;
use domain::ledger::{Account, Entry, Posting};
use domain::money::Money;

use crate::db::{Part, Result, Row, StoreError, Tx, Value, places};
use crate::order::{order_id, read_currency};

/// One row of the ledger.
#[derive(Clone, Debug)]
pub struct Booked {
    pub transaction: String,
    pub at: Timestamp,
    pub cause: String,
    pub order: Option<OrderId>,
    pub account: String,
    pub amount: Money,
}

pub(crate) const OF_ORDER: &str = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) \
     FROM ledger WHERE order_id = $1 AND account LIKE $2";

pub(crate) const ROWS: Part<'static> = Part {
    columns: "transaction_id, at, cause, order_id, account, amount_minor, currency",
    from: "ledger",
    which: "order_id = $1",
    order: "id",
};

impl Tx<'_> {
    /// Books an entry, and what follows from it for papers; the same cause a second time is
    /// refused by the table.
    pub fn post(&mut self, order: Option<&OrderId>, entry: &Entry) -> Result<()> {
        let moves_a_wallet = |posting: &Posting| matches!(posting.account, Account::Wallet(_));
        if entry.postings().iter().any(moves_a_wallet) {
            let why = format!("{} moves a wallet beside its balance", entry.cause);
            return Err(StoreError::Inconsistent { what: "ledger", why });
        }
        self.write_entry(order, entry)
    }

    /// Writes the rows of an entry. Of a wallet's only its own room does, with the balance.
    pub(crate) fn write_entry(&mut self, order: Option<&OrderId>, entry: &Entry) -> Result<()> {
        let postings = entry.postings();
        if postings.is_empty() {
            return Ok(());
        }
        let now = self.now()?;
        let mut values: Vec<Value> = Vec::with_capacity(postings.len() * 8);
        for (line, posting) in postings.iter().enumerate() {
            values.push(format!("txn:{}", entry.cause).into());
            values.push(i64::try_from(line).unwrap_or(i64::MAX).into());
            values.push(now.into());
            values.push(entry.cause.as_str().into());
            values.push(order.map(OrderId::as_str).into());
            values.push(posting.account.to_string().into());
            values.push(posting.minor.into());
            values.push(entry.currency.code().into());
        }
        let sql = format!(
            "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, amount_minor, \
             currency) VALUES {}",
            places(postings.len(), 8)
        );
        self.later(&sql, &values)?;
        match order {
            Some(order) => self.note_paper_due(order, entry, now),
            None => Ok(()),
        }
    }

    /// Whether a cause was booked already.
    pub fn is_booked(&mut self, cause: &str) -> Result<bool> {
        let sql = "SELECT id FROM ledger WHERE cause = $1 LIMIT 1";
        Ok(self.lookup(sql, args![cause])?.is_some())
    }

    /// All rows that an order caused, oldest first.
    pub fn ledger_of(&mut self, order: &OrderId) -> Result<Vec<Booked>> {
        self.rows(&ROWS.alone(), args![order.as_str()])?.iter().map(read).collect()
    }

    /// What an order put on accounts that begin with a word, in its minor units.
    pub fn balance_of_order(&mut self, order: &OrderId, prefix: &str) -> Result<i64> {
        let row = self.lookup(OF_ORDER, args![order.as_str(), format!("{prefix}%")])?;
        row.map_or(Ok(0), |row| row.int(0))
    }
}

pub(crate) fn read(row: &Row) -> Result<Booked> {
    Ok(Booked {
        transaction: row.text(0)?.into(),
        at: row.time(1)?,
        cause: row.text(2)?.into(),
        order: row.opt_text(3)?.map(order_id).transpose()?,
        account: row.text(4)?.into(),
        amount: Money::new(row.int(5)?, read_currency(row.text(6)?)?),
    })
}
