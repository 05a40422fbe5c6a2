//! Money comes in once, from whatever side the news comes, and is never lost.

use domain::order::Stage;
use engine::checkout::{NewOrder, Paying};
use futures_util::future::join_all;
use http::HeaderMap;
use sim::gateway::{How, Lie};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, WEBHOOK_SECRET, is_delivered};

async fn ordered(shop: &TestShop) -> (Order, Paying) {
    let wish = NewOrder {
        account: shop.customer.clone(),
        product: shop.product(SOLD).await,
        memory: "8GB".into(),
        os: None,
        payment_method: None,
    };
    let (order, paying) = shop.engine.create_order(wish).await.unwrap();
    (order, paying.unwrap())
}

fn webhook(body: &str, secret: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let signature = sim::gateway::sign(secret, "1", body.as_bytes());
    headers.insert("x-gateway-timestamp", "1".parse().unwrap());
    headers.insert("x-gateway-signature", signature.parse().unwrap());
    headers
}

fn news(event: &str, payment: &str) -> String {
    format!(r#"{{"event":"{event}","type":"payment","payment":"{payment}","status":"paid"}}"#)
}

#[tokio::test]
async fn a_payment_is_found_by_polling_when_no_webhook_ever_comes() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = ordered(&shop).await;
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.later(std::time::Duration::from_secs(1));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_polls_and_returns_at_once_book_a_payment_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = ordered(&shop).await;
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        let asks = (0..10).map(|at| {
            let body = news(&format!("evt_{}", at % 3), paying.payment.as_str());
            let (shop, order) = (&shop, &order);
            async move {
                let headers = webhook(&body, WEBHOOK_SECRET);
                let engine = &shop.engine;
                engine.record_webhook("simulated", &headers, body.as_bytes()).await.unwrap();
                engine.confirm_order(&order.id).await.unwrap();
            }
        });
        join_all(asks).await;
        shop.later(std::time::Duration::from_secs(1));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
        let id = order.id.clone();
        let rows = shop.db.read(move |tx| tx.ledger_of(&id)).await.unwrap();
        let captures = rows.iter().filter(|row| row.account == "gateway:simulated").count();
        assert_eq!(captures, 1);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_forged_webhook_is_refused_and_a_genuine_one_believed_of_nothing() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = ordered(&shop).await;
        let body = news("evt_1", paying.payment.as_str());
        let forged = webhook(&body, "another secret");
        let refused = shop.engine.record_webhook("simulated", &forged, body.as_bytes()).await;
        assert!(matches!(refused, Err(engine::Error::Unauthenticated)), "{refused:?}");
        // Genuine, but the gateway itself says that nothing was paid.
        let genuine = webhook(&body, WEBHOOK_SECRET);
        shop.engine.record_webhook("simulated", &genuine, body.as_bytes()).await.unwrap();
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Unpaid);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_amount_is_owed_and_does_not_pay() {
    for_each_database(async |db| {
        for lie in ["half-the-money", "other-currency"] {
            let shop = TestShop::open(db).await;
            let (order, paying) = ordered(&shop).await;
            shop.gateway.always(sim::gateway::Op::Pay, Lie::named(lie).expect(lie));
            shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
            shop.quiet().await;
            assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Unpaid, "{lie}");
            let id = order.id.clone();
            let owed = shop.db.read(move |tx| tx.balance_of_order(&id, "owed:")).await.unwrap();
            assert!(owed < 0, "{lie}: {owed}");
            shop.books_balance().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_payment_of_one_order_is_owed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = ordered(&shop).await;
        shop.gateway.pay(paying.payment.as_str(), How::PayTwice);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        shop.later(std::time::Duration::from_secs(1));
        shop.quiet().await;
        let now = shop.order(&order.id).await;
        assert!(is_delivered(&now), "{:?} {:?}", now.standing, now.error);
        let id = order.id.clone();
        let owed = shop.db.read(move |tx| tx.balance_of_order(&id, "owed:")).await.unwrap();
        assert_eq!(owed, -order.sold.total.minor);
        assert_eq!(shop.purchases(), 1);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_refuses_leaves_the_order_to_be_paid_later() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.gateway.doorway(sim::smartvps::Doorway::Refuse).await;
        let wish = NewOrder {
            account: shop.customer.clone(),
            product: shop.product(SOLD).await,
            memory: "8GB".into(),
            os: None,
            payment_method: None,
        };
        let refused = shop.engine.create_order(wish).await.unwrap_err();
        assert!(matches!(&refused, engine::Error::NoWayToPay { .. }), "{refused:?}");
        shop.gateway.doorway(sim::smartvps::Doorway::Open).await;
        let orders = shop.db.read(|tx| tx.orders(None, None, 10)).await.unwrap();
        let (order, paying) = shop.engine.pay_again(&orders[0].id, None).await.unwrap();
        shop.gateway.pay(paying.unwrap().payment.as_str(), How::PaySilently);
        shop.engine.confirm_order(&order.id).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}
