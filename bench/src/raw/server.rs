//! The six commits on PostgreSQL by hand: a connection for each order at once, everything
//! prepared. Statement by statement as a plain program does it, or each commit in one go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::try_join_all;
use tokio::task::JoinSet;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::{COMMITS, Order, Shop};
use crate::place::connect;

/// How a commit travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// BEGIN, each statement, COMMIT, each waited for.
    ByStatement,
    /// All of it at once: one round trip.
    Together,
}

/// Runs orders for a while, so many at once; tells how many and how long it took.
pub async fn run(
    url: &str,
    shop: &Arc<Shop>,
    at_once: usize,
    (travel, lasts): (Travel, Duration),
) -> Result<(u64, Duration)> {
    let client = connect(url).await?;
    let (sql, values) = shop.account_row();
    client.execute_raw(sql, values.iter()).await?;
    let mut ready = Vec::new();
    for _ in 0..at_once {
        let client = connect(url).await?;
        client.batch_execute("SET synchronous_commit = 'on'").await?;
        let mut prepared = Vec::new();
        for commit in COMMITS {
            prepared.push(try_join_all(commit.iter().map(|sql| client.prepare(sql))).await?);
        }
        ready.push((client, prepared));
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for (client, prepared) in ready {
        let shop = shop.clone();
        tasks.spawn(async move {
            let mut count = 0;
            while start.elapsed() < lasts {
                one(&client, &prepared, &Order::new(&shop), travel).await?;
                count += 1;
            }
            Ok::<u64, anyhow::Error>(count)
        });
    }
    let mut count = 0;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    Ok((count, start.elapsed()))
}

async fn one(
    client: &Client,
    prepared: &[Vec<Statement>],
    order: &Order,
    travel: Travel,
) -> Result<()> {
    for (at, statements) in prepared.iter().enumerate() {
        let values = order.values(at);
        let values: Vec<Vec<&(dyn ToSql + Sync)>> = values
            .iter()
            .map(|some| some.iter().map(|value| value as &(dyn ToSql + Sync)).collect())
            .collect();
        let changes = statements.iter().zip(&values);
        if travel == Travel::ByStatement {
            client.batch_execute("BEGIN").await?;
            for (statement, values) in changes {
                client.execute(statement, values).await?;
            }
            client.batch_execute("COMMIT").await?;
        } else {
            let changes = changes.map(|(statement, values)| client.execute(statement, values));
            let (begun, changed, committed) = futures_util::join!(
                client.batch_execute("BEGIN"),
                try_join_all(changes),
                client.batch_execute("COMMIT"),
            );
            begun?;
            changed?;
            committed?;
        }
    }
    Ok(())
}
