//! The database server: a few threads with one connection each. Statements whose answer nobody
//! waits for travel together, so that a commit costs few round trips.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    Db, Options, Queue, Result, Row, Session, StoreError, Tx, Value, Way, Work, dialect, went_on,
};

mod foreign;

use foreign::{describe, failure, row};

/// So often the same work is tried when others were in the way.
const TRIES_MAX: u32 = 6;
const CONNECT_FOR: Duration = Duration::from_secs(5);
/// Short limits, so that a frozen node holds no lock for long.
/// Plans are made once per connection: these questions go by an index whatever their values, and
/// planning them anew costs more than asking.
const SETTINGS: &str = "SET lock_timeout = '1s'; SET idle_in_transaction_session_timeout = '10s'; \
     SET synchronous_commit = 'on'; SET client_min_messages = 'warning'; SET TIME ZONE 'UTC'; \
     SET plan_cache_mode = 'force_generic_plan'; SET jit = 'off'";

/// For questions that take long: each is planned for its own values, may sort in memory, is not cut
/// off by what a server allows others, and takes one of its processors.
const COUNTING: &str = "SET statement_timeout = 0; SET plan_cache_mode = 'force_custom_plan'; \
     SET work_mem = '64MB'; SET max_parallel_workers_per_gather = 0";
/// The server notices that a node which counts is gone. Older ones cannot, and count to the end.
const NOTICED: &str = "SET client_connection_check_interval = '1s'";

/// A question of its own, answered once for each statement: only what stays the same can be looked
/// up in an index.
const NOW: &str = "(SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT))";
/// A server may be set up to forget what it answered.
const UNDURABLE: &str = "CASE WHEN current_setting('fsync') = 'off' THEN 'fsync is off' \
     WHEN current_setting('full_page_writes') = 'off' THEN 'full_page_writes is off' \
     WHEN current_setting('synchronous_commit') = 'off' THEN 'synchronous_commit is off' END";
const TABLES: &str = "(SELECT CAST(tablename AS TEXT) AS name FROM pg_tables \
     WHERE schemaname = ANY (current_schemas(false)))";
const MOVED_NOW: &str = "(SELECT COALESCE(\
     CAST(NULLIF(current_setting('berth.now', true), '') AS BIGINT), \
     CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) \
     + CAST(COALESCE(NULLIF(current_setting('berth.moved', true), ''), '0') AS BIGINT)))";

pub(super) fn open(url: &str, options: &Options) -> Result<Db> {
    let config: Config = url
        .parse()
        .map_err(|error| StoreError::Unavailable(format!("the database URL is wrong: {error}")))?;
    let queue = Arc::new(Queue::default());
    let mut threads = Vec::new();
    // Whoever cannot connect is told now and not with the first question.
    Worker::new(config.clone(), options.clock.clone())?.connection()?;
    let reconnects = Arc::new(AtomicU64::new(0));
    for number in 0..options.connections.max(2) {
        let mut worker = Worker::new(config.clone(), options.clock.clone())?;
        worker.reconnects = reconnects.clone();
        let queue = queue.clone();
        let thread = std::thread::Builder::new()
            .name(format!("berth-db-{number}"))
            .spawn(move || worker.until_closed(&queue))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        threads.push(thread);
    }
    let counts = Arc::new(Queue::default());
    let mut worker = Worker::new(config, options.clock.clone())?;
    worker.reconnects = reconnects.clone();
    worker.counts = true;
    let waiting = counts.clone();
    // Nobody waits for its end: a count may be under way, and the server notices that we are gone.
    std::thread::Builder::new()
        .name("berth-db-count".into())
        .spawn(move || worker.until_closed(&waiting))
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let mut db = Db::started(threads, [queue.clone(), queue, counts], true, || {});
    db.reconnects = reconnects;
    Ok(db)
}

/// One thread's connection and the runtime that drives it, on that thread alone.
struct Worker {
    runtime: Runtime,
    config: Config,
    clock: Arc<dyn Clock>,
    connection: Option<Connection>,
    /// Whether this thread had a connection before.
    had_one: bool,
    /// Whether it is for questions that take long.
    counts: bool,
    reconnects: Arc<AtomicU64>,
}

