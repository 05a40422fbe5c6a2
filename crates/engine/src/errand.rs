//! What customers have done to their servers, led from request to request until its outcome was
//! seen. Each request is an operation with a permit of its own: `operate.rs`. Asking for an errand
//! is `errand/ask.rs`; what is next is the domain's to say.

mod ask;

use std::time::Duration;

use domain::block::Verdict;
use domain::check::{self, Finding};
use domain::errand::{Next, Outcome, Request, Seen, Sent, SignIn, Stands};
use domain::id::OperationId;
use domain::order::{Stage, Terms};
use domain::power::Power;
use store::db::Tx;
use store::errand::UnderWay;
use store::job::{Job, Kind, NewJob, job_id};
use store::operation::{Operation, OperationState};
use store::server::{NewVerdict, Server, Told};
use upstream::Described;

use crate::operate::SENT_WITHIN;
use crate::worker::After;
use crate::{Engine, Error, Result};

pub use ask::NewErrand;
pub(crate) use ask::installed;

/// Between a request that was done and the next look or request: a provider takes a moment.
const MOMENT: Duration = Duration::from_secs(2);
const LOOKS_AT_MOST_EVERY: Duration = Duration::from_secs(60);
/// The end of a request hurries its errand; this is for a word that was lost.
const WAITS_FOR: Duration = Duration::from_secs(30);
/// What is seen wrong counts when it is seen again this much later.
const SEEN_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Nobody knows what came of it, or something else came of it than was asked for.
pub(crate) const ALERT: &str = "errand-unsettled";

/// An errand as a worker finds it.
struct Run {
    at: UnderWay,
    /// With the system that is to be there afterwards.
    terms: Terms,
    requests: Vec<(Request, Sent)>,
    waited: Duration,
}

/// What a look found, and what of it is kept.
struct Sight {
    seen: Seen,
    told: Told,
    power: Power,
    fault: Option<String>,
}

impl Run {
    fn next(&self, seen: Option<Seen>) -> Next {
        let (errand, waited) = (&self.at.errand, self.waited);
        let (wish, chooses_os) = (errand.wish, errand.chooses_os);
        Stands { wish, chooses_os, requests: &self.requests, waited, seen }.next()
    }

    fn is_theirs(&self) -> bool {
        matches!(&self.at.order.standing.stage, Stage::Delivered(id) if *id == self.at.server.id)
    }

    /// Nothing was sent for so long that nobody waits for it any more.
    fn comes_too_late(&self) -> bool {
        let asked_at = self.at.errand.asked_at;
        self.requests.is_empty() && self.at.now.since(asked_at) > SENT_WITHIN
    }

    fn last_is_format(&self) -> bool {
        self.requests.last().is_some_and(|(request, _)| *request == Request::Format)
    }

    /// Words for the log and for staff.
    fn told(&self, what: &str) -> String {
        format!("{} of {}: {what}", self.at.errand.wish, self.at.server.address)
    }
}

/// The verdict on a sign-in that was told anew.
pub(crate) fn passed(told: &Told) -> NewVerdict<'_> {
    NewVerdict { verdict: Verdict::Match, why: None, told, doubted: false }
}

/// Lets the errand of an operation go on at once.
pub(crate) fn hurry(tx: &mut Tx<'_>, operation: &Operation) -> store::db::Result<()> {
    match &operation.errand {
        Some(errand) => tx.hurry_job(&job_id(Kind::Errand, errand.as_str())),
        None => Ok(()),
    }
}

impl Engine {
    /// Does what is next for an errand.
    pub(crate) async fn errand(&self, job: &Job) -> Result<After> {
        let Some(run) = self.errand_run(&job.subject).await? else {
            return self.finish_job(job).await;
        };
        if !run.is_theirs() {
            let outcome = match run.at.operations.iter().any(|o| o.permitted_at.is_some()) {
                true => Outcome::Unknown,
                false => Outcome::NotSent,
            };
            return self.end_errand(job, run, (outcome, None)).await;
        }
        match run.next(None) {
            Next::Ask(_) if run.comes_too_late() => {
                self.end_errand(job, run, (Outcome::NotSent, None)).await
            }
            Next::Ask(request) => self.take_step(job, run, request).await,
            Next::Wait => Ok(waits("its request is under way")),
            Next::End(outcome) => self.end_errand(job, run, (outcome, None)).await,
            Next::Look if run.waited < MOMENT => Ok(put_off(MOMENT - run.waited, "a moment")),
            Next::Look => self.look_after(job, run).await,
        }
    }

