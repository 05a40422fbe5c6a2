//! Ground for tests of the store: every test runs on both databases, each time on a fresh one of
//! its own, with time that moves by hand. A test is never skipped because a database is missing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::Chance;
use futures_util::FutureExt;
use store::db::{Db, Hidden, Options, Place};

/// Where an administrator connects to make databases.
const ENV: &str = "BERTH_TEST_POSTGRES";
const HOW: &str = "this test needs a PostgreSQL: run `cargo xtask test`, or keep \
     `cargo xtask postgres` open and set BERTH_TEST_POSTGRES to the URL that it prints";

/// A fresh database with the newest tables, on one of the two.
pub struct TestDb {
    /// Which of the two, for messages.
    pub kind: &'static str,
    pub db: Arc<Db>,
    pub clock: Arc<HandClock>,
    pub chance: Counting,
    place: Place,
}

impl TestDb {
    async fn open(kind: &'static str, place: Place) -> TestDb {
        let clock = Arc::new(HandClock::default());
        let db = opened(&place, &clock).await;
        store::schema::migrate(&db).await.expect(kind);
        TestDb { kind, db: Arc::new(db), clock, chance: Counting::default(), place }
    }

    /// The same database as another process sees it.
    pub async fn another_node(&self) -> Arc<Db> {
        Arc::new(opened(&self.place, &self.clock).await)
    }

    /// Does to the tables what the house itself never does.
    pub async fn by_hand(&self, sql: &str) {
        match &self.place {
            Place::File(path) => {
                let file = rusqlite::Connection::open(path).expect(self.kind);
                file.execute_batch(sql).expect(sql);
            }
            Place::Url(url) => command(&url.0, sql).await,
        }
    }

    /// Where it is, for somebody who looks at it beside the house.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Now, by the database's own clock.
    pub async fn now(&self) -> Timestamp {
        self.db.read(|tx| tx.now()).await.expect(self.kind)
    }
}

async fn opened(place: &Place, clock: &Arc<HandClock>) -> Db {
    let options = Options { clock: clock.clone(), connections: 4 };
    Db::open(place, &options).await.expect("a database that opens")
}

/// Time that moves when a test says so, in the program and in the database.
#[derive(Default)]
pub struct HandClock(AtomicU64);

impl HandClock {
    pub fn step(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).expect("a short step");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000) + self.moved_by()
    }

    fn moved_by(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn is_movable(&self) -> bool {
        true
    }
}

/// Different bytes at every call, and the same in every run.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        for (byte, digit) in bytes.iter_mut().rev().zip(count.iter().rev()) {
            *byte = *digit;
        }
    }
}

/// Tells a story on both databases, one after the other.
pub async fn for_each_database<F>(story: F)
where
    F: AsyncFn(&TestDb),
{
    in_a_file(&story).await;
    on_a_server(&story).await;
}

async fn in_a_file(story: &impl AsyncFn(&TestDb)) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::File(folder.path().join("berth.db"));
    let shop = TestDb::open("SQLite", place).await;
    story(&shop).await;
    shop.db.close();
}

async fn on_a_server(story: &impl AsyncFn(&TestDb)) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let admin = std::env::var(ENV).expect(HOW);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("berth_test_{}_{number}", std::process::id());
    command(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    command(&admin, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let told = AssertUnwindSafe(async {
        let place = Place::Url(Hidden(beside(&admin, &name)));
        let shop = TestDb::open("PostgreSQL", place).await;
        story(&shop).await;
        shop.db.close();
    });
    let told = told.catch_unwind().await;
    command(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
}

/// The URL of another database on the same server.
fn beside(admin: &str, name: &str) -> String {
    let (server, options) = admin.split_once('?').unwrap_or((admin, ""));
    let server = match server.splitn(4, '/').collect::<Vec<_>>().as_slice() {
        [scheme, _, host, ..] => format!("{scheme}//{host}"),
        _ => panic!("{ENV} is no URL"),
    };
    let options = if options.is_empty() { String::new() } else { format!("?{options}") };
    format!("{server}/{name}{options}")
}

/// Runs one command as administrator, on a connection of its own.
async fn command(admin: &str, sql: &str) {
    let connected = tokio_postgres::connect(admin, tokio_postgres::NoTls).await;
    let (client, connection) = connected.expect("a connection to BERTH_TEST_POSTGRES");
    let run = async {
        client.batch_execute(sql).await.expect(sql);
        drop(client);
    };
    let (ended, ()) = futures_util::join!(connection, run);
    ended.expect("the connection ends well");
}
