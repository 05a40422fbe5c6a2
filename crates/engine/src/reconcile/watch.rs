//! How does the shop as a whole fare: how much of it is for sale, what do purchases come to, and
//! does anything wait that nobody works on?

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, First};
use store::db::Tx;
use store::watch::{LateJob, Share};

use crate::Engine;
use crate::error::{Error, Result};

const UNAVAILABLE: &str = "entries-unavailable";
const FAILING: &str = "purchases-failing";
pub(crate) const LOSSES: &str = "loss-budget";
const BEHIND: &str = "queue-behind";
/// There is one queue.
const QUEUE: &str = "jobs";

/// A share of fewer says nothing.
const SHARE_OF_MIN: i64 = 10;
/// An hour.
const PURCHASES_OF_US: i64 = 60 * 60 * 1_000_000;
const LATE_BY: Duration = Duration::from_secs(5 * 60);

/// A trouble of one kind that is there, in words, or is not.
#[derive(Clone)]
pub(crate) struct Seen {
    pub kind: &'static str,
    pub subject: String,
    pub text: Option<String>,
}

/// The job that was found late when this process looked last: only what is found so twice waits.
#[derive(Debug, Default)]
pub(crate) struct Late(Mutex<Option<LateJob>>);

impl Late {
    fn found(&self) -> MutexGuard<'_, Option<LateJob>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Tells what has begun and ends what is over; how many alerts that were.
    pub(crate) async fn watch_shop(&self) -> Result<u64> {
        let (provider, before) = (self.parts.provider.id, self.late().found().clone());
        // Ids are made by the clock of the process, and another's may be ahead.
        let now = self.now().as_micros();
        let [from, until] = [now - PURCHASES_OF_US, now + PURCHASES_OF_US]
            .map(|at| AttemptId::mint(Timestamp::from_micros(at), &First));
        let engine = self.clone();
        let seen = self.db().read(move |tx| {
            let late = tx.latest_job(LATE_BY)?;
            let mut all = Vec::from(seen(tx, provider, [&from, &until])?);
            // Losses grow a day old without anybody doing anything.
            let text = engine.over_budget_now(tx)?;
            all.push(Seen { kind: LOSSES, subject: provider.to_owned(), text });
            all.extend(engine.webhook_silence(tx)?);
            Ok::<_, Error>((late, all))
        });
        let (late, mut all) = seen.await?;
        // What only this look has found may be taken at any moment; another node may know more.
        if late.is_none() || late == before {
            all.push(queue(late.as_ref()));
        }
        *self.late().found() = late;
        self.tell_seen(all).await
    }

    /// Raises what was seen and is not told yet, and ends what is told and not seen any more.
    pub(crate) async fn tell_seen(&self, all: Vec<Seen>) -> Result<u64> {
        let changed = self.db().read(move |tx| {
            let mut changed = Vec::new();
            for seen in &all {
                if seen.text.is_some() != tx.open_alert(seen.kind, &seen.subject)?.is_some() {
                    changed.push(seen.clone());
                }
            }
            Ok::<_, Error>(changed)
        });
        let changed = changed.await?;
        if changed.is_empty() {
            return Ok(0);
        }
        let told = self.db().write(move |tx| {
            for Seen { kind, subject, text } in &changed {
                match text {
                    Some(text) => tx.raise_alert(kind, subject, text)?,
                    None => tx.resolve_alert(kind, subject)?,
                }
            }
            Ok::<_, Error>(changed.len() as u64)
        });
        told.await
    }
}

fn seen(
    tx: &mut Tx<'_>,
    provider: &'static str,
    [from, until]: [&AttemptId; 2],
) -> Result<[Seen; 2]> {
    let Share { all, bad } = tx.entries_unavailable(provider)?;
    let is_bad = all >= SHARE_OF_MIN && bad * 2 > all;
    let text = is_bad.then(|| format!("{bad} of {all} published entries are not for sale"));
    let entries = Seen { kind: UNAVAILABLE, subject: provider.to_owned(), text };
    let Share { all, bad } = tx.purchases_failed(from, until)?;
    let is_bad = all >= SHARE_OF_MIN && bad * 10 > all;
    let text = is_bad
        .then(|| format!("{bad} of {all} purchases of the last hour brought no server as sold"));
    Ok([entries, Seen { kind: FAILING, subject: provider.to_owned(), text }])
}

fn queue(late: Option<&LateJob>) -> Seen {
    let text = late.map(|job| format!("{} is due since {}", job.id, job.run_at.minute()));
    Seen { kind: BEHIND, subject: QUEUE.to_owned(), text }
}
