//! Who did what to what, and when. Rows are added and read, never changed.
//! Not for what an order went through: its own events tell that.

use domain::clock::Timestamp;

use crate::db::{Result, Row, Tx, Value};

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    pub id: i64,
    pub at: Timestamp,
    /// An account's id, or the word of the part that acted by itself.
    pub actor: String,
    /// Of the account, where one acted.
    pub email: Option<String>,
    pub action: String,
    /// The id of what was acted on, or its name.
    pub subject: String,
    /// Why, or what exactly; never a secret.
    pub detail: String,
}

/// What of the audit is looked for; what is empty narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Among {
    /// Any of these did it.
    pub actors: Vec<String>,
    pub action: Option<String>,
    /// It was done to any of these.
    pub subjects: Vec<String>,
    /// Then or later.
    pub from: Option<Timestamp>,
    /// Before that.
    pub until: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT u.id, u.at, u.actor, u.action, u.subject, u.detail, a.email \
     FROM audit u LEFT JOIN account a ON a.id = u.actor";

impl AuditRow {
    fn read(row: &Row) -> Result<AuditRow> {
        Ok(AuditRow {
            id: row.int(0)?,
            at: row.time(1)?,
            actor: row.text(2)?.to_owned(),
            email: row.opt_text(6)?.map(ToOwned::to_owned),
            action: row.text(3)?.to_owned(),
            subject: row.text(4)?.to_owned(),
            detail: row.text(5)?.to_owned(),
        })
    }
}

impl Tx<'_> {
    /// Writes down that `actor` did `action` to `subject`, in the same transaction as the deed.
    pub fn audit(&mut self, actor: &str, action: &str, subject: &str, detail: &str) -> Result<()> {
        self.later(
            "INSERT INTO audit (at, actor, action, subject, detail) \
             VALUES ({now}, $1, $2, $3, $4)",
            args![actor, action, subject, detail],
        )
    }

    /// Reads a page of the audit, newest first: the rows before `after`, which is an id.
    pub fn list_audit(&mut self, after: Option<i64>, limit: u32) -> Result<Vec<AuditRow>> {
        let rows = self.rows(
            &format!("{COLUMNS} WHERE u.id < $1 ORDER BY u.id DESC LIMIT $2"),
            args![after.unwrap_or(i64::MAX), limit],
        )?;
        rows.iter().map(AuditRow::read).collect()
    }

    /// As `list_audit`, about one subject alone.
    pub fn list_audit_of(
        &mut self,
        subject: &str,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let rows = self.rows(
            &format!("{COLUMNS} WHERE u.subject = $1 AND u.id < $2 ORDER BY u.id DESC LIMIT $3"),
            args![subject, after.unwrap_or(i64::MAX), limit],
        )?;
        rows.iter().map(AuditRow::read).collect()
    }

    /// What is looked for, newest first: the rows before `after`.
    pub fn find_audit(
        &mut self,
        among: &Among,
        after: Option<(Timestamp, i64)>,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let mut values: Vec<Value> = Vec::new();
        let mut that = Vec::new();
        let mut put = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        for (column, any_of) in [("actor", &among.actors), ("subject", &among.subjects)] {
            let marks: Vec<String> = any_of.iter().map(|one| put(one.as_str().into())).collect();
            match marks.as_slice() {
                [] => {}
                // Of one, the rows stand in order already.
                [one] => that.push(format!("u.{column} = {one}")),
                several => that.push(format!("u.{column} IN ({})", several.join(", "))),
            }
        }
        if let Some(action) = &among.action {
            // Of one person's deeds the kind must not look like the better way to find them: there
            // may be very many of it by everybody else.
            let column = match (among.actors.as_slice(), among.subjects.as_slice()) {
                ([], []) => "u.action",
                _ => "u.action || ''",
            };
            that.push(format!("{column} = {}", put(action.as_str().into())));
        }
        if let Some(from) = among.from {
            that.push(format!("u.at >= {}", put(from.into())));
        }
        if let Some(until) = among.until {
            that.push(format!("u.at < {}", put(until.into())));
        }
        let (at, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), 0));
        that.push(format!("(u.at, u.id) < ({}, {})", put(at.into()), put(id.into())));
        let sql = format!(
            "{COLUMNS} WHERE {} ORDER BY u.at DESC, u.id DESC LIMIT {}",
            that.join(" AND "),
            put(limit.into())
        );
        self.rows(&sql, &values)?.iter().map(AuditRow::read).collect()
    }

    /// Every word for something that was ever done, in order.
    pub fn audit_actions(&mut self) -> Result<Vec<String>> {
        self.every_word("audit", "action")
    }

    /// What ever stood in a column that an index begins with, in order: one look at it for each,
    /// however many rows there are.
    pub(crate) fn every_word(&mut self, table: &str, column: &str) -> Result<Vec<String>> {
        let rows = self.rows(
            &format!(
                "WITH RECURSIVE known (word) AS (SELECT MIN({column}) FROM {table} UNION ALL \
                 SELECT (SELECT MIN(t.{column}) FROM {table} t WHERE t.{column} > known.word) \
                 FROM known WHERE known.word IS NOT NULL) \
                 SELECT word FROM known WHERE word IS NOT NULL"
            ),
            &[],
        )?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }
}
