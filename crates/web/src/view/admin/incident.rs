//! Making good for an incident, as staff see it: who gets what, and what became of it.

use askama::Template;

use domain::order::Remedy;
use engine::remedy::MANY;

use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample};

use super::remedies::{Letter, title};

/// `/admin/incident`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/incident.html")]
pub struct Incident {
    pub frame: Frame,
    pub package: Field,
    pub orders: Field,
    /// What each gets.
    pub kind: Remedy,
    pub days: Field,
    pub percent: Field,
    pub reason: Field,
    pub apology: Field,
    /// So that the form counts once for each order.
    pub key: String,
    pub refused: Option<String>,
    pub step: Step,
    /// What it comes to, in each currency: of our own money, or what goes back.
    pub costs: Vec<String>,
    pub rows: Vec<Row>,
    /// One mail of many.
    pub letter: Option<Letter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Ask,
    Look,
    Done,
}

/// One order, and what it gets.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub number: String,
    pub product: String,
    pub until: Option<Moment>,
    /// What was done, or why nothing was.
    pub outcome: Result<String, String>,
}

impl Incident {
    fn looks(&self) -> bool {
        self.step == Step::Look
    }

    fn asks(&self) -> bool {
        self.step == Step::Ask
    }

    /// How many get it.
    fn count(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome.is_ok()).count()
    }

    /// What can be chosen, in the words of the buttons of one order.
    fn kinds(&self) -> [(&'static str, &'static str, bool); 4] {
        MANY.map(|kind| (kind.word(), title(kind), kind == self.kind))
    }

    /// How many get what, or got it.
    fn told(&self) -> String {
        let (count, days) = (self.count(), &self.days.value);
        let orders = if count == 1 { "order" } else { "orders" };
        let (would, done) = match self.kind {
            Remedy::Extend => (format!("would get {days} days"), format!("got {days} days")),
            Remedy::Reprovision => ("would be bought again".into(), "will be bought again".into()),
            Remedy::Refund => ("would get the money back".into(), "will get the money back".into()),
            _ => ("would get a code".into(), "got a code".into()),
        };
        match (self.looks(), self.letter.is_some()) {
            (true, _) => format!("{count} {orders} {would}. Nothing has been given yet."),
            (false, true) => format!("{count} {orders} {done}, and each customer is written to."),
            (false, false) => format!("{count} {orders} {done}."),
        }
    }

    fn cost_note(&self) -> &'static str {
        match self.kind {
            Remedy::Extend if self.costs.is_empty() => {
                "What these servers cost us is not known, so no goodwill is booked."
            }
            Remedy::Extend => {
                "Of our own money, booked as goodwill, where it is known what a server costs."
            }
            Remedy::Reprovision => {
                "Each is bought once more at the provider. What was bought before stays ours, and \
                 is a loss until it is ended or written off."
            }
            Remedy::Refund => "It goes back the way it came.",
            _ => "A code costs something only when it is used.",
        }
    }

    fn refusals(&self) -> usize {
        self.rows.len() - self.count()
    }
}

impl Sample for Incident {
    fn samples(_: Language) -> Vec<(&'static str, Incident)> {
        let frame = Frame::staff_sample("Make good for an incident", Here::StaffOrders);
        let (until, days) = (frame.time(sample_time("12:00")), "7");
        let row = |number: &str, outcome| Row {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: number.into(),
            product: "Linux 103.181.91".into(),
            until: Some(until.clone()),
            outcome,
        };
        let blank = Incident {
            package: Field::default(),
            orders: Field::default(),
            kind: Remedy::Extend,
            days: Field::default(),
            percent: Field::default(),
            reason: Field::default(),
            apology: Field::default(),
            key: "8c1f".into(),
            refused: None,
            step: Step::Ask,
            costs: vec![],
            rows: vec![],
            letter: None,
            frame,
        };
        let looked = Incident {
            orders: Field::of("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F"),
            days: Field::of(days),
            reason: Field::of("incident of 15 January"),
            apology: Field::of("Your server was away for two hours. We are sorry."),
            step: Step::Look,
            costs: vec!["₹233.10".into()],
            rows: vec![
                row("ORD-4TB7KQ2MXN", Err("An order that is refunded gets no days".into())),
                row("ORD-7KQ2MX4TBN", Ok("extended by 7 days".into())),
                row("ORD-K2MXN7QTB4", Ok("extended by 7 days".into())),
            ],
            letter: Some(Letter {
                to: "asha@example.com".into(),
                subject: "We are sorry, and 7 days are on us (ORD-7KQ2MX4TBN)".into(),
                text: "Hello Asha Menon,\n\nYour server was away for two hours. We are sorry."
                    .into(),
            }),
            ..blank.clone()
        };
        let done = Incident { step: Step::Done, ..looked.clone() };
        let refused = Incident {
            package: Field::of("103.181.99"),
            days: Field::of(days),
            refused: Some("There is no package 103.181.99".into()),
            ..blank.clone()
        };
        vec![("blank", blank), ("looked", looked), ("done", done), ("refused", refused)]
    }
}
