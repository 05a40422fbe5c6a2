//! What was ordered together: what is to pay, how each server stands, and what all of it cost.

use askama::Template;
use domain::order::Status;
use domain::order::seen::Paying;
use engine::read::{CheckoutDue, CheckoutView, OrderView};

use super::account::{Badge, Row};
use super::bill::{Bill, BillRow};
use super::frame::sample_time;
use super::order::{Pay, Paying as HowPaid, way};
use super::when::Moment;
use super::{Choice, Frame, Here, Sample, Tone};

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
    fn new(tone: Tone, headline: &str, lead: impl Into<String>) -> Told {
        Told { tone, headline: headline.into(), lead: lead.into(), settled: tone != Tone::Sea }
    }

    /// `is_held`: what is to pay is still held for its customer.
    pub fn of(view: &CheckoutView, is_held: bool) -> Told {
        match &view.due {
            Some(due) => {
                let paid = view.orders.iter().filter(|order| order.paid_at.is_some()).count();
                Told::to_pay(due, is_held, (paid, view.orders.len()))
            }
            None => Told::decided(&view.orders),
        }
    }

    fn to_pay(due: &CheckoutDue, is_held: bool, (paid, all): (usize, usize)) -> Told {
        let paid = match paid {
            0 => String::new(),
            paid => format!(" {}", are(paid, all, "paid for already")),
        };
        let lead = |text: &str| format!("{text}{paid}");
        match due.paying {
            Paying::Busy => Told::new(
                Tone::Sea,
                "Your payment is being looked up",
                lead("The gateway has not told us yet. We keep asking."),
            ),
            Paying::Failed if is_held => Told::new(
                Tone::Warn,
                "The payment did not go through",
                lead("Nothing was taken, and your servers are still held."),
            ),
            _ if is_held => {
                let held = format!("One payment for all. We hold {} for you.", servers(due.count));
                Told::new(Tone::Sea, "Waiting for your payment", lead(&held))
            }
            _ => Told::new(
                Tone::Warn,
                "The time to pay is over",
                lead("They are not held any more. You can reserve them anew."),
            ),
        }
    }

    /// Where nothing is to pay any more.
    fn decided(orders: &[OrderView]) -> Told {
        let all = orders.len();
        let count = |is: &[Status]| orders.iter().filter(|it| is.contains(&it.seen.status)).count();
        let ready = count(&[Status::Active]);
        let back = count(&[Status::RefundPending, Status::Refunded]);
        let cancelled = count(&[Status::Cancelled]);
        let mut lead = are(ready, all, "ready");
        match (back, cancelled) {
            (0, 0) => {}
            (0, some) => lead = format!("{lead} {}", are(some, all, "not paid for, and not built")),
            (some, _) => lead = format!("{lead} The money for {} goes back to you.", servers(some)),
        }
        if cancelled == all {
            let lead = "Nothing was taken, and nothing is held.";
            return Told::new(Tone::Plain, "This was never paid", lead);
        }
        match ready {
            0 if back + cancelled == all => Told::new(
                Tone::Plain,
                "Your money goes back to you",
                "The page of each server says why.",
            ),
            ready if ready + back + cancelled == all => {
                Told::new(Tone::Good, "Everything is ready", lead)
            }
            _ => {
                let lead = format!("Thank you. {lead}");
                Told::new(Tone::Sea, "Your servers are being built", lead)
            }
        }
    }
}

/// So many of all are what is said of them.
fn are(count: usize, all: usize, what: &str) -> String {
    match (count, all) {
        (0, 1) => format!("It is not {what} yet."),
        (1, 1) => format!("It is {what}."),
        (0, _) => format!("None of {all} is {what} yet."),
        (1, _) => format!("One of {all} is {what}."),
        _ if count == all => format!("All {all} are {what}."),
        _ => format!("{count} of {all} are {what}."),
    }
}

fn servers(count: usize) -> String {
    if count == 1 { "one server".into() } else { format!("{count} servers") }
}

impl Show {
    fn sample_rows(badges: [(Badge, Option<&str>); 3]) -> Vec<Row> {
        let names = ["🌊 103.181.91", "🌊 103.181.91", "🌊 103.109.18x"];
        let row = |(name, (badge, address)): (&str, _)| Row::sample(name, badge, address);
        names.into_iter().zip(badges).map(row).collect()
    }

    fn sample_bill() -> Bill {
        let row =
            |label: &str, amount: &str| BillRow { label: label.into(), amount: amount.into() };
        let rows = vec![row("3 servers", "₹3,497"), row("Codes", "-₹200")];
        Bill { rows, total: "₹3,297".into() }
    }
}

impl Sample for Show {
    fn samples() -> Vec<(&'static str, Show)> {
        let frame = Frame::sample("Ordered together", Here::Servers);
        let badge = |tone, text: &str| Badge::of(tone, text);
        let to_pay = || (badge(Tone::Warn, "To pay"), None);
        let built = || (badge(Tone::Sea, "Being built"), None);
        let ready = |address| (badge(Tone::Good, "Ready"), Some(address));
        let held = "One payment for all. We hold 3 servers for you.";
        let waiting = Show {
            id: "chk_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            told: Told::new(Tone::Sea, "Waiting for your payment", held),
            pay: Some(Pay {
                amount: "₹2,797".into(),
                url: Some("https://gateway.example/pay/1".into()),
                held_until: Some(frame.time(sample_time("14:16:00"))),
                state: HowPaid::Open,
                ways: vec![Choice::of("stripe", way("stripe"))],
                set_aside: Some("₹500".into()),
                wallet: None,
            }),
            rows: Show::sample_rows([to_pay(), to_pay(), to_pay()]),
            bill: Some(Show::sample_bill()),
            ordered: frame.time(sample_time("14:01:00")),
            frame,
        };
        let lead = "Thank you. One of 3 is ready.";
        let building = Show {
            told: Told::new(Tone::Sea, "Your servers are being built", lead),
            pay: None,
            rows: Show::sample_rows([ready("103.181.91.50"), built(), built()]),
            ..waiting.clone()
        };
        let lead = "2 of 3 are ready. The money for one server goes back to you.";
        let back = (badge(Tone::Plain, "Money is back"), None);
        let done = Show {
            told: Told::new(Tone::Good, "Everything is ready", lead),
            rows: Show::sample_rows([ready("103.181.91.50"), ready("103.181.91.51"), back]),
            ..building.clone()
        };
        vec![("waiting", waiting), ("building", building), ("done", done)]
    }
}
