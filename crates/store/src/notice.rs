//! What is on its way to staff's chats and webhooks. Alerts are found by marks of their own, so
//! that none is lost whoever dies when; a notice is one row until its target has taken it.
//! Not for where that is, nor for how it is said.

use std::collections::BTreeMap;

use domain::clock::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::{Result, Row, StoreError, Tx};
use crate::job::{Kind, NewJob};

/// Which end of a trouble is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    Raised,
    Over,
}

impl News {
    pub fn word(self) -> &'static str {
        match self {
            News::Raised => "raised",
            News::Over => "over",
        }
    }

    fn parse(word: &str) -> Option<News> {
        [News::Raised, News::Over].into_iter().find(|news| news.word() == word)
    }
}

/// What a notice tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeFacts {
    One(OneFact),
    /// How many there are of each kind.
    Many(BTreeMap<String, u64>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneFact {
    pub kind: String,
    pub subject: String,
    pub text: String,
    /// When it began, or ended.
    pub at: i64,
}

/// A notice that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: i64,
    pub news: News,
    pub facts: NoticeFacts,
    pub tries: i64,
    pub created_at: Timestamp,
}

/// While a silence lasts nobody is told of the trouble, by whatever way.
pub(crate) const NOT_SILENCED: &str = "NOT EXISTS (SELECT 1 FROM silence s \
     WHERE s.kind = alert.kind AND COALESCE(s.subject, alert.subject) = alert.subject \
     AND s.until > {now})";

const RAISED: &str = "resolved_at IS NULL AND noticed_at IS NULL";
const OVER: &str = "resolved_at IS NOT NULL AND noticed_at IS NOT NULL AND over_noticed_at IS NULL";

impl Tx<'_> {
    /// Whether there is an end of a trouble of which there is no notice.
    pub fn has_unnoticed_alerts(&mut self) -> Result<bool> {
        for which in [RAISED, OVER] {
            let sql = format!("SELECT id FROM alert WHERE {which} AND {NOT_SILENCED} LIMIT 1");
            if self.lookup(&sql, &[])?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the troubles of which there is no notice yet, oldest first. What was over before it
    /// could be told is not told.
    pub fn take_unnoticed_alerts(&mut self, news: News, limit: i64) -> Result<Vec<OneFact>> {
        let (which, mark, at) = match news {
            News::Raised => (RAISED, "noticed_at", "at"),
            News::Over => (OVER, "over_noticed_at", "resolved_at"),
        };
        let sql = format!(
            "WITH next AS MATERIALIZED (SELECT id FROM alert WHERE {which} AND {NOT_SILENCED} \
             ORDER BY id LIMIT $1{{skip_locked}}) UPDATE alert SET {mark} = {{now}} \
             WHERE id IN (SELECT id FROM next) AND {which} \
             RETURNING kind, subject, text, {at}, id"
        );
        let rows = self.rows(&sql, args![limit])?;
        let read = |row: &Row| {
            let (kind, subject, text) = (row.text(0)?, row.text(1)?, row.text(2)?);
            let (kind, subject, text) = (kind.into(), subject.into(), text.into());
            Ok((row.int(4)?, OneFact { kind, subject, text, at: row.int(3)? }))
        };
        let mut taken: Vec<(i64, OneFact)> = rows.iter().map(read).collect::<Result<_>>()?;
        taken.sort_by_key(|(id, _)| *id);
        Ok(taken.into_iter().map(|(_, fact)| fact).collect())
    }

    /// Has a target told something.
    pub fn add_notice(&mut self, target: &str, news: News, facts: &NoticeFacts) -> Result<()> {
        let facts = serde_json::to_string(facts).map_err(|error| inconsistent(&error))?;
        self.later(
            "INSERT INTO notice (target, news, facts, tries, created_at) \
             VALUES ($1, $2, $3, 0, {now})",
            args![target, news.word(), facts],
        )
    }

    /// Targets for which something waits and nobody works.
    pub fn targets_without_job(&mut self) -> Result<Vec<String>> {
        let rows = self.rows(
            "SELECT DISTINCT n.target FROM notice n WHERE NOT EXISTS \
             (SELECT 1 FROM job j WHERE j.kind = 'notice' AND j.subject = n.target)",
            &[],
        )?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Puts a target's job. All of a target waits in a line of its own, and holds up nobody else.
    pub fn put_notice_job(&mut self, target: &str) -> Result<()> {
        let (lane, run_at) = (format!("notice:{target}"), self.now()?);
        let job = NewJob { kind: Kind::Notice, subject: target, lane: &lane, run_at };
        self.put_job_anew(&job)
    }

    /// What a target is told next.
    pub fn next_notice(&mut self, target: &str) -> Result<Option<Notice>> {
        let row = self.lookup(
            "SELECT id, news, facts, tries, created_at FROM notice WHERE target = $1 \
             ORDER BY id LIMIT 1",
            args![target],
        )?;
        row.map(|row| read(&row)).transpose()
    }

    /// How much waits for a target, and why what is next was not taken.
    pub fn notices_waiting(&mut self, target: &str) -> Result<(i64, Option<String>)> {
        let row = self.lookup(
            "SELECT COUNT(*), (SELECT n.error FROM notice n WHERE n.target = $1 \
             ORDER BY n.id LIMIT 1) FROM notice WHERE target = $1",
            args![target],
        )?;
        row.map_or(Ok((0, None)), |row| waiting(&row))
    }

    /// The same of mail to somebody of the staff. What came back for good counts as the last word
    /// until another has left.
    pub fn staff_mails_waiting(&mut self, email: &str) -> Result<(i64, Option<String>)> {
        let row = self.lookup(
            "SELECT (SELECT COUNT(*) FROM mail m WHERE m.email = $1 AND m.order_id IS NULL \
               AND m.state IN ('waiting', 'queued')), \
             (SELECT m.error FROM mail m WHERE m.email = $1 AND m.order_id IS NULL \
               ORDER BY m.id DESC LIMIT 1)",
            args![email],
        )?;
        row.map_or(Ok((0, None)), |row| waiting(&row))
    }

    /// It was taken, or is given up on.
    pub fn end_notice(&mut self, id: i64) -> Result<()> {
        self.later("DELETE FROM notice WHERE id = $1", args![id])
    }

    /// It was not taken, and will be tried again.
    pub fn notice_failed(&mut self, id: i64, why: &str) -> Result<()> {
        self.later("UPDATE notice SET tries = tries + 1, error = $2 WHERE id = $1", args![id, why])
    }

    /// Forgets what waits for a target; how many notices.
    pub fn drop_notices(&mut self, target: &str) -> Result<u64> {
        self.run("DELETE FROM notice WHERE target = $1", args![target])
    }
}

fn waiting(row: &Row) -> Result<(i64, Option<String>)> {
    Ok((row.int(0)?, row.opt_text(1)?.map(ToOwned::to_owned)))
}

fn read(row: &Row) -> Result<Notice> {
    let news = News::parse(row.text(1)?);
    Ok(Notice {
        id: row.int(0)?,
        news: news.ok_or_else(|| inconsistent(&"unknown news"))?,
        facts: serde_json::from_str(row.text(2)?).map_err(|error| inconsistent(&error))?,
        tries: row.int(3)?,
        created_at: row.time(4)?,
    })
}

fn inconsistent(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { what: "notice", why: why.to_string() }
}
