//! Tax invoices and credit notes: what is due one, numbers without a gap, and papers read back.
//! Not for what a paper says: that is made from rules in `domain::paper`.

mod record;
mod statement;

use std::collections::HashMap;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId, PaperId};
use domain::ledger::Entry;
use domain::money::Currency;
use domain::paper::{Buyer, Kind, Paper, Sums};

use crate::account::id_of;
use crate::db::{Part, Result, Row, StoreError, Tx, Value, places};
use crate::order::{Order, inconsistent, order_id, read_currency};
use crate::party;

pub use statement::{Moved, StatementRow};

/// An entry of the ledger that has no paper yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub cause: String,
    pub order: OrderId,
    pub at: Timestamp,
}

/// What a paper is made of.
#[derive(Clone, Debug)]
pub struct Source {
    pub due: Due,
    pub order: Order,
    pub buyer: Buyer,
    /// As the entry moved it: below zero where it takes back.
    pub sums: Sums,
    pub currency: Currency,
}

/// A paper with the entry that it is about.
#[derive(Clone, Debug)]
pub struct NewPaper {
    pub paper: Paper,
    pub cause: String,
}

const COLUMNS: &str = "id, kind, series, number, order_id, account_id, at, currency, net_minor, \
     igst_minor, cgst_minor, sgst_minor, rounding_minor, content";
pub(crate) const OF_ORDER: Part<'static> =
    Part { columns: COLUMNS, from: "paper", which: "order_id = $1", order: "at, id" };
const BEFORE: &str = "(at, id) < (SELECT at, id FROM paper WHERE id = $1)";

