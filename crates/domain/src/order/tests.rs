//! The grid of every stage and event, and sequences that must never break the rules.

use super::event::Again;
use super::*;
use crate::clock::Timestamp;
use crate::id::{AttemptId, Chance, ServerId};

struct Same(u8);
impl Chance for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn attempt(n: u8) -> AttemptId {
    AttemptId::mint(Timestamp::from_millis(0), &Same(n))
}

fn server(n: u8) -> ServerId {
    ServerId::mint(Timestamp::from_millis(0), &Same(n))
}

fn stages() -> Vec<Stage> {
    vec![
        Stage::Unpaid,
        Stage::Closed(Closed::ReservationOver),
        Stage::Closed(Closed::Cancelled),
        Stage::Unrevived,
        Stage::Planned(attempt(1)),
        Stage::Permitted(attempt(1)),
        Stage::Unheard(attempt(1)),
        Stage::Verifying(server(1)),
        Stage::Verified(server(1)),
        Stage::OnHold(server(1)),
        Stage::Stopped(Stop::WrongServer),
        Stage::Delivered(server(1)),
        Stage::RefundPending,
        Stage::Refunded,
        Stage::Terminated,
    ]
}

fn events() -> Vec<Event> {
    vec![
        Event::Paid { attempt: attempt(2) },
        Event::PaidTooLate,
        Event::ReservationOver,
        Event::ReservedAgain,
        Event::Stopped(Stop::NoStock),
        Event::Permitted,
        Event::WentUnheard,
        Event::Answered { attempt: attempt(1), server: server(1) },
        Event::Answered { attempt: attempt(9), server: server(1) },
        Event::Rejected,
        Event::TriedAgain { attempt: attempt(2), because: Again::NotSent },
        Event::Matched,
        Event::Mismatched,
        Event::Held,
        Event::Doubted,
        Event::CredentialsLate,
        Event::Delivered,
        Event::Cancelled,
        Event::RefundAsked,
        Event::RefundPlanned,
        Event::RefundDone { settled: false },
        Event::RefundDone { settled: true },
        Event::RefundCameBack,
        Event::RefundWanted,
        Event::RefundDeclined,
        Event::Reprovisioned { attempt: attempt(2) },
        Event::Accepted { server: server(1) },
        Event::RangesConfirmed,
        Event::Adopted { attempt: Some(attempt(1)), server: server(2) },
        Event::NothingBought { attempt: attempt(1), next: Some(attempt(2)) },
        Event::NothingBought { attempt: attempt(9), next: None },
        Event::Waited,
        Event::Offered,
        Event::Extended { days: 7 },
        Event::Discounted,
        Event::AttemptWrittenOff { attempt: attempt(9) },
        Event::ServerEnded { server: server(9) },
        Event::ServerWrittenOff { server: server(9) },
        Event::Recovered { attempt: attempt(2) },
        Event::TermOver,
        Event::AuditMismatched,
    ]
}

fn short(effect: &Effect) -> String {
    match effect {
        Effect::Plan(_) => "plan".into(),
        Effect::Attempt(_, event) => format!("attempt {event:?}"),
        Effect::Server(_, event) => format!("server {event:?}"),
        Effect::Verify(_) => "verify".into(),
        Effect::List(why) => format!("list {}", why.word()),
        Effect::Unlist(why) => format!("unlist {}", why.word()),
        Effect::Settle => "settle".into(),
    }
}

#[test]
fn the_life_of_an_order_is_this_grid() {
    let mut grid = String::new();
    for stage in stages() {
        grid.push_str(&format!("{}\n", stage.word()));
        for event in events() {
            let other = matches!(&event, Event::Answered { attempt: a, .. } if *a == attempt(9));
            let name = match &event {
                Event::RefundDone { settled: true } => "refund_done (the last one)",
                _ if other => "answered (another attempt)",
                event => event.word(),
            };
            match step(&Standing::new(stage.clone()), &event) {
                Err(_) => grid.push_str(&format!("  {name:<28} ·\n")),
                Ok(Step { next, effects }) => {
                    let effects: Vec<String> = effects.iter().map(short).collect();
                    let line =
                        format!("  {name:<28} {:<16} {}", next.stage.word(), effects.join(", "));
                    grid.push_str(line.trim_end());
                    grid.push('\n');
                }
            }
        }
    }
    insta::assert_snapshot!("grid", grid);
}

