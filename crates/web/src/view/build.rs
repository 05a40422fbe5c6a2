//! The build timeline: six steps from money to a server, each in a sentence a customer understands.
//! Not for staff's history of an order: that names everything, this never a wrong address.

use std::time::Duration;

use domain::block::Promise;
use domain::clock::Timestamp;
use domain::order::{Closed, Stage, Standing, Stop};

use super::{Frame, Tone};
use crate::language::Language;
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
    pub name: String,
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
    pub fn spoken(self, language: &Language) -> String {
        match self {
            Mark::Done => language.say("mark-done"),
            Mark::Now => language.say("mark-now"),
            Mark::Later => language.say("mark-later"),
            Mark::Held => language.say("mark-held"),
            Mark::Off => language.say("mark-off"),
        }
    }
}

const STEPS: usize = ENDED_BY.len();
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
        let (headline, lead, tone) = head(facts, frame.language);
        let here = here(facts);
        let steps = (0..STEPS).map(|at| step(facts, here, at, frame)).collect();
        let settled = matches!(
            facts.standing.stage,
            Stage::Delivered(_) | Stage::Refunded | Stage::Terminated | Stage::Closed(_)
        ) && facts.standing.replaces.is_none();
        Build { headline, lead, tone, steps, settled }
    }

    /// How many steps are done: the picture of it is for eyes, this is for everybody.
    pub fn done_words(&self, language: &Language) -> String {
        let done = self.steps.iter().filter(|step| step.mark == Mark::Done).count();
        language.say_all("build-done", [("done", done.into()), ("all", self.steps.len().into())])
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
        Stage::Delivered(_) | Stage::Terminated => (STEPS, Mark::Done),
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
    (0..STEPS).find(|at| !ended(*at)).unwrap_or(STEPS - 1).max(1)
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
    let language = frame.language;
    let mark = match at.cmp(&here) {
        std::cmp::Ordering::Less => Mark::Done,
        std::cmp::Ordering::Equal => how,
        std::cmp::Ordering::Greater if how == Mark::Off => Mark::Off,
        std::cmp::Ordering::Greater => Mark::Later,
    };
    let time = if mark == Mark::Done { time_of(facts, at) } else { None };
    let sentence = match mark {
        Mark::Done => done(facts, at, language),
        Mark::Now if at == 1 && facts.due_by_hand.is_some() => by_hand(facts, frame),
        Mark::Now if at == 1 && is_slow(facts, frame) => language.say("build-slow"),
        Mark::Now => now(facts, at, language),
        Mark::Later => String::new(),
        Mark::Held | Mark::Off if at == here => held(facts, language),
        Mark::Held | Mark::Off => String::new(),
    };
    Step { name: name(at, language), mark, at: time.map(|at| frame.time(at)), sentence }
}

/// Buying begins within seconds, unless the provider is away, paused or out of stock.
const SLOW_AFTER: Duration = Duration::from_secs(45);

/// Nothing is bought by itself, and nothing is late before its time.
fn by_hand(facts: &Facts<'_>, frame: &Frame) -> String {
    match facts.due_by_hand {
        Some(due) if due > frame.now => {
            frame.say_with("build-by-hand", "due", frame.time(due).exact)
        }
        _ => frame.say("build-by-hand-late"),
    }
}

fn is_slow(facts: &Facts<'_>, frame: &Frame) -> bool {
    facts.happened.last().is_some_and(|last| frame.now.since(last.at) > SLOW_AFTER)
}

/// What each step is called.
fn name(at: usize, language: Language) -> String {
    match at {
        0 => language.say("step-paid"),
        1 => language.say("step-reserved"),
        2 => language.say("step-bought"),
        3 => language.say("step-address"),
        4 => language.say("step-system"),
        _ => language.say("step-ready"),
    }
}

fn done(facts: &Facts<'_>, at: usize, language: Language) -> String {
    let Facts { block, amount, .. } = *facts;
    match at {
        0 => language.say_with("build-paid", "amount", amount),
        1 => language.say("build-reserved"),
        2 if facts.standing.stage == Stage::Stopped(Stop::WrongServer) => {
            language.say("build-sold")
        }
        2 => language.say("build-handed"),
        3 if block == Promise::Any.to_string() => language.say("build-address-any"),
        3 => language.say_with("build-address", "block", block),
        4 => match facts.os {
            Some(os) => language.say_with("build-installed", "system", os),
            None => language.say("build-installed-any"),
        },
        _ => language.say("build-yours"),
    }
}

