//! After an incident: the same remedy, and the same apology, for everyone who was affected. Shown
//! first with what it comes to; the second form gives it, once for each order.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::id::OrderId;
use domain::order::Remedy;
use engine::Error;
use engine::read::Viewer;
use engine::remedy::{MANY, Many, ORDERS_MAX, Wish};
use serde::Deserialize;

use super::orders::letters;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around, Posted, sentence};
use crate::problem::Problem;
use crate::view::admin::incident::{Incident, Row, Step};
use crate::view::admin::remedies::Letter;
use crate::view::{Field, Frame, Here};

/// `/admin/incident`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut page = blank(&shop, &around);
    page.orders = Field::of(ticked(query.as_deref().unwrap_or_default()).join(" "));
    page::show(&page)
}

/// Orders that were ticked in a list: each is a parameter of its own. What is no id is none.
fn ticked(query: &str) -> Vec<&str> {
    let orders = query.split('&').filter_map(|pair| pair.strip_prefix("orders="));
    orders.filter(|id| OrderId::parse(id).is_ok()).collect()
}

fn blank(shop: &Shop, around: &Around) -> Incident {
    Incident {
        package: Field::default(),
        orders: Field::default(),
        kind: Remedy::Extend,
        days: Field::default(),
        percent: Field::default(),
        reason: Field::default(),
        apology: Field::default(),
        key: page::new_key(shop),
        refused: None,
        step: Step::Ask,
        costs: vec![],
        rows: vec![],
        letter: None,
        frame: around.frame(shop, "Make good for an incident", Here::StaffOrders),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    package: String,
    #[serde(default)]
    orders: String,
    kind: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    percent: String,
    reason: String,
    apology: String,
    key: String,
    #[serde(default)]
    preview: String,
}

impl Sent {
    fn kind(&self) -> Result<Remedy, Error> {
        let known = MANY.into_iter().find(|kind| kind.word() == self.kind);
        known.ok_or_else(|| Error::invalid("invalid-kind", "choose what each of them gets"))
    }

    fn wish(&self) -> Result<Wish, Error> {
        let kind = self.kind()?;
        let apology = Some(self.apology.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Wish {
            days: number(&self.days, "invalid-days", "days")?,
            percent: number(&self.percent, "invalid-discount", "percent")?,
            apologises: apology.is_some(),
            public: apology,
            preview: self.preview == "true",
            key: Some(self.key.clone()).filter(|key| !key.is_empty()),
            ..Wish::new(kind, self.reason.trim())
        })
    }
}

pub(crate) async fn give(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(sent): Posted<Sent>,
) -> Result<Response, Problem> {
    let mut page = blank(&shop, &around);
    page.package = Field::of(&sent.package);
    page.orders = Field::of(&sent.orders);
    page.kind = sent.kind().unwrap_or(page.kind);
    page.days = Field::of(&sent.days);
    page.percent = Field::of(&sent.percent);
    page.reason = Field::of(&sent.reason);
    page.apology = Field::of(&sent.apology);
    page.key.clone_from(&sent.key);
    match given(&shop, &sent, me.actor()).await {
        Ok(many) => {
            // What is sent with the second form is whom the first one has shown.
            page.orders = Field::of(ids(&many));
            page.package = Field::default();
            page.step = if sent.preview == "true" { Step::Look } else { Step::Done };
            page.letter = letter(&shop, &many).await?;
            let costs = if page.kind == Remedy::Refund { &many.back } else { &many.goodwill };
            page.costs = costs.iter().map(|money| money.for_people()).collect();
            page.rows = rows(&shop, many, &page.frame).await?;
            page::show(&page)
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. } | Error::Missing { .. })) => {
            page.refused = Some(sentence(&error.to_string()));
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn given(shop: &Shop, sent: &Sent, actor: &str) -> Result<Many, Error> {
    let wish = sent.wish()?;
    let orders = affected(shop, sent).await?;
    shop.engine().remedy_many(&orders, &wish, actor).await
}

/// Those of the package, and those named one by one; each once.
async fn affected(shop: &Shop, sent: &Sent) -> Result<Vec<OrderId>, Error> {
    let most = i64::try_from(ORDERS_MAX).unwrap_or(i64::MAX);
    let mut orders = match sent.package.trim() {
        "" => vec![],
        named => shop.engine().delivered_of_package(named, most + 1).await?,
    };
    for name in sent.orders.split([',', ';', ' ', '\n', '\r', '\t']).filter(|name| !name.is_empty())
    {
        orders.push(shop.engine().find_order(name, &Viewer::Staff).await?);
    }
    orders.sort_unstable();
    orders.dedup();
    match orders.len() {
        0 => Err(Error::invalid(
            "invalid-order",
            "name a package of which somebody has a server, or the orders themselves",
        )),
        count if count > ORDERS_MAX => Err(Error::invalid(
            "invalid-order",
            format!("more than {ORDERS_MAX} orders at once: name them in parts"),
        )),
        _ => Ok(orders),
    }
}

fn ids(many: &Many) -> String {
    let ids: Vec<&str> = many.results.iter().map(|(order, _)| order.as_str()).collect();
    ids.join(" ")
}

/// The first of the mails, as it would leave; all say the same.
async fn letter(shop: &Shop, many: &Many) -> Result<Option<Letter>, Problem> {
    let done = many.results.iter().find_map(|(_, done)| done.as_ref().ok());
    let first = done.and_then(|done| done.mails.first()).cloned();
    Ok(letters(shop, first.into_iter().collect()).await?.pop())
}

async fn rows(shop: &Shop, many: Many, frame: &Frame) -> Result<Vec<Row>, Problem> {
    let mut rows = Vec::with_capacity(many.results.len());
    for (id, done) in many.results {
        let (order, outcome) = match done {
            Ok(done) => (done.order, Ok(done.did.join("; "))),
            Err(error) => (shop.engine().order(&id).await?, Err(sentence(&error.to_string()))),
        };
        rows.push(Row {
            id: id.to_string(),
            number: order.number.clone(),
            product: order.sold.product_name.clone(),
            until: order.sold_until.map(|until| frame.time(until)),
            outcome,
        });
    }
    // What needs a look stands first.
    rows.sort_by_key(|row| row.outcome.is_ok());
    Ok(rows)
}

/// A whole number, where one is given.
pub(super) fn number(text: &str, slug: &'static str, what: &str) -> Result<Option<i64>, Error> {
    let wrong = |_| Error::invalid(slug, format!("{what} must be a whole number"));
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_taken_from_the_address() {
        let id = "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F";
        let query = format!("why=&orders={id}&hours=1&orders=%3Cb%3E&orders={id}");
        assert_eq!(ticked(&query), [id, id]);
        assert!(ticked("").is_empty());
    }
}
