//! What a person must look at, most urgent first.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Listed;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{Amount, List, time};
use crate::body::{Asked, Part};
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

/// Orders that wait for a person
#[utoipa::path(
    get,
    path = "/api/admin/needs-attention",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<ListedAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<ListedAnswer>>, Problem> {
    let limit = Some(part.limit()?.into());
    let page = engine.needs_attention(part.after.as_deref(), limit).await?;
    Ok(Json(List::of(page, listed)))
}
