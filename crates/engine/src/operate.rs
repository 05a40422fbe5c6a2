//! Operations on a server: the same permit, boot-time check, answer row and tail as a purchase.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::errand::Request;
use domain::id::OperationId;
use domain::order::Stage;
use domain::server::State;
use store::db::{StoreError, Tx};
use store::job::{Claim, Job, Kind};
use store::operation::{Operation, OperationState};
use upstream::{Answer, Guard, OperationKind, OperationMeaning};

use crate::worker::After;
use crate::{Engine, Error, Result};

const TRIES_MAX: i64 = 3;
/// What a customer asked for and could not be sent for so long is not sent any more: whoever
/// pressed a button does not expect its effect an hour later.
pub(crate) const SENT_WITHIN: Duration = Duration::from_secs(5 * 60);

/// What became of a wish for a permit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Permit {
    Given,
    /// The operation has ended, and so has its job.
    Withdrawn,
}

impl Engine {
    /// Carries out a planned operation, or watches over a permitted one.
    pub(crate) async fn operate(&self, job: &Job) -> Result<After> {
        let subject = job.subject.clone();
        let found = self.db().read(move |tx| tx.lookup_operation(&subject)).await?;
        let Some(operation) = found else { return self.finish_job(job).await };
        match operation.state {
            OperationState::Planned => {}
            OperationState::Permitted => return self.watch_operation(job, &operation).await,
            _ => return self.finish_job(job).await,
        }
        if self.hub().is_stopping() {
            let note = "this node is stopping".to_owned();
            return Ok(After::PutOff { after: Duration::from_secs(5), note });
        }
        if let Some(note) = self.hindrance().await? {
            let now = self.db().read(|tx| tx.now()).await?;
            if is_too_late(&operation, now) {
                return self.operation_withdrawn(job, &operation, &note).await;
            }
            return Ok(After::PutOff { after: Duration::from_secs(5), note });
        }
        self.permit_and_operate(job, &operation).await
    }

    /// Connect, permit, send once, and wait as for a purchase.
    async fn permit_and_operate(&self, job: &Job, operation: &Operation) -> Result<After> {
        let server_id = operation.server.clone();
        let server = self.db().read(move |tx| tx.server(&server_id)).await?;
        self.point("operation-connects").await;
        let line = match self.parts.provider.upstream.connect().await {
            Ok(line) => line,
            Err(fault) => {
                return self.operation_not_connected(job, operation, &fault.to_string()).await;
            }
        };
        let asked_at = self.parts.boot.since_boot();
        let nonce = self.nonce();
        let _counted = self.hub().purchase_begins();
        if self.permit_operation(job, operation, &nonce).await? == Permit::Withdrawn {
            return Ok(After::Finished);
        }
        if let Err(error) = self.journal_permit(operation.id.as_str()).await {
            // Nothing was sent, and that is known for certain.
            let answer = Answer::NotSent { reason: error.to_string() };
            self.keep_answer(operation.id.as_str(), &answer, &job.lane, Some(job)).await?;
            return Ok(After::Finished);
        }
        let settings = self.settings();
        let guard = self.operation_guard(asked_at);
        let request = upstream::Operation {
            permit: operation.id.to_string(),
            address: server.address,
            kind: kind_of(operation)?,
        };
        self.point("operation-leaves").await;
        let mut asking = Box::pin(async move { line.operate(&request, guard).await });
        let (id, lane) = (operation.id.clone(), job.lane.clone());
        let answer = tokio::select! {
            biased;
            answer = &mut asking => Some(answer),
            () = tokio::time::sleep(settings.purchase_timeout) => None,
        };
        match answer {
            Some(answer) => {
                self.point("operation-answer-read").await;
                self.keep_answer(id.as_str(), &answer, &lane, Some(job)).await?;
            }
            None => {
                let (engine, late) = (self.clone(), id.clone());
                self.start(async move {
                    let answer = asking.await;
                    engine.point("late-operation-answer-read").await;
                    let kept = engine.keep_answer(late.as_str(), &answer, &lane, None).await;
                    if let Err(error) = kept {
                        tracing::error!("the late answer of {late} waits in the journal: {error}");
                    }
                });
                // Only now: whatever becomes of the claim, the socket is read on.
                self.operation_unheard(job, &id).await?;
            }
        }
        Ok(After::Finished)
    }

