//! Gateways: how payments stand at each, when it was last heard of, and one question to it.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::clock::Timestamp;
use engine::gateway::{Counter, PaymentState, Taker};
use engine::permission::Act;
use http::Method;

use super::providers::result;
use crate::api::ProviderName;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::account::Badge;
use crate::view::admin::gateways::{GatewaySheet, GatewaysPage};
use crate::view::admin::trace::took;
use crate::view::order::gateway_name;
use crate::view::{Frame, Here, Tone};

/// A worker asks about webhooks within seconds: what waits so long is stuck.
const WAITS: Duration = Duration::from_secs(600);

pub(super) fn routes(routes: Routes) -> Routes {
    let try_it = Rule::may(Act::ManageProviders).long();
    routes.page(Rule::may(Act::SeeWork), Method::GET, "/admin/gateways", get(list)).page(
        try_it,
        Method::POST,
        "/admin/gateways/{id}/test",
        post(test),
    )
}

/// `/admin/gateways`
async fn list(State(shop): State<Shop>, around: Around, me: Me) -> Result<Response, Problem> {
    page::show(&all(&shop, &around, &me).await?)
}

async fn all(shop: &Shop, around: &Around, me: &Me) -> Result<GatewaysPage, Problem> {
    let takers = shop.engine().takers().await?;
    let frame = around.frame(shop, "Gateways", Here::StaffGateways);
    Ok(GatewaysPage {
        gateways: takers.into_iter().map(|taker| sheet(taker, &frame)).collect(),
        may_try: me.may(Act::ManageProviders),
        tried: None,
        frame,
    })
}

fn sheet(taker: Taker, frame: &Frame) -> GatewaySheet {
    let Taker { counter, place, signs, refunds, silent } = taker;
    let list = |state: PaymentState| paths::staff_payments(&counter.gateway, state.word());
    let aged = |at: Option<Timestamp>| at.map(|at| (frame.time(at), ago(at, frame)));
    GatewaySheet {
        state: state(&counter, silent.is_some(), frame.now),
        name: gateway_name(&counter.gateway).to_owned(),
        place,
        open: (counter.open, list(PaymentState::Open)),
        oldest_open: aged(counter.oldest_open),
        captured: (counter.captured, list(PaymentState::Captured)),
        failed: (counter.failed, list(PaymentState::Failed)),
        last_failure: counter.last_failure.map(|(at, why)| (frame.time(at), why)),
        last_webhook: aged(counter.last_webhook),
        silent,
        waiting: counter.waiting,
        oldest_waiting: aged(counter.oldest_waiting),
        signs,
        refunds,
        id: counter.gateway,
    }
}

/// How long ago something was.
pub(super) fn ago(at: Timestamp, frame: &Frame) -> String {
    format!("{} ago", took(frame.now.as_micros() - at.as_micros()))
}

/// How it is, by what the shop knows already.
pub(super) fn state(counter: &Counter, is_silent: bool, now: Timestamp) -> Badge {
    let waits = counter.oldest_waiting.is_some_and(|at| now.since(at) > WAITS);
    match counter {
        _ if waits => Badge::of(Tone::Bad, "webhooks wait"),
        _ if is_silent => Badge::of(Tone::Warn, "silent: sends no webhooks"),
        Counter { captured: 0, failed: 1.., .. } => Badge::of(Tone::Warn, "only failures"),
        Counter { captured: 1.., .. } => Badge::of(Tone::Good, "takes payments"),
        _ => Badge::of(Tone::Plain, "quiet"),
    }
}

async fn test(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
) -> Result<Response, Problem> {
    let tried = shop.engine().try_gateway(&id, me.actor()).await?;
    let page = all(&shop, &around, &me).await?;
    page::show(&GatewaysPage { tried: Some(result(gateway_name(&id), &tried)), ..page })
}
