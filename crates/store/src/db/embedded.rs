//! The embedded database: one writer thread whose waiting transactions share a commit, and a few
//! reader threads that never wait for it. Opened with write-ahead log and full durability.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::clock::Clock;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, Value as Raw, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql};

use super::{
    Db, Options, Queue, Result, Row, Session, StoreError, Tx, Value, Work, dialect, went_on,
};

const READERS: usize = 3;
/// So many waiting transactions share one flush at most: a bound on how long the first one waits.
const SHARED_COMMIT_MAX: usize = 64;
/// Steps of a count between two looks whether the database is to be closed: milliseconds.
const LOOK_AFTER: i32 = 100_000;
const BUSY_FOR: Duration = Duration::from_secs(10);

const NUMBER: &str = "{number}";
const WORDS: [(&str, &str); 13] = [
    ("{lock}", ""),
    ("{skip_locked}", ""),
    ("{now}", "berth_now()"),
    // Looked at once more: whoever opened the file before may have set it otherwise.
    (
        "{undurable}",
        "CASE WHEN (SELECT journal_mode FROM pragma_journal_mode) <> 'wal' \
         THEN 'journal_mode is not wal' WHEN (SELECT synchronous FROM pragma_synchronous) < 2 \
         THEN 'synchronous is not full' END",
    ),
    // Drawn before the statement that asks for it.
    (NUMBER, "(SELECT value FROM number_drawn)"),
    (
        "{make_number}",
        "CREATE TABLE IF NOT EXISTS number_drawn (value BIGINT NOT NULL); \
         INSERT INTO number_drawn SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM number_drawn);",
    ),
    ("{tables}", "(SELECT name FROM sqlite_schema WHERE type = 'table')"),
    ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ("{bytes}", "BLOB"),
    ("{array}", "json_array"),
    ("{bytewise}", ""),
    ("{position}", "instr"),
    ("$", "?"),
];

