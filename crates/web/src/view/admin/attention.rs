//! What a person must look at, by reason, by whose it is, and by how urgent it is.

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
    /// The list of all reasons, and whether it is looked at.
    pub all_kinds: Choice,
    /// Whose, and what is overdue alone or again all, as addresses of the list.
    pub filters: Vec<Choice>,
    /// The filter, as a form sends it back.
    pub kept: Vec<(&'static str, String)>,
    /// What is looked for, as a sentence; nothing where all of it is.
    pub narrowed: Option<String>,
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

impl Kind {
    fn sample((why, orders, overdue): (&str, i64, i64)) -> Kind {
        Kind {
            url: format!("/admin/attention?why={why}"),
            what: why_words(why),
            orders,
            overdue,
            oldest: "22 min".into(),
            chosen: false,
        }
    }
}

impl Row {
    fn sample(number: &str, why: &str, overdue: bool) -> Row {
        Row {
            row: Attention::sample(number, why, overdue),
            sold: "🌊 103.181.91, ₹999".into(),
            error: overdue.then(|| "Got: \"103.182.44.18\".".into()),
        }
    }
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let at = |query: &str, label: &str| Choice::of(format!("/admin/attention{query}"), label);
        let chosen = |choice: Choice| Choice { chosen: true, ..choice };
        let [all, mine, nobodys] =
            [("", "All"), ("?owner=mine", "Mine"), ("?owner=nobody", "Nobody's")]
                .map(|(query, label)| at(query, label));
        let full = List {
            kinds: [("wrong-server", 1, 1), ("unheard", 1, 0)].map(Kind::sample).into(),
            all_kinds: chosen(at("", "All")),
            filters: vec![
                chosen(all.clone()),
                mine.clone(),
                nobodys.clone(),
                at("?due=overdue", "Overdue"),
            ],
            kept: vec![],
            narrowed: None,
            rows: vec![
                Row::sample("ORD-7KQ2MX4TBN", "wrong-server", true),
                Row::sample("ORD-4CIYNGEQK6", "unheard", false),
            ],
            hours: vec![Choice::of("1", "1 hour"), Choice::of("24", "1 day")],
            may_take: true,
            may_give: true,
            refused: Some("The order is on nobody's list".into()),
            next: Some("/admin/attention?after=x".into()),
            frame: Frame::staff_sample("Needs a person", Here::StaffAttention),
        };
        let unmatched = List {
            filters: vec![all, chosen(mine), nobodys, chosen(at("?owner=mine", "Overdue"))],
            kept: vec![("owner", "mine".into()), ("due", "overdue".into())],
            narrowed: Some("Looked for: yours, overdue. Others may wait all the same.".into()),
            rows: vec![],
            refused: None,
            next: None,
            ..full.clone()
        };
        let empty = List { kinds: vec![], rows: vec![], refused: None, next: None, ..full.clone() };
        vec![("full", full), ("unmatched", unmatched), ("empty", empty)]
    }
}
