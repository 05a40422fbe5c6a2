//! Commands over HTTP: the table in `mod.rs`, one function per row.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Credentials;
use super::catalogue::{Change, Package};
use super::handle::{Control, Counts};
use super::lie::{Lie, NAMED};
use super::op::Op;
use super::server::Edit;
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
        .route("/control/sold", get(sold))
        .route("/control/packages", get(packages))
        .route("/control/servers", get(servers))
        .route("/control/lie", post(lie))
        .route("/control/standing", post(standing))
        .route("/control/chance", post(chance))
        .route("/control/honest", post(honest))
        .route("/control/hold", post(hold))
        .route("/control/release", post(release))
        .route("/control/wait", get(wait))
        .route("/control/door", post(door))
        .route("/control/settings", post(settings))
        .route("/control/credentials", post(credentials))
        .route("/control/package", post(package))
        .route("/control/stray", post(stray))
        .route("/control/server", post(server))
        .route("/control/plant", post(plant))
        .route("/control/lapse", post(lapse))
        .route("/control/advance", post(advance))
        .route("/control/reset", post(reset))
        .layer(DefaultBodyLimit::disable())
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

async fn sold(State(control): State<Control>) -> Done {
    shown(&control.sold())
}

async fn packages(State(control): State<Control>) -> Done {
    shown(&control.packages())
}

async fn servers(State(control): State<Control>) -> Done {
    let servers: Vec<_> = control.world().servers.values().cloned().collect();
    shown(&servers)
}

/// A lie by its name, with the operation that the name belongs to.
fn known(name: &str) -> Option<(Op, Lie)> {
    let known = NAMED.iter().find(|known| known.name == name)?;
    Some((known.op, Lie::named(name)?))
}

fn understand(telling: Telling<Op>) -> Result<Ordered<Op, Lie>, Wrong> {
    telling.understand(Op::Buyvps, known)
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
        control.stop(telling.op.unwrap_or(Op::Buyvps), telling.only.as_deref());
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
    control.hold(op.unwrap_or(Op::Buyvps), point, times);
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
    purchases: Option<u64>,
    sold: Option<u64>,
    held: Option<u64>,
    op: Option<Op>,
    count: Option<u64>,
    timeout_ms: Option<u64>,
}

impl Waiting {
    fn enough(&self, counts: &Counts) -> bool {
        counts.arrived(Op::Buyvps) >= self.purchases.unwrap_or(0)
            && counts.sold >= self.sold.unwrap_or(0)
            && counts.held >= self.held.unwrap_or(0)
            && self.op.is_none_or(|op| counts.arrived(op) >= self.count.unwrap_or(1))
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

/// Lays the named settings over those in force.
async fn settings(State(control): State<Control>, body: Bytes) -> Done {
    let mut world = control.world();
    world.settings = laid_over(&world.settings, &body)?;
    ok()
}

async fn credentials(State(control): State<Control>, body: Bytes) -> Done {
    let credentials: Option<Credentials> = read(&body)?;
    control.set_credentials(credentials);
    ok()
}

/// Changes the package of this PID, or adds one that is named whole.
async fn package(State(control): State<Control>, body: Bytes) -> Done {
    let mut fields: serde_json::Map<String, Value> = read(&body)?;
    let another = fields.remove("another").and_then(|value| value.as_bool()).unwrap_or(false);
    let pid = match fields.get("pid") {
        Some(Value::String(pid)) => pid.clone(),
        Some(Value::Number(pid)) => pid.to_string(),
        _ => return Err(Wrong::command("pid is missing")),
    };
    fields.insert("pid".to_owned(), Value::from(pid.clone()));
    if another || control.package(&pid).is_none() {
        let package: Package =
            serde_json::from_value(Value::Object(fields)).map_err(Wrong::command)?;
        control.add_package(package);
        return ok();
    }
    fields.remove("pid");
    let change: Change = serde_json::from_value(Value::Object(fields)).map_err(Wrong::command)?;
    ok_if(control.change_package(&pid, &change), "package")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Straying {
    pid: String,
    count: Option<u64>,
}

async fn stray(State(control): State<Control>, body: Bytes) -> Done {
    let Straying { pid, count } = read(&body)?;
    Ok(Json(json!({ "bought": control.stray(&pid, count.unwrap_or(1)) })))
}

async fn server(State(control): State<Control>, body: Bytes) -> Done {
    let mut fields: serde_json::Map<String, Value> = read(&body)?;
    let address = fields.remove("address").unwrap_or_default();
    let address: Ipv4Addr = serde_json::from_value(address).map_err(Wrong::command)?;
    let edit: Edit = serde_json::from_value(Value::Object(fields)).map_err(Wrong::command)?;
    ok_if(control.edit_server(address, edit), "server")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planting {
    address: Ipv4Addr,
    pid: String,
    ram: Option<String>,
}

async fn plant(State(control): State<Control>, body: Bytes) -> Done {
    let Planting { address, pid, ram } = read(&body)?;
    match control.plant_server(address, &pid, ram.as_deref().unwrap_or("8")) {
        true => ok(),
        false => Err(Wrong::command("that address is in somebody's hands")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lapsing {
    address: Ipv4Addr,
}

async fn lapse(State(control): State<Control>, body: Bytes) -> Done {
    let Lapsing { address } = read(&body)?;
    ok_if(control.lapse(address), "server")
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
