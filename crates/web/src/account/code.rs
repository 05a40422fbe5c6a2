//! The second step of signing in: a code. Between the steps the browser keeps a ticket, which opens
//! nothing by itself.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::secret::Secret;
use engine::session::CodeShown;
use http::{HeaderMap, header};
use serde::Deserialize;

use super::Next;
use super::login::{first_page, signed_in};
use crate::app::Shop;
use crate::auth::{self, Caller};
use crate::body::Asked;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Code;
use crate::view::{Field, Here};

/// The password was right: on to the code.
pub(crate) fn asked(shop: &Shop, ticket: &Secret, next: &str) -> Response {
    let mut response = page::on_to(&paths::login_code(next));
    if let Some(cookie) = auth::ticket_cookie(ticket, shop.is_secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `/login/code`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(next): Asked<Next>,
) -> Result<Response, Problem> {
    page::show(&blank(&shop, &around, next.within()))
}

fn blank(shop: &Shop, around: &Around, next: &str) -> Code {
    let frame = around.spoken(shop, "code-title", Here::Login);
    Code { frame, code: Field::default(), next: next.to_owned() }
}

#[derive(Deserialize)]
pub(crate) struct Showing {
    code: String,
    #[serde(flatten)]
    next: Next,
}

pub(crate) async fn sign_in(
    State(shop): State<Shop>,
    around: Around,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Posted(Showing { code, next }): Posted<Showing>,
) -> Result<Response, Problem> {
    let next = next.within();
    let Some(ticket) = auth::ticket(&headers) else { return Ok(page::on_to(&paths::login(next))) };
    let shown = CodeShown { ticket, code: Secret::new(code), agent, address };
    match shop.engine().sign_in_by_code(shown).await {
        Ok(session) => {
            let mut response = signed_in(&shop, &headers, &session, (first_page(next), None)).await;
            if let Some(cookie) = auth::no_ticket_cookie(shop.is_secure()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        // Whoever took too long shows the password once more.
        Err(Error::Unauthenticated) => Ok(page::on_to(&paths::login(next))),
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let code = Field::wrong("", around.language().refused(&error));
            page::show_refused(error, &Code { code, ..blank(&shop, &around, next) })
        }
        Err(error) => Err(error.into()),
    }
}
