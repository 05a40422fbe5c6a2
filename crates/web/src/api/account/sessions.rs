//! Where one is signed in, and ending that.

use axum::Json;
use axum::extract::State;
use domain::id::SessionId;
use engine::Engine;
use engine::session::OpenSession;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{List, time};
use crate::auth::Me;
use crate::body::At;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionAnswer {
    id: String,
    /// What the browser calls itself.
    agent: String,
    /// From where it signed in.
    address: String,
    created_at: String,
    /// Noted every few minutes.
    seen_at: String,
    /// The one that asks.
    current: bool,
}

pub(crate) fn answer(open: OpenSession) -> SessionAnswer {
    SessionAnswer {
        id: open.id.to_string(),
        agent: open.agent,
        address: open.address,
        created_at: time(open.began_at),
        seen_at: time(open.seen_at),
        current: open.is_this_one,
    }
}

/// My open sessions, newest first
#[utoipa::path(
    get,
    path = "/api/account/sessions",
    tag = "account",
    responses((status = 200, body = List<SessionAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    me: Me,
) -> Result<Json<List<SessionAnswer>>, Problem> {
    let open = engine.open_sessions(&me.0).await?;
    Ok(Json(List { items: open.into_iter().map(answer).collect(), next: None }))
}

/// End one of my sessions
#[utoipa::path(
    delete,
    path = "/api/account/sessions/{id}",
    tag = "account",
    params(("id" = String, Path)),
    responses((status = 204, description = "Ended"))
)]
pub(crate) async fn end(
    State(engine): State<Engine>,
    me: Me,
    At(session): At<SessionId>,
) -> Result<StatusCode, Problem> {
    engine.end_session(&me.0, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub(crate) struct EndedAnswer {
    pub ended: u64,
}

/// End all my sessions but the one that asks
#[utoipa::path(
    post,
    path = "/api/account/sessions/end-others",
    tag = "account",
    responses((status = 200, body = EndedAnswer))
)]
pub(crate) async fn end_others(
    State(engine): State<Engine>,
    me: Me,
) -> Result<Json<EndedAnswer>, Problem> {
    Ok(Json(EndedAnswer { ended: engine.end_other_sessions(&me.0).await? }))
}
