//! Another payment for an order that is not paid, also while an earlier one is open.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::at::Own;
use crate::api::create_order::CreatedAnswer;
use crate::api::shapes::Amount;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PayWish {
    /// One of the shop's gateways; the first that answers without it.
    pub payment_method: Option<String>,
    /// At most so much is taken out of my wallet, in place of what it pays so far.
    pub wallet: Option<Amount>,
}

/// Start another payment
#[utoipa::path(
    post,
    path = "/api/orders/{id}/pay",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = PayWish,
    responses((status = 200, body = CreatedAnswer))
)]
pub(crate) async fn pay(
    State(engine): State<Engine>,
    Own { id, .. }: Own,
    Sent(wish): Sent<PayWish>,
) -> Result<Json<CreatedAnswer>, Problem> {
    let from_wallet = wish.wallet.map(|most| most.money()).transpose()?;
    let method = wish.payment_method.as_deref();
    let (order, paying) = engine.pay_again(&id, method, from_wallet).await?;
    Ok(Json(CreatedAnswer::of(&order, paying)))
}
