//! The shop's own switch: whether it takes new orders. Paid ones go on in any case.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::Because;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = Selling)]
pub(crate) struct SellingAnswer {
    selling: bool,
}

/// Take no new orders
#[utoipa::path(
    post,
    path = "/api/admin/selling/stop",
    tag = "switches",
    request_body = Because,
    responses((status = 200, body = SellingAnswer))
)]
pub(crate) async fn stop(
    State(shop): State<Shop>,
    me: Me,
    Sent(because): Sent<Because>,
) -> Result<Json<SellingAnswer>, Problem> {
    shop.engine().selling_stop(me.actor(), &because.or("stopped by staff")).await?;
    shop.shelf().clear();
    Ok(Json(SellingAnswer { selling: false }))
}

/// Take orders again
#[utoipa::path(
    post,
    path = "/api/admin/selling/start",
    tag = "switches",
    responses((status = 200, body = SellingAnswer))
)]
pub(crate) async fn start(
    State(shop): State<Shop>,
    me: Me,
) -> Result<Json<SellingAnswer>, Problem> {
    shop.engine().selling_start(me.actor()).await?;
    shop.shelf().clear();
    Ok(Json(SellingAnswer { selling: true }))
}
