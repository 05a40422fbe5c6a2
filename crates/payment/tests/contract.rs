//! What every gateway's adapter must keep, tried over real HTTP against the far side's simulator.
//! Not for shapes: those are in each adapter's fixtures. A new gateway writes a `Played` and one
//! `contract!` line.

#![allow(clippy::unwrap_used)] // A test may panic.

use http::HeaderMap;
use payment::{
    Again, BadWebhook, Created, Fault, RefundStanding, Refunded, Return, Standing, Taken, Webhook,
};
use sim::gateway::{Answer, Back, Deed, Lie, Op};

#[path = "contract/browser.rs"]
mod browser;
#[path = "contract/far.rs"]
mod far;
#[path = "contract/forged.rs"]
mod forged;
#[path = "contract/played.rs"]
mod played;

use browser::goes_and_comes_back;
use far::{Buyer, CreateFate, Far, Played, PollFate, found};
use forged::no_forged_mutated_or_misbound_webhook_is_accepted;

async fn a_payment_is_pending_until_it_is_paid_and_then_captured_as_it_was<P: Played>() {
    let far = Far::start::<P>().await;
    let asked = far.open("pay_1").await;
    assert_eq!(far.gateway().poll(&asked).await.unwrap(), Standing::Pending);
    far.buyer("pay_1", Buyer::Pays);
    assert_eq!(found(far.gateway(), &asked).await, far.truly_captured());
    assert_eq!(found(far.gateway(), &far.by_our_id("pay_1")).await, far.truly_captured());
}

async fn asking_again_with_the_same_id_hides_no_payment<P: Played>() {
    let far = Far::start::<P>().await;
    let first = far.open("pay_1").await;
    match far.gateway().abilities().again {
        Again::Same => {
            assert_eq!(first.gateway_order, far.open("pay_1").await.gateway_order);
            assert_eq!(far.truly_created(), 1);
        }
        Again::Taken => {
            let second = far.gateway().create(&far.wish("pay_1")).await;
            assert!(matches!(second, Created::Unknown { .. }), "{second:?}");
            assert_eq!(far.truly_created(), 1);
        }
        Again::Another => {
            let second = far.open("pay_1").await.gateway_order.unwrap();
            assert_ne!(first.gateway_order.as_ref(), Some(&second));
            assert!(far.sim.pay(&second, sim::gateway::How::Pay));
            let all = far.by_our_id("pay_1");
            assert_eq!(found(far.gateway(), &all).await, far.truly_captured());
        }
    }
}

async fn a_refusal_is_a_refusal_only_when_nothing_was_opened<P: Played>() {
    let far = Far::start::<P>().await;
    far.next_create(CreateFate::Refused);
    let refused = far.gateway().create(&far.wish("pay_1")).await;
    assert!(matches!(refused, Created::Refused { .. }), "{refused:?}");
    assert_eq!(far.truly_created(), 0);
    let asked = far.by_our_id("pay_1");
    assert_eq!(far.gateway().poll(&asked).await.unwrap(), Standing::Absent);
}

async fn a_lost_answer_is_unknown_and_the_payment_is_found_by_our_id<P: Played>() {
    for fate in [
        CreateFate::OpenedButLost,
        CreateFate::OpenedButHtml,
        CreateFate::OpenedBut500,
        CreateFate::Hangs,
        CreateFate::Redirected,
    ] {
        let far = Far::start::<P>().await;
        far.next_create(fate);
        let unknown = far.gateway().create(&far.wish("pay_1")).await;
        assert!(matches!(unknown, Created::Unknown { .. }), "{fate:?} {unknown:?}");
        assert_eq!(far.truly_created(), 1, "{fate:?}");
        let asked = far.by_our_id("pay_1");
        assert_eq!(far.gateway().poll(&asked).await.unwrap(), Standing::Pending, "{fate:?}");
    }
}

