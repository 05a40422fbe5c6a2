//! The books as a worker has counted them, for pages and programs: each row with its order. Not
//! for what is asked: that is the folder's head.

use domain::id::OrderId;
use domain::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use store::db::Tx;
use store::report::Part;

use super::{Books, Total};
use crate::report::{Answer, Question, Told, Wish};
use crate::{Engine, Error, Result};

/// So many rows are named by the first page; it tells how many there are of each kind.
pub const NAMED_MAX: usize = 50;
/// Orders are looked up for so many rows at once.
const TOGETHER: usize = 500;

/// A rule that is broken, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    pub kind: String,
    pub count: usize,
    /// There are more of them than were counted.
    pub is_more: bool,
}

/// A row that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub kind: String,
    pub subject: String,
    pub text: String,
    /// The order that it is about, with its number, where there is one.
    pub order: Option<(OrderId, String)>,
}

/// What a look into the books has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub orders: Vec<(String, i64)>,
    pub servers: Vec<(String, i64)>,
    pub accounts: Vec<Total>,
    pub broken: Vec<Broken>,
    /// All of them, or the first.
    pub rows: Vec<Missing>,
}

#[derive(Serialize, Deserialize)]
struct KeptRow {
    kind: String,
    subject: String,
    text: String,
    order: Option<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    orders: Vec<(String, i64)>,
    servers: Vec<(String, i64)>,
    /// What stands on each in minor units, and in which currency.
    accounts: Vec<(String, i64, String)>,
    broken: Vec<Broken>,
    rows: Vec<KeptRow>,
}

impl Engine {
    /// The books as they were counted last, with the first rows.
    pub async fn books_counted(&self) -> Result<Told<Checked>> {
        self.books_in(Part::Summary).await
    }

    /// The books as they were counted last, with all rows.
    pub async fn all_books_counted(&self) -> Result<Told<Checked>> {
        self.books_in(Part::Whole).await
    }

    async fn books_in(&self, part: Part) -> Result<Told<Checked>> {
        let reports = self.ask(&[Question::Books], (part, Wish::Good)).await?;
        Told::of(reports.into_iter().next().unwrap_or_default(), read)
    }

    /// Has the books counted anew, whatever is known of them.
    pub async fn count_books_anew(&self) -> Result<()> {
        self.ask(&[Question::Books], (Part::Summary, Wish::Anew)).await.map(drop)
    }
}

/// Counts the books.
pub(crate) fn count(engine: &Engine, tx: &mut Tx<'_>) -> Result<Answer> {
    let books = Books::count(engine, tx)?;
    let mut broken: Vec<Broken> = Vec::new();
    for row in &books.rows {
        match broken.last_mut().filter(|last| last.kind == row.kind) {
            Some(last) => last.count += 1,
            None => {
                let is_more = books.more_of.contains(&row.kind);
                broken.push(Broken { kind: row.kind.to_owned(), count: 1, is_more });
            }
        }
    }
    let mut rows = Vec::with_capacity(books.rows.len());
    for some in books.rows.chunks(TOGETHER) {
        let subjects: Vec<String> = some.iter().map(|row| row.subject.clone()).collect();
        let orders = tx.orders_behind(&subjects)?;
        rows.extend(some.iter().map(|row| KeptRow {
            kind: row.kind.to_owned(),
            subject: row.subject.clone(),
            text: row.text.clone(),
            order: orders.get(&row.subject).map(|(id, number)| (id.to_string(), number.clone())),
        }));
    }
    let account =
        |total: Total| (total.account, total.amount.minor, total.amount.currency.code().to_owned());
    let mut kept = Kept {
        orders: books.orders,
        servers: books.servers,
        accounts: books.accounts.into_iter().map(account).collect(),
        broken,
        rows,
    };
    let whole = written(&kept)?;
    kept.rows.truncate(NAMED_MAX);
    Ok(Answer { summary: written(&kept)?, whole })
}

fn written(kept: &Kept) -> Result<String> {
    serde_json::to_string(kept).map_err(|error| Error::Bug(error.to_string()))
}

fn read(text: &str) -> Result<Checked> {
    let unreadable = |error: String| Error::Bug(format!("kept books cannot be read: {error}"));
    let kept: Kept = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    let order_id = |id: &str| OrderId::parse(id).map_err(|e| unreadable(e.to_string()));
    let account = |(account, minor, currency): (String, i64, String)| {
        let currency = Currency::parse(&currency).map_err(|e| unreadable(e.to_string()))?;
        Ok::<_, Error>(Total { account, amount: Money::new(minor, currency) })
    };
    let row = |row: KeptRow| {
        let order = row.order.map(|(id, number)| Ok::<_, Error>((order_id(&id)?, number)));
        let KeptRow { kind, subject, text, .. } = row;
        Ok::<_, Error>(Missing { kind, subject, text, order: order.transpose()? })
    };
    Ok(Checked {
        orders: kept.orders,
        servers: kept.servers,
        accounts: kept.accounts.into_iter().map(account).collect::<Result<_>>()?,
        broken: kept.broken,
        rows: kept.rows.into_iter().map(row).collect::<Result<_>>()?,
    })
}