pub(super) fn open(path: &Path, options: &Options) -> Result<Db> {
    let writer = connect(path, &options.clock)?;
    let queues = [Arc::default(), Arc::default(), Arc::default()];
    let [writes, reads, counts]: &[Arc<Queue>; 3] = &queues;
    let mut threads = Vec::new();
    let queue = writes.clone();
    threads.push(start("berth-write", move || write_until_closed(writer, &queue))?);
    for _ in 0..READERS {
        let (connection, queue) = (connect(path, &options.clock)?, reads.clone());
        threads.push(start("berth-read", move || read_until_closed(connection, &queue))?);
    }
    let (mut connection, queue) = (connect(path, &options.clock)?, counts.clone());
    let is_over = Arc::new(AtomicBool::new(false));
    let looked_at = is_over.clone();
    let handler = Some(move || looked_at.load(Ordering::Relaxed));
    connection.progress_handler(LOOK_AFTER, handler).map_err(failure)?;
    threads.push(start("berth-count", move || read_until_closed(connection, &queue))?);
    Ok(Db::started(threads, queues, false, move || is_over.store(true, Ordering::Relaxed)))
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn connect(path: &Path, clock: &Arc<dyn Clock>) -> Result<Connection> {
    let connection = Connection::open(path).map_err(|error| {
        StoreError::Unavailable(format!("cannot open {}: {error}", path.display()))
    })?;
    connection.busy_timeout(BUSY_FOR).map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(256);
    let pragmas = [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")];
    for (name, wanted) in pragmas {
        connection.pragma_update(None, name, wanted).map_err(failure)?;
        let found: Raw =
            connection.pragma_query_value(None, name, |row| row.get(0)).map_err(failure)?;
        let found = match found {
            Raw::Text(text) => text,
            Raw::Integer(number) => number.to_string(),
            other => format!("{other:?}"),
        };
        if found != wanted {
            let why = format!("{name} is {found}, and must be {wanted} for durable commits");
            return Err(StoreError::Unavailable(why));
        }
    }
    // A larger cache and memory map keep the shop's pages off the disk.
    connection.pragma_update(None, "cache_size", -16_000).map_err(failure)?;
    let clock = clock.clone();
    connection
        .create_scalar_function("berth_now", 0, FunctionFlags::SQLITE_UTF8, move |_| {
            Ok(clock.now().as_micros())
        })
        .map_err(failure)?;
    Ok(connection)
}

/// Runs transactions one by one inside a shared one, then commits them together: each is answered
/// only after the flush that made it durable.
fn write_until_closed(connection: Connection, queue: &Queue) {
    let mut texts = Texts::default();
    while let Some(first) = queue.take() {
        let mut shared = Shared { connection: &connection, texts: &mut texts, done: Vec::new() };
        let outcome = shared.all_kept(first, queue);
        let outcome = match outcome {
            // Somebody's work is to be undone: all of it again, so that each can be undone alone.
            Ok(false) => shared.each_for_itself(),
            other => other.map(drop),
        };
        for work in shared.done {
            work.answer(outcome.clone());
        }
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    statement.execute([]).map(drop).map_err(failure)
}

fn commit(connection: &Connection) -> Result<()> {
    let committed = execute(connection, "COMMIT").inspect_err(|_| roll_back(connection));
    committed.map_err(|error| match error {
        // The disk failed to say whether it has it: a crash may yet bring it to light.
        StoreError::Unavailable(text) => StoreError::CommitUnknown(text),
        other => other,
    })
}

/// There may be nothing to undo; the error that led here is what counts.
fn roll_back(connection: &Connection) {
    drop(execute(connection, "ROLLBACK"));
}

/// After a full disk or a failing one.
fn undone() -> StoreError {
    StoreError::Unavailable("the database undid the transaction by itself".into())
}

/// What is to become of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Keep,
    Undo,
    /// Kept, if it had its way; but one of its statements failed.
    KeepBroken,
}

/// Several transactions on their way into one commit.
struct Shared<'a> {
    connection: &'a Connection,
    texts: &'a mut Texts,
    /// What ran, in its order, and waits for the commit.
    done: Vec<Box<dyn Work>>,
}

impl Shared<'_> {
    fn run(&mut self, work: &mut dyn Work) -> Wish {
        let mut session = Open { connection: self.connection, texts: self.texts, broken: false };
        match (work.run(&mut Tx::new(&mut session)), session.broken) {
            (true, false) => Wish::Keep,
            (true, true) => Wish::KeepBroken,
            (false, _) => Wish::Undo,
        }
    }

    /// Runs whatever waits, and commits. False, with everything undone, when one of several wants
    /// to be undone: a savepoint for each would cost more than their statements do.
    fn all_kept(&mut self, first: Box<dyn Work>, queue: &Queue) -> Result<bool> {
        if let Err(error) = execute(self.connection, "BEGIN IMMEDIATE") {
            self.done.push(first);
            return Err(error);
        }
        let mut next = Some(first);
        while let Some(mut work) = next {
            let wish = self.run(&mut *work);
            self.done.push(work);
            // A full disk undoes the shared transaction at once.
            if wish != Wish::Keep || self.connection.is_autocommit() {
                roll_back(self.connection);
                return match (wish, self.done.len()) {
                    (Wish::Undo, 1) => Ok(true),
                    (Wish::Keep, 1) => Err(undone()),
                    (Wish::KeepBroken, 1) => Err(went_on()),
                    _ => Ok(false),
                };
            }
            let more = self.done.len() < SHARED_COMMIT_MAX;
            next = if more { queue.take_now() } else { None };
        }
        commit(self.connection).map(|()| true)
    }

    /// Runs the same once more, each inside a savepoint. Those that are undone are answered.
    fn each_for_itself(&mut self) -> Result<()> {
        let mut again = std::mem::take(&mut self.done).into_iter();
        if let Err(error) = execute(self.connection, "BEGIN IMMEDIATE") {
            self.done.extend(again);
            return Err(error);
        }
        while let Some(work) = again.next() {
            self.within_savepoint(work);
            if self.connection.is_autocommit() {
                self.done.extend(again);
                return Err(undone());
            }
        }
        commit(self.connection)
    }

    fn within_savepoint(&mut self, mut work: Box<dyn Work>) {
        if let Err(error) = execute(self.connection, "SAVEPOINT one") {
            return work.answer(Err(error));
        }
        let wish = self.run(&mut *work);
        let kept = match wish {
            Wish::Keep => Ok(()),
            _ => execute(self.connection, "ROLLBACK TO one"),
        };
        match (kept.and_then(|()| execute(self.connection, "RELEASE one")), wish) {
            (Ok(()), Wish::Keep) => self.done.push(work),
            (Ok(()), Wish::Undo) => work.answer(Ok(())),
            (Ok(()), Wish::KeepBroken) => work.answer(Err(went_on())),
            (Err(error), _) => work.answer(Err(error)),
        }
    }
}

fn read_until_closed(connection: Connection, queue: &Queue) {
    let mut texts = Texts::default();
    while let Some(mut work) = queue.take() {
        let begun = execute(&connection, "BEGIN");
        if let Err(error) = begun {
            work.answer(Err(error));
            continue;
        }
        let mut session = Open { connection: &connection, texts: &mut texts, broken: false };
        work.run(&mut Tx::new(&mut session));
        // Nothing was written; ending the snapshot cannot lose anything.
        roll_back(&connection);
        work.answer(Ok(()));
    }
}

/// The house's statements in this database's words.
#[derive(Default)]
struct Texts(HashMap<String, Text>);

#[derive(Default)]
struct Text {
    sql: String,
    draws_number: bool,
}

impl Texts {
    /// So many are kept: lists of places make texts of many lengths.
    const KEPT_MAX: usize = 1_000;

    fn of(&mut self, sql: &str) -> &Text {
        if !self.0.contains_key(sql) {
            if self.0.len() >= Texts::KEPT_MAX {
                self.0.clear();
            }
            let text = Text { sql: dialect(sql, &WORDS), draws_number: sql.contains(NUMBER) };
            self.0.insert(sql.to_owned(), text);
        }
        &self.0[sql]
    }
}