async fn a_gateway_that_is_not_at_home_has_certainly_created_nothing<P: Played>() {
    let far = Far::start::<P>().await;
    far.down().await;
    let refused = far.gateway().create(&far.wish("pay_1")).await;
    assert!(matches!(refused, Created::Refused { .. }), "{refused:?}");
    let poll = far.gateway().poll(&far.by_our_id("pay_1")).await;
    assert!(matches!(poll, Err(Fault::Unreachable { .. })), "{poll:?}");
    assert_eq!(far.truly_created(), 0);
}

async fn a_gateway_that_hangs_up_may_have_created_something<P: Played>() {
    let far = Far::start::<P>().await;
    far.hangs_up().await;
    let unknown = far.gateway().create(&far.wish("pay_1")).await;
    assert!(matches!(unknown, Created::Unknown { .. }), "{unknown:?}");
}

async fn a_failure_is_told_as_a_failure_where_it_is_the_end<P: Played>() {
    let far = Far::start::<P>().await;
    let asked = far.open("pay_1").await;
    far.buyer("pay_1", Buyer::GivesUp);
    let standing = far.gateway().poll(&asked).await.unwrap();
    match far.gateway().abilities().ends {
        true => assert!(matches!(standing, Standing::Failed { .. }), "{standing:?}"),
        false => assert_eq!(standing, Standing::Pending),
    }
}

async fn all_money_is_told_exactly_as_it_was_taken<P: Played>() {
    for deed in [
        Buyer::FailsAndThenPays,
        Buyer::PaysTwice,
        Buyer::PaysHalf,
        Buyer::PaysInDollars,
        Buyer::PaysAfterTheEnd,
    ] {
        let far = Far::start::<P>().await;
        let asked = far.open("pay_1").await;
        far.buyer("pay_1", deed);
        assert_eq!(found(far.gateway(), &asked).await, far.truly_captured(), "{deed:?}");
    }
}

async fn money_under_another_payments_ids_never_counts_for_this_one<P: Played>() {
    let far = Far::start::<P>().await;
    let asked = far.open("pay_1").await;
    far.open("pay_2").await;
    far.buyer("pay_1", Buyer::PaysForAnother);
    match far.gateway().poll(&asked).await {
        Ok(Standing::Captured { captures }) => {
            let ours = |found: &payment::Capture| {
                found.payment == asked.payment
                    && Some(&found.gateway_order) == asked.gateway_order.as_ref()
            };
            assert!(!captures.iter().any(ours), "{captures:?}");
        }
        Ok(other) => assert_eq!(other, Standing::Pending),
        Err(fault) => assert!(matches!(fault, Fault::Unusable { .. }), "{fault:?}"),
    }
}

async fn a_bad_answer_to_a_poll_is_a_fault_and_the_next_one_is_right<P: Played>() {
    let far = Far::start::<P>().await;
    let (asked, _) = far.paid("pay_1").await;
    for fate in [
        PollFate::Lost,
        PollFate::Truncated,
        PollFate::Html,
        PollFate::Empty,
        PollFate::Down,
        PollFate::Hangs,
        PollFate::PaidByNothing,
    ] {
        far.next_poll(fate);
        let standing = far.gateway().poll(&asked).await;
        assert!(standing.is_err(), "{fate:?} {standing:?}");
    }
    assert_eq!(found(far.gateway(), &asked).await.len(), 1);
}

async fn a_poll_for_another_order_than_was_opened_is_a_fault<P: Played>() {
    let far = Far::start::<P>().await;
    far.open("pay_1").await;
    let other = far.open("pay_2").await;
    let mixed = payment::Asked { payment: "pay_1".to_owned(), ..other };
    let found = far.gateway().poll(&mixed).await;
    match far.gateway().abilities().names_orders {
        true => assert!(found.is_err(), "{found:?}"),
        false => assert_eq!(found.unwrap(), Standing::Pending, "it is about our own id"),
    }
}

