//! Signing in, up and out, and a customer's own servers.

pub(crate) mod login;
mod server;
mod servers;
mod sign_out;
mod signup;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;
use serde::Deserialize;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .page(Rule::open(), Method::GET, "/login", get(login::look))
        .page(Rule::open(), Method::POST, "/login", post(login::sign_in))
        .page(Rule::open(), Method::GET, "/signup", get(signup::look))
        .page(Rule::open(), Method::POST, "/signup", post(signup::sign_up))
        .page(Rule::open(), Method::POST, "/sign-out", post(sign_out::sign_out))
        .page(Rule::may(Act::SeeOwnOrders), Method::GET, "/my-servers", get(servers::list))
        .page(Rule::may(Act::SeeOwnOrders), Method::GET, "/my-servers/{id}", get(server::show))
}

/// Where somebody wanted to go before they had to sign in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// An address of ours, or nothing.
    fn within(&self) -> &str {
        crate::paths::within(&self.next).unwrap_or_default()
    }
}
