//! Orders as staff see them: the list, one with everything, and a remedy before it is done.

use askama::Template;
use domain::money::{Currency, Money};
use domain::order::Remedy;
use domain::quote::Quote;

use super::evidence::Evidence;
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::bill::Bill;
use crate::view::frame::sample_time;
use crate::view::paper::OrderPapers;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample, Tone};

use super::money::{Came, Disputed, Paying};
use super::refund::Back;
use super::remedies::Form;
use super::timeline::Event;
use super::trace::{Checks, Server, Written};
use super::{STAGES, stage_badge};

/// `/admin/orders`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/orders/list.html")]
pub struct List {
    pub frame: Frame,
    pub rows: Vec<Row>,
    /// Each stage as a filter, by the address of its list; the chosen one is marked.
    pub stages: Vec<Choice>,
    pub stage: String,
    pub search: Field,
    /// The first and the last day.
    pub from: String,
    pub to: String,
    /// Not all orders are meant.
    pub is_narrowed: bool,
    /// Where all of it is read as a table.
    pub table: String,
    /// Whoever looks may give value.
    pub may_give: bool,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub number: String,
    pub customer: String,
    pub customer_page: String,
    pub product: String,
    pub memory: String,
    pub stage: Badge,
    pub amount: String,
    pub ordered: Moment,
    pub address: Option<String>,
    pub error: Option<String>,
}

/// `/admin/orders/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/orders/show.html")]
pub struct Show {
    pub frame: Frame,
    pub id: String,
    pub number: String,
    pub version: i64,
    pub customer: String,
    pub customer_page: String,
    /// All orders of theirs.
    pub theirs: String,
    pub wallet: String,
    pub stage: Badge,
    /// The three words that customers and programs read.
    pub seen: [String; 3],
    pub error: Option<String>,
    pub ordered: Moment,
    pub attention: Vec<super::Attention>,
    /// How long somebody may keep it, where it waits for a person and whoever looks may take it.
    pub hours: Vec<Choice>,
    /// Why it was not taken over.
    pub not_taken: Option<String>,
    /// The five checks, by what is kept.
    pub checks: Option<Checks>,
    pub refund_asked: Option<RefundAsked>,
    pub terms: Vec<Term>,
    pub bill: Bill,
    pub amendments: Vec<Amendment>,
    pub attempts: Vec<Attempt>,
    pub evidence: Vec<Evidence>,
    pub servers: Vec<Server>,
    pub payments: Vec<Paying>,
    pub captures: Vec<Came>,
    pub disputes: Vec<Disputed>,
    pub mails: Vec<Written>,
    pub refunds: Vec<Back>,
    pub ledger: Vec<Line>,
    /// What it came to, in each currency.
    pub earned: Vec<super::profit::Line>,
    /// Of a server that was bought for it.
    pub cost_is_unknown: bool,
    pub timeline: Vec<Event>,
    pub remedies: Vec<Form>,
    /// While an answer may still come: from when on somebody may say what the purchase did.
    pub decided_from: Option<Moment>,
    pub mark_paid: Option<MarkPaid>,
    pub deliver: Option<Deliver>,
    pub papers: OrderPapers,
}

/// The customer asks for their money back, and nobody has answered.
#[derive(Clone, Debug)]
pub struct RefundAsked {
    pub at: Moment,
    /// In their words.
    pub reason: String,
    /// Whoever looks may give it back, and now.
    pub may_give: bool,
    /// What the customer reads where it is declined.
    pub public: Field,
}

/// One line of what was sold, what counts now, and what was delivered.
#[derive(Clone, Debug)]
pub struct Term {
    pub name: &'static str,
    pub frozen: String,
    pub in_force: String,
    pub delivered: String,
}

impl Term {
    pub fn is_amended(&self) -> bool {
        self.frozen != self.in_force
    }
}

#[derive(Clone, Debug)]
pub struct Amendment {
    pub at: Moment,
    pub actor: String,
    pub what: String,
    pub reason: String,
    pub consent: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: String,
    pub state: Badge,
    pub package: String,
    pub permitted: Option<Moment>,
    pub deadline: Option<Moment>,
    pub tail_ends: Option<Moment>,
    pub answer: Option<String>,
    /// What left under its permit, and what came back: passwords hidden.
    pub request: String,
    pub shown: Option<String>,
}

/// One line of the ledger; the first of its transaction names the cause.
#[derive(Clone, Debug)]
pub struct Line {
    pub first: bool,
    pub at: Moment,
    pub cause: String,
    pub account: String,
    pub debit: String,
    pub credit: String,
}

#[derive(Clone, Debug)]
pub struct MarkPaid {
    pub due: String,
    pub currency: String,
    pub amount: Field,
    pub reference: Field,
    pub refused: Option<String>,
}

