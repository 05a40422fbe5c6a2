//! A payer's bank takes money back: it is booked as our expense once, comes home when it is won,
//! and nothing of that movement goes back a second time meanwhile.

use domain::dispute::State;
use domain::money::Money;
use domain::order::Remedy;
use engine::Error;
use engine::dispute::Charge;
use http::HeaderMap;
use sim::gateway::{How, Tongue, sign};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, WEBHOOK_SECRET, rupees, wish};

/// An order that was paid by Stripe and delivered, and Stripe's name for the movement.
async fn sold(shop: &TestShop) -> (Order, String) {
    let (order, paying) = shop.checkout(SOLD).await;
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
    shop.engine.ask_gateway(&paying.payment).await.unwrap();
    shop.quiet().await;
    (order, shop.gateway.captures()[0].id.clone())
}

/// Stripe's news of a dispute, signed as Stripe signs.
pub async fn told(shop: &TestShop, event: &str, movement: &str, amount: Money, status: &str) {
    let minor = amount.minor;
    let body = format!(
        r#"{{"id":"{event}","type":"charge.dispute.created","data":{{"object":{{"id":"dp_1",
        "amount":{minor},"currency":"inr","payment_intent":"{movement}","status":"{status}"}}}}}}"#
    );
    let now = (shop.engine.now().as_millis() / 1_000).to_string();
    let seal = format!("t={now},v1={}", sign(WEBHOOK_SECRET, &now, body.as_bytes()));
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", seal.parse().unwrap());
    shop.engine.record_webhook("stripe", &headers, body.as_bytes()).await.unwrap();
}

pub async fn listed(shop: &TestShop, order: &Order) -> bool {
    let id = order.id.clone();
    let rows = shop.db.read(move |tx| tx.attention_of(&id)).await.unwrap();
    rows.iter().any(|row| row.why == "disputed")
}

#[tokio::test]
async fn a_dispute_is_booked_once_and_comes_home_when_it_is_won() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Stripe]).await;
        let (order, movement) = sold(&shop).await;
        let total = order.sold.quote.total;
        for event in ["evt_1", "evt_1", "evt_2"] {
            told(&shop, event, &movement, total, "needs_response").await;
        }
        assert_eq!(shop.balance(&order, "disputes").await, total.minor);
        assert!(listed(&shop, &order).await);
        shop.books_balance().await;
        shop.invariants_hold().await;
        told(&shop, "evt_3", &movement, total, "won").await;
        told(&shop, "evt_4", &movement, total, "needs_response").await;
        assert_eq!(shop.balance(&order, "disputes").await, 0);
        assert!(!listed(&shop, &order).await);
        let found = shop.engine.books().await.unwrap().rows;
        assert!(found.is_empty(), "{found:?}");
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn money_that_is_disputed_does_not_go_back_a_second_time() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Stripe]).await;
        let (order, movement) = sold(&shop).await;
        told(&shop, "evt_1", &movement, order.sold.quote.total, "needs_response").await;
        let refused = shop.remedy(&order, wish(Remedy::Refund)).await.map(|_| ());
        assert!(matches!(refused, Err(Error::Refused { slug: "not-now", .. })), "{refused:?}");
        told(&shop, "evt_2", &movement, order.sold.quote.total, "lost").await;
        assert_eq!(shop.balance(&order, "disputes").await, order.sold.quote.total.minor);
        let lost = shop.remedy(&order, wish(Remedy::Refund)).await.map(|_| ());
        assert!(lost.is_err(), "the payer has the money already");
        assert_eq!(shop.gateway.refunds().len(), 0);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn staff_enter_a_dispute_that_no_gateway_tells_of() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Razorpay]).await;
        let (order, movement) = sold(&shop).await;
        let charge = |minor, state| Charge {
            gateway: "razorpay".into(),
            gateway_payment: movement.clone(),
            id: "disp_1".into(),
            amount: Money::new(minor, order.sold.quote.total.currency),
            state,
        };
        let total = order.sold.quote.total.minor;
        let enter = async |minor, state| {
            shop.engine.enter_dispute(&order.id, charge(minor, state), "staff").await
        };
        let much = enter(total + 1, State::Open).await;
        assert!(matches!(much, Err(Error::Invalid { slug: "invalid-amount", .. })), "{much:?}");
        enter(total, State::Open).await.unwrap();
        enter(total, State::Open).await.unwrap();
        assert_eq!(shop.balance(&order, "disputes").await, total);
        enter(total, State::Won).await.unwrap();
        assert_eq!(shop.balance(&order, "disputes").await, 0);
        let other = Charge { gateway_payment: "pay_none".into(), ..charge(1, State::Open) };
        let unknown = shop.engine.enter_dispute(&order.id, other, "staff").await;
        assert!(matches!(unknown, Err(Error::Invalid { slug: "invalid-reference", .. })));
        shop.invariants_hold().await;
    })
    .await;
}

/// The wallet keeps what its owner has: staff settle it with them.
#[tokio::test]
async fn a_top_up_that_is_taken_back_is_our_loss_until_it_is_won() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Stripe]).await;
        let amount = rupees(500);
        let paying = shop.engine.top_up(&shop.customer, amount, None).await.unwrap();
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        let movement = shop.gateway.captures()[0].id.clone();
        let lost = async || {
            let totals = shop.engine.books().await.unwrap().accounts;
            totals.iter().find(|one| one.account == "disputes").map_or(0, |one| one.amount.minor)
        };
        let told_of = async || {
            let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
            alerts.iter().any(|alert| alert.subject == shop.customer.as_str())
        };
        for event in ["evt_1", "evt_1", "evt_2"] {
            told(&shop, event, &movement, amount, "needs_response").await;
        }
        assert_eq!((lost().await, told_of().await), (amount.minor, true));
        shop.books_balance().await;
        shop.invariants_hold().await;
        told(&shop, "evt_3", &movement, amount, "won").await;
        told(&shop, "evt_4", &movement, amount, "needs_response").await;
        assert_eq!((lost().await, told_of().await), (0, false));

        let charge = |amount, state| Charge {
            gateway: "stripe".into(),
            gateway_payment: movement.clone(),
            id: "by-letter".into(),
            amount,
            state,
        };
        let enter =
            async |charge| shop.engine.enter_top_up_dispute(&shop.customer, charge, "staff").await;
        let too_much = enter(charge(rupees(501), State::Open)).await;
        assert!(matches!(too_much, Err(Error::Invalid { slug: "invalid-amount", .. })));
        for state in [State::Open, State::Lost, State::Lost] {
            enter(charge(rupees(200), state)).await.unwrap();
            assert_eq!(lost().await, 20_000);
        }
        assert_eq!(shop.engine.wallet(&shop.customer).await.unwrap(), [amount]);
        assert!(shop.engine.books().await.unwrap().are_in_order());
        shop.invariants_hold().await;
    })
    .await;
}
