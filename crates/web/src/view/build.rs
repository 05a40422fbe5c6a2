//! The build timeline: six steps from money to a server, each in a sentence a customer understands.
//! Not for staff's history of an order: that names everything, this never a wrong address.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::order::{Closed, Stage, Standing, Stop};

use super::{Frame, Tone};
use crate::view::when::Moment;

/// What the timeline needs to know of an order.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub standing: &'a Standing,
    /// Oldest first.
    pub happened: &'a [Happened],
    /// The block that was sold, as drawn: `103.181.91.x`.
    pub block: &'a str,
    /// The operating system that was chosen, or none.
    pub os: Option<&'a str>,
    pub amount: &'a str,
    /// A person delivers it, until then.
    pub due_by_hand: Option<Timestamp>,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happened {
    /// The word of its event.
    pub word: String,
    pub at: Timestamp,
    /// Together with the one before it.
    pub at_once: bool,
}

/// The timeline and what stands above it.
#[derive(Clone, Debug)]
pub struct Build {
    pub headline: String,
    pub lead: String,
    pub tone: Tone,
    pub steps: Vec<Step>,
    /// Nothing more will happen by itself: the page need not ask again.
    pub settled: bool,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub name: &'static str,
    pub mark: Mark,
    pub at: Option<Moment>,
    pub sentence: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    Done,
    Now,
    Later,
    /// A person looks after it.
    Held,
    /// It came to nothing, or is called off.
    Off,
}

impl Mark {
    pub fn word(self) -> &'static str {
        match self {
            Mark::Done => "done",
            Mark::Now => "now",
            Mark::Later => "later",
            Mark::Held => "held",
            Mark::Off => "off",
        }
    }

    /// For those who do not see the mark.
    pub fn spoken(self) -> &'static str {
        match self {
            Mark::Done => "Done",
            Mark::Now => "Happening now",
            Mark::Later => "Still to come",
            Mark::Held => "Held: a person looks after it",
            Mark::Off => "Not done",
        }
    }
}

const NAMES: [&str; 6] =
    ["Paid", "Reserved", "Bought", "Address checked", "System installed", "Ready"];
/// The event that ends each step. The address is checked in the moment the answer comes.
const ENDED_BY: [&[&str]; 6] = [
    &["paid"],
    &["permitted"],
    &["answered", "adopted", "accepted"],
    &["answered", "adopted", "accepted"],
    &["matched"],
    &["delivered"],
];

impl Build {
    pub fn of(facts: &Facts<'_>, frame: &Frame) -> Build {
        let (headline, lead, tone) = head(facts);
        let here = here(facts);
        let steps = (0..NAMES.len()).map(|at| step(facts, here, at, frame)).collect();
        let settled = matches!(
            facts.standing.stage,
            Stage::Delivered(_) | Stage::Refunded | Stage::Terminated | Stage::Closed(_)
        ) && facts.standing.replaces.is_none();
        Build { headline, lead, tone, steps, settled }
    }

    /// How many steps are done: the picture of it is for eyes, this is for everybody.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.mark == Mark::Done).count()
    }
}

/// The step at which the order stands, and how it stands there.
fn here(facts: &Facts<'_>) -> (usize, Mark) {
    match &facts.standing.stage {
        Stage::Unpaid => (0, Mark::Now),
        Stage::Closed(_) => (0, Mark::Off),
        Stage::Planned(_) => (1, Mark::Now),
        Stage::Permitted(_) => (2, Mark::Now),
        Stage::Unheard(_) => (2, Mark::Held),
        Stage::Verifying(_) if facts.standing.late => (4, Mark::Held),
        Stage::Verifying(_) => (4, Mark::Now),
        Stage::Verified(_) => (5, Mark::Now),
        Stage::OnHold(_) => (3, Mark::Held),
        Stage::Stopped(Stop::WrongServer) => match wrong(facts) {
            Wrong::Address | Wrong::Either => (3, Mark::Held),
            Wrong::Rest => (4, Mark::Held),
        },
        Stage::Stopped(Stop::Rejected) => (2, Mark::Held),
        Stage::Stopped(_) => (1, Mark::Held),
        Stage::Delivered(_) | Stage::Terminated => (NAMES.len(), Mark::Done),
        // The money goes back from wherever the order stood.
        Stage::Unrevived | Stage::RefundPending | Stage::Refunded => (reached(facts), Mark::Off),
    }
}

