//! What a stored answer does: understood by a pure function, applied in one transaction.
//! Step 6 of the purchase, and the first part of step 7: the address.

use domain::attempt::{Event as AttemptEvent, State};
use domain::block::Verdict;
use domain::check;
use domain::id::{AttemptId, ServerId};
use domain::order::event::Again;
use domain::order::{Event, Stage, Step, step};
use domain::server::{Event as ServerEvent, State as ServerState};
use store::attempt::{Attempt, StoredAnswer};
use store::db::Tx;
use store::job::{Claim, Job, Kind};
use store::order::{Cause, Extras, Order};
use store::server::{NewServer, NewVerdict, Server, Told};
use upstream::{Answer, Meaning};

use crate::check::{BY_HAND, moves_by_address};
use crate::purchase::{TRIES_MAX, by_worker, pause_before};
use crate::worker::After;
use crate::{Engine, Error, Result};

/// The answer of one attempt, on its way into the books.
struct Heard<'a> {
    attempt: Attempt,
    order: Order,
    /// The server that is live at the address which the answer names.
    live: Option<Server>,
    answer: &'a StoredAnswer,
    claim: &'a Claim,
    /// Made before the transaction, which may run more than once.
    new_server: ServerId,
    /// The stray of nobody that the answer names, where staff found it first.
    stray: Option<Server>,
    new_attempt: &'a AttemptId,
}

/// What the transaction leaves to be started in this process.
#[derive(Default)]
struct Next {
    verify: Option<(ServerId, String)>,
    purchase: bool,
    pause: Option<String>,
}

impl Engine {
    /// Understands the stored answer of a permit and applies it.
    pub(crate) async fn classify(&self, job: &Job) -> Result<After> {
        if job.subject.starts_with(domain::id::OperationId::PREFIX) {
            return self.classify_operation(job).await;
        }
        self.point("answer-stored").await;
        let subject = job.subject.clone();
        // Whatever changes until then, the transaction below sees.
        let read = self.db().read(move |tx| tx.answered_attempt(&subject)).await?;
        let Some((answer, attempt)) = read else {
            return self.finish_job(job).await;
        };
        let meaning = self
            .parts
            .provider
            .upstream
            .purchase_meaning(&self.open_answer(&job.subject, &answer)?);
        self.log_meaning(&attempt, &meaning);
        let new_server = ServerId::mint(self.now(), &*self.parts.chance);
        let new_attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let (engine, claim) = (self.clone(), job.claim.clone());
        let named = match &meaning {
            Meaning::Sold(address) => Some(*address),
            _ => None,
        };
        let next = self
            .db()
            .write(move |tx| {
                // Read again under the order's lock: a person may have decided meanwhile.
                let (order, attempt, live) = tx.lock_answered(&attempt, named)?;
                let heard = Heard {
                    attempt,
                    order,
                    live,
                    answer: &answer,
                    claim: &claim,
                    new_server: new_server.clone(),
                    stray: None,
                    new_attempt: &new_attempt,
                };
                let next = engine.apply_answer(tx, heard, &meaning)?;
                tx.finish_job(&claim)?;
                Ok::<_, Error>(next)
            })
            .await?;
        self.start_next(next).await?;
        Ok(After::Finished)
    }

    async fn start_next(&self, next: Next) -> Result<()> {
        if let Some(why) = next.pause {
            self.pause_provider_by_itself(&why).await?;
        }
        if let Some((server, lane)) = next.verify {
            self.start_own(Kind::Verify, server.as_str(), lane, self.own_claim().is_some());
        }
        if next.purchase {
            self.hub().wake();
        }
        Ok(())
    }

    pub(crate) fn open_answer(&self, permit: &str, stored: &StoredAnswer) -> Result<Answer> {
        let reason = stored.reason.clone().unwrap_or_default();
        Ok(match (stored.kind.as_str(), &stored.body, stored.status) {
            ("http", Some(sealed), Some(status)) => Answer::Http {
                status: u16::try_from(status).map_err(|_| Error::Bug(format!("HTTP {status}")))?,
                body: self.parts.seal.open(sealed, permit)?.to_vec(),
            },
            ("not_sent", None, None) => Answer::NotSent { reason },
            ("lost", None, None) => Answer::Lost { reason },
            (kind, ..) => return Err(Error::Bug(format!("answer {permit} is a broken {kind:?}"))),
        })
    }

    fn log_meaning(&self, attempt: &Attempt, meaning: &Meaning) {
        let name = &attempt.package_name;
        match meaning {
            Meaning::Sold(address) => {
                let permit = &attempt.id;
                tracing::info!(%permit, "[SMARTVPS] assigned/bought IP: {address} for {name}");
            }
            other => tracing::warn!(permit = %attempt.id, "[SMARTVPS] buyVps {name}: {other:?}"),
        }
    }

