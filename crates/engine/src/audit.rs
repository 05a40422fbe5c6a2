//! Who did what, for those who may see it.

pub use store::audit::AuditRow;

use crate::Engine;
use crate::error::Result;

impl Engine {
    /// Reads a page of the audit, newest first: the rows before `after`, about one subject or all.
    pub async fn list_audit(
        &self,
        about: Option<&str>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let about = about.map(str::to_owned);
        let read = self.db().read(move |tx| match &about {
            Some(subject) => tx.list_audit_of(subject, after, limit),
            None => tx.list_audit(after, limit),
        });
        Ok(read.await?)
    }
}
