//! How payments stand at each gateway, and one question to it.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::gateway::Taker;
use serde::Serialize;
use utoipa::ToSchema;

use super::providers::{ProviderName, TestAnswer};
use crate::api::shapes::{List, time};
use crate::auth::Me;
use crate::body::At;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GatewayStanding)]
pub(crate) struct GatewayAnswer {
    id: String,
    /// Whether buyers are offered it.
    offered: bool,
    open_payments: i64,
    oldest_open_at: Option<String>,
    /// Of the payments begun in the last 24 hours.
    captured: i64,
    failed: i64,
    last_failure: Option<String>,
    last_webhook_at: Option<String>,
    /// Why it is held to send no webhooks.
    silent: Option<String>,
    /// Webhooks that nobody has asked about yet.
    webhooks_waiting: i64,
    oldest_waiting_at: Option<String>,
    /// Money goes back through it; elsewhere by hand.
    refunds: bool,
}

fn gateway(taker: Taker) -> GatewayAnswer {
    let Taker { counter, place, refunds, silent, .. } = taker;
    GatewayAnswer {
        id: counter.gateway,
        offered: place.is_some(),
        open_payments: counter.open,
        oldest_open_at: counter.oldest_open.map(time),
        captured: counter.captured,
        failed: counter.failed,
        last_failure: counter.last_failure.map(|(_, why)| why),
        last_webhook_at: counter.last_webhook.map(time),
        silent,
        webhooks_waiting: counter.waiting,
        oldest_waiting_at: counter.oldest_waiting.map(time),
        refunds,
    }
}

/// Gateways that are on
#[utoipa::path(
    get,
    path = "/api/admin/gateways",
    tag = "staff",
    responses((status = 200, body = List<GatewayAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<List<GatewayAnswer>>, Problem> {
    let items = engine.takers().await?.into_iter().map(gateway).collect();
    Ok(Json(List { items, next: None }))
}

/// Ask a gateway about a payment that there is not
#[utoipa::path(
    post,
    path = "/api/admin/gateways/{id}/test",
    tag = "staff",
    params(("id" = String, Path, example = "razorpay")),
    responses((status = 200, body = TestAnswer))
)]
pub(crate) async fn test(
    State(engine): State<Engine>,
    me: Me,
    At(ProviderName(gateway)): At<ProviderName>,
) -> Result<Json<TestAnswer>, Problem> {
    Ok(Json(engine.try_gateway(&gateway, me.actor()).await?.into()))
}
