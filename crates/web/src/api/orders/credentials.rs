//! What a customer signs in to a server with. Every look is on record.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::Engine;
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::at::Openable;
use crate::headers::NO_STORE;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = Credentials)]
pub(crate) struct CredentialsAnswer {
    address: String,
    username: String,
    password: String,
}

/// Reveal the credentials of a delivered server
#[utoipa::path(
    post,
    path = "/api/orders/{id}/credentials",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    responses((status = 200, body = CredentialsAnswer))
)]
pub(crate) async fn reveal(
    State(engine): State<Engine>,
    Openable { id, me, .. }: Openable,
) -> Result<impl IntoResponse, Problem> {
    let (server, credentials) = engine.reveal_credentials(&id, me.actor()).await?;
    let address = server.address.to_string();
    let (username, password) = (credentials.username, credentials.password);
    let answer = CredentialsAnswer { address, username, password };
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(answer)))
}
