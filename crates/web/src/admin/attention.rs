//! What a person must look at: all of it, by reason and by how urgent it is; and taking an order
//! over.

use axum::extract::State;
use axum::response::Response;
use domain::id::OrderId;
use engine::Error;
use engine::permission::Act;
use engine::read::Desk;
use serde::Deserialize;

use super::home::attention;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, id_of};
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::attention::{Kind, List, Row};
use crate::view::admin::trace::took;
use crate::view::admin::why_words;
use crate::view::{Choice, Frame, Here, Said};

/// How long, as the form offers it.
const OFFERED: [(&str, &str); 5] =
    [("1", "1 hour"), ("4", "4 hours"), ("24", "1 day"), ("72", "3 days"), ("168", "7 days")];

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    /// The word of a reason; empty: all.
    #[serde(default)]
    why: String,
    after: Option<String>,
}

/// `/admin/attention`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    page::show(&shelf(&shop, &around, &me, &which).await?)
}

async fn shelf(shop: &Shop, around: &Around, me: &Me, which: &Which) -> Result<List, Problem> {
    let why = Some(which.why.trim()).filter(|why| !why.is_empty());
    let desk = shop.engine().desk(why, which.after.as_deref(), None).await?;
    let frame = around.frame(shop, "Needs a person", Here::StaffAttention);
    let rows = desk.page.items.iter().map(|row| Row {
        row: attention(row, &frame),
        sold: format!("{}, {}", row.product_name, row.amount.for_people()),
        error: row.error.clone(),
    });
    let next = desk.page.next.as_deref().map(|next| {
        let parameters = [("why", which.why.trim()), ("after", next)];
        let set = parameters.into_iter().filter(|(_, value)| !value.is_empty());
        paths::with_query(paths::STAFF_ATTENTION, set)
    });
    Ok(List {
        rows: rows.collect(),
        kinds: kinds(&desk, &which.why, &frame),
        why: which.why.trim().to_owned(),
        hours: OFFERED.map(|(hours, label)| Choice::of(hours, label)).into(),
        may_take: me.may(Act::RemedyNoValue),
        may_give: me.may(Act::RemedyValue),
        refused: None,
        next,
        frame,
    })
}

fn kinds(desk: &Desk, chosen: &str, frame: &Frame) -> Vec<Kind> {
    let kind = |kind: &engine::read::Kind| Kind {
        url: paths::with_query(paths::STAFF_ATTENTION, [("why", &*kind.why)]),
        what: why_words(&kind.why),
        orders: kind.orders,
        overdue: kind.overdue,
        oldest: took(frame.now.as_micros() - kind.oldest.as_micros()),
        chosen: kind.why == chosen,
    };
    desk.kinds.iter().map(kind).collect()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    /// The one whose button was pressed.
    order: String,
    hours: String,
    #[serde(default)]
    why: String,
}

/// `POST /admin/attention`
pub(crate) async fn take(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(taken): Posted<Taken>,
) -> Result<Response, Problem> {
    let order = id_of::<OrderId>(&taken.order)?;
    // What is no number is no number of hours: the engine says which ones there are.
    let hours = taken.hours.trim().parse().unwrap_or_default();
    let which = Which { why: taken.why, after: None };
    match shop.engine().take_over_listed(&order, hours, me.actor()).await {
        Ok(()) => {
            let why = Some(("why", &*which.why)).filter(|(_, why)| !why.is_empty());
            let path = paths::with_query(paths::STAFF_ATTENTION, why);
            Ok(page::on_to_say(&path, Said::Done))
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let mut page = shelf(&shop, &around, &me, &which).await?;
            page.refused = Some(sentence(&error.to_string()));
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
