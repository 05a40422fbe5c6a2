//! `berth backup`: one file with the embedded database of one moment, and its key.
//! Not for PostgreSQL, which has tools of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use domain::clock::Clock;
use store::db::copy;
use store::seal::Seal;

use super::examples;
use crate::config::Settings;
use crate::config::database::DatabaseUrl;
use crate::config::master_key;
use crate::exit::{Exit, Stop};
use crate::machine::Machine;
use crate::paint::print;
use crate::wire;

/// Notes inside a copy: when it was made, and the key that opens its secrets.
pub(super) const MADE_AT: &str = "made_at";
pub(super) const KEY: &str = "master_key";

/// Copy the embedded database and its key into one file
#[derive(Debug, Args)]
#[command(
    before_help = "A consistent copy of one moment, also while the shop runs. The master key is \
        in it, unless it comes from BERTH_MASTER_KEY: who has the file can open every \
        password in it. On PostgreSQL use pg_dump."
)]
#[command(after_help = examples(&[
    ("berth backup /backup/berth-2026-11-21", "a new file, readable by its owner alone"),
    ("berth restore /backup/berth-2026-11-21", "puts it in place"),
]))]
pub struct Backup {
    /// The file to make; one that is there is never overwritten.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Copies, and looks at the copy before it gets its name.
pub async fn run(args: &Backup, settings: &Settings) -> anyhow::Result<Exit> {
    let database = embedded(settings)?;
    let file = &args.file;
    if !database.is_file() {
        let text = format!("there is no database {} to copy", database.display());
        return Err(Stop::usage(text).into());
    }
    let key = key_of(settings)?;
    belongs(settings, &key).await?;
    if file.symlink_metadata().is_ok() {
        let text = format!("{} is there already: name another file", file.display());
        return Err(Stop::usage(text).into());
    }
    let unfinished = beside(file, "unfinished");
    forget(&unfinished)?;
    let noted = settings.server.master_key.is_none();
    let made = copied(&database, &unfinished, noted.then_some(&key));
    let named = made.and_then(|()| name(&unfinished, file));
    if named.is_err() {
        // What is left of it is no copy; why it failed counts more.
        drop(forget(&unfinished));
    }
    named?;
    let about = if noted {
        "The master key is in it: whoever has this file can open every password in it."
    } else {
        "The master key is not in it: it is what BERTH_MASTER_KEY says. Keep that elsewhere; the \
         copy is of no use without it."
    };
    print(&format!("copied {} to {}\n{about}\n", database.display(), file.display()))?;
    Ok(Exit::Done)
}

fn copied(from: &Path, to: &Path, key: Option<&master_key::MasterKey>) -> anyhow::Result<()> {
    let cannot = |error: store::db::StoreError| Stop::unreachable(format!("copying: {error}"));
    copy::copy_file(from, to).map_err(cannot)?;
    if let Some(why) = copy::damage(to).map_err(cannot)? {
        return Err(Stop::wrong(format!("the database is damaged: {why}")).into());
    }
    let made_at = Machine.now().to_string();
    let hex = key.map(|key| hex::encode(key.bytes()));
    let mut notes = vec![(MADE_AT, made_at.as_str())];
    notes.extend(hex.as_deref().map(|hex| (KEY, hex)));
    copy::write_notes(to, &notes).map_err(cannot)?;
    Ok(())
}

/// Only a whole copy gets the name that was asked for, and takes no other file's.
fn name(unfinished: &Path, file: &Path) -> anyhow::Result<()> {
    fs::hard_link(unfinished, file)
        .and_then(|()| fs::remove_file(unfinished))
        .and_then(|()| fs::File::open(folder_of(file))?.sync_all())
        .with_context(|| Stop::usage(format!("cannot make {}", file.display())))
}

/// The file of the embedded database; PostgreSQL is told its own tool.
pub(super) fn embedded(settings: &Settings) -> anyhow::Result<PathBuf> {
    match settings.database_url() {
        DatabaseUrl::Sqlite(path) => Ok(path),
        DatabaseUrl::Postgres(_) => {
            let text = "the database is PostgreSQL: copy it with pg_dump and put it back with \
                        pg_restore; docs/OPERATIONS.md says what to do then";
            Err(Stop::usage(text).into())
        }
    }
}

fn key_of(settings: &Settings) -> anyhow::Result<master_key::MasterKey> {
    if let Some(key) = &settings.server.master_key {
        return Ok(key.clone());
    }
    let path = master_key::path(&settings.data_dir);
    if !path.is_file() {
        let text =
            format!("there is no {}, and without the key a copy is of no use", path.display());
        return Err(Stop::usage(text).into());
    }
    master_key::load_or_make(&settings.data_dir, &Machine)
        .map_err(|fault| Stop::usage(fault.to_string()).into())
}

/// A copy with another key than the database's could never be opened.
async fn belongs(settings: &Settings, key: &master_key::MasterKey) -> anyhow::Result<()> {
    let cannot = |error: store::db::StoreError| Stop::unreachable(format!("database: {error}"));
    let db = Arc::new(wire::database(settings).await.map_err(cannot)?);
    let opened = wire::Opened { db: db.clone(), seal: Seal::new(*key.bytes()), journal: None };
    let engine = wire::joined(settings, &settings.app_url(settings.server.listen), opened)?;
    let belongs = engine.check_master_key().await.map_err(wire::at_start);
    db.close();
    belongs
}

/// A name beside another one.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{word}"));
    path.with_file_name(name)
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Removes what an earlier try has left.
pub(super) fn forget(unfinished: &Path) -> anyhow::Result<()> {
    for path in parts(unfinished) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let text = format!("cannot remove {}", path.display());
                return Err(error).with_context(|| Stop::usage(text));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A database's files: itself, and what lies beside it while it is open.
pub(super) fn parts(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = database.as_os_str().to_os_string();
        name.push(end);
        PathBuf::from(name)
    })
}
