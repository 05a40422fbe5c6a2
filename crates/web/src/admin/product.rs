//! One product: its page, and what staff change there. Every change carries the version that was
//! looked at, so that nobody overwrites what somebody else did meanwhile.

use axum::extract::State;
use axum::response::Response;
use domain::id::ProductId;
use domain::product::Product;
use engine::Error;
use engine::catalogue::{Dossier, ProductPatch};
use engine::permission::Act;
use serde::Deserialize;

use super::by_hand::counted;
use super::fault::{beside, place, words};
use super::product_page::put_together;
use super::read_money;
use super::switches::Because;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::product::{Details, PriceRow, ProductSheet, Target};
use crate::view::block::Block;
use crate::view::{Field, Said};

/// `/admin/ipStock/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
) -> Result<Response, Problem> {
    page::show(&dossier(&shop, &around, &me, &id).await?.1)
}

async fn dossier(
    shop: &Shop,
    around: &Around,
    me: &Me,
    id: &ProductId,
) -> Result<(Dossier, ProductSheet), Problem> {
    let all = shop.engine().product_dossier(id).await?;
    let page = put_together(shop, around, &all, me.may(Act::ManageCatalogue));
    Ok((all, page))
}

/// What a deed came to: on to the page, or the page with what was typed and why it was refused.
/// What is wrong with no field in particular comes back from `typed`, and stands above all.
async fn answered(
    (shop, around, me, id): (&Shop, &Around, &Me, &ProductId),
    done: Result<(), Error>,
    typed: impl FnOnce(&mut ProductSheet, &Error) -> Option<String>,
) -> Result<Response, Problem> {
    let error = match done {
        Ok(()) => {
            shop.shelf().clear();
            return Ok(page::on_to_say(&paths::staff_product(id), Said::Done));
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let (_, mut page) = dossier(shop, around, me, id).await?;
    page.refused = typed(&mut page, &error);
    page::show_refused(error, &page)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detailed {
    version: i64,
    published: Option<bool>,
    display_name: Option<String>,
    /// The form asked, and a box that is not ticked is not sent.
    asks_confirmation: Option<bool>,
    name_confirmed: Option<bool>,
    /// With spaces or commas between.
    cidrs: Option<String>,
    /// With commas between.
    tags: Option<String>,
    staff_notes: Option<String>,
    /// How many there are, of what is delivered by hand; empty where there is no end of them.
    stock: Option<String>,
}

/// What it is called and promises, and whether it is sold.
pub(crate) async fn change(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(sent): Posted<Detailed>,
) -> Result<Response, Problem> {
    // Only what was changed is a decision: saving notes lets no held product go.
    let now = shop.engine().product(&id).await?.product;
    let done =
        async { shop.engine().change_product(&id, sent.patch(&now)?, me.actor()).await.map(drop) };
    let done = done.await;
    answered((&shop, &around, &me, &id), done, |page, error| sent.back(page, error)).await
}

impl Detailed {
    fn patch(&self, now: &Product) -> Result<ProductPatch, Error> {
        let asked = self.asks_confirmation == Some(true);
        let is_new = |name: &String| name.trim() != now.name;
        let ranges = self.cidrs.as_deref().map(|text| listed(text, &[',', ' ']));
        let are_new = |ranges: &Vec<String>| {
            now.cidrs.iter().map(ToString::to_string).ne(ranges.iter().cloned())
        };
        Ok(ProductPatch {
            published: self.published,
            display_name: self.display_name.clone().filter(is_new),
            name_confirmed: asked.then_some(self.name_confirmed == Some(true)),
            cidrs: ranges.filter(are_new),
            tags: self.tags.as_deref().map(|text| listed(text, &[','])),
            notes: self.staff_notes.clone(),
            version: Some(self.version),
            ..self.stock.as_deref().map(counted).transpose()?.unwrap_or_default()
        })
    }

    /// The page with what was typed.
    fn back(self, page: &mut ProductSheet, error: &Error) -> Option<String> {
        if let (Some(stock), Some(shelf)) = (&self.stock, &mut page.shelf) {
            shelf.stock = Field::of(stock);
            return place(error, &mut [("stock", &mut shelf.stock)]);
        }
        // A press of one button typed nothing.
        let Some(display_name) = self.display_name else { return Some(words(error)) };
        page.form = Details {
            display_name: Field::of(display_name),
            asks_confirmation: self.asks_confirmation == Some(true),
            confirmed: self.name_confirmed == Some(true),
            cidrs: Field::of(self.cidrs.unwrap_or_default()),
            tags: Field::of(self.tags.unwrap_or_default()),
            notes: Field::of(self.staff_notes.unwrap_or_default()),
            is_by_hand: page.shelf.is_some(),
        };
        let Details { display_name, cidrs, tags, notes, .. } = &mut page.form;
        place(
            error,
            &mut [
                ("displayName", display_name),
                ("cidrs", cidrs),
                ("tags", tags),
                ("staffNotes", notes),
            ],
        )
    }
}

/// What stands between the marks, without what is empty.
pub(super) fn listed(text: &str, marks: &[char]) -> Vec<String> {
    let parts = text.split(marks).map(str::trim).filter(|part| !part.is_empty());
    parts.map(ToOwned::to_owned).collect()
}

/// The columns of the table, as they were sent: one entry for each of its rows.
#[derive(Debug, Default)]
pub(crate) struct Priced {
    version: i64,
    memory: Vec<String>,
    price: Vec<String>,
    setup: Vec<String>,
    cost: Vec<String>,
}

impl Priced {
    fn of(sent: Vec<(String, String)>) -> Result<Priced, Problem> {
        let mut priced = Priced::default();
        let mut version = None;
        for (name, value) in sent {
            match &*name {
                "version" => version = value.parse().ok(),
                "memory" => priced.memory.push(value),
                "price" => priced.price.push(value),
                "setup" => priced.setup.push(value),
                "cost" => priced.cost.push(value),
                _ => {}
            }
        }
        let rows = priced.memory.len();
        let columns = [priced.price.len(), priced.setup.len(), priced.cost.len()];
        match version {
            Some(version) if columns == [rows; 3] => Ok(Priced { version, ..priced }),
            _ => Err(Problem::malformed("the form does not fit; go back and send it again")),
        }
    }

    fn patch(&self, currency: domain::money::Currency) -> Result<ProductPatch, Wrong> {
        let mut patch = ProductPatch { version: Some(self.version), ..ProductPatch::default() };
        let (mut prices, mut setups, mut costs) = (vec![], vec![], vec![]);
        for at in 0..self.memory.len() {
            let memory = self.memory[at].trim();
            let empty = |column: &[String]| column[at].trim().is_empty();
            if memory.is_empty() && [&self.price, &self.setup, &self.cost].iter().all(|c| empty(c))
            {
                continue;
            }
            let read = |column: &[String], what: &'static str| match column[at].trim() {
                "" => Ok(None),
                text => match read_money(text, currency) {
                    Some(money) => Ok(Some(money)),
                    None => Err(Wrong { row: at, column: what }),
                },
            };
            let price = read(&self.price, "price")?;
            prices.push((memory.to_owned(), price));
            let (setup, cost) = (read(&self.setup, "setup")?, read(&self.cost, "cost")?);
            // What is taken off the list has neither.
            if price.is_some() {
                setups.push((memory.to_owned(), setup));
                costs.push((memory.to_owned(), cost));
            }
        }
        (patch.prices, patch.setups, patch.costs) = (Some(prices), Some(setups), Some(costs));
        Ok(patch)
    }

    fn rows(self) -> Vec<PriceRow> {
        let columns = self.memory.into_iter().zip(self.price).zip(self.setup).zip(self.cost);
        let row = |(((memory, price), setup), cost)| PriceRow {
            memory,
            price: Field::of(price),
            setup: Field::of(setup),
            cost: Field::of(cost),
            margin: None,
        };
        columns.map(row).collect()
    }
}

/// What is no money, and where it stands.
struct Wrong {
    row: usize,
    column: &'static str,
}

/// What it costs, and what it costs us.
pub(crate) async fn price(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(sent): Posted<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let sent = Priced::of(sent)?;
    let mut wrong = None;
    let done = match sent.patch(shop.engine().settings().currency) {
        Ok(patch) => shop.engine().change_product(&id, patch, me.actor()).await.map(drop),
        Err(found) => {
            wrong = Some(found);
            Err(Error::invalid("invalid-product", "write an amount like 699 or 699.50"))
        }
    };
    answered((&shop, &around, &me, &id), done, |page, error| {
        page.prices = sent.rows();
        let Some(Wrong { row, column }) = wrong else {
            if !matches!(error, Error::Invalid { .. }) {
                return Some(words(error));
            }
            page.price_error = Some(words(error));
            return None;
        };
        let row = &mut page.prices[row];
        let field = match column {
            "price" => &mut row.price,
            "setup" => &mut row.setup,
            _ => &mut row.cost,
        };
        field.error = Some(words(error));
        None
    })
    .await
}

#[derive(Debug, Deserialize)]
pub(crate) struct Linking {
    pid: String,
    /// The version that was looked at, and that somebody has seen what would change.
    version: Option<i64>,
    sure: Option<bool>,
}

/// Buys it as another package: shows what that changes, and does it once somebody is sure.
pub(crate) async fn link(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(sent): Posted<Linking>,
) -> Result<Response, Problem> {
    let refused = |page: &mut ProductSheet, error: &Error| {
        page.link.pid = Field::of(&sent.pid);
        if !matches!(error, Error::Invalid { .. }) {
            return Some(words(error));
        }
        page.link.pid.error = Some(beside(error));
        None
    };
    let around = (&shop, &around, &me, &id);
    let (Some(true), Some(version)) = (sent.sure, sent.version) else {
        let target = match shop.engine().package_to_link(&id, &sent.pid).await {
            Ok(target) => target,
            Err(error) => return answered(around, Err(error), refused).await,
        };
        let (all, mut page) = dossier(&shop, around.1, &me, &id).await?;
        let (now, package) = (&all.shown, &target);
        page.link.preview = Some(Target {
            pid: package.pid.to_string(),
            package: package.name.clone(),
            promise: Block::of(&package.promise(&[])).text(),
            stock: package.stock.to_string(),
            before: Block::of(&now.product.promise(&now.package)).text(),
        });
        return page::show(&page);
    };
    let patch = ProductPatch {
        pid: Some(sent.pid.clone()),
        cidrs: Some(vec![]),
        version: Some(version),
        ..ProductPatch::default()
    };
    let done = shop.engine().change_product(&id, patch, me.actor()).await.map(drop);
    answered(around, done, refused).await
}

/// A person has looked at what holds it.
pub(crate) async fn lift_hold(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(because): Posted<Because>,
) -> Result<Response, Problem> {
    let done = shop.engine().lift_hold(&id, &because.reason, me.actor()).await.map(drop);
    answered((&shop, &around, &me, &id), done, |page, error| {
        page.lift = Field::of(&because.reason);
        if error.slug() != "invalid-reason" {
            return Some(words(error));
        }
        page.lift.error = Some(words(error));
        None
    })
    .await
}
