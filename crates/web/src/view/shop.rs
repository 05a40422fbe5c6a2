//! The shop's window and its counter: what is for sale, and one order before it is placed.

use askama::Template;
use domain::os::Os;

use super::bill::{Bill, BillRow};
use super::block::Block;
use super::{Choice, Field, Frame, Here, Said, Sample};

/// `/`: everything that is for sale.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/list.html")]
pub struct List {
    pub frame: Frame,
    /// The cards, ready: they are the same for everybody.
    pub cards: String,
    /// What was searched for; empty where nothing was.
    pub search: String,
}

/// The cards of one part of the list, put together once per change of the catalogue.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/cards.html")]
pub struct Cards {
    /// The shop's owner has stopped selling.
    pub stopped: bool,
    /// The stock was not confirmed recently: nothing is sold by it.
    pub unsure: bool,
    pub cards: Vec<Card>,
    pub search: String,
    /// Where the next part of a long list is.
    pub next: Option<String>,
}

/// One product.
#[derive(Clone, Debug)]
pub struct Card {
    pub id: String,
    pub name: String,
    pub block: Block,
    pub sizes: Vec<Size>,
    pub stock: Stock,
}

/// One memory size and its price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size {
    /// As orders name it: `8GB`.
    pub memory: String,
    /// As people read it: `8 GB`.
    pub label: String,
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

    pub fn words(self) -> String {
        match self {
            Stock::Plenty => "In stock".into(),
            Stock::Few(1) => "The last one".into(),
            Stock::Few(count) => format!("{count} left"),
            Stock::Gone => "Back soon".into(),
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

/// `/checkout`: one product, what exactly is promised, and the button.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/checkout.html")]
pub struct Checkout {
    pub frame: Frame,
    pub card: Card,
    pub memory: Field,
    pub systems: Vec<Choice>,
    pub os: Field,
    /// A coupon's code.
    pub code: Field,
    /// What each size costs, line by line.
    pub bills: Vec<SizeBill>,
    /// What the wallet could pay of it.
    pub wallet: Option<Choice>,
    /// Why it cannot be ordered just now, and what to do.
    pub refused: Option<String>,
    pub pid: String,
    pub days: i64,
    /// A person delivers it, and how soon, in words.
    pub by_hand: Option<String>,
    /// Sent along, so that one order comes of two clicks.
    pub key: String,
    /// Where a guest goes on: signing up leads back here.
    pub next: String,
}

/// What one size costs.
#[derive(Clone, Debug)]
pub struct SizeBill {
    pub memory: String,
    pub bill: Bill,
    pub chosen: bool,
}

impl Checkout {
    /// Every system that can be chosen, and any.
    pub fn systems(chosen: &str) -> Vec<Choice> {
        let any = Choice::of("", "Any: the fastest choice");
        let listed = Os::ALL.into_iter().map(|os| Choice::of(os.code(), os.label()));
        let choices = std::iter::once(any).chain(listed);
        choices.map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect()
    }
}

impl Card {
    pub fn sample(name: &str, stock: Stock) -> Card {
        let size = |gb: u16, price: &str| Size {
            memory: format!("{gb}GB"),
            label: format!("{gb} GB"),
            price: price.into(),
            chosen: gb == 8,
        };
        Card {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: format!("🌊 {name}"),
            block: Block::sample(name),
            sizes: vec![size(4, "₹699"), size(8, "₹999"), size(16, "₹1,499")],
            stock,
        }
    }
}

impl Sample for List {
    fn samples() -> Vec<(&'static str, List)> {
        let cards = vec![
            Card::sample("103.181.91", Stock::Plenty),
            Card::sample("103.109.18x", Stock::Few(6)),
            Card::sample("103.82.72", Stock::Plenty),
            Card::sample("103.184 (Diamond Pro AMD 3.1GHz)", Stock::Few(1)),
            Card::sample("157.254.25.xx", Stock::Gone),
            Card::sample("103.195.160.2", Stock::Plenty),
        ];
        let ready = |cards: Vec<Card>, search: &str, next: Option<&str>| {
            let next = next.map(Into::into);
            // A sample that cannot be rendered shows as an empty list, and its test fails.
            let unsure = cards.is_empty() && search.is_empty();
            let cards = Cards { stopped: false, unsure, cards, search: search.into(), next };
            cards.render().unwrap_or_default()
        };
        let list = List {
            frame: Frame::sample("Servers", Here::Shop).for_nobody(),
            cards: ready(cards.clone(), "", Some("/?after=prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F")),
            search: String::new(),
        };
        let full = (0..List::PAGE).map(|_| cards[3].clone()).collect();
        let full = List { cards: ready(full, "", Some("/?after=x")), ..list.clone() };
        let signed_in = List {
            frame: Frame { said: Some(Said::Welcome), ..Frame::sample("Servers", Here::Shop) },
            cards: {
                let (cards, search) = (cards.clone(), String::new());
                let stopped = Cards { stopped: true, unsure: false, cards, search, next: None };
                stopped.render().unwrap_or_default()
            },
            ..list.clone()
        };
        let nothing = List { cards: ready(vec![], "", None), ..list.clone() };
        let lost =
            List { search: "45.157".into(), cards: ready(vec![], "45.157", None), ..list.clone() };
        vec![
            ("list", list),
            ("signed-in", signed_in),
            ("empty", nothing),
            ("not-found", lost),
            ("full", full),
        ]
    }
}

impl List {
    /// So many products stand on one page: it stays small enough for a slow phone.
    pub const PAGE: usize = 48;
}

impl SizeBill {
    /// With a discount and tax, as one size of the sample product has it.
    fn sample(memory: &str, lines: [&str; 5], chosen: bool) -> SizeBill {
        let labels = ["Server", "Code DIWALI-10", "CGST 9 %", "SGST 9 %"];
        let row = |(label, amount): (&str, &str)| BillRow {
            label: label.to_owned(),
            amount: amount.to_owned(),
        };
        let rows = labels.into_iter().zip(lines).map(row).collect();
        SizeBill { memory: memory.into(), bill: Bill { rows, total: lines[4].into() }, chosen }
    }
}

impl Sample for Checkout {
    fn samples() -> Vec<(&'static str, Checkout)> {
        let ready = Checkout {
            frame: Frame::sample("Your order", Here::Shop),
            card: Card::sample("103.181.91", Stock::Few(9)),
            memory: Field::of("8GB"),
            systems: Checkout::systems("ubuntu"),
            os: Field::of("ubuntu"),
            code: Field::of("DIWALI-10"),
            bills: vec![
                SizeBill::sample("4GB", ["₹699", "-₹70", "₹56.61", "₹56.61", "₹742.22"], false),
                SizeBill::sample("8GB", ["₹999", "-₹100", "₹80.91", "₹80.91", "₹1,060.82"], true),
            ],
            wallet: Some(Choice::of("50000", "₹500")),
            refused: None,
            pid: "6".into(),
            days: 30,
            by_hand: None,
            key: "5f2a9c".into(),
            next: "/checkout?product=prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F&memory=8GB".into(),
        };
        let frame = ready.frame.clone().for_nobody();
        let guest = Checkout { frame, wallet: None, ..ready.clone() };
        let refused = Checkout {
            refused: Some("103.181.91 has no server left to sell; choose another product".into()),
            code: Field::wrong("DIWALI-1O", "There is no code \"DIWALI-1O\"."),
            memory: Field::wrong("32GB", "This product is not offered with 32 GB. Choose another."),
            ..ready.clone()
        };
        let by_hand = Checkout { by_hand: Some("4 hours".into()), days: 365, ..ready.clone() };
        vec![("ready", ready), ("guest", guest), ("refused", refused), ("by-hand", by_hand)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_told_only_where_it_matters() {
        assert_eq!(Stock::of(true, 50).words(), "In stock");
        assert_eq!(Stock::of(true, 3).words(), "3 left");
        assert_eq!(Stock::of(true, 1).words(), "The last one");
        assert_eq!(Stock::of(true, 0).words(), "Back soon");
        assert_eq!(Stock::of(false, 50).words(), "Back soon");
        assert_eq!(Stock::of(true, -2), Stock::Gone);
    }
}