struct Open<'a> {
    connection: &'a Connection,
    texts: &'a mut Texts,
    /// A statement failed: whatever the work says, nothing of it is kept.
    broken: bool,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'a> Open<'a> {
    fn told<T>(&mut self, result: Result<T>) -> Result<T> {
        self.broken |= result.is_err();
        result
    }

    fn prepared(&mut self, sql: &str) -> Result<CachedStatement<'a>> {
        let text = self.texts.of(sql);
        if text.draws_number {
            execute(self.connection, "UPDATE number_drawn SET value = value + 1")?;
        }
        self.connection.prepare_cached(&text.sql).map_err(failure)
    }

    fn changed(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let mut statement = self.prepared(sql)?;
        let changed = statement.execute(rusqlite::params_from_iter(values)).map_err(failure)?;
        Ok(changed as u64)
    }

    fn asked(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.prepared(sql)?;
        let columns = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(values)).map_err(failure)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(failure)? {
            let values =
                (0..columns).map(|at| row.get::<_, Raw>(at).map_err(failure).and_then(value));
            rows.push(Row(values.collect::<Result<_>>()?));
        }
        Ok(rows)
    }
}

impl Session for Open<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let changed = self.changed(sql, values);
        self.told(changed)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let rows = self.asked(sql, values);
        self.told(rows)
    }

    fn together(&mut self, asked: &[(&str, &[Value])]) -> Result<Vec<Vec<Row>>> {
        asked.iter().map(|(sql, values)| self.query(sql, values)).collect()
    }

    fn later(&mut self, sql: &str, values: &[Value], one: Option<&'static str>) -> Result<()> {
        match (self.run(sql, values)?, one) {
            (1, _) | (_, None) => Ok(()),
            (_, Some(what)) => self.told(Err(StoreError::Stale(what))),
        }
    }

    fn create_tables(&mut self, ddl: &str) -> Result<()> {
        self.connection.execute_batch(&dialect(ddl, &WORDS)).map_err(failure)
    }
}

fn value(raw: Raw) -> Result<Value> {
    match raw {
        Raw::Null => Ok(Value::Null),
        Raw::Integer(number) => Ok(Value::Int(number)),
        Raw::Text(text) => Ok(Value::Text(text)),
        Raw::Blob(bytes) => Ok(Value::Bytes(bytes)),
        Raw::Real(_) => {
            Err(StoreError::Inconsistent { what: "row", why: "holds a fraction".into() })
        }
    }
}

pub(super) fn failure(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Refused { constraint: text },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(text),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            // A count, by who closes.
            | ErrorCode::OperationInterrupted,
        ) => StoreError::Unavailable(text),
        _ => StoreError::Failed(text),
    }
}

/// Proof that this process alone serves the database in a directory. The lock dies with the
/// process, also with kill -9.
#[derive(Debug)]
pub struct Guarded {
    _lock: File,
}

impl Guarded {
    /// Takes the directory's lock; `None` when another process holds it.
    pub fn take(directory: &Path) -> std::io::Result<Option<Guarded>> {
        let path: PathBuf = directory.join("serve.lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Guarded { _lock: lock })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::clock::Timestamp;

    use super::*;

    struct Noon;
    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(43_200_000_000)
        }
    }

    #[tokio::test]
    async fn whoever_closes_waits_for_no_count() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { clock: Arc::new(Noon), connections: 1 };
        let db = Arc::new(open(&folder.path().join("shop.db"), &options).unwrap());
        let (begun, begins) = tokio::sync::oneshot::channel();
        let mut begun = Some(begun);
        let endless = db.count::<_, StoreError, _>(move |tx| {
            begun.take().into_iter().for_each(|begun| begun.send(()).unwrap());
            let forever = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) \
                 SELECT COUNT(*) FROM n";
            tx.rows(forever, &[]).map(drop)
        });
        let next = db.count::<_, StoreError, _>(|tx| tx.now());
        let closing = async {
            begins.await.unwrap();
            let db = db.clone();
            tokio::task::spawn_blocking(move || db.close()).await.unwrap();
        };
        let (endless, next, ()) = futures_util::join!(endless, next, closing);
        assert!(matches!(endless, Err(StoreError::Unavailable(_))), "{endless:?}");
        assert!(matches!(next, Err(StoreError::Unavailable(_))), "{next:?}");
    }

    #[test]
    fn a_database_that_cannot_keep_its_commits_is_refused() {
        let clock: Arc<dyn Clock> = Arc::new(Noon);
        let folder = tempfile::tempdir().unwrap();
        drop(connect(&folder.path().join("shop.db"), &clock).unwrap());
        // In memory there is no write-ahead log.
        let refused = connect(Path::new(":memory:"), &clock).unwrap_err();
        let StoreError::Unavailable(why) = refused else { panic!("{refused:?}") };
        assert_eq!(why, "journal_mode is memory, and must be wal for durable commits");
    }
}
