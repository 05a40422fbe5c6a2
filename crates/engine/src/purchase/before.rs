//! Before the permit: what the newest list says of the package, and what ends an attempt early.

use std::time::Duration;

use domain::catalogue::Look;
use domain::clock::Timestamp;
use domain::order::event::Again;
use domain::order::{Event, Stage, Stop, Terms, step};
use store::db::Tx;
use store::job::Job;
use store::order::{Cause, Extras, Order};
use upstream::Fault;

use super::{PAUSED_FOR, Planned, TRIES_MAX, by_worker, pause_before};
use crate::worker::After;
use crate::{Engine, Error, Result};

/// Two readings this far apart must agree before an order fails by what they show.
const AGREE_AFTER: Duration = Duration::from_secs(10);

/// What the look decided for this job.
pub(crate) enum Looked {
    Buy(String),
    Wait(Duration, String),
    Stopped,
}

impl Engine {
    /// Step 1. What the newest list says of the package that was sold.
    pub(super) async fn look_before(&self, job: &Job, planned: &Planned) -> Result<Looked> {
        let terms = &planned.terms;
        tracing::info!(
            "[SMARTVPS] Using EXACT package from IPStock config: {}",
            planned.order.number
        );
        tracing::info!("[SMARTVPS]   → Package ID (PID) {}", terms.pid);
        tracing::info!("[SMARTVPS]   → Package Name {}", terms.package_name);
        let reading = match self.fresh_reading().await? {
            Ok(reading) => reading,
            Err(fault) => return self.look_failed(job, planned, &fault).await,
        };
        let buffer = self.settings().stock_buffer;
        match reading.look_up(&terms.pid, &terms.package_name, &terms.promise(), buffer) {
            Look::Buy { name, stock, .. } => {
                if name != terms.package_name {
                    tracing::warn!(
                        "[SMARTVPS] SmartVPS renamed package {}: {} → {name}; same block, continuing",
                        terms.pid,
                        terms.package_name
                    );
                }
                tracing::info!("[SMARTVPS] ✅ Exact package verified and available: {name}");
                tracing::info!("[SMARTVPS]   → Available IPv4 {stock}");
                if self.settings().stock_warn_at.iter().any(|level| stock <= *level) {
                    tracing::warn!(
                        "[SMARTVPS] ⚠️ WARNING: Package running low on IPs! {name}: {stock}"
                    );
                }
                Ok(Looked::Buy(name))
            }
            Look::Ambiguous(text) => self.stop(job, planned, Stop::Ambiguous, text).await,
            Look::OtherBlock { name } => {
                let text = format!(
                    "Package PID {} was sold as {} and is now called {name}; nothing was bought",
                    terms.pid, terms.package_name
                );
                self.stop(job, planned, Stop::OtherBlock, text).await
            }
            other => self.doubt(job, planned, &other, reading.requested_at()).await,
        }
    }

    /// A list that says "gone" or "sold out" counts when a second one agrees.
    async fn doubt(
        &self,
        job: &Job,
        planned: &Planned,
        look: &Look,
        requested_at: Timestamp,
    ) -> Result<Looked> {
        let (stop, text) = failure_of(look, &planned.terms);
        let word = stop.word();
        let first = job.note.as_deref().and_then(|note| {
            let micros = note.strip_prefix(&format!("doubt:{word}:"))?.parse().ok()?;
            Some(Timestamp::from_micros(micros))
        });
        match first {
            Some(first) if requested_at.since(first) >= AGREE_AFTER => {
                self.stop(job, planned, stop, text).await
            }
            Some(first) => {
                let left = AGREE_AFTER.saturating_sub(requested_at.since(first));
                Ok(Looked::Wait(left, format!("doubt:{word}:{}", first.as_micros())))
            }
            None => {
                Ok(Looked::Wait(AGREE_AFTER, format!("doubt:{word}:{}", requested_at.as_micros())))
            }
        }
    }

    async fn look_failed(&self, job: &Job, planned: &Planned, fault: &Fault) -> Result<Looked> {
        match fault {
            Fault::Unreachable { .. } => match self.connect_failed(job, planned, fault).await? {
                After::Finished => Ok(Looked::Stopped),
                After::PutOff { after, note } => Ok(Looked::Wait(after, note)),
            },
            Fault::Unauthorized { status, .. } => {
                let why = format!("the provider refused our credentials (HTTP {status})");
                self.pause_provider_by_itself(&why).await?;
                Ok(Looked::Wait(PAUSED_FOR, why))
            }
            other => {
                let after = Duration::from_secs(2 << job.tries.clamp(0, 4));
                Ok(Looked::Wait(after, format!("the package list could not be read: {other}")))
            }
        }
    }

