//! The shop's books: every paid unit is delivered, refunded, credited or owed, and every server
//! that was bought has one owner. Tells what is not so, and changes nothing.

use store::books::{FINDINGS_MAX, QUESTIONS};

pub use store::books::{Finding, Total};

use crate::Engine;
use crate::error::{Error, Result};

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
    /// Checks all books. Each rule is asked for by itself, so nothing is held up meanwhile.
    pub async fn books(&self) -> Result<Books> {
        let mut books = self
            .db()
            .read(|tx| {
                Ok::<_, Error>(Books {
                    rows: vec![],
                    more_of: vec![],
                    orders: tx.count_orders()?,
                    servers: tx.count_servers()?,
                    accounts: tx.totals()?,
                })
            })
            .await?;
        for question in QUESTIONS {
            let found = self.db().read(move |tx| tx.ask_books(question)).await?;
            books.add(question.kind, found);
        }
        books.add("answer-unread", self.answers_unread().await?);
        let outside = self.delivered_outside().await?;
        books.add("outside-its-terms", outside);
        Ok(books)
    }

    async fn answers_unread(&self) -> Result<Vec<Finding>> {
        let unread = self.unread_answers().await?;
        let tell = |(attempt, number): (store::attempt::Attempt, String)| Finding {
            kind: "answer-unread",
            subject: attempt.id.to_string(),
            text: format!("the stored answer to this purchase for {number} was never read"),
        };
        Ok(unread.into_iter().map(tell).collect())
    }

    async fn delivered_outside(&self) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        let mut after = Some(String::new());
        while let Some(from) = after.filter(|_| found.len() < FINDINGS_MAX) {
            let (outside, next) = self.outside_after(&from).await?;
            found.extend(outside.into_iter().map(|one| Finding {
                kind: "outside-its-terms",
                subject: one.server.order.to_string(),
                text: format!("{}: {}", one.server.number, one.why),
            }));
            after = next;
        }
        Ok(found)
    }
}

impl Books {
    fn add(&mut self, kind: &'static str, mut found: Vec<Finding>) {
        if found.len() >= FINDINGS_MAX {
            self.more_of.push(kind);
            found.truncate(FINDINGS_MAX);
        }
        self.rows.extend(found);
    }
}