/// What is wrong about a server that is not what was sold.
enum Wrong {
    /// The answer itself named an address outside the block.
    Address,
    /// The address was right; what the provider then said of the server was not.
    Rest,
    /// A person named the server.
    Either,
}

fn wrong(facts: &Facts<'_>) -> Wrong {
    let told = facts.happened.iter().rposition(|happened| happened.word == "mismatched");
    let before = told.and_then(|at| at.checked_sub(1)).map(|at| &facts.happened[at]);
    match (told.map(|at| &facts.happened[at]), before) {
        // One transaction stores the answer and judges its address.
        (Some(told), Some(before)) if before.word == "answered" => {
            if told.at_once {
                Wrong::Address
            } else {
                Wrong::Rest
            }
        }
        _ => Wrong::Either,
    }
}

/// The first step that no event has ended since the last purchase began.
fn reached(facts: &Facts<'_>) -> usize {
    let ended = |at: usize| time_of(facts, at).is_some();
    (0..NAMES.len()).find(|at| !ended(*at)).unwrap_or(NAMES.len() - 1).max(1)
}

/// When a step was done last. What a purchase did that was begun anew afterwards does not count.
fn time_of(facts: &Facts<'_>, at: usize) -> Option<Timestamp> {
    let begun_anew = |happened: &Happened| {
        let word = happened.word.as_str();
        matches!(word, "reprovisioned" | "tried_again" | "nothing_bought" | "recovered")
    };
    let since = match at {
        0 => 0,
        _ => facts.happened.iter().rposition(begun_anew).unwrap_or(0),
    };
    let ended_by = |happened: &&Happened| ENDED_BY[at].contains(&happened.word.as_str());
    facts.happened[since..].iter().rfind(ended_by).map(|happened| happened.at)
}

fn step(facts: &Facts<'_>, (here, how): (usize, Mark), at: usize, frame: &Frame) -> Step {
    let mark = match at.cmp(&here) {
        std::cmp::Ordering::Less => Mark::Done,
        std::cmp::Ordering::Equal => how,
        std::cmp::Ordering::Greater if how == Mark::Off => Mark::Off,
        std::cmp::Ordering::Greater => Mark::Later,
    };
    let time = if mark == Mark::Done { time_of(facts, at) } else { None };
    let sentence = match mark {
        Mark::Done => done(facts, at),
        Mark::Now if at == 1 && facts.due_by_hand.is_some() => by_hand(facts, frame),
        Mark::Now if at == 1 && is_slow(facts, frame) => SLOW.into(),
        Mark::Now => now(facts, at),
        Mark::Later => String::new(),
        Mark::Held | Mark::Off if at == here => held(facts),
        Mark::Held | Mark::Off => String::new(),
    };
    Step { name: NAMES[at], mark, at: time.map(|at| frame.time(at)), sentence }
}

/// Buying begins within seconds, unless the provider is away, paused or out of stock.
const SLOW_AFTER: Duration = Duration::from_secs(45);
const SLOW: &str = "This takes longer than usual. We keep trying; if it cannot be done, you get \
     your money back.";

/// Nothing is bought by itself, and nothing is late before its time.
fn by_hand(facts: &Facts<'_>, frame: &Frame) -> String {
    match facts.due_by_hand {
        Some(due) if due > frame.now => {
            format!("A person of ours delivers this server by hand, by {}.", frame.time(due).exact)
        }
        _ => {
            "A person of ours delivers this server by hand. It is late; we are sorry. You get it, \
              or your money back."
                .into()
        }
    }
}

fn is_slow(facts: &Facts<'_>, frame: &Frame) -> bool {
    facts.happened.last().is_some_and(|last| frame.now.since(last.at) > SLOW_AFTER)
}

