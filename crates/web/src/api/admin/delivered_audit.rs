//! The audit of all delivered orders: what the last one came to, and one that is made now.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::reconcile::audit::Audited;
use engine::report::Told;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::time;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderOutside)]
struct OutsideAnswer {
    order_id: String,
    order_number: String,
    /// How the server lies outside what was sold.
    why: String,
}

/// It is made by itself every six hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveredAudit)]
pub(crate) struct AuditAnswer {
    /// The moment that the figures are of; null before the first audit.
    audited_at: Option<String>,
    /// One is under way, or about to begin.
    is_running: bool,
    /// Why the last one came to nothing; the figures are those of the one before.
    failure: Option<String>,
    /// Delivered orders that were looked at.
    looked: u64,
    /// How many of them lie outside what was sold.
    outside: u64,
    /// The first 500 of those.
    orders: Vec<OutsideAnswer>,
}

fn answer(Told { kept, is_counting, fault }: Told<Audited>) -> AuditAnswer {
    let audited_at = kept.as_ref().map(|kept| time(kept.at));
    let Audited { looked, outside, named } = kept.map(|kept| kept.figures).unwrap_or_default();
    let order = |(id, order_number, why): (domain::id::OrderId, String, String)| OutsideAnswer {
        order_id: id.to_string(),
        order_number,
        why,
    };
    AuditAnswer {
        audited_at,
        is_running: is_counting,
        failure: fault.map(|(_, why)| why),
        looked,
        outside,
        orders: named.into_iter().map(order).collect(),
    }
}

/// What the last audit of all delivered orders came to
#[utoipa::path(
    get,
    path = "/api/admin/investigation/audit",
    tag = "staff",
    responses((status = 200, body = AuditAnswer))
)]
pub(crate) async fn show(State(engine): State<Engine>) -> Result<Json<AuditAnswer>, Problem> {
    Ok(Json(answer(engine.audit_told().await?)))
}

/// Audit all delivered orders now
#[utoipa::path(
    post,
    path = "/api/admin/investigation/audit",
    tag = "staff",
    responses((status = 202, body = AuditAnswer, description = "A worker makes it: ask again"))
)]
pub(crate) async fn start(
    State(engine): State<Engine>,
) -> Result<(StatusCode, Json<AuditAnswer>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(answer(engine.audit_anew().await?))))
}
