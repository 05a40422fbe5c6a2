//! One's address: proving it, having another, and the way back in by mail. What is answered to
//! visitors is the same for every address.

use axum::extract::State;
use engine::Engine;
use engine::secret::Secret;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::{Caller, Me};
use crate::body::Sent;
use crate::problem::Problem;

/// Send me the link that proves my address
#[utoipa::path(
    post,
    path = "/api/account/verification",
    tag = "account",
    responses((status = 202, description = "A mail is on its way"))
)]
pub(crate) async fn send_again(
    State(engine): State<Engine>,
    me: Me,
    Caller { address, .. }: Caller,
) -> Result<StatusCode, Problem> {
    engine.send_verification(&me.0, address).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailWish {
    #[schema(example = "ada@example.com")]
    email: String,
}

/// Have another address; it is mine once its link was opened
#[utoipa::path(
    post,
    path = "/api/account/email",
    tag = "account",
    request_body = EmailWish,
    responses((status = 202, description = "A mail is on its way"))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    me: Me,
    Caller { address, .. }: Caller,
    Sent(EmailWish { email }): Sent<EmailWish>,
) -> Result<StatusCode, Problem> {
    engine.change_address(&me.0, &email, address).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWish {
    /// Of the link.
    token: String,
}

/// Prove an address by the token of its link
#[utoipa::path(
    post,
    path = "/api/account/verify",
    tag = "account",
    request_body = TokenWish,
    responses((status = 204, description = "Proven"))
)]
pub(crate) async fn verify(
    State(engine): State<Engine>,
    Sent(TokenWish { token }): Sent<TokenWish>,
) -> Result<StatusCode, Problem> {
    engine.verify_address(&Secret::new(token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for a link that sets a new password
#[utoipa::path(
    post,
    path = "/api/account/forgot",
    tag = "account",
    request_body = EmailWish,
    responses((status = 202, description = "A mail is on its way, whoever has the address"))
)]
pub(crate) async fn forgot(
    State(engine): State<Engine>,
    Caller { address, .. }: Caller,
    Sent(EmailWish { email }): Sent<EmailWish>,
) -> Result<StatusCode, Problem> {
    engine.ask_reset(&email, address).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetWish {
    /// Of the link.
    token: String,
    password: String,
}

/// Set a new password by the token of a link; all sessions end
#[utoipa::path(
    post,
    path = "/api/account/reset",
    tag = "account",
    request_body = ResetWish,
    responses((status = 204, description = "Set"))
)]
pub(crate) async fn reset(
    State(engine): State<Engine>,
    Sent(ResetWish { token, password }): Sent<ResetWish>,
) -> Result<StatusCode, Problem> {
    engine.reset_password(&Secret::new(token), &Secret::new(password)).await?;
    Ok(StatusCode::NO_CONTENT)
}