fn done(facts: &Facts<'_>, at: usize) -> String {
    let Facts { block, amount, .. } = facts;
    match at {
        0 => format!("We received {amount}."),
        1 => "One server was set aside for you.".into(),
        2 if facts.standing.stage == Stage::Stopped(Stop::WrongServer) => {
            "The provider sold us a server.".into()
        }
        2 => "The provider handed us a server.".into(),
        3 => format!("Its address lies in {block}, as you ordered."),
        4 => match facts.os {
            Some(os) => format!("{os} is installed, and the memory is right."),
            None => "The system is installed, and the memory is right.".into(),
        },
        _ => "Your server is yours. Its sign-in is behind one button.".into(),
    }
}

fn now(facts: &Facts<'_>, at: usize) -> String {
    match at {
        0 => format!("Waiting for {}.", facts.amount),
        1 => "We look whether the provider has your server, and set one aside.".into(),
        2 => "We asked for your server, once. An answer can take up to three minutes.".into(),
        4 => match facts.os {
            Some(os) => format!("{os} is being installed. This takes a few minutes at most."),
            None => "The system is being installed. This takes a few minutes at most.".into(),
        },
        _ => "Everything is right. We are handing it over.".into(),
    }
}

/// Why it stands still, in honest words that name no wrong address.
fn held(facts: &Facts<'_>) -> String {
    let block = facts.block;
    match &facts.standing.stage {
        Stage::Closed(Closed::ReservationOver) => {
            "It was not paid in time, so the server is free for others again.".into()
        }
        Stage::Closed(Closed::Cancelled) => "You cancelled before paying.".into(),
        Stage::Unheard(_) => {
            "The provider has not told us clearly whether it sold us your server. \
             We asked once and do not ask twice before we know, because a second request could \
             buy a second server. A person is finding out."
                .into()
        }
        Stage::Stopped(Stop::WrongServer) => {
            let what = match wrong(facts) {
                Wrong::Address => format!("It was not from {block}"),
                Wrong::Rest => "Its memory or its system is not what you ordered".into(),
                Wrong::Either => "It is not what you ordered".into(),
            };
            format!("{what}, so you will not get it. That is our loss, not yours.")
        }
        Stage::OnHold(_) => {
            "We cannot prove by ourselves that this server is what you bought, so a person \
             compares it first."
                .into()
        }
        Stage::Verifying(_) => {
            "The server is there, but its sign-in is late. We keep asking, and a person \
             looks after it."
                .into()
        }
        Stage::Stopped(stop) => stopped(*stop, block),
        Stage::Unrevived => {
            "Your payment came after the reservation had ended, and the server was gone by then. \
             Nothing was bought."
                .into()
        }
        Stage::RefundPending | Stage::Refunded => {
            "This was called off; the money goes back.".into()
        }
        _ => String::new(),
    }
}

fn stopped(stop: Stop, block: &str) -> String {
    match stop {
        Stop::Rejected => "The provider refused to sell. Nothing was bought.".into(),
        Stop::NoStock | Stop::AtCapacity => {
            "The provider has none left at the moment. Nothing was bought.".into()
        }
        Stop::PidGone | Stop::Inactive | Stop::PlanMissing => {
            "The provider has taken this server off its list. Nothing was bought.".into()
        }
        Stop::ConnectFailed => "We could not reach the provider. Nothing was bought.".into(),
        Stop::Ambiguous | Stop::OtherBlock => format!(
            "The provider's list no longer says for sure that we would get {block}, so we did not \
             buy."
        ),
        Stop::WrongServer => String::new(),
    }
}

