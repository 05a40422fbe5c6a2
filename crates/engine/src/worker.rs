//! Claims jobs, runs each in its lane, keeps claims alive. All retry policy is here.
//! Not for what a job does: that is one file per kind.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::db::StoreError;
use store::job::{Claim, Job, Kind};
use tokio::sync::{Notify, mpsc};

use crate::pay::pay_lane;
use crate::{Engine, Error, Result};

/// So many jobs of one lane run at once: a lane whose provider hangs holds up nobody else.
const LANE_MAX: usize = 16;
/// So many jobs are claimed in one go.
const CLAIM_MAX: i64 = 32;
/// So many webhooks of a gateway become questions to it in one go: no more than run at once.
const NEWS_MAX: usize = LANE_MAX;
/// While the database is away, a job that failed is kept, and given back as soon as it can be.
const PUT_OFF_AGAIN: Duration = Duration::from_millis(500);

/// A provider that is away is asked for its list this often.
const SYNC_TRIED_EVERY: Duration = Duration::from_secs(10);

/// What became of a job that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Its row was ended by the transaction that did the work.
    Finished,
    /// To be run again.
    PutOff { after: Duration, note: String },
}

/// What workers of this process share: who runs, who waits, who stops.
pub struct Hub {
    /// Jobs that this process made and claimed in one transaction.
    inbox: mpsc::UnboundedSender<Job>,
    taken: Mutex<Option<mpsc::UnboundedReceiver<Job>>>,
    wake: Notify,
    idle: Notify,
    running: Mutex<BTreeMap<String, (Claim, String)>>,
    waiting: Mutex<BTreeMap<String, Vec<Job>>>,
    /// Jobs on their way: in the inbox, or being claimed.
    handed_over: AtomicUsize,
    /// Grows with every job that starts.
    started_jobs: AtomicUsize,
    /// Purchases whose deadline is still to come.
    before_deadline: AtomicUsize,
    /// There may be webhooks that nobody has asked about.
    news: AtomicBool,
    started: AtomicBool,
    stopping: AtomicBool,
    syncing: AtomicBool,
    sync_tried: Mutex<Option<Duration>>,
}

