//! Money that goes back: never more than came in, each movement from where it was read, a
//! reference of staff's once; and what a payer's bank takes back itself.

use domain::clock::Clock;
use domain::dispute;
use domain::id::{OrderId, RefundId};
use domain::ledger::{Account, Pays, received};
use domain::money::{Currency, Money};
use domain::refund::{Event, State};
use store::dispute::NewDispute;
use store::payment::NewCapture;
use store::refund::{NewRefund, Refund, Returned, Word};

use super::given::{self, done, refused, rupees, stale, tried};
use crate::support::{TestDb, for_each_database};

/// An order with two captures of 999 rupees, of which the second is owed.
async fn paid_twice(shop: &TestDb) -> OrderId {
    let package = given::package(shop, "91", 9).await;
    let order = given::ordered(shop, &package).await;
    for (movement, due) in [("m1", 999), ("m2", 0)] {
        shop.clock.step(given::MINUTE);
        let order = order.clone();
        done(shop, move |tx| {
            tx.insert_capture(&NewCapture {
                gateway: "upi",
                gateway_payment: movement,
                payment: None,
                share: 0,
                order: &order.id,
                amount: rupees(999),
                booked_as: if due == 0 { "owed" } else { "paid" },
            })?;
            let paid = (due > 0).then_some(Pays::whole(&order.sold.quote));
            let (gateway, sums) = (Account::Gateway("upi".into()), (rupees(999), paid));
            let entry = received(movement, gateway, &order.id, &order.account, sums).unwrap();
            tx.post(Some(&order.id), &entry)
        })
        .await;
    }
    order.id
}

async fn left(shop: &TestDb, order: &OrderId) -> Vec<(String, Money)> {
    let order = order.clone();
    let all = done(shop, move |tx| tx.returnable(&order, Currency::INR)).await;
    all.into_iter().map(|one| (one.gateway_payment, one.left)).collect()
}

async fn unsent(shop: &TestDb, order: &OrderId) -> Vec<Money> {
    let order = order.clone();
    done(shop, move |tx| tx.owed_and_unsent(&order)).await
}

/// Plans to give some rupees back of the newest capture.
async fn planned(shop: &TestDb, order: &OrderId, units: i64, state: State) -> Refund {
    let id = RefundId::mint(shop.clock.now(), &shop.chance);
    let (new, order) = (id.clone(), order.clone());
    done(shop, move |tx| {
        let captures = tx.returnable(&order, Currency::INR)?;
        tx.insert_refund(&NewRefund {
            id: &new,
            order: &order,
            capture: &captures[0],
            amount: rupees(units),
            state,
            note: "a test",
        })
    })
    .await;
    read(shop, &id).await
}

async fn read(shop: &TestDb, id: &RefundId) -> Refund {
    let id = id.clone();
    done(shop, move |tx| tx.lookup_refund(&id)).await.expect("it is there")
}

async fn moved(shop: &TestDb, refund: &Refund, event: Event, reference: Option<&'static str>) {
    shift(shop, refund, event, reference).await.unwrap();
}

async fn shift(
    shop: &TestDb,
    refund: &Refund,
    event: Event,
    reference: Option<&'static str>,
) -> store::db::Result<State> {
    let refund = refund.clone();
    let word = Word { reference, reason: Some("told"), ..Word::default() };
    tried(shop, move |tx| tx.move_refund(&refund, event, &word)).await
}

