//! `berth restore`: puts a copy in place of the embedded database, latched: it does not know what
//! was bought and refunded after it was made. Not for PostgreSQL.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use domain::clock::Clock;
use store::db::{Db, Options, Place, StoreError, copy};
use store::seal::Seal;

use super::backup::{KEY, MADE_AT, beside, embedded, folder_of, forget, parts};
use super::examples;
use crate::config::Settings;
use crate::config::master_key::{self, MasterKey};
use crate::exit::{Exit, Stop};
use crate::machine::Machine;
use crate::paint::print;
use crate::wire;

/// Put a copy in place; permits and refunds are latched then
#[derive(Debug, Args)]
#[command(
    before_help = "Stop the shop first. What happened after the copy was made is not in it: no \
        server is bought and no money goes back until somebody has compared with the \
        upstream and the gateways, and has run `berth unlatch`."
)]
#[command(after_help = examples(&[
    ("berth restore /backup/berth-2026-11-21", "into an empty data directory"),
    ("berth restore /backup/berth-2026-11-21 --replace", "the database there is kept aside"),
]))]
pub struct Restore {
    /// A file that `berth backup` made.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Take the place of the database that is there; that one gets another name.
    #[arg(long)]
    pub replace: bool,
}

/// Looks at the copy, makes it ready beside the database, and only then changes names.
pub async fn run(args: &Restore, settings: &Settings) -> anyhow::Result<Exit> {
    let database = embedded(settings)?;
    for folder in [settings.data_dir.as_path(), folder_of(&database)] {
        fs::create_dir_all(folder)
            .with_context(|| Stop::usage(format!("cannot make {}", folder.display())))?;
    }
    let Some(_guarded) = wire::take_lock(&settings.data_dir)? else {
        let directory = settings.data_dir.display();
        return Err(
            Stop::usage(format!("a berth serves the data in {directory}; stop it first")).into()
        );
    };
    if database.exists() && !args.replace {
        let text = format!(
            "{} is there already; with --replace it is kept under another name",
            database.display()
        );
        return Err(Stop::usage(text).into());
    }
    is_good(&args.file)?;
    let key = key_for(&args.file, settings)?;
    let unfinished = beside(&database, "restoring");
    forget(&unfinished)?;
    let latched = ready(&args.file, &unfinished, &key, settings).await;
    let kept = latched.and_then(|()| put_in_place(&unfinished, &database, &key, settings));
    if kept.is_err() {
        // Nothing was changed; why it failed counts more.
        drop(forget(&unfinished));
    }
    let mut text = format!("restored {} from {}\n", database.display(), args.file.display());
    for path in kept? {
        text.push_str(&format!("what was there is kept as {}\n", path.display()));
    }
    text.push_str(
        "Permits and refunds are latched. Compare with the upstream and the gateways what happened \
         since the copy was made, then run `berth unlatch --reason \"…\"`.\n",
    );
    print(&text)?;
    Ok(Exit::Done)
}

fn unreadable(file: &Path) -> impl Fn(StoreError) -> Stop {
    let file = file.display().to_string();
    move |error| Stop::usage(format!("{file} cannot be read as a copy: {error}"))
}

fn is_good(file: &Path) -> anyhow::Result<()> {
    if !file.is_file() {
        return Err(Stop::usage(format!("there is no file {}", file.display())).into());
    }
    if let Some(why) = copy::damage(file).map_err(unreadable(file))? {
        return Err(Stop::wrong(format!("{} is damaged: {why}", file.display())).into());
    }
    if !copy::is_shop(file).map_err(unreadable(file))? {
        return Err(Stop::usage(format!("{} is no copy of a shop", file.display())).into());
    }
    Ok(())
}

/// The key that the copy will be opened with, and whether its file must be written.
struct KeyFor {
    key: MasterKey,
    write: bool,
}

