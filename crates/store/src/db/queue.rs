//! Work on its way to the threads that run transactions, and how much there was of it.
//! Not for databases: both kinds of threads take from the same kind of queue.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use tokio::sync::oneshot;

use super::{Result, StoreError, Tx};

/// How much was done since the database was opened. Work that ran twice counts twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions that may change something.
    pub writes: u64,
    /// Questions, or several together, that change nothing.
    pub reads: u64,
    pub statements: u64,
}

#[derive(Default)]
pub(super) struct Counted {
    writes: AtomicU64,
    reads: AtomicU64,
    statements: AtomicU64,
    moves: Mutex<BTreeMap<Move, u64>>,
}

/// What happened to an order: the event's word, and the failure's where it is one.
pub type Move = (&'static str, Option<&'static str>);

impl Counted {
    /// What happened to orders in transactions that were kept, and how often.
    pub fn moves(&self) -> BTreeMap<Move, u64> {
        self.locked_moves().clone()
    }

    fn locked_moves(&self) -> MutexGuard<'_, BTreeMap<Move, u64>> {
        self.moves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, moves: Vec<Move>) {
        if moves.is_empty() {
            return;
        }
        let mut kept = self.locked_moves();
        moves.into_iter().for_each(|one| *kept.entry(one).or_default() += 1);
    }

    pub fn now(&self) -> Counts {
        Counts {
            writes: self.writes.load(Ordering::Relaxed),
            reads: self.reads.load(Ordering::Relaxed),
            statements: self.statements.load(Ordering::Relaxed),
        }
    }
}

/// Whether work may change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Write,
    Read,
}

/// A piece of work that a database thread runs inside a transaction.
pub(super) trait Work: Send {
    fn way(&self) -> Way;
    /// True: commit. False: undo.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Tells the caller: what `run` brought, or why the transaction failed all the same.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

pub(super) struct Errand<T, E, F> {
    work: F,
    way: Way,
    counted: Arc<Counted>,
    result: Option<Result<T, E>>,
    moves: Vec<Move>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Errand<T, E, F> {
    pub fn new(
        work: F,
        way: Way,
        counted: Arc<Counted>,
        reply: oneshot::Sender<Result<T, E>>,
    ) -> Errand<T, E, F> {
        Errand { work, way, counted, result: None, moves: Vec::new(), reply }
    }
}

impl<T, E, F> Work for Errand<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn way(&self) -> Way {
        self.way
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.work)(tx);
        let commit = result.is_ok();
        self.result = Some(result);
        // Work that runs twice moves an order once.
        self.moves = if commit { std::mem::take(&mut tx.moves) } else { Vec::new() };
        let count = match self.way {
            Way::Write => &self.counted.writes,
            Way::Read => &self.counted.reads,
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.counted.statements.fetch_add(tx.statements, Ordering::Relaxed);
        commit
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let closed = || E::from(StoreError::Unavailable("the work was never run".into()));
        let result = match outcome {
            Ok(()) => {
                self.counted.keep(self.moves);
                self.result.unwrap_or_else(|| Err(closed()))
            }
            Err(error) => Err(error.into()),
        };
        // Nobody waits any more when the caller was cancelled; the change stands all the same.
        drop(self.reply.send(result));
    }
}

/// Work waiting for a database thread, and threads waiting for work.
#[derive(Default)]
pub(super) struct Queue {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    work: VecDeque<Box<dyn Work>>,
    /// The one that worked last is woken first: its connection still knows its statements, and
    /// those that a quiet shop does not need stay asleep.
    idle: Vec<Thread>,
    closed: bool,
}

impl Queue {
    /// A panic elsewhere must not close the database: the queue itself is always whole.
    fn locked(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, work: Box<dyn Work>) {
        let mut inside = self.locked();
        if inside.closed {
            drop(inside);
            work.answer(Err(StoreError::Unavailable("the database was closed".into())));
            return;
        }
        inside.work.push_back(work);
        let woken = inside.idle.pop();
        drop(inside);
        if let Some(thread) = woken {
            thread.unpark();
        }
    }

    /// Waits for work; nothing once the queue was closed and is empty.
    pub fn take(&self) -> Option<Box<dyn Work>> {
        let this = thread::current();
        loop {
            let mut inside = self.locked();
            // A thread may wake up by itself, and is then still among the idle.
            inside.idle.retain(|idle| idle.id() != this.id());
            if let Some(work) = inside.work.pop_front() {
                return Some(work);
            }
            if inside.closed {
                return None;
            }
            inside.idle.push(this.clone());
            drop(inside);
            thread::park();
        }
    }

    pub fn take_now(&self) -> Option<Box<dyn Work>> {
        self.locked().work.pop_front()
    }

    /// Closes, and runs nothing more of what waits.
    pub fn close_now(&self) {
        let dropped = std::mem::take(&mut self.locked().work);
        self.close();
        let closed = || StoreError::Unavailable("the database was closed".into());
        dropped.into_iter().for_each(|work| work.answer(Err(closed())));
    }

    pub fn close(&self) {
        let mut inside = self.locked();
        inside.closed = true;
        inside.idle.drain(..).for_each(|thread| thread.unpark());
    }
}
