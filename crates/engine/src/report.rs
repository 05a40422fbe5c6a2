//! Questions that take too long for a page: asked here, counted by a worker, answered with what was
//! counted last. Not for what is counted: a question's own file says it.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::clock::Timestamp;
use store::db::Tx;
use store::job::{Job, Kind, NewJob};
use store::report::{NewAnswer, Part, Report};
use tokio::sync::broadcast;

use crate::worker::After;
use crate::{Engine, Error, Result, books, profit, seller, till};

const LANE: &str = "report";
const BOOKS: &str = "books";
const AUDIT: &str = "audit";
/// Nobody is kept waiting longer for figures; a small shop's are counted by then.
const PATIENCE: Duration = Duration::from_millis(50);
/// What was counted or failed a moment ago is not counted anew.
const FRESH_FOR: Duration = Duration::from_secs(60);
/// What is about a time that is over changes by names and terms alone, and they are not watched.
const CURRENT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Whatever happens in the shop may change whether its books add up.
const BOOKS_CURRENT_FOR: Duration = Duration::from_secs(15 * 60);
/// An entry may be seen so long after the moment that it bears.
const LATE_BY: Duration = Duration::from_secs(60);
/// Who asks is noted once in so long.
const NOTED_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// What nobody has asked for in so long is forgotten.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// So many answers may come while somebody does not listen; whoever missed one looks again.
const HEARD_MAX: usize = 64;

/// From one moment until before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What can be asked. Each is known by its id, which a job carries. Whoever changes what is kept of
/// a kind gives it another word: no answer of before is then read as one of now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// What was earned in a time, by package.
    Profit(Span),
    /// What came in and went back in it, and how much was delivered.
    Till(Span),
    /// How purchases and servers of each provider came out in it.
    Trust(Span),
    /// Whether money and servers add up, all of them.
    Books,
    /// Which of all delivered servers lie outside what was sold. Asked for by itself every few
    /// hours, and the one question whose answer also lists what it finds.
    Audit,
}

/// Whether an answer that is still good is good enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wish {
    Good,
    Anew,
}

/// What is known of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told<T> {
    pub kept: Option<Kept<T>>,
    /// A worker counts it, or is about to.
    pub is_counting: bool,
    /// When a later count came to nothing, and why.
    pub fault: Option<(Timestamp, String)>,
}

/// An answer, and the moment that it is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept<T> {
    pub figures: T,
    pub at: Timestamp,
}

/// A new answer in the two lengths that it is kept in, as JSON.
pub(crate) struct Answer {
    pub summary: String,
    pub whole: String,
}

/// Tells those who wait in this process that a question was answered.
pub(crate) struct Answered(broadcast::Sender<String>);

impl Default for Answered {
    fn default() -> Answered {
        Answered(broadcast::channel(HEARD_MAX).0)
    }
}

impl Question {
    pub fn id(&self) -> String {
        let (kind, span) = match self {
            Question::Profit(span) => ("profit", span),
            Question::Till(span) => ("day", span),
            Question::Trust(span) => ("trust", span),
            Question::Books => return BOOKS.to_owned(),
            Question::Audit => return AUDIT.to_owned(),
        };
        format!("{kind}/{}/{}", span.from, span.until)
    }

    fn read(id: &str) -> Option<Question> {
        match id {
            BOOKS => return Some(Question::Books),
            AUDIT => return Some(Question::Audit),
            _ => {}
        }
        let (kind, span) = id.split_once('/')?;
        let (from, until) = span.split_once('/')?;
        let span = Span { from: Timestamp::parse(from)?, until: Timestamp::parse(until)? };
        match kind {
            "profit" => Some(Question::Profit(span)),
            "day" => Some(Question::Till(span)),
            "trust" => Some(Question::Trust(span)),
            _ => None,
        }
    }

