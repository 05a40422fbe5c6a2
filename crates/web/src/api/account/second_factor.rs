//! One's second factor: setting it up, new recovery codes, and switching it off.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::Engine;
use engine::secret::Secret;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Me;
use crate::body::Sent;
use crate::headers::NO_STORE;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactorSetup)]
pub(crate) struct SetupAnswer {
    /// In letters of base 32, told once, here.
    secret: String,
    /// The same as devices scan it.
    uri: String,
}

/// Begin to set up a second factor
#[utoipa::path(
    post,
    path = "/api/account/second-factor",
    tag = "account",
    responses((status = 201, body = SetupAnswer))
)]
pub(crate) async fn begin(
    State(engine): State<Engine>,
    me: Me,
) -> Result<impl IntoResponse, Problem> {
    let setup = engine.begin_second_factor(&me.0).await?;
    let (secret, uri) = (setup.secret.expose().to_owned(), setup.uri.expose().to_owned());
    Ok((
        StatusCode::CREATED,
        [(header::CACHE_CONTROL, NO_STORE)],
        Json(SetupAnswer { secret, uri }),
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeWish {
    /// What the device shows, or a recovery code.
    code: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecoveryCodes)]
pub(crate) struct CodesAnswer {
    /// Told once, here.
    recovery_codes: Vec<String>,
}

fn told(codes: Vec<Secret>) -> impl IntoResponse {
    let recovery_codes = codes.iter().map(|code| code.expose().to_owned()).collect();
    ([(header::CACHE_CONTROL, NO_STORE)], Json(CodesAnswer { recovery_codes }))
}

/// Switch it on by a code of the device
#[utoipa::path(
    post,
    path = "/api/account/second-factor/confirm",
    tag = "account",
    request_body = CodeWish,
    responses((status = 200, body = CodesAnswer))
)]
pub(crate) async fn confirm(
    State(engine): State<Engine>,
    me: Me,
    Sent(CodeWish { code }): Sent<CodeWish>,
) -> Result<impl IntoResponse, Problem> {
    Ok(told(engine.confirm_second_factor(&me.0, &Secret::new(code)).await?))
}

/// Make new recovery codes
#[utoipa::path(
    post,
    path = "/api/account/second-factor/codes",
    tag = "account",
    request_body = CodeWish,
    responses((status = 200, body = CodesAnswer))
)]
pub(crate) async fn renew(
    State(engine): State<Engine>,
    me: Me,
    Sent(CodeWish { code }): Sent<CodeWish>,
) -> Result<impl IntoResponse, Problem> {
    Ok(told(engine.renew_recovery_codes(&me.0, &Secret::new(code)).await?))
}

/// Switch it off
#[utoipa::path(
    post,
    path = "/api/account/second-factor/off",
    tag = "account",
    request_body = CodeWish,
    responses((status = 204, description = "Off"))
)]
pub(crate) async fn end(
    State(engine): State<Engine>,
    me: Me,
    Sent(CodeWish { code }): Sent<CodeWish>,
) -> Result<StatusCode, Problem> {
    engine.end_second_factor(&me.0, &Secret::new(code)).await?;
    Ok(StatusCode::NO_CONTENT)
}
