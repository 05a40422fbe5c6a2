//! The list of orders: all, or those that a word and the filters say; as a page and as a table.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use engine::permission::Act;
use engine::read::{Line, Matches, Only, Sought};
use futures_util::stream::{self, Stream};
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::csv;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::orders::{List, Row};
use crate::view::admin::{stage_badge, stage_word};
use crate::view::when::Zone;
use crate::view::{Field, Frame, Here};

/// So many orders are read at a time where all are written down.
const AT_ONCE: i64 = 500;

/// What is looked for, as the address of the page says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    q: String,
    #[serde(default)]
    stage: String,
    /// The first day, and the last one.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    after: Option<String>,
}

impl Which {
    /// A stage that there is none of is no filter.
    fn stage(&self) -> &'static str {
        stage_word(&self.stage).unwrap_or_default()
    }

    fn from(&self, zone: &Zone) -> Result<Option<Timestamp>, Problem> {
        Ok(day(&self.from, zone)?.map(|(begins, _)| begins))
    }

    fn sought(&self, zone: &Zone) -> Result<Sought, Problem> {
        let stage = stage_word(&self.stage);
        let until = day(&self.to, zone)?.map(|(_, ends)| ends);
        let only = Only { stage, from: self.from(zone)?, until };
        Ok(Sought { text: self.q.clone(), only })
    }

    fn is_narrowed(&self) -> bool {
        [&*self.stage, &*self.from, &*self.to].iter().any(|text| !text.is_empty())
    }

    /// All of it in words; nothing where all orders are meant.
    fn in_words(&self) -> Vec<String> {
        let said = |text: &str, words: &dyn Fn(&str) -> String| {
            Some(text.trim()).filter(|text| !text.is_empty()).map(words)
        };
        let stage = |word: &str| format!("the stage “{}”", stage_badge(word).text);
        let all = [
            said(&self.q, &|text| format!("“{text}”")),
            said(self.stage(), &stage),
            said(&self.from, &|day| format!("ordered from {day} on")),
            said(&self.to, &|day| format!("ordered until {day}")),
        ];
        all.into_iter().flatten().collect()
    }

    /// The address of this list somewhere, with something else put in.
    fn address(&self, path: &str, stage: &str, after: &str) -> String {
        let all = [
            ("q", self.q.trim()),
            ("stage", stage),
            ("from", &*self.from),
            ("to", &*self.to),
            ("after", after),
        ];
        paths::with_query(path, all.into_iter().filter(|(_, value)| !value.is_empty()))
    }
}

/// A day that somebody typed: when it begins, and when it is over.
pub(crate) fn day(text: &str, zone: &Zone) -> Result<Option<(Timestamp, Timestamp)>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = zone.whole_day(text);
    day.map(Some).ok_or_else(|| Problem::malformed("a day is written like 2026-11-21"))
}

/// `/admin/orders`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Orders", Here::StaffOrders);
    let sought = which.sought(&frame.zone)?;
    let Matches { page: part, named, is_cut } =
        shop.engine().list_orders(&sought, which.after.as_deref(), None).await?;
    if which.after.is_none()
        && !which.is_narrowed()
        && let Some(id) = named
    {
        return Ok(page::on_to(&paths::staff_order(&id)));
    }
    let stage = which.stage();
    let mut stages = List::filters(stage);
    for choice in &mut stages {
        choice.value = which.address(paths::STAFF_ORDERS, &choice.value, "");
    }
    page::show(&List {
        rows: part.items.iter().map(|order| row(order, &frame)).collect(),
        stages,
        stage: stage.to_owned(),
        search: Field::of(which.q.trim()),
        from: which.from.clone(),
        to: which.to.clone(),
        looked_for: which.in_words(),
        is_cut,
        table: which.address(paths::STAFF_ORDERS_TABLE, stage, ""),
        may_give: me.may(Act::RemedyValue),
        next: part.next.map(|next| which.address(paths::STAFF_ORDERS, stage, &next)),
        frame,
    })
}

fn row(order: &Line, frame: &Frame) -> Row {
    Row {
        id: order.id.to_string(),
        number: order.number.clone(),
        customer: order.email.clone(),
        customer_page: paths::staff_customer(&order.account),
        product: order.product_name.clone(),
        memory: order.memory.to_string(),
        stage: stage_badge(order.stage),
        amount: order.amount.for_people(),
        ordered: frame.time(order.created_at),
        address: order.address.map(|address| address.to_string()),
        error: order.error.clone(),
    }
}

/// `/admin/orders.csv`: every order of the list, newest first, as it is read.
pub(crate) async fn table(
    State(shop): State<Shop>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let sought = which.sought(&shop.app().look.zone)?;
    // What cannot be read at all is told before the file begins.
    let first = read(&shop, &sought, None).await?;
    Ok(csv::streamed("orders.csv", rows(shop, sought, first)))
}

type Part = engine::read::Page<Line>;

async fn read(shop: &Shop, sought: &Sought, after: Option<&str>) -> Result<Part, engine::Error> {
    shop.engine().list_orders(sought, after, Some(AT_ONCE)).await.map(|found| found.page)
}

/// A table in parts. An error ends the answer before its end, so that nobody takes half a table
/// for a whole one.
fn rows(
    shop: Shop,
    sought: Sought,
    first: Part,
) -> impl Stream<Item = Result<String, engine::Error>> + Send + 'static {
    stream::try_unfold(Some((heads(), first)), move |state| {
        let (shop, sought) = (shop.clone(), sought.clone());
        async move {
            let Some((mut text, part)) = state else { return Ok(None) };
            part.items.iter().for_each(|order| csv::line(&mut text, &cells(order)));
            let next = match part.next {
                Some(after) => Some((String::new(), read(&shop, &sought, Some(&after)).await?)),
                None => None,
            };
            Ok(Some((text, next)))
        }
    })
}

const HEADS: &str = "Number,Id,Ordered,Stage,Payment,Status,Customer,Product,PID,Package,Memory,\
    Price,Currency,Paid,Delivered,Until,Address,Error";

fn heads() -> String {
    let mut text = String::new();
    let heads: Vec<String> = HEADS.split(',').map(str::to_owned).collect();
    csv::line(&mut text, &heads);
    text
}

fn cells(order: &Line) -> [String; 18] {
    let time = |at: Option<Timestamp>| at.map(|at| at.rfc3339()).unwrap_or_default();
    [
        order.number.clone(),
        order.id.to_string(),
        order.created_at.rfc3339(),
        order.stage.to_owned(),
        order.seen.payment.as_str().to_owned(),
        order.seen.status.as_str().to_owned(),
        order.email.clone(),
        order.product_name.clone(),
        order.pid.to_string(),
        order.package_name.clone(),
        order.memory.to_string(),
        csv::digits(order.amount),
        order.amount.currency.code().to_owned(),
        time(order.paid_at),
        time(order.delivered_at),
        time(order.sold_until),
        order.address.map(|address| address.to_string()).unwrap_or_default(),
        order.error.clone().unwrap_or_default(),
    ]
}
