//! Another password, and proving again who one is.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::Engine;
use engine::account::NewPassword;
use engine::secret::Secret;
use http::{StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::Shop;
use crate::auth::{self, Caller, Me};
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordWish {
    /// The one it replaces.
    current: String,
    password: String,
}

/// Change my password; all other sessions end
#[utoipa::path(
    post,
    path = "/api/account/password",
    tag = "account",
    request_body = PasswordWish,
    responses((status = 204, description = "Changed"))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    me: Me,
    Caller { address, .. }: Caller,
    Sent(PasswordWish { current, password }): Sent<PasswordWish>,
) -> Result<StatusCode, Problem> {
    let (current, new) = (Secret::new(current), Secret::new(password));
    engine.change_password(&me.0, NewPassword { current, new, address }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProofWish {
    /// My password; a code where I have a second factor.
    proof: String,
}

/// Prove again who I am; holds for ten minutes in this session
#[utoipa::path(
    post,
    path = "/api/account/prove",
    tag = "account",
    request_body = ProofWish,
    responses((status = 204, description = "Proven"))
)]
pub(crate) async fn prove(
    State(shop): State<Shop>,
    me: Me,
    Caller { address, .. }: Caller,
    Sent(ProofWish { proof }): Sent<ProofWish>,
) -> Result<Response, Problem> {
    let token = shop.engine().prove_again(&me.0, &Secret::new(proof), address).await?;
    let token = token.and_then(|token| auth::renewed_cookie(&token, shop.is_secure()));
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(token.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