    async fn errand_run(&self, id: &str) -> Result<Option<Run>> {
        let id = id.to_owned();
        let read = move |tx: &mut Tx<'_>| {
            let Some(at) = tx.errand_under_way(&id)? else { return Ok(None) };
            let terms = tx.terms_in_force(&at.order)?;
            Ok::<_, Error>(Some((at, terms)))
        };
        let Some((at, terms)) = self.db().read(read).await? else { return Ok(None) };
        if at.errand.outcome.is_some() {
            return Ok(None);
        }
        let stands = |operation: &Operation| {
            let request = Request::parse(&operation.kind)
                .ok_or_else(|| Error::Bug(format!("{} is no step", operation.kind)))?;
            Ok((request, sent(operation, at.now)))
        };
        let requests = at.operations.iter().map(stands).collect::<Result<Vec<_>>>()?;
        let ended = at.operations.last().and_then(|operation| operation.ended_at);
        let waited = ended.map_or(Duration::ZERO, |ended| at.now.since(ended));
        let terms = Terms { os: at.errand.os, ..terms };
        Ok(Some(Run { at, terms, requests, waited }))
    }

    /// Plans the next request, as an operation.
    async fn take_step(&self, job: &Job, run: Run, request: Request) -> Result<After> {
        let id = OperationId::mint(self.now(), &*self.parts.chance);
        let (new, claim, lane) = (id.clone(), job.claim.clone(), job.lane.clone());
        let os = if request == Request::ChangeOs { run.at.errand.os } else { None };
        let (own, errand) = (self.own_claim(), run.at.errand.clone());
        let step = run.requests.len();
        let claimed = own.is_some();
        self.db()
            .write(move |tx| {
                tx.insert_step(&new, (&errand, step), (request.word(), os))?;
                let run_at = tx.now()?;
                let subject = new.as_str();
                let next = NewJob { kind: Kind::Operate, subject, lane: &lane, run_at };
                tx.put_job(&next, own.as_ref())?;
                // Before the request can end: whoever ends it hurries this job.
                tx.put_off_job(&claim, WAITS_FOR, "its request is under way")
            })
            .await?;
        tracing::info!("[SMARTVPS] {}", run.told(&format!("{} is planned", request.word())));
        self.start_own(Kind::Operate, id.as_str(), job.lane.clone(), claimed);
        Ok(After::Finished)
    }

    /// Asks the provider how the server is, and what that means for the errand.
    async fn look_after(&self, job: &Job, run: Run) -> Result<After> {
        self.point("errand-status-asked").await;
        let server = &run.at.server;
        let described = match self.parts.provider.upstream.describe(server.address).await {
            Ok(described) => described,
            Err(fault) => return self.saw_nothing(job, run, &fault.to_string()).await,
        };
        self.point("errand-status-read").await;
        let sight = self.sight(&run, &described)?;
        let doubted = matches!(sight.seen.sign_in, SignIn::Wrong(_));
        if doubted && !is_wrong_again(&run) {
            return self.seen_wrong(&run).await;
        }
        match run.next(Some(sight.seen.clone())) {
            Next::Ask(request) => {
                self.keep_power(&run, &sight).await?;
                self.take_step(job, run, request).await
            }
            Next::End(outcome) => self.end_errand(job, run, (outcome, Some(sight))).await,
            Next::Wait | Next::Look => {
                self.keep_power(&run, &sight).await?;
                Ok(put_off(pause(run.waited), "not seen yet"))
            }
        }
    }

    /// No answer is a look that told nothing: an errand does not stay open for ever, in the way of
    /// the next one.
    async fn saw_nothing(&self, job: &Job, run: Run, fault: &str) -> Result<After> {
        let nothing = Seen { power: Power::Unknown, sign_in: SignIn::NotTold };
        match run.next(Some(nothing)) {
            Next::End(outcome) => self.end_errand(job, run, (outcome, None)).await,
            _ => Ok(put_off(pause(run.waited), fault)),
        }
    }

    fn sight(&self, run: &Run, described: &Described) -> Result<Sight> {
        let (power, fault) = crate::power::told(described, run.at.server.address);
        let sign_in = match run.last_is_format() {
            true => self.installed(run, described),
            false => SignIn::NotTold,
        };
        let told = self.told(&run.at.server, described)?;
        let seen = Seen { power, sign_in };
        Ok(Sight { seen, told, power, fault: fault.map(str::to_owned) })
    }

    /// What a look says of an installation: the same check as before a delivery.
    fn installed(&self, run: &Run, described: &Described) -> SignIn {
        let server = &run.at.server;
        let elsewhere = described.address.is_some_and(|address| address != server.address);
        let whole = described.username.is_some() && described.password.is_some();
        if elsewhere || !whole {
            return SignIn::NotTold;
        }
        if !self.has_new_password(server, described) {
            return SignIn::AsBefore;
        }
        match check::status(&run.terms, server.address, &crate::check::observed(described)) {
            Finding::Match => SignIn::New,
            Finding::NotYet(_) | Finding::Unobservable(_) => SignIn::NotTold,
            Finding::Mismatch(why) => SignIn::Wrong(why),
            Finding::OtherOs => {
                let wanted = run.terms.os.map_or("any system", domain::os::Os::label);
                let found = described.os_text.as_deref().unwrap_or("another");
                SignIn::Wrong(format!("{found} is installed where {wanted} was asked for"))
            }
        }
    }

    /// Told, and another one than before the last installation.
    pub(crate) fn has_new_password(&self, server: &Server, described: &Described) -> bool {
        let told = described.password.as_deref().map(|password| self.fingerprint(password));
        told.is_some() && told != server.password_before
    }

    async fn keep_power(&self, run: &Run, sight: &Sight) -> Result<()> {
        let (server, looked) = (run.at.server.id.clone(), (sight.power, run.at.now));
        let fault = sight.fault.clone();
        self.db().write(move |tx| tx.note_power(&server, looked, fault.as_deref())).await?;
        Ok(())
    }

    async fn seen_wrong(&self, run: &Run) -> Result<After> {
        let id = run.at.errand.id.clone();
        if run.at.errand.doubted_at.is_none() {
            self.db().write(move |tx| tx.doubt_errand(&id)).await?;
        }
        Ok(put_off(SEEN_AGAIN_AFTER, "seen wrong, and looked at again"))
    }

    /// Ends an errand, and says what may be signed in with from now on.
    async fn end_errand(
        &self,
        job: &Job,
        run: Run,
        (outcome, sight): (Outcome, Option<Sight>),
    ) -> Result<After> {
        let detail = detail(&run, &outcome);
        let text = run.told(&format!("{} ({})", outcome.word(), detail.as_deref().unwrap_or("-")));
        let (claim, told) = (job.claim.clone(), text.clone());
        let format = run.last_is_format();
        self.db()
            .write(move |tx| {
                let UnderWay { errand, server, order, .. } = &run.at;
                if let Some(sight) = &sight {
                    let looked = (sight.power, run.at.now);
                    tx.note_power(&server.id, looked, sight.fault.as_deref())?;
                }
                // Nothing provably came of it. Of one that nobody heard of that is known once its
                // tail is over and the password is still the one before.
                let stood = errand.sign_in_stood && server.verdict.is_none();
                let nothing_came = match &outcome {
                    Outcome::Refused | Outcome::NotSent => true,
                    Outcome::Unknown => is_as_before(sight.as_ref()) && never_heard(&run),
                    Outcome::Done | Outcome::Wrong(_) => false,
                };
                match (&outcome, &sight) {
                    (Outcome::Done, Some(sight)) if format => {
                        tx.judge_server(server, &passed(&sight.told))?;
                        if errand.os.is_some() {
                            tx.want_os(&server.id, errand.os)?;
                        }
                    }
                    _ if format && stood && nothing_came => tx.trust_sign_in(server)?,
                    _ => {}
                }
                match &outcome {
                    Outcome::Unknown | Outcome::Wrong(_) => {
                        tx.raise_alert(ALERT, order.id.as_str(), &told)?;
                    }
                    Outcome::Done => tx.resolve_alert(ALERT, order.id.as_str())?,
                    Outcome::Refused | Outcome::NotSent => {}
                }
                tx.end_errand(&errand.id, &outcome, detail.as_deref())?;
                tx.finish_job(&claim)
            })
            .await?;
        tracing::info!("[SMARTVPS] {text}");
        Ok(After::Finished)
    }
}

