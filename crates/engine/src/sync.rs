//! Bringing the catalogue up to what the provider's list says: ask, decide, write in sets, tell.
//! The decision itself is `domain::catalogue`. Of several syncs at once in one process there is
//! one; of several over one database the newest wins, and an older one stops and starts anew.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use domain::catalogue::{Action, Known, List, News, Reason, Rules, Run, Settled, Write};
use domain::clock::Timestamp;
use domain::id::Rising;
use domain::product::Held;
use store::catalogue::SetWritten;
use store::db::{StoreError, Tx};
use store::reading::{Purpose, SET_MAX};

use crate::look::{Reading, Undone};
use crate::{Engine, Error, Result};

pub(crate) mod failing;
pub(crate) mod news;
mod report;

use news::{NewOnes, Told};
pub use report::{SyncReport, SyncResult, SyncSummary};

/// So often staff or another node may be in the way of one sync.
const ROUNDS_MAX: usize = 10;
/// So long another node's sync is waited for before trying again.
const OTHERS_WAIT: Duration = Duration::from_secs(10);
const OTHERS_POLL: Duration = Duration::from_millis(100);
/// More new packages than this are one alert, not one each.
const NEW_ALONE_MAX: usize = 20;
/// More packages than this are not logged one by one in a run.
const LOGGED_MAX: usize = 200;
/// So long readings are kept.
const READINGS_KEPT: Duration = Duration::from_secs(7 * 24 * 3_600);
/// So long it is kept how many there were of each package.
const STOCK_KEPT: Duration = Duration::from_secs(31 * 24 * 3_600);
const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// Why a sync does not run that would do something else than was approved of.
pub const OTHERWISE: &str = "stale-version";

/// How one round of writing ended.
enum Round {
    Done,
    /// Staff changed something meanwhile: decide anew with the same reading.
    Again,
    /// A newer sync is at work.
    Superseded,
}

/// What is written in one transaction, with what is told of each.
#[derive(Default)]
struct Set {
    settled: Vec<Settled>,
    told: Vec<Told>,
}

impl Engine {
    /// Runs one sync, or joins the one that is under way. Where the provider's list cannot be
    /// used nothing changes, and the error says why.
    pub async fn sync(&self) -> Result<Arc<SyncReport>> {
        let engine = self.clone();
        let run = || async move { engine.sync_counted(None).await };
        self.looks().sync.join(self.db().points(), run).await
    }

    /// Runs a sync that somebody was shown and approved of, by its `fingerprint`; refused where it
    /// would do something else by now.
    pub async fn sync_as_shown(&self, shown: &str, actor: &str) -> Result<Arc<SyncReport>> {
        let report = self.sync_counted(Some(shown)).await?;
        let (provider, actor) = (self.parts.provider.id, actor.to_owned());
        let summary = report.summary.json();
        self.db().write(move |tx| tx.audit(&actor, "approve-sync", provider, &summary)).await?;
        Ok(report)
    }

    async fn sync_counted(&self, shown: Option<&str>) -> Result<Arc<SyncReport>> {
        let start = self.parts.boot.since_boot();
        let report = self.sync_alone(shown).await;
        // What nobody approved of was no sync.
        if !matches!(report, Err(Error::Refused { slug: OTHERWISE, .. })) {
            let took = self.parts.boot.since_boot().saturating_sub(start);
            self.count_sync(report.as_ref().ok().map(|report| &report.summary), took);
        }
        report
    }

    /// What a sync would do now. Changes nothing, and leaves no reading behind.
    pub async fn sync_dry_run(&self) -> Result<SyncReport> {
        let start = self.parts.boot.since_boot();
        let listing =
            self.ask_for_list().await.map_err(|fault| Error::Outside(fault.to_string()))?;
        let list = self.aside(move || List::of(listing.rows)).await?;
        let mut report = self.would_do(Arc::new(list), self.now()).await?;
        report.summary.took_ms = self.milliseconds_since(start);
        Ok(report)
    }

    async fn would_do(&self, list: Arc<List>, now: Timestamp) -> Result<SyncReport> {
        let provider = self.parts.provider.id;
        let known = self.db().read(move |tx| tx.load_catalogue(provider)).await?;
        let engine = self.clone();
        let decided = self.aside(move || {
            let rows = list.rows().len();
            SyncReport::of(engine.decide_catalogue(&list, known, now), rows, None).0
        });
        decided.await
    }

