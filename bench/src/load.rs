//! Load: so many at once, each doing one thing after the other for a while. Not for what they do.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::orders::at;

/// How many were done, and how long the slowest of a hundred took.
#[derive(Clone, Copy, Debug)]
pub struct Borne {
    pub per_second: f64,
    /// Half of them took no longer.
    pub half_ms: f64,
    pub slow_ms: f64,
}

/// Lets each connection do its work again and again.
pub async fn at_once<C, F, Done>(connections: Vec<C>, lasts: Duration, work: F) -> Result<Borne>
where
    C: Send + 'static,
    F: Fn(C) -> Done + Clone + Send + 'static,
    Done: Future<Output = Result<C>> + Send,
{
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for mut connection in connections {
        let work = work.clone();
        tasks.spawn(async move {
            let mut took = Vec::new();
            while start.elapsed() < lasts {
                let began = Instant::now();
                connection = work(connection).await?;
                took.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(done) = tasks.join_next().await {
        took.extend(done??);
    }
    let seconds = start.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    Ok(Borne {
        per_second: took.len() as f64 / seconds,
        half_ms: at(&took, 0.5),
        slow_ms: at(&took, 0.99),
    })
}
