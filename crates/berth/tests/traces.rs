//! Traces, as a collector receives them from a shop that really runs: by HTTP, in OTLP.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "the tests of commands use the rest")]
mod support;

use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use support::House;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What listens where collectors do.
struct Collector {
    url: String,
    told: UnboundedReceiver<Value>,
    seen: Vec<Value>,
}

impl Collector {
    async fn open() -> Collector {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = unbounded_channel();
        let router = Router::new().route("/v1/traces", post(take)).with_state(tell);
        #[allow(clippy::disallowed_methods, reason = "a collector beside the shop")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Collector { url, told, seen: Vec::new() }
    }

    /// Waits for a span of this name.
    async fn span(&mut self, name: &str) -> Value {
        loop {
            if let Some(span) = self.seen.iter().find(|span| span["name"] == name) {
                return span.clone();
            }
            let names: Vec<&Value> = self.seen.iter().map(|span| &span["name"]).collect();
            let next = tokio::time::timeout(PATIENCE, self.told.recv()).await;
            let batch = next.unwrap_or_else(|_| panic!("{name} never came; {names:?}")).unwrap();
            let scopes = batch["resourceSpans"].as_array().unwrap().iter();
            let scopes = scopes.flat_map(|of| of["scopeSpans"].as_array().unwrap());
            let spans = scopes.flat_map(|of| of["spans"].as_array().unwrap().clone());
            self.seen.extend(spans);
        }
    }
}

async fn take(State(tell): State<UnboundedSender<Value>>, Json(batch): Json<Value>) -> Json<Value> {
    // The test has seen enough.
    drop(tell.send(batch));
    Json(json!({}))
}

fn attribute<'a>(span: &'a Value, name: &str) -> &'a Value {
    let all = span["attributes"].as_array().unwrap();
    let found = all.iter().find(|one| one["key"] == name);
    &found.unwrap_or_else(|| panic!("{name} is not in {span}"))["value"]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_followed_from_its_request_to_the_call_that_bought_it() {
    let mut collector = Collector::open().await;
    let house = House::open().await.set("BERTH_TRACES_TO", &collector.url);
    let house = house.set("OTEL_BSP_SCHEDULE_DELAY", "50");
    let shop = house.serve().await;
    let (order, _, key) = house.paid_order(&shop).await;
    shop.until_provisioning(&order, &key, "active").await;

    let request = collector.span("POST /api/createOrder").await;
    assert_eq!(attribute(&request, "http.response.status_code"), &json!({"intValue": "201"}));
    let job = collector.span("job purchase").await;
    assert_eq!(attribute(&job, "outcome")["stringValue"], "finished");
    let call = collector.span("smartvps buy").await;
    assert_eq!(attribute(&call, "outcome")["stringValue"], "sold");
    assert_eq!((&call["traceId"], &call["parentSpanId"]), (&job["traceId"], &job["spanId"]));
    let all = Value::from(collector.seen.clone()).to_string();
    for secret in ["simulated", &key] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_up_nobody() {
    // Nobody listens there: the port was free a moment ago and is closed again.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let house = House::open().await.set("BERTH_TRACES_TO", &format!("http://{free}"));
    let shop = house.serve().await;
    let synced = shop.sync().await;
    assert_eq!(synced["success"], true, "{synced}");
}
