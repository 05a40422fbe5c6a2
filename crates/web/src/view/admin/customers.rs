//! Customers, as staff look for them; and one of them with what stands around them.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::account::own::Session;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample, Tone};

use super::money::Paying;
use super::stage_badge;
use super::trace::Written;

/// `/admin/customers`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/customers.html")]
pub struct List {
    pub frame: Frame,
    pub search: Field,
    pub rows: Vec<Row>,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub url: String,
    pub name: String,
    pub email: String,
    pub marks: Vec<Badge>,
    pub since: Moment,
}

/// `/admin/customers/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/customer.html")]
pub struct Show {
    pub frame: Frame,
    pub id: String,
    pub name: String,
    pub email: String,
    pub marks: Vec<Badge>,
    pub since: Moment,
    /// Since when mail is known to reach them.
    pub verified: Option<Moment>,
    pub has_second_factor: bool,
    pub language: Option<String>,
    /// One for each currency.
    pub balances: Vec<String>,
    /// Where all their orders are listed.
    pub all_orders: String,
    /// How many orders stand where.
    pub stages: Vec<(Badge, i64)>,
    pub orders: Vec<OrderLine>,
    pub payments: Vec<Paying>,
    pub mails: Vec<Written>,
    pub notes: Vec<Note>,
    pub sessions: Vec<Session>,
    /// What was done to the account, where whoever looks may see that.
    pub audit: Option<String>,
    /// Whoever looks may do something for an account: close it, or take its data out.
    pub may_manage: bool,
    /// Somebody still uses it, and it is a customer's.
    pub is_in_use: bool,
    /// Whoever looks may see the shop as they do.
    pub may_act: bool,
    /// Why.
    pub acting: Field,
    pub note: Field,
    pub reason: Field,
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct OrderLine {
    pub id: String,
    pub number: String,
    pub product: String,
    pub stage: Badge,
    pub amount: String,
    pub ordered: Moment,
}

/// What staff wrote for each other.
#[derive(Clone, Debug)]
pub struct Note {
    pub at: Moment,
    pub by: String,
    pub text: String,
}

impl Row {
    fn sample(frame: &Frame, (name, email): (&str, &str), marks: Vec<Badge>) -> Row {
        Row {
            url: "/admin/customers/acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: name.into(),
            email: email.into(),
            marks,
            since: frame.day(sample_time("09:12:00")),
        }
    }
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let frame = Frame::staff_sample("Customers", Here::StaffCustomers);
        let long = "a.person.with.a.very.long.mail.address@subdomain.example.com";
        let list = List {
            search: Field::default(),
            rows: vec![
                Row::sample(&frame, ("Asha Menon", "asha@example.com"), vec![]),
                Row::sample(&frame, ("Ravi", long), vec![Badge::of(Tone::Warn, "not verified")]),
                Row::sample(
                    &frame,
                    ("Sue", "sue@example.com"),
                    vec![Badge::of(Tone::Sea, "admin")],
                ),
            ],
            next: Some("/admin/customers?after=x".into()),
            frame,
        };
        let empty = List { search: Field::of("zoe"), rows: vec![], next: None, ..list.clone() };
        vec![("list", list), ("empty", empty)]
    }
}

impl OrderLine {
    fn sample(frame: &Frame, number: &str, stage: &str) -> OrderLine {
        OrderLine {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: number.into(),
            product: "🌊 103.181.91".into(),
            stage: stage_badge(stage),
            amount: "₹999".into(),
            ordered: frame.time(sample_time("14:01:02")),
        }
    }
}

impl Show {
    fn sample() -> Show {
        let frame = Frame::staff_sample("Asha Menon", Here::StaffCustomers);
        let session = Session {
            id: "ses_1".into(),
            device: "Firefox, Linux".into(),
            address: "203.0.113.7".into(),
            began: frame.time(sample_time("09:12:00")),
            seen: frame.time(sample_time("14:01:00")),
            is_this_one: false,
        };
        let note = Note {
            at: frame.time(sample_time("11:20:00")),
            by: "ravi@example.com".into(),
            text: "Wants invoices with a purchase number.\nCalls on weekdays only.".into(),
        };
        let unpaid = OrderLine::sample(&frame, "ORD-M2PQ8RTVWX", "unpaid");
        let delivered = OrderLine::sample(&frame, "ORD-QM0AXMGPQV", "delivered");
        Show {
            id: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            name: "Asha Menon".into(),
            email: "asha@example.com".into(),
            marks: vec![],
            since: frame.time(sample_time("09:12:00")),
            verified: Some(frame.time(sample_time("09:13:00"))),
            has_second_factor: true,
            language: Some("हिन्दी".into()),
            balances: vec!["₹901".into()],
            all_orders: "/admin/orders?q=asha%40example.com".into(),
            stages: vec![(stage_badge("delivered"), 12), (stage_badge("unpaid"), 1)],
            orders: vec![unpaid, delivered],
            payments: Paying::samples(&frame),
            mails: Written::samples(&frame),
            notes: vec![note],
            sessions: vec![session],
            audit: Some("/admin/audit?about=acc_1".into()),
            may_manage: true,
            is_in_use: true,
            may_act: true,
            acting: Field::default(),
            note: Field::default(),
            reason: Field::default(),
            refused: None,
            frame,
        }
    }
}

impl Sample for Show {
    fn samples(_: Language) -> Vec<(&'static str, Show)> {
        let whole = Show::sample();
        let refused = Show {
            refused: Some("This account is closed".into()),
            note: Field::wrong("half a note", "The note is too long."),
            ..whole.clone()
        };
        let new = Show {
            marks: vec![Badge::of(Tone::Warn, "not verified")],
            verified: None,
            has_second_factor: false,
            language: None,
            balances: vec!["₹0".into()],
            stages: vec![],
            orders: vec![],
            payments: vec![],
            mails: vec![],
            notes: vec![],
            sessions: vec![],
            ..whole.clone()
        };
        let closed = Show {
            name: "Closed account".into(),
            email: "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            marks: vec![Badge::of(Tone::Plain, "closed")],
            is_in_use: false,
            may_act: false,
            may_manage: false,
            ..new.clone()
        };
        vec![("whole", whole), ("refused", refused), ("new", new), ("closed", closed)]
    }
}