    fn apply_answer(&self, tx: &mut Tx<'_>, heard: Heard<'_>, meaning: &Meaning) -> Result<Next> {
        match meaning {
            Meaning::Sold(address) => self.sold(tx, heard, *address),
            Meaning::Rejected { text, transient } => {
                let again = *transient && heard.attempt.tries + 1 < TRIES_MAX;
                let because = again.then_some(Again::Transient);
                self.nothing_bought_here(tx, heard, because, text)
            }
            Meaning::Unauthorized { status } => {
                let text = format!("the provider refused our credentials (HTTP {status})");
                let mut next =
                    self.nothing_bought_here(tx, heard, Some(Again::Unauthorized), &text)?;
                next.pause = Some(text);
                Ok(next)
            }
            Meaning::NotSent { reason } => {
                self.nothing_bought_here(tx, heard, Some(Again::NotSent), reason)
            }
            Meaning::Unheard { reason } => {
                self.unheard(tx, heard, reason)?;
                Ok(Next::default())
            }
        }
    }

    fn unheard(&self, tx: &mut Tx<'_>, heard: Heard<'_>, reason: &str) -> Result<()> {
        // Known to be unheard already, or decided by a person: the answer adds nothing.
        if heard.attempt.state == State::Permitted {
            self.record_unheard(tx, heard.order, &heard.attempt.id, heard.claim, reason)?;
        }
        Ok(())
    }

    /// The answer proves that nothing was bought.
    fn nothing_bought_here(
        &self,
        tx: &mut Tx<'_>,
        mut heard: Heard<'_>,
        because: Option<Again>,
        text: &str,
    ) -> Result<Next> {
        let id = heard.attempt.id.clone();
        match heard.attempt.state {
            State::Permitted | State::Unheard => {}
            State::Parked => {
                tx.move_stray_attempt(&id, AttemptEvent::Rejected)?;
                return Ok(Next::default());
            }
            State::Answered => {
                self.doubt_adopted(tx, &mut heard, text)?;
                return Ok(Next::default());
            }
            _ => return Ok(Next::default()),
        }
        let (event, extras, purchase) = match because {
            Some(because) => {
                let counts = because == Again::Transient;
                let tries = heard.attempt.tries + i64::from(counts);
                let not_before = Some(tx.now()? + pause_before(because, heard.attempt.tries));
                let attempt = heard.new_attempt.clone();
                (
                    Event::TriedAgain { attempt, because },
                    Extras { not_before, tries, ..Extras::default() },
                    true,
                )
            }
            None => {
                tx.raise_alert("order-stopped", heard.order.id.as_str(), text)?;
                let public = "The provider could not sell this server. You have not lost anything: \
                              our staff will send another one or your money back.";
                let error =
                    Some(Some((format!("the provider refused: {text}"), public.to_owned())));
                (Event::Rejected, Extras { error, ..Extras::default() }, false)
            }
        };
        let next = step(&heard.order.standing, &event)?;
        let cause = by_worker(format!("answer:{id}"), heard.claim, "");
        tx.record(&mut heard.order, &[(event, next)], &cause, &extras)?;
        tx.settle_attempt(&id, heard.answer.number)?;
        if because.is_none_or(|because| because != Again::NotSent) {
            tx.reset_unheard(self.parts.provider.id)?;
        }
        Ok(Next { purchase, ..Next::default() })
    }

    /// The answer names one address.
    fn sold(
        &self,
        tx: &mut Tx<'_>,
        mut heard: Heard<'_>,
        address: std::net::Ipv4Addr,
    ) -> Result<Next> {
        if heard.attempt.state == State::Answered {
            return self.sold_after_adoption(tx, heard, address);
        }
        if let Some(live) = heard.live.take()
            && !self.end_lapsed(tx, &live)?
        {
            if live.state != ServerState::Quarantined || live.order.is_some() {
                return self.already_ours(tx, heard, &live);
            }
            heard.new_server = live.id.clone();
            heard.stray = Some(live);
        }
        tx.reset_unheard(self.parts.provider.id)?;
        let server = heard.new_server.clone();
        let event = Event::Answered { attempt: heard.attempt.id.clone(), server };
        let waits = step(&heard.order.standing, &event).ok();
        self.book_cost(tx, &heard.attempt)?;
        match waits {
            Some(answered) => self.check_address(tx, &mut heard, (event, answered), address),
            None => {
                tx.settle_attempt(&heard.attempt.id, heard.answer.number)?;
                tx.move_stray_attempt(&heard.attempt.id, AttemptEvent::Answered)?;
                let why = "a late answer: the order no longer waits for this server";
                match &heard.stray {
                    Some(stray) => tx.explain_server(&stray.id, why)?,
                    None => self.quarantine_new(tx, &heard, &heard.new_server, address, why)?,
                }
                Ok(Next::default())
            }
        }
    }

