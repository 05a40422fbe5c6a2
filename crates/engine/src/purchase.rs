//! Buying once: look, connect, permit, send, store the answer. Steps 1 to 5 of the purchase.
//! What the answer means is `classify.rs`; why so is `docs/design/0002-unheard-purchases.md`.

pub(crate) mod before;
pub(crate) mod permit;
mod send;

use std::time::Duration;

use domain::attempt::State;
use domain::order::event::Again;
use domain::order::{Stop, Terms};
use store::attempt::Attempt;
use store::db::Tx;
use store::job::Job;
use store::order::{Cause, Order};
use store::purchase::Begun;
use upstream::{Answer, Guard, Line};

use crate::switches::LATCH;
use crate::worker::After;
use crate::{Engine, Error, Result};
use before::Looked;
use permit::Permitted;

/// So many failed connects and passing refusals end an order's attempt.
pub(crate) const TRIES_MAX: i64 = 3;
const PAUSED_FOR: Duration = Duration::from_secs(5);
const STOCK_WAIT: Duration = Duration::from_secs(3);

/// An attempt with its order, as read before acting.
pub(crate) struct Planned {
    pub attempt: Attempt,
    pub order: Order,
    pub terms: Terms,
    /// What stops every purchase for the moment.
    pub hindrance: Option<String>,
}

impl Engine {
    /// Carries out a planned attempt, or watches over a permitted one whose process is gone.
    pub(crate) async fn purchase(&self, job: &Job) -> Result<After> {
        let Some(planned) = self.planned(&job.subject).await? else {
            return self.finish_job(job).await;
        };
        match planned.attempt.state {
            State::Planned if planned.terms.is_by_hand() => {
                return self.hand_to_staff(job, &planned).await;
            }
            State::Planned => {}
            State::Permitted => return self.watch(job, &planned).await,
            _ => return self.finish_job(job).await,
        }
        if self.hub().is_stopping() {
            return Ok(put_off(PAUSED_FOR, "this node is stopping"));
        }
        if let Some(why) = &planned.hindrance {
            return Ok(put_off(PAUSED_FOR, why));
        }
        if let Some(text) = self.sold_by_another(&planned) {
            self.stop(job, &planned, Stop::PlanMissing, text).await?;
            return Ok(After::Finished);
        }
        let name = match self.look_before(job, &planned).await? {
            Looked::Buy(name) => name,
            Looked::Wait(after, note) => return Ok(put_off(after, &note)),
            Looked::Stopped => return Ok(After::Finished),
        };
        // The permit's clock starts after this: a slow connection costs no freshness.
        self.point("purchase-connects").await;
        let line = match self.parts.provider.upstream.connect().await {
            Ok(line) => line,
            Err(fault) => return self.connect_failed(job, &planned, &fault).await,
        };
        self.permit_and_send(job, &planned, &name, line).await
    }

    /// What was sold of a provider that this shop does not buy from is not bought elsewhere.
    fn sold_by_another(&self, planned: &Planned) -> Option<String> {
        let (sold, ours) = (&planned.terms, self.parts.provider.id);
        (sold.provider != ours).then(|| {
            format!(
                "nothing was bought: \"{}\" (PID: {}) was sold of {}, and this shop buys from {ours}",
                sold.package_name, sold.pid, sold.provider
            )
        })
    }

    async fn planned(&self, id: &str) -> Result<Option<Planned>> {
        let (id, provider) = (id.to_owned(), self.parts.provider.id);
        let read = move |tx: &mut Tx<'_>| {
            let Some(begun) = tx.begin_purchase(&id, (provider, LATCH))? else { return Ok(None) };
            let Begun { attempt, order, latched, paused } = begun;
            let terms = tx.terms_in_force(&order)?;
            let latched = latched.map(|why| format!("permits are latched: {why}"));
            let hindrance = latched.or(paused.map(|why| format!("provider paused: {why}")));
            Ok::<_, Error>(Some(Planned { attempt, order, terms, hindrance }))
        };
        // Whatever changes until then, the permit's own transaction sees.
        self.db().read(read).await
    }

    /// What stops every purchase for the moment.
    pub(crate) async fn hindrance(&self) -> Result<Option<String>> {
        let provider = self.parts.provider.id;
        self.db()
            .read(move |tx| {
                if let Some(why) = crate::switches::latched(tx)? {
                    return Ok(Some(format!("permits are latched: {why}")));
                }
                Ok::<_, Error>(
                    tx.provider_pause(provider)?.map(|why| format!("provider paused: {why}")),
                )
            })
            .await
    }

    /// Steps 3 and 4: the permit, and the one request that it allows.
    async fn permit_and_send(
        &self,
        job: &Job,
        planned: &Planned,
        name: &str,
        line: Box<dyn Line>,
    ) -> Result<After> {
        let asked_at = self.parts.boot.since_boot();
        let nonce = self.nonce();
        self.point("before-permit").await;
        let _counted = self.hub().purchase_begins();
        let sending = match self.permit(job, planned, name, &nonce).await {
            Ok(Permitted::Yes(sending)) => sending,
            Ok(Permitted::Wait(after, note)) => return Ok(put_off(after, &note)),
            Err(Error::Unavailable(text)) => match self.read_back(planned, &nonce).await {
                Some(sending) => sending,
                None => return Err(Error::Unavailable(text)),
            },
            Err(error @ Error::Missing { .. }) => {
                return self.plan_missing(job, planned, &error).await;
            }
            Err(error) => return Err(error),
        };
        self.point("permit-committed").await;
        let package = planned.terms.package.to_string();
        if let Err(error) = self.journal_permit(sending.attempt.as_str()).await {
            // Nothing was sent, and that is known for certain.
            let answer = Answer::NotSent { reason: error.to_string() };
            self.store_answer(&sending.attempt, &answer, Some(job), &package).await?;
            return Ok(After::Finished);
        }
        let settings = self.settings();
        let guard = Guard {
            boot: self.parts.boot.clone(),
            asked_at,
            patience: settings.send_within(),
            listen_for: settings.purchase_timeout + settings.purchase_tail,
        };
        self.point("purchase-leaves").await;
        tracing::info!(
            permit = %sending.attempt,
            "[SMARTVPS] Calling buyVps({}, {}) - attempt {}/{TRIES_MAX} …",
            sending.purchase.package_name,
            sending.purchase.ram.as_gb(),
            planned.attempt.tries + 1
        );
        self.send(job, line, *sending, guard, (planned.order.clone(), package)).await
    }

    /// Random text that only the call which asked for a permit knows.
    pub(crate) fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.parts.chance.fill(&mut bytes);
        hex::encode(bytes)
    }
}

fn put_off(after: Duration, note: &str) -> After {
    After::PutOff { after, note: note.to_owned() }
}

/// A cause that a worker writes, with its claim as evidence.
pub(crate) fn by_worker(key: String, claim: &store::job::Claim, data: &str) -> Cause {
    let data = match data {
        "" => format!(r#"{{"claim":{}}}"#, claim.number),
        data => data.to_owned(),
    };
    Cause { key, actor: "worker".into(), data }
}

/// Why a new attempt follows one that proved to have bought nothing.
pub(crate) fn pause_before(because: Again, tries: i64) -> Duration {
    match because {
        Again::NotSent => Duration::from_secs(1),
        Again::Transient => {
            Duration::from_secs(5 * 3_u64.pow(u32::try_from(tries.clamp(0, 4)).unwrap_or(0)))
        }
        Again::Unauthorized => PAUSED_FOR,
    }
}
