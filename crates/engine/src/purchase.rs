//! Buying once: look, connect, permit, send, store the answer. Steps 1 to 5 of the purchase.
//! What the answer means is `classify.rs`; the promise is in `docs/design/0002-unheard-purchases.md`.

use std::time::Duration;

use domain::attempt::State;
use domain::catalogue::Look;
use domain::clock::Timestamp;
use domain::id::AttemptId;
use domain::order::event::Again;
use domain::order::{Event, Stage, Stop, Terms, step};
use domain::stock::Admission;
use store::attempt::{Attempt, Permit};
use store::db::{StoreError, Tx};
use store::job::Job;
use store::order::{Cause, Extras, Order};
use upstream::{Answer, Fault, Guard, Line, Purchase};

use crate::point::point;
use crate::worker::After;
use crate::{Engine, Error, Result};

/// So many failed connects and passing refusals end an order's attempt.
pub(crate) const TRIES_MAX: i64 = 3;
/// Two readings this far apart must agree before an order fails by what they show.
const AGREE_AFTER: Duration = Duration::from_secs(10);
const PAUSED_FOR: Duration = Duration::from_secs(5);
const STOCK_WAIT: Duration = Duration::from_secs(3);

/// An attempt with its order, as read before acting.
pub(crate) struct Planned {
    pub attempt: Attempt,
    pub order: Order,
    pub terms: Terms,
}

/// What a permit transaction decided.
enum Permitted {
    Yes(Box<Sending>),
    /// Not now; the attempt stays planned.
    Wait(Duration, String),
}

/// Everything the one request needs once its permit is committed.
struct Sending {
    attempt: AttemptId,
    purchase: Purchase,
    deadline: Timestamp,
    now: Timestamp,
}

impl Engine {
    /// Carries out a planned attempt, or watches over a permitted one whose process is gone.
    pub(crate) async fn purchase(&self, job: &Job) -> Result<After> {
        let Some(planned) = self.planned(&job.subject).await? else {
            return self.finish_job(job).await;
        };
        match planned.attempt.state {
            State::Planned => {}
            State::Permitted => return self.watch(job, &planned).await,
            _ => return self.finish_job(job).await,
        }
        if self.hub().is_stopping() {
            return Ok(put_off(PAUSED_FOR, "this node is stopping"));
        }
        if let Some(why) = self.hindrance().await? {
            return Ok(put_off(PAUSED_FOR, &why));
        }
        let name = match self.look_before(job, &planned).await? {
            Looked::Buy(name) => name,
            Looked::Wait(after, note) => return Ok(put_off(after, &note)),
            Looked::Stopped => return Ok(After::Finished),
        };
        // The clock of the permit starts before the connection: a pause anywhere after it counts.
        let line = match self.parts.provider.upstream.connect().await {
            Ok(line) => line,
            Err(fault) => return self.connect_failed(job, &planned, &fault).await,
        };
        self.permit_and_send(job, &planned, &name, line).await
    }

