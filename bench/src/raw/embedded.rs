//! The six commits on SQLite by hand: one connection that those at once take in turn, each commit
//! with its own flush; or, for comparison, all that wait in one commit.

use std::path::Path;
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::Connection;
use store::db::Value;

use super::{COMMITS, Order, Shop};

/// How often there is a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    Each,
    /// Whoever waits shares one.
    Shared,
}

/// Opens it as the house does: write-ahead log, full durability.
pub fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = 2; PRAGMA foreign_keys = 1; \
         PRAGMA cache_size = -16000;",
    )?;
    Ok(connection)
}

/// Runs orders for a while, so many at once; tells how many and how long it took.
pub fn run(
    path: &Path,
    shop: &Shop,
    at_once: usize,
    (flush, lasts): (Flush, Duration),
) -> Result<(u64, Duration)> {
    let connection = connect(path)?;
    let (sql, values) = shop.account_row();
    execute(&connection, sql, &values)?;
    match flush {
        Flush::Each => each(connection, shop, at_once, lasts),
        Flush::Shared => shared(&connection, shop, at_once, lasts),
    }
}

fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let changed = statement.execute(rusqlite::params_from_iter(values))?;
    anyhow::ensure!(changed > 0, "nothing was changed by {sql}");
    Ok(())
}

/// The statements in SQLite's own words.
fn texts() -> Vec<Vec<String>> {
    COMMITS.iter().map(|c| c.iter().map(|sql| sql.replace('$', "?")).collect()).collect()
}

fn statements(connection: &Connection, texts: &[String], values: &[Vec<Value>]) -> Result<()> {
    texts.iter().zip(values).try_for_each(|(sql, values)| execute(connection, sql, values))
}

fn each(
    connection: Connection,
    shop: &Shop,
    at_once: usize,
    lasts: Duration,
) -> Result<(u64, Duration)> {
    let (shared, texts, start) = (Mutex::new(connection), texts(), Instant::now());
    let one = || -> Result<u64> {
        let mut count = 0;
        while start.elapsed() < lasts {
            let order = Order::new(shop);
            for (at, texts) in texts.iter().enumerate() {
                let values = order.values(at);
                let connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
                connection.execute_batch("BEGIN IMMEDIATE")?;
                statements(&connection, texts, &values)?;
                connection.execute_batch("COMMIT")?;
            }
            count += 1;
        }
        Ok(count)
    };
    let counts: Vec<Result<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(0))).collect()
    });
    let count = counts.into_iter().sum::<Result<u64>>()?;
    Ok((count, start.elapsed()))
}

/// One thread writes what all others have handed over, in one commit.
fn shared(
    connection: &Connection,
    shop: &Shop,
    at_once: usize,
    lasts: Duration,
) -> Result<(u64, Duration)> {
    let (texts, start) = (texts(), Instant::now());
    let (hand_over, handed) = mpsc::channel::<(usize, Vec<Vec<Value>>, mpsc::Sender<()>)>();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            let hand_over = hand_over.clone();
            scope.spawn(move || {
                let (tell, told) = mpsc::channel();
                while start.elapsed() < lasts {
                    let order = Order::new(shop);
                    for at in 0..COMMITS.len() {
                        let work = (at, order.values(at), tell.clone());
                        if hand_over.send(work).is_err() || told.recv().is_err() {
                            return;
                        }
                    }
                }
            });
        }
        drop(hand_over);
        let mut count = 0;
        while let Ok(first) = handed.recv() {
            let mut waiting = vec![first];
            waiting.extend(handed.try_iter());
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for (at, values, _) in &waiting {
                let texts = texts.get(*at).context("there are six")?;
                statements(connection, texts, values)?;
            }
            connection.execute_batch("COMMIT")?;
            for (at, _, tell) in waiting {
                count += u64::from(at + 1 == COMMITS.len());
                // It may have stopped waiting because its time is over.
                let _ = tell.send(());
            }
        }
        Ok((count, start.elapsed()))
    })
}
