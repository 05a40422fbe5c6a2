//! What was ordered together: what is to pay, how each server stands, and what all of it cost.

use askama::Template;
use domain::order::Status;
use domain::order::seen::Paying;
use engine::read::{CheckoutDue, CheckoutView, OrderView};
use fluent_bundle::FluentValue;

use super::account::{Badge, Row};
use super::bill::{Bill, BillRow};
use super::frame::sample_time;
use super::order::{Pay, Paying as HowPaid, way_in};
use super::when::Moment;
use super::{Choice, Frame, Here, Sample, Tone};
use crate::language::Language;

/// `/checkouts/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "checkouts/show.html")]
pub struct Show {
    pub frame: Frame,
    pub id: String,
    pub told: Told,
    /// What is still to pay, and how.
    pub pay: Option<Pay>,
    pub rows: Vec<Row>,
    pub bill: Option<Bill>,
    pub ordered: Moment,
}

/// How all of it stands, in two sentences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    pub tone: Tone,
    pub headline: String,
    pub lead: String,
    /// Nothing moves any more.
    pub settled: bool,
}

impl Told {
    fn new(tone: Tone, headline: String, lead: String) -> Told {
        Told { tone, headline, lead, settled: tone != Tone::Sea }
    }

    /// `is_held`: what is to pay is still held for its customer.
    pub fn of(view: &CheckoutView, is_held: bool, language: Language) -> Told {
        match &view.due {
            Some(due) => {
                let paid = view.orders.iter().filter(|order| order.paid_at.is_some()).count();
                Told::to_pay(due, is_held, (paid, view.orders.len()), language)
            }
            None => Told::decided(&view.orders, language),
        }
    }

    fn to_pay(
        due: &CheckoutDue,
        is_held: bool,
        (paid, all): (usize, usize),
        language: Language,
    ) -> Told {
        let lead = |lead: String| match paid {
            0 => lead,
            paid => format!("{lead} {}", language.say_all("many-paid", counts(paid, all))),
        };
        let say = |key: &str| language.say(key);
        match due.paying {
            Paying::Busy => Told::new(Tone::Sea, say("many-unsure"), lead(say("many-unsure-more"))),
            Paying::Failed if is_held => {
                Told::new(Tone::Warn, say("many-failed"), lead(say("many-failed-more")))
            }
            _ if is_held => {
                let held = language.say_with("many-waiting-more", "count", due.count);
                Told::new(Tone::Sea, say("head-unpaid"), lead(held))
            }
            _ => Told::new(Tone::Warn, say("many-late"), lead(say("many-late-more"))),
        }
    }

    /// Where nothing is to pay any more.
    fn decided(orders: &[OrderView], language: Language) -> Told {
        let all = orders.len();
        let count = |is: &[Status]| orders.iter().filter(|it| is.contains(&it.seen.status)).count();
        let ready = count(&[Status::Active]);
        let back = count(&[Status::RefundPending, Status::Refunded]);
        let cancelled = count(&[Status::Cancelled]);
        let say = |key: &str| language.say(key);
        let mut lead = language.say_all("many-ready", counts(ready, all));
        match (back, cancelled) {
            (0, 0) => {}
            (0, some) => {
                lead = format!("{lead} {}", language.say_all("many-unpaid", counts(some, all)));
            }
            (some, _) => {
                lead = format!("{lead} {}", language.say_with("many-back", "count", some));
            }
        }
        if cancelled == all {
            return Told::new(Tone::Plain, say("many-cancelled"), say("many-cancelled-more"));
        }
        match ready {
            0 if back + cancelled == all => {
                Told::new(Tone::Plain, say("head-refund"), say("many-refund-more"))
            }
            ready if ready + back + cancelled == all => {
                Told::new(Tone::Good, say("many-done"), lead)
            }
            _ => {
                let lead = format!("{} {lead}", say("many-thanks"));
                Told::new(Tone::Sea, say("many-building"), lead)
            }
        }
    }
}

/// So many of all, and how many are not.
fn counts(count: usize, all: usize) -> [(&'static str, FluentValue<'static>); 3] {
    [("count", count.into()), ("all", all.into()), ("rest", all.saturating_sub(count).into())]
}

impl Show {
    fn sample_rows(language: Language, badges: [(Badge, Option<&str>); 3]) -> Vec<Row> {
        let names = ["🌊 103.181.91", "🌊 103.181.91", "🌊 103.109.18x"];
        let row = |(name, (badge, address)): (&str, _)| Row::sample(language, name, badge, address);
        names.into_iter().zip(badges).map(row).collect()
    }

    fn sample_bill(language: Language) -> Bill {
        let row = |label: String, amount: &str| BillRow { label, amount: amount.into() };
        let servers = language.say_with("bill-servers", "count", 3);
        let rows = vec![row(servers, "₹3,497"), row(language.say("bill-codes"), "-₹200")];
        Bill { rows, total: "₹3,297".into() }
    }
}

impl Sample for Show {
    fn samples(language: Language) -> Vec<(&'static str, Show)> {
        let frame = Frame::spoken_sample(language, "checkout-title", Here::Servers);
        let say = |key: &str| language.say(key);
        let to_pay = || (Badge::of(Tone::Warn, say("badge-to-pay")), None);
        let built = || (Badge::of(Tone::Sea, say("badge-building")), None);
        let ready = |address| (Badge::of(Tone::Good, say("badge-ready")), Some(address));
        let held = language.say_with("many-waiting-more", "count", 3);
        let waiting = Show {
            id: "chk_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            told: Told::new(Tone::Sea, say("head-unpaid"), held),
            pay: Some(Pay {
                amount: "₹2,797".into(),
                url: Some("https://gateway.example/pay/1".into()),
                held_until: Some(frame.time(sample_time("14:16:00"))),
                state: HowPaid::Open,
                ways: vec![Choice::of("stripe", way_in("stripe", language))],
                set_aside: Some("₹500".into()),
                wallet: None,
            }),
            rows: Show::sample_rows(language, [to_pay(), to_pay(), to_pay()]),
            bill: Some(Show::sample_bill(language)),
            ordered: frame.time(sample_time("14:01:00")),
            frame,
        };
        let lead = language.say_all("many-ready", counts(1, 3));
        let building = Show {
            told: Told::new(Tone::Sea, say("many-building"), lead),
            pay: None,
            rows: Show::sample_rows(language, [ready("103.181.91.50"), built(), built()]),
            ..waiting.clone()
        };
        let (lead, back) = (counts(2, 3), language.say_with("many-back", "count", 1));
        let lead = format!("{} {back}", language.say_all("many-ready", lead));
        let back = (Badge::of(Tone::Plain, say("badge-back")), None);
        let rows = [ready("103.181.91.50"), ready("103.181.91.51"), back];
        let done = Show {
            told: Told::new(Tone::Good, say("many-done"), lead),
            rows: Show::sample_rows(language, rows),
            ..building.clone()
        };
        vec![("waiting", waiting), ("building", building), ("done", done)]
    }
}
