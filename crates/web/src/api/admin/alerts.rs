//! Troubles that were told, newest first, those that are over too; and a person's word that one
//! is over.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Alert;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{List, maybe_time, time};
use crate::auth::Me;
use crate::body::{Asked, Part, Sent};
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

/// Which alert, and why it is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleWish {
    kind: String,
    subject: String,
    /// What you found; it goes on record.
    reason: String,
}

/// Settle an alert
///
/// For `address-sold-twice`, `errand-unsettled`, `payment-mismatch`, `payment-unanswered`,
/// `packages-new`, `top-up-differs`, `top-up-of-nobody`, `mail-refused` and `notice-unsent`, whose
/// end only a person can know. All others end with their trouble: 409.
#[utoipa::path(
    post,
    path = "/api/admin/alerts/settle",
    tag = "staff",
    request_body = SettleWish,
    responses((status = 200, body = AlertAnswer))
)]
pub(crate) async fn settle(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<SettleWish>,
) -> Result<Json<AlertAnswer>, Problem> {
    let about = (&*wish.kind, &*wish.subject);
    Ok(Json(alert(engine.settle_alert(about, &wish.reason, me.actor()).await?)))
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