#[test]
fn a_customer_is_told_of_what_this_table_names_and_of_nothing_else() {
    let mut table = String::new();
    let replacing =
        Standing { replaces: Some(server(2)), ..Standing::new(Stage::Verified(server(1))) };
    let standings = stages().into_iter().map(Standing::new).chain([replacing]);
    for at in standings {
        for event in events() {
            let Ok(next) = step(&at, &event) else { continue };
            let Some(news) = News::of(&at, &event, &next.next) else { continue };
            let (stage, event) = (at.stage.word(), event.word());
            table.push_str(&format!("{stage:<18} {event:<18} {}\n", news.word()));
        }
    }
    insta::assert_snapshot!("news", table);
}

#[test]
fn a_failed_replacement_leaves_the_delivered_server_with_the_customer() {
    let at = Standing {
        replaces: Some(server(1)),
        again: true,
        ..Standing::new(Stage::Verifying(server(2)))
    };
    let failed = step(&at, &Event::Mismatched).unwrap();
    assert_eq!(failed.next, Standing::new(Stage::Delivered(server(1))));
    assert!(failed.effects.contains(&Effect::List(step::Why::ReplacementFailed)));
}

#[test]
fn a_delivered_replacement_takes_the_old_server_into_quarantine() {
    let at = Standing { replaces: Some(server(1)), ..Standing::new(Stage::Verified(server(2))) };
    let done = step(&at, &Event::Delivered).unwrap();
    assert_eq!(done.next, Standing::new(Stage::Delivered(server(2))));
    assert!(done.effects.contains(&Effect::Server(server(1), crate::server::Event::Quarantined)));
}

#[test]
fn a_refund_of_a_replaced_order_quarantines_both_servers() {
    let at = Standing { replaces: Some(server(1)), ..Standing::new(Stage::Verifying(server(2))) };
    let refunded = step(&at, &Event::RefundAsked).unwrap();
    for id in [server(1), server(2)] {
        let taken = Effect::Server(id, crate::server::Event::Quarantined);
        assert!(refunded.effects.contains(&taken), "{taken:?}");
    }
}

#[test]
fn an_unheard_purchase_is_never_bought_again_without_a_decision() {
    let at = Standing::new(Stage::Unheard(attempt(1)));
    for event in events() {
        let Ok(next) = step(&at, &event) else { continue };
        let plans = next.effects.iter().any(|effect| matches!(effect, Effect::Plan(_)));
        let decided = matches!(
            event,
            Event::Reprovisioned { .. } | Event::NothingBought { .. } | Event::TriedAgain { .. }
        );
        assert!(!plans || decided, "{event:?} plans a purchase");
    }
}

#[test]
fn what_people_see_follows_the_table() {
    use seen::{Back, Paying};
    let mut table = String::new();
    for stage in stages() {
        let seen = |back| Seen::of(&Standing::new(stage.clone()), Paying::NotStarted, back);
        let [none, part, all] = [Back::Nothing, Back::Part, Back::All].map(seen);
        assert_eq!((none.status, none.provisioning), (all.status, all.provisioning));
        table.push_str(&format!(
            "{:<18} {:<10} {:<16} {:<10} {:<20} {}\n",
            stage.word(),
            none.payment.as_str(),
            part.payment.as_str(),
            all.payment.as_str(),
            none.status.as_str(),
            none.provisioning.as_str()
        ));
    }
    insta::assert_snapshot!("seen", table);
}

#[test]
fn remedies_are_allowed_as_the_table_says() {
    let mut table = String::new();
    for stage in stages() {
        for facts in [
            Facts::default(),
            Facts {
                tail_over: true,
                has_parked: true,
                has_quarantined: true,
                audit_mismatch: true,
                delivered_by_hand: false,
                owed: true,
                by_hand: true,
            },
        ] {
            let at = Standing::new(stage.clone());
            let allowed: Vec<&str> = Remedy::ALL
                .into_iter()
                .filter(|remedy| remedy.allowed(&at, facts).is_ok())
                .map(Remedy::word)
                .collect();
            let when = if facts.tail_over { "with strays, owed" } else { "plain" };
            table.push_str(&format!("{:<18} {when:<18} {}\n", stage.word(), allowed.join(" ")));
        }
    }
    insta::assert_snapshot!("remedies", table);
}

