//! Work to be done, written by the transaction that makes it necessary.
//! Claims end by themselves; every write of a worker carries its claim's number.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{JobId, NodeId};

use crate::db::{Result, Row, StoreError, Tx, Value};

/// What kind of work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Carry out a planned attempt, or wait for the deadline of a permitted one.
    Purchase,
    /// Understand the stored answer of a permit.
    Classify,
    /// Check a server against what was sold, and deliver it.
    Verify,
    /// Carry out an operation on a server.
    Operate,
    /// Lead what a customer has done to their server to its end.
    Errand,
    /// Ask how a server is, for somebody who looks.
    Power,
    /// Ask a gateway what became of a payment.
    Poll,
    /// Give money back through the gateway that it came by.
    Refund,
    /// Hand a mail over to the mail server.
    Mail,
    /// Tell a chat or a webhook of staff what waits for it.
    Notice,
    /// Count what somebody has asked for and takes long.
    Report,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Purchase,
        Kind::Classify,
        Kind::Verify,
        Kind::Operate,
        Kind::Errand,
        Kind::Power,
        Kind::Poll,
        Kind::Refund,
        Kind::Mail,
        Kind::Notice,
        Kind::Report,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Kind::Purchase => "purchase",
            Kind::Classify => "classify",
            Kind::Verify => "verify",
            Kind::Operate => "operate",
            Kind::Errand => "errand",
            Kind::Power => "power",
            Kind::Poll => "poll",
            Kind::Refund => "refund",
            Kind::Mail => "mail",
            Kind::Notice => "notice",
            Kind::Report => "report",
        }
    }

    fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One unit of work, claimed by this process.
#[derive(Clone, Debug)]
pub struct Job {
    pub kind: Kind,
    /// The id of the thing that the work is about.
    pub subject: String,
    pub lane: String,
    pub claim: Claim,
    pub tries: i64,
    /// What was noted when it was put off.
    pub note: Option<String>,
}

/// The right to do one job, until it ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub job: String,
    pub number: i64,
}

pub struct NewJob<'a> {
    pub kind: Kind,
    pub subject: &'a str,
    pub lane: &'a str,
    pub run_at: Timestamp,
}

impl NewJob<'_> {
    /// One job per kind and subject, so its id follows from them.
    pub fn id(&self) -> String {
        job_id(self.kind, self.subject)
    }
}

pub fn job_id(kind: Kind, subject: &str) -> String {
    format!("{}_{}_{subject}", JobId::PREFIX, kind.word())
}

const COLUMNS: &str = "id, kind, subject, lane, claim, tries, note";
const FREE: &str = "run_at <= {now} AND (claimed_until IS NULL OR claimed_until < {now})";
/// Of so many lanes jobs are claimed in one go, where some lane is full.
const LANES_AT_ONCE: u8 = 8;
/// No job is claimed so often.
const CLAIMS_APART: i64 = 1_000_000;

