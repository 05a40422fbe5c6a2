//! The second part of the verdict: what `status` says of memory, system and credentials,
//! polled until it can be told. A server that passes is delivered in the same transaction.

use std::time::Duration;

use domain::block::Verdict;
use domain::check::{self, Finding, Observed};
use domain::clock::Timestamp;
use domain::id::{OperationId, ServerId};
use domain::order::{Effect, Event, Stage, Standing, Step, Terms, step};
use domain::os::Os;
use domain::server::State;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::db::Tx;
use store::job::{Job, Kind, NewJob};
use store::operation::{Operation, OperationState};
use store::order::{Extras, Order};
use store::purchase::UnderCheck;
use store::server::{NewVerdict, Server, Told};
use upstream::Described;

use crate::purchase::by_worker;
use crate::worker::After;
use crate::{Engine, Error, Result};

/// Pauses between polls; after them one each minute.
const POLL_AFTER_S: [u64; 5] = [5, 10, 15, 30, 60];
/// A mismatch told by `status` counts when it is seen again this much later.
const SEEN_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What a customer signs in with. Sealed at rest, revealed on demand.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

/// A server under check, as read before its provider is asked.
struct Checked {
    server: Server,
    order: Order,
    terms: Terms,
    operations: Vec<Operation>,
    /// A server that had this address before: a verdict must see a later expiry.
    earlier_expiry: Option<Timestamp>,
    now: Timestamp,
}

/// What a poll decided.
enum Decided {
    Deliver,
    Ask(String),
    Hold(String),
    Wrong(String),
    Doubt(String),
    Install(Os),
}

impl Engine {
    pub(crate) async fn verify(&self, job: &Job) -> Result<After> {
        self.point("verdict-committed").await;
        let Some(checked) = self.under_check(&job.subject).await? else {
            return self.finish_job(job).await;
        };
        self.point("status-asked").await;
        let described = match self.parts.provider.upstream.describe(checked.server.address).await {
            Ok(described) => described,
            Err(fault) => return self.not_told(job, &checked, &fault.to_string()).await,
        };
        self.point("status-read").await;
        let told = self.told(&checked.server, &described)?;
        match self.weigh(&checked, &described)? {
            Decided::Deliver => {
                self.point("before-delivery").await;
                self.deliver(job, &checked, told).await
            }
            Decided::Ask(why) => {
                self.keep_told(&checked, &told, false, &why).await?;
                self.not_told(job, &checked, &why).await
            }
            Decided::Doubt(why) => {
                self.keep_told(&checked, &told, true, &why).await?;
                Ok(After::PutOff { after: SEEN_AGAIN_AFTER, note: why })
            }
            Decided::Hold(why) => {
                self.judge(job, &checked, &told, Verdict::Unobservable, why).await
            }
            Decided::Wrong(why) => self.judge(job, &checked, &told, Verdict::Mismatch, why).await,
            Decided::Install(os) => self.install(job, &checked, os).await,
        }
    }

    async fn under_check(&self, id: &str) -> Result<Option<Checked>> {
        let id = ServerId::parse(id).map_err(|error| Error::Bug(error.to_string()))?;
        // Whatever changes until then, the verdict's own transaction sees.
        self.db()
            .read(move |tx| {
                let UnderCheck { server, order, operations, earlier_expiry, now } =
                    tx.server_under_check(&id)?;
                let Some(order) = order else { return Ok(None) };
                if order.standing.stage != Stage::Verifying(id.clone())
                    || server.state != State::Verifying
                {
                    return Ok(None);
                }
                let terms = tx.terms_in_force(&order)?;
                let checked = Checked { server, order, terms, operations, earlier_expiry, now };
                Ok::<_, Error>(Some(checked))
            })
            .await
    }

    /// Puts what was told into rows; credentials are sealed before they go anywhere.
    pub(crate) fn told(&self, server: &Server, described: &Described) -> Result<Told> {
        let credentials = match (&described.username, &described.password) {
            (Some(username), Some(password)) => {
                let plain = Credentials { username: username.clone(), password: password.clone() };
                Some(self.sealed_credentials(&server.id, &plain)?)
            }
            _ => None,
        };
        Ok(Told {
            ram: described.ram,
            os: described.os,
            os_text: described.os_text.clone(),
            expires_at: described.expires_at,
            expires_text: described.expires_text.clone(),
            credentials,
        })
    }