fn key_for(file: &Path, settings: &Settings) -> anyhow::Result<KeyFor> {
    if let Some(key) = &settings.server.master_key {
        return Ok(KeyFor { key: key.clone(), write: false });
    }
    let fault = |fault: master_key::KeyFault| Stop::usage(fault.to_string());
    let there = master_key::path(&settings.data_dir).exists();
    match copy::read_note(file, KEY).map_err(unreadable(file))? {
        Some(hex) => {
            let key = MasterKey::parse(&hex)
                .map_err(|why| Stop::wrong(format!("the key in {} {why}", file.display())))?;
            let same = there
                && master_key::load_or_make(&settings.data_dir, &Machine).map_err(fault)?.bytes()
                    == key.bytes();
            Ok(KeyFor { key, write: !same })
        }
        None if there => {
            let key = master_key::load_or_make(&settings.data_dir, &Machine).map_err(fault)?;
            Ok(KeyFor { key, write: false })
        }
        None => {
            let text = format!(
                "the master key is not in {}: set BERTH_MASTER_KEY to the one that it was made with",
                file.display()
            );
            Err(Stop::usage(text).into())
        }
    }
}

/// A copy of the copy beside the database: migrated, its key checked, and latched.
async fn ready(
    file: &Path,
    unfinished: &Path,
    key: &KeyFor,
    settings: &Settings,
) -> anyhow::Result<()> {
    let cannot = |error: StoreError| Stop::unreachable(format!("copying: {error}"));
    let made_at = copy::read_note(file, MADE_AT).map_err(unreadable(file))?;
    copy::copy_file(file, unfinished).map_err(cannot)?;
    copy::forget_notes(unfinished).map_err(cannot)?;
    let options = Options { clock: Arc::new(Machine), connections: 1 };
    let db = Db::open(&Place::File(unfinished.to_owned()), &options).await.map_err(cannot)?;
    let db = Arc::new(db);
    wire::bring_up_to_date(&db).await?;
    let journal = Some(settings.data_dir.join("journal"));
    let opened = wire::Opened { db: db.clone(), seal: Seal::new(*key.key.bytes()), journal };
    let engine = wire::joined(settings, &settings.app_url(settings.server.listen), opened)?;
    engine.check_master_key().await.map_err(wire::at_start)?;
    let when = made_at.unwrap_or_else(|| "some day".to_owned());
    engine.latch(&format!("restored from a copy of {when}")).await.map_err(wire::stop)?;
    engine.compare_journal().await.map_err(wire::stop)?;
    db.close();
    Ok(())
}

/// Renames: what was there aside, and the copy into its place. Tells what was kept under which
/// name.
fn put_in_place(
    unfinished: &Path,
    database: &Path,
    key: &KeyFor,
    settings: &Settings,
) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || Stop::usage(format!("cannot put the copy at {}", database.display()));
    let word = format!("replaced-{}", Machine.now().as_micros() / 1_000_000);
    let mut kept = Vec::new();
    let mut aside = |path: &Path, to: PathBuf| -> anyhow::Result<()> {
        if path.exists() {
            fs::rename(path, &to).with_context(cannot)?;
            kept.push(to);
        }
        Ok(())
    };
    let [wal, shm] = [&parts(unfinished)[1], &parts(unfinished)[2]].map(|path| path.exists());
    if wal || shm {
        return Err(Stop::wrong("somebody else has opened the copy meanwhile").into());
    }
    fs::File::open(unfinished).and_then(|file| file.sync_all()).with_context(cannot)?;
    for (from, to) in parts(database).iter().zip(parts(&beside(database, &word))) {
        aside(from, to)?;
    }
    if key.write {
        let path = master_key::path(&settings.data_dir);
        aside(&path, beside(&path, &word))?;
        master_key::put(&settings.data_dir, &key.key)
            .map_err(|fault| Stop::usage(fault.to_string()))?;
    }
    fs::rename(unfinished, database).with_context(cannot)?;
    fs::File::open(folder_of(database)).and_then(|f| f.sync_all()).with_context(cannot)?;
    Ok(kept)
}
