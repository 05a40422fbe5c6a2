//! The catalogue as staff see it: what each product is called, what it is bought as, and how many
//! there are.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Frame, Here, Sample, Tone};

/// `/admin/ipStock`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/stock.html")]
pub struct Stock {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    /// What staff look for; the chosen one is marked.
    pub filters: Vec<Choice>,
    pub show: String,
    pub search: String,
    pub last_sync: Option<Moment>,
    pub may_sync: bool,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub package: String,
    pub pid: String,
    pub block: String,
    pub stock: String,
    pub states: Vec<Badge>,
    pub prices: Vec<(String, String)>,
    pub note: String,
    pub published: bool,
    /// With commas between.
    pub tags: String,
    /// The display name says another block than the package.
    pub contradiction: Option<String>,
    pub stands_twice: bool,
    pub lacks_cost: bool,
}

impl Row {
    fn sample(name: &str, stock: i64, states: Vec<Badge>, note: &str) -> Row {
        Row {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: format!("🌊 {name}"),
            package: name.into(),
            pid: "6".into(),
            block: crate::view::block::Block::sample(name).text(),
            stock: stock.to_string(),
            states,
            prices: vec![
                ("4GB".into(), "₹699".into()),
                ("8GB".into(), "₹999".into()),
                ("16GB".into(), "₹1,499".into()),
            ],
            note: note.into(),
            published: true,
            tags: "Mumbai, AMD".into(),
            contradiction: None,
            stands_twice: false,
            lacks_cost: false,
        }
    }
}

impl Sample for Stock {
    fn samples(_: Language) -> Vec<(&'static str, Stock)> {
        let frame = Frame::staff_sample("Catalogue", Here::StaffStock);
        let on_sale = || vec![Badge::of(Tone::Good, "on sale")];
        let stock = Stock {
            rows: vec![
                Row::sample("103.181.91", 12, on_sale(), ""),
                Row::sample("103.184 (Diamond Pro AMD 3.1GHz)", 25, on_sale(), ""),
                Row::sample(
                    "103.47. 59.XX",
                    3,
                    vec![Badge::of(Tone::Warn, "off sale")],
                    "Auto-disabled: Only 3 IPs left",
                ),
                Row {
                    contradiction: Some("103.82".into()),
                    stands_twice: true,
                    lacks_cost: true,
                    ..Row::sample("103.195", 60, vec![Badge::of(Tone::Bad, "held")], "")
                },
            ],
            next: None,
            filters: vec![
                Choice { chosen: true, ..Choice::of("", "All") },
                Choice::of("held", "Held"),
                Choice::of("twice", "Name stands twice"),
            ],
            show: String::new(),
            search: String::new(),
            last_sync: Some(frame.time(sample_time("14:04:10"))),
            may_sync: true,
            frame,
        };
        let empty = Stock { rows: vec![], last_sync: None, ..stock.clone() };
        let (show, search) = ("held".to_owned(), "103.9".to_owned());
        let none = Stock { rows: vec![], show, search, ..stock.clone() };
        vec![("rows", stock), ("empty", empty), ("none", none)]
    }
}
