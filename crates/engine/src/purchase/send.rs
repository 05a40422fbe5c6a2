//! Sending once and waiting: until the answer, or until the deadline makes it unheard; the socket
//! is read on until the tail ends.

use domain::id::{AttemptId, OrderId};
use domain::order::{Event, Stage, step};
use store::db::Tx;
use store::job::{Claim, Job};
use store::order::{Extras, Order};
use upstream::{Answer, Guard, Line};

use super::permit::Sending;
use super::{Planned, by_worker, put_off};
use crate::worker::After;
use crate::{Engine, Error, Result};

impl Engine {
    /// Step 4, and waiting: until the answer, or until the deadline makes it unheard. The socket is
    /// read on until the tail ends.
    pub(super) async fn send(
        &self,
        job: &Job,
        line: Box<dyn Line>,
        sending: Sending,
        guard: Guard,
        (order, package): (Order, String),
    ) -> Result<After> {
        let until_deadline = sending.deadline.since(sending.now);
        let purchase = sending.purchase.clone();
        let mut buying = Box::pin(async move { line.buy(&purchase, guard).await });
        let outcome = tokio::select! {
            biased;
            outcome = &mut buying => Some(outcome),
            () = tokio::time::sleep(until_deadline) => None,
        };
        let id = sending.attempt.clone();
        match outcome {
            Some(outcome) => {
                self.point("answer-read").await;
                self.store_answer(&id, &outcome.answer, Some(job), &package).await?;
                Ok(After::Finished)
            }
            None => {
                let (engine, late) = (self.clone(), id.clone());
                self.start(async move {
                    let outcome = buying.await;
                    engine.point("late-answer-read").await;
                    let stored = engine.store_answer(&late, &outcome.answer, None, &package).await;
                    if let Err(error) = stored {
                        tracing::error!("the late answer of {late} waits in the journal: {error}");
                    }
                });
                // Only now: whatever becomes of the claim, the socket is read on.
                self.deadline_passed(job, &order.id, &id).await?;
                Ok(After::Finished)
            }
        }
    }

    /// A permitted attempt whose process is gone: only its deadline is waited for.
    pub(super) async fn watch(&self, job: &Job, planned: &Planned) -> Result<After> {
        let (attempt, order) = (&planned.attempt, &planned.order.id);
        let id = attempt.id.clone();
        let (answer, now) =
            self.db().write(move |tx| Ok::<_, Error>((tx.answer(id.as_str())?, tx.now()?))).await?;
        if answer.is_some() {
            // The answer's own job classifies it; that ends this one's subject.
            return self.finish_job(job).await;
        }
        let deadline = attempt.deadline.ok_or_else(|| {
            Error::Bug(format!("attempt {} is permitted and has no deadline", attempt.id))
        })?;
        if now < deadline {
            return Ok(put_off(deadline.since(now), "permitted by another process; waiting"));
        }
        self.deadline_passed(job, order, &attempt.id).await?;
        Ok(After::Finished)
    }

    /// The deadline came and no answer was stored: we do not know, and we say so.
    async fn deadline_passed(&self, job: &Job, order: &OrderId, attempt: &AttemptId) -> Result<()> {
        let (engine, claim, order, attempt) =
            (self.clone(), job.claim.clone(), order.clone(), attempt.clone());
        self.db()
            .write(move |tx| {
                let order = tx.lock_order(&order)?;
                let waits = order.standing.stage == Stage::Permitted(attempt.clone());
                if waits && tx.answer(attempt.as_str())?.is_none() {
                    let why = "no answer before the deadline";
                    engine.record_unheard(tx, order, &attempt, &claim, why)?;
                }
                Ok::<_, Error>(tx.finish_job(&claim)?)
            })
            .await
    }

    /// Moves an order to unheard, with its evidence on the list and the provider's count.
    pub(crate) fn record_unheard(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        attempt: &AttemptId,
        claim: &Claim,
        why: &str,
    ) -> Result<()> {
        let event = Event::WentUnheard;
        let next = step(&order.standing, &event)?;
        let text = format!("the purchase's outcome is not known: {why}");
        let public = "We do not know yet whether your server was bought. Nothing is bought twice; \
                      our staff are looking into it.";
        let cause = by_worker(format!("unheard:{attempt}"), claim, "");
        let extras =
            Extras { error: Some(Some((text.clone(), public.into()))), ..Extras::default() };
        tx.record(&mut order, &[(event, next)], &cause, &extras)?;
        tx.raise_alert("unheard", order.id.as_str(), &text)?;
        self.count_unheard(tx)?;
        tracing::warn!("[SMARTVPS] {} ({}): {text}", order.number, order.sold.terms.package_name);
        Ok(())
    }

    /// Step 5. Stores the answer, not fenced by any claim, with the job that classifies it.
    pub(crate) async fn store_answer(
        &self,
        attempt: &AttemptId,
        answer: &Answer,
        purchase: Option<&Job>,
        package: &str,
    ) -> Result<()> {
        let lane = format!("check:{package}");
        self.keep_answer(attempt.as_str(), answer, &lane, purchase).await
    }
}
