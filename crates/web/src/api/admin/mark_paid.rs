//! Money that came in outside any gateway: a bank transfer, cash.

use axum::extract::State;
use axum::{Extension, Json};
use engine::Engine;
use engine::idempotency::Ticket;
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
    ticket: Option<Extension<Ticket>>,
    Sent(wish): Sent<ReceiptWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let amount = read_amount(countable(wish.amount)?, &wish.currency)?;
    let receipt = Receipt { amount, reference: wish.reference };
    let ticket = ticket.map(|Extension(ticket)| ticket);
    // Otherwise whoever began this died before it answered, and the money is booked.
    if ticket.as_ref().and_then(Ticket::effect).is_none() {
        engine.mark_paid_once(&id, receipt, me.actor(), ticket.as_ref()).await?;
    }
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}
