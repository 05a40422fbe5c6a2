//! A fresh database with the newest tables for every world, on either of the two. The tables are
//! made once per process and copied.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use domain::clock::Clock;
use store::db::{Db, Hidden, Options, Place};
use store::point::Points;

use super::time::Time;

/// Where an administrator connects to make databases.
pub const POSTGRES: &str = "BERTH_TEST_POSTGRES";

/// Which database a world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    Sqlite,
    Postgres,
}

impl Base {
    pub fn word(self) -> &'static str {
        match self {
            Base::Sqlite => "sqlite",
            Base::Postgres => "postgres",
        }
    }

    pub fn parse(word: &str) -> Option<Base> {
        [Base::Sqlite, Base::Postgres].into_iter().find(|base| base.word() == word)
    }
}

/// One world's database. It is gone when this is dropped.
pub struct Ground {
    pub place: Place,
    folder: tempfile::TempDir,
    /// The administrator's URL and the name of what he made.
    made: Option<(String, String)>,
}

/// Memory, where the machine has a file system for it: no disk is waited for.
fn folder() -> Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("berth-trial-");
    let made = if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() };
    made.context("a folder for a world")
}

impl Ground {
    pub async fn new(base: Base) -> Result<Ground> {
        let folder = folder()?;
        match base {
            Base::Sqlite => {
                let path = folder.path().join("berth.db");
                let (file, log) = embedded_template().await?;
                std::fs::write(path.with_extension("db-wal"), log)?;
                std::fs::write(&path, file)?;
                Ok(Ground { place: Place::File(path), folder, made: None })
            }
            Base::Postgres => {
                let admin = std::env::var(POSTGRES)
                    .with_context(|| format!("worlds on PostgreSQL need {POSTGRES}"))?;
                let template = server_template(&admin).await?;
                let name = name_of("world");
                let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
                command(&admin, vec![sql])?;
                let place = Place::Url(Hidden(beside(&admin, &name)?));
                Ok(Ground { place, folder, made: Some((admin, name)) })
            }
        }
    }

    /// Where one node keeps what must outlive a lost database.
    pub fn journal(&self, node: usize) -> Result<PathBuf> {
        let path = self.folder.path().join(format!("journal-{node}"));
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.made {
            // A database that stays behind costs only room on a private server.
            drop(command(admin, vec![format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]));
        }
    }
}

/// Opens a database as one process does.
pub async fn open(place: &Place, clock: &Arc<dyn Clock>, points: Points) -> Result<Db> {
    let options = Options { clock: clock.clone(), connections: 2 };
    // On this very thread, so that nothing else happens meanwhile.
    let opened = points.still(Db::open(place, &options)).await;
    Ok(opened?.with(points))
}

/// The file and its log: connections that close at once may leave the log for the next one.
type Embedded = (Vec<u8>, Vec<u8>);

/// Made by a clock of its own: a world's own does not show whether it is the first of its process.
async fn embedded_template() -> Result<Embedded> {
    static MADE: Mutex<Option<Embedded>> = Mutex::new(None);
    if let Some(made) = &*MADE.lock().unwrap_or_else(PoisonError::into_inner) {
        return Ok(made.clone());
    }
    let folder = folder()?;
    let path = folder.path().join("template.db");
    let clock: Arc<dyn Clock> = Time::begin();
    let db = open(&Place::File(path.clone()), &clock, Points::default()).await?;
    store::schema::migrate(&db).await?;
    db.close();
    drop(db);
    let log = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
    let made = (std::fs::read(&path)?, log);
    *MADE.lock().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
    Ok(made)
}

/// The same on a server.
async fn server_template(admin: &str) -> Result<String> {
    static MADE: Mutex<Option<String>> = Mutex::new(None);
    if let Some(made) = &*MADE.lock().unwrap_or_else(PoisonError::into_inner) {
        return Ok(made.clone());
    }
    let name = name_of("template");
    command(
        admin,
        vec![
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE template0"),
        ],
    )?;
    let clock: Arc<dyn Clock> = Time::begin();
    let db = open(&Place::Url(Hidden(beside(admin, &name)?)), &clock, Points::default()).await?;
    store::schema::migrate(&db).await?;
    db.close();
    *MADE.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.clone());
    Ok(name)
}

fn name_of(what: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("berth_trial_{}_{what}_{number}", std::process::id())
}

/// The URL of another database on the same server.
fn beside(admin: &str, name: &str) -> Result<String> {
    let mut url = url::Url::parse(admin).with_context(|| format!("{POSTGRES} is no URL"))?;
    url.set_path(name);
    Ok(url.to_string())
}

/// Runs commands as administrator.
fn command(admin: &str, sql: Vec<String>) -> Result<()> {
    elsewhere(async {
        let (client, connection) = tokio_postgres::connect(admin, tokio_postgres::NoTls).await?;
        let work = async move {
            for sql in sql {
                client.batch_execute(&sql).await?;
            }
            drop(client);
            Ok(())
        };
        let (ended, done) = futures_util::join!(connection, work);
        ended?;
        done
    })?
}

/// Work that waits for a real network, on a thread with a runtime and a time of its own.
pub fn elsewhere<T: Send>(work: impl Future<Output = T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let run = || -> Result<T> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(work))
        };
        let ended = scope.spawn(run).join();
        ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
