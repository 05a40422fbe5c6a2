//! A customer's servers and orders, newest first.

use axum::extract::State;
use axum::response::Response;
use domain::order::{PaymentStatus, Seen, Status};
use engine::read::{OrderView, Which};
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::language::Language;
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
    let frame = around.spoken(&shop, "frame-servers", Here::Servers);
    let language = frame.language;
    let rows = found.items.iter().map(|order| row(order, &frame)).collect();
    let at = |which: Which, after: &str| {
        let show = if which == Which::All { "" } else { which.word() };
        let asked = [("q", text), ("show", show), ("after", after)];
        paths::with_query(paths::MY_SERVERS, asked.into_iter().filter(|(_, said)| !said.is_empty()))
    };
    let filter = |one: Which| Filter {
        label: label(one, language),
        href: at(one, ""),
        is_current: one == which,
    };
    page::show(&Servers {
        frame,
        rows,
        next: found.next.map(|next| at(which, &next)),
        filters: Which::ALL.map(filter).to_vec(),
        text: text.to_owned(),
        show: if which == Which::All { String::new() } else { which.word().to_owned() },
    })
}

fn label(which: Which, language: Language) -> String {
    match which {
        Which::All => language.say("filter-all"),
        Which::Ready => language.say("badge-ready"),
        Which::Building => language.say("badge-building"),
        Which::Over => language.say("filter-over"),
    }
}

pub(crate) fn row(order: &OrderView, frame: &Frame) -> Row {
    Row {
        id: order.id.to_string(),
        number: order.number.clone(),
        name: order.product_name.clone(),
        memory: format!("{} GB", order.memory.as_gb()),
        address: order.provisioned_ip.map(|address| address.to_string()),
        status: badge(order.seen, frame.language),
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
        true => when::left(until, frame.now, frame.language),
        false => frame.say("left-none"),
    })
}

/// Where an order stands, in a word or two.
fn badge(seen: Seen, language: Language) -> Badge {
    let say = |key: &str| language.say(key);
    let (tone, text) = match (seen.status, seen.payment) {
        (Status::Pending, PaymentStatus::Processing) => (Tone::Sea, say("badge-paying")),
        (Status::Pending, PaymentStatus::Failed) => (Tone::Warn, say("badge-pay-failed")),
        (Status::Pending, _) => (Tone::Warn, say("badge-to-pay")),
        (Status::Paid | Status::Provisioning | Status::NeedsReprovision, _) => {
            (Tone::Sea, say("badge-building"))
        }
        (Status::Active, _) => (Tone::Good, say("badge-ready")),
        (Status::ProvisioningFailed | Status::NeedsReview, _) => (Tone::Warn, say("badge-held")),
        (Status::RefundPending, _) => (Tone::Plain, say("badge-refund")),
        (Status::Refunded, _) => (Tone::Plain, say("badge-back")),
        (Status::Cancelled, _) => (Tone::Plain, say("badge-never-paid")),
        (Status::Terminated, _) => (Tone::Plain, say("badge-over")),
        (Status::Suspended, _) => (Tone::Warn, say("badge-suspended")),
    };
    Badge::of(tone, text)
}
