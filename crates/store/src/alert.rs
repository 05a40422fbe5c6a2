//! What staff must know, one row per trouble. While a trouble is open it has one row; when it
//! comes back after it was resolved it gets a new one. Resolved rows stay.
//! Not for orders that a person must look at: those are on the list in `attention.rs`.

mod find;

use domain::clock::Timestamp;

pub use find::{Open, State};

use crate::db::{Part, Result, Row, Tx, Value, places};
use crate::named::name_of;

/// An alert, and what people call its subject, where that has a name.
pub type Named = (Alert, Option<String>);

/// A customer asks for the money of an order, which is the subject; its text says why.
pub const REFUND_ASKED: &str = "refund-asked";

/// So many alerts go into one statement.
const TOGETHER_MAX: usize = 50;

/// One trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub id: i64,
    pub kind: String,
    /// What it is about: the id of an order or a product, or a provider.
    pub subject: String,
    pub at: Timestamp,
    pub text: String,
    pub resolved_at: Option<Timestamp>,
}

/// A trouble to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    pub kind: String,
    pub subject: String,
    pub text: String,
}

pub(crate) const ASKED_OF_ORDER: Part<'static> = Part {
    columns: "id, kind, subject, at, text, resolved_at",
    from: "alert",
    which: "kind = 'refund-asked' AND subject = $1 AND resolved_at IS NULL",
    order: "id",
};

impl Tx<'_> {
    /// Tells a trouble, unless it is open already.
    pub fn raise_alert(&mut self, kind: &str, subject: &str, text: &str) -> Result<()> {
        self.later(
            "INSERT INTO alert (kind, subject, at, text) VALUES ($1, $2, {now}, $3) \
             ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING",
            args![kind, subject, text],
        )
    }

    /// Tells many troubles, those that are open already left out.
    pub fn raise_alerts(&mut self, alerts: &[NewAlert]) -> Result<()> {
        for some in alerts.chunks(TOGETHER_MAX) {
            let rows: Vec<String> = (0..some.len())
                .map(|at| format!("(${}, ${}, {{now}}, ${})", at * 3 + 1, at * 3 + 2, at * 3 + 3))
                .collect();
            let values: Vec<Value> = some
                .iter()
                .flat_map(|alert| [&alert.kind, &alert.subject, &alert.text])
                .map(Value::from)
                .collect();
            let sql = format!(
                "INSERT INTO alert (kind, subject, at, text) VALUES {} \
                 ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING",
                rows.join(", ")
            );
            self.later(&sql, &values)?;
        }
        Ok(())
    }

    /// Tells a trouble that is told in the same words again and again, unless it was told before:
    /// whoever has settled it is not told of it anew.
    pub fn raise_alert_once(&mut self, kind: &str, subject: &str, text: &str) -> Result<()> {
        self.later(
            "INSERT INTO alert (kind, subject, at, text) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), {now}, CAST($3 AS TEXT) \
             WHERE NOT EXISTS (SELECT 1 FROM alert t \
               WHERE t.kind = $1 AND t.subject = $2 AND t.text = $3) \
             ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING",
            args![kind, subject, text],
        )
    }

    /// A trouble that is open.
    pub fn open_alert(&mut self, kind: &str, subject: &str) -> Result<Option<Alert>> {
        let row = self.lookup(
            "SELECT id, kind, subject, at, text, resolved_at FROM alert \
             WHERE kind = $1 AND subject = $2 AND resolved_at IS NULL",
            args![kind, subject],
        )?;
        row.map(|row| read(&row)).transpose()
    }

    /// The troubles of one kind that are open, by what they are about.
    pub fn open_alerts_of(&mut self, kind: &str) -> Result<Vec<Alert>> {
        let rows = self.rows(
            "SELECT id, kind, subject, at, text, resolved_at FROM alert \
             WHERE kind = $1 AND resolved_at IS NULL ORDER BY subject",
            args![kind],
        )?;
        rows.iter().map(read).collect()
    }

    /// Ends a trouble, if it is open.
    pub fn resolve_alert(&mut self, kind: &str, subject: &str) -> Result<()> {
        self.later(
            "UPDATE alert SET resolved_at = {now} \
             WHERE kind = $1 AND subject = $2 AND resolved_at IS NULL",
            args![kind, subject],
        )
    }

    /// Ends many troubles, each a kind and a subject, where they are open.
    pub fn resolve_alerts(&mut self, troubles: &[(String, String)]) -> Result<()> {
        for some in troubles.chunks(TOGETHER_MAX) {
            let values: Vec<Value> =
                some.iter().flat_map(|(kind, subject)| [kind, subject]).map(Value::from).collect();
            let sql = format!(
                "UPDATE alert SET resolved_at = {{now}} WHERE resolved_at IS NULL \
                 AND (kind, subject) IN (VALUES {})",
                places(some.len(), 2)
            );
            self.later(&sql, &values)?;
        }
        Ok(())
    }

    /// The troubles that are open, newest first; no more than a page can show.
    pub fn open_alerts(&mut self, limit: i64) -> Result<Vec<Alert>> {
        let rows = self.rows(
            "SELECT id, kind, subject, at, text, resolved_at FROM alert \
             WHERE resolved_at IS NULL ORDER BY id DESC LIMIT $1",
            args![limit],
        )?;
        rows.iter().map(read).collect()
    }

    /// The newest troubles that are open and not about an order that is on the list, each with what
    /// people call its subject; and how many of these there are in all.
    pub fn open_alerts_beside_the_list(&mut self, limit: i64) -> Result<(Vec<Named>, i64)> {
        let sql = format!(
            "SELECT id, kind, subject, at, text, resolved_at, COUNT(*) OVER (), {} FROM alert \
             WHERE resolved_at IS NULL AND NOT EXISTS (SELECT 1 FROM attention t \
               WHERE t.order_id = alert.subject AND t.resolved_at IS NULL) \
             ORDER BY id DESC LIMIT $1",
            name_of("alert.subject")
        );
        let rows = self.rows(&sql, args![limit])?;
        let open = rows.first().map_or(Ok(0), |row| row.int(6))?;
        let named = |row: &Row| Ok((read(row)?, row.opt_text(7)?.map(str::to_owned)));
        Ok((rows.iter().map(named).collect::<Result<_>>()?, open))
    }

    pub fn count_open_alerts(&mut self) -> Result<i64> {
        let rows = self.rows("SELECT COUNT(*) FROM alert WHERE resolved_at IS NULL", args![])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// A page of all troubles, newest first: the rows before `after`, which is an id.
    pub fn alerts(&mut self, after: Option<i64>, limit: i64) -> Result<Vec<Alert>> {
        let rows = self.rows(
            "SELECT id, kind, subject, at, text, resolved_at FROM alert \
             WHERE id < $1 ORDER BY id DESC LIMIT $2",
            args![after.unwrap_or(i64::MAX), limit],
        )?;
        rows.iter().map(read).collect()
    }
}

pub(crate) fn read(row: &Row) -> Result<Alert> {
    Ok(Alert {
        id: row.int(0)?,
        kind: row.text(1)?.into(),
        subject: row.text(2)?.into(),
        at: row.time(3)?,
        text: row.text(4)?.into(),
        resolved_at: row.opt_time(5)?,
    })
}
