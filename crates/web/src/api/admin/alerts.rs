//! Troubles that were told, newest first; those that are over too.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Alert;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{List, maybe_time, time};
use crate::body::{Asked, Part};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Alert)]
pub(crate) struct AlertAnswer {
    kind: String,
    /// The id of an order or a product, or a provider's name.
    subject: String,
    at: String,
    text: String,
    resolved_at: Option<String>,
}

fn alert(alert: Alert) -> AlertAnswer {
    let Alert { kind, subject, at, text, resolved_at, .. } = alert;
    AlertAnswer { kind, subject, at: time(at), text, resolved_at: maybe_time(resolved_at) }
}

/// Alerts
#[utoipa::path(
    get,
    path = "/api/admin/alerts",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<AlertAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<AlertAnswer>>, Problem> {
    let limit = Some(part.limit()?.into());
    let page = engine.alerts(part.after.as_deref(), limit).await?;
    Ok(Json(List::of(page, alert)))
}
