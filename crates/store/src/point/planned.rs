//! The points of a build that can be tested at them.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::db::StoreError;

/// Where a write stands in the source.
#[derive(Clone, Copy)]
pub(crate) struct Spot(&'static Location<'static>);

impl Spot {
    #[track_caller]
    pub(crate) fn here() -> Spot {
        Spot(Location::caller())
    }
}

/// A moment that a task of the process has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// At the edge of the network, or where the source names it.
    Named(&'static str),
    /// Before a transaction that writes.
    Write(&'static Location<'static>),
    /// After its commit, before anybody hears of it.
    Written(&'static Location<'static>),
    /// Before questions.
    Read(&'static Location<'static>),
}

/// What becomes of the transaction that a point stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Runs,
    /// Nothing is changed, and the caller is told so.
    Fails,
    /// Nothing is changed, and the caller is told that nobody knows.
    UnknownUndone,
    /// It happens, and the caller is told that nobody knows.
    UnknownDone,
}

/// Whether the tasks of a process run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Runs,
    /// Time goes on without it.
    Stands,
    /// For good: what its tasks held is dropped.
    Over,
}

pub type Reached<'a> = Pin<Box<dyn Future<Output = Fate> + Send + 'a>>;

/// What a test does to one process.
pub trait Plan: Send + Sync {
    /// A task has come to a point. What is awaited here delays it.
    fn reach(&self, point: Point) -> Reached<'_>;

    /// Asked before a task runs on. One that stands is woken by the waker when that changes.
    fn life(&self, waker: &Waker) -> Life;

    /// The database and work set aside answer before anything else happens: time that only moves
    /// when all tasks wait then never passes while they work.
    fn keeps_time_still(&self) -> bool;
}

/// The points of one process. Most have no plan, and then nothing happens at them.
#[derive(Clone, Default)]
pub struct Points {
    plan: Option<Arc<dyn Plan>>,
}

impl Points {
    pub fn planned(plan: Arc<dyn Plan>) -> Points {
        Points { plan: Some(plan) }
    }

    /// As whoever started this process asks: see `Held`.
    pub fn from_environment() -> Points {
        Points { plan: Held::asked_for().map(|held| Arc::new(held) as Arc<dyn Plan>) }
    }

    /// A task has come to a point.
    pub async fn reach(&self, name: &'static str) {
        if let Some(plan) = &self.plan {
            plan.reach(Point::Named(name)).await;
        }
    }

    pub(crate) async fn write<T, E: From<StoreError>>(
        &self,
        Spot(place): Spot,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(plan) = &self.plan else { return work.await };
        let unknown = || Err(StoreError::CommitUnknown("as the test wants it".into()).into());
        let done = match plan.reach(Point::Write(place)).await {
            Fate::Runs => self.still(work).await,
            Fate::Fails => return Err(away()),
            Fate::UnknownUndone => return unknown(),
            Fate::UnknownDone => self.still(work).await.and_then(|_| unknown()),
        };
        plan.reach(Point::Written(place)).await;
        done
    }

    pub(crate) async fn read<T, E: From<StoreError>>(
        &self,
        Spot(place): Spot,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(plan) = &self.plan else { return work.await };
        match plan.reach(Point::Read(place)).await {
            Fate::Runs => self.still(work).await,
            _ => Err(away()),
        }
    }

    /// Waits for work of other threads; where time stands still, nothing else happens meanwhile.
    pub async fn still<T>(&self, work: impl Future<Output = T>) -> T {
        match self.keeps_time_still() {
            // The runtime's own budget must not send this thread to sleep.
            true => awaited(tokio::task::unconstrained(work)),
            false => work.await,
        }
    }

    fn keeps_time_still(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.keeps_time_still())
    }

    /// A task as it belongs to this process: it stands and ends with it.
    pub fn tied<F: Future<Output = ()> + Send + 'static>(
        &self,
        work: F,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let Some(plan) = self.plan.clone() else { return Box::pin(work) };
        let mut work = Some(Box::pin(work));
        Box::pin(poll_fn(move |cx| {
            let Some(inner) = work.as_mut() else { return Poll::Ready(()) };
            match plan.life(cx.waker()) {
                Life::Stands => Poll::Pending,
                Life::Over => {
                    work = None;
                    Poll::Ready(())
                }
                Life::Runs => inner.as_mut().poll(cx),
            }
        }))
    }

    /// Runs work that would keep a thread busy where that holds up nobody.
    pub async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        match self.keeps_time_still() {
            true => Ok(work()),
            false => tokio::task::spawn_blocking(work).await,
        }
    }
}

fn away<E: From<StoreError>>() -> E {
    StoreError::Unavailable("as the test wants it".into()).into()
}

/// Waits on this very thread until the work is done.
fn awaited<F: Future>(work: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut work = pin!(work);
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Holds a real process at one point: `HOUSE_HOLD_AT` names it, `HOUSE_HOLD_FILE` the file that
/// lets the process go on when it is gone. That it waits is told on standard error.
pub struct Held {
    at: String,
    file: PathBuf,
}

impl Held {
    fn asked_for() -> Option<Held> {
        let file = std::env::var_os("HOUSE_HOLD_FILE")?;
        Some(Held { at: std::env::var("HOUSE_HOLD_AT").ok()?, file: file.into() })
    }
}

impl Plan for Held {
    fn reach(&self, point: Point) -> Reached<'_> {
        Box::pin(async move {
            if matches!(point, Point::Named(name) if name == self.at) && self.file.exists() {
                eprintln!("held at {}", self.at);
                while self.file.exists() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            Fate::Runs
        })
    }

    fn life(&self, _: &Waker) -> Life {
        Life::Runs
    }

    fn keeps_time_still(&self) -> bool {
        false
    }
}