/// What staff enter of a server that they deliver by hand.
#[derive(Clone, Debug)]
pub struct Deliver {
    /// What was sold, in words.
    pub what: String,
    pub address: Field,
    pub username: Field,
    /// Never filled in again.
    pub password: Field,
    pub expires: Field,
    pub refused: Option<String>,
    pub is_open: bool,
}

impl List {
    /// Every stage as a filter.
    pub fn filters(chosen: &str) -> Vec<Choice> {
        let all = Choice { chosen: chosen.is_empty(), ..Choice::of("", "All") };
        let stages = STAGES.iter().map(|(word, label, _)| Choice::of(*word, *label));
        let marked = stages.map(|choice| Choice { chosen: choice.value == chosen, ..choice });
        std::iter::once(all).chain(marked).collect()
    }
}

impl Row {
    fn sample(number: &str, stage: &str, address: Option<&str>, error: Option<&str>) -> Row {
        let frame = Frame::staff_sample("", Here::StaffOrders);
        Row {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: number.into(),
            customer: "asha@example.com".into(),
            customer_page: "/admin/customers/acc_1".into(),
            product: "🌊 103.181.91".into(),
            memory: "8GB".into(),
            stage: stage_badge(stage),
            amount: "₹999".into(),
            ordered: frame.time(sample_time("14:01:02")),
            address: address.map(Into::into),
            error: error.map(Into::into),
        }
    }
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let wrong = "SmartVPS assigned IP from wrong package! Requested: \"103.181.91\", Got: \
            \"103.182.44.18\". Package likely ran out of IPs. Please contact support.";
        let list = List {
            frame: Frame::staff_sample("Orders", Here::StaffOrders),
            rows: vec![
                Row::sample("ORD-7KQ2MX4TBN", "stopped", None, Some(wrong)),
                Row::sample("ORD-4CIYNGEQK6", "unheard", None, Some("no answer within 180 s")),
                Row::sample("ORD-QM0AXMGPQV", "delivered", Some("103.181.91.50"), None),
                Row::sample("ORD-M2PQ8RTVWX", "unpaid", None, None),
            ],
            stages: List::filters(""),
            stage: String::new(),
            search: Field::default(),
            from: String::new(),
            to: String::new(),
            is_narrowed: false,
            table: "/admin/orders.csv".into(),
            may_give: true,
            next: Some("/admin/orders?after=x".into()),
        };
        let empty = List {
            rows: vec![],
            stages: List::filters("unheard"),
            search: Field::of("103.181.91.50"),
            from: "2026-11-01".into(),
            is_narrowed: true,
            next: None,
            ..list.clone()
        };
        vec![("list", list), ("empty", empty)]
    }
}

impl Line {
    pub(super) fn samples(frame: &Frame) -> Vec<Line> {
        let line = |first, account: &str, debit: &str, credit: &str| Line {
            first,
            at: frame.time(sample_time("14:01:40")),
            cause: "A payment came in: simulated cap_1".into(),
            account: account.into(),
            debit: debit.into(),
            credit: credit.into(),
        };
        vec![
            line(true, "Money at simulated", "₹999", ""),
            line(false, "Paid in advance for this order", "", "₹999"),
        ]
    }
}

impl Term {
    fn samples() -> Vec<Term> {
        let term = |(name, sold): (&'static str, &str)| Term {
            name,
            frozen: sold.into(),
            in_force: sold.into(),
            delivered: String::new(),
        };
        let terms = [
            ("Product", "🌊 103.181.91"),
            ("Package", "103.181.91 (PID 6)"),
            ("Addresses", "103.181.91.x"),
            ("Memory", "8GB"),
            ("System", "Ubuntu 22"),
            ("Price", "₹999"),
        ];
        terms.map(term).into()
    }
}

impl Show {
    fn sample_wrong() -> Show {
        let frame = Frame::staff_sample("ORD-7KQ2MX4TBN", Here::StaffOrders);
        let at = |clock: &str| Some(frame.time(sample_time(clock)));
        Show {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            version: 5,
            customer: "asha@example.com".into(),
            customer_page: "/admin/customers/acc_1".into(),
            theirs: "/admin/orders?q=asha%40example.com".into(),
            wallet: "/admin/wallets/acc_1".into(),
            stage: stage_badge("stopped"),
            seen: ["paid".into(), "provisioning failed".into(), "failed".into()],
            error: Some("SmartVPS assigned IP from wrong package! Got: \"103.182.44.18\".".into()),
            ordered: frame.time(sample_time("14:01:02")),
            attention: vec![super::Attention::sample("ORD-7KQ2MX4TBN", "wrong-server", false)],
            hours: vec![Choice::of("1", "1 hour"), Choice::of("4", "4 hours")],
            not_taken: None,
            checks: Some(Checks::sample(&frame)),
            refund_asked: None,
            bill: Bill::of(&Quote::plain(Money::major(999, Currency::INR)), Language::default()),
            terms: Term::samples(),
            amendments: vec![],
            attempts: vec![Attempt {
                id: "att_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
                state: Badge::of(Tone::Plain, "answered"),
                package: "103.181.91 (PID 6), 8GB".into(),
                permitted: at("14:01:41"),
                deadline: at("14:04:41"),
                tail_ends: at("14:14:41"),
                answer: Some("HTTP 200: success, one address".into()),
                request: "POST buyvps {\"ip\":\"103.181.91\",\"ram\":\"8\"}".into(),
                shown: Some("HTTP 200 success|ip is: 103.182.44.18".into()),
            }],
            evidence: vec![Evidence::sample(&frame)],
            servers: vec![Server::sample(&frame)],
            payments: Paying::samples(&frame),
            captures: Came::samples(&frame),
            disputes: Disputed::samples(&frame),
            mails: Written::samples(&frame),
            refunds: Back::samples(&frame),
            ledger: Line::samples(&frame),
            cost_is_unknown: false,
            earned: vec![super::profit::Line::sample("So far", 999, 600, 140)],
            timeline: Event::samples(&frame),
            remedies: Show::sample_forms(),
            decided_from: None,
            mark_paid: None,
            deliver: None,
            papers: OrderPapers::sample(6, &Frame::staff_sample("", Here::StaffOrders)),
            frame,
        }
    }