#[test]
fn news_about_another_server_or_purchase_moves_nothing() {
    let refused = |stage: Stage, event: Event| step(&Standing::new(stage), &event).is_err();
    let accepted = || Event::Accepted { server: server(9) };
    assert!(refused(Stage::OnHold(server(1)), accepted()));
    assert!(refused(Stage::Delivered(server(1)), accepted()));
    let unheard = || Stage::Unheard(attempt(1));
    let adopted = Event::Adopted { attempt: Some(attempt(9)), server: server(2) };
    assert!(refused(unheard(), adopted));
    let nothing = Event::NothingBought { attempt: attempt(9), next: Some(attempt(2)) };
    assert!(refused(unheard(), nothing));
}

#[test]
fn late_credentials_are_forgotten_as_soon_as_something_else_happens() {
    let late = Standing { late: true, ..Standing::new(Stage::Verifying(server(1))) };
    let next = |event| step(&late, &event).unwrap().next;
    assert!(!next(Event::Matched).late && !next(Event::Doubted).late);
    let again = next(Event::Reprovisioned { attempt: attempt(2) });
    assert_eq!((again.stage, again.late), (Stage::Planned(attempt(2)), false));
    let in_time = Standing { late: false, ..late.clone() };
    assert!(step(&in_time, &Event::Reprovisioned { attempt: attempt(2) }).is_err());
}

#[test]
fn a_wrong_server_is_listed_as_one() {
    let at = Standing::new(Stage::Verifying(server(1)));
    let listed = step(&at, &Event::Mismatched).unwrap().effects;
    assert!(listed.contains(&Effect::List(super::step::Why::WrongServer)), "{listed:?}");
}

#[test]
fn what_stands_in_the_way_of_a_remedy_is_said() {
    let says = |remedy: Remedy, stage: Stage, facts| {
        remedy.allowed(&Standing::new(stage), facts).err().unwrap_or("allowed")
    };
    let plain = Facts::default();
    let by_hand = Facts { delivered_by_hand: true, has_quarantined: true, ..plain };
    let stopped = || Stage::Stopped(Stop::WrongServer);
    let tail = "its answer may still come; wait for the end of its tail";
    let hand = "it is delivered by hand; reprovision it, and enter its server";
    for (remedy, stage, facts, said) in [
        (Remedy::Reprovision, Stage::Planned(attempt(1)), plain, "a purchase is planned already"),
        (Remedy::Reprovision, Stage::Unheard(attempt(1)), plain, tail),
        (Remedy::Reprovision, Stage::Verifying(server(1)), plain, "a server is being checked"),
        (Remedy::Reprovision, Stage::Refunded, plain, "the order is finished"),
        (Remedy::Accept, stopped(), plain, "the order has no server in quarantine"),
        (Remedy::Accept, stopped(), by_hand, hand),
        (Remedy::Accept, Stage::OnHold(server(1)), by_hand, hand),
        (
            Remedy::Accept,
            Stage::Delivered(server(1)),
            plain,
            "the delivered server is what was sold",
        ),
        (Remedy::Adopt, Stage::Unheard(attempt(1)), plain, tail),
        (Remedy::Adopt, stopped(), by_hand, hand),
        (Remedy::NothingBought, Stage::Unheard(attempt(1)), plain, tail),
    ] {
        assert_eq!(says(remedy, stage, facts), said, "{}", remedy.word());
    }
    let late = Standing { late: true, ..Standing::new(Stage::Verifying(server(1))) };
    assert_eq!(Remedy::Reprovision.allowed(&late, plain), Ok(()));
    assert!(Remedy::ManualProvision.allowed(&late, plain).is_err());
}

#[test]
fn remedies_that_give_and_remedies_that_are_told_are_these() {
    let words = |is: fn(Remedy) -> bool| {
        let some = Remedy::ALL.into_iter().filter(|remedy| is(*remedy)).map(Remedy::word);
        some.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        words(Remedy::gives_value),
        "reprovision manual-provision refund refund-and-keep credit extend discount cancel"
    );
    assert_eq!(
        words(Remedy::is_told),
        "reprovision manual-provision accept refund refund-and-keep extend discount cancel"
    );
    assert_eq!(Remedy::ALL.map(|remedy| Remedy::parse(remedy.word())), Remedy::ALL.map(Some));
    assert_eq!(Remedy::parse("Refund"), None);
}

#[test]
fn nobody_has_to_decide_about_what_recovers() {
    let recovers = Stop::ALL.into_iter().filter(|stop| stop.may_recover());
    let left: Vec<Stop> = Stop::ALL.into_iter().filter(|stop| !stop.may_recover()).collect();
    assert_eq!(left, [Stop::WrongServer, Stop::Ambiguous, Stop::OtherBlock]);
    assert_eq!(recovers.count() + left.len(), Stop::ALL.len());
}

