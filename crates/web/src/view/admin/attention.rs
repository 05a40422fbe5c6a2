//! What a person must look at, by reason and by how urgent it is.

use askama::Template;

use super::{Attention, why_words};
use crate::language::Language;
use crate::view::{Choice, Frame, Here, Sample};

/// `/admin/attention`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/attention.html")]
pub struct List {
    pub frame: Frame,
    pub kinds: Vec<Kind>,
    /// The word of the reason that is looked at; empty: all.
    pub why: String,
    pub rows: Vec<Row>,
    /// How long somebody may keep one.
    pub hours: Vec<Choice>,
    pub may_take: bool,
    pub may_give: bool,
    pub refused: Option<String>,
    pub next: Option<String>,
}

/// One reason, and how much waits for it.
#[derive(Clone, Debug)]
pub struct Kind {
    pub url: String,
    pub what: String,
    pub orders: i64,
    pub overdue: i64,
    /// How long the first has waited.
    pub oldest: String,
    pub chosen: bool,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub row: Attention,
    pub sold: String,
    pub error: Option<String>,
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let frame = Frame::staff_sample("Needs a person", Here::StaffAttention);
        let kind = |(why, orders, overdue): (&str, i64, i64)| Kind {
            url: format!("/admin/attention?why={why}"),
            what: why_words(why),
            orders,
            overdue,
            oldest: "22 min".into(),
            chosen: false,
        };
        let row = |number: &str, why: &str, overdue| Row {
            row: Attention::sample(number, why, overdue),
            sold: "🌊 103.181.91, ₹999".into(),
            error: overdue.then(|| "Got: \"103.182.44.18\".".into()),
        };
        let full = List {
            kinds: [("wrong-server", 1, 1), ("unheard", 1, 0)].map(kind).into(),
            why: String::new(),
            rows: vec![
                row("ORD-7KQ2MX4TBN", "wrong-server", true),
                row("ORD-4CIYNGEQK6", "unheard", false),
            ],
            hours: vec![Choice::of("1", "1 hour"), Choice::of("24", "1 day")],
            may_take: true,
            may_give: true,
            refused: Some("The order is on nobody's list".into()),
            next: Some("/admin/attention?after=x".into()),
            frame,
        };
        let empty = List { kinds: vec![], rows: vec![], refused: None, next: None, ..full.clone() };
        vec![("full", full), ("empty", empty)]
    }
}
