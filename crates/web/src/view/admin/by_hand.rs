//! What staff deliver by hand, as they see it: providers, plans, how many are left, what is due.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample, Tone};

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
    /// Where they are.
    pub waiting_url: String,
    pub may_change: bool,
    pub new_seller: SellerForm,
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
    pub form: SellerForm,
    pub new_plan: PlanForm,
}

/// What is said of a provider, new or known.
#[derive(Clone, Debug, Default)]
pub struct SellerForm {
    /// What its fields' ids begin with.
    pub within: String,
    pub name: Field,
    pub hours: Field,
    pub note: Field,
    /// Something in it was wrong.
    pub is_open: bool,
}

/// What is said of a new plan.
#[derive(Clone, Debug, Default)]
pub struct PlanForm {
    /// What its fields' ids begin with.
    pub within: String,
    pub name: Field,
    pub memory: Field,
    pub price: Field,
    pub days: Field,
    pub stock: Field,
    pub cidrs: Field,
    /// Something in it was wrong.
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub id: String,
    pub name: String,
    /// As it is typed; empty where there is no end.
    pub stock: Field,
    /// Where it is set.
    pub action: String,
    pub days: i64,
    pub prices: Vec<String>,
    pub ranges: String,
    pub states: Vec<Badge>,
}

impl Plan {
    fn sample(id: &str, name: &str, (stock, days): (Field, i64), price: &str) -> Plan {
        Plan {
            id: id.into(),
            name: name.into(),
            stock,
            action: format!("/admin/byHand/stock/{id}"),
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
            Plan::sample(
                "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F",
                "G.16GB",
                (Field::default(), 365),
                "16GB ₹41,880",
            ),
            Plan::sample(
                "prd_01J9ZQ4V7M8N2K6T3B5C7D9E2G",
                "G.8GB",
                (Field::of("12"), 30),
                "8GB ₹2,240",
            ),
        ];
        let seller = Seller {
            id: "hand-frankfurt-rack".into(),
            name: "Frankfurt rack".into(),
            due: "4 hours".into(),
            note: "Ask Bea; the contract is in the blue folder.".into(),
            paused: None,
            plans,
            form: SellerForm {
                within: "edit-hand-frankfurt-rack-".into(),
                name: Field::of("Frankfurt rack"),
                hours: Field::of("4"),
                note: Field::of("Ask Bea; the contract is in the blue folder."),
                is_open: false,
            },
            new_plan: PlanForm { within: "hand-frankfurt-rack-".into(), ..PlanForm::default() },
        };
        let page = ByHand {
            sellers: vec![seller],
            waiting: 2,
            overdue: 1,
            next_due: Some(frame.time(sample_time("18:30:00"))),
            waiting_url: "/admin/attention?why=by-hand".into(),
            may_change: true,
            new_seller: SellerForm { within: "seller-".into(), ..SellerForm::default() },
            refused: None,
            frame,
        };
        let empty =
            ByHand { sellers: vec![], waiting: 0, overdue: 0, next_due: None, ..page.clone() };
        let mut wrong = page.clone();
        let seller = &mut wrong.sellers[0];
        seller.plans[1].stock = Field::wrong("some", "Stock must be a whole number.");
        seller.form.hours = Field::wrong("soon", "Write the hours like 4, or 4:30.");
        seller.form.is_open = true;
        let days = Field::wrong("a month", "Days must be a whole number.");
        seller.new_plan = PlanForm { days, is_open: true, ..seller.new_plan.clone() };
        let looked = ByHand { may_change: false, ..page.clone() };
        vec![("plans", page), ("empty", empty), ("wrong", wrong), ("support", looked)]
    }
}
