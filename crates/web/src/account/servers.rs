//! A customer's servers and orders, newest first.

use axum::extract::State;
use axum::response::Response;
use domain::order::{PaymentStatus, Seen, Status};
use engine::read::{OrderView, Which};
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::{Badge, Filter, Row, Servers};
use crate::view::when;
use crate::view::{Frame, Here, Tone};

/// What of the list is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    after: Option<String>,
}

/// `/my-servers`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(Wanted { q, show, after }): Asked<Wanted>,
) -> Result<Response, Problem> {
    // A word that nobody knows is none.
    let which = Which::ALL.into_iter().find(|which| which.word() == show).unwrap_or_default();
    let text = q.trim();
    let found = shop.engine().orders_found(&me.0.id, (which, text), after.as_deref()).await?;
    let frame = around.frame(&shop, "My servers", Here::Servers);
    let rows = found.items.iter().map(|order| row(order, &frame)).collect();
    let at = |which: Which, after: &str| {
        let show = if which == Which::All { "" } else { which.word() };
        let asked = [("q", text), ("show", show), ("after", after)];
        paths::with_query(paths::MY_SERVERS, asked.into_iter().filter(|(_, said)| !said.is_empty()))
    };
    let filter =
        |one: Which| Filter { label: label(one), href: at(one, ""), is_current: one == which };
    page::show(&Servers {
        frame,
        rows,
        next: found.next.map(|next| at(which, &next)),
        filters: Which::ALL.map(filter).to_vec(),
        text: text.to_owned(),
        show: if which == Which::All { String::new() } else { which.word().to_owned() },
    })
}

fn label(which: Which) -> &'static str {
    match which {
        Which::All => "All",
        Which::Ready => "Ready",
        Which::Building => "Being built",
        Which::Over => "Over",
    }
}

pub(crate) fn row(order: &OrderView, frame: &Frame) -> Row {
    Row {
        id: order.id.to_string(),
        number: order.number.clone(),
        name: order.product_name.clone(),
        memory: format!("{} GB", order.memory.as_gb()),
        address: order.provisioned_ip.map(|address| address.to_string()),
        status: badge(order.seen),
        ordered: frame.time(order.created_at),
        left: order.provisioned_ip.and_then(|_| left(order, frame)),
        amount: order.amount.for_people(),
        is_server: order.provisioned_ip.is_some(),
    }
}

/// How much of the time that was paid for is left.
pub(crate) fn left(order: &OrderView, frame: &Frame) -> Option<String> {
    let until = order.sold_until?;
    Some(match until > frame.now {
        true => format!("{} left", when::left(until, frame.now)),
        false => "time is over".to_owned(),
    })
}

/// Where an order stands, in a word or two.
fn badge(seen: Seen) -> Badge {
    let (tone, text) = match (seen.status, seen.payment) {
        (Status::Pending, PaymentStatus::Processing) => (Tone::Sea, "Payment under way"),
        (Status::Pending, PaymentStatus::Failed) => (Tone::Warn, "Payment failed"),
        (Status::Pending, _) => (Tone::Warn, "To pay"),
        (Status::Paid | Status::Provisioning | Status::NeedsReprovision, _) => {
            (Tone::Sea, "Being built")
        }
        (Status::Active, _) => (Tone::Good, "Ready"),
        (Status::ProvisioningFailed | Status::NeedsReview, _) => {
            (Tone::Warn, "A person looks after it")
        }
        (Status::RefundPending, _) => (Tone::Plain, "Money goes back"),
        (Status::Refunded, _) => (Tone::Plain, "Money is back"),
        (Status::Cancelled, _) => (Tone::Plain, "Never paid"),
        (Status::Terminated, _) => (Tone::Plain, "Time is over"),
        (Status::Suspended, _) => (Tone::Warn, "Suspended"),
    };
    Badge::of(tone, text)
}
