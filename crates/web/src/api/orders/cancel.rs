//! A customer gives up an order that was never paid.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;

use super::OrderAnswer;
use crate::api::at::Own;
use crate::problem::Problem;

/// Cancel an unpaid order
#[utoipa::path(
    post,
    path = "/api/orders/{id}/cancel",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn cancel(
    State(engine): State<Engine>,
    Own { id, me }: Own,
) -> Result<Json<OrderAnswer>, Problem> {
    engine.cancel_unpaid(&id, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Owner(me.0.id.clone())).await?.into()))
}
