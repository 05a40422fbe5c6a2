//! The shop's window: what is for sale, what somebody looks for in it, and how much there is.
//! Not for one product alone: `product.rs`.

use askama::Template;
use domain::package::Ram;

use super::block::Block;
use super::{Choice, Frame, Here, Said, Sample};
use crate::language::Language;

/// `/`: everything that is for sale, or what fits a wish.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/list.html")]
pub struct List {
    pub frame: Frame,
    /// The shop's owner has stopped selling.
    pub stopped: bool,
    /// The stock was not confirmed recently: nothing is sold by it.
    pub unsure: bool,
    pub filter: Filter,
    /// How many products fit, and how many there are.
    pub found: usize,
    pub all: usize,
    pub groups: Vec<Group>,
    pub pages: Option<Pages>,
    pub tax: Option<PriceTax>,
}

/// What somebody looks for, as the form says it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub text: String,
    pub sizes: Vec<Choice>,
    /// In whole units of the currency.
    pub most: String,
    pub currency: String,
    pub tags: Vec<Tag>,
    /// The tag that is chosen, as the form keeps it.
    pub tag: String,
    pub only_on_sale: bool,
    pub orders: Vec<Choice>,
    pub grouped: bool,
    /// More is wanted than a search and a tag.
    pub is_open: bool,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.tag.is_empty() && !self.is_open
    }
}

/// A word by which products are found together.
#[derive(Clone, Debug)]
pub struct Tag {
    pub name: String,
    pub count: usize,
    /// The list with this tag chosen, or with it off again.
    pub url: String,
    pub chosen: bool,
}

/// Products that stand together; without a name where nobody asked for groups.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Option<String>,
    pub cards: Vec<Card>,
}

/// Where one is in a long list.
#[derive(Clone, Debug)]
pub struct Pages {
    pub page: usize,
    pub last: usize,
    pub before: Option<String>,
    pub next: Option<String>,
}

/// What comes on top of the prices, or is in them.
#[derive(Clone, Debug)]
pub struct PriceTax {
    pub rate: String,
    pub included: bool,
}

/// One product.
#[derive(Clone, Debug)]
pub struct Card {
    pub id: String,
    pub name: String,
    pub url: String,
    pub block: Block,
    pub sizes: Vec<Size>,
    pub days: i64,
    pub stock: Stock,
}

/// One memory size and its price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size {
    /// As orders name it: `8GB`.
    pub memory: String,
    pub ram: Ram,
    pub price: String,
    pub chosen: bool,
}

/// How much of something there is, as far as a customer cares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stock {
    Plenty,
    Few(i64),
    Gone,
}

impl Size {
    /// As people read it: `8 GB`.
    pub fn label(&self) -> String {
        label(self.ram)
    }
}

/// A memory size as people read it: `8 GB`.
pub fn label(ram: Ram) -> String {
    format!("{} GB", ram.as_gb())
}

impl Stock {
    /// So many or fewer are worth saying.
    const FEW: i64 = 10;

    pub fn of(available: bool, saleable: i64) -> Stock {
        match saleable {
            _ if !available => Stock::Gone,
            ..=0 => Stock::Gone,
            1..=Stock::FEW => Stock::Few(saleable),
            _ => Stock::Plenty,
        }
    }

    pub fn is_gone(self) -> bool {
        self == Stock::Gone
    }

    pub fn words(self, language: &Language) -> String {
        match self {
            Stock::Plenty => language.say("stock-plenty"),
            Stock::Few(count) => language.say_with("stock-few", "count", count),
            Stock::Gone => language.say("stock-gone"),
        }
    }

    pub fn tone(self) -> super::Tone {
        match self {
            Stock::Plenty => super::Tone::Good,
            Stock::Few(_) => super::Tone::Warn,
            Stock::Gone => super::Tone::Plain,
        }
    }
}

impl Card {
    pub fn sample(name: &str, stock: Stock) -> Card {
        let size = |gb: u16, price: &str| Size {
            memory: format!("{gb}GB"),
            ram: Ram::gb(gb),
            price: price.into(),
            chosen: gb == 8,
        };
        Card {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: format!("🌊 {name}"),
            url: "/products/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            block: Block::sample(name),
            sizes: vec![size(4, "₹699"), size(8, "₹999"), size(16, "₹1,499")],
            days: 30,
            stock,
        }
    }
}

impl Tag {
    fn sample(name: &str, count: usize, chosen: bool) -> Tag {
        Tag { name: name.into(), count, url: format!("/?tag={name}"), chosen }
    }
}

