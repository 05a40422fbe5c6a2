//! What staff deliver by hand, as they see it: providers, plans, how many are left, what is due.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample, Tone};

/// `/admin/byHand`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/by_hand.html")]
pub struct ByHand {
    pub frame: Frame,
    pub sellers: Vec<Seller>,
    /// Orders that wait for a person, and how many of them for too long.
    pub waiting: i64,
    pub overdue: i64,
    pub next_due: Option<Moment>,
    pub may_change: bool,
    pub refused: Option<String>,
}

/// A provider without an API.
#[derive(Clone, Debug)]
pub struct Seller {
    pub id: String,
    pub name: String,
    /// How soon after payment, in words.
    pub due: String,
    pub note: String,
    pub paused: Option<String>,
    pub plans: Vec<Plan>,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub id: String,
    pub name: String,
    /// As it is typed; empty where there is no end.
    pub stock: String,
    pub days: i64,
    pub prices: Vec<String>,
    pub ranges: String,
    pub states: Vec<Badge>,
}

impl Plan {
    fn sample(name: &str, stock: &str, days: i64, price: &str) -> Plan {
        Plan {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: name.into(),
            stock: stock.into(),
            days,
            prices: vec![price.into()],
            ranges: "203.0.113.0/24".into(),
            states: vec![Badge::of(Tone::Good, "on sale")],
        }
    }
}

impl Sample for ByHand {
    fn samples(_: Language) -> Vec<(&'static str, ByHand)> {
        let frame = Frame::staff_sample("By hand", Here::StaffByHand);
        let plans = vec![
            Plan::sample("G.16GB", "", 365, "16GB ₹41,880"),
            Plan::sample("G.8GB", "12", 30, "8GB ₹2,240"),
        ];
        let seller = Seller {
            id: "hand-frankfurt-rack".into(),
            name: "Frankfurt rack".into(),
            due: "4 hours".into(),
            note: "Ask Bea; the contract is in the blue folder.".into(),
            paused: None,
            plans,
        };
        let page = ByHand {
            sellers: vec![seller],
            waiting: 2,
            overdue: 1,
            next_due: Some(frame.time(sample_time("18:30:00"))),
            may_change: true,
            refused: None,
            frame,
        };
        let empty =
            ByHand { sellers: vec![], waiting: 0, overdue: 0, next_due: None, ..page.clone() };
        vec![("plans", page), ("empty", empty)]
    }
}
