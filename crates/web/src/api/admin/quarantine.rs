//! Servers that are ours and nobody's: the list, a stray that staff found, and giving one up.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::block::Verdict;
use domain::id::ServerId;
use engine::Engine;
use engine::read;
use engine::stray::{GivingUp, Stray};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::remedies::kind;
use crate::api::shapes::{Amount, List, maybe_time, moment};
use crate::auth::Me;
use crate::body::{Asked, At, Part, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quarantined)]
pub(crate) struct StrayAnswer {
    id: String,
    address: String,
    provider: String,
    order_id: Option<String>,
    order_number: Option<String>,
    attempt_id: Option<String>,
    /// What looking at it said: `match`, `mismatch`, `unobservable`; nothing where nobody looked.
    verdict: Option<&'static str>,
    cost: Option<Amount>,
    expires_at: Option<String>,
    reason: Option<String>,
    since: Option<String>,
}

fn stray(stray: read::Stray) -> StrayAnswer {
    let (order_id, order_number) = stray.order.map(|(id, number)| (id.to_string(), number)).unzip();
    StrayAnswer {
        id: stray.id.to_string(),
        address: stray.address.to_string(),
        provider: stray.provider,
        order_id,
        order_number,
        attempt_id: stray.attempt.map(|id| id.to_string()),
        verdict: stray.verdict.map(Verdict::as_str),
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
    /// What it costs us, where no attempt knows.
    cost: Option<Amount>,
    /// When its time at the provider is over.
    #[schema(example = "2026-12-21T00:00:00Z")]
    expires_at: Option<String>,
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
    let found = Stray {
        cost: wish.cost.map(|cost| cost.money()).transpose()?,
        expires_at: moment(wish.expires_at.as_deref(), "expiresAt")?,
        provider: wish.provider,
        address: wish.address,
        reason: wish.reason,
        attempt: wish.attempt_id,
    };
    let server = engine.add_stray(found, me.actor()).await?;
    Ok((StatusCode::CREATED, Json(stray(server))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivingUpWish {
    /// `end`: it was ended at the provider. `write-off`: nobody will look any more.
    #[schema(example = "end")]
    kind: String,
    reason: String,
    /// Tells what would happen, and changes nothing.
    #[serde(default)]
    preview: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GivenUp {
    /// In words; with `preview` what would be done.
    did: Vec<String>,
}

/// Give up a server in quarantine
#[utoipa::path(
    post,
    path = "/api/admin/quarantine/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The server's id")),
    request_body = GivingUpWish,
    responses((status = 200, body = GivenUp))
)]
pub(crate) async fn give_up(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<ServerId>,
    Sent(wish): Sent<GivingUpWish>,
) -> Result<Json<GivenUp>, Problem> {
    let kind = kind(&wish.kind)?;
    let way = GivingUp { kind, reason: wish.reason, preview: wish.preview };
    Ok(Json(GivenUp { did: engine.give_up_stray(&id, way, me.actor()).await? }))
}
