//! One delivered server, as its customer sees it and has things done to it. Nobody else does.

mod events;
mod power;
mod rdp;
mod reinstall;
mod show;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let see = Rule::may(Act::SeeOwnOrders);
    let (operate, wipe) = (Rule::may(Act::OperateServers), Rule::may(Act::ReinstallServers));
    routes
        .page(see, Method::GET, "/my-servers/{id}", get(show::show))
        .page(see, Method::GET, "/my-servers/{id}/events", get(events::events))
        .page(see, Method::GET, "/my-servers/{id}/rdp", get(rdp::file))
        .page(operate, Method::POST, "/my-servers/{id}/power", post(power::press))
        .page(see, Method::GET, "/my-servers/{id}/reinstall", get(reinstall::look))
        .page(wipe, Method::POST, "/my-servers/{id}/reinstall", post(reinstall::reinstall))
}
