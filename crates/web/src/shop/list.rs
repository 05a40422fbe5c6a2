//! The shop's window. The cards are put together once per change of the catalogue; only the frame
//! around them is made for each visitor.

use axum::extract::State;
use axum::response::Response;
use domain::id::ProductId;
use engine::Engine;
use engine::catalogue::Shown;
use serde::Deserialize;

use crate::app::Shop;
use crate::body::{Asked, id_of};
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::shelf::{Ready, State as Shelved};
use crate::view::Here;
use crate::view::block::Block;
use crate::view::shop::{Card, Cards, List, Size, Stock};

/// Nobody searches for more.
const SEARCH_MAX: usize = 60;
/// So many products are looked through at a time.
const TOGETHER: i64 = 500;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// `/`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let search: String = which.q.trim().chars().take(SEARCH_MAX).collect();
    let after = which.after.as_deref().map(id_of::<ProductId>).transpose()?;
    let name = format!("cards {} {search}", which.after.as_deref().unwrap_or_default());
    let make = async |state| put_together(shop.engine(), after, &search, state).await;
    let ready = shop.shelf().ready(shop.engine(), &name, make).await?;
    let frame = around.frame(&shop, "Servers", Here::Shop);
    let cards = String::from_utf8_lossy(&ready.body).into_owned();
    page::show(&List { frame, cards, search })
}

async fn put_together(
    engine: &Engine,
    after: Option<ProductId>,
    search: &str,
    state: Shelved,
) -> Result<Ready, Problem> {
    let mut found = find(engine, after, search).await?;
    let more = found.len() > List::PAGE;
    found.truncate(List::PAGE);
    let next = found.last().filter(|_| more).map(|shown| {
        let parameters = [("q", search), ("after", shown.product.id.as_str())];
        paths::with_query(
            paths::SHOP,
            parameters.into_iter().filter(|(_, value)| !value.is_empty()),
        )
    });
    let cards = found.iter().map(card).collect();
    let body = page::rendered(&Cards {
        stopped: state.stopped,
        unsure: !state.confirmed,
        cards,
        search: search.to_owned(),
        next,
    })?;
    Ok(Ready { body: body.into(), next: None })
}

/// One product more than a page shows, so that it is known whether there is a next one.
async fn find(
    engine: &Engine,
    mut after: Option<ProductId>,
    search: &str,
) -> Result<Vec<Shown>, Problem> {
    let wanted = List::PAGE + 1;
    if search.is_empty() {
        let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
        return Ok(engine.shop(after, wanted).await?);
    }
    let search = search.to_lowercase();
    let mut found = Vec::new();
    loop {
        let part = engine.shop(after, TOGETHER).await?;
        let Some(last) = part.last().map(|shown| shown.product.id.clone()) else { break };
        let is_last = i64::try_from(part.len()).is_ok_and(|length| length < TOGETHER);
        found.extend(part.into_iter().filter(|shown| fits(shown, &search)));
        if is_last || found.len() >= wanted {
            break;
        }
        after = Some(last);
    }
    found.truncate(wanted);
    Ok(found)
}

fn fits(shown: &Shown, search: &str) -> bool {
    let promise = shown.product.promise(&shown.package).to_string();
    [shown.product.name.as_str(), shown.package.name.as_str(), promise.as_str()]
        .into_iter()
        .any(|text| text.to_lowercase().contains(search))
}

/// A product as customers see it; the middle size is chosen until they choose.
pub(super) fn card(shown: &Shown) -> Card {
    let (product, package) = (&shown.product, &shown.package);
    let usual = product.prices.len().saturating_sub(1) / 2;
    let sizes = product.prices.iter().enumerate().map(|(at, price)| Size {
        memory: price.ram.to_string(),
        label: format!("{} GB", price.ram.as_gb()),
        price: price.price.for_people(),
        chosen: at == usual,
    });
    Card {
        id: product.id.to_string(),
        name: product.name.clone(),
        block: Block::of(&product.promise(package)),
        sizes: sizes.collect(),
        stock: Stock::of(shown.available, package.left()),
    }
}
