//! A session ends. One that has ended already stays ended.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use http::{HeaderMap, StatusCode, header};

use crate::app::Shop;
use crate::auth;
use crate::problem::Problem;

/// Sign out
#[utoipa::path(
    post,
    path = "/api/account/sign-out",
    tag = "account",
    responses((status = 204, description = "Signed out"))
)]
pub(crate) async fn sign_out(
    State(shop): State<Shop>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if let Some(token) = auth::session_token(&headers) {
        shop.engine().sign_out(&token).await?;
    }
    let cookie = auth::no_cookie(shop.is_secure());
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::NO_CONTENT, cookie))
}
