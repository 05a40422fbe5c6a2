//! Gateways call here. A message is checked and recorded, and workers act on it: nothing that it
//! says is believed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use engine::{Engine, Error};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;

/// What a gateway sends, it sends from anywhere, and often.
const RULE: Rule = Rule::open().large().from_anywhere();

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(RULE, routes!(simulated))
        .api(RULE, routes!(razorpay))
        .api(RULE, routes!(cashfree))
        .api(RULE, routes!(stripe))
        .api(RULE, routes!(upi))
}

#[derive(Serialize, ToSchema)]
struct Stored {
    stored: bool,
}

/// A message of the simulated gateway
#[utoipa::path(
    post,
    path = "/api/payment/simulated-webhook",
    tag = "gateways",
    request_body = serde_json::Value,
    responses((status = 200, body = Stored))
)]
async fn simulated(
    State(engine): State<Engine>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Problem> {
    record(&engine, "simulated", &headers, &body).await
}

/// A message of Cashfree
#[utoipa::path(
    post,
    path = "/api/payment/webhook",
    tag = "gateways",
    request_body = serde_json::Value,
    responses((status = 200, body = Stored))
)]
async fn cashfree(
    State(engine): State<Engine>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Problem> {
    record(&engine, "cashfree", &headers, &body).await
}

/// A message of Stripe
#[utoipa::path(
    post,
    path = "/api/payment/stripe-webhook",
    tag = "gateways",
    request_body = serde_json::Value,
    responses((status = 200, body = Stored))
)]
async fn stripe(
    State(engine): State<Engine>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Problem> {
    record(&engine, "stripe", &headers, &body).await
}

/// A message of UPIGateway
///
/// Nobody signs it: it makes the shop ask, once per payment and outcome.
#[utoipa::path(
    post,
    path = "/api/payment/upi-webhook",
    tag = "gateways",
    request_body = String,
    responses((status = 200, body = Stored))
)]
async fn upi(
    State(engine): State<Engine>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Problem> {
    record(&engine, "upi", &headers, &body).await
}

/// A message of Razorpay
#[utoipa::path(
    post,
    path = "/api/payment/razorpay-webhook",
    tag = "gateways",
    request_body = serde_json::Value,
    responses((status = 200, body = Stored))
)]
async fn razorpay(
    State(engine): State<Engine>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Problem> {
    record(&engine, "razorpay", &headers, &body).await
}

async fn record(
    engine: &Engine,
    gateway: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Json<Stored>, Problem> {
    match engine.record_webhook(gateway, headers, body).await {
        Ok(()) => Ok(Json(Stored { stored: true })),
        Err(Error::Unauthenticated) => {
            Err(Problem::new("unauthenticated", "the signature does not fit the body"))
        }
        Err(Error::Invalid { .. }) => Err(Problem::missing("gateway", gateway)),
        Err(error) => Err(error.into()),
    }
}