fn is_as_before(sight: Option<&Sight>) -> bool {
    sight.is_some_and(|sight| sight.seen.sign_in == SignIn::AsBefore)
}

fn never_heard(run: &Run) -> bool {
    matches!(run.requests.last(), Some((_, Sent::Unheard { tail_is_over: true })))
}

fn is_wrong_again(run: &Run) -> bool {
    let first = run.at.errand.doubted_at;
    first.is_some_and(|first| run.at.now.since(first) >= SEEN_AGAIN_AFTER)
}

/// For staff: what the provider said, or what was seen.
fn detail(run: &Run, outcome: &Outcome) -> Option<String> {
    if !run.is_theirs() {
        return Some("the server is not its customer's any more".to_owned());
    }
    if run.requests.is_empty() {
        return Some("nobody came to it in time".to_owned());
    }
    match outcome {
        Outcome::Wrong(why) => Some(why.clone()),
        Outcome::Done => None,
        _ => run.at.operations.last().and_then(|operation| operation.detail.clone()),
    }
}

/// How an operation stands, for the errand that it belongs to.
pub(crate) fn sent(operation: &Operation, now: domain::clock::Timestamp) -> Sent {
    match operation.state {
        OperationState::Planned | OperationState::Permitted => Sent::UnderWay,
        OperationState::Done => Sent::Done,
        OperationState::Refused => Sent::Refused,
        OperationState::NotSent => Sent::NotSent,
        OperationState::Unheard => {
            let over = operation.tail_ends_at.is_none_or(|end| end <= now);
            Sent::Unheard { tail_is_over: over }
        }
    }
}

/// Looked at the more seldom the longer it takes.
fn pause(waited: Duration) -> Duration {
    (waited / 2).clamp(MOMENT, LOOKS_AT_MOST_EVERY)
}

fn put_off(after: Duration, note: &str) -> After {
    After::PutOff { after, note: note.to_owned() }
}

fn waits(note: &str) -> After {
    put_off(WAITS_FOR, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_apart_and_never_cease() {
        let seconds = |waited| pause(Duration::from_secs(waited)).as_secs();
        assert_eq!([0, 2, 10, 60, 600].map(seconds), [2, 2, 5, 30, 60]);
    }
}
