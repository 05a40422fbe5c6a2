//! Answers to questions that take long, as a worker counted them last.
//! Not for what a question means, or when its answer is too old: that is decided by who asks.

use std::time::Duration;

use domain::clock::Timestamp;

use crate::db::{Result, Row, StoreError, Tx, Value};
use crate::job::{Kind, job_id};

/// Which text of an answer is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// What a page shows.
    Summary,
    Whole,
}

/// An answer, and the moment that it is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    pub at: Timestamp,
    pub took: Duration,
    pub text: String,
}

/// What is known of one question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    pub asked_at: Option<Timestamp>,
    pub counted: Option<Counted>,
    /// The last count that came to nothing, and why.
    pub fault: Option<(Timestamp, String)>,
    /// A job counts it, or is about to.
    pub is_counting: bool,
}

/// A new answer on its way into the table.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    pub at: Timestamp,
    pub took: Duration,
    pub summary: String,
    pub whole: String,
}

impl Tx<'_> {
    /// What is known of some questions, each in its place.
    pub fn reports(&mut self, ids: &[String], part: Part) -> Result<Vec<Report>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let text = match part {
            Part::Summary => "summary",
            Part::Whole => "whole",
        };
        let marks: Vec<String> = (1..=ids.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT r.id, r.asked_at, r.counted_at, r.took, r.{text}, r.failed_at, r.fault, \
             CASE WHEN EXISTS (SELECT 1 FROM job j WHERE j.id = '{}' || r.id) THEN 1 ELSE 0 END \
             FROM report r WHERE r.id IN ({})",
            job_id(Kind::Report, ""),
            marks.join(", ")
        );
        let values: Vec<Value> = ids.iter().map(Value::from).collect();
        let mut found = vec![Report::default(); ids.len()];
        for row in self.rows(&sql, &values)? {
            let id = row.text(0)?;
            if let Some(at) = ids.iter().position(|known| known == id) {
                found[at] = read(&row)?;
            }
        }
        Ok(found)
    }

    /// Notes that somebody asks these questions now. Everybody names them in one order.
    pub fn ask_for_reports(&mut self, ids: &[String]) -> Result<()> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        for id in &ids {
            self.later(
                "INSERT INTO report (id, asked_at) VALUES ($1, {now}) \
                 ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at",
                args![id],
            )?;
        }
        Ok(())
    }

    /// Keeps an answer, and forgets that there was none. Of two counts the later one counts.
    pub fn keep_report(&mut self, id: &str, new: &NewAnswer) -> Result<()> {
        self.later(
            "UPDATE report SET counted_at = $2, took = $3, summary = $4, whole = $5, \
             failed_at = NULL, fault = NULL \
             WHERE id = $1 AND (counted_at IS NULL OR counted_at <= $2)",
            args![id, new.at, new.took, new.summary.as_str(), new.whole.as_str()],
        )
    }

    /// Notes why a count came to nothing. The answer before it stays.
    pub fn fail_report(&mut self, id: &str, fault: &str) -> Result<()> {
        self.later(
            "UPDATE report SET failed_at = {now}, fault = $2 WHERE id = $1",
            args![id, fault],
        )
    }

    /// Whether anything was booked from one moment until before another.
    pub fn is_booked_between(&mut self, from: Timestamp, until: Timestamp) -> Result<bool> {
        let sql = "SELECT id FROM ledger WHERE at >= $1 AND at < $2 LIMIT 1";
        Ok(from < until && self.lookup(sql, args![from, until])?.is_some())
    }

    /// When the first entry was booked.
    pub fn first_booked_at(&mut self) -> Result<Option<Timestamp>> {
        let row = self.lookup("SELECT MIN(at) FROM ledger", &[])?;
        row.map_or(Ok(None), |row| row.opt_time(0))
    }

    /// Forgets what nobody has asked for in so long; tells how many went.
    pub fn prune_reports(&mut self, unasked_for: Duration, limit: u32) -> Result<u64> {
        self.run(
            "DELETE FROM report WHERE id IN (SELECT id FROM report \
             WHERE asked_at <= {now} - CAST($1 AS BIGINT) ORDER BY asked_at LIMIT $2)",
            args![unasked_for, limit],
        )
    }
}

fn read(row: &Row) -> Result<Report> {
    let counted = match (row.opt_time(2)?, row.opt_int(3)?, row.opt_text(4)?) {
        (Some(at), Some(took), Some(text)) => {
            let took = Duration::from_micros(u64::try_from(took).unwrap_or_default());
            Some(Counted { at, took, text: text.to_owned() })
        }
        (None, None, None) => None,
        _ => {
            let why = format!("{} is half an answer", row.text(0)?);
            return Err(StoreError::Inconsistent { what: "report", why });
        }
    };
    let fault = match (row.opt_time(5)?, row.opt_text(6)?) {
        (Some(at), Some(why)) => Some((at, why.to_owned())),
        _ => None,
    };
    let asked_at = row.opt_time(1)?;
    Ok(Report { asked_at, counted, fault, is_counting: row.flag(7)? })
}
