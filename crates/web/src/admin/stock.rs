//! The catalogue by hand: what is sold as what. Bringing it up to the provider's list is `sync.rs`.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use domain::id::ProductId;
use domain::product::Price;
use engine::catalogue::{ProductPatch, Shown, Which};
use engine::permission::Act;
use engine::read::Page;
use engine::{Error, Settings};
use serde::Deserialize;

use super::fault::words;
use super::product_page::margin;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At, id_of};
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::stock::{Row, Sold, Stock};
use crate::view::block::Block;
use crate::view::{Choice, Frame, Here, Said, Tone};

/// So many products stand on one page, which stays below 100 KB.
const PAGE: i64 = 75;

/// What staff look for, as the address and the page call it.
const FILTERS: [(&str, &str, Which); 9] = [
    ("", "All", Which::All),
    ("held", "Held", Which::Held),
    ("off", "Off sale", Which::OffSale),
    ("missing", "Missing", Which::Missing),
    ("low", "Low", Which::Low),
    ("names", "Name says another block", Which::Contradicting),
    ("twice", "Name stands twice", Which::Repeated),
    ("costs", "Cost not known", Which::WithoutCost),
    ("hidden", "Not published", Which::Unpublished),
];

/// Which part of the catalogue.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    show: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

impl Part {
    /// The address of this part of the catalogue, from a product on.
    fn at(&self, after: &str) -> String {
        let all = [("show", &*self.show), ("q", self.q.trim()), ("after", after)];
        paths::with_query(
            paths::STAFF_STOCK,
            all.into_iter().filter(|(_, value)| !value.is_empty()),
        )
    }

    /// The same search, filtered in another way.
    fn shown_as(&self, show: &str) -> Part {
        Part { show: show.to_owned(), q: self.q.clone(), after: None }
    }
}

/// `/admin/ipStock`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(part): Asked<Part>,
) -> Result<Response, Problem> {
    page::show(&catalogue(&shop, &around, &me, &part).await?)
}

/// A part of all products, for whichever page shows them.
pub(super) async fn products(
    shop: &Shop,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Shown>, Problem> {
    let after = after.map(id_of::<ProductId>).transpose()?;
    let shown = shop.engine().list_products(after, limit + 1).await?;
    Ok(Page::of(shown, limit, |shown| shown.product.id.to_string()))
}

async fn catalogue(shop: &Shop, around: &Around, me: &Me, wanted: &Part) -> Result<Stock, Problem> {
    let chosen = FILTERS.iter().find(|(word, ..)| *word == wanted.show).unwrap_or(&FILTERS[0]);
    let (show, _, which) = *chosen;
    let after = wanted.after.as_deref().map(id_of::<ProductId>).transpose()?;
    let found = shop.engine().find_products((which, &wanted.q), after, PAGE + 1).await?;
    let (found, repeated) = found;
    let part = Page::of(found, PAGE, |shown| shown.product.id.to_string());
    let frame = around.frame(shop, "Catalogue", Here::StaffStock);
    let synced_at = shop.engine().synced_at().await?;
    let settings = shop.engine().settings();
    let filter = |(word, label, _): &(&str, &str, Which)| Choice {
        chosen: *word == show,
        ..Choice::of(wanted.shown_as(word).at(""), *label)
    };
    Ok(Stock {
        rows: part.items.iter().map(|shown| row(shown, &repeated, (settings, &frame))).collect(),
        next: part.next.map(|next| wanted.at(&next)),
        filters: FILTERS.iter().map(filter).collect(),
        show: show.to_owned(),
        search: wanted.q.trim().to_owned(),
        after: wanted.after.clone().unwrap_or_default(),
        refused: None,
        last_sync: synced_at.map(|at| frame.time(at)),
        may_sync: me.may(Act::Sync) && me.may(Act::ManageCatalogue),
        frame,
    })
}

/// A note whose time is written for machines, with the clock on the shop's wall instead.
pub(super) fn with_clock(note: &str, frame: &Frame) -> String {
    let told = note.strip_suffix(')').and_then(|note| note.rsplit_once(" ("));
    match told.and_then(|(words, at)| Some((words, Timestamp::parse(at)?))) {
        Some((words, at)) => format!("{words} ({})", frame.time(at).text),
        None => note.to_owned(),
    }
}

fn row(shown: &Shown, repeated: &[String], (settings, frame): (&Settings, &Frame)) -> Row {
    let (product, package) = (&shown.product, &shown.package);
    let note = match product.held {
        Some(held) => held.words().to_owned(),
        None => with_clock(&product.note, frame),
    };
    let sold = |price: &Price| Sold {
        memory: price.ram.to_string(),
        price: price.price.for_people(),
        margin: margin(price, settings),
    };
    Row {
        id: product.id.to_string(),
        name: product.name.clone(),
        package: package.name.clone(),
        pid: (!package.is_by_hand()).then(|| package.pid.to_string()),
        block: Block::of(&product.promise(package)).text(),
        stock: if package.unlimited { "no end".to_owned() } else { package.stock.to_string() },
        states: states(shown),
        prices: product.prices.iter().map(sold).collect(),
        note,
        published: product.published,
        tags: product.tags.clone(),
        contradiction: product.contradiction(&package.name),
        stands_twice: repeated.contains(&product.name),
    }
}

pub(super) fn states(shown: &Shown) -> Vec<Badge> {
    let product = &shown.product;
    let mut states = vec![if product.held.is_some() {
        Badge::of(Tone::Bad, "held")
    } else if !product.published {
        Badge::of(Tone::Plain, "not published")
    } else if shown.available {
        Badge::of(Tone::Good, "on sale")
    } else {
        Badge::of(Tone::Warn, "off sale")
    }];
    if shown.package.is_by_hand() {
        states.push(Badge::of(Tone::Sea, "by hand"));
    }
    if shown.package.missing_since.is_some() {
        states.push(Badge::of(Tone::Bad, "missing"));
    }
    states
}

#[derive(Debug, Deserialize)]
pub(crate) struct Changing {
    published: bool,
    /// The part of the catalogue in which the button stood.
    #[serde(flatten)]
    part: Part,
}

/// Staff put a product into the shop or take it off.
pub(crate) async fn change(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(Changing { published, part }): Posted<Changing>,
) -> Result<Response, Problem> {
    let patch = ProductPatch { published: Some(published), ..ProductPatch::default() };
    match shop.engine().change_product(&id, patch, me.actor()).await {
        Ok(_) => {
            shop.shelf().clear();
            let back = part.at(part.after.as_deref().unwrap_or_default());
            Ok(page::on_to_say(&back, Said::Done))
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let refused = Some((paths::staff_product(&id), words(&error)));
            let page = Stock { refused, ..catalogue(&shop, &around, &me, &part).await? };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_tells_its_time_by_the_clock_on_the_wall() {
        let frame = Frame::sample("", Here::StaffStock);
        let note = "Auto-disabled: Only 3 IPs left (2026-11-21T08:33:00.06Z)";
        assert_eq!(with_clock(note, &frame), "Auto-disabled: Only 3 IPs left (14:03)");
        assert_eq!(with_clock("by hand (Ravi)", &frame), "by hand (Ravi)");
    }
}