    /// Refuses what somebody approved of and would come out otherwise.
    async fn must_be_as_shown(&self, reading: &Reading, shown: &str) -> Result<()> {
        let report = self.would_do(reading.shared_list(), reading.stored_at()).await?;
        if report.fingerprint() == shown {
            return Ok(());
        }
        let text = "a sync would do something else by now than you were shown";
        Err(Error::refused(OTHERWISE, text))
    }

    async fn sync_alone(&self, shown: Option<&str>) -> Result<Arc<SyncReport>> {
        let start = self.parts.boot.since_boot();
        for _ in 0..ROUNDS_MAX {
            let reading = match self.read_list(Purpose::Sync).await? {
                Ok(reading) => reading,
                Err(fault) => return Err(self.sync_failed(fault.to_string()).await),
            };
            let list = reading.list();
            tracing::info!(
                "[SVPS-SYNC] packages fetched: {}, deduped: {}",
                list.fetched(),
                list.rows().len()
            );
            if let Some(shown) = shown {
                self.must_be_as_shown(&reading, shown).await?;
            }
            if let Some(report) = self.apply_reading(&reading, start).await? {
                if report.summary.created > 0 {
                    self.look_at_new_ones().await?;
                }
                return Ok(Arc::new(report));
            }
            tracing::info!("[SVPS-SYNC] another sync is newer; starting anew after it");
            self.wait_for_others().await?;
        }
        Err(Error::refused("busy", "other syncs were in the way; try again in a minute"))
    }

    /// New packages beside a newer reading that was written without them show nothing to sell:
    /// then the list is asked for once more, at once. Two nodes that open together need it.
    async fn look_at_new_ones(&self) -> Result<()> {
        let provider = self.parts.provider.id;
        let pointers = self.db().read(move |tx| tx.pointers(provider)).await?;
        if pointers.is_none_or(|pointers| pointers.writing_number == pointers.reading_number) {
            return Ok(());
        }
        if let Err(fault) = self.read_list(Purpose::Purchase).await? {
            tracing::warn!("[SVPS-SYNC] new packages show no stock before the next sync: {fault}");
        }
        Ok(())
    }

    async fn sync_failed(&self, why: String) -> Error {
        tracing::error!("[SVPS-SYNC] ❌ failed, nothing was changed: {why}");
        let (engine, text) = (self.clone(), why.clone());
        let told = self.db().write(move |tx| engine.tell_if_failing_long(tx, &text)).await;
        if let Err(error) = told {
            tracing::error!("[SVPS-SYNC] the alert was not written: {error}");
        }
        Error::Outside(why)
    }

    /// Applies a reading to the catalogue; nothing when a newer sync is at work.
    async fn apply_reading(
        &self,
        reading: &Arc<Reading>,
        start: Duration,
    ) -> Result<Option<SyncReport>> {
        let (provider, number) = (self.parts.provider.id, reading.number());
        if !self.db().write(move |tx| tx.claim_sync(provider, number)).await? {
            return Ok(None);
        }
        let (mut earlier, mut last) = (None, Told::default());
        for _ in 0..ROUNDS_MAX {
            let known = self.db().read(move |tx| tx.load_catalogue(provider)).await?;
            if earlier.is_none() {
                let entries: usize = known.iter().map(|known| known.products.len()).sum();
                tracing::info!("[SVPS-SYNC] existing SmartVPS IPStock entries: {entries}");
            }
            let (engine, shared) = (self.clone(), reading.clone());
            let decided = self.aside(move || {
                let is_first = known.is_empty();
                let settled = engine.decide_catalogue(shared.list(), known, shared.stored_at());
                let packages = shared.list().rows().len();
                let (report, changed) = SyncReport::of(settled, packages, earlier);
                let plan = Plan::of(changed, &report, is_first, provider);
                (report, plan)
            });
            let (mut report, plan) = decided.await?;
            last.append(plan.last);
            match self.write_sets(number, plan.sets).await? {
                Round::Done => {
                    report.summary.took_ms = self.milliseconds_since(start);
                    self.finish_sync(number, &report.summary, last).await?;
                    return Ok(Some(report));
                }
                Round::Again => earlier = Some(report),
                Round::Superseded => return Ok(None),
            }
        }
        Err(Error::refused("busy", "staff changed the catalogue meanwhile; try again"))
    }