async fn authorised_money_is_taken_once_and_only_by_capture<P: Played>() {
    let far = Far::start::<P>().await;
    let (asked, paid) = far.paid("pay_1").await;
    if !far.gateway().abilities().captures {
        let taken = far.gateway().capture(&paid).await;
        return assert!(matches!(taken, Taken::Refused { .. }), "{taken:?}");
    }
    drop((asked, far));
    for (answer, known) in [(Answer::Honest, true), (Answer::Lost, false), (Answer::Html, false)] {
        let far = Far::start::<P>().await;
        let asked = far.open("pay_1").await;
        far.buyer("pay_1", Buyer::IsOnlyAuthorised);
        let Standing::Authorised { held } = far.gateway().poll(&asked).await.unwrap() else {
            panic!("authorised is not paid");
        };
        assert!(far.truly_captured().is_empty());
        far.sim.next(Op::Take, Lie::answering(answer));
        let taken = far.gateway().capture(&held[0]).await;
        assert_eq!(matches!(taken, Taken::Captured(_)), known, "{taken:?}");
        assert_eq!(matches!(taken, Taken::Unknown { .. }), !known, "{taken:?}");
        assert_eq!(found(far.gateway(), &asked).await, far.truly_captured());
        let again = far.gateway().capture(&held[0]).await;
        assert!(matches!(again, Taken::Unknown { .. }), "{again:?}");
        assert_eq!(far.truly_captured().len(), 1);
    }
}

async fn a_returning_browser_is_believed_only_for_its_own_payment<P: Played>() {
    let far = Far::start::<P>().await;
    let brought = goes_and_comes_back(&far, "pay_1", "pay").await;
    let order = far.sim.payment("pay_1").unwrap().order;
    let asked = payment::Asked { gateway_order: Some(order), ..far.by_our_id("pay_1") };
    assert_eq!(far.gateway().read_return(&asked, &brought), Return::Fits, "{brought:?}");
    let other = far.open("pay_2").await;
    assert_eq!(far.gateway().read_return(&other, &brought), Return::Foreign, "{brought:?}");

    let brought = goes_and_comes_back(&far, "pay_3", "fail").await;
    let order = far.sim.payment("pay_3").unwrap().order;
    let asked = payment::Asked { gateway_order: Some(order), ..far.by_our_id("pay_3") };
    assert_ne!(far.gateway().read_return(&asked, &brought), Return::Foreign, "{brought:?}");
}

async fn a_webhook_is_believed_only_with_its_own_bytes<P: Played>() {
    let far = Far::start::<P>().await;
    far.open("pay_1").await;
    far.buyer("pay_1", Buyer::Pays);
    let genuine = far.webhooks(1).await.remove(0);
    let hint = far.gateway().read_webhook(&far.hook(&genuine)).unwrap();
    assert_eq!(hint.payment.as_deref(), Some("pay_1"));
    assert!(!hint.event.is_empty());
    let again = far.gateway().read_webhook(&far.hook(&genuine));
    assert_eq!(again, Ok(hint), "a replay reads the same");
    if !far.gateway().abilities().signs {
        return;
    }
    let (headers, body) = genuine;
    let changed = String::from_utf8(body.clone()).unwrap().replace("pay_1", "pay_2");
    let forged = (headers, changed.into_bytes());
    assert_eq!(far.gateway().read_webhook(&far.hook(&forged)), Err(BadWebhook::Forged));
    let unsigned = Webhook { headers: &HeaderMap::new(), body: &body, at: far.now() };
    assert_eq!(far.gateway().read_webhook(&unsigned), Err(BadWebhook::Forged));
}

