//! A customer's servers and orders, newest first.

use axum::extract::State;
use axum::response::Response;
use domain::order::{PaymentStatus, Seen, Status};
use engine::read::{OrderView, Viewer};

use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around, Behind};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::{Badge, Row, Servers};
use crate::view::when;
use crate::view::{Frame, Here, Tone};

/// `/my-servers`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let mine = Viewer::Owner(me.0.id.clone());
    let part = shop.engine().orders_view(&mine, which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "My servers", Here::Servers);
    let rows = part.items.iter().map(|order| row(order, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::MY_SERVERS, [("after", &*next)]));
    page::show(&Servers { frame, rows, next })
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
pub(super) fn left(order: &OrderView, frame: &Frame) -> Option<String> {
    let until = order.sold_until?;
    Some(match until > frame.now {
        true => format!("{} left", when::left(until, frame.now)),
        false => "time is over".to_owned(),
    })
}

/// Where an order stands, in a word or two.
pub(super) fn badge(seen: Seen) -> Badge {
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
