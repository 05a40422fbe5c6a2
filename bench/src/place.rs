//! Where a measurement keeps its rows: a new file or a new database of the private server, each
//! with the house's own tables, and gone afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use store::db::{Db, Hidden, Options, Place};
use tokio_postgres::NoTls;

use crate::usage;
use berth::machine::Machine;

/// As many as the program itself opens.
const CONNECTIONS: usize = 16;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        }
    }
}

/// A fresh database for one measurement.
pub enum Ground {
    File(tempfile::TempDir),
    Server { admin: String, name: String, postmaster: u32 },
}

impl Ground {
    pub async fn new(kind: Kind, admin: Option<&str>) -> Result<Ground> {
        if kind == Kind::Sqlite {
            return Ok(Ground::File(tempfile::tempdir()?));
        }
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bench_{}_{number}", std::process::id());
        let admin = admin.context("no PostgreSQL is given")?.to_owned();
        let client = connect(&admin).await?;
        client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
        let postmaster = usage::parent_of(u32::try_from(row.get::<_, i32>(0))?)?;
        Ok(Ground::Server { admin, name, postmaster })
    }

    pub fn place(&self) -> Place {
        match self {
            Ground::File(folder) => Place::File(folder.path().join("berth.db")),
            Ground::Server { .. } => Place::Url(Hidden(self.url())),
        }
    }

    /// The server's URL; empty for a file.
    pub fn url(&self) -> String {
        match self {
            Ground::File(_) => String::new(),
            Ground::Server { admin, name, .. } => match admin.rsplit_once('/') {
                Some((server, _)) => format!("{server}/{name}"),
                None => String::new(),
            },
        }
    }

    /// Opens it as the program does, with all its tables.
    pub async fn open(&self) -> Result<Arc<Db>> {
        let options = Options { clock: Arc::new(Machine), connections: CONNECTIONS };
        let db = Db::open(&self.place(), &options).await?;
        store::schema::migrate(&db).await?;
        Ok(Arc::new(db))
    }

    /// Writes rows past the program: statements in the words of both databases.
    pub async fn fill(&self, sql: &str) -> Result<()> {
        match self {
            Ground::File(folder) => {
                let path = folder.path().join("berth.db");
                Ok(rusqlite::Connection::open(path)?
                    .execute_batch(&format!("BEGIN; {sql} COMMIT;"))?)
            }
            Ground::Server { .. } => Ok(connect(&self.url()).await?.batch_execute(sql).await?),
        }
    }

    /// What the database would do of itself after so many new rows, beside whoever asks first.
    pub async fn settle(&self) -> Result<()> {
        match self {
            Ground::File(_) => self.fill("ANALYZE;").await,
            Ground::Server { .. } => {
                let client = connect(&self.url()).await?;
                client.batch_execute("VACUUM ANALYZE").await?;
                // What was filled in is on the disk before anybody is timed.
                Ok(client.batch_execute("CHECKPOINT").await?)
            }
        }
    }

    /// Processor time of program and database so far.
    pub fn used(&self) -> Result<[std::time::Duration; 2]> {
        let database = match self {
            Ground::File(_) => std::time::Duration::ZERO,
            Ground::Server { postmaster, .. } => usage::of_family(*postmaster)?,
        };
        Ok([usage::of_this_process()?, database])
    }

    /// Removes a server's database; a file goes by itself.
    pub async fn remove(self) -> Result<()> {
        if let Ground::Server { admin, name, .. } = &self {
            let client = connect(admin).await?;
            client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

/// A plain connection to the server.
pub async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    #[allow(clippy::disallowed_methods, reason = "it ends with its client")]
    tokio::spawn(connection);
    Ok(client)
}
