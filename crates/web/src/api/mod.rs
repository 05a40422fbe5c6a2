//! JSON for programs: one file per thing that can be asked for or done.
//! The words of the seeds (*IPStock*, *PID*, *memory*) live here and nowhere behind.

pub(crate) mod account;
mod admin;
pub(crate) mod at;
mod cart;
mod checkouts;
mod confirm_order;
mod create_order;
pub(crate) mod diagnose;
mod ipstock;
mod manual_provision;
pub(crate) mod orders;
pub(crate) mod papers;
pub(crate) mod party;
pub(crate) mod quote;
pub(crate) mod shapes;
pub(crate) mod sync;
pub(crate) mod wallet;

pub(crate) use admin::{ProviderName, TargetKey};

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .api(Rule::open(), routes!(ipstock::list))
        .api(Rule::open(), routes!(quote::quote))
        .api(Rule::anybody(), routes!(cart::show))
        .api(Rule::anybody(), routes!(cart::add))
        .api(Rule::anybody(), routes!(cart::change, cart::remove))
        .api(Rule::may(Act::CreateOrder), routes!(create_order::create_order))
        .api(Rule::may(Act::CreateOrder), routes!(checkouts::create))
        .api(Rule::may(Act::SeeOwnOrders), routes!(checkouts::show))
        .api(Rule::may(Act::Pay), routes!(checkouts::pay))
        .api(Rule::may(Act::Pay), routes!(confirm_order::confirm_order))
        .api(Rule::may(Act::SeeOwnOrders), routes!(wallet::show))
        .api(Rule::may(Act::SeeOwnOrders), routes!(wallet::entries))
        .api(Rule::may(Act::Pay), routes!(wallet::top_up))
        .api(Rule::may(Act::Pay), routes!(wallet::confirm))
        .api(Rule::token_or(Act::Sync).large().long(), routes!(sync::sync))
        .api(Rule::may(Act::RemedyValue), routes!(manual_provision::manual_provision))
        .api(Rule::may(Act::Diagnose), routes!(diagnose::check_order_ipstock));
    admin::routes(account::routes(papers::routes(orders::routes(routes))))
}