    fn operation_guard(&self, asked_at: Duration) -> Guard {
        let settings = self.settings();
        Guard {
            boot: self.parts.boot.clone(),
            asked_at,
            patience: settings.send_within(),
            listen_for: settings.purchase_timeout + settings.purchase_tail,
        }
    }

    /// Gives the permit, or withdraws the operation where its server is not any more what it was
    /// planned for.
    async fn permit_operation(
        &self,
        job: &Job,
        operation: &Operation,
        nonce: &str,
    ) -> Result<Permit> {
        let (nonce_text, claim) = (nonce.to_owned(), job.claim.clone());
        let (timeout, tail) = (self.settings().purchase_timeout, self.settings().purchase_tail);
        let claim_for = self.settings().claim_for;
        let (engine, read) = (self.clone(), operation.clone());
        let permitted = self
            .db()
            .write(move |tx| {
                if let Some(why) = out_of_place(tx, &read)? {
                    withdraw(tx, &read, &claim, &why)?;
                    return Ok(Permit::Withdrawn);
                }
                if read.errand.is_some() && read.kind == Request::Format.word() {
                    let server = tx.server(&read.server)?;
                    let old = engine.open_credentials(&server)?;
                    let old = old.map(|old| engine.fingerprint(&old.password));
                    tx.doubt_sign_in(&server.id, old.as_deref())?;
                }
                let deadline = tx.now()? + timeout;
                tx.permit_operation(&read.id, &nonce_text, deadline, deadline + tail)?;
                tx.fence(&claim, claim_for)?;
                Ok::<_, Error>(Permit::Given)
            })
            .await;
        let Err(error @ Error::Unavailable(_)) = permitted else { return permitted };
        // Only this call knows the nonce: it alone may read the permit back.
        let (id, nonce_text) = (operation.id.clone(), nonce.to_owned());
        let holds = self.db().write(move |tx| tx.operation_permit_holds(&id, &nonce_text)).await?;
        if holds { Ok(Permit::Given) } else { Err(error) }
    }

    async fn operation_withdrawn(
        &self,
        job: &Job,
        operation: &Operation,
        why: &str,
    ) -> Result<After> {
        let (operation, claim, why) = (operation.clone(), job.claim.clone(), why.to_owned());
        self.db().write(move |tx| withdraw(tx, &operation, &claim, &why)).await?;
        self.hub().wake();
        Ok(After::Finished)
    }

    async fn operation_not_connected(
        &self,
        job: &Job,
        operation: &Operation,
        why: &str,
    ) -> Result<After> {
        let used = operation.tries + 1;
        let (operation, claim) = (operation.clone(), job.claim.clone());
        let why = why.to_owned();
        self.db()
            .write(move |tx| {
                if used >= TRIES_MAX {
                    return withdraw(tx, &operation, &claim, &why);
                }
                tx.count_operation_try(&operation.id)?;
                tx.put_off_job(&claim, Duration::from_secs(5 * used.unsigned_abs()), &why)
            })
            .await?;
        self.hub().wake();
        Ok(After::Finished)
    }

    async fn watch_operation(&self, job: &Job, operation: &Operation) -> Result<After> {
        let deadline = operation.deadline.ok_or_else(|| {
            Error::Bug(format!("{} is permitted without a deadline", operation.id))
        })?;
        let now = self.db().read(|tx| tx.now()).await?;
        if now < deadline {
            let note = "permitted by another process; waiting".to_owned();
            return Ok(After::PutOff { after: deadline.since(now), note });
        }
        self.operation_unheard(job, &operation.id).await?;
        Ok(After::Finished)
    }

