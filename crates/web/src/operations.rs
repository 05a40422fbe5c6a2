//! For those who run the shop: whether it is up, whether it is ready, and what it can be asked.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::routes;

use crate::app::Shop;
use crate::headers::{ASK_AGAIN, JSON, NO_STORE};
use crate::problem;
use crate::routes::{Declared, Routes};
use crate::rule::{Asks, Rule};

const DESCRIPTION: &str = "/api/openapi.json";

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes.api(Rule::open(), routes!(is_up)).api(Rule::open(), routes!(is_ready));
    routes.api(Rule::watcher(), routes!(metrics)).page(
        Rule::open(),
        Method::GET,
        "/problems/{slug}",
        get(problem::problem_page),
    )
}

/// The process is up
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = str)))]
async fn is_up() -> &'static str {
    "ok"
}

#[derive(Serialize, ToSchema)]
struct Ready {
    ready: bool,
    parts: Vec<ReadyPart>,
}

#[derive(Serialize, ToSchema)]
struct ReadyPart {
    #[schema(example = "database")]
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// Requests may be sent here: the database is reachable, migrations are done, workers are alive
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses((status = 200, body = Ready), (status = 503, body = Ready))
)]
async fn is_ready(State(shop): State<Shop>) -> Response {
    let parts = shop.app().readiness.parts().await;
    let ready = parts.iter().all(|part| part.fault.is_none());
    let told = |part: crate::Part| {
        let crate::Part { name, fault } = part;
        ReadyPart { name, ok: fault.is_none(), fault }
    };
    let parts = parts.into_iter().map(told).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = axum::Json(Ready { ready, parts });
    (status, [(header::CACHE_CONTROL, NO_STORE)], body).into_response()
}

/// What this process has done, and how the shop stands, as Prometheus reads it
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    responses((status = 200, body = str, content_type = "text/plain"))
)]
async fn metrics(State(shop): State<Shop>) -> Response {
    let page = shop.engine().metrics().await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response()
}

/// What the shop can be asked: this document
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "operations",
    responses((status = 200, body = serde_json::Value))
)]
#[allow(dead_code, reason = "it describes the route that serves ready bytes")]
fn describe_api() {}

/// The route that serves the description, and the description completed by it.
pub(crate) fn description(document: &mut OpenApi) -> (Router<Shop>, Declared) {
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(describe_api))]
    struct Itself;
    document.paths.paths.extend(Itself::openapi().paths.paths);
    let ready = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
    let answer = move || {
        let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, ASK_AGAIN)];
        std::future::ready((headers, ready.clone()))
    };
    let (method, asks) = (Method::GET, Asks::Nothing);
    let declared = Declared { method, path: DESCRIPTION.to_owned(), asks, described: true };
    (Router::new().route(DESCRIPTION, get(answer)), declared)
}
