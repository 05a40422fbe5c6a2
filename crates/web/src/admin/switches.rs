//! The shop's switches: selling, purchasing, the loss budget, and the second factor of staff.

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use engine::permission::Act;
use http::Method;
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::Said;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (selling, buying) = (Rule::may(Act::StopSelling), Rule::may(Act::ManageProviders));
    let staff = Rule::may(Act::ManageAccounts);
    routes
        .page(staff, Method::POST, "/admin/second-factor/ask", post(ask_for_second_factor))
        .page(staff, Method::POST, "/admin/second-factor/stop", post(trust_staff))
        .page(selling, Method::POST, "/admin/selling/stop", post(stop_selling))
        .page(selling, Method::POST, "/admin/selling/start", post(start_selling))
        .page(buying, Method::POST, "/admin/provider/pause", post(pause))
        .page(buying, Method::POST, "/admin/provider/resume", post(resume))
        .page(buying, Method::POST, "/admin/purchasing/resume", post(lift_budget))
}

#[derive(Debug, Deserialize)]
pub(super) struct Because {
    pub reason: String,
}

fn home(said: Said) -> Response {
    page::on_to_say(paths::STAFF, said)
}

async fn stop_selling(
    State(shop): State<Shop>,
    me: Me,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    shop.engine().selling_stop(me.actor(), &because.reason).await?;
    shop.shelf().clear();
    Ok(home(Said::SellingStopped))
}

async fn start_selling(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    shop.engine().selling_start(me.actor()).await?;
    shop.shelf().clear();
    Ok(home(Said::SellingStarted))
}

async fn pause(
    State(shop): State<Shop>,
    me: Me,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    let provider = shop.engine().provider();
    shop.engine().pause_provider(provider, &because.reason, me.actor()).await?;
    Ok(home(Said::Paused))
}

async fn resume(
    State(shop): State<Shop>,
    me: Me,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    let provider = shop.engine().provider();
    shop.engine().resume_provider(provider, &because.reason, me.actor()).await?;
    Ok(home(Said::Resumed))
}

async fn lift_budget(
    State(shop): State<Shop>,
    me: Me,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    shop.engine().resume_purchasing(&because.reason, me.actor()).await?;
    Ok(home(Said::Resumed))
}

async fn ask_for_second_factor(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    shop.engine().ask_staff_for_second_factor(&me.0).await?;
    Ok(home(Said::StaffGuarded))
}

async fn trust_staff(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    shop.engine().trust_staff_without(&me.0).await?;
    Ok(home(Said::StaffTrusted))
}
