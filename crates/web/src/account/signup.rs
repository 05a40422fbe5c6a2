//! A visitor becomes a customer, and goes on with what they were about to order.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::account::SignUp as Wish;
use engine::secret::Secret;
use http::HeaderMap;
use serde::Deserialize;

use super::Next;
use super::login::signed_in;
use crate::app::Shop;
use crate::auth::Caller;
use crate::body::Asked;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::SignUp;
use crate::view::{Field, Here, Said};

/// `/signup`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(next): Asked<Next>,
) -> Result<Response, Problem> {
    if around.looking.account().is_some() {
        let next = next.within();
        return Ok(page::on_to(if next.is_empty() { paths::SHOP } else { next }));
    }
    page::show(&blank(&shop, &around, next.within()))
}

fn blank(shop: &Shop, around: &Around, next: &str) -> SignUp {
    SignUp {
        frame: around.spoken(shop, "sign-up", Here::SignUp),
        name: Field::default(),
        email: Field::default(),
        password: Field::default(),
        refused: None,
        next: next.to_owned(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Signing {
    name: String,
    email: String,
    password: String,
    #[serde(flatten)]
    next: Next,
}

pub(crate) async fn sign_up(
    State(shop): State<Shop>,
    around: Around,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Posted(sent): Posted<Signing>,
) -> Result<Response, Problem> {
    let Signing { name, email, password, next } = sent;
    let wish = Wish {
        email: email.clone(),
        name: name.clone(),
        password: Secret::new(password),
        language: Some(around.language().code().to_owned()),
        agent,
        address,
    };
    match shop.engine().sign_up(wish).await {
        Ok(session) => {
            let on = match next.within() {
                "" => (paths::SHOP, Some(Said::Welcome)),
                next => (next, None),
            };
            Ok(signed_in(&shop, &headers, &session, on).await)
        }
        Err(error) => {
            let page = SignUp {
                name: Field::of(name),
                email: Field::of(email),
                ..blank(&shop, &around, next.within())
            };
            refused(page, error)
        }
    }
}

/// What was wrong, beside its field. The password is typed anew: it is not sent back.
fn refused(mut page: SignUp, error: Error) -> Result<Response, Problem> {
    let text = page.frame.language.refused(&error);
    match &error {
        Error::Invalid { slug: "invalid-email", .. } => page.email.error = Some(text),
        Error::Invalid { slug: "unacceptable-password", .. } => page.password.error = Some(text),
        Error::Invalid { slug: "invalid-text", .. } => page.name.error = Some(text),
        Error::Invalid { .. } | Error::Refused { .. } | Error::TooMany { .. } => {
            page.refused = Some(text);
        }
        _ => return Err(error.into()),
    }
    page::show_refused(error, &page)
}
