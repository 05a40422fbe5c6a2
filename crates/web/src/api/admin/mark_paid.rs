//! Money that came in outside any gateway: a bank transfer, cash.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::pay::{Receipt, read_amount};
use engine::read::Viewer;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::api::shapes::countable;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptWish {
    /// Whole minor units; at least what is due.
    #[schema(example = 69900)]
    amount: i64,
    #[schema(example = "INR")]
    currency: String,
    /// The bank's number of the transfer: unique for ever.
    reference: String,
}

/// Book money received by hand
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/mark-paid",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = ReceiptWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn mark_paid(
    State(engine): State<Engine>,
    Any { id, me }: Any,
    Sent(wish): Sent<ReceiptWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let amount = read_amount(countable(wish.amount)?, &wish.currency)?;
    let receipt = Receipt { amount, reference: wish.reference };
    engine.mark_paid(&id, receipt, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}
