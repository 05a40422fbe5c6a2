//! Orders through the whole house: placed, marked paid, bought, checked and delivered, so many
//! customers at once, each beginning anew when theirs is delivered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::order::Stage;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::child::{Found, Simulator, Task, What};
use crate::place::{Ground, Kind};
use crate::raw::{self, embedded::Flush, server::Travel};
use crate::shop::Shop;
use crate::usage;
use crate::watch::Watch;

const PACKAGES: usize = 32;
/// An order that takes longer is lost.
const DELIVERED_WITHIN: Duration = Duration::from_secs(20);

/// The house's own orders per second.
pub async fn house(task: &Task) -> Result<Found> {
    let ground = Ground::new(task.kind, task.postgres.as_deref()).await?;
    let simulator = Simulator::start(PACKAGES, true)?;
    let (watch, db) = (Watch::listening()?, ground.open().await?);
    let shop = Arc::new(Shop::open(db.clone(), &simulator).await?);
    let lasts = Duration::from_millis(task.lasts_ms);
    // What is prepared once is not what an order costs.
    customers(&shop, &watch, task.at_once, lasts.min(Duration::from_millis(500))).await?;
    let (before, start) = (ground.used()?, Instant::now());
    let counts = db.counts();
    let mut leaving = customers(&shop, &watch, task.at_once, lasts).await?;
    let (seconds, after) = (start.elapsed().as_secs_f64(), ground.used()?);
    let counted = db.counts();
    let memory_kib = usage::memory_kib(std::process::id())?;
    leaving.sort_by(f64::total_cmp);
    shop.engine.stop_working();
    db.close();
    ground.remove().await?;
    Ok(Found {
        count: u64::try_from(leaving.len())?,
        seconds,
        program: after[0].saturating_sub(before[0]).as_secs_f64(),
        database: after[1].saturating_sub(before[1]).as_secs_f64(),
        memory_kib,
        leaving_ms: [0.5, 0.99, 1.0].map(|part| at(&leaving, part)),
        again: 0.0,
        asked: [
            counted.writes - counts.writes,
            counted.reads - counts.reads,
            counted.statements - counts.statements,
        ],
    })
}

/// The value that so great a part of sorted ones does not exceed.
pub fn at(sorted: &[f64], part: f64) -> f64 {
    let place = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Lets so many customers buy for a while. Gives, of each order, the milliseconds from its booked
/// payment to its request.
async fn customers(
    shop: &Arc<Shop>,
    watch: &Watch,
    at_once: usize,
    lasts: Duration,
) -> Result<Vec<f64>> {
    static NTH: AtomicUsize = AtomicUsize::new(0);
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for _ in 0..at_once {
        let (shop, watch) = (shop.clone(), watch.clone());
        tasks.spawn(async move {
            let mut leaving = Vec::new();
            while start.elapsed() < lasts {
                leaving.push(one(&shop, &watch, NTH.fetch_add(1, Ordering::Relaxed)).await?);
            }
            Ok::<_, anyhow::Error>(leaving)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done??);
    }
    Ok(all)
}

async fn one(shop: &Shop, watch: &Watch, nth: usize) -> Result<f64> {
    let order = shop.order(nth).await?;
    let delivered = watch.delivery_of(order.id.as_str());
    let paid = shop.pay(&order).await?;
    let Stage::Planned(attempt) = &paid.standing.stage else {
        anyhow::bail!("{} is {:?} after its payment", order.number, paid.standing.stage);
    };
    timeout(DELIVERED_WITHIN, delivered)
        .await
        .with_context(|| format!("{} was not delivered in time", order.number))??;
    let left = watch.left(attempt.as_str()).context("no request left")?;
    let booked = paid.paid_at.context("no moment of payment")?;
    Ok(left.since(booked).as_secs_f64() * 1_000.0)
}

/// The same facts by hand.
pub async fn raw(task: &Task) -> Result<Found> {
    let ground = Ground::new(task.kind, task.postgres.as_deref()).await?;
    // Makes the tables, and goes: its threads must not count.
    ground.open().await?.close();
    let (shop, lasts) = (Arc::new(raw::Shop::new(PACKAGES)), Duration::from_millis(task.lasts_ms));
    let best = task.what == What::RawAtBest;
    let before = ground.used()?;
    let (count, took) = match (&ground, task.kind) {
        (Ground::File(folder), Kind::Sqlite) => {
            let (path, at_once) = (folder.path().join("berth.db"), task.at_once);
            let flush = if best { Flush::Shared } else { Flush::Each };
            let run = move || raw::embedded::run(&path, &shop, at_once, (flush, lasts));
            tokio::task::spawn_blocking(run).await??
        }
        _ => {
            let travel = if best { Travel::Together } else { Travel::ByStatement };
            raw::server::run(&ground.url(), &shop, task.at_once, (travel, lasts)).await?
        }
    };
    let after = ground.used()?;
    ground.remove().await?;
    Ok(Found {
        count,
        seconds: took.as_secs_f64(),
        program: after[0].saturating_sub(before[0]).as_secs_f64(),
        database: after[1].saturating_sub(before[1]).as_secs_f64(),
        ..Found::default()
    })
}