    async fn operation_unheard(&self, job: &Job, id: &OperationId) -> Result<()> {
        let (id, claim) = (id.clone(), job.claim.clone());
        self.db()
            .write(move |tx| {
                let found = tx.lookup_operation(id.as_str())?;
                let waits = found.filter(|o| o.state == OperationState::Permitted);
                if let Some(operation) = waits
                    && tx.answer(id.as_str())?.is_none()
                {
                    let why = Some("no answer before the deadline");
                    tx.end_operation(&id, OperationState::Unheard, why)?;
                    crate::errand::hurry(tx, &operation)?;
                }
                tx.finish_job(&claim)
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    /// Applies the stored answer of an operation; the server's own check goes on from there.
    pub(crate) async fn classify_operation(&self, job: &Job) -> Result<After> {
        let subject = job.subject.clone();
        let found = self.db().read(move |tx| tx.answer(&subject)).await?;
        let Some(stored) = found else { return self.finish_job(job).await };
        let answer = self.open_answer(&job.subject, &stored)?;
        let (state, detail) = match self.parts.provider.upstream.operation_meaning(&answer) {
            OperationMeaning::Done => (OperationState::Done, None),
            OperationMeaning::Refused { text } => (OperationState::Refused, Some(text)),
            OperationMeaning::NotSent { reason } => (OperationState::NotSent, Some(reason)),
            OperationMeaning::Unheard { reason } => (OperationState::Unheard, Some(reason)),
        };
        let (subject, claim) = (job.subject.clone(), job.claim.clone());
        let server = self
            .db()
            .write(move |tx| {
                let Some(operation) = tx.lookup_operation(&subject)? else {
                    return tx.finish_job(&claim).map(|()| None);
                };
                let open = matches!(
                    operation.state,
                    OperationState::Planned | OperationState::Permitted | OperationState::Unheard
                );
                if open {
                    tx.end_operation(&operation.id, state, detail.as_deref())?;
                }
                tx.hurry_job(&store::job::job_id(Kind::Verify, operation.server.as_str()))?;
                crate::errand::hurry(tx, &operation)?;
                tx.finish_job(&claim)?;
                Ok::<_, StoreError>(Some(operation.server))
            })
            .await?;
        if server.is_some() {
            self.hub().wake();
        }
        Ok(After::Finished)
    }
}

/// Ends an operation of which nothing ever left, with its job.
fn withdraw(
    tx: &mut Tx<'_>,
    operation: &Operation,
    claim: &Claim,
    why: &str,
) -> store::db::Result<()> {
    tx.end_operation(&operation.id, OperationState::NotSent, Some(why))?;
    crate::errand::hurry(tx, operation)?;
    tx.finish_job(claim)
}

fn is_too_late(operation: &Operation, now: Timestamp) -> bool {
    operation.errand.is_some() && now.since(operation.planned_at) > SENT_WITHIN
}

/// Why an operation may not be sent any more: its server is not what it was planned for. Read under
/// the order's lock, under which servers are delivered and taken back.
fn out_of_place(tx: &mut Tx<'_>, operation: &Operation) -> Result<Option<String>> {
    let server = tx.server(&operation.server)?;
    let Some(order) = &server.order else { return Ok(Some("the server is no order's".into())) };
    let order = tx.lock_order(order)?;
    let server = tx.server(&operation.server)?;
    if is_too_late(operation, tx.now()?) {
        return Ok(Some("it could not be sent in time".into()));
    }
    Ok(match (&operation.errand, &order.standing.stage, server.state) {
        (Some(_), Stage::Delivered(id), State::Delivered) if *id == server.id => None,
        (None, Stage::Verifying(id), State::Verifying) if *id == server.id => None,
        (_, stage, state) => Some(format!("its order is {} and the server {state}", stage.word())),
    })
}

fn kind_of(operation: &Operation) -> Result<OperationKind> {
    Ok(match (operation.kind.as_str(), operation.os) {
        ("changeos", Some(os)) => OperationKind::ChangeOs(os),
        ("format", _) => OperationKind::Format,
        ("start", _) => OperationKind::Start,
        ("stop", _) => OperationKind::Stop,
        ("renewvps", _) => OperationKind::Renew,
        (kind, os) => return Err(Error::Bug(format!("operation {kind:?} with system {os:?}"))),
    })
}
