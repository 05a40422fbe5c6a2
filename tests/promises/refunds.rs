//! Money goes back once, by the gateway that it came by or by staff's own hand, and the order says
//! so only when the gateway does.

use std::time::Duration;

use domain::money::Money;
use domain::order::{PaymentStatus, Remedy, Stage};
use domain::refund::State;
use engine::read::Viewer;
use engine::remedy::Wish;
use futures_util::future::join_all;
use sim::gateway::{Answer, Back, Deed, How, Lie, Op};
use store::order::Order;
use store::refund::Refund;

use super::payments::told;
use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, rupees, wish};

const MINUTE: Duration = Duration::from_secs(60);

/// An order that was paid at the gateway, and delivered.
async fn bought(shop: &TestShop, how: How) -> Order {
    let (order, paying) = shop.checkout(SOLD).await;
    let payment = paying.payment;
    shop.gateway.pay(payment.as_str(), how);
    shop.engine.ask_gateway(&payment).await.unwrap();
    shop.quiet().await;
    shop.order(&order.id).await
}

async fn delivered(shop: &TestShop) -> Order {
    let order = bought(shop, How::PaySilently).await;
    assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
    order
}

async fn refunds(shop: &TestShop, order: &Order) -> Vec<Refund> {
    let id = order.id.clone();
    shop.db.read(move |tx| tx.refunds(&id)).await.unwrap()
}

async fn states(shop: &TestShop, order: &Order) -> Vec<State> {
    refunds(shop, order).await.iter().map(|refund| refund.state).collect()
}

async fn listed(shop: &TestShop, order: &Order) -> Vec<String> {
    let id = order.id.clone();
    let rows = shop.db.read(move |tx| tx.attention_of(&id)).await.unwrap();
    rows.into_iter().map(|row| row.why).collect()
}

async fn payment_status(shop: &TestShop, order: &Order) -> PaymentStatus {
    let owner = Viewer::Owner(shop.customer.clone());
    shop.engine.order_view(&order.id, &owner).await.unwrap().seen.payment
}

async fn stage(shop: &TestShop, order: &Order) -> Stage {
    shop.order(&order.id).await.standing.stage
}

fn part(amount: Money) -> Wish {
    Wish { amount: Some(amount), ..wish(Remedy::Refund) }
}

/// What the gateway gave back, in minor units.
fn given_back(shop: &TestShop) -> Vec<i64> {
    let all = shop.gateway.refunds();
    all.iter().filter(|one| one.state == Back::Done).map(|one| one.amount_minor).collect()
}

async fn is_over(shop: &TestShop, order: &Order) {
    assert_eq!(stage(shop, order).await, Stage::Refunded);
    assert_eq!(shop.owed(order).await, 0);
    assert_eq!(payment_status(shop, order).await, PaymentStatus::Refunded);
    assert_eq!(listed(shop, order).await, Vec::<String>::new());
    shop.books_balance().await;
    let found = shop.engine.books().await.unwrap().rows;
    assert!(found.is_empty(), "{found:?}");
    shop.invariants_hold().await;
}