impl Tx<'_> {
    /// Puts a job, once per kind and subject. The process that makes it may claim it at once.
    pub fn put_job(&mut self, new: &NewJob<'_>, claim: Option<&(NodeId, Duration)>) -> Result<()> {
        let (owner, for_us) = match claim {
            Some((node, claim_for)) => (Some(node.as_str()), micros(*claim_for)),
            None => (None, 0),
        };
        self.later(
            "INSERT INTO job (id, kind, subject, lane, run_at, owner, claim, claimed_until, tries, \
             created_at) VALUES ($1, $2, $3, $4, $5, CAST($6 AS TEXT), \
             CASE WHEN CAST($6 AS TEXT) IS NULL THEN 0 ELSE 1 END, \
             CASE WHEN CAST($6 AS TEXT) IS NULL THEN NULL ELSE {now} + CAST($7 AS BIGINT) END, 0, \
             {now}) ON CONFLICT (id) DO NOTHING",
            args![new.id(), new.kind.word(), new.subject, new.lane, new.run_at, owner, for_us,],
        )
    }

    /// Claims up to `limit` jobs that are due and free, outside the lanes that are full.
    pub fn claim_jobs(
        &mut self,
        node: &NodeId,
        claim_for: Duration,
        full_lanes: &[String],
        limit: i64,
    ) -> Result<Vec<Job>> {
        if full_lanes.is_empty() {
            return self.claim_jobs_of(node, claim_for, None, limit);
        }
        let mut claimed = Vec::new();
        let mut left = limit;
        for lane in self.lanes_due(full_lanes)? {
            let jobs = self.claim_jobs_of(node, claim_for, Some(&lane), left)?;
            left -= i64::try_from(jobs.len()).unwrap_or(left);
            claimed.extend(jobs);
        }
        Ok(claimed)
    }

    /// The lanes that have something due and are not full, the longest waiting first. It goes from
    /// lane to lane: a full one may hold any number of jobs that nobody can run now.
    fn lanes_due(&mut self, full: &[String]) -> Result<Vec<String>> {
        let marks: Vec<String> = (1..=full.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "WITH RECURSIVE seen (lane) AS (SELECT MIN(lane) FROM job UNION ALL \
             SELECT (SELECT MIN(job.lane) FROM job WHERE job.lane > seen.lane) FROM seen \
             WHERE seen.lane IS NOT NULL), \
             due AS (SELECT lane, (SELECT MIN(run_at) FROM job WHERE job.lane = seen.lane AND {FREE}) \
             AS since FROM seen WHERE lane NOT IN ({})) \
             SELECT lane FROM due WHERE since IS NOT NULL ORDER BY since, lane LIMIT {LANES_AT_ONCE}",
            marks.join(", ")
        );
        let values: Vec<Value> = full.iter().map(Value::from).collect();
        self.rows(&sql, &values)?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    fn claim_jobs_of(
        &mut self,
        node: &NodeId,
        claim_for: Duration,
        lane: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Job>> {
        let of_lane = if lane.is_some() { " AND lane = $3" } else { "" };
        // The condition stands inside and outside: between them another node may have come first.
        // The limit stands in the text: who plans must know that it is about few of many. And they
        // are found once: where each row asks for them again, each finds others that are free. What
        // only a newer node knows how to do is left to it.
        let known = Kind::ALL.map(|kind| format!("'{}'", kind.word())).join(", ");
        let sql = format!(
            "WITH next AS MATERIALIZED (SELECT id FROM job WHERE {FREE}{of_lane} \
             AND kind IN ({known}) \
             ORDER BY run_at, id LIMIT {limit}{{skip_locked}}) \
             UPDATE job SET owner = $1, claim = claim + 1, \
             claimed_until = {{now}} + CAST($2 AS BIGINT) WHERE id IN (SELECT id FROM next) \
             AND {FREE} RETURNING {COLUMNS}"
        );
        let mut values: Vec<Value> = vec![node.as_str().into(), micros(claim_for).into()];
        values.extend(lane.map(Value::from));
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// Keeps claims alive, and tells which still hold.
    pub fn renew_claims(&mut self, claims: &[Claim], claim_for: Duration) -> Result<Vec<Claim>> {
        let mut held = Vec::new();
        for set in claims.chunks(500) {
            let pairs: Vec<String> = (0..set.len())
                .map(|at| format!("(id = ${} AND claim = ${})", at * 2 + 2, at * 2 + 3))
                .collect();
            let sql = format!(
                "UPDATE job SET claimed_until = {{now}} + CAST($1 AS BIGINT) WHERE {} \
                 RETURNING id, claim",
                pairs.join(" OR ")
            );
            let mut values: Vec<Value> = vec![micros(claim_for).into()];
            for claim in set {
                values.push(claim.job.as_str().into());
                values.push(claim.number.into());
            }
            for row in self.rows(&sql, &values)? {
                held.push(Claim { job: row.text(0)?.into(), number: row.int(1)? });
            }
        }
        Ok(held)
    }

    /// Ends a job; a lost claim undoes the whole transaction.
    pub fn finish_job(&mut self, claim: &Claim) -> Result<()> {
        self.later_one(
            "DELETE FROM job WHERE id = $1 AND claim = $2",
            args![claim.job.as_str(), claim.number],
            "the job's claim",
        )
    }

    /// Proves that the claim holds, in the transaction that relies on it.
    pub fn fence(&mut self, claim: &Claim, claim_for: Duration) -> Result<()> {
        self.later_one(
            "UPDATE job SET claimed_until = {now} + CAST($3 AS BIGINT) \
             WHERE id = $1 AND claim = $2",
            args![claim.job.as_str(), claim.number, micros(claim_for)],
            "the job's claim",
        )
    }

    /// Gives a job back, to be run again after a while.
    pub fn put_off_job(&mut self, claim: &Claim, after: Duration, note: &str) -> Result<()> {
        self.later_one(
            "UPDATE job SET run_at = {now} + CAST($3 AS BIGINT), owner = NULL, claimed_until = NULL, \
             tries = tries + 1, note = $4 WHERE id = $1 AND claim = $2",
            args![claim.job.as_str(), claim.number, micros(after), note],
            "the job's claim",
        )
    }

    /// Makes a waiting job due now; nothing when it runs already or is gone.
    pub fn hurry_job(&mut self, id: &str) -> Result<()> {
        self.later("UPDATE job SET run_at = {now} WHERE id = $1 AND run_at > {now}", args![id])
    }

    /// Makes every waiting job of a kind due now.
    pub fn hurry_jobs(&mut self, kind: Kind) -> Result<()> {
        self.later(
            "UPDATE job SET run_at = {now} WHERE kind = $1 AND run_at > {now} AND owner IS NULL",
            args![kind.word()],
        )
    }

    /// Whether a job of this name exists.
    pub fn has_job(&mut self, id: &str) -> Result<bool> {
        Ok(self.lookup("SELECT id FROM job WHERE id = $1", args![id])?.is_some())
    }

    /// Takes a job away whoever holds it: its subject is settled.
    pub fn drop_job(&mut self, kind: Kind, subject: &str) -> Result<()> {
        self.later("DELETE FROM job WHERE id = $1", args![job_id(kind, subject)])
    }

    /// What is to be done and why it waits, in words.
    pub fn waiting_jobs(&mut self, limit: i64) -> Result<Vec<String>> {
        let rows = self.rows(
            "SELECT id, tries, run_at, COALESCE(note, '') FROM job ORDER BY run_at, id LIMIT $1",
            args![limit],
        )?;
        let words = |row: &Row| {
            let (id, tries, at, note) = (row.text(0)?, row.int(1)?, row.time(2)?, row.text(3)?);
            Ok(format!("{id} try {tries} at {at}: {note}"))
        };
        rows.iter().map(words).collect()
    }

    /// When the next free job is due, and how many are due already; a webhook that nobody has asked
    /// about is.
    pub fn next_due(&mut self) -> Result<(Option<Timestamp>, i64)> {
        let row = self.lookup(
            "SELECT MIN(CASE WHEN claimed_until IS NULL OR claimed_until < run_at THEN run_at \
             ELSE claimed_until END), \
             COUNT(CASE WHEN run_at <= {now} AND (claimed_until IS NULL OR claimed_until < {now}) \
             THEN 1 END) + (SELECT COUNT(*) FROM webhook WHERE asked_at IS NULL) FROM job",
            &[],
        )?;
        let row = row.ok_or(StoreError::Inconsistent { what: "job", why: "no count".into() })?;
        Ok((row.opt_time(0)?, row.int(1)?))
    }

    /// Puts a job whose subject may have had one before. Its claims are numbered where no claim of
    /// an earlier one can be: a worker that held that one holds nothing of this one.
    pub fn put_job_anew(&mut self, new: &NewJob<'_>) -> Result<()> {
        let sql = format!(
            "{PUT} VALUES ($1, $2, $3, $4, $5, {{number}} * {CLAIMS_APART}, 0, {{now}}) \
             ON CONFLICT (id) DO NOTHING"
        );
        self.later(&sql, args![new.id(), new.kind.word(), new.subject, new.lane, new.run_at])
    }

    /// Puts such jobs for now, or makes those that wait due now; what runs already runs on.
    pub fn put_or_hurry_jobs(&mut self, kind: Kind, jobs: &[(&str, &str)]) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let row = |at: usize| format!("(${}, ${})", at * 2 + 1, at * 2 + 2);
        let rows: Vec<String> = (0..jobs.len()).map(row).collect();
        let values: Vec<Value> =
            jobs.iter().flat_map(|&(subject, lane)| [subject.into(), lane.into()]).collect();
        let (prefix, word) = (JobId::PREFIX, kind.word());
        let sql = format!(
            "{PUT} SELECT '{prefix}_{word}_' || column1, '{word}', column1, column2, {{now}}, \
             {{number}} * {CLAIMS_APART}, 0, {{now}} FROM (VALUES {}) AS told WHERE true \
             ON CONFLICT (id) DO UPDATE SET run_at = {{now}} WHERE job.run_at > {{now}}",
            rows.join(", ")
        );
        self.later(&sql, &values)
    }
}

const PUT: &str = "INSERT INTO job (id, kind, subject, lane, run_at, claim, tries, created_at)";

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn read(row: &Row) -> Result<Job> {
    let word = row.text(1)?;
    Ok(Job {
        kind: Kind::parse(word).ok_or_else(|| StoreError::Inconsistent {
            what: "job",
            why: format!("unknown kind {word:?}"),
        })?,
        subject: row.text(2)?.into(),
        lane: row.text(3)?.into(),
        claim: Claim { job: row.text(0)?.into(), number: row.int(4)? },
        tries: row.int(5)?,
        note: row.opt_text(6)?.map(Into::into),
    })
}