struct Connection {
    client: Client,
    /// As they are, and as such that fail unless they change exactly one row.
    prepared: [HashMap<String, Statement>; 2],
    moved: Duration,
}

impl Worker {
    fn new(config: Config, clock: Arc<dyn Clock>) -> Result<Worker> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let reconnects = Arc::default();
        let (connection, had_one, counts) = (None, false, false);
        Ok(Worker { runtime, config, clock, connection, had_one, counts, reconnects })
    }

    fn until_closed(mut self, queue: &Queue) {
        while let Some(work) = queue.take() {
            self.carry_out(work);
        }
    }

    fn carry_out(&mut self, mut work: Box<dyn Work>) {
        let mut tries = 0;
        loop {
            tries += 1;
            let (outcome, again) = self.try_once(&mut *work);
            if !again || tries >= TRIES_MAX {
                return work.answer(outcome);
            }
            std::thread::sleep(Duration::from_millis(2 << tries));
        }
    }

    /// Runs the work in one transaction; tells whether trying again makes sense.
    fn try_once(&mut self, work: &mut dyn Work) -> (Result<()>, bool) {
        if let Err(error) = self.connection() {
            return (Err(error), false);
        }
        let Some(connection) = self.connection.as_mut() else {
            return (Err(StoreError::Unavailable("no connection".into())), false);
        };
        let mut open = Open {
            runtime: &self.runtime,
            connection,
            moved: self.clock.moved_by(),
            now: self.clock.is_the_only_one().then(|| self.clock.now()),
            movable: self.clock.is_movable(),
            bare: work.way() == Way::Read,
            begun: false,
            pending: Vec::new(),
            retry: false,
            lost: false,
            broken: false,
        };
        let keep = work.run(&mut Tx::new(&mut open));
        let outcome = if keep { open.commit() } else { open.undo() };
        let (retry, lost) = (open.retry, open.lost);
        if lost || self.connection.as_ref().is_some_and(|c| c.client.is_closed()) {
            self.connection = None;
        }
        let again = retry && !matches!(outcome, Err(StoreError::CommitUnknown(_)));
        (outcome, again)
    }

    fn connection(&mut self) -> Result<()> {
        if self.connection.as_ref().is_some_and(|c| !c.client.is_closed()) {
            return Ok(());
        }
        self.connection = None;
        let tls = encryption()?;
        let (client, connection) = self
            .runtime
            // The timer must be made inside the runtime that it runs on.
            .block_on(async { tokio::time::timeout(CONNECT_FOR, self.config.connect(tls)).await })
            .map_err(|_| StoreError::Unavailable("no answer when connecting".into()))?
            .map_err(|error| StoreError::Unavailable(describe(&error)))?;
        self.runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!("the database connection ended: {error}");
            }
        });
        self.runtime.block_on(client.batch_execute(SETTINGS)).map_err(|error| failure(&error))?;
        if self.counts {
            self.runtime
                .block_on(client.batch_execute(COUNTING))
                .map_err(|error| failure(&error))?;
            drop(self.runtime.block_on(client.batch_execute(NOTICED)));
        }
        self.connection =
            Some(Connection { client, prepared: Default::default(), moved: Duration::ZERO });
        if std::mem::replace(&mut self.had_one, true) {
            self.reconnects.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn encryption() -> Result<MakeRustlsConnect> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// A statement that waits to travel with others.
struct Pending {
    statement: Statement,
    values: Vec<Value>,
    exactly_one: Option<&'static str>,
}

/// What came of a question: its rows, and how many rows it changed.
type Answered = std::result::Result<(Vec<tokio_postgres::Row>, u64), tokio_postgres::Error>;

async fn ask(client: &Client, statement: &Statement, values: &[Value]) -> Answered {
    let mut stream = std::pin::pin!(client.query_raw(statement, values).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    let changed = stream.rows_affected().unwrap_or(0);
    Ok((rows, changed))
}

/// A transaction that begins with its first statement.
struct Open<'a> {
    runtime: &'a Runtime,
    connection: &'a mut Connection,
    moved: Duration,
    /// The time that counts, where a test has taken the database's clock away.
    now: Option<Timestamp>,
    movable: bool,
    /// Questions need no transaction: each sees what is committed when it is asked.
    bare: bool,
    begun: bool,
    pending: Vec<Pending>,
    retry: bool,
    lost: bool,
    /// A statement failed: the server would turn a commit into a rollback and call it done.
    broken: bool,
}

impl Open<'_> {
    fn prepared(&mut self, sql: &str, exactly_one: bool) -> Result<Statement> {
        let at = usize::from(exactly_one);
        if let Some(statement) = self.connection.prepared[at].get(sql) {
            return Ok(statement.clone());
        }
        let mut text = dialect(sql, &words(self.movable));
        if exactly_one {
            // Fails by itself, so that nobody has to wait for the number before the commit.
            text = format!(
                "WITH changed AS ({text} RETURNING 1) SELECT 1 / (COUNT(*) = 1)::INT FROM changed"
            );
        }
        let statement = self.runtime.block_on(self.connection.client.prepare(&text));
        let statement = statement.map_err(|error| self.failed(&error))?;
        // Lists of places make texts of many lengths; only whole house statements are kept.
        if sql.len() < 4_000 {
            self.connection.prepared[at].insert(sql.to_owned(), statement.clone());
        }
        Ok(statement)
    }

    fn set_clock(&mut self) -> Result<()> {
        let set = match self.now.take() {
            Some(now) => format!("SET berth.now = '{}'", now.as_micros()),
            None if !self.movable || self.connection.moved == self.moved => return Ok(()),
            None => format!("SET berth.moved = '{}'", self.moved.as_micros()),
        };
        let done = self.runtime.block_on(self.connection.client.batch_execute(&set));
        done.map_err(|error| self.failed(&error))?;
        self.connection.moved = self.moved;
        Ok(())
    }

    /// Sends what waits and some questions in one go, beginning the transaction where needed.
    fn send(
        &mut self,
        last: &[(Statement, &[Value])],
    ) -> Result<Vec<(Vec<tokio_postgres::Row>, u64)>> {
        self.set_clock()?;
        let pending = std::mem::take(&mut self.pending);
        let (client, begin) = (&self.connection.client, !self.begun && !self.bare);
        self.begun = true;
        let work = async {
            let begun = async { if begin { client.batch_execute("BEGIN").await } else { Ok(()) } };
            let sent = join_all(pending.iter().map(|p| ask(client, &p.statement, &p.values)));
            let asked = join_all(last.iter().map(|(sql, values)| ask(client, sql, values)));
            futures_util::join!(begun, sent, asked)
        };
        let (begun, sent, asked) = self.runtime.block_on(work);
        begun.map_err(|error| self.failed(&error))?;
        for (result, pending) in sent.into_iter().zip(&pending) {
            result.map_err(|error| self.refused(&error, pending.exactly_one))?;
        }
        asked.into_iter().map(|answer| answer.map_err(|error| self.failed(&error))).collect()
    }

    fn send_one(&mut self, sql: &str, values: &[Value]) -> Result<(Vec<tokio_postgres::Row>, u64)> {
        let statement = self.prepared(sql, false)?;
        Ok(self.send(&[(statement, values)])?.pop().unwrap_or_default())
    }

    /// Commits. What waits travels with the commit itself: where something fails, the server turns
    /// the commit into a rollback.
    fn commit(&mut self) -> Result<()> {
        if self.broken {
            drop(self.undo());
            return Err(went_on());
        }
        if self.bare {
            return if self.pending.is_empty() { Ok(()) } else { self.send(&[]).map(drop) };
        }
        if !self.begun && self.pending.is_empty() {
            return Ok(());
        }
        self.set_clock()?;
        let pending = std::mem::take(&mut self.pending);
        let (client, begin) = (&self.connection.client, !self.begun);
        let work = async {
            let begun = async { if begin { client.batch_execute("BEGIN").await } else { Ok(()) } };
            let sent = join_all(pending.iter().map(|p| ask(client, &p.statement, &p.values)));
            futures_util::join!(begun, sent, client.batch_execute("COMMIT"))
        };
        let (begun, sent, committed) = self.runtime.block_on(work);
        if let Some(error) = begun.err().filter(|error| error.as_db_error().is_some()) {
            return Err(self.failed(&error));
        }
        let refused = sent.into_iter().zip(&pending).find_map(|(result, pending)| {
            let error = result.err().filter(|error| error.as_db_error().is_some())?;
            Some((error, pending.exactly_one))
        });
        match (refused, committed) {
            (Some((error, exactly_one)), _) => Err(self.refused(&error, exactly_one)),
            (None, Ok(())) => Ok(()),
            (None, Err(error)) if error.as_db_error().is_some() => Err(self.failed(&error)),
            (None, Err(error)) => {
                self.lost = true;
                Err(StoreError::CommitUnknown(describe(&error)))
            }
        }
    }

    fn undo(&mut self) -> Result<()> {
        self.pending.clear();
        if self.begun
            && !self.bare
            && self.runtime.block_on(self.connection.client.batch_execute("ROLLBACK")).is_err()
        {
            self.lost = true;
        }
        Ok(())
    }

    /// Why a statement that had waited failed.
    fn refused(
        &mut self,
        error: &tokio_postgres::Error,
        exactly_one: Option<&'static str>,
    ) -> StoreError {
        match (error.code(), exactly_one) {
            (Some(&SqlState::DIVISION_BY_ZERO), Some(what)) => {
                self.broken = true;
                StoreError::Stale(what)
            }
            _ => self.failed(error),
        }
    }

    fn failed(&mut self, error: &tokio_postgres::Error) -> StoreError {
        self.broken = true;
        let again = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            // Whoever looks first and then writes may be the second to write the same: another
            // look finds what the first one wrote.
            SqlState::UNIQUE_VIOLATION,
            // A cached plan went stale because the tables were just migrated.
            SqlState::FEATURE_NOT_SUPPORTED,
        ];
        if error.code().is_some_and(|code| again.contains(code)) {
            self.retry = true;
        }
        if error.as_db_error().is_none() {
            self.lost = true;
            // Nothing was committed; a fresh connection may do the whole again.
            self.retry = true;
        }
        failure(error)
    }
}

