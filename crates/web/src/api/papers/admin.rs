//! All papers for staff, and the return of sales as files.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::gst_return::Sheet;
use engine::Engine;
use engine::gst_return::Months;
use engine::read::Viewer;
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::PaperAnswer;
use crate::api::shapes::List;
use crate::app::Shop;
use crate::body::{Asked, Part};
use crate::problem::Problem;

/// All invoices and credit notes, newest first
#[utoipa::path(
    get,
    path = "/api/admin/papers",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<PaperAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<PaperAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after.as_deref());
    let page = engine.papers(&Viewer::Staff, after, Some(limit.into())).await?;
    Ok(Json(List::of(page, PaperAnswer::from)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `b2b`, `b2cl`, `b2cs`, `cdnr`, `cdnur`, `exp` or `exemp`.
    sheet: String,
    /// The first month, such as `2026-11`.
    from: String,
    /// The last month; without it the first alone.
    to: Option<String>,
}

/// One sheet of the return of sales (GSTR-1) as CSV
#[utoipa::path(
    get,
    path = "/api/admin/gst-return",
    tag = "staff",
    params(Wanted),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
pub(crate) async fn tax_return(
    State(shop): State<Shop>,
    Asked(Wanted { sheet, from, to }): Asked<Wanted>,
) -> Result<Response, Problem> {
    let sheet = Sheet::parse(&sheet).ok_or_else(|| Problem::missing("sheet", &sheet))?;
    let found = shop.engine().gst_return(Months::read(&from, to.as_deref())?).await?;
    let text = crate::papers::written(sheet, &found.papers, &shop.app().look.zone);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
}
