//! Notices leave: whatever begins and ends is told to staff's chats and webhooks, each target in
//! its own time, and again under the same id until it is taken there or given up on.
//! Not for mail, which has its own way out.

mod target;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Timestamp;
use payment::Carrier;
use post::notice::{Heard, News, Notice, Received, Target, Troubles};
use store::db::Tx;
use store::job::Job;
use store::notice::{Notice as Row, NoticeFacts, OneFact};

pub use target::{Place, Tested};

use crate::worker::After;
use crate::{Engine, Error, Result};

/// How notices leave this shop, and where they go.
#[derive(Clone)]
pub struct Noticing {
    pub targets: Vec<Target>,
    pub carrier: Arc<dyn Carrier>,
}

/// Alert kind: a chat or a webhook does not take what it is told. Its subject is the target, which
/// is not told of it.
pub(crate) const UNSENT: &str = "notice-unsent";
/// Alerts about notices themselves begin so.
const OF_NOTICES: &str = "notice-";

/// So many ends of troubles one round looks at.
const TAKEN_MAX: i64 = 1_000;
/// More than that in one round are told as one.
const CROWD: usize = 10;
/// After so many tries of one notice staff are told elsewhere.
const UNSENT_TRIES: i64 = 3;
/// News of yesterday is none.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// A target that this process does not know may be one that a newer one was started with.
const UNKNOWN_FOR: Duration = Duration::from_secs(3_600);
const UNKNOWN_PAUSE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const PAUSE_MAX: Duration = Duration::from_secs(30 * 60);

impl Engine {
    fn notice_targets(&self) -> &[Target] {
        self.parts.notices.as_ref().map_or(&[], |noticing| &noticing.targets)
    }

    /// Tells every target of what has begun and ended, and sees that somebody brings it there. How
    /// many troubles were told.
    pub(crate) async fn queue_notices(&self) -> Result<u64> {
        let untold = self.db().read(|tx| {
            let idle = !tx.targets_without_job()?.is_empty();
            Ok::<_, Error>((tx.has_unnoticed_alerts()?, idle))
        });
        let (untold, idle) = untold.await?;
        let targets: Vec<String> =
            self.notice_targets().iter().map(|target| target.key().to_owned()).collect();
        // While there is nobody to tell, what begins keeps.
        let untold = untold && !targets.is_empty();
        if !untold && !idle {
            return Ok(0);
        }
        let told = self.db().write(move |tx| {
            let told = if untold { tell_all(tx, &targets)? } else { 0 };
            for target in tx.targets_without_job()? {
                tx.put_notice_job(&target)?;
            }
            Ok::<_, Error>(told)
        });
        let told = told.await?;
        self.hub().wake();
        Ok(told)
    }

    /// Brings a target what waits for it, oldest first. A process that dies after one was taken and
    /// before that is written brings it once more, under the same id.
    pub(crate) async fn send_notices(&self, job: &Job) -> Result<After> {
        let known = self.notice_targets().iter().find(|target| target.key() == job.subject);
        let Some(target) = known else { return self.notices_for_nobody(job).await };
        while !self.hub().is_stopping() {
            let key = job.subject.clone();
            let Some(row) = self.db().read(move |tx| tx.next_notice(&key)).await? else {
                // What is written meanwhile is given a job by the next round of tending.
                return self.finish_job(job).await;
            };
            let notice = self.notice(&row).await?;
            self.point("notice-leaves").await;
            let received = self.bring(target, &notice).await?;
            self.point("notice-answered").await;
            match received {
                Received::Taken => self.notice_taken(job, row.id).await?,
                Received::Refused { reason } => {
                    self.give_up_notice(job, target, row.id, &reason).await?;
                }
                Received::Later { reason, after } => {
                    let now = self.db().read(|tx| tx.now()).await?;
                    let is_old = now.since(row.created_at) > GIVEN_UP_AFTER;
                    if is_old && row.tries >= UNSENT_TRIES {
                        self.give_up_notice(job, target, row.id, &reason).await?;
                        continue;
                    }
                    self.notice_not_taken(job, target, &row, &reason).await?;
                    let after = after.unwrap_or_else(|| pause(row.tries));
                    return Ok(After::PutOff { after, note: reason });
                }
            }
        }
        Ok(After::PutOff { after: Duration::ZERO, note: "the process ends".to_owned() })
    }

