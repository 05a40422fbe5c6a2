//! What time brings about: one file per question. Each takes no input, may run on several nodes
//! at once, and moves orders by the same events as everything else; none edits an order's row.

use std::fmt::Debug;
use std::time::Duration;

use store::db::Tx;

use crate::Engine;
use crate::error::{Error, Result};

pub(crate) mod alert_over;
pub mod audit;
pub(crate) mod cost_entered;
pub(crate) mod day_over;
pub(crate) mod mail_due;
pub(crate) mod money_owed;
pub(crate) mod offer_due;
pub(crate) mod paid_without_server;
pub(crate) mod paper_due;
pub(crate) mod reservation_over;
pub(crate) mod server_lapsed;
pub(crate) mod term_over;
pub(crate) mod watch;

/// How many rows each question moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub reservations_over: u64,
    pub listed: u64,
    pub owed_listed: u64,
    pub offered: u64,
    pub terms_over: u64,
    pub alerts_over: u64,
    pub mail_queued: u64,
    pub alerts_told: u64,
    pub papers_numbered: u64,
}

/// So many orders are asked for at once, and so many go into one transaction.
const ASKED_AT_ONCE: i64 = 500;
const TOGETHER: usize = 50;

const LAPSE_EVERY: Duration = Duration::from_secs(60 * 60);
const AUDIT_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// Often enough for a page to say: within a minute.
const COSTS_EVERY: Duration = Duration::from_secs(55);
/// Often enough to be of use, and seldom enough to cost nothing.
const WATCH_EVERY: Duration = Duration::from_secs(55);
const FORGET_EVERY: Duration = Duration::from_secs(10 * 60);

impl Engine {
    /// Asks every question once. One that fails does not keep the others from being asked, unless
    /// the database is away.
    pub async fn sweep(&self) -> Result<Swept> {
        let swept = Swept {
            reservations_over: told("reservations over", self.end_reservations().await)?,
            listed: told("paid without server", self.list_paid_without_server().await)?,
            owed_listed: told("money owed", self.list_money_owed().await)?,
            offered: told("offers due", self.offer_choices().await)?,
            terms_over: told("terms over", self.end_terms().await)?,
            alerts_over: told("alerts over", self.resolve_alerts().await)?,
            mail_queued: told("mails on their way", self.queue_mail().await)?,
            alerts_told: told("alerts told", self.queue_notices().await)?,
            papers_numbered: told("papers numbered", self.number_papers().await)?,
        };
        if self.is_my_turn("watch", WATCH_EVERY).await? {
            told("troubles of the whole shop", self.watch_shop().await)?;
        }
        told("troubles of this machine", self.watch_host().await)?;
        self.start_turns().await?;
        Ok(swept)
    }

    /// Starts what may take long, beside everything else: one node at a time, and not too often.
    async fn start_turns(&self) -> Result<()> {
        if self.is_my_turn("lapse", LAPSE_EVERY).await? {
            let engine = self.clone();
            self.start(async move {
                drop(told("servers lapsed", engine.lapse_servers().await));
            });
        }
        if self.is_my_turn("audit", AUDIT_EVERY).await? {
            let engine = self.clone();
            self.start(async move {
                drop(told(
                    "audit of deliveries",
                    engine.audit_delivered().await.map(|found| found.len()),
                ));
            });
        }
        if self.is_my_turn("costs", COSTS_EVERY).await? {
            let engine = self.clone();
            self.start(async move {
                drop(told("costs entered later", engine.book_costs_entered().await));
            });
        }
        if self.is_my_turn("forget", FORGET_EVERY).await? {
            let engine = self.clone();
            self.start(async move {
                drop(told("old requests and sessions", engine.forget_old().await));
            });
        }
        Ok(())
    }

    async fn is_my_turn(&self, name: &'static str, every: Duration) -> Result<bool> {
        if !self.db().read(move |tx| tx.is_turn_due(name, every)).await? {
            return Ok(false);
        }
        Ok(self.db().write(move |tx| tx.take_turn(name, every)).await?)
    }

    /// Moves things in sets, each under its lock; where a set fails, one by one, so that a broken
    /// row holds up nobody else. Tells how many were moved.
    pub(crate) async fn move_each<T, F>(&self, things: &[T], each: F) -> Result<u64>
    where
        T: Clone + Ord + Debug + Send + 'static,
        F: Fn(&Engine, &mut Tx<'_>, &T) -> Result<bool> + Clone + Send + 'static,
    {
        // Every node locks in the same order.
        let mut things = things.to_vec();
        things.sort_unstable();
        let mut moved = 0;
        for set in things.chunks(TOGETHER) {
            match self.move_set(set, each.clone()).await {
                Ok(count) => moved += count,
                Err(error @ Error::Unavailable(_)) if set.len() == 1 => return Err(error),
                Err(_) => {
                    for one in set {
                        match self.move_set(std::slice::from_ref(one), each.clone()).await {
                            Ok(count) => moved += count,
                            Err(error) => tracing::warn!("{one:?} was not moved: {error}"),
                        }
                    }
                }
            }
        }
        Ok(moved)
    }

    async fn move_set<T, F>(&self, set: &[T], each: F) -> Result<u64>
    where
        T: Clone + Send + 'static,
        F: Fn(&Engine, &mut Tx<'_>, &T) -> Result<bool> + Send + 'static,
    {
        let (engine, set) = (self.clone(), set.to_vec());
        self.db()
            .write(move |tx| {
                let mut moved = 0;
                for one in &set {
                    moved += u64::from(each(&engine, tx, one)?);
                }
                Ok::<_, Error>(moved)
            })
            .await
    }
}

/// Tells the log what a question brought; only a database that is away ends the whole.
fn told<T>(what: &str, outcome: Result<T>) -> Result<T>
where
    T: Default + Copy + PartialEq + std::fmt::Display,
{
    match outcome {
        Ok(count) => {
            if count != T::default() {
                tracing::info!("swept: {count} {what}");
            }
            Ok(count)
        }
        Err(error @ Error::Unavailable(_)) => Err(error),
        Err(error) => {
            tracing::error!("sweeping {what} failed: {error}");
            Ok(T::default())
        }
    }
}