impl Default for Hub {
    fn default() -> Hub {
        let (inbox, taken) = mpsc::unbounded_channel();
        Hub {
            inbox,
            taken: Mutex::new(Some(taken)),
            wake: Notify::new(),
            idle: Notify::new(),
            running: Mutex::default(),
            waiting: Mutex::default(),
            handed_over: AtomicUsize::new(0),
            started_jobs: AtomicUsize::new(0),
            before_deadline: AtomicUsize::new(0),
            news: AtomicBool::new(true),
            started: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            syncing: AtomicBool::new(false),
            sync_tried: Mutex::default(),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a purchase as being before its deadline for as long as it lives.
pub(crate) struct BeforeDeadline(Arc<Hub>);

impl Drop for BeforeDeadline {
    fn drop(&mut self) {
        self.0.before_deadline.fetch_sub(1, Ordering::SeqCst);
        self.0.idle.notify_waiters();
    }
}

impl Hub {
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Workers run in this process.
    pub fn is_running(&self) -> bool {
        self.started.load(Ordering::SeqCst) && !self.is_stopping()
    }

    /// Tells the workers that there may be something to do.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Tells that there may be webhooks that nobody has asked about.
    pub(crate) fn there_is_news(&self) {
        self.news.store(true, Ordering::SeqCst);
    }

    /// Tells that there is something to do in a lane. A full one sees to itself.
    pub(crate) fn wake_for(&self, lane: &str) {
        if self.lane_of(lane) < LANE_MAX {
            self.wake();
        }
    }

    /// Takes the one place for a sync in the background; false when it is taken, or when the last
    /// one was tried just now.
    pub(crate) fn may_sync(&self, now: Duration) -> bool {
        let mut tried = locked(&self.sync_tried);
        if tried.is_some_and(|tried| now.saturating_sub(tried) < SYNC_TRIED_EVERY) {
            return false;
        }
        let free = !self.syncing.swap(true, Ordering::SeqCst);
        if free {
            *tried = Some(now);
        }
        free
    }

    pub(crate) fn sync_has_ended(&self) {
        self.syncing.store(false, Ordering::SeqCst);
    }

    /// Hands over a job that was claimed when it was made.
    pub(crate) fn hand_over(&self, job: Job) {
        // The receiver lives as long as the hub; a closed one means that the process is ending,
        // and the claim then ends by itself.
        self.handed_over.fetch_add(1, Ordering::SeqCst);
        drop(self.inbox.send(job));
    }

    pub(crate) fn purchase_begins(self: &Arc<Self>) -> BeforeDeadline {
        self.before_deadline.fetch_add(1, Ordering::SeqCst);
        BeforeDeadline(self.clone())
    }

    fn lane_of(&self, lane: &str) -> usize {
        locked(&self.running).values().filter(|(_, l)| l == lane).count()
    }

    fn full_lanes(&self) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, lane) in locked(&self.running).values() {
            *counts.entry(lane.clone()).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count >= LANE_MAX).map(|(lane, _)| lane).collect()
    }

    fn claims(&self) -> Vec<Claim> {
        let mut claims: Vec<Claim> =
            locked(&self.running).values().map(|(claim, _)| claim.clone()).collect();
        claims.extend(locked(&self.waiting).values().flatten().map(|job| job.claim.clone()));
        claims
    }

    fn nothing_under_way(&self) -> bool {
        self.handed_over.load(Ordering::SeqCst) == 0
            && locked(&self.running).is_empty()
            && locked(&self.waiting).values().all(Vec::is_empty)
    }
}

impl Engine {
    /// Runs jobs until told to stop. Ends when no purchase is before its deadline.
    pub async fn work(&self) -> Result<()> {
        let hub = self.hub().clone();
        let Some(mut inbox) = locked(&hub.taken).take() else {
            return Err(Error::Bug("workers run twice in one process".into()));
        };
        hub.started.store(true, Ordering::SeqCst);
        let mut poll = tokio::time::interval(self.settings().look_every);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut beat = tokio::time::interval(self.settings().claim_for / 3);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !hub.is_stopping() {
            tokio::select! {
                // The beat first: whatever else there is to do, claims must not end meanwhile.
                biased;
                _ = beat.tick() => self.beside(&mut inbox, self.keep_claims()).await,
                Some(job) = inbox.recv() => self.take_over(job),
                () = hub.wake.notified() => self.beside(&mut inbox, self.claim_all()).await,
                _ = poll.tick() => {
                    // Another process may have been told.
                    hub.there_is_news();
                    self.beside(&mut inbox, self.claim_all()).await;
                }
            }
        }
        while hub.before_deadline.load(Ordering::SeqCst) > 0 {
            let idle = hub.idle.notified();
            tokio::select! {
                biased;
                () = idle => {}
                _ = beat.tick() => self.keep_claims().await,
            }
        }
        Ok(())
    }

