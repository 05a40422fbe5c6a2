//! One order, as its customer sees and moves it.

mod cancel;
mod choice;
mod credentials;
mod credit;
pub(crate) mod events;
pub(crate) mod pay;
mod payment_go;
mod payment_return;
mod refund_request;
pub(crate) mod show;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, from_anywhere) = (Rule::may(Act::SeeOwnOrders), Rule::open().from_anywhere());
    let reveal = Rule::may(Act::RevealCredentials).secret();
    routes
        .page(see, Method::GET, "/orders/{id}", get(show::show))
        .page(see, Method::GET, "/orders/{id}/events", get(events::events))
        .page(Rule::may(Act::Pay), Method::POST, "/orders/{id}/pay", post(pay::pay))
        .page(
            Rule::may(Act::CreateOrder),
            Method::POST,
            "/orders/{id}/cancel",
            post(cancel::cancel),
        )
        .page(Rule::may(Act::Choose), Method::POST, "/orders/{id}/choice", post(choice::choose))
        .page(Rule::may(Act::Choose), Method::POST, "/orders/{id}/credit", post(credit::take))
        .page(
            Rule::may(Act::Choose),
            Method::GET,
            "/orders/{id}/refund-request",
            get(refund_request::show),
        )
        .page(
            Rule::may(Act::Choose),
            Method::POST,
            "/orders/{id}/refund-request",
            post(refund_request::ask),
        )
        .page(reveal, Method::POST, "/orders/{id}/credentials", post(credentials::reveal))
        .page(see, Method::GET, "/payment/go/{payment}", get(payment_go::go))
        .page(Rule::open(), Method::GET, "/payment/return", get(payment_return::look))
        .page(from_anywhere, Method::POST, "/payment/return", post(payment_return::back))
}
