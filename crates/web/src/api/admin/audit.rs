//! Who did what, newest first.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::audit::{AuditRow, AuditSought};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shapes::{List, moment, time};
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
pub(crate) struct Wanted {
    /// Who did it: an account's id, its mail address, or the word of the part that acted.
    #[serde(default)]
    actor: String,
    /// What was done, by its word.
    #[serde(default)]
    action: String,
    /// The id of what was acted on; of an order also its number.
    #[serde(default)]
    subject: String,
    /// Done then or later: a moment such as `2026-11-21T00:00:00Z`.
    from: Option<String>,
    /// Done before that moment.
    until: Option<String>,
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
    params(Part, Wanted),
    responses((status = 200, body = List<AuditAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<List<AuditAnswer>>, Problem> {
    let sought = AuditSought {
        who: wanted.actor,
        what: wanted.action,
        about: wanted.subject,
        from: moment(wanted.from.as_deref(), "from")?,
        until: moment(wanted.until.as_deref(), "until")?,
    };
    let limit = Some(part.limit()?.into());
    let found = engine.find_audit(&sought, part.after.as_deref(), limit).await?;
    Ok(Json(List::of(found.page, row)))
}
