//! Charge-backs: what a payer's bank took back of an order's money, entered by staff where no
//! gateway tells of it.

use axum::Json;
use axum::extract::State;
use domain::dispute::State as Standing;
use domain::id::AccountId;
use engine::Engine;
use engine::dispute::Charge;
use engine::pay::read_amount;
use engine::read::{Dispute, Viewer};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::api::shapes::{Amount, countable, maybe_time, time};
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Dispute)]
pub(super) struct DisputeAnswer {
    id: String,
    /// `open`, `won` or `lost`.
    state: &'static str,
    #[serde(flatten)]
    amount: Amount,
    gateway: String,
    /// The movement that is taken back.
    gateway_payment: String,
    opened_at: String,
    ended_at: Option<String>,
}

impl From<Dispute> for DisputeAnswer {
    fn from(dispute: Dispute) -> DisputeAnswer {
        DisputeAnswer {
            id: dispute.id,
            state: dispute.state.as_str(),
            amount: dispute.amount.into(),
            gateway: dispute.gateway,
            gateway_payment: dispute.gateway_payment,
            opened_at: time(dispute.opened_at),
            ended_at: maybe_time(dispute.ended_at),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DisputeWish {
    /// The gateway's or the bank's number of it; the same number again tells how it ended.
    id: String,
    /// `open`, `won` or `lost`.
    #[schema(example = "open")]
    state: String,
    #[schema(example = 69900)]
    amount: i64,
    #[schema(example = "INR")]
    currency: String,
    #[schema(example = "razorpay")]
    gateway: String,
    /// The gateway's id of the movement that is taken back, as the ledger's cause names it.
    gateway_payment: String,
}

/// Enter a charge-back, or how it ended
///
/// Stripe tells of its own; those of other gateways staff read in the dashboard.
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/disputes",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = DisputeWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn enter(
    State(engine): State<Engine>,
    Any { id, me }: Any,
    Sent(wish): Sent<DisputeWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    engine.enter_dispute(&id, wish.charge()?, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}

/// Enter a charge-back of a top-up, or how it ended
///
/// It is the shop's loss; the wallet keeps what is in it.
#[utoipa::path(
    post,
    path = "/api/admin/accounts/{id}/disputes",
    tag = "staff",
    params(("id" = String, Path)),
    request_body = DisputeWish,
    responses((status = 204))
)]
pub(crate) async fn enter_of_top_up(
    State(engine): State<Engine>,
    me: Me,
    At(account): At<AccountId>,
    Sent(wish): Sent<DisputeWish>,
) -> Result<StatusCode, Problem> {
    engine.enter_top_up_dispute(&account, wish.charge()?, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl DisputeWish {
    fn charge(self) -> Result<Charge, Problem> {
        let state = Standing::parse(&self.state)
            .ok_or_else(|| Problem::new("invalid-kind", "state must be open, won or lost"))?;
        Ok(Charge {
            gateway: self.gateway,
            gateway_payment: self.gateway_payment,
            id: self.id,
            amount: read_amount(countable(self.amount)?, &self.currency)?,
            state,
        })
    }
}
