//! A session ends. One that has ended already stays ended.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, header};

use crate::app::Shop;
use crate::auth;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn sign_out(
    State(shop): State<Shop>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = auth::session_token(&headers) {
        shop.engine().sign_out(&token).await?;
    }
    let mut response = page::on_to_say(paths::SHOP, Said::SignedOut);
    if let Some(cookie) = auth::no_cookie(shop.is_secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
