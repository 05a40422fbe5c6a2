//! What went wrong within a time, as staff look at it.

use askama::Template;

use super::{Attention, stage_badge};
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample};

/// `/admin/investigation`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/investigation.html")]
pub struct Investigation {
    pub frame: Frame,
    pub from: Field,
    pub to: Field,
    /// The days could be read.
    pub looked: bool,
    pub groups: Vec<Group>,
    pub cases: Vec<Case>,
    pub has_more: bool,
    pub audit: Audit,
    pub may_give: bool,
}

/// What the last look at all delivered orders came to.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    pub as_of: Option<Moment>,
    pub looked: u64,
    pub outside: u64,
    /// A worker looks, or is about to.
    pub is_running: bool,
    /// When a later look came to nothing, and why.
    pub fault: Option<(Moment, String)>,
    /// Those outside that nobody has settled yet.
    pub listed: Vec<Attention>,
    pub may_audit: bool,
}

impl Investigation {
    /// What is no day is shown as it was typed, which a field for days does not.
    fn kind(&self) -> &'static str {
        if self.looked { "date" } else { "text" }
    }
}

impl Audit {
    /// Where it stands on the page.
    pub const PLACE: &'static str = "audit";
}

/// One package at about one time.
#[derive(Clone, Debug)]
pub struct Group {
    pub package: String,
    pub orders: usize,
    pub from: Moment,
    pub until: Moment,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub number: String,
    pub customer: String,
    pub stage: Badge,
    pub sold: String,
    pub package: String,
    pub address: String,
    pub server: String,
    pub why: Option<String>,
    pub at: Moment,
    pub request: Option<String>,
    pub answer: Option<String>,
}

impl Audit {
    fn sample(as_of: Moment) -> Audit {
        Audit {
            as_of: Some(as_of),
            looked: 1_204,
            outside: 1,
            is_running: false,
            fault: None,
            listed: vec![Attention::sample("ORD-QM0AXMGPQV", "audit-mismatch", false)],
            may_audit: true,
        }
    }
}

impl Sample for Investigation {
    fn samples(_: Language) -> Vec<(&'static str, Investigation)> {
        let frame = Frame::staff_sample("Investigation", Here::StaffInvestigation);
        let at = |clock: &str| frame.time(sample_time(clock));
        let case = |number: &str, clock: &str, stage: &str| Case {
            id: format!("ord_01J9ZQ4V7M8N2K6T3B5C7D{}", &number[10..]),
            number: number.into(),
            customer: "asha@example.com".into(),
            stage: stage_badge(stage),
            sold: "🌊 103.181.91: 103.181.91.x".into(),
            package: "103.181.91 (PID 6)".into(),
            address: "103.182.44.18".into(),
            server: "quarantined".into(),
            why: Some("not from 103.181.91".into()),
            at: at(clock),
            request: Some("POST buyvps {\"ip\":\"103.181.91\",\"ram\":\"8\"}".into()),
            answer: Some("HTTP 200 success|ip is: 103.182.44.18".into()),
        };
        let audit = Audit::sample(at("12:00:00"));
        let full = Investigation {
            from: Field::of("2026-11-20"),
            to: Field::of("2026-11-21"),
            looked: true,
            groups: vec![Group {
                package: "103.181.91 (PID 6)".into(),
                orders: 2,
                from: at("14:01:00"),
                until: at("14:09:00"),
            }],
            cases: vec![
                case("ORD-7KQ2MX4TBN", "14:09:00", "stopped"),
                case("ORD-4CIYNGEQK6", "14:01:00", "refunded"),
            ],
            has_more: true,
            audit: audit.clone(),
            may_give: true,
            frame,
        };
        let calm = Investigation {
            from: Field::default(),
            to: Field::default(),
            groups: vec![],
            cases: vec![],
            has_more: false,
            audit: Audit { outside: 0, listed: vec![], ..audit.clone() },
            ..full.clone()
        };
        let refused = Investigation {
            from: Field::wrong("yesterday", "A day is written like 2026-11-21"),
            looked: false,
            audit: Audit { as_of: None, is_running: true, ..Audit::default() },
            frame: Frame { reload_s: Some(5), ..full.frame.clone() },
            ..calm.clone()
        };
        vec![("full", full), ("calm", calm), ("refused", refused)]
    }
}
