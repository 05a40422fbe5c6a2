//! The walks, each within stated bounds, and those that leave out one rule and must find what
//! breaks. Not the promises themselves: those are in `promises.rs`.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use super::promises::{
    AS_SOLD, CAN_END, NO_PERMIT_AFTER, ONE_DELIVERY, ONE_SLOT, OVERSOLD, PROVEN, TWO_REQUESTS,
    UNCLAIMED, UNPERMITTED, WORD,
};

/// How far a run goes, and which rule of the shop it leaves out.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub stock: usize,
    /// Attempts in all.
    pub plans: usize,
    /// Claims lost to slow workers, and processes killed.
    pub faults: u8,
    /// Whether anybody presses buttons, and whether what they say is always true.
    pub people: bool,
    pub honest: bool,
    pub without: &'static str,
}

/// Nobody presses a button; two claims may be lost to slow workers or processes killed, or one of
/// each, and each order may be tried twice.
pub const FAULTS: Bounds =
    Bounds { stock: 2, plans: 4, faults: 2, people: false, honest: true, without: "" };
/// People decide at every moment, and say what is true; one purchase more than orders, and one
/// unit less.
pub const PEOPLE: Bounds =
    Bounds { stock: 1, plans: 3, faults: 0, people: true, honest: true, without: "" };
/// People decide, and name servers and say "nothing bought" as they like; one fault may come.
pub const FALSE_WORDS: Bounds = Bounds { stock: 2, plans: 2, faults: 1, honest: false, ..PEOPLE };

/// Walks all states; every promise holds in each.
fn holds(bounds: Bounds) -> usize {
    let walked = bounds.checker().threads(2);
    let walked = walked.spawn_dfs().join();
    println!(
        "{bounds:?}\n{} states, {} of them different, the longest trace {} steps",
        walked.state_count(),
        walked.unique_state_count(),
        walked.max_depth()
    );
    walked.assert_properties();
    walked.unique_state_count()
}

#[test]
fn lost_claims_and_killed_workers_break_no_promise() {
    assert!(holds(FAULTS) > 100_000);
}

#[test]
fn decisions_of_people_at_any_moment_break_no_promise() {
    assert!(holds(PEOPLE) > 100_000);
}

#[test]
fn false_words_of_people_break_no_promise() {
    assert!(holds(FALSE_WORDS) > 100_000);
}

#[test]
fn each_rule_left_out_breaks_the_promise_it_is_there_for() {
    let planted = [
        ("fence", FAULTS, UNCLAIMED),
        ("compare-and-set", FAULTS, TWO_REQUESTS),
        ("nonce", FAULTS, TWO_REQUESTS),
        ("boot time", FAULTS, UNPERMITTED),
        ("stock", Bounds { stock: 1, ..FAULTS }, OVERSOLD),
        ("deadline", FAULTS, CAN_END),
        ("proof", FAULTS, PROVEN),
        ("verdict", FAULTS, AS_SOLD),
        ("parking", PEOPLE, ONE_SLOT),
        ("fence, compare-and-set", PEOPLE, NO_PERMIT_AFTER),
        ("tail", PEOPLE, WORD),
        ("live", FALSE_WORDS, ONE_DELIVERY),
    ];
    for (rule, bounds, promise) in planted {
        let wanted = HasDiscoveries::AnyOf(BTreeSet::from([promise]));
        let walked = Bounds { without: rule, ..bounds }.checker().finish_when(wanted);
        let walked = walked.spawn_bfs().join();
        let found = walked.discovery(promise).unwrap_or_else(|| panic!("{rule}: not noticed"));
        println!("without {rule}, not \"{promise}\": {:?}", found.into_actions());
    }
}
