//! Silences: what staff are told nothing of for a time, for programs.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::Engine;
use engine::read::Page;
use engine::silence::{Silence, SilenceId, SilenceWish};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{List, time};
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Silence)]
pub(crate) struct SilenceAnswer {
    id: String,
    kind: String,
    /// What the alert is about; nothing: all of the kind.
    subject: Option<String>,
    ends_at: String,
    reason: String,
    /// Who set it.
    set_by: String,
    set_at: String,
    /// How many open alerts it keeps quiet.
    open: i64,
}

fn answer(silence: Silence) -> SilenceAnswer {
    SilenceAnswer {
        id: silence.id.to_string(),
        kind: silence.kind,
        subject: silence.subject,
        ends_at: time(silence.until),
        reason: silence.reason,
        set_by: silence.set_by,
        set_at: time(silence.set_at),
        open: silence.open,
    }
}

/// What is to be quiet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SilenceWish)]
pub(crate) struct Wished {
    #[schema(example = "sync-failing")]
    kind: String,
    /// What the alert is about; without it, all of the kind.
    subject: Option<String>,
    /// 1 to 168.
    hours: u32,
    /// It goes on record.
    reason: String,
}

/// Silences
///
/// What lasts, the one that ends first at the head.
#[utoipa::path(
    get,
    path = "/api/admin/alerts/silences",
    tag = "staff",
    responses((status = 200, body = List<SilenceAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<List<SilenceAnswer>>, Problem> {
    let page = Page { items: engine.silences().await?, next: None };
    Ok(Json(List::of(page, answer)))
}

/// Silence alerts
///
/// They are written and listed as ever, and told to nobody by mail, chat or webhook. What is still
/// open at the end is told then. The same kind and subject again replaces the earlier silence.
#[utoipa::path(
    post,
    path = "/api/admin/alerts/silences",
    tag = "staff",
    request_body = Wished,
    responses((status = 201, body = SilenceAnswer))
)]
pub(crate) async fn set(
    State(engine): State<Engine>,
    me: Me,
    Sent(wished): Sent<Wished>,
) -> Result<impl IntoResponse, Problem> {
    let Wished { kind, subject, hours, reason } = wished;
    let wish = SilenceWish { kind, subject, hours, reason };
    let set = engine.silence_alerts(wish, me.actor()).await?;
    Ok((StatusCode::CREATED, Json(answer(set))))
}

/// End a silence
#[utoipa::path(
    post,
    path = "/api/admin/alerts/silences/{id}/end",
    tag = "staff",
    params(("id" = String, Path, example = "3")),
    responses((status = 204))
)]
pub(crate) async fn end(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<SilenceId>,
) -> Result<StatusCode, Problem> {
    engine.end_silence(id, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
