//! After the loss budget has stopped purchases, a person looks, and lets them go on.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Me;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResumeWish {
    reason: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Purchasing)]
pub(crate) struct PurchasingAnswer {
    purchasing: bool,
}

/// Lift the loss budget
///
/// What was lost until now no longer counts.
#[utoipa::path(
    post,
    path = "/api/admin/purchasing/resume",
    tag = "switches",
    request_body = ResumeWish,
    responses((status = 200, body = PurchasingAnswer))
)]
pub(crate) async fn resume(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<ResumeWish>,
) -> Result<Json<PurchasingAnswer>, Problem> {
    engine.resume_purchasing(&wish.reason, me.actor()).await?;
    Ok(Json(PurchasingAnswer { purchasing: true }))
}
