//! Signing in with one click, as one of the people that the demo made.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::session::SignIn;
use http::HeaderMap;
use serde::Deserialize;

use super::panel::demo;
use crate::account::code;
use crate::account::login::signed_in;
use crate::app::Shop;
use crate::auth::Caller;
use crate::page::Posted;
use crate::paths;
use crate::problem::Problem;

#[derive(Debug, Deserialize)]
pub(crate) struct Becoming {
    email: String,
}

pub(crate) async fn sign_in(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Caller { address, agent }: Caller,
    Posted(Becoming { email }): Posted<Becoming>,
) -> Result<Response, Problem> {
    let person = demo(&shop)?.people.iter().find(|person| person.email == email);
    let person = person.ok_or_else(|| Problem::missing("person of the demo", &email))?;
    let wish = SignIn { email, password: person.password.clone(), agent, address };
    let next = if person.role == "customer" { paths::SHOP } else { paths::STAFF };
    match shop.engine().sign_in(wish).await {
        Ok(session) => Ok(signed_in(&shop, &headers, &session, (next, None)).await),
        Err(Error::NeedsCode { ticket }) => Ok(code::asked(&shop, &ticket, next)),
        Err(error) => Err(error.into()),
    }
}
