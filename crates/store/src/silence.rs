//! Troubles of which staff are told nothing for a time. They are written down and shown all the
//! same. A silence that has ended is of no use to anybody: who set it, and why, is in the audit.

use domain::clock::Timestamp;

use crate::alert::Alert;
use crate::db::{Result, Row, StoreError, Tx, only};

/// One silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    pub id: i64,
    pub kind: String,
    /// Nothing: whatever the trouble is about.
    pub subject: Option<String>,
    pub until: Timestamp,
    pub reason: String,
    pub set_by: String,
    pub set_at: Timestamp,
    /// The address of who set it, where that is somebody with an account.
    pub email: Option<String>,
    /// How many open troubles it keeps quiet.
    pub open: i64,
}

impl Silence {
    /// Whether nobody is told of this trouble.
    pub fn covers(&self, alert: &Alert) -> bool {
        let is_about = |subject: &String| *subject == alert.subject;
        self.kind == alert.kind && self.subject.as_ref().is_none_or(is_about)
    }
}

/// A silence to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSilence {
    pub kind: String,
    pub subject: Option<String>,
    pub hours: u32,
    pub reason: String,
    pub set_by: String,
}

const SHOWN: &str = "SELECT s.id, s.kind, s.subject, s.until, s.reason, s.set_by, s.set_at, \
     a.email, (SELECT COUNT(*) FROM alert WHERE alert.resolved_at IS NULL \
       AND alert.kind = s.kind AND COALESCE(s.subject, alert.subject) = alert.subject) \
     FROM silence s LEFT JOIN account a ON a.id = s.set_by WHERE s.until > {now}";

impl Tx<'_> {
    /// Sets a silence in place of the one of the same trouble, and forgets those that are over.
    pub fn set_silence(&mut self, new: &NewSilence) -> Result<Silence> {
        self.run("DELETE FROM silence WHERE until <= {now}", &[])?;
        let row = self.lookup(
            "INSERT INTO silence (kind, subject, until, reason, set_by, set_at) \
             VALUES ($1, $2, {now} + CAST($3 AS BIGINT) * 3600000000, $4, $5, {now}) \
             ON CONFLICT (kind, COALESCE(subject, '')) DO UPDATE SET until = excluded.until, \
             reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at \
             RETURNING id",
            args![
                new.kind.as_str(),
                new.subject.as_deref(),
                i64::from(new.hours),
                new.reason.as_str(),
                new.set_by.as_str()
            ],
        )?;
        let id = row.map(|row| row.int(0)).transpose()?;
        let set = match id {
            Some(id) => self.silence(id)?,
            None => None,
        };
        set.ok_or_else(|| StoreError::Inconsistent {
            what: "silence",
            why: "one that was just set is not there".to_owned(),
        })
    }

    /// A silence that lasts.
    pub fn silence(&mut self, id: i64) -> Result<Option<Silence>> {
        let sql = format!("{SHOWN} AND s.id = $1");
        only(self.rows(&sql, args![id])?)?.map(|row| read(&row)).transpose()
    }

    /// Silences that last, the one that ends first at the head.
    pub fn silences(&mut self, limit: i64) -> Result<Vec<Silence>> {
        let sql = format!("{SHOWN} ORDER BY s.until, s.id LIMIT $1");
        self.rows(&sql, args![limit])?.iter().map(read).collect()
    }

    /// Ends a silence before its time; false where none lasts.
    pub fn end_silence(&mut self, id: i64) -> Result<bool> {
        let ended = self.run("DELETE FROM silence WHERE id = $1 AND until > {now}", args![id])?;
        Ok(ended == 1)
    }
}

fn read(row: &Row) -> Result<Silence> {
    Ok(Silence {
        id: row.int(0)?,
        kind: row.text(1)?.into(),
        subject: row.opt_text(2)?.map(Into::into),
        until: row.time(3)?,
        reason: row.text(4)?.into(),
        set_by: row.text(5)?.into(),
        set_at: row.time(6)?,
        email: row.opt_text(7)?.map(Into::into),
        open: row.int(8)?,
    })
}
