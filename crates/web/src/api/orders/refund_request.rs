//! A customer asks for their money back. Nobody but a person decides.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrderAnswer;
use crate::api::at::Own;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundWish {
    /// For whoever decides: at most 500 characters.
    #[schema(example = "I moved the project elsewhere.")]
    reason: String,
}

/// Ask for my money back
///
/// Once: while an answer is waited for, asking again changes nothing. What was asked and answered
/// stands in the order's `refundRequest`.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/refund-request",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = RefundWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn ask(
    State(engine): State<Engine>,
    Own { id, me }: Own,
    Sent(wish): Sent<RefundWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    engine.want_refund(&id, &wish.reason, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Owner(me.0.id.clone())).await?.into()))
}
