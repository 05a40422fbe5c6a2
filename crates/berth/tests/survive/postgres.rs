//! A database of a test's own on the PostgreSQL that tests are given, and what an administrator
//! does to it.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row};

/// Where an administrator connects to make databases.
const ENV: &str = "BERTH_TEST_POSTGRES";
const HOW: &str = "this test needs a PostgreSQL: run `cargo xtask test`, or keep \
     `cargo xtask postgres` open and set BERTH_TEST_POSTGRES to the URL that it prints";

/// Ends the connections to one database.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE datname = $1 AND pid <> pg_backend_pid()";

/// A fresh database; it goes when the test is over.
pub struct Database {
    admin: String,
    name: String,
}

impl Database {
    pub async fn fresh() -> Database {
        Database::fresh_on(std::env::var(ENV).expect(HOW)).await
    }

    /// The same on another server, where an administrator connects to `admin`.
    pub async fn fresh_on(admin: String) -> Database {
        let mut bytes = [0; 8];
        domain::id::Chance::fill(&berth::machine::Machine, &mut bytes);
        let name = format!("berth_survive_{}", hex::encode(bytes));
        let database = Database { admin, name };
        database.as_admin(&format!("CREATE DATABASE {} TEMPLATE template0", database.name)).await;
        database
    }

    pub fn url(&self) -> String {
        let (server, options) = self.admin.split_once('?').unwrap_or((&self.admin, ""));
        let server = server.rsplit_once('/').expect(ENV).0;
        let options = if options.is_empty() { String::new() } else { format!("?{options}") };
        format!("{server}/{}{options}", self.name)
    }

    /// Runs one statement in this database.
    pub async fn run(&self, sql: &str) {
        on_its_own(&self.url(), async |client| client.batch_execute(sql).await.expect(sql)).await;
    }

    /// Asks one question of a server that may be away.
    pub async fn ask(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Option<Vec<Row>> {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.ok()?;
        let asking = async {
            let rows = client.query(sql, values).await.ok();
            drop(client);
            rows
        };
        futures_util::join!(connection, asking).1
    }

    /// Ends every connection to this database; tells how many there were.
    pub async fn cut_all(&self) -> u64 {
        on_its_own(&self.admin, async |client| client.execute(CUT, &[&self.name]).await.expect(CUT))
            .await
    }

    /// The same on a server that may be away.
    pub async fn try_to_cut_all(&self) -> u64 {
        self.ask(CUT, &[&self.name]).await.map_or(0, |ended| ended.len() as u64)
    }

    /// Lets nobody in any more, and ends the connections that are open.
    pub async fn shut(&self) {
        self.let_in(false).await;
        self.cut_all().await;
    }

    pub async fn open(&self) {
        self.let_in(true).await;
    }

    async fn let_in(&self, allowed: bool) {
        let name = &self.name;
        self.as_admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")).await;
    }

    async fn as_admin(&self, sql: &str) {
        on_its_own(&self.admin, async |client| client.batch_execute(sql).await.expect(sql)).await;
    }
}

impl Drop for Database {
    /// On a thread of its own, since a test that has failed may be in the middle of anything.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        std::thread::scope(|scope| {
            let dropping = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.unwrap().block_on(self.as_admin(&sql));
            });
            if dropping.join().is_err() {
                eprintln!("{} was left behind", self.name);
            }
        });
    }
}

/// Does something on a connection that nobody else uses.
async fn on_its_own<T>(url: &str, work: impl AsyncFnOnce(&Client) -> T) -> T {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    let working = async {
        let done = work(&client).await;
        drop(client);
        done
    };
    let (ended, done) = futures_util::join!(connection, working);
    ended.expect("a connection that ends well");
    done
}