fn now(facts: &Facts<'_>, at: usize, language: Language) -> String {
    match at {
        0 => language.say_with("build-waiting", "amount", facts.amount),
        1 => language.say("build-reserving"),
        2 => language.say("build-asked"),
        4 => match facts.os {
            Some(os) => language.say_with("build-installing", "system", os),
            None => language.say("build-installing-any"),
        },
        _ => language.say("build-handing"),
    }
}

/// Why it stands still, in honest words that name no wrong address.
fn held(facts: &Facts<'_>, language: Language) -> String {
    match &facts.standing.stage {
        Stage::Closed(Closed::ReservationOver) => language.say("held-reservation-over"),
        Stage::Closed(Closed::Cancelled) => language.say("held-cancelled"),
        Stage::Unheard(_) => language.say("held-unheard"),
        Stage::Stopped(Stop::WrongServer) => match wrong(facts) {
            Wrong::Address => language.say_with("held-wrong-address", "block", facts.block),
            Wrong::Rest => language.say("held-wrong-rest"),
            Wrong::Either => language.say("held-wrong"),
        },
        Stage::OnHold(_) => language.say("held-unproven"),
        Stage::Verifying(_) => language.say("held-late"),
        Stage::Stopped(stop) => stopped(*stop, facts.block, language),
        Stage::Unrevived => language.say("held-unrevived"),
        Stage::RefundPending | Stage::Refunded => language.say("held-refund"),
        _ => String::new(),
    }
}

fn stopped(stop: Stop, block: &str, language: Language) -> String {
    match stop {
        Stop::Rejected => language.say("stopped-rejected"),
        Stop::NoStock | Stop::AtCapacity => language.say("stopped-no-stock"),
        Stop::PidGone | Stop::Inactive | Stop::PlanMissing => language.say("stopped-gone"),
        Stop::ConnectFailed => language.say("stopped-away"),
        Stop::Ambiguous | Stop::OtherBlock => language.say_with("stopped-unsure", "block", block),
        Stop::WrongServer => String::new(),
    }
}

fn head(facts: &Facts<'_>, language: Language) -> (String, String, Tone) {
    let say = |key: &str| language.say(key);
    match &facts.standing.stage {
        Stage::Unpaid => (say("head-unpaid"), say("head-unpaid-more"), Tone::Sea),
        Stage::Closed(Closed::ReservationOver) => {
            (say("head-reservation-over"), say("head-reservation-over-more"), Tone::Plain)
        }
        Stage::Closed(Closed::Cancelled) => {
            (say("head-cancelled"), say("head-cancelled-more"), Tone::Plain)
        }
        Stage::Planned(_) | Stage::Permitted(_) | Stage::Verified(_) => {
            (say("head-building"), say("head-building-more"), Tone::Sea)
        }
        Stage::Verifying(_) if !facts.standing.late => {
            (say("head-building"), say("head-installing-more"), Tone::Sea)
        }
        Stage::Delivered(_) if facts.standing.replaces.is_some() => {
            (say("head-replacing"), say("head-replacing-more"), Tone::Sea)
        }
        Stage::Delivered(_) => (say("head-ready"), say("head-ready-more"), Tone::Good),
        Stage::Unheard(_) | Stage::Verifying(_) | Stage::OnHold(_) | Stage::Stopped(_) => {
            (say("head-held"), say("head-held-more"), Tone::Warn)
        }
        Stage::Unrevived | Stage::RefundPending => (
            say("head-refund"),
            language.say_with("head-refund-more", "amount", facts.amount),
            Tone::Plain,
        ),
        Stage::Refunded => (
            say("head-refunded"),
            language.say_with("head-refunded-more", "amount", facts.amount),
            Tone::Plain,
        ),
        Stage::Terminated => (say("head-over"), say("head-over-more"), Tone::Plain),
    }
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
        let words = Language::default().say("build-slow");
        assert_eq!(slow.steps[1].sentence, words);
        let buying = build(Stage::Permitted(attempt()), &["ordered", "paid", "permitted"]);
        assert_ne!(buying.steps[2].sentence, words);
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
