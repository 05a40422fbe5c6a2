//! The program itself as `berth serve`: how long until it is ready, how fast it answers over
//! HTTP, and how much memory it has in the end. The load comes from this process.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::child::Simulator;
use crate::load::{Borne, at_once};
use crate::served::{READY_WITHIN, Served};
use crate::usage;

pub const PRODUCTS: usize = 1_000;
pub const CONNECTIONS: usize = 8;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Milliseconds to the first good answer of `/readyz`: with new tables, and again.
    pub ready_ms: [f64; 2],
    pub paths: Vec<Answers>,
    pub memory_mb: f64,
    pub binary_mb: f64,
}

/// How one path was answered.
#[derive(Clone, Debug)]
pub struct Answers {
    pub path: &'static str,
    pub bytes: usize,
    pub per_second: f64,
    pub p99_ms: f64,
}

/// The list that programs ask for, whole and its first twenty; the page that people look at.
pub const LIST: &str = "/api/ipstock";
pub const TWENTY: &str = "/api/ipstock?limit=20";
pub const PAGE: &str = "/";

/// Starts the program twice, asks it for a while, and stops it.
pub async fn measure(binary: &Path, lasts: Duration) -> Result<Found> {
    let simulator = Simulator::start(PRODUCTS, false)?;
    let folder = tempfile::tempdir()?;
    let (first, ready) = Served::start(binary, folder.path(), &simulator.settings()).await?;
    until_stocked(&first).await?;
    first.stop().await?;
    let (served, again) = Served::start(binary, folder.path(), &simulator.settings()).await?;
    until_stocked(&served).await?;
    let mut found = Found { ready_ms: [ready, again], ..Found::default() };
    for path in [LIST, TWENTY, PAGE] {
        if let Some(answers) = asked(&served, path, lasts).await? {
            found.paths.push(answers);
        }
    }
    found.memory_mb = usage::memory_kib(served.id())? as f64 / 1_024.0;
    found.binary_mb = std::fs::metadata(binary)?.len() as f64 / 1_048_576.0;
    served.stop().await?;
    Ok(found)
}

/// Until the first sync has filled the shop.
async fn until_stocked(served: &Served) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < READY_WITHIN {
        let answer = served.line().await?.ask(LIST).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if text.matches("\"_id\"").count() == PRODUCTS {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the shop stayed empty")
}

/// Asks for a path over kept-open connections; nothing where there is no such page.
async fn asked(served: &Served, path: &'static str, lasts: Duration) -> Result<Option<Answers>> {
    let first = served.line().await?.ask(path).await?;
    if first.status == 404 {
        return Ok(None);
    }
    let borne = at_once(served.lines(CONNECTIONS).await?, lasts, move |mut line| async move {
        let answer = line.ask(path).await?;
        ensure!(answer.status == 200, "{path} answered {}", answer.status);
        Ok(line)
    });
    let Borne { per_second, slow_ms, .. } = borne.await?;
    Ok(Some(Answers { path, bytes: first.body.len(), per_second, p99_ms: slow_ms }))
}
