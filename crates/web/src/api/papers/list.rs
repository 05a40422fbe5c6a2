//! One's own papers, and those of an order.

use axum::Json;
use axum::extract::State;
use domain::id::PaperId;
use engine::Engine;
use engine::read::Viewer;

use super::answer::{OrderPapersAnswer, PaperAnswer, ReceiptAnswer};
use crate::api::at::{Visible, viewer_of};
use crate::api::shapes::List;
use crate::auth::Me;
use crate::body::{Asked, At, Part};
use crate::problem::Problem;

/// Your invoices and credit notes, newest first
#[utoipa::path(
    get,
    path = "/api/papers",
    tag = "papers",
    params(Part),
    responses((status = 200, body = List<PaperAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    me: Me,
    Asked(part): Asked<Part>,
) -> Result<Json<List<PaperAnswer>>, Problem> {
    let mine = Viewer::Owner(me.0.id.clone());
    let (limit, after) = (part.limit()?, part.after.as_deref());
    let page = engine.papers(&mine, after, Some(limit.into())).await?;
    Ok(Json(List::of(page, PaperAnswer::from)))
}

/// An invoice or a credit note
#[utoipa::path(
    get,
    path = "/api/papers/{id}",
    tag = "papers",
    params(("id" = String, Path, description = "The paper's id")),
    responses((status = 200, body = PaperAnswer))
)]
pub(crate) async fn one(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<PaperId>,
) -> Result<Json<PaperAnswer>, Problem> {
    Ok(Json(engine.paper(&id, &viewer_of(&me)).await?.into()))
}

/// The papers of an order, with its receipts
#[utoipa::path(
    get,
    path = "/api/orders/{id}/papers",
    tag = "papers",
    params(("id" = String, Path, description = "The order's id or number")),
    responses((status = 200, body = OrderPapersAnswer))
)]
pub(crate) async fn of_order(
    State(engine): State<Engine>,
    Visible { id, viewer, .. }: Visible,
) -> Result<Json<OrderPapersAnswer>, Problem> {
    let found = engine.papers_of_order(&id, &viewer).await?;
    let receipts = found.payments.into_iter().zip(1..);
    Ok(Json(OrderPapersAnswer {
        papers: found.papers.into_iter().map(PaperAnswer::from).collect(),
        receipts: receipts.map(|(payment, at)| ReceiptAnswer::of(&id, at, payment)).collect(),
    }))
}
