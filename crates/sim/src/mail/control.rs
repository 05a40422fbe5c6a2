//! Commands over HTTP: the table in `mod.rs`, one function per row.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::json;

use super::handle::{Control, Lie};
use crate::command::{Done, Going, no_pages, ok, read, shown};

pub(super) fn router(control: Control) -> Router {
    Router::new()
        .route("/control/mails", get(mails))
        .route("/control/lie", post(lie))
        .route("/control/standing", post(standing))
        .route("/control/honest", post(honest))
        .route("/control/door", post(door))
        .route("/control/wait", get(wait))
        .layer(middleware::from_fn(no_pages))
        .with_state(control)
}

#[derive(Deserialize)]
struct Whose {
    to: Option<String>,
}

async fn mails(State(control): State<Control>, Query(whose): Query<Whose>) -> Done {
    match whose.to {
        Some(to) => shown(&control.mails_to(&to)),
        None => shown(&control.mails()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    lie: Lie,
    times: Option<u32>,
}

async fn lie(State(control): State<Control>, body: Bytes) -> Done {
    let Telling { lie, times } = read(&body)?;
    (0..times.unwrap_or(1)).for_each(|_| control.lie_once(lie));
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    lie: Option<Lie>,
}

async fn standing(State(control): State<Control>, body: Bytes) -> Done {
    control.keep_lying(read::<Standing>(&body)?.lie);
    ok()
}

async fn honest(State(control): State<Control>) -> Done {
    control.honest_again().await;
    ok()
}

async fn door(State(control): State<Control>, body: Bytes) -> Done {
    control.doorway(read::<Going>(&body)?.doorway()?).await;
    ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Waiting {
    mails: Option<usize>,
    tries: Option<usize>,
    timeout_ms: Option<u64>,
}

/// Answers when all that was asked for is reached, or says that it was not.
async fn wait(State(control): State<Control>, Query(waiting): Query<Waiting>) -> Done {
    let patience = Duration::from_millis(waiting.timeout_ms.unwrap_or(30_000));
    let reached = control.wait_until(|counts| {
        counts.mails >= waiting.mails.unwrap_or(0) && counts.tries >= waiting.tries.unwrap_or(0)
    });
    let reached = tokio::time::timeout(patience, reached).await.is_ok();
    Ok(Json(json!({ "reached": reached, "counts": control.counts() })))
}