    fn decide_catalogue(&self, list: &List, known: Vec<Known>, now: Timestamp) -> Vec<Settled> {
        let settings = self.settings();
        let rules = Rules {
            warn_at: settings.stock_warn_at.clone(),
            disable_at: settings.stock_disable_at,
        };
        let run = Run {
            provider: self.parts.provider.id,
            rules: &rules,
            now,
            chance: &Rising::new(&*self.parts.chance),
        };
        run.decide(list, known)
    }

    async fn write_sets(&self, number: i64, sets: Vec<Set>) -> Result<Round> {
        let provider = self.parts.provider.id;
        let (mut logged, mut round) = (0, Round::Done);
        for set in sets {
            let set = Arc::new(set);
            let shared = set.clone();
            let write = move |tx: &mut Tx<'_>| write_set(tx, provider, number, &shared);
            let same = match self.db().write(write).await {
                Ok(same) => same,
                Err(Undone::Changed) => return Ok(Round::Again),
                Err(Undone::Superseded) => return Ok(Round::Superseded),
                Err(Undone::Store(error)) => return self.overtaken(number, error).await,
            };
            let written = || set.settled.iter().zip(&same).filter(|(_, same)| **same);
            let room = LOGGED_MAX.saturating_sub(logged);
            written().take(room).for_each(|(settled, _)| news::log(settled));
            let count = written().count();
            logged += count;
            if count < set.settled.len() {
                round = Round::Again;
            }
        }
        if logged > LOGGED_MAX {
            tracing::info!("[SVPS-SYNC] … and {} packages more", logged - LOGGED_MAX);
        }
        Ok(round)
    }

    /// A newer sync may have made the same new package first; the tables refuse a second one.
    async fn overtaken(&self, number: i64, error: StoreError) -> Result<Round> {
        let provider = self.parts.provider.id;
        if matches!(error, StoreError::Refused { .. }) {
            let pointers = self.db().write(move |tx| tx.pointers(provider)).await?;
            if pointers.is_some_and(|pointers| pointers.syncing_number > number) {
                return Ok(Round::Superseded);
            }
        }
        Err(error.into())
    }