    fn sample_asked(wrong: Show) -> Show {
        Show {
            stage: stage_badge("delivered"),
            seen: ["paid".into(), "active".into(), "active".into()],
            error: None,
            attention: vec![],
            hours: vec![],
            evidence: vec![],
            refunds: vec![],
            refund_asked: Some(RefundAsked {
                at: wrong.frame.time(sample_time("14:40:00")),
                reason: "I moved the project elsewhere.".into(),
                may_give: true,
                public: Field::default(),
            }),
            remedies: vec![Form {
                currency: Some("INR".into()),
                is_open: true,
                ..Form::of(Remedy::Refund)
            }],
            ..wrong
        }
    }

    /// While its answer may still come.
    fn sample_unheard(wrong: Show) -> Show {
        Show {
            stage: stage_badge("unheard"),
            not_taken: Some("The order is on nobody's list".into()),
            servers: vec![],
            remedies: vec![Form { days: Some(1), ..Form::of(Remedy::Wait) }],
            decided_from: Some(wrong.frame.time(sample_time("14:14:41"))),
            ..wrong
        }
    }

    fn sample_forms() -> Vec<Form> {
        let address = || Some(vec![Choice::of("103.182.44.18", "103.182.44.18")]);
        let packages = Some(vec![Choice::of("103.82.72", "103.82.72: 71 left")]);
        let memory = Some("8".to_owned());
        vec![
            Form { give_up: true, ..Form::of(Remedy::Reprovision) },
            Form { packages, memory, ..Form::of(Remedy::ManualProvision) },
            Form { addresses: address(), ..Form::of(Remedy::Accept) },
            Form { currency: Some("INR".into()), ..Form::of(Remedy::Refund) },
            Form { days: Some(1), ..Form::of(Remedy::Wait) },
            Form { addresses: address(), ..Form::of(Remedy::End) },
        ]
    }
}

impl Sample for Show {
    fn samples(_: Language) -> Vec<(&'static str, Show)> {
        let wrong = Show::sample_wrong();
        let unpaid = Show {
            stage: stage_badge("unpaid"),
            error: None,
            attention: vec![],
            hours: vec![],
            checks: None,
            attempts: vec![],
            evidence: vec![],
            servers: vec![],
            payments: vec![],
            captures: vec![],
            disputes: vec![],
            mails: vec![],
            refunds: vec![],
            ledger: vec![],
            cost_is_unknown: true,
            earned: vec![],
            remedies: vec![Form::of(Remedy::Cancel)],
            mark_paid: Some(MarkPaid {
                due: "₹999".into(),
                currency: "INR".into(),
                amount: Field::of("999"),
                reference: Field::default(),
                refused: None,
            }),
            ..wrong.clone()
        };
        let by_hand = Show {
            stage: stage_badge("planned"),
            seen: ["paid".into(), "paid".into(), "queued".into()],
            error: None,
            attention: vec![super::Attention::sample("ORD-7KQ2MX4TBN", "by-hand", false)],
            evidence: vec![],
            servers: vec![],
            deliver: Some(Deliver {
                what: "G.8GB with 8GB, for 30 days.".into(),
                address: Field::wrong("203.0.113.7", "It is delivered for ORD-4CIYNGEQK6 already."),
                username: Field::of("root"),
                password: Field::default(),
                expires: Field::default(),
                refused: None,
                is_open: true,
            }),
            ..wrong.clone()
        };
        let asked = Show::sample_asked(wrong.clone());
        vec![
            ("wrong-server", wrong.clone()),
            ("unpaid", unpaid),
            ("by-hand", by_hand),
            ("refund-asked", asked),
            ("unheard", Show::sample_unheard(wrong)),
        ]
    }
}
