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
    /// As addresses of the same search.
    pub filters: Vec<Choice>,
    pub show: String,
    pub search: String,
    /// Where this part of the catalogue begins; empty at its start.
    pub after: String,
    /// Of which product nothing was changed, and why.
    pub refused: Option<(String, String)>,
    pub last_sync: Option<Moment>,
    pub may_sync: bool,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub package: String,
    /// None of what is delivered by hand.
    pub pid: Option<String>,
    pub block: String,
    pub stock: String,
    pub states: Vec<Badge>,
    pub prices: Vec<Sold>,
    pub note: String,
    pub published: bool,
    pub tags: Vec<String>,
    /// The display name says another block than the package.
    pub contradiction: Option<String>,
    pub stands_twice: bool,
}

/// What one memory size costs, and what is left of that.
#[derive(Clone, Debug)]
pub struct Sold {
    pub memory: String,
    pub price: String,
    /// In money and in per cent; nothing while the cost is not known.
    pub margin: Option<(String, Badge)>,
}

impl Sold {
    fn sample(memory: &str, price: &str, margin: Option<(&str, Tone, &str)>) -> Sold {
        Sold {
            memory: memory.into(),
            price: price.into(),
            margin: margin.map(|(left, tone, share)| (left.into(), Badge::of(tone, share))),
        }
    }
}

impl Row {
    fn sample(name: &str, stock: i64, states: Vec<Badge>, note: &str) -> Row {
        Row {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: format!("🌊 {name}"),
            package: name.into(),
            pid: Some("6".into()),
            block: crate::view::block::Block::sample(name).text(),
            stock: stock.to_string(),
            states,
            prices: vec![
                Sold::sample("4GB", "₹699", Some(("₹279", Tone::Good, "39 %"))),
                Sold::sample("8GB", "₹999", None),
                Sold::sample("16GB", "₹1,499", Some(("-₹101", Tone::Bad, "-6 %"))),
            ],
            note: note.into(),
            published: true,
            tags: vec!["Mumbai".into(), "AMD".into()],
            contradiction: None,
            stands_twice: false,
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
                    pid: None,
                    ..Row::sample("G.8GB", 12, vec![Badge::of(Tone::Sea, "by hand")], "")
                },
                Row {
                    contradiction: Some("103.82".into()),
                    stands_twice: true,
                    tags: vec![],
                    ..Row::sample("103.195", 60, vec![Badge::of(Tone::Bad, "held")], "")
                },
            ],
            next: None,
            filters: vec![
                Choice { chosen: true, ..Choice::of("/admin/ipStock", "All") },
                Choice::of("/admin/ipStock?show=held", "Held"),
                Choice::of("/admin/ipStock?show=twice", "Name stands twice"),
            ],
            show: String::new(),
            search: String::new(),
            after: String::new(),
            refused: None,
            last_sync: Some(frame.time(sample_time("14:04:10"))),
            may_sync: true,
            frame,
        };
        let empty = Stock { rows: vec![], last_sync: None, ..stock.clone() };
        let (show, search) = ("held".to_owned(), "103.9".to_owned());
        let none = Stock { rows: vec![], show, search, ..stock.clone() };
        let refused = Stock {
            refused: Some((
                "/admin/ipStock/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
                "Published: nobody could check a server of \"Diamond\"; give cidrs.".into(),
            )),
            ..stock.clone()
        };
        vec![("rows", stock), ("empty", empty), ("none", none), ("refused", refused)]
    }
}