    pub(crate) fn sealed_credentials(
        &self,
        server: &ServerId,
        plain: &Credentials,
    ) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(plain).map_err(|error| Error::Bug(error.to_string()))?;
        Ok(self.parts.seal.seal(&text, server.as_str(), &*self.parts.chance)?)
    }

    fn weigh(&self, checked: &Checked, described: &Described) -> Result<Decided> {
        let server = &checked.server;
        if let Some(busy) = checked.operations.iter().find(|o| under_way(o, checked.now)) {
            return Ok(Decided::Ask(format!("{} is under way", busy.kind)));
        }
        let observed = observed(described);
        if let Some(earlier) = checked.earlier_expiry
            && described.expires_at.is_none_or(|expires| expires <= earlier)
        {
            return Ok(Decided::Ask(
                "the address was ours before; its new term is not told yet".into(),
            ));
        }
        let terms = Terms { os: server.os_wanted.or(checked.terms.os), ..checked.terms.clone() };
        Ok(match check::status(&terms, server.address, &observed) {
            Finding::Match => {
                let fingerprint = described.password.as_deref().map(|p| self.fingerprint(p));
                let is_old =
                    server.password_before.is_some() && fingerprint == server.password_before;
                if is_old {
                    Decided::Ask("the password is still the one before the reinstall".into())
                } else {
                    Decided::Deliver
                }
            }
            Finding::NotYet(why) => Decided::Ask(why.to_owned()),
            Finding::Unobservable(why) => Decided::Hold(why),
            Finding::Mismatch(why) => twice(server, checked.now, why),
            Finding::OtherOs => match (terms.os, installed(&checked.operations)) {
                (Some(os), false) if !self.parts.provider.upstream.abilities().buys_with_os => {
                    Decided::Install(os)
                }
                (os, _) => {
                    let wanted = os.map_or("any system", Os::label);
                    let found = described.os_text.as_deref().unwrap_or("another");
                    twice(
                        server,
                        checked.now,
                        format!("{found} is installed where {wanted} was sold"),
                    )
                }
            },
        })
    }

    /// Recognises a password without keeping it.
    pub(crate) fn fingerprint(&self, password: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.parts.seal.check_text())
            .chain_update(password)
            .finalize();
        hex::encode(&digest[..16])
    }

    async fn keep_told(
        &self,
        checked: &Checked,
        told: &Told,
        doubted: bool,
        why: &str,
    ) -> Result<()> {
        let (server, told, why) = (checked.server.clone(), told.clone(), why.to_owned());
        let news = told.credentials.is_some() || told.ram.is_some() || doubted;
        if !news || (server.doubted_at.is_some() && doubted) {
            return Ok(());
        }
        self.db()
            .write(move |tx| {
                let verdict = Verdict::Unobservable;
                tx.judge_server(
                    &server,
                    &NewVerdict { verdict, why: Some(&why), told: &told, doubted },
                )
            })
            .await?;
        Ok(())
    }

    /// Asks again later; after some time a person is told, and asking goes on.
    async fn not_told(&self, job: &Job, checked: &Checked, why: &str) -> Result<After> {
        let waited = checked.now.since(checked.server.created_at);
        if waited >= self.settings().credentials_after && !checked.order.standing.late {
            let (engine, read, claim) = (self.clone(), checked.order.clone(), job.claim.clone());
            let claim_for = self.settings().claim_for;
            let text = format!("{} has no verdict yet: {why}", checked.server.address);
            self.db()
                .write(move |tx| {
                    let mut order = engine.same_order(tx, &read)?;
                    let next = step(&order.standing, &Event::CredentialsLate)?;
                    let cause = by_worker(format!("late:{}", order.version), &claim, "");
                    tx.record(
                        &mut order,
                        &[(Event::CredentialsLate, next)],
                        &cause,
                        &Extras::default(),
                    )?;
                    tx.raise_alert("credentials-late", order.id.as_str(), &text)?;
                    tx.fence(&claim, claim_for)?;
                    Ok::<_, Error>(())
                })
                .await?;
        }
        let polls = usize::try_from(job.tries).unwrap_or(usize::MAX);
        let seconds = POLL_AFTER_S.get(polls).copied().unwrap_or(60);
        Ok(After::PutOff { after: Duration::from_secs(seconds), note: why.to_owned() })
    }

    /// A verdict against the server: held for a person, or quarantined.
    async fn judge(
        &self,
        job: &Job,
        checked: &Checked,
        told: &Told,
        verdict: Verdict,
        why: String,
    ) -> Result<After> {
        let (engine, claim, told) = (self.clone(), job.claim.clone(), told.clone());
        let (server, order) = (checked.server.clone(), checked.order.clone());
        let event = match verdict {
            Verdict::Mismatch => Event::Mismatched,
            Verdict::Match | Verdict::Unobservable => Event::Held,
        };
        tracing::error!("[SMARTVPS] {} verdict {verdict}: {why}", server.address);
        self.db()
            .write(move |tx| {
                let mut order = engine.same_order(tx, &order)?;
                tx.judge_server(
                    &server,
                    &NewVerdict { verdict, why: Some(&why), told: &told, doubted: false },
                )?;
                let next = step(&order.standing, &event)?;
                let public = match verdict {
                    Verdict::Mismatch => {
                        "The server we got is not what you bought, so you do not get \
                                          it. Our staff will send the right one or your money back."
                    }
                    _ => BY_HAND,
                };
                let error = Some(Some((why.clone(), public.to_owned())));
                let cause =
                    by_worker(format!("verdict:{}:{}", server.id, server.version), &claim, "");
                let extras = Extras { error, ..Extras::default() };
                tx.record(&mut order, &[(event.clone(), next)], &cause, &extras)?;
                if verdict == Verdict::Mismatch {
                    tx.explain_server(&server.id, &why)?;
                    engine.book_stray(tx, &server)?;
                }
                let kind =
                    if verdict == Verdict::Mismatch { "wrong-server" } else { "unverifiable" };
                tx.raise_alert(kind, order.id.as_str(), &why)?;
                Ok::<_, Error>(tx.finish_job(&claim)?)
            })
            .await?;
        Ok(After::Finished)
    }

    /// Locks the order and insists that it is as it was read: same version, same amendments.
    pub(crate) fn same_order(&self, tx: &mut Tx<'_>, read: &Order) -> Result<Order> {
        let order = tx.lock_order(&read.id)?;
        self.same(read, order)
    }

    pub(crate) fn same(&self, read: &Order, order: Order) -> Result<Order> {
        if order.version != read.version || order.amendments != read.amendments {
            return Err(store::db::StoreError::Stale("the order").into());
        }
        Ok(order)
    }

    /// Where the purchase cannot choose the system: chosen, then installed, as two operations.
    async fn install(&self, job: &Job, checked: &Checked, os: Os) -> Result<After> {
        let done = checked
            .operations
            .iter()
            .any(|o| o.kind == "changeos" && o.os == Some(os) && o.state == OperationState::Done);
        let kind = if done { "format" } else { "changeos" };
        let id = OperationId::mint(self.now(), &*self.parts.chance);
        let (claim, server, new) = (job.claim.clone(), checked.server.id.clone(), id.clone());
        let lane = job.lane.clone();
        let before = self.open_credentials(&checked.server)?.map(|c| self.fingerprint(&c.password));
        let (own, claim_for) = (self.own_claim(), self.settings().claim_for);
        let claimed = own.is_some();
        let operation_lane = lane.clone();
        self.db()
            .write(move |tx| {
                tx.insert_operation(&new, &server, (kind, Some(os)), "worker")?;
                if kind == "format" {
                    tx.expect_new_password(&server, before.as_deref(), Some(os))?;
                }
                let run_at = tx.now()?;
                let subject = new.as_str();
                let job = NewJob { kind: Kind::Operate, subject, lane: &operation_lane, run_at };
                tx.put_job(&job, own.as_ref())?;
                tx.fence(&claim, claim_for)
            })
            .await?;
        tracing::info!("[SMARTVPS] {} {kind} to {}", checked.server.address, os.label());
        self.start_own(Kind::Operate, id.as_str(), lane, claimed);
        Ok(After::PutOff { after: Duration::from_secs(2), note: format!("{kind} is under way") })
    }

    pub(crate) fn open_credentials(&self, server: &Server) -> Result<Option<Credentials>> {
        let Some(sealed) = &server.credentials else { return Ok(None) };
        let plain = self.parts.seal.open(sealed, server.id.as_str())?;
        let read = serde_json::from_slice(&plain);
        read.map(Some).map_err(|error| Error::Bug(format!("credentials of {}: {error}", server.id)))
    }

    /// The verdict passes and the server is the customer's: one transaction.
    async fn deliver(&self, job: &Job, checked: &Checked, told: Told) -> Result<After> {
        let (engine, claim) = (self.clone(), job.claim.clone());
        let (server, read) = (checked.server.clone(), checked.order.clone());
        let delivered = self
            .db()
            .write(move |tx| {
                let (order, prepaid) = tx.lock_order_with_prepaid(&read.id)?;
                let mut order = engine.same(&read, order)?;
                tx.judge_server(
                    &server,
                    &NewVerdict { verdict: Verdict::Match, why: None, told: &told, doubted: false },
                )?;
                let matched = step(&order.standing, &Event::Matched)?;
                let standing: &Standing = &matched.next;
                let given = step(standing, &Event::Delivered)?;
                let cause =
                    by_worker(format!("verdict:{}:{}", server.id, server.version), &claim, "");
                let replaced = order.standing.replaces.clone();
                let moves = [(Event::Matched, matched), (Event::Delivered, given)];
                let extras = Extras { error: Some(None), ..Extras::default() };
                tx.record(&mut order, &moves, &cause, &extras)?;
                engine.book_delivery(tx, &order, replaced.as_ref(), prepaid)?;
                tx.finish_job(&claim)?;
                Ok::<_, Error>(order)
            })
            .await?;
        tracing::info!(
            order = %delivered.id,
            "[AUTO-PROVISION] {} delivered {} (sold {}, checked)",
            delivered.number,
            checked.server.address,
            checked.terms.package_name
        );
        // It is delivered, whether or not its history can be read for the log.
        if let Err(error) = self.tell_timings(&delivered).await {
            tracing::warn!("the times of {} cannot be told: {error}", delivered.number);
        }
        Ok(After::Finished)
    }
}

