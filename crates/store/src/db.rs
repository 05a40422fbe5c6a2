//! The seam: the only file, with the two in its folder, that knows which database it is.
//! Every statement of the house is written once, in the words both databases understand;
//! the few that differ are tokens (`{lock}`, `{now}`, …) that `dialect` fills in.
//! Not for tables or rules: those are in the files beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::clock::{Clock, Timestamp};
use tokio::sync::oneshot;

use crate::point::{Points, Spot};

pub mod copy;
mod embedded;
mod gathered;
mod queue;
mod server;

pub use embedded::Guarded;
pub(crate) use gathered::Part;
use queue::{Counted, Errand, Queue, Way, Work};
pub use queue::{Counts, Move};

/// Which database, and where.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file; the embedded database.
    File(PathBuf),
    /// A URL that may hold a password; never logged.
    Url(Hidden),
}

/// A text that must not be shown.
#[derive(Clone)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What went wrong, named by what the caller can do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Nothing was changed; try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// It may or may not have happened: read it back before acting.
    #[error("the database did not say whether it kept the change: {0}")]
    CommitUnknown(String),
    /// Somebody else holds what we need; nothing was changed.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A rule of the tables refused: the same thing is there already, or something is missing.
    #[error("the database refused: {constraint}")]
    Refused { constraint: String },
    /// The row was changed by somebody else, or the claim was lost; nothing was changed.
    #[error("{0} was changed by somebody else meanwhile")]
    Stale(&'static str),
    /// Rows that the house's rules say cannot exist.
    #[error("inconsistent {what}: {why}")]
    Inconsistent { what: &'static str, why: String },
    #[error("{what} {id} does not exist")]
    Missing { what: &'static str, id: String },
    #[error("the database failed: {0}")]
    Failed(String),
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A value on its way into or out of a table. Money and time are integers, so these are all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One row of an answer, read strictly.
#[derive(Debug)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    fn wrong(&self, at: usize, wanted: &str) -> StoreError {
        let kind = match self.0.get(at) {
            None => "no column",
            Some(Value::Null) => "nothing",
            Some(Value::Int(_)) => "a number",
            Some(Value::Text(_)) => "a text",
            Some(Value::Bytes(_)) => "bytes",
        };
        let why = format!("column {at} should hold {wanted} and holds {kind}");
        StoreError::Inconsistent { what: "row", why }
    }

    pub fn int(&self, at: usize) -> Result<i64> {
        self.opt_int(at)?.ok_or_else(|| self.wrong(at, "a number"))
    }

    pub fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        match self.0.get(at) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(at, "a number")),
        }
    }

    pub fn flag(&self, at: usize) -> Result<bool> {
        match self.int(at)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(at, "0 or 1")),
        }
    }

    pub fn time(&self, at: usize) -> Result<Timestamp> {
        self.int(at).map(Timestamp::from_micros)
    }

    pub fn opt_time(&self, at: usize) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(at)?.map(Timestamp::from_micros))
    }

    pub fn text(&self, at: usize) -> Result<&str> {
        self.opt_text(at)?.ok_or_else(|| self.wrong(at, "a text"))
    }

    pub fn opt_text(&self, at: usize) -> Result<Option<&str>> {
        match self.0.get(at) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(at, "a text")),
        }
    }

    pub fn bytes(&self, at: usize) -> Result<&[u8]> {
        self.opt_bytes(at)?.ok_or_else(|| self.wrong(at, "bytes"))
    }

    pub fn opt_bytes(&self, at: usize) -> Result<Option<&[u8]>> {
        match self.0.get(at) {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(at, "bytes")),
        }
    }
}

macro_rules! values_from {
    ($($from:ty => |$it:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Value {
                $to
            }
        }
    )*};
}

values_from! {
    i64 => |it| Value::Int(it);
    u32 => |it| Value::Int(i64::from(it));
    bool => |it| Value::Int(i64::from(it));
    &str => |it| Value::Text(it.to_owned());
    &String => |it| Value::Text(it.clone());
    String => |it| Value::Text(it);
    Vec<u8> => |it| Value::Bytes(it);
    &[u8] => |it| Value::Bytes(it.to_vec());
    Timestamp => |it| Value::Int(it.as_micros());
    std::time::Duration => |it| Value::Int(i64::try_from(it.as_micros()).unwrap_or(i64::MAX));
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Value {
        it.map_or(Value::Null, Into::into)
    }
}

/// Puts values side by side for a statement: `args![order.as_str(), now]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}