#[tokio::test]
async fn money_goes_back_by_its_gateway_and_the_order_ends_refunded() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        let done = shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert!(
            done.did.iter().any(|did| did.contains("goes back by simulated")),
            "{:?}",
            done.did
        );
        shop.quiet().await;
        assert_eq!(given_back(&shop), [order.sold.quote.total.minor]);
        assert_eq!(states(&shop, &order).await, [State::Done]);
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_asked_for_and_not_paid_twice() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.gateway.next(Op::Refund, Lie::answering(Answer::Lost));
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(states(&shop, &order).await, [State::Requested]);
        shop.later(MINUTE);
        shop.quiet().await;
        assert_eq!(shop.gateway.counts().refunds, 1, "it was asked to pay once");
        assert_eq!(given_back(&shop), [order.sold.quote.total.minor]);
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_under_way_stays_owed_until_the_gateway_says_done() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.gateway.next(Op::Refund, Lie::of(Deed::Pending));
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(states(&shop, &order).await, [State::Pending]);
        assert_eq!(stage(&shop, &order).await, Stage::RefundPending);
        assert_eq!(shop.owed(&order).await, order.sold.quote.total.minor);
        assert_eq!(payment_status(&shop, &order).await, PaymentStatus::Paid);
        shop.invariants_hold().await;
        let refund = refunds(&shop, &order).await.remove(0);
        assert!(shop.gateway.settle(refund.id.as_str(), Back::Done));
        shop.later(MINUTE);
        shop.quiet().await;
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_comes_back_to_staff_and_is_tried_again() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.gateway.next(Op::Refund, Lie::of(Deed::Fails));
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(states(&shop, &order).await, [State::Failed]);
        assert_eq!(stage(&shop, &order).await, Stage::RefundPending);
        assert_eq!(listed(&shop, &order).await, ["owed", "refund-came-back"]);
        let told = shop.engine.alerts(None, None).await.unwrap().items;
        assert!(told.iter().any(|alert| alert.kind == "refund-came-back"), "{told:?}");
        shop.invariants_hold().await;
        shop.later(MINUTE);
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(states(&shop, &order).await, [State::Failed, State::Done]);
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_after_it_was_done_is_owed_again() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        is_over(&shop, &order).await;
        let refund = refunds(&shop, &order).await.remove(0);
        assert!(shop.gateway.settle(refund.id.as_str(), Back::Failed));
        let payment = refund.payment.unwrap();
        let body = format!(
            r#"{{"event":"evt_back","type":"refund.failed","payment":"{payment}","status":"paid"}}"#
        );
        told(&shop, &body).await;
        shop.quiet().await;
        assert_eq!(stage(&shop, &order).await, Stage::RefundPending);
        assert_eq!(shop.owed(&order).await, order.sold.quote.total.minor);
        assert_eq!(listed(&shop, &order).await, ["refund-came-back"]);
        shop.books_balance().await;
        shop.invariants_hold().await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_refuses_again_and_again_leaves_it_to_staff() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.gateway.always(Op::Refund, Lie::of(Deed::Refuse));
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        for tried in 1..=3 {
            shop.quiet().await;
            assert_eq!(shop.gateway.counts().refunds, tried);
            shop.later(MINUTE);
        }
        assert_eq!(states(&shop, &order).await, [State::Failed]);
        let refund = refunds(&shop, &order).await.remove(0);
        let by_hand = shop.engine.refund_paid_by_hand(&refund.id, "utr-back", "staff");
        by_hand.await.unwrap();
        assert_eq!(states(&shop, &order).await, [State::PaidByHand]);
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn money_goes_back_in_parts_and_never_more_than_came() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        for units in [100, 200] {
            shop.remedy(&order, part(rupees(units))).await.unwrap();
            shop.quiet().await;
        }
        assert_eq!(given_back(&shop), [10_000, 20_000]);
        assert!(is_delivered(&shop.order(&order.id).await), "a part takes no server back");
        assert_eq!(payment_status(&shop, &order).await, PaymentStatus::PartlyRefunded);
        shop.invariants_hold().await;
        let left = order.sold.quote.total.minor - 30_000;
        for minor in [left, left + 1, i64::MAX] {
            let much = part(Money::new(minor, order.sold.quote.total.currency));
            let refused = shop.remedy(&order, much).await.map(|_| ());
            let told =
                matches!(refused, Err(engine::Error::Invalid { slug: "invalid-amount", .. }));
            assert!(told, "{minor}: {refused:?}");
        }
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(given_back(&shop), [10_000, 20_000, left]);
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_payment_goes_back_and_the_server_stays() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop, How::PayTwice).await;
        assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
        shop.remedy(&order, part(order.sold.quote.total)).await.unwrap();
        shop.quiet().await;
        let now = shop.order(&order.id).await;
        assert!(is_delivered(&now), "{:?}", now.standing);
        assert_eq!(given_back(&shop), [order.sold.quote.total.minor]);
        assert_eq!(shop.owed(&order).await, 0);
        assert_eq!(payment_status(&shop, &order).await, PaymentStatus::Paid);
        assert_eq!(listed(&shop, &order).await, Vec::<String>::new());
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn all_money_goes_back_and_the_customer_keeps_the_server() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.remedy(&order, wish(Remedy::RefundAndKeep)).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(payment_status(&shop, &order).await, PaymentStatus::Refunded);
        assert_eq!(given_back(&shop), [order.sold.quote.total.minor]);
        shop.books_balance().await;
        shop.invariants_hold().await;
        let again = shop.remedy(&order, wish(Remedy::RefundAndKeep)).await.map(|_| ());
        assert!(matches!(again, Err(engine::Error::Refused { slug: "nothing-to-refund", .. })));
    })
    .await;
}