    /// Sends it once, and says what came of it.
    async fn bring(&self, target: &Target, notice: &Notice) -> Result<Received> {
        let request = target.request(notice, self.parts.clock.now());
        let request = request.map_err(|error| Error::Bug(error.to_string()))?;
        let noticing = self.parts.notices.as_ref();
        let noticing = noticing.ok_or_else(|| Error::Bug("nobody carries notices".into()))?;
        Ok(match noticing.carrier.exchange(request).await {
            Ok(reply) => {
                let (status, retry_after) = (reply.status, reply.retry_after.as_deref());
                target.received(Heard { status, retry_after, body: &reply.body })
            }
            Err(silence) => Received::Later { reason: silence.reason(), after: None },
        })
    }

    async fn notice(&self, row: &Row) -> Result<Notice> {
        let (troubles, at) = match row.facts.clone() {
            NoticeFacts::One(OneFact { kind, subject, text, at }) => {
                (Troubles::One { kind, subject, text }, Timestamp::from_micros(at))
            }
            NoticeFacts::Many(kinds) => {
                (Troubles::Many(kinds.into_iter().collect()), row.created_at)
            }
        };
        let news = match row.news {
            store::notice::News::Raised => News::Raised(troubles),
            store::notice::News::Over => News::Over(troubles),
        };
        let id = format!("ntc_{}_{}", row.created_at.as_micros(), row.id);
        self.told_now(id, at, news).await
    }

    async fn told_now(&self, id: String, at: Timestamp, news: News) -> Result<Notice> {
        let shop = self.brand_now().await?.name().to_owned();
        let link = format!("{}/admin/alerts", self.settings().app_url);
        Ok(Notice { id, shop, link, at, news })
    }

    async fn notice_taken(&self, job: &Job, id: i64) -> Result<()> {
        let (claim, claim_for) = (job.claim.clone(), self.settings().claim_for);
        let key = job.subject.clone();
        self.db()
            .write(move |tx| {
                tx.fence(&claim, claim_for)?;
                tx.resolve_alert(UNSENT, &key)?;
                tx.end_notice(id)
            })
            .await?;
        Ok(())
    }

    /// The last word. Everybody else is told.
    async fn give_up_notice(
        &self,
        job: &Job,
        target: &Target,
        id: i64,
        reason: &str,
    ) -> Result<()> {
        let text = format!("{} does not take what it is told: {reason}", target.label());
        tracing::warn!("notice {id} is given up on: {text}");
        let (claim, claim_for) = (job.claim.clone(), self.settings().claim_for);
        let key = job.subject.clone();
        self.db()
            .write(move |tx| {
                tx.fence(&claim, claim_for)?;
                tx.raise_alert(UNSENT, &key, &text)?;
                tx.end_notice(id)
            })
            .await?;
        Ok(())
    }

    async fn notice_not_taken(
        &self,
        job: &Job,
        target: &Target,
        row: &Row,
        reason: &str,
    ) -> Result<()> {
        let text = format!("what {} is told does not arrive, and waits: {reason}", target.label());
        let (claim, claim_for) = (job.claim.clone(), self.settings().claim_for);
        let (id, key, reason) = (row.id, job.subject.clone(), reason.to_owned());
        let is_stuck = row.tries + 1 >= UNSENT_TRIES;
        self.db()
            .write(move |tx| {
                tx.fence(&claim, claim_for)?;
                if is_stuck {
                    tx.raise_alert(UNSENT, &key, &text)?;
                }
                tx.notice_failed(id, &reason)
            })
            .await?;
        Ok(())
    }

