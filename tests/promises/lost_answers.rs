//! At most one request leaves per permit, and what is not known is never bought again by itself.

use std::time::Duration;

use domain::attempt;
use domain::order::{Remedy, Stage};
use domain::server::State;
use sim::smartvps::{Answer, Deed, Lie, Op, Point};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, wish};

/// Every way an answer can go astray after the upstream has sold.
fn lies() -> Vec<(&'static str, Lie)> {
    vec![
        ("lost", Lie::answering(Answer::Lost)),
        ("truncated", Lie::answering(Answer::Truncated)),
        ("html", Lie::answering(Answer::Html)),
        ("garbage", Lie::answering(Answer::Garbage)),
        ("empty", Lie::answering(Answer::Empty)),
        ("500", Lie::status(500)),
        ("502", Lie::status(502)),
        ("302", Lie::status(302)),
        ("two addresses", Lie::of(Deed::TwoNamed)),
        ("no address", Lie::of(Deed::NoAddress)),
        ("unknown text", Lie::text("maybe|perhaps")),
    ]
}

#[tokio::test]
async fn whatever_the_answer_only_one_request_ever_leaves() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        // Many unheard purchases in a row are what this test is about.
        for (at, (name, lie)) in lies().into_iter().enumerate() {
            shop.engine.resume_provider("smartvps", "a test", "staff").await.unwrap();
            shop.upstream.next(Op::Buyvps, lie);
            let order = shop.buy(SOLD).await;
            assert!(
                matches!(order.standing.stage, Stage::Unheard(_)),
                "{name}: {:?}",
                order.standing
            );
            assert_eq!(shop.purchases(), at as u64 + 1, "{name}");
        }
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
        shop.books_balance().await;
    })
    .await;
}

async fn unheard_order(shop: &TestShop) -> Order {
    shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
    let order = shop.buy(SOLD).await;
    assert!(matches!(order.standing.stage, Stage::Unheard(_)), "{:?}", order.standing);
    order
}

#[tokio::test]
async fn nothing_is_decided_before_the_end_of_the_tail() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = unheard_order(&shop).await;
        for kind in [Remedy::Reprovision, Remedy::Adopt, Remedy::NothingBought] {
            assert!(shop.remedy(&order, wish(kind)).await.is_err(), "{kind:?}");
        }
        shop.later(Duration::from_secs(30));
        let done = shop.remedy(&order, wish(Remedy::NothingBought)).await.unwrap();
        assert!(matches!(done.order.standing.stage, Stage::Planned(_)));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_adopted_address_is_checked_and_delivered() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = unheard_order(&shop).await;
        shop.later(Duration::from_secs(30));
        let mut adopt = wish(Remedy::Adopt);
        adopt.address = Some(shop.upstream.sold()[0].address.to_string());
        shop.remedy(&order, adopt).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_delivers_without_a_person() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.upstream.wait_for_held(1).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        shop.upstream.release();
        shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_after_a_refund_goes_to_quarantine() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.upstream.release();
        shop.until(async || !shop.servers(&order).await.is_empty()).await;
        let servers = shop.servers(&order).await;
        assert_eq!(servers[0].state, State::Quarantined);
        let id = order.id.clone();
        let attempts = shop.db.read(move |tx| tx.attempts(&id)).await.unwrap();
        assert_eq!(attempts[0].state, attempt::State::Answered);
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::RefundPending);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_fails_the_order_and_buys_nothing() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream
            .next(Op::Buyvps, Lie::text("error|103.181.91 out of stock").without_the_deed());
        let order = shop.buy(SOLD).await;
        assert!(matches!(order.standing.stage, Stage::Stopped(_)), "{:?}", order.standing);
        assert!(shop.upstream.sold().is_empty());
    })
    .await;
}

#[tokio::test]
async fn refused_credentials_pause_the_provider_and_the_order_waits() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::status(401).without_the_deed());
        let order = shop.buy(SOLD).await;
        assert!(matches!(order.standing.stage, Stage::Planned(_)), "{:?}", order.standing);
        shop.engine.resume_provider("smartvps", "new password", "staff").await.unwrap();
        shop.later(Duration::from_secs(6));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.upstream.sold().len(), 1);
    })
    .await;
}
