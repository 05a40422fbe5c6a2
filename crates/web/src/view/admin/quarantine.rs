//! Servers that are ours and nobody's, as staff see them.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample, Tone};

/// `/admin/quarantine`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/quarantine.html")]
pub struct Quarantine {
    pub frame: Frame,
    pub rows: Vec<Stray>,
    /// Where this one may enter a server that was found.
    pub new: Option<New>,
    pub next: Option<String>,
}

/// A server that is ours and nobody's.
#[derive(Clone, Debug)]
pub struct Stray {
    pub id: String,
    pub address: String,
    pub provider: String,
    /// The order it came from: its id and number.
    pub order: Option<(String, String)>,
    pub verdict: Badge,
    pub cost: String,
    pub since: Option<Moment>,
    pub expires: Option<Moment>,
    pub reason: String,
    pub may_give_up: bool,
}

/// The form for a server that staff found at the provider.
#[derive(Clone, Debug, Default)]
pub struct New {
    pub provider: String,
    pub currency: &'static str,
    pub address: Field,
    pub reason: Field,
    pub cost: Field,
    pub expires: Field,
    pub attempt: Field,
    pub refused: Option<String>,
    pub is_open: bool,
}

impl Sample for Quarantine {
    fn samples(_: Language) -> Vec<(&'static str, Quarantine)> {
        let frame = Frame::staff_sample("Quarantine", Here::StaffQuarantine);
        let order = ("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(), "ORD-7KQ2MX4TBN".into());
        let stray = Stray {
            id: "srv_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            address: "103.182.44.18".into(),
            provider: "smartvps".into(),
            order: Some(order),
            verdict: Badge::of(Tone::Bad, "not what was sold"),
            cost: "₹599".into(),
            since: Some(frame.time(sample_time("13:58:00"))),
            expires: Some(frame.day(sample_time("13:58:00"))),
            reason: "103.182.44.18 is not from 103.181.91".into(),
            may_give_up: true,
        };
        let found = Stray {
            id: "srv_01J9ZQ4V7M8N2K6T3B5C7D9E1G".into(),
            address: "103.182.44.99".into(),
            order: None,
            verdict: Badge::of(Tone::Plain, "not looked at"),
            cost: "not entered".into(),
            expires: None,
            reason: "on the provider's invoice, and in no order".into(),
            ..stray.clone()
        };
        let new = New { provider: "smartvps".into(), currency: "INR", ..New::default() };
        let refused = New {
            address: Field::wrong("103.182.44", "Address \"103.182.44\" is not an IPv4 address."),
            reason: Field::of("on the invoice"),
            is_open: true,
            ..new.clone()
        };
        let rows = vec![stray, found];
        let empty = Quarantine { frame, rows: vec![], new: Some(new), next: None };
        let listed = Quarantine { rows, ..empty.clone() };
        let wrong = Quarantine { new: Some(refused), ..listed.clone() };
        vec![("rows", listed), ("empty", empty), ("refused", wrong)]
    }
}
