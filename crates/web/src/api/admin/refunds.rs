//! Money on its way back, movement by movement, and what staff have paid back themselves.

use axum::Json;
use axum::extract::State;
use domain::id::RefundId;
use engine::Engine;
use engine::read::{Refund, Viewer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::orders::OrderAnswer;
use crate::api::shapes::{Amount, maybe_time, time};
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Refund)]
pub(super) struct RefundAnswer {
    /// What the gateway knows it by.
    id: String,
    /// `planned`, `requested`, `pending` and `done` at a gateway; `by_hand` and `paid_by_hand`
    /// where staff pay; `failed` where nothing went back.
    state: &'static str,
    #[serde(flatten)]
    amount: Amount,
    gateway: String,
    /// The movement that is given back.
    gateway_payment: String,
    gateway_refund: Option<String>,
    /// It is credit in the customer's wallet.
    to_wallet: bool,
    reference: Option<String>,
    reason: Option<String>,
    planned_at: String,
    ended_at: Option<String>,
}

impl From<Refund> for RefundAnswer {
    fn from(refund: Refund) -> RefundAnswer {
        RefundAnswer {
            id: refund.id.to_string(),
            state: refund.state.as_str(),
            amount: refund.amount.into(),
            gateway: refund.gateway,
            gateway_payment: refund.gateway_payment,
            gateway_refund: refund.gateway_refund,
            to_wallet: refund.to_wallet,
            reference: refund.reference,
            reason: refund.reason,
            planned_at: time(refund.planned_at),
            ended_at: maybe_time(refund.ended_at),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaidBackWish {
    /// The bank's number of the transfer, or the UTR: unique for ever.
    reference: String,
}

/// Enter a refund that staff have paid by hand
///
/// For money that its gateway cannot give back, or has failed to.
#[utoipa::path(
    post,
    path = "/api/admin/refunds/{id}/paid-by-hand",
    tag = "staff",
    params(("id" = String, Path, description = "Its id, from the order's `refunds`")),
    request_body = PaidBackWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn paid_by_hand(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<RefundId>,
    Sent(wish): Sent<PaidBackWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let order = engine.refund_paid_by_hand(&id, &wish.reference, me.actor()).await?;
    Ok(Json(engine.order_view(&order, &Viewer::Staff).await?.into()))
}
