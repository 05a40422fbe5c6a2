//! The walks, each within stated bounds, and those that leave out one rule and must find what
//! breaks. Not the promises themselves: those are in `promises.rs`.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use super::beside;
use super::promises::{AS_SOLD, CAN_END, NO_PERMIT_AFTER, ONE_DELIVERY, ONE_SLOT, PROVEN, WORD};
use super::shop::Shop;
use super::steps::{Bounds, OVERSOLD, TWO_REQUESTS, UNCLAIMED, UNPERMITTED};

/// Nobody presses a button; a claim may be lost to a slow worker and a process killed, and each
/// order may be tried twice.
const FAULTS: Bounds =
    Bounds { stock: 2, plans: 2, losses: 1, kills: 1, people: false, honest: true, without: "" };
/// People decide at every moment, and say what is true; one purchase more than orders, and one
/// unit less.
const PEOPLE: Bounds =
    Bounds { stock: 1, plans: 1, losses: 0, kills: 0, people: true, honest: true, without: "" };
/// People decide, and name servers and say "nothing bought" as they like.
const FALSE_WORDS: Bounds = Bounds { stock: 2, plans: 0, kills: 1, honest: false, ..PEOPLE };

/// Walks all states; every promise holds in each.
fn holds(bounds: Bounds) -> usize {
    let walked = bounds.checker().threads(2).symmetry_fn(Shop::representative);
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
    assert!(holds(FALSE_WORDS) > 10_000);
}

#[test]
fn the_code_follows_every_trace_and_refuses_what_the_model_refuses() {
    for bounds in
        [Bounds { losses: 0, kills: 0, ..FAULTS }, Bounds { plans: 0, ..PEOPLE }, FALSE_WORDS]
    {
        let (states, steps, refused) = beside::every_trace_is_the_codes(&bounds);
        println!("{states} states, {steps} steps beside the code, {refused} refusals");
        assert!(steps > states && refused > 1_000);
    }
}

#[test]
fn long_traces_are_replayed_by_the_code_from_start_to_end() {
    for bounds in [FAULTS, PEOPLE, Bounds { plans: 2, losses: 1, ..FALSE_WORDS }] {
        let steps = beside::traces_are_replayed(&bounds, 2_000);
        println!("2000 traces, {steps} steps");
        assert!(steps > 10_000);
    }
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