    /// Whether what it is about may have changed since it was counted.
    fn may_have_changed(&self, tx: &mut Tx<'_>, counted_at: Timestamp) -> Result<bool> {
        match self {
            Question::Profit(span) | Question::Till(span) => {
                Ok(tx.is_booked_between(span.from.max(counted_at - LATE_BY), span.until)?)
            }
            // A purchase that nobody hears of books nothing.
            Question::Trust(_) => Ok(true),
            // More than the ledger changes them, and they take long.
            Question::Books | Question::Audit => Ok(false),
        }
    }

    /// After so long it is counted anew, whatever was booked since.
    fn current_for(&self) -> Duration {
        match self {
            Question::Profit(_) | Question::Till(_) | Question::Trust(_) => CURRENT_FOR,
            Question::Books => BOOKS_CURRENT_FOR,
            // It comes by itself more often than that.
            Question::Audit => CURRENT_FOR,
        }
    }

    fn count(&self, engine: &Engine, tx: &mut Tx<'_>) -> Result<Answer> {
        match self {
            Question::Books => books::count(engine, tx),
            Question::Profit(span) => profit::count(tx, *span),
            Question::Till(span) => till::count(tx, *span),
            Question::Trust(span) => seller::count(tx, *span),
            Question::Audit => Err(Error::Bug("an audit does more than count".into())),
        }
    }
}

impl<T> Told<T> {
    /// What was counted, read from its text.
    pub(crate) fn of(report: Report, read: impl FnOnce(&str) -> Result<T>) -> Result<Told<T>> {
        let Report { counted, fault, is_counting, .. } = report;
        let kept = |counted: store::report::Counted| {
            Ok::<_, Error>(Kept { figures: read(&counted.text)?, at: counted.at })
        };
        Ok(Told { kept: counted.map(kept).transpose()?, is_counting, fault })
    }
}

impl Engine {
    /// What is known of some questions, each in its place. What can have changed is counted by a
    /// worker, and whoever asks waits a moment for it.
    pub(crate) async fn ask(
        &self,
        questions: &[Question],
        (part, wish): (Part, Wish),
    ) -> Result<Vec<Report>> {
        // Before the first look: what is answered after it is heard.
        let heard = self.reports.0.subscribe();
        let ids: Vec<String> = questions.iter().map(Question::id).collect();
        let asked: Vec<(String, Question)> = ids.iter().cloned().zip(questions.to_vec()).collect();
        let (mut found, due, now) = self
            .db()
            .read(move |tx| {
                let now = tx.now()?;
                let ids: Vec<String> = asked.iter().map(|(id, _)| id.clone()).collect();
                let found = tx.reports(&ids, part)?;
                let mut due = Vec::new();
                for ((id, question), report) in asked.iter().zip(&found) {
                    let is_due = match wish {
                        Wish::Anew => !report.is_counting,
                        Wish::Good => is_due(tx, report, *question, now)?,
                    };
                    due.extend(is_due.then(|| id.clone()));
                }
                Ok::<_, Error>((found, due, now))
            })
            .await?;
        let is_noted = |at: Option<Timestamp>| at.is_some_and(|at| now.since(at) < NOTED_FOR);
        let mut noted = due.clone();
        for (report, id) in found.iter_mut().zip(&ids) {
            report.is_counting |= due.contains(id);
            if !is_noted(report.asked_at) && !due.contains(id) {
                noted.push(id.clone());
            }
        }
        if !noted.is_empty() {
            self.put_reports(noted, due).await?;
        }
        let took_long = |report: &Report| {
            report.counted.as_ref().is_some_and(|counted| counted.took > PATIENCE)
        };
        let soon = found.iter().zip(&ids).filter(|(one, _)| one.is_counting && !took_long(one));
        let soon: BTreeSet<String> = soon.map(|(_, id)| id.clone()).collect();
        if soon.is_empty() || !self.is_working() {
            return Ok(found);
        }
        hear(heard, soon).await;
        Ok(self.db().read(move |tx| tx.reports(&ids, part)).await?)
    }

