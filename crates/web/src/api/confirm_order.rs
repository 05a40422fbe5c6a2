//! The browser comes back from a gateway. Whatever it brings, the gateway itself is asked.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;
use serde::Deserialize;
use utoipa::ToSchema;

use super::at::find;
use super::orders::OrderAnswer;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Sent;
use crate::problem::Problem;

/// Whatever else the gateway handed over may be sent along; it proves nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Confirmation {
    order_id: String,
}

/// Ask the gateway whether an order is paid
///
/// Safe any number of times, before and after the gateway's own message.
#[utoipa::path(
    post,
    path = "/api/confirmOrder",
    tag = "orders",
    request_body = Confirmation,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn confirm_order(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    me: Me,
    Sent(sent): Sent<Confirmation>,
) -> Result<Json<OrderAnswer>, Problem> {
    let owner = Viewer::Owner(me.0.id);
    let id = find(&shop, &sent.order_id, &owner).await?;
    engine.confirm_order(&id).await?;
    Ok(Json(engine.order_view(&id, &owner).await?.into()))
}
