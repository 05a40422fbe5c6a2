//! A visitor becomes a customer.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use engine::account::SignUp;
use engine::secret::Secret;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;

use super::sign_in::SignedInAnswer;
use crate::app::Shop;
use crate::auth::{self, Caller};
use crate::body::Sent;
use crate::cart;
use crate::problem::Problem;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpWish {
    #[schema(example = "ada@example.com")]
    email: String,
    password: String,
    name: Option<String>,
}

/// Make an account and sign in
#[utoipa::path(
    post,
    path = "/api/account/sign-up",
    tag = "account",
    request_body = SignUpWish,
    responses((status = 201, body = SignedInAnswer))
)]
pub(crate) async fn sign_up(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Sent(wish): Sent<SignUpWish>,
) -> Result<impl IntoResponse, Problem> {
    let SignUpWish { email, password, name } = wish;
    let (password, name) = (Secret::new(password), name.unwrap_or_default());
    let wish = SignUp { email, name, password, language: None, agent, address };
    let session = shop.engine().sign_up(wish).await?;
    let cookie = auth::cookie(&session, shop.engine().now(), shop.is_secure());
    let joined = cart::joined(&shop, &headers, &session).await;
    let cookies = cookie.into_iter().chain(joined.cookie);
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::CREATED, cookies, Json(SignedInAnswer::of(&session))))
}