    /// Step 2 failed: one of three tries is used up, with growing pauses.
    pub(super) async fn connect_failed(
        &self,
        job: &Job,
        planned: &Planned,
        fault: &Fault,
    ) -> Result<After> {
        let used = planned.attempt.tries + 1;
        tracing::warn!(
            "[SMARTVPS] Calling buyVps({}, {}) - attempt {used}/{TRIES_MAX} failed before sending: {fault}",
            planned.terms.package_name,
            planned.terms.ram.as_gb()
        );
        if used >= TRIES_MAX {
            let text = format!("could not connect to the provider in {TRIES_MAX} tries: {fault}");
            self.stop(job, planned, Stop::ConnectFailed, text).await?;
            return Ok(After::Finished);
        }
        let (id, claim) = (planned.attempt.id.clone(), job.claim.clone());
        let pause = pause_before(Again::Transient, planned.attempt.tries);
        let note = format!("attempt {used}/{TRIES_MAX}: {fault}");
        self.db()
            .write(move |tx| {
                tx.count_try(&id)?;
                tx.put_off_job(&claim, pause, &note)
            })
            .await?;
        Ok(After::Finished)
    }

    /// What was sold is not in our books: an error with an alert, never skipped in silence.
    pub(super) async fn plan_missing(
        &self,
        job: &Job,
        planned: &Planned,
        error: &Error,
    ) -> Result<After> {
        let text = format!("nothing was bought, because {error}");
        self.stop(job, planned, Stop::PlanMissing, text).await?;
        Ok(After::Finished)
    }

    /// Ends the attempt before its permit: nothing was bought, and the order says why.
    pub(crate) async fn stop(
        &self,
        job: &Job,
        planned: &Planned,
        stop: Stop,
        text: String,
    ) -> Result<Looked> {
        tracing::warn!("[AUTO-PROVISION] {} stopped: {text}", planned.order.number);
        let (claim, order, attempt) =
            (job.claim.clone(), planned.order.id.clone(), planned.attempt.id.clone());
        self.db()
            .write(move |tx| {
                let mut order = tx.lock_order(&order)?;
                if order.standing.stage != Stage::Planned(attempt.clone()) {
                    return tx.finish_job(&claim).map_err(Error::from);
                }
                let cause = by_worker(format!("stopped:{attempt}"), &claim, "");
                stop_within(tx, &mut order, stop, &text, &cause)?;
                Ok(tx.finish_job(&claim)?)
            })
            .await?;
        Ok(Looked::Stopped)
    }
}

/// Ends a planned attempt of a locked order, and tells why.
pub(crate) fn stop_within(
    tx: &mut Tx<'_>,
    order: &mut Order,
    stop: Stop,
    text: &str,
    cause: &Cause,
) -> Result<()> {
    let event = Event::Stopped(stop);
    let next = step(&order.standing, &event)?;
    let error = Some(Some((text.to_owned(), public_of(stop, text))));
    let extras = Extras { error, ..Extras::default() };
    tx.record(order, &[(event, next)], cause, &extras)?;
    Ok(tx.raise_alert("order-stopped", order.id.as_str(), text)?)
}

/// The messages that shop owners know, word for word.
fn failure_of(look: &Look, terms: &Terms) -> (Stop, String) {
    let (pid, name) = (&terms.pid, &terms.package_name);
    match look {
        Look::Inactive { status } => (
            Stop::Inactive,
            format!("Package \"{name}\" (PID: {pid}) is not active. Status: {status}"),
        ),
        Look::Empty { stock } => (
            Stop::NoStock,
            format!("Package \"{name}\" (PID: {pid}) has no available IPs. IPv4 count: {stock}"),
        ),
        Look::AtCapacity { stock } => (
            Stop::AtCapacity,
            format!(
                "Package \"{name}\" is at capacity ({stock} IPs remaining). \
                 Please choose another package or contact support."
            ),
        ),
        _ => (
            Stop::PidGone,
            format!(
                "Package (PID: {pid}, Name: {name}) no longer available in SmartVPS API. \
                 Customer ordered product that is now unavailable."
            ),
        ),
    }
}

/// What the customer may read: the seeds' sentences as they are, nothing of the provider's insides.
fn public_of(stop: Stop, text: &str) -> String {
    match stop {
        Stop::ConnectFailed | Stop::PlanMissing => {
            "Your server could not be bought at the moment. You have not lost anything: our staff \
             will send it, or your money back."
        }
        Stop::OtherBlock | Stop::Ambiguous => {
            "The provider changed this package, so nothing was bought. Our staff look at your order."
        }
        _ => text,
    }
    .to_owned()
}
