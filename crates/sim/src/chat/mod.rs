//! Chats and a webhook's receiver that take what a shop tells its staff: each speaks as Slack,
//! Discord, Telegram or a Standard Webhooks consumer does, is as strict as they are, keeps what it
//! was told, and gives any kind of trouble on request.
//!
//! Not a chat: nobody reads it, and it knows one channel of each kind, whatever its token.
//!
//! # Commands over HTTP
//!
//! On `Chats::control_url`:
//!
//! | request | body or query | what it does |
//! |---|---|---|
//! | `GET  /control/told` | | what was taken, oldest first |
//! | `POST /control/lie` | `{channel, lie}` | the next notice there meets trouble |
//! | `POST /control/standing` | `{channel, lie}` | every one does; `"lie": null` ends it |
//!
//! A `channel` is `slack`, `discord`, `telegram` or `webhook`; a `lie` is `{"busy": 30}` (429, come
//! again after so many seconds), `"broken"` (500), `"gone"` (what one says whose channel was taken
//! away), `"hang"` (reads it, keeps nothing, says nothing) or `"keep-and-drop"` (keeps it and hangs
//! up without a word).

use std::io;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::command::{Done, no_pages, ok, read};
use crate::stand::{self, OnLoopback};

mod handle;
mod tongue;

pub use handle::{Channel, Control, Counts, Lie, Told};

/// The running receivers. They end when the last clone is dropped.
pub type Chats = OnLoopback<Control>;

/// Receivers without a network: for worlds that run inside one process.
pub type InMemory = stand::InMemory<Control>;

impl stand::InMemory<Control> {
    /// Receivers of chats, and of webhooks signed with this secret (`whsec_…`).
    pub fn open(secret: &str) -> io::Result<InMemory> {
        let control = Control::knowing(secret)?;
        Ok(InMemory::serving(control.clone(), tongue::router(control)))
    }
}

impl OnLoopback<Control> {
    /// Receivers of chats, and of webhooks signed with this secret (`whsec_…`).
    pub async fn start(secret: &str) -> io::Result<Chats> {
        let control = Control::knowing(secret)?;
        let (counter, office) = (tongue::router(control.clone()), office(control.clone()));
        OnLoopback::open(control, (0, counter), (0, office)).await
    }

    /// What the shop's owner writes down to have alerts told there.
    pub fn target(&self, channel: Channel) -> String {
        self.target_at(&self.url(), channel)
    }
}

fn office(control: Control) -> Router {
    Router::new()
        .route("/control/told", get(told))
        .route("/control/lie", post(lie))
        .route("/control/standing", post(standing))
        .layer(middleware::from_fn(no_pages))
        .with_state(control)
}

async fn told(State(control): State<Control>) -> Done {
    Ok(Json(json!(control.told())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    channel: Channel,
    lie: Lie,
}

async fn lie(State(control): State<Control>, body: Bytes) -> Done {
    let Telling { channel, lie } = read(&body)?;
    control.lie_once(channel, lie);
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    channel: Channel,
    lie: Option<Lie>,
}

async fn standing(State(control): State<Control>, body: Bytes) -> Done {
    let Standing { channel, lie } = read(&body)?;
    control.keep_lying(channel, lie);
    ok()
}
