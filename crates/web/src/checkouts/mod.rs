//! What was ordered together, as its customer sees and pays it. Each order then has its own page.

mod cancel;
mod pay;
mod show;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let see = Rule::may(Act::SeeOwnOrders);
    let (pay, cancel) = (Rule::may(Act::Pay), Rule::may(Act::CreateOrder));
    routes
        .page(see, Method::GET, "/checkouts/{id}", get(show::show))
        .page(pay, Method::POST, "/checkouts/{id}/pay", post(pay::pay))
        .page(cancel, Method::POST, "/checkouts/{id}/cancel", post(cancel::cancel))
}