async fn no_lying_webhook_changes_what_a_poll_says<P: Played>() {
    for deed in [
        Deed::Twice,
        Deed::Forged,
        Deed::Unsigned,
        Deed::OutOfOrder,
        Deed::OtherPayment,
        Deed::WrongAmount,
        Deed::OtherCurrency,
        Deed::Unreadable,
    ] {
        let far = Far::start::<P>().await;
        let other = far.open("pay_0").await;
        let asked = far.open("pay_1").await;
        far.sim.next(Op::Hook, Lie::of(deed));
        far.buyer("pay_1", Buyer::Pays);
        let signs = far.gateway().abilities().signs;
        let all = far.webhooks(1).await;
        let read: Vec<_> =
            all.iter().map(|sent| far.gateway().read_webhook(&far.hook(sent))).collect();
        match deed {
            Deed::Forged | Deed::Unsigned if signs => {
                assert_eq!(read, [Err(BadWebhook::Forged)], "{deed:?}");
            }
            Deed::Unreadable => assert!(read[0].is_err(), "{read:?}"),
            Deed::Twice => assert!(read[0].is_ok() && read[0] == read[1], "{read:?}"),
            _ => assert!(read.iter().all(Result::is_ok), "{deed:?} {read:?}"),
        }
        assert_eq!(found(far.gateway(), &asked).await, far.truly_captured(), "{deed:?}");
        assert_eq!(far.gateway().poll(&other).await.unwrap(), Standing::Pending, "{deed:?}");
    }
}

async fn a_refund_is_paid_once_however_often_it_is_asked_for<P: Played>() {
    let far = Far::start::<P>().await;
    let (_, capture) = far.paid("pay_1").await;
    let refund = far.refund("rfd_1", &capture, 699);
    if !far.gateway().abilities().refunds {
        let refused = far.gateway().refund(&refund).await;
        assert!(matches!(refused, Refunded::Refused { .. }), "{refused:?}");
        return assert!(far.truly_refunded().is_empty());
    }
    let first = far.gateway().refund(&refund).await;
    assert!(matches!(first, Refunded::Taken { standing: RefundStanding::Done, .. }), "{first:?}");
    assert_eq!(far.gateway().refund(&refund).await, first);
    assert_eq!(far.truly_refunded(), [69_900]);
    let standing = far.gateway().refund_standing(&refund).await.unwrap();
    assert_eq!(standing, RefundStanding::Done);
    // The money came, whatever became of it since.
    assert_eq!(found(far.gateway(), &far.by_our_id("pay_1")).await, far.truly_captured());
}

async fn a_lost_answer_to_a_refund_is_found_and_never_paid_twice<P: Played>() {
    for answer in [Answer::Lost, Answer::Html, Answer::Status, Answer::Hang, Answer::Empty] {
        let far = Far::start::<P>().await;
        if !far.gateway().abilities().refunds {
            return;
        }
        let (_, capture) = far.paid("pay_1").await;
        let refund = far.refund("rfd_1", &capture, 699);
        far.sim.next(Op::Refund, Lie::answering(answer));
        let unknown = far.gateway().refund(&refund).await;
        assert!(matches!(unknown, Refunded::Unknown { .. }), "{answer:?} {unknown:?}");
        let standing = far.gateway().refund_standing(&refund).await.unwrap();
        assert_eq!(standing, RefundStanding::Done, "{answer:?}");
        let again = far.gateway().refund(&refund).await;
        assert!(matches!(again, Refunded::Taken { .. }), "{answer:?} {again:?}");
        assert_eq!(far.truly_refunded(), [69_900], "{answer:?}");
    }
}

async fn a_refused_refund_has_paid_nothing_back<P: Played>() {
    let far = Far::start::<P>().await;
    if !far.gateway().abilities().refunds {
        return;
    }
    let (_, capture) = far.paid("pay_1").await;
    let refund = far.refund("rfd_1", &capture, 699);
    far.sim.next(Op::Refund, Lie::of(Deed::Refuse));
    let refused = far.gateway().refund(&refund).await;
    assert!(matches!(refused, Refunded::Refused { .. }), "{refused:?}");
    far.sim.next(Op::Refund, Lie::of(Deed::Nothing));
    let unknown = far.gateway().refund(&refund).await;
    assert!(matches!(unknown, Refunded::Unknown { .. }), "{unknown:?}");
    let standing = far.gateway().refund_standing(&refund).await.unwrap();
    assert_eq!(standing, RefundStanding::Absent);
    far.down().await;
    let refused = far.gateway().refund(&refund).await;
    assert!(matches!(refused, Refunded::Refused { .. }), "{refused:?}");
    assert!(far.gateway().refund_standing(&refund).await.is_err());
    assert!(far.truly_refunded().is_empty());
}

