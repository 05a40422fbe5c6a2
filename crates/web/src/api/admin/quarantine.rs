//! Servers that are ours and nobody's: the list, and a stray that staff found.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::Engine;
use engine::read;
use engine::remedy::Stray;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{Amount, List, maybe_time};
use crate::auth::Me;
use crate::body::{Asked, Part, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quarantined)]
pub(crate) struct StrayAnswer {
    id: String,
    address: String,
    provider: String,
    order_id: Option<String>,
    attempt_id: Option<String>,
    cost: Option<Amount>,
    expires_at: Option<String>,
    reason: Option<String>,
    since: Option<String>,
}

fn stray(stray: read::Stray) -> StrayAnswer {
    StrayAnswer {
        id: stray.id.to_string(),
        address: stray.address.to_string(),
        provider: stray.provider,
        order_id: stray.order.map(|id| id.to_string()),
        attempt_id: stray.attempt.map(|id| id.to_string()),
        cost: stray.cost.map(Amount::from),
        expires_at: maybe_time(stray.expires_at),
        reason: stray.reason,
        since: maybe_time(stray.since),
    }
}

/// Servers in quarantine
#[utoipa::path(
    get,
    path = "/api/admin/quarantine",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<StrayAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<StrayAnswer>>, Problem> {
    let limit = Some(part.limit()?.into());
    let page = engine.quarantine(part.after.as_deref(), limit).await?;
    Ok(Json(List::of(page, stray)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StrayWish {
    #[schema(example = "smartvps")]
    provider: String,
    #[schema(example = "103.182.44.18")]
    address: String,
    /// How it was found.
    reason: String,
    /// The attempt that it came from, where that is known.
    attempt_id: Option<String>,
}

/// Enter a server that staff found at the provider
#[utoipa::path(
    post,
    path = "/api/admin/quarantine",
    tag = "staff",
    request_body = StrayWish,
    responses((status = 201, body = StrayAnswer))
)]
pub(crate) async fn add(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<StrayWish>,
) -> Result<impl IntoResponse, Problem> {
    let StrayWish { provider, address, reason, attempt_id } = wish;
    let found = Stray { provider, address, reason, attempt: attempt_id };
    let server = engine.add_stray(found, me.actor()).await?;
    let answer = StrayAnswer {
        id: server.id.to_string(),
        address: server.address.to_string(),
        provider: server.provider,
        order_id: server.order.map(|id| id.to_string()),
        attempt_id: server.attempt.map(|id| id.to_string()),
        cost: server.cost.map(Amount::from),
        expires_at: maybe_time(server.expires_at),
        reason: server.reason,
        since: maybe_time(server.quarantined_at),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