    /// Does something in the database. What this process made and claimed itself does not wait.
    async fn beside(
        &self,
        inbox: &mut mpsc::UnboundedReceiver<Job>,
        work: impl Future<Output = ()>,
    ) {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                () = &mut work => return,
                Some(job) = inbox.recv() => self.take_over(job),
            }
        }
    }

    fn take_over(&self, job: Job) {
        self.admit(job);
        self.hub().handed_over.fetch_sub(1, Ordering::SeqCst);
    }

    /// Stops taking work: no new permits, no new claims.
    pub fn stop_working(&self) {
        self.hub().stopping.store(true, Ordering::SeqCst);
        self.hub().wake.notify_one();
        self.hub().idle.notify_waiters();
    }

    /// Claims and starts until nothing more is due: a lost wake-up costs one poll, not a queue.
    async fn claim_all(&self) {
        loop {
            if self.hub().is_stopping() {
                return;
            }
            // Between its claim and its start a job is neither due nor running.
            self.hub().handed_over.fetch_add(1, Ordering::SeqCst);
            let more = self.claim_some().await;
            self.hub().handed_over.fetch_sub(1, Ordering::SeqCst);
            if !more {
                self.hub().idle.notify_waiters();
                return;
            }
        }
    }

    /// Claims a few jobs and starts them; false when there was nothing to claim.
    async fn claim_some(&self) -> bool {
        let full = self.hub().full_lanes();
        let (node, claim_for) = (self.parts.node.clone(), self.settings().claim_for);
        let lanes = self.lanes_with_news(&full);
        let claimed = self.db().write(move |tx| {
            let mut more_news = false;
            for (gateway, lane) in &lanes {
                more_news |= tx.ask_about_webhooks(gateway, lane, NEWS_MAX)?;
            }
            let jobs = tx.claim_jobs(&node, claim_for, &full, CLAIM_MAX)?;
            Ok::<_, StoreError>((jobs, more_news))
        });
        let claimed = claimed.await;
        if !matches!(claimed, Ok((_, false))) {
            self.hub().there_is_news();
        }
        match claimed {
            Ok((jobs, more_news)) if jobs.is_empty() => more_news,
            Ok((jobs, _)) => {
                jobs.into_iter().for_each(|job| self.admit(job));
                true
            }
            Err(error) => {
                tracing::warn!("cannot claim work: {error}");
                false
            }
        }
    }

    /// The gateways whose webhooks may be asked about now, each with its lane; those whose lane is
    /// full are looked at again when it is not.
    fn lanes_with_news(&self, full: &[String]) -> Vec<(String, String)> {
        if !self.hub().news.swap(false, Ordering::SeqCst) {
            return Vec::new();
        }
        let names = self.parts.gateways.iter().map(|gateway| gateway.name());
        let (wait, free): (Vec<_>, Vec<_>) = names
            .map(|name| (name.to_owned(), pay_lane(name)))
            .partition(|(_, lane)| full.contains(lane));
        if !wait.is_empty() {
            self.hub().there_is_news();
        }
        free
    }

    /// Runs a job, or work that no job waits for: the rest of a socket after the deadline.
    pub(crate) fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        #[allow(clippy::disallowed_methods, reason = "tasks are started here and nowhere else")]
        tokio::spawn(self.db().points().tied(work));
    }

    /// Starts a claimed job, or lets it wait for its lane.
    fn admit(&self, job: Job) {
        self.hub().started_jobs.fetch_add(1, Ordering::SeqCst);
        if self.hub().lane_of(&job.lane) >= LANE_MAX {
            locked(&self.hub().waiting).entry(job.lane.clone()).or_default().push(job);
            return;
        }
        locked(&self.hub().running)
            .insert(job.claim.job.clone(), (job.claim.clone(), job.lane.clone()));
        let engine = self.clone();
        self.start(async move { engine.run_one(job).await });
    }

    async fn run_one(&self, job: Job) {
        let lane = job.lane.clone();
        let claim = job.claim.clone();
        let outcome = self.watched(&job, self.carry_out(&job)).await;
        self.after(&job, outcome).await;
        self.leave(&claim, &lane);
    }

    /// Frees a job's place in its lane; the next of the lane starts.
    pub(crate) fn leave(&self, claim: &Claim, lane: &str) {
        let was_full = self.hub().lane_of(lane) >= LANE_MAX;
        let freed = {
            let mut running = locked(&self.hub().running);
            let ours = running.get(&claim.job).is_some_and(|(held, _)| held == claim);
            ours && running.remove(&claim.job).is_some()
        };
        if !freed {
            return;
        }
        let next = locked(&self.hub().waiting)
            .get_mut(lane)
            .and_then(|jobs| if jobs.is_empty() { None } else { Some(jobs.remove(0)) });
        match next {
            Some(job) => self.admit(job),
            // Only of a full lane may something be due that was not claimed.
            None if was_full => self.hub().wake(),
            None => {}
        }
        self.hub().idle.notify_waiters();
    }

    async fn carry_out(&self, job: &Job) -> Result<After> {
        match job.kind {
            Kind::Purchase => self.purchase(job).await,
            Kind::Classify => self.classify(job).await,
            Kind::Verify => self.verify(job).await,
            Kind::Operate => self.operate(job).await,
            Kind::Errand => self.errand(job).await,
            Kind::Power => self.power(job).await,
            Kind::Poll => self.poll_payment(job).await,
            Kind::Refund => self.give_back(job).await,
            Kind::Mail => self.send_mail(job).await,
            Kind::Notice => self.send_notices(job).await,
            Kind::Report => self.count_report(job).await,
        }
    }

    /// What a job's outcome means for its row.
    async fn after(&self, job: &Job, outcome: Result<After>) {
        let (after, note) = match outcome {
            Ok(After::Finished) => return,
            Ok(After::PutOff { after, note }) => (after, note),
            // Somebody else has the claim, or the thing moved on: not ours any more.
            Err(Error::Refused { slug: "stale-version", text }) => {
                tracing::info!("{} {}: {text}", job.kind.word(), job.subject);
                return;
            }
            Err(error @ (Error::Unavailable(_) | Error::Outside(_))) => {
                tracing::warn!("{} {} waits: {error}", job.kind.word(), job.subject);
                (backoff(job.tries), error.to_string())
            }
            Err(error) => {
                if !self.report_bug(job, &error).await {
                    return;
                }
                (backoff(job.tries + 3), error.to_string())
            }
        };
        while let Err(error) = self.put_off(&job.claim, after, &note).await {
            let away = matches!(
                error,
                StoreError::Unavailable(_) | StoreError::CommitUnknown(_) | StoreError::Busy(_)
            );
            if !away || self.hub().is_stopping() {
                // The claim ends by itself; whoever comes next runs it.
                tracing::info!("{} {} was not put off: {error}", job.kind.word(), job.subject);
                return;
            }
            // Nobody else can run it either, until the claim ends.
            tokio::time::sleep(PUT_OFF_AGAIN).await;
        }
    }

    async fn put_off(&self, claim: &Claim, after: Duration, note: &str) -> store::db::Result<()> {
        let (claim, note) = (claim.clone(), note.to_owned());
        self.db().write(move |tx| tx.put_off_job(&claim, after, &note)).await
    }

    /// Tells of a bug, under the job's claim: whoever has lost it ran into what somebody else did
    /// meanwhile, and that is none. False when it is lost.
    async fn report_bug(&self, job: &Job, error: &Error) -> bool {
        let (claim, claim_for) = (job.claim.clone(), self.settings().claim_for);
        let (kind, subject) = (format!("{}-failed", job.kind.word()), job.subject.clone());
        let text = error.to_string();
        let raised = self.db().write(move |tx| {
            tx.fence(&claim, claim_for)?;
            tx.raise_alert(&kind, &subject, &text)
        });
        match raised.await {
            Err(StoreError::Stale(_)) => {
                tracing::info!("{} {} is somebody else's: {error}", job.kind.word(), job.subject);
                return false;
            }
            Err(why) => tracing::error!("the alert was not written: {why}"),
            Ok(()) => {}
        }
        tracing::error!("{} {} failed: {error}", job.kind.word(), job.subject);
        true
    }

    async fn keep_claims(&self) {
        let claims = self.hub().claims();
        if claims.is_empty() {
            return;
        }
        let claim_for = self.settings().claim_for;
        let asked = claims.clone();
        let held = self.db().write(move |tx| tx.renew_claims(&asked, claim_for)).await;
        match held {
            Ok(held) => {
                let held: HashSet<&str> = held.iter().map(|claim| claim.job.as_str()).collect();
                for lost in claims.iter().filter(|claim| !held.contains(claim.job.as_str())) {
                    tracing::debug!("claim {} of {} has ended", lost.number, lost.job);
                }
            }
            Err(error) => tracing::warn!("claims could not be renewed: {error}"),
        }
    }

    /// Waits until this process has nothing under way and nothing is due, and says how many jobs it
    /// has started so far: for tests.
    pub async fn until_quiet(&self) -> Result<usize> {
        loop {
            let idle = self.hub().idle.notified();
            let started = self.hub().started_jobs.load(Ordering::SeqCst);
            // Before and after: whoever is at work between may have made more.
            if self.hub().nothing_under_way() {
                let (_, due) = self.db().write(|tx| tx.next_due()).await?;
                let same = started == self.hub().started_jobs.load(Ordering::SeqCst);
                if due == 0 && same && self.hub().nothing_under_way() {
                    return Ok(started);
                }
                // Only now: a claim on its way is no quiet, so whoever wakes the worker at every
                // look never finds any.
                self.hub().there_is_news();
                self.hub().wake();
            }
            // The backstop for work that another process does.
            drop(tokio::time::timeout(Duration::from_millis(50), idle).await);
        }
    }
}

/// Growing pauses: 1, 2, 4 … 60 seconds.
fn backoff(tries: i64) -> Duration {
    Duration::from_secs(1 << tries.clamp(0, 6)).min(Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_at_a_minute() {
        let seconds: Vec<u64> = (0..8).map(|tries| backoff(tries).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
