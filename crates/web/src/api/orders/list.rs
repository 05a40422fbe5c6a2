//! Orders in a list: one's own, or for staff everybody's.

use axum::Json;
use axum::extract::State;
use engine::Engine;

use super::OrderAnswer;
use crate::api::at::viewer_of;
use crate::api::shapes::List;
use crate::auth::Me;
use crate::body::{Asked, Part};
use crate::problem::Problem;

/// Orders, newest first
#[utoipa::path(
    get,
    path = "/api/orders",
    tag = "orders",
    params(Part),
    responses((status = 200, body = List<OrderAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    me: Me,
    Asked(part): Asked<Part>,
) -> Result<Json<List<OrderAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after.as_deref());
    let page = engine.orders_view(&viewer_of(&me), after, Some(limit.into())).await?;
    Ok(Json(List::of(page, OrderAnswer::from)))
}