    /// Nothing leads to a target that was taken out of the settings, and nobody will put it back
    /// for what waits: after a while that is dropped.
    async fn notices_for_nobody(&self, job: &Job) -> Result<After> {
        let (claim, key) = (job.claim.clone(), job.subject.clone());
        let dropped = self.db().write(move |tx| {
            let Some(oldest) = tx.next_notice(&key)? else {
                tx.finish_job(&claim)?;
                return Ok(Some(0));
            };
            if tx.now()?.since(oldest.created_at) < UNKNOWN_FOR {
                return Ok(None);
            }
            tx.resolve_alert(UNSENT, &key)?;
            let dropped = tx.drop_notices(&key)?;
            tx.finish_job(&claim)?;
            Ok::<_, Error>(Some(dropped))
        });
        let Some(dropped) = dropped.await? else {
            let note = "no target of BERTH_ALERT_URLS has this key".to_owned();
            return Ok(After::PutOff { after: UNKNOWN_PAUSE, note });
        };
        tracing::info!("{dropped} notices for a target that is no more were dropped");
        Ok(After::Finished)
    }
}

/// Makes notices of whatever has begun and ended; how many troubles.
fn tell_all(tx: &mut Tx<'_>, targets: &[String]) -> Result<u64> {
    let mut told = 0;
    for news in [store::notice::News::Raised, store::notice::News::Over] {
        let facts = tx.take_unnoticed_alerts(news, TAKEN_MAX)?;
        told += facts.len() as u64;
        for target in targets {
            for facts in told_together(target, &facts) {
                tx.add_notice(target, news, &facts)?;
            }
        }
    }
    Ok(told)
}

/// What one round has for a target: each trouble by itself, or all as one.
fn told_together(target: &str, facts: &[OneFact]) -> Vec<NoticeFacts> {
    // Nobody is told through a broken channel that it is broken.
    let is_of_itself = |fact: &OneFact| fact.kind.starts_with(OF_NOTICES) && fact.subject == target;
    let theirs = || facts.iter().filter(|fact| !is_of_itself(fact));
    if theirs().count() <= CROWD {
        return theirs().cloned().map(NoticeFacts::One).collect();
    }
    let mut kinds = BTreeMap::new();
    for fact in theirs() {
        *kinds.entry(fact.kind.clone()).or_default() += 1;
    }
    vec![NoticeFacts::Many(kinds)]
}

/// Growing pauses: a quarter of a minute, half of one, one, two … half an hour.
fn pause(tries: i64) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.clamp(0, 8)).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kind: &str, subjects: usize) -> Vec<OneFact> {
        let fact = |at: usize| {
            let (kind, text) = (kind.to_owned(), String::new());
            OneFact { kind, subject: at.to_string(), text, at: 0 }
        };
        (0..subjects).map(fact).collect()
    }

    #[test]
    fn a_crowd_is_told_as_one() {
        assert_eq!(told_together("key", &facts("low-stock-5", 10)).len(), 10);
        let crowd = [facts("low-stock-5", 9), facts("stray", 2)].concat();
        let kinds = [("low-stock-5".to_owned(), 9), ("stray".to_owned(), 2)].into();
        assert_eq!(told_together("key", &crowd), [NoticeFacts::Many(kinds)]);
    }

    #[test]
    fn a_broken_target_is_not_told_that_it_is() {
        assert_eq!(told_together("0", &facts(UNSENT, 2)).len(), 1);
    }

    #[test]
    fn pauses_grow_from_a_quarter_of_a_minute_to_half_an_hour() {
        let seconds: Vec<u64> = [0, 1, 2, 7, 99].map(|tries| pause(tries).as_secs()).into();
        assert_eq!(seconds, [15, 30, 60, 1_800, 1_800]);
    }
}