#[test]
fn late_credentials_are_for_staff_and_nothing_paid_is_nothing_back() {
    use seen::{Back, Paying};
    let at = |late| Standing { late, ..Standing::new(Stage::Verifying(server(1))) };
    let status = |late| Seen::of(&at(late), Paying::NotStarted, Back::Nothing).status.as_str();
    assert_eq!((status(false), status(true)), ("provisioning", "needs_review"));
    assert_eq!(Back::of(0, 0, 699), Back::Nothing);
}

proptest::proptest! {
    /// Whatever happens in whatever order, an order waits for one thing at most, and a finished
    /// one never buys.
    #[test]
    fn no_sequence_of_events_buys_after_a_refund(
        picks in proptest::collection::vec(0usize..41, 1..60),
    ) {
        let events = events();
        let mut at = Standing::new(Stage::Unpaid);
        let mut refunded = false;
        for pick in picks {
            let Ok(next) = step(&at, &events[pick]) else { continue };
            let plans = next.effects.iter().any(|effect| matches!(effect, Effect::Plan(_)));
            proptest::prop_assert!(!(refunded && plans));
            refunded |= matches!(next.next.stage, Stage::RefundPending);
            let stage = &next.next.stage;
            let slots = [stage.attempt().is_some(), stage.awaited_server().is_some()];
            proptest::prop_assert!(slots.iter().filter(|full| **full).count() <= 1);
            at = next.next;
        }
    }

    /// A stage that was written down reads back as itself, and nothing else reads at all.
    #[test]
    fn a_stage_reads_back_from_its_columns(pick in 0usize..15) {
        let stage = stages()[pick].clone();
        let stop = match &stage { Stage::Stopped(stop) => Some(stop.word()), _ => None };
        let server = match &stage {
            Stage::Delivered(id) => Some(id.clone()),
            other => other.awaited_server().cloned(),
        };
        let read = Stage::read(stage.word(), stage.attempt().cloned(), server.clone(), stop);
        proptest::prop_assert_eq!(read.as_ref(), Some(&stage));
        let both = Stage::read(stage.word(), Some(attempt(7)), Some(super::tests::server(7)), stop);
        proptest::prop_assert_eq!(both, None);
    }
}

#[test]
fn money_back_is_asked_for_as_the_table_says() {
    use refund_request::{Asking, may_ask};
    let plain = Asking {
        payment: PaymentStatus::Paid,
        cost_money: true,
        is_asked: false,
        is_listed: false,
        may_choose: false,
        is_owed: false,
    };
    let cases = [
        ("plain", plain),
        ("asked", Asking { is_asked: true, ..plain }),
        ("listed", Asking { is_listed: true, ..plain }),
        ("may choose", Asking { is_listed: true, may_choose: true, ..plain }),
        ("owed", Asking { is_listed: true, is_owed: true, ..plain }),
        ("in part back", Asking { payment: PaymentStatus::PartlyRefunded, ..plain }),
        ("all back", Asking { payment: PaymentStatus::Refunded, ..plain }),
        ("cost nothing", Asking { cost_money: false, ..plain }),
    ];
    let mut table = String::new();
    for stage in stages() {
        for (when, facts) in cases {
            let said = may_ask(&stage, facts).err().unwrap_or("yes");
            table.push_str(&format!("{:<18} {when:<14} {said}\n", stage.word()));
            // Nobody asks for what the order would refuse to remember.
            let remembers = step(&Standing::new(stage.clone()), &Event::RefundWanted).is_ok();
            assert!(said != "yes" || remembers, "{} {when}", stage.word());
        }
    }
    insta::assert_snapshot!("asking", table);
}

#[test]
fn a_request_is_answered_once_and_money_answers_more_than_a_no() {
    use refund_request::State;
    let after = |words: &[&str]| words.iter().fold(None, |before, word| State::after(before, word));
    for (happened, stands) in [
        (&["ordered", "refund_planned", "refund_declined"][..], None),
        (&["refund_wanted", "extended", "refund_done"], Some(State::Open)),
        (&["refund_wanted", "refund_planned", "refund_declined"], Some(State::Given)),
        (&["refund_wanted", "refund_declined"], Some(State::Declined)),
        (&["refund_wanted", "refund_declined", "refund_asked"], Some(State::Given)),
        (&["refund_wanted", "cancelled"], Some(State::Given)),
        (&["refund_wanted", "refund_declined", "refund_wanted"], Some(State::Open)),
    ] {
        assert_eq!(after(happened), stands, "{happened:?}");
    }
}
