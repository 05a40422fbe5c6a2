//! The list of all orders, or of those of one stage; and finding one by its number.

use axum::extract::State;
use axum::response::Response;
use engine::permission::Act;
use engine::read::{OrderView, Viewer};
use serde::Deserialize;

use crate::api::at::find;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::orders::{List, Row};
use crate::view::admin::{STAGES, stage_badge};
use crate::view::{Field, Frame, Here, Tone};

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    stage: String,
    #[serde(default)]
    order: String,
    after: Option<String>,
}

/// `/admin/orders`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let mut search = Field::of(which.order.trim());
    if !search.value.is_empty() {
        match find(&shop, &search.value, &Viewer::Staff).await {
            Ok(id) => return Ok(page::on_to(&paths::staff_order(&id))),
            Err(problem) if problem.slug() == "not-found" => {
                search.error = Some("There is no such order. Look at the number again.".into());
            }
            Err(problem) => return Err(problem),
        }
    }
    let known = STAGES.iter().find(|(word, ..)| *word == which.stage);
    let (engine, after) = (shop.engine(), which.after.as_deref());
    let part = match known {
        Some((word, ..)) => engine.orders_of_stage(word, after, None).await?,
        None => engine.orders_view(&Viewer::Staff, after, None).await?,
    };
    let stage = known.map_or("", |(word, ..)| word);
    let frame = around.frame(&shop, "Orders", Here::StaffOrders);
    let next = part.next.map(|next| {
        let parameters = [("stage", stage), ("after", &*next)];
        paths::with_query(
            paths::STAFF_ORDERS,
            parameters.into_iter().filter(|(_, value)| !value.is_empty()),
        )
    });
    page::show(&List {
        rows: part.items.iter().map(|order| row(order, stage, &frame)).collect(),
        stages: List::filters(stage),
        stage: stage.to_owned(),
        search,
        may_give: me.may(Act::RemedyValue),
        next,
        frame,
    })
}

fn row(order: &OrderView, stage: &str, frame: &Frame) -> Row {
    Row {
        id: order.id.to_string(),
        number: order.number.clone(),
        product: order.product_name.clone(),
        memory: order.memory.to_string(),
        stage: if stage.is_empty() { status(order) } else { stage_badge(stage) },
        amount: order.amount.for_people(),
        ordered: frame.time(order.created_at),
        address: order.provisioned_ip.map(|address| address.to_string()),
        error: order.provisioning_error.clone(),
    }
}

/// Where an order of the whole list stands, in the words that programs read.
fn status(order: &OrderView) -> Badge {
    let status = order.seen.status.as_str();
    let tone = match status {
        "active" => Tone::Good,
        "paid" | "provisioning" | "needs_reprovision" => Tone::Sea,
        "provisioning_failed" | "needs_review" => Tone::Bad,
        "refund_pending" => Tone::Warn,
        _ => Tone::Plain,
    };
    Badge::of(tone, status.replace('_', " "))
}