async fn refunds_in_parts_never_come_to_more_than_was_captured<P: Played>() {
    let far = Far::start::<P>().await;
    if !far.gateway().abilities().refunds {
        return;
    }
    let (_, capture) = far.paid("pay_1").await;
    for (name, major) in [("rfd_1", 300), ("rfd_2", 399)] {
        let part = far.gateway().refund(&far.refund(name, &capture, major)).await;
        assert!(matches!(part, Refunded::Taken { .. }), "{part:?}");
    }
    let more = far.gateway().refund(&far.refund("rfd_3", &capture, 1)).await;
    assert!(!matches!(more, Refunded::Taken { .. }), "{more:?}");
    assert_eq!(far.truly_refunded(), [30_000, 39_900]);
    let other = far.gateway().refund_standing(&far.refund("rfd_1", &capture, 301)).await;
    assert!(other.is_err(), "another amount under our id is a fault: {other:?}");
}

async fn a_refund_under_way_is_pending_until_it_is_done_or_fails<P: Played>() {
    let far = Far::start::<P>().await;
    if !far.gateway().abilities().refunds {
        return;
    }
    let (_, capture) = far.paid("pay_1").await;
    for (name, end) in [("rfd_1", Back::Failed), ("rfd_2", Back::Done)] {
        let refund = far.refund(name, &capture, 699);
        far.sim.next(Op::Refund, Lie::of(Deed::Pending));
        let taken = far.gateway().refund(&refund).await;
        let Refunded::Taken { gateway_refund, standing } = taken else { panic!("{taken:?}") };
        assert_eq!(standing, RefundStanding::Pending);
        let standing = far.gateway().refund_standing(&refund).await.unwrap();
        assert_eq!(standing, RefundStanding::Pending);
        assert!(far.sim.settle(&gateway_refund, end));
        let standing = far.gateway().refund_standing(&refund).await.unwrap();
        assert_eq!(matches!(standing, RefundStanding::Failed { .. }), end == Back::Failed);
        assert_eq!(standing == RefundStanding::Done, end == Back::Done);
    }
}

/// Every promise, for each gateway.
macro_rules! contract {
    ($($module:ident $played:ident),* => $promises:tt) => {
        $(contract!(@one $module $played $promises);)*
    };
    (@one $module:ident $played:ident { $($promise:ident,)* }) => {
        mod $module {
            $(#[tokio::test]
            async fn $promise() {
                super::$promise::<super::played::$played>().await;
            })*
        }
    };
}

contract! { simulated Simulated, razorpay Razorpay, cashfree Cashfree, stripe Stripe, upi Upi => {
    a_payment_is_pending_until_it_is_paid_and_then_captured_as_it_was,
    asking_again_with_the_same_id_hides_no_payment,
    a_refusal_is_a_refusal_only_when_nothing_was_opened,
    a_lost_answer_is_unknown_and_the_payment_is_found_by_our_id,
    a_gateway_that_is_not_at_home_has_certainly_created_nothing,
    a_gateway_that_hangs_up_may_have_created_something,
    a_failure_is_told_as_a_failure_where_it_is_the_end,
    all_money_is_told_exactly_as_it_was_taken,
    money_under_another_payments_ids_never_counts_for_this_one,
    a_bad_answer_to_a_poll_is_a_fault_and_the_next_one_is_right,
    a_poll_for_another_order_than_was_opened_is_a_fault,
    authorised_money_is_taken_once_and_only_by_capture,
    a_returning_browser_is_believed_only_for_its_own_payment,
    a_webhook_is_believed_only_with_its_own_bytes,
    no_lying_webhook_changes_what_a_poll_says,
    no_forged_mutated_or_misbound_webhook_is_accepted,
    a_refund_is_paid_once_however_often_it_is_asked_for,
    a_lost_answer_to_a_refund_is_found_and_never_paid_twice,
    a_refused_refund_has_paid_nothing_back,
    refunds_in_parts_never_come_to_more_than_was_captured,
    a_refund_under_way_is_pending_until_it_is_done_or_fails,
}}
