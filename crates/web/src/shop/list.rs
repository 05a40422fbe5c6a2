//! The shop's window: what fits a wish, a page at a time. What is wanted stands in the address, so
//! that it can be sent to somebody, and every way through it is a link or a form.

use axum::extract::State;
use axum::response::Response;
use domain::money::Money;
use domain::package::Ram;
use domain::tax::Mode;
use engine::Settings;
use serde::Deserialize;

use super::window::{Item, Sorted, Window, Wish};
use crate::app::Shop;
use crate::body::Asked;
use crate::language::Language;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::block::Block;
use crate::view::shop::{Card, Filter, Group, List, Pages, PriceTax, Size, Stock, Tag, label};
use crate::view::{Choice, Frame, Here, Listed};

/// Nobody searches for more.
const SEARCH_MAX: usize = 60;
/// What a box that is ticked sends.
const YES: &str = "yes";

/// What the address says. What cannot be read of it is left out: a link that somebody has bent
/// shows the shop all the same.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asking {
    q: String,
    memory: String,
    /// At most so much, in whole units of the shop's currency.
    most: String,
    tag: String,
    /// `yes`: only what can be had now.
    stock: String,
    order: String,
    /// `tag`: those of one tag stand together.
    group: String,
    page: String,
}

impl Asking {
    fn wish(&self, settings: &Settings) -> Wish {
        let text: String = self.q.trim().chars().take(SEARCH_MAX).collect();
        let most = self.most.trim().parse::<u32>().ok().filter(|most| *most > 0);
        Wish {
            text: text.to_lowercase(),
            memory: Ram::parse(&self.memory),
            most: most.map(|most| Money::major(most.into(), settings.currency).minor),
            tag: self.tag.trim().to_lowercase(),
            only_on_sale: self.stock == YES,
            order: match &*self.order {
                "cheapest" => Sorted::Cheapest,
                "dearest" => Sorted::Dearest,
                _ => Sorted::Name,
            },
            grouped: self.group == "tag",
        }
    }

    /// The address of the same wish, with another tag and on another page.
    fn url(&self, tag: &str, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let parameters = [
            ("q", self.q.trim()),
            ("memory", &self.memory),
            ("most", &self.most),
            ("tag", tag),
            ("stock", &self.stock),
            ("order", &self.order),
            ("group", &self.group),
            ("page", &page),
        ];
        paths::with_query(paths::SHOP, parameters.into_iter().filter(|(_, it)| !it.is_empty()))
    }
}

/// `/`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(asking): Asked<Asking>,
) -> Result<Response, Problem> {
    let settings = shop.engine().settings();
    let window = shop.shelf().window(shop.engine()).await?;
    let wish = asking.wish(settings);
    let found = window.find(&wish);
    let last = found.len().div_ceil(List::PAGE).max(1);
    let page = asking.page.parse::<usize>().unwrap_or(1).clamp(1, last);
    let here = &found[(page - 1) * List::PAGE..(page * List::PAGE).min(found.len())];
    let turn = |page: usize| asking.url(&asking.tag, page);
    let pages = (last > 1).then(|| Pages {
        page,
        last,
        before: (page > 1).then(|| turn(page - 1)),
        next: (page < last).then(|| turn(page + 1)),
    });
    let frame = around.spoken(&shop, "shop-title", Here::Shop);
    page::show(&List {
        stopped: window.state.stopped,
        unsure: !window.state.confirmed,
        filter: filter(&asking, &wish, &window, &frame, settings),
        found: found.len(),
        all: window.count(),
        groups: groups(here, &wish),
        pages,
        tax: price_tax(settings),
        frame: Frame { listed: Some(listed(&shop, frame.language, page)), ..frame },
    })
}

/// However it was searched, it is one page to those who list it.
fn listed(shop: &Shop, language: Language, page: usize) -> Listed {
    let path = Asking::default().url("", page);
    let canonical = paths::whole(&shop.engine().settings().app_url, &path);
    Listed { description: language.say("shop-description"), canonical }
}

fn filter(
    asking: &Asking,
    wish: &Wish,
    window: &Window,
    frame: &Frame,
    settings: &Settings,
) -> Filter {
    let size = |ram: &Ram| Choice {
        chosen: wish.memory == Some(*ram),
        ..Choice::of(ram.to_string(), label(*ram))
    };
    let tag = |(name, count): &(String, usize)| {
        let chosen = name.to_lowercase() == wish.tag;
        let url = asking.url(if chosen { "" } else { name }, 1);
        Tag { name: name.clone(), count: *count, url, chosen }
    };
    let most = wish.most.map(|minor| minor / settings.currency.minor_per_major());
    Filter {
        text: asking.q.trim().chars().take(SEARCH_MAX).collect(),
        sizes: window.sizes.iter().map(size).collect(),
        most: most.map(|most| most.to_string()).unwrap_or_default(),
        currency: settings.currency.sign().to_owned(),
        tags: window.tags.iter().map(tag).collect(),
        tag: if wish.tag.is_empty() { String::new() } else { asking.tag.trim().to_owned() },
        only_on_sale: wish.only_on_sale,
        orders: Filter::orders(frame.language, &asking.order),
        grouped: wish.grouped,
        is_open: wish
            != &Wish { text: wish.text.clone(), tag: wish.tag.clone(), ..Wish::default() },
    }
}

fn price_tax(settings: &Settings) -> Option<PriceTax> {
    let included = settings.tax_mode == Mode::Inclusive;
    let rate = settings.tax_rate;
    (!rate.is_zero()).then(|| PriceTax { rate: rate.to_string(), included })
}

/// In the order in which they were found; each group once, as they stand together.
fn groups(items: &[&Item], wish: &Wish) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for item in items {
        let tags = &item.shown.product.tags;
        let name = if wish.grouped { tags.first().cloned() } else { None };
        let same = |group: &&mut Group| {
            let lower = |name: &Option<String>| name.as_ref().map(|name| name.to_lowercase());
            lower(&group.name) == lower(&name)
        };
        let card = shown_card(item, wish.memory);
        match groups.last_mut().filter(same) {
            Some(group) => group.cards.push(card),
            None => groups.push(Group { name, cards: vec![card] }),
        }
    }
    groups
}

/// A product as customers see it; the middle size is chosen until they choose.
fn shown_card(item: &Item, wanted: Option<Ram>) -> Card {
    let (product, package) = (&item.shown.product, &item.shown.package);
    let usual = product.prices.len().saturating_sub(1) / 2;
    let asked = product.prices.iter().position(|price| Some(price.ram) == wanted);
    let chosen = asked.unwrap_or(usual);
    let sizes = product.prices.iter().enumerate().map(|(at, price)| Size {
        memory: price.ram.to_string(),
        ram: price.ram,
        price: price.price.for_people(),
        chosen: at == chosen,
    });
    Card {
        id: product.id.to_string(),
        name: product.name.clone(),
        url: paths::product(&product.id, &product.name),
        block: Block::of(&product.promise(package)),
        sizes: sizes.collect(),
        days: package.days,
        stock: Stock::of(item.on_sale, package.left()),
    }
}

/// The card of a product that was read for its own page.
pub(super) fn card(item: &Item, wanted: &str) -> Card {
    shown_card(item, Ram::parse(wanted))
}
