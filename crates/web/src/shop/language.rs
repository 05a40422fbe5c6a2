//! Choosing the language of pages: kept by the browser for a year, and with the account of whoever
//! is signed in.

use axum::extract::State;
use axum::response::Response;
use http::header;
use serde::Deserialize;

use crate::app::Shop;
use crate::auth;
use crate::language::Language;
use crate::page::{self, Looking, Posted};
use crate::paths;
use crate::problem::Problem;

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    language: String,
    #[serde(default)]
    next: String,
}

/// On to the same page, in the language that was chosen.
pub(crate) async fn choose(
    State(shop): State<Shop>,
    looking: Looking,
    Posted(Chosen { language, next }): Posted<Chosen>,
) -> Result<Response, Problem> {
    let language = Language::of(&language)
        .ok_or_else(|| Problem::malformed("the shop does not speak this language"))?;
    if let Some(me) = looking.account() {
        shop.engine().choose_language(me, language.code()).await?;
    }
    let mut response = page::on_to(paths::within(&next).unwrap_or(paths::SHOP));
    let cookie = auth::language_cookie(language, shop.is_secure());
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
