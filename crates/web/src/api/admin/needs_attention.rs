//! What a person must look at, most urgent first.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::{Listed, Wanted};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::at::Any;
use crate::api::shapes::{Amount, List, time};
use crate::body::{Asked, Part, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NeedsAttention)]
pub(crate) struct ListedAnswer {
    order_id: String,
    order_number: String,
    product_name: String,
    #[serde(flatten)]
    amount: Amount,
    why: String,
    error: Option<String>,
    since: String,
    due_at: String,
    owner: Option<String>,
}

fn listed(row: Listed) -> ListedAnswer {
    ListedAnswer {
        order_id: row.order.to_string(),
        order_number: row.number,
        product_name: row.product_name,
        amount: row.amount.into(),
        why: row.why,
        error: row.error,
        since: time(row.since),
        due_at: time(row.due_at),
        owner: row.owner,
    }
}

/// For which reason.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The word of a reason, as `why` of an answer; without it all.
    why: Option<String>,
}

/// Orders that wait for a person
#[utoipa::path(
    get,
    path = "/api/admin/needs-attention",
    tag = "staff",
    params(Which, Part),
    responses((status = 200, body = List<ListedAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(which): Asked<Which>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<ListedAnswer>>, Problem> {
    let limit = Some(part.limit()?.into());
    let wanted = Wanted { why: which.why, ..Wanted::default() };
    let desk = engine.desk(&wanted, part.after.as_deref(), limit).await?;
    Ok(Json(List::of(desk.page, listed)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeOver {
    /// To be done within so many hours; 1 to 336.
    hours: u32,
}

/// Take over an order that waits for a person
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/take-over",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = TakeOver,
    responses((status = 204))
)]
pub(crate) async fn take_over(
    State(engine): State<Engine>,
    Any { id, me }: Any,
    Sent(wish): Sent<TakeOver>,
) -> Result<StatusCode, Problem> {
    engine.take_over_listed(&id, wish.hours, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
