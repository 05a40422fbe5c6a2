//! Staff say to a customer why no money goes back. Giving it back is a remedy.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclineWish {
    /// Why not, in words for the customer: by mail, and on the order's page.
    #[schema(example = "The server ran for 29 of its 30 days.")]
    public: String,
    /// Of the order as it was looked at; a stale one is refused.
    version: Option<i64>,
}

/// Decline a customer's request for money back
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/refund-request/decline",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = DeclineWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn decline(
    State(engine): State<Engine>,
    Any { id, me }: Any,
    Sent(wish): Sent<DeclineWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    engine.decline_refund(&id, (&wish.public, wish.version), me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}