/// `($1, $2), ($3, $4)`: places for `rows` rows of `columns` values.
pub fn places(rows: usize, columns: usize) -> String {
    let row = |at: usize| {
        let places: Vec<String> = (1..=columns).map(|c| format!("${}", at * columns + c)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// One connection inside one transaction, as both databases offer it.
trait Session {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64>;
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>>;
    fn together(&mut self, asked: &[(&str, &[Value])]) -> Result<Vec<Vec<Row>>>;
    fn later(
        &mut self,
        sql: &str,
        values: &[Value],
        exactly_one: Option<&'static str>,
    ) -> Result<()>;
    fn create_tables(&mut self, ddl: &str) -> Result<()>;
}

/// What may be done inside one transaction. Typed row operations hang on it, one file per noun.
pub struct Tx<'a> {
    session: &'a mut dyn Session,
    now: Option<Timestamp>,
    /// How many statements it has run, for those who promise that there are few.
    statements: u64,
    /// What happened to orders in it.
    moves: Vec<Move>,
}

impl<'a> Tx<'a> {
    fn new(session: &'a mut dyn Session) -> Tx<'a> {
        Tx { session, now: None, statements: 0, moves: Vec::new() }
    }

    /// Notes what happened to an order, for whoever counts; counted if it is kept.
    pub(crate) fn note_move(&mut self, event: &'static str, failure: Option<&'static str>) {
        self.moves.push((event, failure));
    }

    /// Runs a statement now and tells how many rows it changed.
    pub(crate) fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        self.statements += 1;
        self.session.run(sql, values)
    }

    /// Runs a statement no later than the commit; several travel together.
    /// Its failure fails the transaction, but may show only at the next question or at the commit.
    pub(crate) fn later(&mut self, sql: &str, values: &[Value]) -> Result<()> {
        self.statements += 1;
        self.session.later(sql, values, None)
    }

    /// As `later`, and it must change exactly one row.
    pub(crate) fn later_one(
        &mut self,
        sql: &str,
        values: &[Value],
        what: &'static str,
    ) -> Result<()> {
        self.statements += 1;
        self.session.later(sql, values, Some(what))
    }

    pub(crate) fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.statements += 1;
        self.session.query(sql, values)
    }

    pub(crate) fn lookup(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>> {
        only(self.rows(sql, values)?)
    }

    /// Asks several questions in one go. Each sees what those before it have locked or changed,
    /// as if they had been asked one after the other.
    pub(crate) fn together<const N: usize>(
        &mut self,
        asked: [(&str, &[Value]); N],
    ) -> Result<[Vec<Row>; N]> {
        self.statements += N as u64;
        let answers = self.session.together(&asked)?;
        let why = || "an answer is missing".to_owned();
        answers.try_into().map_err(|_| StoreError::Inconsistent { what: "answers", why: why() })
    }

    /// The database's own clock, which decides wherever nodes must agree; asked once.
    pub fn now(&mut self) -> Result<Timestamp> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let row = self.lookup("SELECT {now}", &[])?;
        let row = row.ok_or(StoreError::Inconsistent { what: "clock", why: "no answer".into() })?;
        self.now_is(row.time(0)?)
    }

    /// Remembers the time that another answer brought along.
    pub(crate) fn now_is(&mut self, now: Timestamp) -> Result<Timestamp> {
        self.now = Some(now);
        Ok(now)
    }

    /// What could lose a commit that was answered as durable, as far as the database says.
    pub fn undurable(&mut self) -> Result<Option<String>> {
        let row = self.lookup("SELECT {undurable}", &[])?;
        row.map_or(Ok(None), |row| Ok(row.opt_text(0)?.map(str::to_owned)))
    }

    /// Draws the next number of the one sequence that orders readings and answers.
    pub fn next_number(&mut self) -> Result<i64> {
        let why = || "no number".to_owned();
        let none = || StoreError::Inconsistent { what: "number_drawn", why: why() };
        self.lookup("SELECT {number}", &[])?.ok_or_else(none)?.int(0)
    }

    pub(crate) fn create_tables(&mut self, ddl: &str) -> Result<()> {
        self.session.create_tables(ddl)
    }
}

/// An open database: threads that run transactions one by one.
pub struct Db {
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    /// Questions that take long, one at a time: all others have threads of their own.
    counts: Arc<Queue>,
    /// Breaks off the count that is under way.
    break_off: Box<dyn Fn() + Send + Sync>,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
    shared_by_nodes: bool,
    reconnects: Arc<AtomicU64>,
    counted: Arc<Counted>,
    points: Points,
}

/// How a database is opened.
#[derive(Clone)]
pub struct Options {
    pub clock: Arc<dyn Clock>,
    /// How many connections to a database server.
    pub connections: usize,
}

impl Db {
    /// Opens the database; fails when it cannot be reached.
    pub async fn open(place: &Place, options: &Options) -> Result<Db> {
        let (place, options) = (place.clone(), options.clone());
        let opened = tokio::task::spawn_blocking(move || match place {
            Place::File(path) => embedded::open(&path, &options),
            Place::Url(url) => server::open(&url.0, &options),
        });
        opened.await.map_err(|panic| StoreError::Failed(panic.to_string()))?
    }

    fn started(
        threads: Vec<std::thread::JoinHandle<()>>,
        queues: [Arc<Queue>; 3],
        nodes: bool,
        break_off: impl Fn() + Send + Sync + 'static,
    ) -> Db {
        let [writes, reads, counts] = queues;
        let (threads, break_off) = (Mutex::new(threads), Box::new(break_off));
        let (reconnects, counted) = (Arc::default(), Arc::default());
        let (shared_by_nodes, points) = (nodes, Points::default());
        Db {
            writes,
            reads,
            counts,
            break_off,
            threads,
            shared_by_nodes,
            reconnects,
            counted,
            points,
        }
    }

    /// How much it was asked to do since it was opened.
    pub fn counts(&self) -> Counts {
        self.counted.now()
    }

    /// What has happened to orders since it was opened, as far as it was kept.
    pub fn moves(&self) -> BTreeMap<Move, u64> {
        self.counted.moves()
    }

    /// The same database, used by a process with these points.
    #[must_use]
    pub fn with(self, points: Points) -> Db {
        let mut db = self;
        db.points = points;
        db
    }

    /// The points of the process that uses this database.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// How often a lost connection was replaced: the database may be another one since.
    pub fn reconnects(&self) -> u64 {
        self.reconnects.load(Ordering::Relaxed)
    }

    /// Several processes may work on this database at once.
    pub fn is_shared_by_nodes(&self) -> bool {
        self.shared_by_nodes
    }

    /// Runs `work` in one transaction: all of it happens, durably, or nothing.
    /// It may run more than once when somebody else was in the way, so it must not have effects
    /// of its own. Returns after the commit is durable.
    #[cfg_attr(any(debug_assertions, feature = "points"), track_caller)]
    pub fn write<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.points.write(Spot::here(), self.submit(&self.writes, Way::Write, work))
    }

    /// Runs questions. Not for decisions that a write depends on.
    #[cfg_attr(any(debug_assertions, feature = "points"), track_caller)]
    pub fn read<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.points.read(Spot::here(), self.submit(&self.reads, Way::Read, work))
    }

    /// Runs questions that may take minutes, one of them at a time in this process. They hold up
    /// nobody: neither who writes nor who reads.
    #[cfg_attr(any(debug_assertions, feature = "points"), track_caller)]
    pub fn count<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.points.read(Spot::here(), self.submit(&self.counts, Way::Read, work))
    }

    async fn submit<T, E, F>(&self, queue: &Queue, way: Way, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        queue.put(Box::new(Errand::new(work, way, self.counted.clone(), reply)));
        let lost = || StoreError::CommitUnknown("the database thread stopped".into());
        answer.await.unwrap_or_else(|_| Err(lost().into()))
    }

    /// Finishes what waits and closes every connection. The writer's goes last and alone: of two
    /// that close an embedded database at once none may tidy up its log.
    pub fn close(&self) {
        let mut threads: Vec<_> =
            self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        let others = threads.split_off(threads.len().min(1));
        self.reads.close();
        self.counts.close_now();
        (self.break_off)();
        // A thread that panicked has told its caller; there is nothing left to close.
        others.into_iter().for_each(|thread| drop(thread.join()));
        self.writes.close();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        self.counts.close_now();
        (self.break_off)();
    }
}

/// The row of an answer that may have one at most.
pub(crate) fn only(mut rows: Vec<Row>) -> Result<Option<Row>> {
    match rows.len() {
        0 | 1 => Ok(rows.pop()),
        many => {
            let why = format!("{many} rows where there can be one");
            Err(StoreError::Inconsistent { what: "answer", why })
        }
    }
}

/// Why work is undone that passed over the failure of one of its statements.
fn went_on() -> StoreError {
    StoreError::Failed("a statement failed and the work went on".into())
}

/// Fills in what the two databases write differently.
fn dialect(sql: &str, words: &[(&str, &str)]) -> String {
    let mut text = sql.to_owned();
    for (token, word) in words {
        if text.contains(token) {
            text = text.replace(token, word);
        }
    }
    text
}