    /// The first part of the verdict: numbers, not text, and at once.
    fn check_address(
        &self,
        tx: &mut Tx<'_>,
        heard: &mut Heard<'_>,
        answered: (Event, Step),
        address: std::net::Ipv4Addr,
    ) -> Result<Next> {
        let terms = tx.terms_in_force(&heard.order)?;
        let server = heard.new_server.clone();
        let new = self.new_server(heard, &server, address, ServerState::Verifying);
        let new = NewServer { os_wanted: terms.os, ..new };
        match &heard.stray {
            Some(stray) => self.claim_stray(tx, stray, &new)?,
            None => tx.insert_server(&new)?,
        }
        let verdict = check::address(&terms, address);
        let moves = moves_by_address(answered, verdict)?;
        let settled = Some((heard.attempt.id.clone(), heard.answer.number));
        let mut extras = Extras { claim: self.own_claim(), settled, ..Extras::default() };
        if verdict != Verdict::Match {
            extras.error = Some(Some(self.wrong_address(&terms.package_name, address, verdict)));
        }
        let lane = format!("check:{}", heard.order.sold.terms.package);
        let cause = by_worker(format!("answer:{}", heard.attempt.id), heard.claim, "");
        tx.record(&mut heard.order, &moves, &cause, &extras)?;
        if verdict == Verdict::Match {
            return Ok(Next { verify: Some((server, lane)), ..Next::default() });
        }
        self.judge_by_address(tx, heard, verdict, &extras)?;
        Ok(Next::default())
    }

    fn wrong_address(
        &self,
        sold_as: &str,
        address: std::net::Ipv4Addr,
        verdict: Verdict,
    ) -> (String, String) {
        if verdict == Verdict::Unobservable {
            let text = format!("{address} cannot be compared with what \"{sold_as}\" promises");
            return (text, BY_HAND.to_owned());
        }
        tracing::error!("[SMARTVPS] ❌ CRITICAL: SmartVPS assigned IP from WRONG package!");
        tracing::error!("[SMARTVPS]   → Requested package {sold_as}");
        tracing::error!("[SMARTVPS]   → Assigned IP {address} (ordered {sold_as})");
        let text = |got: &str| {
            format!(
                "SmartVPS assigned IP from wrong package! Requested: \"{sold_as}\"{got}. \
                 Package likely ran out of IPs. Please contact support."
            )
        };
        (text(&format!(", Got: \"{address}\"")), text(""))
    }

    fn judge_by_address(
        &self,
        tx: &mut Tx<'_>,
        heard: &Heard<'_>,
        verdict: Verdict,
        extras: &Extras,
    ) -> Result<()> {
        let why =
            extras.error.as_ref().and_then(|error| error.as_ref()).map(|(staff, _)| staff.as_str());
        let server = tx.server(&heard.new_server)?;
        tx.judge_server(
            &server,
            &NewVerdict { verdict, why, told: &Told::default(), doubted: false },
        )?;
        let kind = if verdict == Verdict::Mismatch { "wrong-server" } else { "unverifiable" };
        let text = why.unwrap_or_default();
        tx.raise_alert(kind, heard.order.id.as_str(), text)?;
        if verdict == Verdict::Mismatch {
            tx.explain_server(&heard.new_server, text)?;
            self.book_stray(tx, &server)?;
        }
        Ok(())
    }

    /// Success naming an address that is live in our books: a person must look, at all concerned.
    fn already_ours(&self, tx: &mut Tx<'_>, heard: Heard<'_>, live: &Server) -> Result<Next> {
        let text = format!(
            "the answer names {}, which is already {}{}",
            live.address,
            live.state,
            live.order.as_ref().map(|order| format!(" for {order}")).unwrap_or_default()
        );
        if let Some(other) = &live.order {
            tx.raise_alert("address-sold-twice", other.as_str(), &text)?;
        }
        self.unheard(tx, heard, &text)?;
        Ok(Next::default())
    }

