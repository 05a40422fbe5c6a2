//! Alerts as staff look through them: by where they stand, and of what kind.

use domain::clock::Timestamp;

use super::{Alert, read};
use crate::db::{Result, Tx, Value};

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Silenced or not.
    Open,
    /// Open, and nobody is told of it for a time.
    Silenced,
    Resolved,
}

/// The open alerts of a kind, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub kind: String,
    pub open: i64,
    /// How many of them nobody is told of.
    pub silenced: i64,
}

const SILENCED: &str = "EXISTS (SELECT 1 FROM silence s WHERE s.until > {now} \
     AND s.kind = t.kind AND COALESCE(s.subject, t.subject) = t.subject)";

impl Tx<'_> {
    /// A page of the alerts that stand somewhere, of all kinds or of one: what is open newest
    /// first, what is over by when it ended. `after` is that moment and the id of a row.
    pub fn find_alerts(
        &mut self,
        state: State,
        kind: Option<&str>,
        after: Option<(Timestamp, i64)>,
        limit: i64,
    ) -> Result<Vec<Alert>> {
        let (that, at) = match state {
            State::Open => ("t.resolved_at IS NULL".to_owned(), "t.at"),
            State::Silenced => (format!("t.resolved_at IS NULL AND {SILENCED}"), "t.at"),
            State::Resolved => ("t.resolved_at IS NOT NULL".to_owned(), "t.resolved_at"),
        };
        let of_kind = if kind.is_some() { "AND t.kind = $4" } else { "" };
        let (moment, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), 0));
        let mut values: Vec<Value> = vec![moment.into(), id.into(), limit.into()];
        values.extend(kind.map(Value::from));
        let sql = format!(
            "SELECT t.id, t.kind, t.subject, t.at, t.text, t.resolved_at FROM alert t \
             WHERE {that} {of_kind} AND ({at}, t.id) < ($1, $2) \
             ORDER BY {at} DESC, t.id DESC LIMIT $3"
        );
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// How many are open, kind by kind.
    pub fn open_alerts_by_kind(&mut self) -> Result<Vec<Open>> {
        let sql = format!(
            "SELECT t.kind, COUNT(*), COUNT(CASE WHEN {SILENCED} THEN 1 END) FROM alert t \
             WHERE t.resolved_at IS NULL GROUP BY t.kind ORDER BY t.kind"
        );
        let rows = self.rows(&sql, &[])?;
        let read = |row: &crate::db::Row| {
            let kind = row.text(0)?.to_owned();
            Ok(Open { kind, open: row.int(1)?, silenced: row.int(2)? })
        };
        rows.iter().map(read).collect()
    }

    /// Every kind of trouble that there ever was, in order.
    pub fn alert_kinds(&mut self) -> Result<Vec<String>> {
        self.every_word("alert", "kind")
    }
}
