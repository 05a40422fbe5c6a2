//! Payments at the gateways as staff see them, each with what it is for.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Frame, Here, Sample, Tone};

/// `/admin/payments`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/payments.html")]
pub struct PaymentsPage {
    pub frame: Frame,
    /// Addresses of this list in each state, and at each gateway; the chosen one is marked.
    pub states: Vec<Choice>,
    pub gateways: Vec<Choice>,
    pub rows: Vec<Row>,
    /// These wait, the oldest first.
    pub is_open: bool,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub begun: Moment,
    pub age: String,
    /// Our name of it, as the gateway knows it.
    pub id: String,
    pub gateway: String,
    pub gateway_order: Option<String>,
    /// What it is for, and where that is.
    pub url: String,
    pub what: String,
    pub state: Badge,
    pub reason: Option<String>,
    pub amount: String,
}

impl Sample for PaymentsPage {
    fn samples(_: Language) -> Vec<(&'static str, PaymentsPage)> {
        let frame = Frame::staff_sample("Payments", Here::StaffPayments);
        let order = Row {
            begun: frame.time(sample_time("13:41:00")),
            age: "23 min ago".into(),
            id: "pay_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            gateway: "Razorpay".into(),
            gateway_order: Some("order_M5xTnQ2v".into()),
            url: "/admin/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            what: "ORD-7KQ2MX4TBN".into(),
            state: Badge::of(Tone::Sea, "open"),
            reason: None,
            amount: "₹999".into(),
        };
        let wallet = Row {
            id: "pay_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
            gateway_order: None,
            url: "/admin/wallets/acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            what: "a wallet".into(),
            amount: "₹5,000".into(),
            ..order.clone()
        };
        let choices = |labels: [&str; 3]| {
            let choice = |(at, label)| Choice {
                chosen: at == 0,
                ..Choice::of("/admin/payments?state=open", label)
            };
            labels.into_iter().enumerate().map(choice).collect()
        };
        let open = PaymentsPage {
            states: choices(["Open", "Captured in 24 hours", "Failed in 24 hours"]),
            gateways: choices(["Every gateway", "Razorpay", "UPI"]),
            rows: vec![order.clone(), wallet],
            is_open: true,
            next: Some("/admin/payments?state=open&after=1".into()),
            frame,
        };
        let failed = Row {
            state: Badge::of(Tone::Plain, "failed"),
            reason: Some("the buyer's bank refused".into()),
            ..order
        };
        let failed =
            PaymentsPage { rows: vec![failed], is_open: false, next: None, ..open.clone() };
        let none = PaymentsPage { rows: vec![], next: None, ..open.clone() };
        vec![("open", open), ("failed", failed), ("none", none)]
    }
}