/// What customers read while a person looks at their server.
pub(crate) const BY_HAND: &str = "Our staff check your server by hand before you get it.";

/// What of an answer the check cares for.
pub(crate) fn observed(described: &Described) -> Observed {
    Observed {
        address: described.address,
        ram: described.ram,
        os: described.os,
        has_credentials: described.username.is_some() && described.password.is_some(),
    }
}

/// How an order moves that comes to a server: by the event that brings it there and, where its
/// address is not what was sold, by that at once.
pub(crate) fn moves_by_address(
    came: (Event, Step),
    verdict: Verdict,
) -> Result<Vec<(Event, Step)>> {
    let further = match verdict {
        Verdict::Match => None,
        Verdict::Mismatch => Some(Event::Mismatched),
        Verdict::Unobservable => Some(Event::Held),
    };
    let mut moves = vec![came];
    if let Some(event) = further {
        let next = step(&moves[0].1.next, &event)?;
        // The check is done: no job has to do it again.
        moves[0].1.effects.retain(|effect| !matches!(effect, Effect::Verify(_)));
        moves.push((event, next));
    }
    Ok(moves)
}

/// Wrong, if it was wrong a minute ago too.
fn twice(server: &Server, now: Timestamp, why: String) -> Decided {
    match server.doubted_at {
        Some(first) if now.since(first) >= SEEN_AGAIN_AFTER => Decided::Wrong(why),
        _ => Decided::Doubt(why),
    }
}

/// An operation that has not ended and whose tail is not over.
fn under_way(operation: &Operation, now: Timestamp) -> bool {
    match operation.state {
        OperationState::Planned | OperationState::Permitted => true,
        OperationState::Unheard => operation.tail_ends_at.is_some_and(|end| end > now),
        _ => false,
    }
}

/// Both operations of an installation were tried already.
fn installed(operations: &[Operation]) -> bool {
    let ended = |kind: &str, state| operations.iter().any(|o| o.kind == kind && o.state == state);
    ended("format", OperationState::Done)
        || ended("format", OperationState::Unheard)
        || ended("format", OperationState::Refused)
        || ended("changeos", OperationState::Refused)
        || ended("changeos", OperationState::Unheard)
}
