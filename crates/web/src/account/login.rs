//! Signing in. What was wrong is never told more exactly than that it was wrong.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::secret::Secret;
use engine::session::{SignIn, SignedIn};
use http::{HeaderMap, header};
use serde::Deserialize;

use super::{Next, code};
use crate::app::Shop;
use crate::auth::{self, Caller};
use crate::body::Asked;
use crate::cart;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Login;
use crate::view::{Field, Here, Said};

/// `/login`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(next): Asked<Next>,
) -> Result<Response, Problem> {
    if around.looking.account().is_some() {
        return Ok(page::on_to(first_page(next.within())));
    }
    page::show(&blank(&shop, &around, next.within()))
}

fn blank(shop: &Shop, around: &Around, next: &str) -> Login {
    Login {
        frame: around.spoken(shop, "sign-in", Here::Login),
        email: Field::default(),
        refused: None,
        next: next.to_owned(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Signing {
    email: String,
    password: String,
    #[serde(flatten)]
    next: Next,
}

/// A person proves who they are, and goes on to where they wanted to go.
pub(crate) async fn sign_in(
    State(shop): State<Shop>,
    around: Around,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Posted(sent): Posted<Signing>,
) -> Result<Response, Problem> {
    let password = Secret::new(sent.password);
    let wish = SignIn { email: sent.email.clone(), password, agent, address };
    let next = sent.next.within();
    match shop.engine().sign_in(wish).await {
        Ok(session) => Ok(signed_in(&shop, &headers, &session, (first_page(next), None)).await),
        Err(Error::NeedsCode { ticket }) => Ok(code::asked(&shop, &ticket, next)),
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let page = blank(&shop, &around, next);
            let page = Login {
                email: Field::of(sent.email),
                refused: Some(around.language().refused(&error)),
                ..page
            };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where somebody goes who wanted to go nowhere else.
pub(super) fn first_page(next: &str) -> &str {
    if next.is_empty() { paths::SHOP } else { next }
}

/// On to a page, with the session's cookie, and with what the visitor had in their cart.
pub(crate) async fn signed_in(
    shop: &Shop,
    headers: &HeaderMap,
    session: &SignedIn,
    (next, said): (&str, Option<Said>),
) -> Response {
    let joined = cart::joined(shop, headers, session).await;
    let said = if joined.is_capped { Some(Said::CartCapped) } else { said };
    let mut response = match said {
        Some(said) => page::on_to_say(next, said),
        None => page::on_to(next),
    };
    let cookie = auth::cookie(session, shop.engine().now(), shop.is_secure());
    for cookie in cookie.into_iter().chain(joined.cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