#[tokio::test]
async fn what_is_to_go_back_is_taken_off_what_is_left_until_it_fails() {
    for_each_database(async |shop| {
        let order = paid_twice(shop).await;
        let whole = [("m2".to_owned(), rupees(999)), ("m1".to_owned(), rupees(999))];
        assert_eq!(left(shop, &order).await, whole, "newest first");
        assert_eq!(unsent(shop, &order).await, [rupees(999)]);
        let refund = planned(shop, &order, 400, State::Planned).await;
        assert_eq!((refund.state, refund.amount), (State::Planned, rupees(400)));
        assert_eq!(left(shop, &order).await[0].1, rupees(599));
        assert_eq!(unsent(shop, &order).await, [rupees(599)]);
        moved(shop, &refund, Event::Failed, None).await;
        assert_eq!(left(shop, &order).await, whole);
        assert_eq!(unsent(shop, &order).await, [rupees(999)]);
        let failed = read(shop, &refund.id).await;
        assert_eq!((failed.state, failed.reason.as_deref()), (State::Failed, Some("told")));
        assert!(failed.ended_at.is_some());
        let of = order.clone();
        assert_eq!(done(shop, move |tx| tx.refunds(&of)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refund_moves_only_from_where_it_was_read() {
    for_each_database(async |shop| {
        let order = paid_twice(shop).await;
        let refund = planned(shop, &order, 999, State::Planned).await;
        let requested = async |refund: &Refund| {
            let refund = refund.clone();
            tried(shop, move |tx| tx.request_refund(&refund, 10 * given::MINUTE)).await
        };
        requested(&refund).await.unwrap();
        let again = requested(&refund).await;
        assert!(stale(&again), "{again:?}");
        let refused = async || {
            let id = refund.id.clone();
            done(shop, move |tx| tx.count_refusal(&id, "no")).await
        };
        assert_eq!(refused().await, (1, 1));
        requested(&read(shop, &refund.id).await).await.unwrap();
        requested(&read(shop, &refund.id).await).await.unwrap();
        assert_eq!(refused().await, (2, 3), "one of them nobody has answered");
        shop.clock.step(11 * given::MINUTE);
        requested(&read(shop, &refund.id).await).await.unwrap();
        assert_eq!(refused().await, (1, 1), "which cannot arrive any more");
        let other = RefundId::mint(shop.clock.now(), &shop.chance);
        let unknown = tried(shop, move |tx| tx.count_refusal(&other, "no")).await;
        assert!(stale(&unknown), "{unknown:?}");
        let requested = read(shop, &refund.id).await;
        assert_eq!(requested.state, State::Requested);
        assert!(requested.requested_at.is_some() && requested.ended_at.is_none());
        let by_hand = shift(shop, &requested, Event::PaidByHand, Some("utr")).await;
        assert!(by_hand.is_err(), "its gateway may be paying it: {by_hand:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reference_of_staff_counts_once_and_what_is_back_is_told() {
    for_each_database(async |shop| {
        let order = paid_twice(shop).await;
        let (one, two) = (
            planned(shop, &order, 400, State::ByHand).await,
            planned(shop, &order, 500, State::ByHand).await,
        );
        let back = async || {
            let of = [order.clone()];
            done(shop, move |tx| tx.returned_of(&of)).await
        };
        assert_eq!(back().await, []);
        assert!(!done(shop, |tx| tx.is_reference_used("utr-1")).await);
        moved(shop, &one, Event::PaidByHand, Some("utr-1")).await;
        assert!(done(shop, |tx| tx.is_reference_used("utr-1")).await);
        let twice = shift(shop, &two, Event::PaidByHand, Some("utr-1")).await;
        assert!(refused(&twice), "{twice:?}");
        let told =
            Returned { order: order.clone(), captured_minor: 199_800, returned_minor: 40_000 };
        assert_eq!(back().await, [told]);
        assert_eq!(given::dossier(shop, &order).await.refunds.len(), 2);
        let paid = read(shop, &one.id).await;
        assert_eq!((paid.state, paid.reference.as_deref()), (State::PaidByHand, Some("utr-1")));
    })
    .await;
}

#[tokio::test]
async fn a_dispute_takes_its_money_until_it_is_won() {
    for_each_database(async |shop| {
        let order = paid_twice(shop).await;
        let open = async || {
            let of = order.clone();
            done(shop, move |tx| {
                tx.insert_dispute(&NewDispute {
                    gateway: "upi",
                    id: "d1",
                    order: &of,
                    gateway_payment: "m2",
                    amount: rupees(999),
                    state: dispute::State::Open,
                })
            })
            .await
        };
        assert_eq!([open().await, open().await], [true, false], "it counts once");
        assert_eq!(left(shop, &order).await[0].1, rupees(0));
        let disputed = async |movement: &'static str| {
            done(shop, move |tx| tx.is_disputed("upi", movement)).await
        };
        assert_eq!([disputed("m2").await, disputed("m1").await], [true, false]);
        let found = done(shop, |tx| tx.dispute("upi", "d1")).await.remove(0);
        let end = async |state| {
            let of = found.clone();
            done(shop, move |tx| tx.end_dispute(&of, state)).await
        };
        assert!(end(dispute::State::Won).await);
        assert!(!end(dispute::State::Lost).await, "it has ended");
        assert_eq!(left(shop, &order).await[0].1, rupees(999));
        let of = order.clone();
        let all = done(shop, move |tx| tx.disputes(&of)).await;
        assert_eq!((all.len(), all[0].state), (1, dispute::State::Won));
        assert_eq!(given::dossier(shop, &order).await.disputes.len(), 1);
        assert!(all[0].ended_at.is_some() && !disputed("m2").await);
    })
    .await;
}
