//! What a customer signs in to a server with. Every look is on record.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::Engine;
use engine::permission::Act;
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::at::{Visible, find};
use crate::app::Shop;
use crate::headers::NO_STORE;
use crate::problem::Problem;
use engine::read::Viewer;

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
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    Visible { id, me, .. }: Visible,
) -> Result<impl IntoResponse, Problem> {
    // Whoever sees the orders of others need not be one who may open their servers.
    if !me.may(Act::RevealAnyCredentials) {
        find(&shop, id.as_str(), &Viewer::Owner(me.0.id.clone())).await?;
    }
    let (server, credentials) = engine.reveal_credentials(&id, me.actor()).await?;
    let address = server.address.to_string();
    let (username, password) = (credentials.username, credentials.password);
    let answer = CredentialsAnswer { address, username, password };
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(answer)))
}