    async fn planned(&self, id: &str) -> Result<Option<Planned>> {
        let id = id.to_owned();
        let read = move |tx: &mut Tx<'_>| {
            let Some(attempt) = tx.lookup_attempt(&id)? else { return Ok(None) };
            let order = tx.order(&attempt.order)?;
            let terms = tx.terms_in_force(&order)?;
            Ok::<_, Error>(Some(Planned { attempt, order, terms }))
        };
        // A decision follows, so the answer must come from the writer's own view.
        self.db().write(read).await
    }

    /// What stops every purchase for the moment.
    async fn hindrance(&self) -> Result<Option<String>> {
        let provider = self.parts.provider.id;
        self.db()
            .read(move |tx| {
                if let Some(why) = crate::switches::latched(tx)? {
                    return Ok(Some(format!("permits are latched: {why}")));
                }
                Ok::<_, Error>(tx.provider_pause(provider)?.map(|why| format!("provider paused: {why}")))
            })
            .await
    }

    /// Step 1. What the newest list says of the package that was sold.
    async fn look_before(&self, job: &Job, planned: &Planned) -> Result<Looked> {
        let terms = &planned.terms;
        tracing::info!("[SMARTVPS] Using EXACT package from IPStock config: {}", planned.order.number);
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
                    tracing::warn!("[SMARTVPS] ⚠️ WARNING: Package running low on IPs! {name}: {stock}");
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
            None => Ok(Looked::Wait(AGREE_AFTER, format!("doubt:{word}:{}", requested_at.as_micros()))),
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
    async fn connect_failed(&self, job: &Job, planned: &Planned, fault: &Fault) -> Result<After> {
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
        let pause = Duration::from_secs(5 * 3_u64.pow(u32::try_from(used - 1).unwrap_or(0)));
        let note = format!("attempt {used}/{TRIES_MAX}: {fault}");
        self.db()
            .write(move |tx| {
                let at = tx.now()? + pause;
                tx.count_try(&id)?;
                tx.put_off_job(&claim, at, &note)
            })
            .await?;
        Ok(After::Finished)
    }

    /// Ends the attempt before its permit: nothing was bought, and the order says why.
    async fn stop(&self, job: &Job, planned: &Planned, stop: Stop, text: String) -> Result<Looked> {
        tracing::warn!("[AUTO-PROVISION] {} stopped: {text}", planned.order.number);
        let (claim, order, attempt) =
            (job.claim.clone(), planned.order.id.clone(), planned.attempt.id.clone());
        self.db()
            .write(move |tx| {
                let mut order = tx.lock_order(&order)?;
                if order.standing.stage != Stage::Planned(attempt.clone()) {
                    return tx.finish_job(&claim).map_err(Error::from);
                }
                let event = Event::Stopped(stop);
                let next = step(&order.standing, &event)?;
                let cause = by_worker(format!("stopped:{attempt}"), &claim, "");
                let extras = Extras { error: Some(Some((text.clone(), text.clone()))), ..Extras::default() };
                tx.record(&mut order, &[(event, next)], &cause, &extras)?;
                tx.raise_alert("order-stopped", order.id.as_str(), &text)?;
                Ok(tx.finish_job(&claim)?)
            })
            .await?;
        Ok(Looked::Stopped)
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
        point("before-permit").await;
        let _counted = self.hub().purchase_begins();
        let sending = match self.permit(job, planned, name, &nonce).await {
            Ok(Permitted::Yes(sending)) => sending,
            Ok(Permitted::Wait(after, note)) => return Ok(put_off(after, &note)),
            Err(Error::Unavailable(text)) => match self.read_back(planned, &nonce).await {
                Some(sending) => sending,
                None => return Err(Error::Unavailable(text)),
            },
            Err(error) => return Err(error),
        };
        point("permit-committed").await;
        self.journal_permit(sending.attempt.as_str()).await?;
        let settings = self.settings();
        let guard = Guard {
            boot: self.parts.boot.clone(),
            asked_at,
            patience: settings.send_within(),
            listen_for: settings.purchase_timeout + settings.purchase_tail,
        };
        tracing::info!(
            permit = %sending.attempt,
            "[SMARTVPS] Calling buyVps({}, {}) - attempt {}/{TRIES_MAX} …",
            sending.purchase.package_name,
            sending.purchase.ram.as_gb(),
            planned.attempt.tries + 1
        );
        let (order, package) = (planned.order.clone(), planned.terms.package.to_string());
        self.send(job, line, *sending, guard, (order, package)).await
    }

    /// A commit whose outcome is unknown: only this call knows the nonce and may read it back.
    async fn read_back(&self, planned: &Planned, nonce: &str) -> Option<Box<Sending>> {
        let (id, nonce) = (planned.attempt.id.clone(), nonce.to_owned());
        let found = self
            .db()
            .write(move |tx| {
                if !tx.permit_holds(&id, &nonce)? {
                    return Ok(None);
                }
                Ok::<_, StoreError>(Some((tx.attempt(&id)?, tx.now()?)))
            })
            .await;
        match found {
            Ok(Some((attempt, now))) => Some(Box::new(Sending {
                purchase: Purchase {
                    permit: attempt.id.to_string(),
                    package_name: attempt.package_name.clone(),
                    ram: attempt.ram,
                },
                deadline: attempt.deadline.unwrap_or(now),
                attempt: attempt.id,
                now,
            })),
            // Whoever else meets it waits for its deadline; nothing was sent by us.
            _ => None,
        }
    }

    /// Step 3, one short transaction: every reason not to buy, and then the right to buy once.
    async fn permit(&self, job: &Job, planned: &Planned, name: &str, nonce: &str) -> Result<Permitted> {
        let engine = self.clone();
        let (claim, attempt, order) =
            (job.claim.clone(), planned.attempt.clone(), planned.order.id.clone());
        let (terms, name, nonce) = (planned.terms.clone(), name.to_owned(), nonce.to_owned());
        self.db()
            .write(move |tx| {
                let settings = engine.settings();
                let counted = tx.count_stock(&attempt.package, settings.stock_buffer)?;
                if let Some((after, why)) = engine.not_now(tx, &terms, &attempt, &counted)? {
                    return Ok(Permitted::Wait(after, why));
                }
                let mut order = tx.lock_order(&order)?;
                if order.standing.stage != Stage::Planned(attempt.id.clone()) {
                    return Err(Error::from(StoreError::Stale("the order")));
                }
                let now = counted.now;
                let deadline = now + settings.purchase_timeout;
                let next = step(&order.standing, &Event::Permitted)?;
                let data = format!(
                    r#"{{"permit":"{}","claim":{},"reading":{},"stock":{}}}"#,
                    attempt.id, claim.number, counted.reading_number, counted.stock.free
                );
                let cause = by_worker(format!("permit:{}", attempt.id), &claim, &data);
                let extras = Extras { error: Some(None), ..Extras::default() };
                tx.record(&mut order, &[(Event::Permitted, next)], &cause, &extras)?;
                tx.permit_attempt(&Permit {
                    id: &attempt.id,
                    nonce: &nonce,
                    now,
                    deadline,
                    tail_ends_at: deadline + settings.purchase_tail,
                    reading_number: counted.reading_number,
                    stock_seen: counted.stock.free,
                    package_name: &name,
                })?;
                tx.fence(&claim, settings.claim_for)?;
                let purchase = Purchase {
                    permit: attempt.id.to_string(),
                    package_name: name.clone(),
                    ram: attempt.ram,
                };
                let attempt = attempt.id.clone();
                Ok(Permitted::Yes(Box::new(Sending { attempt, purchase, deadline, now })))
            })
            .await
    }

    /// Every reason why no permit is given now. The package is locked.
    fn not_now(
        &self,
        tx: &mut Tx<'_>,
        terms: &Terms,
        attempt: &Attempt,
        counted: &store::stock::Counted,
    ) -> Result<Option<(Duration, String)>> {
        if self.hub().is_stopping() {
            return Ok(Some((PAUSED_FOR, "this node is stopping".into())));
        }
        if let Some(why) = crate::switches::latched(tx)? {
            return Ok(Some((PAUSED_FOR, format!("permits are latched: {why}"))));
        }
        if let Some(why) = tx.provider_pause(self.parts.provider.id)? {
            return Ok(Some((PAUSED_FOR, format!("provider paused: {why}"))));
        }
        if let Some(why) = self.over_budget(tx, counted.now)? {
            return Ok(Some((Duration::from_secs(30), why)));
        }
        if terms.promise().pins_one_address() && tx.package_is_being_checked(attempt.package.as_str())? {
            return Ok(Some((STOCK_WAIT, "its one address is being checked for another order".into())));
        }
        match counted.stock.admission() {
            Admission::Admitted => Ok(None),
            // What the newest reading says of an empty package is step 1's to judge, twice.
            Admission::Wait | Admission::Empty | Admission::AtCapacity => {
                let text = format!(
                    "waiting for stock: {} free, {} under way, {} kept back",
                    counted.stock.free, counted.stock.taken, counted.stock.buffer
                );
                Ok(Some((STOCK_WAIT, text)))
            }
        }
    }

    pub(crate) fn over_budget_now(&self, tx: &mut Tx<'_>) -> Result<Option<String>> {
        let now = tx.now()?;
        self.over_budget(tx, now)
    }

    /// Strays of 24 hours cost more than the owner allows.
    fn over_budget(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<String>> {
        let Some(budget) = self.settings().loss_budget else { return Ok(None) };
        let day = now - Duration::from_secs(24 * 3_600);
        let since = tx.budget_lifted_at()?.map_or(day, |lifted| lifted.max(day));
        let cost = tx.stray_cost(self.parts.provider.id, since)?;
        if cost < budget.minor {
            return Ok(None);
        }
        Ok(Some(format!("the loss budget of {budget} for 24 hours is used up")))
    }

    /// Step 4, and waiting: until the answer, or until the deadline makes it unheard. The socket is
    /// read on until the tail ends.
    async fn send(
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
            outcome = &mut buying => Some(outcome),
            () = tokio::time::sleep(until_deadline) => None,
        };
        let id = sending.attempt.clone();
        match outcome {
            Some(outcome) => {
                point("answer-read").await;
                self.store_answer(&id, &outcome.answer, Some(job), &package).await?;
                Ok(After::Finished)
            }
            None => {
                self.deadline_passed(job, &order.id, &id).await?;
                let engine = self.clone();
                self.hub().start(Box::pin(async move {
                    let outcome = buying.await;
                    let stored = engine.store_answer(&id, &outcome.answer, None, &package).await;
                    if let Err(error) = stored {
                        tracing::error!("the late answer of {id} waits in the journal: {error}");
                    }
                }));
                Ok(After::Finished)
            }
        }
    }

    /// A permitted attempt whose process is gone: only its deadline is waited for.
    async fn watch(&self, job: &Job, planned: &Planned) -> Result<After> {
        let (attempt, order) = (&planned.attempt, &planned.order.id);
        let id = attempt.id.clone();
        let (answer, now) = self
            .db()
            .write(move |tx| Ok::<_, Error>((tx.answer(id.as_str())?, tx.now()?)))
            .await?;
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
    async fn deadline_passed(
        &self,
        job: &Job,
        order: &domain::id::OrderId,
        attempt: &AttemptId,
    ) -> Result<()> {
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
        claim: &store::job::Claim,
        why: &str,
    ) -> Result<()> {
        let event = Event::WentUnheard;
        let next = step(&order.standing, &event)?;
        let text = format!("the purchase's outcome is not known: {why}");
        let public = "We do not know yet whether your server was bought. Nothing is bought twice; \
                      our staff are looking into it.";
        let cause = by_worker(format!("unheard:{attempt}"), claim, "");
        let extras = Extras { error: Some(Some((text.clone(), public.into()))), ..Extras::default() };
        tx.record(&mut order, &[(event, next)], &cause, &extras)?;
        tx.raise_alert("unheard", order.id.as_str(), &text)?;
        self.count_unheard(tx)?;
        tracing::warn!("[SMARTVPS] {} ({}): {text}", order.number, order.sold.terms.package_name);
        Ok(())
    }

    /// Random text that only the call which asked for a permit knows.
    pub(crate) fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.parts.chance.fill(&mut bytes);
        hex::encode(bytes)
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

/// What the look decided for this job.
enum Looked {
    Buy(String),
    Wait(Duration, String),
    Stopped,
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

/// Why a new attempt follows one that proved to have bought nothing.
pub(crate) fn pause_before(because: Again, tries: i64) -> Duration {
    match because {
        Again::NotSent => Duration::from_secs(1),
        Again::Transient => Duration::from_secs(5 * 3_u64.pow(u32::try_from(tries.clamp(0, 4)).unwrap_or(0))),
        Again::Unauthorized => PAUSED_FOR,
    }
}
