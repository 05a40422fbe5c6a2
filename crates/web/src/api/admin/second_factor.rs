//! The second factor of others: whether staff are asked for one, and taking one off somebody who
//! has lost device and recovery codes.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use engine::Engine;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Me;
use crate::body::At;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = StaffSecondFactor)]
pub(crate) struct AskedAnswer {
    asked: bool,
}

/// Ask staff for a second factor
#[utoipa::path(
    post,
    path = "/api/admin/second-factor/ask",
    tag = "switches",
    responses((status = 200, body = AskedAnswer))
)]
pub(crate) async fn ask(
    State(engine): State<Engine>,
    me: Me,
) -> Result<Json<AskedAnswer>, Problem> {
    engine.ask_staff_for_second_factor(&me.0).await?;
    Ok(Json(AskedAnswer { asked: true }))
}

/// Ask staff for it no more
#[utoipa::path(
    post,
    path = "/api/admin/second-factor/stop",
    tag = "switches",
    responses((status = 200, body = AskedAnswer))
)]
pub(crate) async fn stop(
    State(engine): State<Engine>,
    me: Me,
) -> Result<Json<AskedAnswer>, Problem> {
    engine.trust_staff_without(&me.0).await?;
    Ok(Json(AskedAnswer { asked: false }))
}

/// Take the second factor off somebody who has lost it
#[utoipa::path(
    delete,
    path = "/api/admin/accounts/{id}/second-factor",
    tag = "staff",
    params(("id" = String, Path)),
    responses((status = 204, description = "Off"))
)]
pub(crate) async fn take_off(
    State(engine): State<Engine>,
    me: Me,
    At(account): At<AccountId>,
) -> Result<StatusCode, Problem> {
    engine.take_second_factor_off(&account, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
