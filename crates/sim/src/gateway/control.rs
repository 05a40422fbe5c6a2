//! Commands over HTTP: the table in `mod.rs`, one function per row.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

use super::handle::{Control, Counts};
use super::lie::{Lie, NAMED, Op};
use super::money::{Back, How};
use crate::command::{
    Advancing, Done, Going, Holding, Releasing, Telling, Wrong, laid_over, no_pages, ok, ok_if,
    read, shown,
};
use crate::stand::Simulated as _;
use crate::telling::{Likely, Ordered};

pub(super) fn router(control: Control) -> Router {
    Router::new()
        .route("/control", get(overview))
        .route("/control/lies", get(lies))
        .route("/control/record", get(record))
        .route("/control/payments", get(payments))
        .route("/control/lie", post(lie))
        .route("/control/standing", post(standing))
        .route("/control/chance", post(chance))
        .route("/control/honest", post(honest))
        .route("/control/hold", post(hold))
        .route("/control/release", post(release))
        .route("/control/wait", get(wait))
        .route("/control/door", post(door))
        .route("/control/settings", post(settings))
        .route("/control/pay", post(pay))
        .route("/control/expire", post(expire))
        .route("/control/settle", post(settle))
        .route("/control/hook", post(hook))
        .route("/control/replay", post(replay))
        .route("/control/advance", post(advance))
        .route("/control/reset", post(reset))
        .layer(middleware::from_fn(no_pages))
        .with_state(control)
}

async fn overview(State(control): State<Control>) -> Done {
    let lies = shown(&control.world().lies)?.0;
    Ok(Json(json!({
        "settings": control.settings(),
        "lies": lies,
        "counts": control.counts(),
        "door": control.doorman().word(),
        "nowMs": control.now_ms(),
    })))
}

async fn lies() -> Json<Value> {
    let list =
        NAMED.iter().map(|lie| json!({ "name": lie.name, "op": lie.op, "sentence": lie.sentence }));
    Json(list.collect())
}

async fn record(State(control): State<Control>) -> Done {
    shown(&control.record())
}

async fn payments(State(control): State<Control>) -> Done {
    shown(&control.payments())
}

/// A lie by its name, with the operation that the name belongs to.
fn known(name: &str) -> Option<(Op, Lie)> {
    let known = NAMED.iter().find(|known| known.name == name)?;
    Some((known.op, Lie::named(name)?))
}

fn understand(telling: Telling<Op>) -> Result<Ordered<Op, Lie>, Wrong> {
    telling.understand(Op::Hook, known)
}

async fn lie(State(control): State<Control>, body: Bytes) -> Done {
    let telling: Telling<Op> = read(&body)?;
    let times = telling.times.unwrap_or(1);
    let ordered = understand(telling)?;
    let mut world = control.world();
    (0..times).for_each(|_| world.lies.tell_once(ordered.clone()));
    ok()
}

async fn standing(State(control): State<Control>, body: Bytes) -> Done {
    let telling: Telling<Op> = read(&body)?;
    if telling.lie.is_null() {
        let op = telling.op.unwrap_or(Op::Hook);
        control.world().lies.stop_telling(op, telling.only.as_deref());
        return ok();
    }
    let ordered = understand(telling)?;
    control.world().lies.keep_telling(ordered);
    ok()
}

async fn chance(State(control): State<Control>, body: Bytes) -> Done {
    let telling: Telling<Op> = read(&body)?;
    let permille = telling.permille.ok_or_else(|| Wrong::command("permille is missing"))?;
    let Ordered { op, lie, .. } = understand(telling)?;
    control.world().lies.tell_by_chance(Likely { op, permille, lie });
    ok()
}

async fn honest(State(control): State<Control>) -> Done {
    control.honest_again().await;
    ok()
}

async fn hold(State(control): State<Control>, body: Bytes) -> Done {
    let Holding { op, point, times } = read(&body)?;
    control.hold(op.unwrap_or(Op::Hook), point, times);
    ok()
}

async fn release(State(control): State<Control>, body: Bytes) -> Done {
    let Releasing { one } = read(&body)?;
    let released = if one { usize::from(control.release_one()) } else { control.release() };
    Ok(Json(json!({ "released": released })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Waiting {
    creates: Option<u64>,
    polls: Option<u64>,
    captures: Option<u64>,
    refunds: Option<u64>,
    hooks: Option<u64>,
    held: Option<u64>,
    timeout_ms: Option<u64>,
}

impl Waiting {
    fn enough(&self, counts: &Counts) -> bool {
        counts.creates >= self.creates.unwrap_or(0)
            && counts.polls >= self.polls.unwrap_or(0)
            && counts.captures >= self.captures.unwrap_or(0)
            && counts.refunds >= self.refunds.unwrap_or(0)
            && counts.hooks >= self.hooks.unwrap_or(0)
            && counts.held >= self.held.unwrap_or(0)
    }
}

/// Answers when all that was asked for is reached, or says that it was not.
async fn wait(State(control): State<Control>, Query(waiting): Query<Waiting>) -> Done {
    let patience = Duration::from_millis(waiting.timeout_ms.unwrap_or(30_000));
    let reached = control.wait_until(|counts| waiting.enough(counts));
    let reached = tokio::time::timeout(patience, reached).await.is_ok();
    Ok(Json(json!({ "reached": reached, "counts": control.counts() })))
}

async fn door(State(control): State<Control>, body: Bytes) -> Done {
    control.doorway(read::<Going>(&body)?.doorway()?).await;
    ok()
}

async fn settings(State(control): State<Control>, body: Bytes) -> Done {
    let mut world = control.world();
    world.settings = laid_over(&world.settings, &body)?;
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paying {
    payment: String,
    how: Option<How>,
}

async fn pay(State(control): State<Control>, body: Bytes) -> Done {
    let Paying { payment, how } = read(&body)?;
    ok_if(control.pay(&payment, how.unwrap_or(How::Pay)), "payment")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    payment: String,
}

async fn expire(State(control): State<Control>, body: Bytes) -> Done {
    let About { payment } = read(&body)?;
    ok_if(control.expire(&payment), "payment")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settling {
    refund: String,
    to: Back,
}

async fn settle(State(control): State<Control>, body: Bytes) -> Done {
    let Settling { refund, to } = read(&body)?;
    ok_if(control.settle(&refund, to), "refund")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hooking {
    payment: String,
    lie: Option<Value>,
}

async fn hook(State(control): State<Control>, body: Bytes) -> Done {
    let Hooking { payment, lie } = read(&body)?;
    let lie = match lie {
        Some(lie) => {
            let telling = Telling { op: None, only: None, times: None, permille: None, lie };
            Some(understand(telling)?.lie)
        }
        None => None,
    };
    ok_if(control.hook(&payment, lie), "payment")
}

async fn replay(State(control): State<Control>, body: Bytes) -> Done {
    let About { payment } = read(&body)?;
    ok_if(control.replay(&payment), "webhook of this payment")
}

async fn advance(State(control): State<Control>, body: Bytes) -> Done {
    let Advancing { ms } = read(&body)?;
    control.advance(ms);
    ok()
}

async fn reset(State(control): State<Control>) -> Done {
    control.reset().await;
    ok()
}
