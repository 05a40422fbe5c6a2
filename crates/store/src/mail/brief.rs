//! A mail in one line: to whom, about what, and what became of it. Not for what it says.

use domain::clock::Timestamp;

use super::State;
use crate::db::{Part, Result, Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLine {
    pub id: i64,
    pub kind: String,
    pub email: String,
    pub state: State,
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

pub(crate) const OF_ORDER: Part<'static> = Part {
    columns: "id, kind, email, state, error, created_at, sent_at",
    from: "mail",
    which: "order_id = $1",
    order: "id",
};

pub(crate) fn read(row: &Row) -> Result<MailLine> {
    Ok(MailLine {
        id: row.int(0)?,
        kind: row.text(1)?.into(),
        email: row.text(2)?.into(),
        state: State::read(row.text(3)?)?,
        error: row.opt_text(4)?.map(Into::into),
        created_at: row.time(5)?,
        sent_at: row.opt_time(6)?,
    })
}
