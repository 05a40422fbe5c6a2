//! What servers cost us, by package and memory, as staff enter it.

use askama::Template;

use crate::language::Language;
use crate::view::{Field, Frame, Here, Sample};

/// `/admin/costs`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/costs.html")]
pub struct Costs {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub currency: String,
    pub may_change: bool,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub product: String,
    pub package: String,
    pub memory: String,
    pub price: String,
    pub cost: Field,
}

impl Sample for Costs {
    fn samples(_: Language) -> Vec<(&'static str, Costs)> {
        let row = |memory: &str, price: &str, cost: Field| Row {
            id: "prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            product: "🌊 103.181.91".into(),
            package: "103.181.91 (PID 123)".into(),
            memory: memory.into(),
            price: price.into(),
            cost,
        };
        let page = Costs {
            frame: Frame::staff_sample("Costs", Here::StaffCosts),
            rows: vec![
                row("4GB", "₹699", Field::of("420")),
                row("8GB", "₹999", Field::default()),
                row("16GB", "₹1,499", Field::wrong("-5", "Write the cost like 420 or 420.50.")),
            ],
            currency: "INR".into(),
            may_change: true,
            next: None,
        };
        let empty = Costs { rows: vec![], ..page.clone() };
        vec![("list", page), ("empty", empty)]
    }
}
