//! Who did what, newest first.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::audit::AuditRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shapes::{List, time};
use crate::body::{Asked, Part};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = Audit)]
pub(crate) struct AuditAnswer {
    at: String,
    /// An account's id, or the word of the part that acted by itself.
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct About {
    /// The id of what was acted on; everything without it.
    subject: Option<String>,
}

fn row(row: AuditRow) -> AuditAnswer {
    let AuditRow { at, actor, action, subject, detail, .. } = row;
    AuditAnswer { at: time(at), actor, action, subject, detail }
}

/// The audit
#[utoipa::path(
    get,
    path = "/api/admin/audit",
    tag = "staff",
    params(Part, About),
    responses((status = 200, body = List<AuditAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
    Asked(About { subject }): Asked<About>,
) -> Result<Json<List<AuditAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after(|text| text.parse().ok())?);
    let rows = engine.list_audit(subject.as_deref(), after, limit + 1).await?;
    Ok(Json(List::cut(rows, limit, |row| row.id.to_string(), row)))
}
