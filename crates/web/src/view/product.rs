//! One product: what exactly is promised, what it costs with everything, and the button.

use askama::Template;
use domain::money::Money;
use domain::os::Os;
use domain::package::Ram;

use super::bill::{Bill, BillRow};
use super::shop::{Card, Stock};
use super::{Choice, Field, Frame, Here, Sample};
use crate::language::Language;

/// `/products/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "shop/product.html")]
pub struct Page {
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
    pub tags: Vec<String>,
    /// A person delivers it, and how soon, in words.
    pub by_hand: Option<String>,
    /// Sent along, so that one order comes of two clicks.
    pub key: String,
}

/// What one size costs.
#[derive(Clone, Debug)]
pub struct SizeBill {
    pub memory: String,
    pub ram: Ram,
    pub bill: Bill,
    /// As programs that read pages take it: `1178.82`, and `INR`.
    pub exact: String,
    pub currency: &'static str,
    pub chosen: bool,
}

impl SizeBill {
    pub fn of(ram: Ram, total: Money, bill: Bill, chosen: bool) -> SizeBill {
        let told = total.to_string();
        let exact = told.split(' ').next().unwrap_or_default().to_owned();
        let currency = total.currency.code();
        SizeBill { memory: ram.to_string(), ram, bill, exact, currency, chosen }
    }
}

impl Page {
    /// Every system that can be chosen, and any.
    pub fn systems(language: Language, chosen: &str) -> Vec<Choice> {
        let any = Choice::of("", language.say("any-system-choice"));
        let listed = Os::ALL.into_iter().map(|os| Choice::of(os.code(), os.label()));
        let choices = std::iter::once(any).chain(listed);
        choices.map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect()
    }
}

impl SizeBill {
    /// With a discount and tax, as one size of the sample product has it.
    fn sample(gb: u16, lines: [&str; 5], chosen: bool) -> SizeBill {
        let labels = ["Server", "Code DIWALI-10", "CGST 9 %", "SGST 9 %"];
        let row = |(label, amount): (&str, &str)| BillRow {
            label: label.to_owned(),
            amount: amount.to_owned(),
        };
        let rows = labels.into_iter().zip(lines).map(row).collect();
        let bill = Bill { rows, total: lines[4].into() };
        let exact = lines[4].replace(['₹', ','], "");
        let (memory, currency) = (Ram::gb(gb).to_string(), "INR");
        SizeBill { memory, ram: Ram::gb(gb), bill, exact, currency, chosen }
    }
}

impl Sample for Page {
    fn samples(_: Language) -> Vec<(&'static str, Page)> {
        let card = Card::sample("103.181.91", Stock::Few(4));
        let frame = Frame::sample("🌊 103.181.91", Here::Shop);
        let path = "/products/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F/103-181-91";
        let frame = frame.listed_sample("A server from 103.181.91.x.", path);
        let ready = Page {
            card,
            memory: Field::of("8GB"),
            systems: Page::systems(Language::default(), "ubuntu"),
            os: Field::of("ubuntu"),
            code: Field::of("DIWALI-10"),
            bills: vec![
                SizeBill::sample(4, ["₹699", "-₹69", "₹56.70", "₹56.70", "₹743.40"], false),
                SizeBill::sample(8, ["₹999", "-₹100", "₹80.91", "₹80.91", "₹1,060.82"], true),
            ],
            wallet: Some(Choice::of("50000", "₹500")),
            refused: None,
            pid: "6".into(),
            tags: vec!["Mumbai".into(), "AMD".into()],
            by_hand: None,
            key: "5f2a9c".into(),
            frame: frame.clone(),
        };
        let hindi = Page {
            frame: frame.clone().for_nobody().sample_in("hi"),
            wallet: None,
            systems: Page::systems(Language::of("hi").unwrap_or_default(), ""),
            ..ready.clone()
        };
        let guest = Page { frame: frame.for_nobody(), wallet: None, ..ready.clone() };
        let refused = Page {
            refused: Some("103.181.91 has no server left to sell; choose another product".into()),
            code: Field::wrong("DIWALI-1O", "There is no code \"DIWALI-1O\"."),
            memory: Field::wrong("32GB", "This product is not offered with 32 GB. Choose another."),
            ..ready.clone()
        };
        let gone = Page { card: Card::sample("103.181.91", Stock::Gone), ..guest.clone() };
        let card = Card { days: 365, ..ready.card.clone() };
        let by_hand = Page { by_hand: Some("4 hours".into()), card, ..ready.clone() };
        let states = ["ready", "guest", "hindi", "refused", "gone", "by-hand"];
        states.into_iter().zip([ready, guest, hindi, refused, gone, by_hand]).collect()
    }
}
