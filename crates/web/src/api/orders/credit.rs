//! What is owed for an order, as credit in its customer's wallet: at once, and by nobody's hand.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;

use super::OrderAnswer;
use crate::api::at::Own;
use crate::problem::Problem;

/// Take what is owed to me into my wallet
///
/// What a gateway is sending back already is not among it.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/credit",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn take(
    State(engine): State<Engine>,
    Own { id, me }: Own,
) -> Result<Json<OrderAnswer>, Problem> {
    engine.take_as_credit(&id, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Owner(me.0.id.clone())).await?.into()))
}
