//! Who did what to what, and when. Rows are added and read, never changed.
//! Not for what an order went through: its own events tell that.

use domain::clock::Timestamp;

use crate::db::{Result, Row, Tx};

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
}
