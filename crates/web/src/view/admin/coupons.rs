//! Coupons as staff see them: what each is worth, for whom, how often it was used, and a new one.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::{Choice, Field, Frame, Here, Sample, Tone};

/// `/admin/coupons`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/coupons.html")]
pub struct Coupons {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    /// Nothing for whoever may only look.
    pub new: Option<New>,
    /// Why one could not be ended.
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub code: String,
    pub version: i64,
    pub worth: String,
    pub state: Badge,
    /// From when until when, in words.
    pub time: String,
    /// `2 of 5`, with what one customer may.
    pub uses: String,
    pub products: String,
    /// Where the one product is that it is for.
    pub product: Option<String>,
    pub note: String,
    /// The order that it was given for.
    pub order: Option<String>,
    pub may_end: bool,
}

/// A new one.
#[derive(Clone, Debug, Default)]
pub struct New {
    pub code: Field,
    pub kinds: Vec<Choice>,
    pub value: Field,
    pub currency: String,
    pub starts: Field,
    pub ends: Field,
    pub uses_max: Field,
    pub uses_each_max: Field,
    pub products: Vec<Choice>,
    pub note: Field,
    pub refused: Option<String>,
    pub is_open: bool,
}

/// What a coupon may take off.
pub fn kinds(chosen: &str) -> Vec<Choice> {
    let all = [
        ("percent", "Per cent off the price"),
        ("amount", "An amount off the price"),
        ("free", "Everything: nothing is to pay"),
    ];
    let choice = |(value, label)| Choice { chosen: value == chosen, ..Choice::of(value, label) };
    all.into_iter().map(choice).collect()
}

impl Row {
    fn sample(code: &str, worth: &str, (tone, state): (Tone, &str)) -> Row {
        Row {
            code: code.into(),
            version: 1,
            worth: worth.into(),
            state: Badge::of(tone, state),
            time: "until 31 Dec 2026".into(),
            uses: "12 of 100, 1 each".into(),
            products: "all products".into(),
            product: None,
            note: "For the festival.".into(),
            order: None,
            may_end: state == "active",
        }
    }
}

impl Sample for Coupons {
    fn samples(_: Language) -> Vec<(&'static str, Coupons)> {
        let given = Row {
            order: Some("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into()),
            uses: "0 of 1, 1 each".into(),
            note: "for ORD-7KQ2MX4TBN".into(),
            ..Row::sample("THANKS-7KQ2MX4TBN", "20 %", (Tone::Good, "active"))
        };
        let new = New {
            kinds: kinds("percent"),
            currency: "INR".into(),
            is_open: true,
            ..New::default()
        };
        let page = Coupons {
            rows: vec![
                Row::sample("DIWALI-10", "10 %", (Tone::Good, "active")),
                Row {
                    products: "1 product".into(),
                    product: Some("/admin/ipStock/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into()),
                    ..Row::sample("WELCOME", "₹50", (Tone::Plain, "ended"))
                },
                given,
            ],
            next: None,
            new: Some(New { is_open: false, ..new.clone() }),
            refused: None,
            frame: Frame::staff_sample("Coupons", Here::StaffCoupons),
        };
        let wrong = New {
            code: Field::wrong(
                "ten off",
                "3 to 40 letters, digits and hyphens, such as DIWALI-10.",
            ),
            value: Field::wrong("120", "From 1 to 99; what costs nothing is kind free."),
            ..new.clone()
        };
        let empty = Coupons { rows: vec![], new: Some(new), ..page.clone() };
        let wrong = Coupons { new: Some(wrong), ..page.clone() };
        vec![("list", page), ("empty", empty), ("wrong", wrong)]
    }
}
