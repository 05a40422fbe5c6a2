//! A customer's orders: looking at them, and what a customer may do to one.

mod answer;
mod cancel;
mod choice;
mod credentials;
mod credit;
mod list;
mod one;
mod pay;
mod refund_request;
mod server;

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) use answer::{OrderAnswer, Payable};
pub(crate) use pay::PayWish;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(Rule::may(Act::SeeOwnOrders), routes!(list::list))
        .api(Rule::may(Act::SeeOwnOrders), routes!(one::one))
        .api(Rule::may(Act::Pay), routes!(pay::pay))
        .api(Rule::may(Act::RevealCredentials).secret(), routes!(credentials::reveal))
        .api(Rule::may(Act::SeeOwnOrders), routes!(server::look))
        .api(Rule::may(Act::OperateServers), routes!(server::operate))
        .api(Rule::may(Act::Choose), routes!(choice::choose))
        .api(Rule::may(Act::Choose), routes!(credit::take))
        .api(Rule::may(Act::Choose), routes!(refund_request::ask))
        .api(Rule::may(Act::CreateOrder), routes!(cancel::cancel))
}
