//! The embedded database: one writer thread whose waiting transactions share a commit, and a few
//! reader threads that never wait for it. Opened with write-ahead log and full durability.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, Value as Raw, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use super::{
    Db, Options, Queue, Result, Row, Session, StoreError, Tx, Value, Work, dialect, went_on,
};

const READERS: usize = 3;
/// So many waiting transactions share one flush at most: a bound on how long the first one waits.
const SHARED_COMMIT_MAX: usize = 64;
const BUSY_FOR: Duration = Duration::from_secs(10);

const WORDS: [(&str, &str); 8] = [
    ("{lock}", ""),
    ("{lock_package}", ""),
    ("{skip_locked}", ""),
    ("{now}", "berth_now()"),
    // Looked at once more: whoever opened the file before may have set it otherwise.
    (
        "{undurable}",
        "CASE WHEN (SELECT journal_mode FROM pragma_journal_mode) <> 'wal' \
         THEN 'journal_mode is not wal' WHEN (SELECT synchronous FROM pragma_synchronous) < 2 \
         THEN 'synchronous is not full' END",
    ),
    ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ("{bytes}", "BLOB"),
    ("$", "?"),
];

pub(super) fn open(path: &Path, options: &Options) -> Result<Db> {
    let writer = connect(path, &options.clock)?;
    writer
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS number_drawn (value BIGINT NOT NULL);
             INSERT INTO number_drawn SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM number_drawn);",
        )
        .map_err(failure)?;
    let queues = [Arc::new(Queue::default()), Arc::new(Queue::default())];
    let mut threads = Vec::new();
    let queue = queues[0].clone();
    threads.push(start("berth-write", move || write_until_closed(writer, &queue))?);
    for _ in 0..READERS {
        let (connection, queue) = (connect(path, &options.clock)?, queues[1].clone());
        threads.push(start("berth-read", move || read_until_closed(connection, &queue))?);
    }
    Ok(Db::started(threads, queues, false))
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
/// only after the flush that made it durable, and each can be undone alone.
fn write_until_closed(connection: Connection, queue: &Queue) {
    while let Some(first) = queue.take() {
        if let Err(error) = begin(&connection) {
            first.answer(Err(error));
            continue;
        }
        let mut done: Vec<Box<dyn Work>> = Vec::new();
        let mut next = Some(first);
        while let Some(work) = next {
            if let Some(kept) = run_within(&connection, work) {
                done.push(kept);
            }
            // A full disk undoes the shared transaction at once: nothing more may begin in it.
            let room = done.len() < SHARED_COMMIT_MAX && !connection.is_autocommit();
            next = if room { queue.take_now() } else { None };
        }
        let outcome = commit(&connection);
        for work in done {
            work.answer(outcome.clone());
        }
    }
}

fn begin(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failure)
}

fn commit(connection: &Connection) -> Result<()> {
    connection.execute_batch("COMMIT").map_err(|error| {
        // The rollback may find nothing to undo; the commit's own error is what counts.
        drop(connection.execute_batch("ROLLBACK"));
        failure(error)
    })
}

/// Runs one transaction inside the shared one. Gives it back when it waits for the commit.
fn run_within(connection: &Connection, mut work: Box<dyn Work>) -> Option<Box<dyn Work>> {
    if let Err(error) = connection.execute_batch("SAVEPOINT one").map_err(failure) {
        work.answer(Err(error));
        return None;
    }
    let mut session = Open { connection, broken: false };
    let wanted = work.run(&mut Tx::new(&mut session));
    let keep = wanted && !session.broken;
    let end = if keep { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
    match (connection.execute_batch(end).map_err(failure), keep) {
        (Ok(()), true) => Some(work),
        (Ok(()), false) => {
            work.answer(if wanted { Err(went_on()) } else { Ok(()) });
            None
        }
        (Err(error), _) => {
            work.answer(Err(error));
            None
        }
    }
}

fn read_until_closed(connection: Connection, queue: &Queue) {
    while let Some(mut work) = queue.take() {
        let begun = connection.execute_batch("BEGIN").map_err(failure);
        if let Err(error) = begun {
            work.answer(Err(error));
            continue;
        }
        let mut session = Open { connection: &connection, broken: false };
        work.run(&mut Tx::new(&mut session));
        // Nothing was written; ending the snapshot cannot lose anything.
        drop(connection.execute_batch("ROLLBACK"));
        work.answer(Ok(()));
    }
}

struct Open<'a> {
    connection: &'a Connection,
    /// A statement failed: whatever the work says, nothing of it is kept.
    broken: bool,
}

impl Open<'_> {
    fn told<T>(&mut self, result: Result<T>) -> Result<T> {
        self.broken |= result.is_err();
        result
    }

    fn changed(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let mut statement =
            self.connection.prepare_cached(&dialect(sql, &WORDS)).map_err(failure)?;
        let changed = statement.execute(rusqlite::params_from_iter(values)).map_err(failure)?;
        Ok(changed as u64)
    }

    fn asked(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let mut statement =
            self.connection.prepare_cached(&dialect(sql, &WORDS)).map_err(failure)?;
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

impl Session for Open<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let changed = self.changed(sql, values);
        self.told(changed)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let rows = self.asked(sql, values);
        self.told(rows)
    }

    fn later(&mut self, sql: &str, values: &[Value], one: Option<&'static str>) -> Result<()> {
        match (self.run(sql, values)?, one) {
            (1, _) | (_, None) => Ok(()),
            (_, Some(what)) => self.told(Err(StoreError::Stale(what))),
        }
    }

    fn next_number(&mut self) -> Result<i64> {
        let rows = self.query("UPDATE number_drawn SET value = value + 1 RETURNING value", &[])?;
        match rows.first() {
            Some(row) => row.int(0),
            None => Err(StoreError::Inconsistent { what: "number_drawn", why: "no row".into() }),
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

fn failure(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Refused { constraint: text },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(text),
        Some(ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            StoreError::Unavailable(text)
        }
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