impl Session for Open<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        Ok(self.send_one(sql, values)?.1)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.send_one(sql, values)?.0.into_iter().map(row).collect()
    }

    fn together(&mut self, asked: &[(&str, &[Value])]) -> Result<Vec<Vec<Row>>> {
        let mut questions = Vec::with_capacity(asked.len());
        for (sql, values) in asked {
            questions.push((self.prepared(sql, false)?, *values));
        }
        let answers = self.send(&questions)?;
        answers.into_iter().map(|(rows, _)| rows.into_iter().map(row).collect()).collect()
    }

    fn later(&mut self, sql: &str, values: &[Value], one: Option<&'static str>) -> Result<()> {
        let statement = self.prepared(sql, one.is_some())?;
        self.pending.push(Pending { statement, values: values.to_vec(), exactly_one: one });
        Ok(())
    }

    fn create_tables(&mut self, ddl: &str) -> Result<()> {
        self.send(&[])?;
        let text = dialect(ddl, &words(self.movable));
        let done = self.runtime.block_on(self.connection.client.batch_execute(&text));
        done.map_err(|error| self.failed(&error))
    }
}

fn words(movable: bool) -> [(&'static str, &'static str); 12] {
    [
        ("{lock}", " FOR UPDATE"),
        ("{skip_locked}", " FOR UPDATE SKIP LOCKED"),
        ("{now}", if movable { MOVED_NOW } else { NOW }),
        ("{undurable}", UNDURABLE),
        ("{number}", "nextval('number_drawn')"),
        ("{make_number}", "CREATE SEQUENCE IF NOT EXISTS number_drawn;"),
        ("{tables}", TABLES),
        ("{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        ("{bytes}", "BYTEA"),
        ("{array}", "json_build_array"),
        ("{bytewise}", " COLLATE \"C\""),
        ("{position}", "strpos"),
    ]
}
