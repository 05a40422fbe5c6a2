//! Money comes and goes by each gateway that the shop speaks to, and by the next one where the
//! first cannot be reached.

use std::time::Duration;

use domain::order::{Remedy, Stage};
use domain::refund::State;
use engine::Error;
use engine::remedy::Wish;
use sim::gateway::{Doorway, How, Tongue};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, rupees, wish};

const SOON: Duration = Duration::from_secs(60);

async fn states(shop: &TestShop, order: &Order) -> Vec<State> {
    let id = order.id.clone();
    let refunds = shop.db.read(move |tx| tx.refunds(&id)).await.unwrap();
    refunds.into_iter().map(|refund| refund.state).collect()
}

/// Bought there by polling alone, then given back in two parts.
async fn there_and_back(shop: &TestShop) -> Order {
    let (order, paying) = shop.checkout(SOLD).await;
    assert!(paying.url.is_some(), "{paying:?}");
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
    shop.later(SOON);
    shop.quiet().await;
    let bought = shop.order(&order.id).await;
    assert!(is_delivered(&bought), "{:?} {:?}", bought.standing, shop.jobs().await);
    let part = Wish { amount: Some(rupees(100)), ..wish(Remedy::Refund) };
    shop.remedy(&order, part).await.unwrap();
    shop.quiet().await;
    shop.later(SOON);
    shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
    shop.quiet().await;
    shop.later(SOON);
    shop.quiet().await;
    order
}

async fn goes_there_and_back(tongue: Tongue) {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[tongue]).await;
        let order = there_and_back(&shop).await;
        assert_eq!(states(&shop, &order).await, [State::Done, State::Done]);
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Refunded);
        let total = order.sold.quote.total.minor;
        let back: Vec<i64> = shop.gateway.refunds().iter().map(|one| one.amount_minor).collect();
        assert_eq!(back, [10_000, total - 10_000]);
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn razorpay_takes_money_and_gives_it_back() {
    goes_there_and_back(Tongue::Razorpay).await;
}

#[tokio::test]
async fn cashfree_takes_money_and_gives_it_back() {
    goes_there_and_back(Tongue::Cashfree).await;
}

#[tokio::test]
async fn stripe_takes_money_and_gives_it_back() {
    goes_there_and_back(Tongue::Stripe).await;
}

#[tokio::test]
async fn upi_takes_money_and_staff_give_it_back_by_hand() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Ekqr]).await;
        let order = there_and_back(&shop).await;
        assert_eq!(states(&shop, &order).await, [State::ByHand, State::ByHand]);
        let id = order.id.clone();
        let planned = shop.db.read(move |tx| tx.refunds(&id)).await.unwrap();
        for (refund, utr) in planned.iter().zip(["utr-1", "utr-2"]) {
            shop.engine.refund_paid_by_hand(&refund.id, utr, "staff").await.unwrap();
        }
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Refunded);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_keeps_is_booked_as_our_expense() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Razorpay]).await;
        let order = there_and_back(&shop).await;
        let id = order.id.clone();
        let rows = shop.db.read(move |tx| tx.ledger_of(&id)).await.unwrap();
        let fees: Vec<&str> = rows
            .iter()
            .filter(|row| row.account == "fees" && row.amount.minor > 0)
            .map(|row| row.cause.as_str())
            .collect();
        assert_eq!(fees.len(), 1, "{fees:?}");
        assert!(fees[0].starts_with("fee:razorpay:pay_"), "{fees:?}");
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn where_one_gateway_is_down_the_next_is_offered_and_where_all_are_the_order_stays() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Razorpay, Tongue::Stripe]).await;
        shop.gateway.doorway(Doorway::Refuse).await;
        let (order, paying) = shop.checkout(SOLD).await;
        assert_eq!(paying.method, "stripe");
        shop.other_gateways[0].doorway(Doorway::Refuse).await;
        let nobody = shop.engine.pay_again(&order.id, Some("razorpay"), None).await.map(|_| ());
        assert!(matches!(nobody, Err(Error::NoWayToPay { .. })), "{nobody:?}");
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Unpaid);
        shop.gateway.doorway(Doorway::Open).await;
        let (_, paying) = shop.engine.pay_again(&order.id, Some("razorpay"), None).await.unwrap();
        let paying = paying.unwrap();
        assert_eq!(paying.method, "razorpay");
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.later(SOON);
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await), "{:?}", shop.jobs().await);
    })
    .await;
}

#[tokio::test]
async fn what_a_browser_brings_back_for_another_order_does_not_fit() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Razorpay]).await;
        let (_, paying) = shop.checkout(SOLD).await;
        let fits = async |fields: &[(&str, &str)]| {
            let fields: Vec<(String, String)> =
                fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
            shop.engine.fits_return(&paying.payment, &fields).await.unwrap()
        };
        let forged = "ab".repeat(32);
        let foreign = [
            ("razorpay_order_id", "order_of_another"),
            ("razorpay_payment_id", "pay_1"),
            ("razorpay_signature", forged.as_str()),
        ];
        assert!(!fits(&foreign).await);
        assert!(
            fits(&[("error[code]", "BAD_REQUEST_ERROR")]).await,
            "whoever gave up is asked for"
        );
        assert!(fits(&[("client_txn_id", paying.payment.as_str())]).await);
    })
    .await;
}