impl Filter {
    fn sample() -> Filter {
        let label = |gb: u16| Choice::of(format!("{gb}GB"), label(Ram::gb(gb)));
        Filter {
            sizes: [4, 8, 16].map(label).into(),
            currency: "₹".into(),
            tags: vec![Tag::sample("AMD", 1, false), Tag::sample("Mumbai", 4, false)],
            orders: Filter::orders(Language::default(), ""),
            ..Filter::default()
        }
    }

    /// What may come first.
    pub fn orders(language: Language, chosen: &str) -> Vec<Choice> {
        let orders = [
            Choice::of("", language.say("order-name")),
            Choice::of("cheapest", language.say("order-cheapest")),
            Choice::of("dearest", language.say("order-dearest")),
        ];
        orders.map(|one| Choice { chosen: one.value == chosen, ..one }).into()
    }
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let cards = vec![
            Card::sample("103.181.91", Stock::Plenty),
            Card::sample("103.109.18x", Stock::Few(6)),
            Card::sample("103.82.72", Stock::Plenty),
            Card::sample("103.184 (Diamond Pro AMD 3.1GHz)", Stock::Few(1)),
            Card::sample("157.254.25.xx", Stock::Gone),
            Card::sample("103.195.160.2", Stock::Plenty),
        ];
        let alone = |cards: Vec<Card>| vec![Group { name: None, cards }];
        let frame = Frame::sample("Servers", Here::Shop).for_nobody();
        let frame = frame.listed_sample("Servers with an address from the block you pick.", "/");
        let list = List {
            frame: frame.clone(),
            stopped: false,
            unsure: false,
            filter: Filter::sample(),
            found: cards.len(),
            all: cards.len(),
            groups: alone(cards.clone()),
            pages: None,
            tax: Some(PriceTax { rate: "18 %".into(), included: false }),
        };
        let hindi = List {
            frame: frame.sample_in("hi"),
            filter: Filter {
                orders: Filter::orders(Language::of("hi").unwrap_or_default(), "cheapest"),
                is_open: true,
                ..Filter::sample()
            },
            ..list.clone()
        };
        let full = alone((0..List::PAGE).map(|_| cards[3].clone()).collect());
        let pages =
            Pages { page: 2, last: 9, before: Some("/".into()), next: Some("/?page=3".into()) };
        let full = List { groups: full, all: 201, found: 201, pages: Some(pages), ..list.clone() };
        let signed_in = List {
            frame: Frame { said: Some(Said::Welcome), ..Frame::sample("Servers", Here::Shop) },
            stopped: true,
            ..list.clone()
        };
        let two = |name: Option<&str>, from: usize| Group {
            name: name.map(Into::into),
            cards: cards[from..from + 2].to_vec(),
        };
        let narrow = Filter {
            most: "1500".into(),
            grouped: true,
            is_open: true,
            tag: "Mumbai".into(),
            tags: vec![Tag::sample("AMD", 1, false), Tag::sample("Mumbai", 4, true)],
            ..Filter::sample()
        };
        let groups = vec![two(Some("Mumbai"), 0), two(Some("Noida"), 2), two(None, 4)];
        let grouped = List { groups, filter: narrow.clone(), found: 6, all: 20, ..list.clone() };
        let lost = Filter { text: "45.157".into(), ..narrow };
        let lost = List { groups: vec![], found: 0, filter: lost, ..list.clone() };
        let empty = List { groups: vec![], found: 0, all: 0, unsure: true, ..list.clone() };
        let states = ["list", "hindi", "signed-in", "grouped", "empty", "not-found", "full"];
        states.into_iter().zip([list, hindi, signed_in, grouped, empty, lost, full]).collect()
    }
}

impl List {
    pub fn found_words(&self) -> String {
        let counts = [("count", self.found.into()), ("all", self.all.into())];
        self.frame.language.say_all("shop-found", counts)
    }

    pub fn page_words(&self, pages: &Pages) -> String {
        let numbers = [("page", pages.page.into()), ("last", pages.last.into())];
        self.frame.language.say_all("shop-page", numbers)
    }

    /// So many products stand on one page: it stays small enough for a slow phone.
    pub const PAGE: usize = 24;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_told_only_where_it_matters() {
        let words = |stock: Stock| stock.words(&Language::default());
        assert_eq!(words(Stock::of(true, 50)), "In stock");
        assert_eq!(words(Stock::of(true, 3)), "3 left");
        assert_eq!(words(Stock::of(true, 1)), "The last one");
        assert_eq!(words(Stock::of(true, 0)), "Back soon");
        assert_eq!(words(Stock::of(false, 50)), "Back soon");
        assert_eq!(Stock::of(true, -2), Stock::Gone);
    }
}
