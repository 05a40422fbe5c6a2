//! Money on its way back, as staff see it beside an order.

use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Tone};

/// One movement of money back.
#[derive(Clone, Debug)]
pub struct Back {
    pub id: String,
    pub state: Badge,
    pub amount: String,
    /// The gateway, and its name for what came in.
    pub came_by: String,
    /// What to look for at the gateway or the bank.
    pub proof: Option<String>,
    pub reason: Option<String>,
    pub planned: Moment,
    /// Where staff may have paid it themselves.
    pub enter: Option<PaidBack>,
}

#[derive(Clone, Debug, Default)]
pub struct PaidBack {
    pub reference: Field,
}

impl Back {
    pub(super) fn samples(frame: &Frame) -> Vec<Back> {
        let back = Back {
            id: "rfd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            state: Badge::of(Tone::Good, "back with the customer"),
            amount: "₹500".into(),
            came_by: "razorpay: pay_M5xTnQ2v".into(),
            proof: Some("rfnd_M5yBcd81".into()),
            reason: None,
            planned: frame.time(sample_time("14:05:10")),
            enter: None,
        };
        let by_hand = Back {
            id: "rfd_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
            state: Badge::of(Tone::Warn, "to be paid by hand"),
            amount: "₹499".into(),
            came_by: "upi: 433112009871".into(),
            proof: None,
            enter: Some(PaidBack::default()),
            ..back.clone()
        };
        let failed = Back {
            id: "rfd_01J9ZQ4V7M8N2K6T3B5C7D9E3H".into(),
            state: Badge::of(Tone::Bad, "failed"),
            proof: None,
            reason: Some("the card was closed".into()),
            ..by_hand.clone()
        };
        vec![back, by_hand, failed]
    }
}
