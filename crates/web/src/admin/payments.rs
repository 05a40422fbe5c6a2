//! Payments at the gateways: what is open, and what came of those of the last day.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use engine::gateway::{Payment, PaymentState, Purpose};
use engine::permission::Act;
use http::Method;
use serde::Deserialize;

use super::gateways::ago;
use super::orders::beside::payment_badge;
use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::admin::payments::{PaymentsPage, Row};
use crate::view::order::gateway_name;
use crate::view::{Choice, Frame, Here};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.page(Rule::may(Act::SeeAllOrders), Method::GET, paths::STAFF_PAYMENTS, get(list))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    /// By its short name; empty: at any.
    #[serde(default)]
    gateway: String,
    /// A state that there is none of is the open one.
    #[serde(default)]
    state: String,
    after: Option<String>,
}

/// `/admin/payments`
async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let engine = shop.engine();
    let gateways = engine.gateways_on();
    let gateway = gateways.iter().copied().find(|name| *name == which.gateway);
    let state = PaymentState::parse(&which.state).unwrap_or(PaymentState::Open);
    let part = engine.payments_at(gateway, state, which.after.as_deref()).await?;
    let frame = around.frame(&shop, "Payments", Here::StaffPayments);
    let at = |gateway: Option<&str>, state: PaymentState, after: &str| {
        let all =
            [("gateway", gateway.unwrap_or_default()), ("state", state.word()), ("after", after)];
        paths::with_query(
            paths::STAFF_PAYMENTS,
            all.into_iter().filter(|(_, value)| !value.is_empty()),
        )
    };
    let choice = |url: String, label: &str, chosen| Choice { chosen, ..Choice::of(url, label) };
    let place = |name: Option<&'static str>| {
        choice(at(name, state, ""), name.map_or("Every gateway", gateway_name), name == gateway)
    };
    let everywhere = std::iter::once(None).chain(gateways.iter().copied().map(Some));
    page::show(&PaymentsPage {
        states: PaymentState::ALL
            .map(|other| choice(at(gateway, other, ""), words(other), other == state))
            .into(),
        gateways: everywhere.map(place).collect(),
        rows: part
            .items
            .iter()
            .map(|(paying, number)| row(paying, number.as_deref(), &frame))
            .collect(),
        is_open: state == PaymentState::Open,
        next: part.next.map(|next| at(gateway, state, &next)),
        frame,
    })
}

fn words(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Open => "Open",
        PaymentState::Captured => "Captured in 24 hours",
        PaymentState::Failed => "Failed in 24 hours",
    }
}

fn row(payment: &Payment, number: Option<&str>, frame: &Frame) -> Row {
    let (url, what) = match &payment.purpose {
        Purpose::Order(order) => {
            (paths::staff_order(order), number.map_or_else(|| order.to_string(), ToOwned::to_owned))
        }
        Purpose::TopUp(account) => (paths::staff_wallet(account), "a wallet".to_owned()),
        Purpose::Checkout(_) => {
            (paths::staff_orders_of(payment.id.as_str()), "orders of one checkout".to_owned())
        }
    };
    Row {
        begun: frame.time(payment.created_at),
        age: ago(payment.created_at, frame),
        id: payment.id.to_string(),
        gateway: gateway_name(&payment.gateway).to_owned(),
        gateway_order: payment.gateway_order.clone(),
        url,
        what,
        state: payment_badge(payment.state),
        reason: payment.reason.clone(),
        amount: payment.amount.for_people(),
    }
}
