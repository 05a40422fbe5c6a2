//! The audit, as staff look through it.

use askama::Template;

use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample};

/// `/admin/audit`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/audit.html")]
pub struct Trail {
    pub frame: Frame,
    pub who: Field,
    /// Every deed there is a row of; the one that is looked for is marked.
    pub what: Vec<Choice>,
    pub about: Field,
    /// The first and the last day.
    pub from: String,
    pub to: String,
    pub is_narrowed: bool,
    pub rows: Vec<Row>,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub at: Moment,
    pub who: String,
    pub what: String,
    pub about: String,
    /// Where what it is about is shown.
    pub url: Option<String>,
    pub detail: String,
}

impl Sample for Trail {
    fn samples(_: Language) -> Vec<(&'static str, Trail)> {
        let frame = Frame::staff_sample("Audit", Here::StaffAudit);
        let row = |(who, what): (&str, &str), about: (&str, Option<&str>), detail: &str| Row {
            at: frame.time(sample_time("14:01:02")),
            who: who.into(),
            what: what.into(),
            about: about.0.into(),
            url: about.1.map(Into::into),
            detail: detail.into(),
        };
        let order = ("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F", Some("/admin/orders/ord_1"));
        let customer = ("asha@example.com", Some("/admin/customers/acc_1"));
        let ended = "2 sessions: the phone was stolen";
        let list = Trail {
            who: Field::default(),
            what: vec![Choice::of("", "Anything"), Choice::of("accept", "accept")],
            about: Field::default(),
            from: String::new(),
            to: String::new(),
            is_narrowed: false,
            rows: vec![
                row(("ravi@example.com", "accept"), order, "the customer agreed by mail"),
                row(("ravi@example.com", "end-sessions-of-customer"), customer, ended),
                row(("command line", "unlatch"), ("shop", None), ""),
            ],
            next: Some("/admin/audit?after=x".into()),
            frame,
        };
        let empty = Trail {
            who: Field::of("nobody@example.com"),
            is_narrowed: true,
            rows: vec![],
            next: None,
            ..list.clone()
        };
        vec![("list", list), ("empty", empty)]
    }
}