fn head(facts: &Facts<'_>) -> (String, String, Tone) {
    let amount = facts.amount;
    let told = |headline: &str, lead: String, tone| (headline.to_owned(), lead, tone);
    match &facts.standing.stage {
        Stage::Unpaid => {
            told("Waiting for your payment", "Your server is held for you.".into(), Tone::Sea)
        }
        Stage::Closed(Closed::ReservationOver) => told(
            "The reservation has ended",
            "Nothing was paid. If there is stock you can still pay and get it.".into(),
            Tone::Plain,
        ),
        Stage::Closed(Closed::Cancelled) => {
            told("This order was cancelled", "Nothing was paid.".into(), Tone::Plain)
        }
        Stage::Planned(_) | Stage::Permitted(_) | Stage::Verified(_) => told(
            "We are building your server",
            "This page moves by itself. You may close it; the work goes on.".into(),
            Tone::Sea,
        ),
        Stage::Verifying(_) if !facts.standing.late => told(
            "We are building your server",
            "The address is right. What is left is the system.".into(),
            Tone::Sea,
        ),
        Stage::Delivered(_) if facts.standing.replaces.is_some() => {
            told("A new server is being built", stays(), Tone::Sea)
        }
        Stage::Delivered(_) => told(
            "Your server is ready",
            "It is exactly what you ordered. We checked before you saw it.".into(),
            Tone::Good,
        ),
        Stage::Unheard(_) | Stage::Verifying(_) | Stage::OnHold(_) | Stage::Stopped(_) => told(
            "A person looks after your order",
            "You will get exactly what you ordered, or your money back.".into(),
            Tone::Warn,
        ),
        Stage::Unrevived | Stage::RefundPending => told(
            "Your money goes back to you",
            format!("We owe you {amount} and are sending it. You need not do anything."),
            Tone::Plain,
        ),
        Stage::Refunded => {
            told("Your money is back with you", format!("{amount} was returned."), Tone::Plain)
        }
        Stage::Terminated => {
            told("The time you paid for is over", "The server was given back.".into(), Tone::Plain)
        }
    }
}

fn stays() -> String {
    "The one you have stays yours until the new one is ready.".into()
}

#[cfg(test)]
mod tests {
    use domain::clock::Clock;
    use domain::id::{AttemptId, Chance, ServerId};

    use super::*;
    use crate::view::Here;
    use crate::view::frame::sample_time;