impl Tx<'_> {
    /// Notes that an entry of an order is due a paper, where it is.
    pub(crate) fn note_paper_due(
        &mut self,
        order: &OrderId,
        entry: &Entry,
        at: Timestamp,
    ) -> Result<()> {
        if entry.sold() == 0 {
            return Ok(());
        }
        self.later(
            "INSERT INTO paper_due (cause, order_id, at) VALUES ($1, $2, $3)",
            args![&entry.cause, order.as_str(), at],
        )
    }

    /// Whether there is anything to number. Cheap; only `lock_papers_due` decides.
    pub fn are_papers_due(&mut self, settled_for: Duration) -> Result<bool> {
        let sql = "SELECT cause FROM paper_due WHERE at <= {now} - CAST($1 AS BIGINT) LIMIT 1";
        Ok(self.lookup(sql, args![settled_for])?.is_some())
    }

    /// The oldest entries without a paper, locked: whoever else wants to number them waits, and
    /// then finds them gone.
    pub fn lock_papers_due(&mut self, settled_for: Duration, limit: i64) -> Result<Vec<Due>> {
        let rows = self.rows(
            "SELECT cause, order_id, at FROM paper_due WHERE at <= {now} - CAST($1 AS BIGINT) \
             ORDER BY at, cause LIMIT $2{lock}",
            args![settled_for, limit],
        )?;
        let read = |row: &Row| {
            let (cause, order) = (row.text(0)?.into(), order_id(row.text(1)?)?);
            Ok(Due { cause, order, at: row.time(2)? })
        };
        rows.iter().map(read).collect()
    }

    /// What papers are made of, in the same order.
    pub fn paper_sources(&mut self, dues: Vec<Due>) -> Result<Vec<Source>> {
        let ids: Vec<OrderId> = dues.iter().map(|due| due.order.clone()).collect();
        let orders = self.orders_of_ids(&ids)?;
        let orders: HashMap<_, _> =
            orders.into_iter().map(|order| (order.id.clone(), order)).collect();
        let buyers = self.buyers_of(&ids)?;
        let sums = self.sums_of(&ids)?;
        let source = |due: Due| {
            let missing = |what: &str| inconsistent("paper", format!("{what} of {}", due.cause));
            let order = orders.get(&due.order).ok_or_else(|| missing("no order"))?.clone();
            let buyer = buyers.get(&due.order).ok_or_else(|| missing("no buyer"))?.clone();
            let (sums, currency) = *sums.get(&due.cause).ok_or_else(|| missing("no entry"))?;
            Ok(Source { due, order, buyer, sums, currency })
        };
        dues.into_iter().map(source).collect()
    }

    /// Whom a paper for each of these orders is for, by what is known now.
    pub fn buyers_of(&mut self, orders: &[OrderId]) -> Result<HashMap<OrderId, Buyer>> {
        let rows = self.rows_of(
            "SELECT p.name, p.street, p.city, p.postcode, p.place, p.gstin, o.id, a.name, \
             COALESCE(a.claim, a.email) FROM orders o JOIN account a ON a.id = o.account_id \
             LEFT JOIN party p ON p.id = a.id WHERE o.id IN",
            orders,
            "",
        )?;
        let read = |row: &Row| {
            let address = row.opt_text(0)?.map(|_| party::read(row)).transpose()?;
            let (name, email) = (row.text(7)?.into(), row.text(8)?.into());
            Ok((order_id(row.text(6)?)?, Buyer { name, email, address }))
        };
        rows.iter().map(read).collect()
    }

    /// What each entry of some orders moved of what they were sold for.
    fn sums_of(&mut self, orders: &[OrderId]) -> Result<HashMap<String, (Sums, Currency)>> {
        let rows = self.rows_of(
            "SELECT cause, account, amount_minor, currency FROM ledger WHERE order_id IN",
            orders,
            "ORDER BY id",
        )?;
        let mut all: HashMap<String, (Sums, Currency)> = HashMap::new();
        for row in &rows {
            let currency = read_currency(row.text(3)?)?;
            let (sums, _) =
                all.entry(row.text(0)?.to_owned()).or_insert((Sums::default(), currency));
            let came = -row.int(2)?;
            match row.text(1)? {
                "revenue" => sums.net += came,
                "rounding" => sums.rounding += came,
                "tax:igst" => sums.igst += came,
                "tax:cgst" => sums.cgst += came,
                "tax:sgst" => sums.sgst += came,
                account if account.starts_with("prepaid:") => sums.net += came,
                account if account.starts_with("tax:") => {
                    return Err(inconsistent("ledger", format!("account {account:?}")));
                }
                _ => {}
            }
        }
        Ok(all)
    }

    /// Takes so many numbers of a series, and tells the first. Undone with its transaction, so
    /// that none is ever left out.
    pub fn take_paper_numbers(&mut self, series: &str, count: i64) -> Result<i64> {
        let row = self.lookup(
            "INSERT INTO paper_series (series, given) VALUES ($1, $2) \
             ON CONFLICT (series) DO UPDATE SET given = paper_series.given + excluded.given \
             RETURNING given",
            args![series, count],
        )?;
        let given = row.ok_or_else(|| inconsistent("series", series))?.int(0)?;
        Ok(given - count + 1)
    }

    /// Writes papers for ever, and takes their entries off what is due.
    pub fn insert_papers(&mut self, new: &[NewPaper]) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let now = self.now()?;
        let mut values: Vec<Value> = Vec::with_capacity(new.len() * 16);
        for NewPaper { paper, cause } in new {
            let Sums { net, igst, cgst, sgst, rounding } = paper.sums;
            let content = record::written(&paper.content)?;
            values.extend_from_slice(args![
                paper.id.as_str(),
                paper.kind.as_str(),
                &paper.series,
                paper.count,
                cause,
                paper.order.as_str(),
                paper.account.as_str(),
                paper.at,
                now,
                net,
                igst,
                cgst,
                sgst,
                rounding,
                paper.currency.code(),
                content
            ]);
        }
        self.later(
            &format!(
                "INSERT INTO paper (id, kind, series, number, cause, order_id, account_id, at, \
                 numbered_at, net_minor, igst_minor, cgst_minor, sgst_minor, rounding_minor, \
                 currency, content) VALUES {}",
                places(new.len(), 16)
            ),
            &values,
        )?;
        let causes: Vec<Value> = new.iter().map(|one| one.cause.as_str().into()).collect();
        self.later(
            &format!("DELETE FROM paper_due WHERE cause IN {}", places(1, causes.len())),
            &causes,
        )
    }

    /// What the ledger booked as tax from one moment until before another.
    pub fn tax_booked(
        &mut self,
        (from, until): (Timestamp, Timestamp),
        currency: Currency,
    ) -> Result<Sums> {
        let rows = self.rows(
            "SELECT account, CAST(-SUM(amount_minor) AS BIGINT) FROM ledger \
             WHERE account IN ('tax:igst', 'tax:cgst', 'tax:sgst') AND at >= $1 AND at < $2 \
             AND currency = $3 GROUP BY account",
            args![from, until, currency.code()],
        )?;
        let mut sums = Sums::default();
        for row in &rows {
            match row.text(0)? {
                "tax:igst" => sums.igst = row.int(1)?,
                "tax:cgst" => sums.cgst = row.int(1)?,
                _ => sums.sgst = row.int(1)?,
            }
        }
        Ok(sums)
    }

    /// How many entries from one moment until before another still wait for their papers.
    pub fn count_papers_due(&mut self, (from, until): (Timestamp, Timestamp)) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM paper_due WHERE at >= $1 AND at < $2";
        let row = self.lookup(sql, args![from, until])?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    pub fn lookup_paper(&mut self, id: &PaperId) -> Result<Option<Paper>> {
        let sql = format!("SELECT {COLUMNS} FROM paper WHERE id = $1");
        self.lookup(&sql, args![id.as_str()])?.map(|row| read_paper(&row)).transpose()
    }

    /// The papers of some orders, oldest first.
    pub fn papers_of(&mut self, orders: &[OrderId]) -> Result<Vec<Paper>> {
        let sql = format!("SELECT {COLUMNS} FROM paper WHERE order_id IN");
        self.rows_of(&sql, orders, "ORDER BY at, id")?.iter().map(read_paper).collect()
    }

    /// A customer's papers, or everybody's, newest first, behind one of them.
    pub fn papers(
        &mut self,
        account: Option<&AccountId>,
        after: Option<&PaperId>,
        limit: i64,
    ) -> Result<Vec<Paper>> {
        let mut sql = format!("SELECT {COLUMNS} FROM paper WHERE ");
        sql.push_str(if after.is_some() { BEFORE } else { "$1 = ''" });
        if account.is_some() {
            sql.push_str(" AND account_id = $3");
        }
        sql.push_str(" ORDER BY at DESC, id DESC LIMIT $2");
        let mut values = vec![after.map_or("", PaperId::as_str).into(), limit.into()];
        values.extend(account.map(|account| Value::from(account.as_str())));
        self.rows(&sql, &values)?.iter().map(read_paper).collect()
    }

    /// Papers from one moment until before another, oldest first, behind one of them.
    pub fn papers_between(
        &mut self,
        (from, until): (Timestamp, Timestamp),
        after: Option<(Timestamp, PaperId)>,
        limit: i64,
    ) -> Result<Vec<Paper>> {
        let (at, id) = match &after {
            Some((at, id)) => (*at, id.as_str()),
            None => (from, ""),
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM paper WHERE at >= $1 AND at < $2 AND (at, id) > ($3, $4) \
             ORDER BY at, id LIMIT $5"
        );
        self.rows(&sql, args![from, until, at, id, limit])?.iter().map(read_paper).collect()
    }
}

pub(crate) fn read_paper(row: &Row) -> Result<Paper> {
    let bad = |why: String| StoreError::Inconsistent { what: "paper", why };
    let kind = row.text(1)?;
    Ok(Paper {
        id: PaperId::parse(row.text(0)?).map_err(|error| bad(error.to_string()))?,
        kind: Kind::parse(kind).ok_or_else(|| bad(format!("unknown kind {kind:?}")))?,
        series: row.text(2)?.into(),
        count: row.int(3)?,
        order: order_id(row.text(4)?)?,
        account: id_of(row.text(5)?)?,
        at: row.time(6)?,
        currency: read_currency(row.text(7)?)?,
        sums: Sums {
            net: row.int(8)?,
            igst: row.int(9)?,
            cgst: row.int(10)?,
            sgst: row.int(11)?,
            rounding: row.int(12)?,
        },
        content: record::read(row.text(13)?)?,
    })
}