    async fn finish_sync(&self, number: i64, summary: &SyncSummary, last: Told) -> Result<()> {
        let (provider, json) = (self.parts.provider.id, summary.json());
        let prune = self.is_time_to_prune();
        let write = move |tx: &mut Tx<'_>| {
            tx.resolve_alerts(&last.resolve)?;
            tx.raise_alerts(&last.raise)?;
            tx.resolve_alert(failing::ALERT, provider)?;
            if prune {
                let now = tx.now()?;
                tx.prune_readings(now - READINGS_KEPT)?;
                tx.prune_stock_hours(now - STOCK_KEPT)?;
            }
            tx.finish_sync(provider, number, &json)
        };
        self.db().write(write).await?;
        let SyncSummary { created, updated, disabled, re_enabled, fixed, held, took_ms, .. } =
            summary;
        tracing::info!(
            fixed,
            held,
            unchanged = summary.unchanged,
            "[SVPS-SYNC] ✅ done {{ created: {created}, updated: {updated}, disabled: {disabled}, \
             reEnabled: {re_enabled}, tookMs: {took_ms} }}"
        );
        Ok(())
    }

    fn is_time_to_prune(&self) -> bool {
        let now = self.parts.boot.since_boot();
        let mut pruned = self.looks().pruned.lock().unwrap_or_else(PoisonError::into_inner);
        let due = pruned.is_none_or(|last| now.saturating_sub(last) >= PRUNE_EVERY);
        if due {
            *pruned = Some(now);
        }
        due
    }

    /// Waits until no newer sync is at work any more, or long enough.
    async fn wait_for_others(&self) -> Result<()> {
        let provider = self.parts.provider.id;
        let polls = OTHERS_WAIT.as_millis() / OTHERS_POLL.as_millis();
        for _ in 0..polls {
            let pointers = self.db().read(move |tx| tx.pointers(provider)).await?;
            if pointers.is_none_or(|p| p.sync_number >= p.syncing_number) {
                return Ok(());
            }
            tokio::time::sleep(OTHERS_POLL).await;
        }
        Ok(())
    }

    fn milliseconds_since(&self, start: Duration) -> u64 {
        let took = self.parts.boot.since_boot().saturating_sub(start);
        u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Writes what staff did not change meanwhile, and tells of each whether it was written.
fn write_set(tx: &mut Tx<'_>, provider: &str, number: i64, set: &Set) -> Result<Vec<bool>, Undone> {
    let same = tx.lock_settled(&set.settled)?;
    let kept = set.settled.iter().zip(&set.told).zip(&same).filter(|(_, same)| **same);
    let (mut settled, mut told) = (Vec::new(), Told::default());
    for ((one, news), _) in kept {
        settled.push(one);
        told.append(news.clone());
    }
    tx.resolve_alerts(&told.resolve)?;
    tx.raise_alerts(&told.raise)?;
    match tx.write_settled(provider, number, &settled)? {
        SetWritten::Done => Ok(same),
        SetWritten::Superseded => Err(Undone::Superseded),
        SetWritten::Changed => Err(Undone::Changed),
    }
}

/// What is to be written, cut into sets, and what is told when all of it is there.
struct Plan {
    sets: Vec<Set>,
    last: Told,
}

impl Plan {
    fn of(changed: Vec<Settled>, report: &SyncReport, is_first: bool, provider: &str) -> Plan {
        let created = report.summary.created;
        let new_ones = match is_first || created > NEW_ALONE_MAX {
            true => NewOnes::Together,
            false => NewOnes::EachAlone,
        };
        let mut last = Told::default();
        if created > 0 && new_ones == NewOnes::Together {
            last.anew("packages-new", provider, many_new(report));
        }
        let is_braked = |news: &News| matches!(news, News::Held(Held::Brake, _));
        let lines = || changed.iter().flat_map(|settled| &settled.lines);
        let braked = lines().filter(|line| line.news.iter().any(is_braked)).count();
        let brake = Some(Held::Brake.as_str());
        if braked > 0 {
            last.anew("sync-brake", provider, many_missing(report, braked));
        } else if !report.results.iter().any(|result| result.reason == brake) {
            last.resolve.push(("sync-brake".into(), provider.into()));
        }
        Plan { sets: cut(changed, new_ones), last }
    }
}

/// Sets of no more than `SET_MAX` rows, alerts included.
fn cut(changed: Vec<Settled>, new_ones: NewOnes) -> Vec<Set> {
    let (mut sets, mut set, mut count) = (Vec::new(), Set::default(), 0);
    for settled in changed {
        let mut told = Told::default();
        told.add(&settled, new_ones);
        let more = rows(&settled) + told.len();
        if count + more > SET_MAX && count > 0 {
            sets.push(std::mem::take(&mut set));
            count = 0;
        }
        count += more;
        set.settled.push(settled);
        set.told.push(told);
    }
    if count > 0 {
        sets.push(set);
    }
    sets
}

/// How many rows a package's decision writes.
fn rows(settled: &Settled) -> usize {
    let lines = settled.lines.iter().map(|line| match line.write {
        Write::Keep => 0,
        Write::Update => 1,
        Write::Insert => 1 + line.product.prices.len(),
    });
    lines.sum::<usize>() + usize::from(settled.write != Write::Keep)
}

fn many_new(report: &SyncReport) -> String {
    const NAMED_MAX: usize = 10;
    let created = report.summary.created;
    let new = report.results.iter().filter(|result| result.action == Action::Created);
    let names = new.take(NAMED_MAX).map(|result| format!("{} (PID {})", result.name, result.pid));
    let names = names.collect::<Vec<_>>().join(", ");
    let rest = match created.saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{created} new packages at default prices: {names}{rest}")
}

fn many_missing(report: &SyncReport, braked: usize) -> String {
    let reasons = [Reason::MissingFromApi.as_str(), Held::Brake.as_str()].map(Some);
    let missing = report.results.iter().filter(|result| reasons.contains(&result.reason)).count();
    format!(
        "{missing} of {} packages are missing from the provider's list; {braked} more than one \
         sync may disable are held off sale until they are seen again or a person confirms",
        report.summary.total_entries
    )
}
