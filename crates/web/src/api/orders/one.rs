//! One order as its owner sees it.

use axum::Json;
use axum::extract::State;
use engine::Engine;

use super::OrderAnswer;
use crate::api::at::Visible;
use crate::problem::Problem;

/// One order
#[utoipa::path(
    get,
    path = "/api/orders/{id}",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn one(
    State(engine): State<Engine>,
    Visible { id, viewer, .. }: Visible,
) -> Result<Json<OrderAnswer>, Problem> {
    Ok(Json(engine.order_view(&id, &viewer).await?.into()))
}