    /// An address whose upstream term is over may be handed out anew: the old interval ends.
    pub(crate) fn end_lapsed(&self, tx: &mut Tx<'_>, live: &Server) -> Result<bool> {
        let over = match live.expires_at {
            Some(expires) => expires < tx.now()?,
            None => false,
        };
        let may = matches!(live.state, ServerState::Delivered | ServerState::Quarantined);
        if over && may {
            tx.end_stray(&live.id, ServerEvent::Lapsed)?;
            if live.state == ServerState::Quarantined {
                self.book_loss(tx, live)?;
            }
            if let (ServerState::Delivered, Some(order)) = (live.state, &live.order) {
                let text = format!(
                    "{} was sold to somebody else after its term at the provider",
                    live.address
                );
                tx.list(order, "server-gone", std::time::Duration::from_secs(3_600))?;
                tx.raise_alert("server-gone", order.as_str(), &text)?;
            }
        }
        Ok(over && may)
    }

    /// A person adopted an address for this attempt; now its own answer says something.
    fn sold_after_adoption(
        &self,
        tx: &mut Tx<'_>,
        mut heard: Heard<'_>,
        address: std::net::Ipv4Addr,
    ) -> Result<Next> {
        let servers = tx.servers(&heard.order.id)?;
        let same = servers.iter().any(|server| server.address == address);
        if same {
            return Ok(Next::default());
        }
        match heard.live.take() {
            // A stray of nobody that this very answer explains.
            Some(live) if live.order.is_none() => {
                tx.explain_server(&live.id, "named by a late answer")?;
            }
            Some(live) => {
                let text = format!("the late answer of {} names {address}", heard.attempt.id);
                tx.raise_alert("address-sold-twice", live.id.as_str(), &text)?;
            }
            None => {
                let why = "its attempt was settled by adopting another address";
                self.quarantine_new(tx, &heard, &heard.new_server, address, why)?;
            }
        }
        let text = format!("the purchase's own answer names {address}");
        self.doubt_adopted(tx, &mut heard, &text)?;
        Ok(Next::default())
    }

    /// An adopted server is doubted: held when it is not delivered yet, on the list when it is.
    fn doubt_adopted(&self, tx: &mut Tx<'_>, heard: &mut Heard<'_>, text: &str) -> Result<()> {
        let adopted = tx
            .servers(&heard.order.id)?
            .into_iter()
            .find(|s| s.adopted_by.is_some() && s.attempt.as_ref() == Some(&heard.attempt.id));
        let Some(adopted) = adopted else { return Ok(()) };
        let stage = &heard.order.standing.stage;
        let text = format!("{} was adopted, and now {text}", adopted.address);
        tx.raise_alert("adoption-doubted", heard.order.id.as_str(), &text)?;
        if matches!(stage, Stage::Verifying(id) | Stage::Verified(id) if *id == adopted.id) {
            let next = step(&heard.order.standing, &Event::Doubted)?;
            let cause = by_worker(format!("answer:{}", heard.attempt.id), heard.claim, "");
            let error = Some(Some((text, BY_HAND.to_owned())));
            let extras = Extras { error, ..Extras::default() };
            tx.record(&mut heard.order, &[(Event::Doubted, next)], &cause, &extras)?;
        } else {
            tx.list(&heard.order.id, "adoption-doubted", std::time::Duration::from_secs(3_600))?;
        }
        Ok(())
    }

    fn new_server<'a>(
        &self,
        heard: &'a Heard<'_>,
        id: &'a ServerId,
        address: std::net::Ipv4Addr,
        state: ServerState,
    ) -> NewServer<'a> {
        NewServer {
            id,
            provider: self.parts.provider.id,
            address,
            order: Some(&heard.order.id),
            attempt: Some(&heard.attempt.id),
            state,
            adopted_by: None,
            os_wanted: None,
            cost: heard.attempt.cost,
            value: heard.attempt.value,
            reason: None,
        }
    }

    fn quarantine_new(
        &self,
        tx: &mut Tx<'_>,
        heard: &Heard<'_>,
        id: &ServerId,
        address: std::net::Ipv4Addr,
        why: &str,
    ) -> Result<()> {
        let new = self.new_server(heard, id, address, ServerState::Quarantined);
        tx.insert_server(&NewServer { reason: Some(why), ..new })?;
        let server = tx.server(id)?;
        self.book_stray(tx, &server)?;
        let text = format!("{address} is in quarantine: {why}");
        tx.raise_alert("stray", heard.order.id.as_str(), &text)?;
        tracing::warn!("[SMARTVPS] {text}");
        Ok(())
    }
}

/// A cause that a person gives.
pub(crate) fn by_person(key: String, actor: &str, reason: &str) -> Cause {
    let data = serde_json::json!({ "reason": reason }).to_string();
    Cause { key, actor: actor.to_owned(), data }
}
