//! Signing in, up and out, one's own account, and a customer's own servers.

mod address;
mod billing;
pub(crate) mod code;
mod forgot;
mod keys;
pub(crate) mod leave;
pub(crate) mod login;
pub(crate) mod own;
mod password;
pub(crate) mod prove;
mod second_factor;
pub(crate) mod servers;
mod sessions;
mod sign_out;
mod signup;
mod wallet;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;
use serde::Deserialize;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (own, make) = (Rule::may(Act::ManageOwnAccount), Rule::may(Act::MakeApiKeys).secret());
    let (sign_in, leave) = (Rule::may(Act::ChangeSignIn), Rule::may(Act::Leave));
    let (factor, codes) = (sign_in.secret(), own.secret());
    let routes = routes
        .page(Rule::open(), Method::GET, "/verify", get(address::look))
        .page(Rule::open(), Method::POST, "/verify", post(address::verify))
        .page(Rule::open(), Method::GET, "/forgot", get(forgot::look))
        .page(Rule::open(), Method::POST, "/forgot", post(forgot::ask))
        .page(Rule::open(), Method::GET, "/reset", get(forgot::open))
        .page(Rule::open(), Method::POST, "/reset", post(forgot::reset))
        .page(own, Method::POST, "/account/verification", post(address::send_again))
        .page(sign_in, Method::POST, "/account/email", post(address::change))
        .page(Rule::open(), Method::GET, "/login/code", get(code::look))
        .page(Rule::open(), Method::POST, "/login/code", post(code::sign_in))
        .page(factor, Method::POST, "/account/second-factor", post(second_factor::begin))
        .page(codes, Method::POST, "/account/second-factor/confirm", post(second_factor::confirm))
        .page(codes, Method::POST, "/account/second-factor/codes", post(second_factor::renew))
        .page(own, Method::POST, "/account/second-factor/off", post(second_factor::end))
        .page(own, Method::GET, "/account", get(own::show))
        .page(own, Method::POST, "/account/name", post(own::rename))
        .page(own, Method::POST, "/account/password", post(password::change))
        .page(own, Method::POST, "/account/sessions/end-others", post(sessions::end_others))
        .page(own, Method::POST, "/account/sessions/{id}/end", post(sessions::end))
        .page(own, Method::GET, "/account/leave", get(leave::show))
        .page(leave, Method::POST, "/account/export", post(leave::export))
        .page(leave, Method::POST, "/account/close", post(leave::close))
        .page(own, Method::GET, "/account/billing", get(billing::show))
        .page(own, Method::POST, "/account/billing", post(billing::set))
        .page(own, Method::GET, "/account/keys", get(keys::list))
        .page(make, Method::POST, "/account/keys", post(keys::make))
        .page(own, Method::POST, "/account/keys/{id}/revoke", post(keys::revoke))
        .page(Rule::may(Act::SeeOwnOrders), Method::GET, "/account/wallet", get(wallet::show))
        .page(Rule::may(Act::Pay), Method::POST, "/account/wallet/top-ups", post(wallet::top_up))
        .page(Rule::signed_in(), Method::POST, "/account/prove", post(prove::prove));
    routes
        .page(Rule::open(), Method::GET, "/login", get(login::look))
        .page(Rule::open(), Method::POST, "/login", post(login::sign_in))
        .page(Rule::open(), Method::GET, "/signup", get(signup::look))
        .page(Rule::open(), Method::POST, "/signup", post(signup::sign_up))
        .page(Rule::open().while_acting(), Method::POST, "/sign-out", post(sign_out::sign_out))
        .page(Rule::may(Act::SeeOwnOrders), Method::GET, "/my-servers", get(servers::list))
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

/// What the link of a mail carries.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Linked {
    #[serde(default)]
    token: String,
}
