//! A catalogue of very many packages: its first sync beside an upsert of the same rows by hand,
//! and a second sync that finds nothing changed.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::child::{Found, Simulator, Task};
use crate::place::Ground;
use crate::raw::upsert;
use crate::shop;
use crate::usage;

pub async fn sync(task: &Task) -> Result<Found> {
    let ground = Ground::new(task.kind, task.postgres.as_deref()).await?;
    let simulator = Simulator::start(task.size, false)?;
    let db = ground.open().await?;
    let (engine, _journal) = shop::engine(db.clone(), &simulator)?;
    let start = Instant::now();
    let first = engine.sync().await?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(first.summary.created == task.size, "the first sync: {:?}", first.summary);
    drop(first);
    let mut again = f64::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let second = engine.sync().await?;
        again = again.min(start.elapsed().as_secs_f64());
        ensure!(second.summary.unchanged == task.size, "again: {:?}", second.summary);
    }
    let memory_kib = usage::memory_kib(std::process::id())?;
    db.close();
    ground.remove().await?;
    let count = u64::try_from(task.size)?;
    Ok(Found { count, seconds, again, memory_kib, ..Found::default() })
}

pub async fn by_hand(task: &Task) -> Result<Found> {
    let ground = Ground::new(task.kind, task.postgres.as_deref()).await?;
    ground.open().await?.close();
    let rows = upsert::rows(task.size);
    let seconds = match &ground {
        Ground::File(folder) => {
            let path = folder.path().join("berth.db");
            tokio::task::spawn_blocking(move || upsert::embedded(&path, &rows)).await??
        }
        Ground::Server { .. } => upsert::server(&ground.url(), &rows).await?,
    };
    ground.remove().await?;
    Ok(Found { count: u64::try_from(task.size)?, seconds, ..Found::default() })
}