#[tokio::test]
async fn of_two_people_who_give_money_back_at_once_one_wins() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        let press = |who: &'static str| {
            let wish = Wish { version: Some(order.version), ..part(rupees(500)) };
            shop.engine.remedy(&order.id, wish, who)
        };
        let done = join_all([press("ada"), press("bob"), press("cleo")]).await;
        let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 2));
        for told in lost {
            let error = told.map(|_| ()).unwrap_err();
            let stale = matches!(error, engine::Error::Refused { slug: "stale-version", .. });
            assert!(stale, "{error:?}");
        }
        shop.quiet().await;
        assert_eq!(given_back(&shop), [50_000]);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn money_that_no_gateway_can_give_back_is_paid_by_hand_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (one, other) = (shop.buy(SOLD).await, shop.buy(SOLD).await);
        for order in [&one, &other] {
            shop.remedy(order, wish(Remedy::Refund)).await.unwrap();
        }
        shop.quiet().await;
        assert_eq!(states(&shop, &one).await, [State::ByHand]);
        assert_eq!(stage(&shop, &one).await, Stage::RefundPending);
        let by_hand = async |order: &Order, reference: &str| {
            let refund = refunds(&shop, order).await.remove(0);
            shop.engine.refund_paid_by_hand(&refund.id, reference, "staff").await.map(|_| ())
        };
        by_hand(&one, " utr-1 ").await.unwrap();
        by_hand(&one, "utr-1").await.unwrap();
        let twice = by_hand(&one, "utr-2").await;
        assert!(matches!(twice, Err(engine::Error::Refused { slug: "not-now", .. })), "{twice:?}");
        let used = by_hand(&other, "utr-1").await;
        assert!(matches!(used, Err(engine::Error::Refused { slug: "reference-used", .. })));
        let empty = by_hand(&other, "  ").await;
        assert!(matches!(empty, Err(engine::Error::Invalid { slug: "invalid-reference", .. })));
        by_hand(&other, "utr-2").await.unwrap();
        assert_eq!(shop.gateway.counts().refunds, 0);
        is_over(&shop, &one).await;
        is_over(&shop, &other).await;
    })
    .await;
}

#[tokio::test]
async fn a_latched_shop_asks_no_gateway_for_a_refund() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = delivered(&shop).await;
        shop.engine.latch("restored from a copy").await.unwrap();
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(states(&shop, &order).await, [State::Planned]);
        assert_eq!(shop.gateway.counts().refunds, 0);
        let waits = shop.jobs().await;
        assert!(waits.iter().any(|job| job.contains("refunds are latched")), "{waits:?}");
        shop.engine.unlatch("staff", "compared").await.unwrap();
        shop.later(MINUTE);
        shop.quiet().await;
        is_over(&shop, &order).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_did_not_pay_goes_back_though_nothing_was_bought() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.gateway.next(Op::Pay, Lie::named("half-the-money").unwrap());
        let order = bought(&shop, How::PaySilently).await;
        assert_eq!(order.standing.stage, Stage::Unpaid);
        let half = shop.owed(&order).await;
        assert!(half > 0);
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(given_back(&shop), [half]);
        assert_eq!(stage(&shop, &order).await, Stage::Unpaid);
        assert_eq!(shop.owed(&order).await, 0);
        shop.invariants_hold().await;
    })
    .await;
}