    struct Noon;
    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            sample_time("12:00:00")
        }
    }
    impl Chance for Noon {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn attempt() -> AttemptId {
        AttemptId::mint(Noon.now(), &Noon)
    }

    fn server() -> ServerId {
        ServerId::mint(Noon.now(), &Noon)
    }

    fn build(stage: Stage, happened: &[&str]) -> Build {
        let frame = Frame::sample("", Here::Elsewhere);
        let happened: Vec<Happened> = happened
            .iter()
            .map(|word| Happened {
                word: (*word).to_owned(),
                at: Noon.now(),
                at_once: *word == "mismatched",
            })
            .collect();
        let standing = Standing::new(stage);
        let facts = Facts {
            standing: &standing,
            happened: &happened,
            block: "103.181.91.x",
            os: None,
            amount: "₹999",
            due_by_hand: None,
        };
        Build::of(&facts, &frame)
    }

    fn marks(build: &Build) -> String {
        let marks: Vec<&str> = build.steps.iter().map(|step| step.mark.word()).collect();
        marks.join(" ")
    }

    const ALL: &[&str] = &["ordered", "paid", "permitted", "answered", "matched", "delivered"];

    #[test]
    fn a_good_order_goes_through_six_steps_in_turn() {
        for (stage, marked) in [
            (Stage::Unpaid, "now later later later later later"),
            (Stage::Planned(attempt()), "done now later later later later"),
            (Stage::Permitted(attempt()), "done done now later later later"),
            (Stage::Verifying(server()), "done done done done now later"),
            (Stage::Verified(server()), "done done done done done now"),
            (Stage::Delivered(server()), "done done done done done done"),
        ] {
            assert_eq!(marks(&build(stage, ALL)), marked);
        }
    }

    #[test]
    fn trouble_stands_at_the_step_where_it_came_up() {
        for (stage, marked) in [
            (Stage::Unheard(attempt()), "done done held later later later"),
            (Stage::Stopped(Stop::WrongServer), "done done done held later later"),
            (Stage::Stopped(Stop::Rejected), "done done held later later later"),
            (Stage::Stopped(Stop::NoStock), "done held later later later later"),
            (Stage::OnHold(server()), "done done done held later later"),
        ] {
            let build = build(stage, ALL);
            assert_eq!(marks(&build), marked);
            assert!(!build.settled && build.tone == Tone::Warn);
        }
    }

    #[test]
    fn a_server_with_too_little_memory_is_not_blamed_for_its_address() {
        let standing = Standing::new(Stage::Stopped(Stop::WrongServer));
        let frame = Frame::sample("", Here::Elsewhere);
        let told = |at_once: bool| {
            let happened =
                |word: &str, at_once| Happened { word: word.to_owned(), at: Noon.now(), at_once };
            let happened = [
                happened("paid", false),
                happened("answered", false),
                happened("mismatched", at_once),
            ];
            let facts = Facts {
                standing: &standing,
                happened: &happened,
                block: "103.181.91.x",
                os: None,
                amount: "₹999",
                due_by_hand: None,
            };
            let build = Build::of(&facts, &frame);
            build.steps.into_iter().find(|step| step.mark == Mark::Held).unwrap()
        };
        assert!(told(true).sentence.contains("not from 103.181.91.x"));
        assert_eq!(told(false).name, "System installed");
    }

    #[test]
    fn what_a_person_delivers_says_by_when_and_is_not_slow_before() {
        let (frame, standing) =
            (Frame::sample("", Here::Elsewhere), Standing::new(Stage::Planned(attempt())));
        let told = |due: Timestamp| {
            let happened = [Happened { word: "paid".into(), at: Noon.now(), at_once: false }];
            let (block, os, amount) = ("no particular block", None, "₹2,240");
            let due_by_hand = Some(due);
            let facts =
                Facts { standing: &standing, happened: &happened, block, os, amount, due_by_hand };
            Build::of(&facts, &frame).steps[1].sentence.clone()
        };
        assert!(told(frame.now + Duration::from_secs(3_600)).contains("by hand, by "));
        assert!(told(Noon.now()).contains("It is late"));
    }

    #[test]
    fn an_order_that_waits_long_says_so() {
        // It was paid at noon, and the sample's clock says five past two.
        let slow = build(Stage::Planned(attempt()), &["ordered", "paid"]);
        assert_eq!(slow.steps[1].sentence, SLOW);
        let buying = build(Stage::Permitted(attempt()), &["ordered", "paid", "permitted"]);
        assert_ne!(buying.steps[2].sentence, SLOW);
    }

    #[test]
    fn a_refund_shows_how_far_the_order_had_come() {
        let refunded = build(Stage::RefundPending, &["paid", "permitted", "went_unheard"]);
        assert_eq!(marks(&refunded), "done done off off off off");
        let again = ["paid", "permitted", "reprovisioned", "refund_asked"];
        assert_eq!(marks(&build(Stage::RefundPending, &again)), "done off off off off off");
    }

    #[test]
    fn a_sentence_for_each_step_that_is_done_or_under_way() {
        let stages = [
            Stage::Unpaid,
            Stage::Closed(Closed::Cancelled),
            Stage::Closed(Closed::ReservationOver),
            Stage::Unrevived,
            Stage::Planned(attempt()),
            Stage::Permitted(attempt()),
            Stage::Unheard(attempt()),
            Stage::Verifying(server()),
            Stage::Verified(server()),
            Stage::OnHold(server()),
            Stage::Delivered(server()),
            Stage::RefundPending,
            Stage::Refunded,
            Stage::Terminated,
        ];
        for stage in stages.into_iter().chain(Stop::ALL.map(Stage::Stopped)) {
            let build = build(stage.clone(), ALL);
            let told = build.steps.iter().filter(|step| !step.sentence.is_empty()).count();
            assert!(!build.headline.is_empty() && !build.lead.is_empty(), "{stage:?}");
            assert!(told >= 1, "{stage:?}");
            let now = build.steps.iter().find(|step| matches!(step.mark, Mark::Now | Mark::Held));
            assert!(now.is_none_or(|step| !step.sentence.is_empty()), "{stage:?}");
        }
    }

    #[test]
    fn only_an_order_at_its_end_is_settled() {
        assert!(build(Stage::Delivered(server()), ALL).settled);
        assert!(build(Stage::Refunded, ALL).settled);
        assert!(!build(Stage::RefundPending, ALL).settled);
        assert!(!build(Stage::Unpaid, &[]).settled);
    }
}
