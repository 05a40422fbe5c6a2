//! Money that came in for an order, as staff see it: tries to pay, movements, and what a bank took.

use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Tone};

/// One try to pay.
#[derive(Clone, Debug)]
pub struct Paying {
    /// Our name of it, as the gateway knows it.
    pub id: String,
    pub gateway: String,
    pub gateway_order: Option<String>,
    pub state: Badge,
    pub amount: String,
    pub begun: Moment,
    pub reason: Option<String>,
}

/// One movement of money in.
#[derive(Clone, Debug)]
pub struct Came {
    pub gateway: String,
    pub transaction: String,
    pub amount: String,
    pub at: Moment,
    /// It paid the order; otherwise it is owed.
    pub has_paid: bool,
}

/// What a payer's bank takes back.
#[derive(Clone, Debug)]
pub struct Disputed {
    pub id: String,
    pub transaction: String,
    pub state: Badge,
    pub amount: String,
    pub opened: Moment,
}

impl Paying {
    pub(super) fn samples(frame: &Frame) -> Vec<Paying> {
        let paid = Paying {
            id: "pay_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            gateway: "razorpay".into(),
            gateway_order: Some("order_M5xTnQ2v".into()),
            state: Badge::of(Tone::Good, "captured"),
            amount: "₹999".into(),
            begun: frame.time(sample_time("14:01:10")),
            reason: None,
        };
        let failed = Paying {
            id: "pay_01J9ZQ4V7M8N2K6T3B5C7D9E0E".into(),
            gateway_order: None,
            state: Badge::of(Tone::Plain, "failed"),
            reason: Some("the page was closed".into()),
            ..paid.clone()
        };
        vec![failed, paid]
    }
}

impl Came {
    pub(super) fn samples(frame: &Frame) -> Vec<Came> {
        let came = Came {
            gateway: "razorpay".into(),
            transaction: "pay_M5xTnQ2v".into(),
            amount: "₹999".into(),
            at: frame.time(sample_time("14:01:40")),
            has_paid: true,
        };
        let twice = Came { transaction: "pay_M5xTnQ9z".into(), has_paid: false, ..came.clone() };
        vec![came, twice]
    }
}

impl Disputed {
    pub(super) fn samples(frame: &Frame) -> Vec<Disputed> {
        vec![Disputed {
            id: "disp_M6".into(),
            transaction: "pay_M5xTnQ2v".into(),
            state: Badge::of(Tone::Bad, "open"),
            amount: "₹999".into(),
            opened: frame.time(sample_time("15:20:00")),
        }]
    }
}