    /// Notes that these were asked for, and lets a worker count those that are due: each once,
    /// however many ask, and the first of them first.
    async fn put_reports(&self, noted: Vec<String>, due: Vec<String>) -> Result<()> {
        self.db()
            .write(move |tx| {
                let now = tx.now()?;
                tx.ask_for_reports(&noted)?;
                let mut jobs: Vec<_> = due.iter().rev().zip(1..).collect();
                // Everybody puts them in one order.
                jobs.sort_unstable();
                for (subject, before) in jobs {
                    let run_at = now - Duration::from_micros(before);
                    let (kind, lane) = (Kind::Report, LANE);
                    tx.put_job_anew(&NewJob { kind, subject, lane, run_at })?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake_for(LANE);
        Ok(())
    }

    /// Counts what somebody has asked for, and keeps it. Why a count came to nothing is kept, too:
    /// it is tried again when somebody asks again.
    pub(crate) async fn count_report(&self, job: &Job) -> Result<After> {
        let (engine, boot) = (self.clone(), self.parts.boot.clone());
        let counted = match Question::read(&job.subject) {
            Some(Question::Audit) => self.audit_for_report().await,
            Some(question) => {
                let count = move |tx: &mut Tx<'_>| {
                    let (began, at) = (boot.since_boot(), tx.now()?);
                    let Answer { summary, whole } = question.count(&engine, tx)?;
                    let took = boot.since_boot().saturating_sub(began);
                    Ok::<_, Error>(NewAnswer { at, took, summary, whole })
                };
                self.db().count(count).await
            }
            None => Err(Error::Bug("this version of the shop cannot count it".into())),
        };
        if let Err(error) = &counted {
            tracing::error!("the report {} was not counted: {error}", job.subject);
        }
        let (claim, id) = (job.claim.clone(), job.subject.clone());
        self.db()
            .write(move |tx| {
                match &counted {
                    Ok(answer) => tx.keep_report(&id, answer)?,
                    Err(error) => tx.fail_report(&id, &error.to_string())?,
                }
                tx.finish_job(&claim)
            })
            .await?;
        // Nobody may be waiting.
        drop(self.reports.0.send(job.subject.clone()));
        Ok(After::Finished)
    }
}

/// An answer as it is kept.
pub(crate) fn written(figures: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(figures).map_err(|error| Error::Bug(error.to_string()))
}

/// Waits until all of these were answered, no longer than anybody is kept waiting.
async fn hear(mut heard: broadcast::Receiver<String>, mut waiting: BTreeSet<String>) {
    let all = async {
        while !waiting.is_empty() {
            match heard.recv().await {
                Ok(id) => waiting.remove(&id),
                // Some were missed: another look tells.
                Err(_) => return,
            };
        }
    };
    drop(tokio::time::timeout(PATIENCE, all).await);
}

/// Whether an answer is to be counted, or counted anew: where it is old, and can have changed.
fn is_due(tx: &mut Tx<'_>, report: &Report, asked: Question, now: Timestamp) -> Result<bool> {
    let is_old = |at: Timestamp| now.since(at) >= FRESH_FOR;
    Ok(match (&report.counted, &report.fault) {
        _ if report.is_counting => false,
        (_, Some((failed_at, _))) => is_old(*failed_at),
        (None, None) => true,
        (Some(counted), None) if !is_old(counted.at) => false,
        (Some(counted), None) if now.since(counted.at) >= asked.current_for() => true,
        (Some(counted), None) => asked.may_have_changed(tx, counted.at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_back_from_its_id() {
        let at = |text| Timestamp::parse(text).unwrap();
        let span = Span { from: at("2026-10-31T18:30:00Z"), until: at("2026-11-30T18:30:00Z") };
        let id = Question::Profit(span).id();
        assert_eq!(id, "profit/2026-10-31T18:30:00Z/2026-11-30T18:30:00Z");
        assert_eq!(Question::read(&id), Some(Question::Profit(span)));
        let others =
            [Question::Till(span), Question::Trust(span), Question::Books, Question::Audit];
        for question in others {
            assert_eq!(Question::read(&question.id()), Some(question));
        }
        for unknown in ["", "profit", "profit/2026/2027", &id.replace("profit", "loss")] {
            assert_eq!(Question::read(unknown), None, "{unknown}");
        }
    }
}
