//! The shop's books: every paid unit is delivered, refunded, credited or owed, and every server
//! that was bought has one owner. Tells what is not so, and changes nothing.

mod kept;

use store::books::{FINDINGS_MAX, QUESTIONS};
use store::db::Tx;

pub(crate) use self::kept::count;
pub use self::kept::{Broken, Checked, Missing, NAMED_MAX};
pub use store::books::{Finding, Total};

use crate::Engine;
use crate::error::Result;
use crate::reconcile::audit;

/// What a look into the books found.
#[derive(Clone, Debug)]
pub struct Books {
    /// The rows that break a rule; none, and all is accounted for.
    pub rows: Vec<Finding>,
    /// Kinds of which there are more rows than are told.
    pub more_of: Vec<&'static str>,
    /// How many orders stand where.
    pub orders: Vec<(String, i64)>,
    /// How many servers stand where.
    pub servers: Vec<(String, i64)>,
    /// What stands on the accounts. Debits are positive, credits negative.
    pub accounts: Vec<Total>,
}

impl Books {
    pub fn are_in_order(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Engine {
    /// Checks all books, on the thread that counts: it holds up nobody.
    pub async fn books(&self) -> Result<Books> {
        let engine = self.clone();
        self.db().count(move |tx| Books::count(&engine, tx)).await
    }
}

impl Books {
    pub(crate) fn count(engine: &Engine, tx: &mut Tx<'_>) -> Result<Books> {
        let mut books = Books {
            rows: vec![],
            more_of: vec![],
            orders: tx.count_orders()?,
            servers: tx.count_servers()?,
            accounts: tx.totals()?,
        };
        for question in QUESTIONS {
            books.add(question.kind, tx.ask_books(question)?);
        }
        books.add("answer-unread", answers_unread(engine, tx)?);
        books.add("outside-its-terms", delivered_outside(tx)?);
        Ok(books)
    }

    fn add(&mut self, kind: &'static str, mut found: Vec<Finding>) {
        if found.len() >= FINDINGS_MAX {
            self.more_of.push(kind);
            found.truncate(FINDINGS_MAX);
        }
        self.rows.extend(found);
    }
}

fn answers_unread(engine: &Engine, tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let mut after = Some(String::new());
    while let Some(from) = after.filter(|_| found.len() < FINDINGS_MAX) {
        let (unread, next) = engine.unread_after(tx, &from)?;
        found.extend(unread.into_iter().map(|(attempt, number)| Finding {
            kind: "answer-unread",
            subject: attempt.id.to_string(),
            text: format!("the stored answer to this purchase for {number} was never read"),
        }));
        after = next;
    }
    Ok(found)
}

fn delivered_outside(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let mut after = Some(String::new());
    while let Some(from) = after.filter(|_| found.len() < FINDINGS_MAX) {
        let page = audit::outside_after(tx, &from)?;
        found.extend(page.outside.into_iter().map(|one| Finding {
            kind: "outside-its-terms",
            subject: one.server.order.to_string(),
            text: format!("{}: {}", one.server.number, one.why),
        }));
        after = page.next;
    }
    Ok(found)
}
