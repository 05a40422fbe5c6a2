//! Money comes in once, from whatever side the news comes, and is never lost.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::order::Stage;
use engine::checkout::{NewOrder, Paying};
use futures_util::future::join_all;
use http::HeaderMap;
use sim::gateway::{Doorway, How, Lie};

use crate::database::{TestDb, for_each_database};
use crate::support::{OTHER, SOLD, TestShop, WEBHOOK_SECRET, is_delivered, settings};

const HOUR: Duration = Duration::from_secs(3_600);

fn webhook(body: &str, secret: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let signature = sim::gateway::sign(secret, "1", body.as_bytes());
    headers.insert("x-gateway-timestamp", "1".parse().unwrap());
    headers.insert("x-gateway-signature", signature.parse().unwrap());
    headers
}

/// The simulated gateway's webhook, signed as it signs.
pub(super) async fn told(shop: &TestShop, body: &str) {
    let headers = webhook(body, WEBHOOK_SECRET);
    shop.engine.record_webhook("simulated", &headers, body.as_bytes()).await.unwrap();
}

/// The buyer pays, and nobody is told.
pub(super) fn paid_silently(shop: &TestShop, paying: &Paying) {
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
}

pub(super) fn news(event: &str, payment: &str) -> String {
    format!(r#"{{"event":"{event}","type":"payment","payment":"{payment}","status":"paid"}}"#)
}

async fn is_asked_for(shop: &TestShop, paying: &Paying) -> bool {
    let job = store::job::job_id(store::job::Kind::Poll, paying.payment.as_str());
    shop.db.read(move |tx| tx.has_job(&job)).await.unwrap()
}

#[tokio::test]
async fn a_payment_is_found_by_polling_when_no_webhook_ever_comes() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        paid_silently(&shop, &paying);
        shop.later(std::time::Duration::from_secs(6));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_polls_and_returns_on_three_nodes_at_once_book_a_payment_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let nodes = [shop.another_node(db).await, shop.another_node(db).await];
        let all = [&shop, &nodes[0], &nodes[1]];
        let (order, paying) = shop.checkout(SOLD).await;
        paid_silently(&shop, &paying);
        let asks = (0..15).map(|at| {
            // Each node hears each of five pieces of news.
            let body = news(&format!("evt_{}", at / 3), paying.payment.as_str());
            let (node, order, payment) = (all[at % 3], &order, &paying.payment);
            async move {
                told(node, &body).await;
                node.engine.ask_gateway(payment).await.unwrap();
                node.engine.confirm_order(&order.id).await.unwrap();
            }
        });
        join_all(asks).await;
        shop.later(std::time::Duration::from_secs(6));
        for node in [&shop, &nodes[0], &nodes[1], &shop] {
            node.quiet().await;
        }
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
        let id = order.id.clone();
        let rows = shop.db.read(move |tx| tx.ledger_of(&id)).await.unwrap();
        let captures = rows.iter().filter(|row| row.account == "gateway:simulated").count();
        assert_eq!(captures, 1);
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_that_come_at_once_are_written_together_and_one_spoils_no_other() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (_, paying) = shop.checkout(SOLD).await;
        let payment = paying.payment.as_str();
        // Not every database can write this name.
        let mut bodies = vec![news("evt\\u0000", payment)];
        bodies.extend((0..40).map(|at| news(&format!("evt_{at}"), payment)));
        let before = shop.db.counts().writes;
        let sent = bodies.iter().map(|body| async {
            let headers = webhook(body, WEBHOOK_SECRET);
            shop.engine.record_webhook("simulated", &headers, body.as_bytes()).await
        });
        let told = join_all(sent).await;
        assert!(told[1..].iter().all(Result::is_ok), "{told:?}");
        if told[0].is_ok() {
            let writes = shop.db.counts().writes - before;
            assert!(writes < 10, "{writes} transactions for {} webhooks", bodies.len());
        }
        assert!(is_asked_for(&shop, &paying).await);
    })
    .await;
}

#[tokio::test]
async fn a_forged_webhook_is_refused_and_a_genuine_one_believed_of_nothing() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        let body = news("evt_1", paying.payment.as_str());
        let forged = webhook(&body, "another secret");
        let refused = shop.engine.record_webhook("simulated", &forged, body.as_bytes()).await;
        assert!(matches!(refused, Err(engine::Error::Unauthenticated)), "{refused:?}");
        // Genuine, but the gateway itself says that nothing was paid.
        told(&shop, &body).await;
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
            // Two shops over one database: neither gateway's record is the whole of it.
            shop.sabotaged();
            let (order, paying) = shop.checkout(SOLD).await;
            shop.gateway.always(sim::gateway::Op::Pay, Lie::named(lie).expect(lie));
            paid_silently(&shop, &paying);
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
            shop.quiet().await;
            assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Unpaid, "{lie}");
            let owed = shop.owed(&order).await;
            assert!(owed > 0, "{lie}: {owed}");
            shop.books_balance().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_payment_of_one_order_is_owed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        shop.gateway.pay(paying.payment.as_str(), How::PayTwice);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        shop.later(std::time::Duration::from_secs(6));
        shop.quiet().await;
        let now = shop.order(&order.id).await;
        assert!(is_delivered(&now), "{:?} {:?}", now.standing, now.error);
        assert_eq!(shop.owed(&order).await, order.sold.quote.total.minor);
        assert_eq!(shop.purchases(), 1);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn news_of_money_that_comes_days_later_is_booked_as_owed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        paid_silently(&shop, &paying);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        shop.later(49 * HOUR);
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert!(!is_asked_for(&shop, &paying).await);

        // Nobody asks any more when the buyer pays once more; the gateway tells.
        paid_silently(&shop, &paying);
        told(&shop, &news("evt_second", paying.payment.as_str())).await;
        shop.quiet().await;
        assert_eq!(shop.owed(&order).await, order.sold.quote.total.minor);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_payment_that_nobody_tells_of_is_found_for_two_days() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        paid_silently(&shop, &paying);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        shop.later(2 * HOUR);
        shop.quiet().await;
        paid_silently(&shop, &paying);
        shop.later(45 * HOUR);
        shop.quiet().await;
        assert_eq!(shop.owed(&order).await, order.sold.quote.total.minor);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_never_answers_is_left_to_a_person_after_a_week() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (order, paying) = shop.checkout(SOLD).await;
        shop.gateway.doorway(Doorway::Refuse).await;
        // Each look is a quarter of an hour after the one before; nobody waits for a week.
        shop.later(8 * 24 * HOUR);
        for _ in 0..96 {
            assert!(is_asked_for(&shop, &paying).await);
            shop.quiet().await;
            shop.later(HOUR);
        }
        shop.quiet().await;
        assert!(!is_asked_for(&shop, &paying).await);
        let open = shop.db.read(|tx| tx.open_alerts(100)).await.unwrap();
        let alert = open.iter().find(|alert| alert.kind == "payment-unanswered");
        assert_eq!(alert.map(|alert| alert.subject.as_str()), Some(order.id.as_str()));

        // What the gateway says later of itself is heard all the same.
        shop.gateway.doorway(Doorway::Open).await;
        shop.engine.sync().await.unwrap();
        paid_silently(&shop, &paying);
        told(&shop, &news("evt_late", paying.payment.as_str())).await;
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await), "{:?}", shop.jobs().await);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_refuses_leaves_the_order_to_be_paid_later() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.gateway.doorway(sim::smartvps::Doorway::Refuse).await;
        let wish = shop.new_order(SOLD).await;
        let refused = shop.engine.create_order(wish).await.unwrap_err();
        assert!(matches!(&refused, engine::Error::NoWayToPay { .. }), "{refused:?}");
        shop.gateway.doorway(sim::smartvps::Doorway::Open).await;
        let orders = shop.db.read(|tx| tx.orders(None, None, 10)).await.unwrap();
        let (order, paying) = shop.engine.pay_again(&orders[0].id, None, None).await.unwrap();
        shop.gateway.pay(paying.unwrap().payment.as_str(), How::PaySilently);
        shop.engine.confirm_order(&order.id).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}

const MINUTE: Duration = Duration::from_secs(60);

/// A buyer may take so long at the gateway, whose clock is that of the shop's database from now on.
async fn pages_last(shop: &TestShop, db: &TestDb, minutes: i64) {
    let ahead = db.now().await.as_millis() - shop.gateway.now_ms();
    shop.gateway.advance(ahead);
    shop.gateway.set(|settings| settings.session_ms = minutes * 60_000);
}

/// A moment that was read a little after another one, so many minutes later.
fn is_after(moment: Timestamp, start: Timestamp, minutes: u32) -> bool {
    let (exact, slow) = (start + MINUTE * minutes, MINUTE * 3);
    moment + slow > exact && exact + slow > moment
}

#[tokio::test]
async fn a_reservation_lasts_as_long_as_the_page_where_it_can_be_paid() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        for (page, held) in [(5, 15), (25, 25), (90, 40)] {
            pages_last(&shop, db, page).await;
            let (order, _) = shop.checkout(SOLD).await;
            assert!(is_after(order.reserved_until, order.created_at, held), "{page}: {order:?}");
            let kept = shop.order(&order.id).await;
            assert_eq!((kept.reserved_until, kept.version), (order.reserved_until, order.version));
        }
    })
    .await;
}

#[tokio::test]
async fn money_from_a_page_that_is_still_open_always_buys() {
    for_each_database(async |db| {
        let last = engine::Settings { stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(db, last, vec![(SOLD, 1), (OTHER, 9)]).await;
        pages_last(&shop, db, 30).await;
        let (order, paying) = shop.checkout(SOLD).await;
        shop.later(MINUTE * 25);
        shop.engine.sync().await.unwrap();
        let refused = shop.order_of(SOLD).await.unwrap_err();
        assert!(matches!(refused, engine::Error::Refused { slug: "out-of-stock", .. }));
        paid_silently(&shop, &paying);
        shop.engine.confirm_order(&order.id).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn no_customer_holds_a_unit_for_ever_by_opening_pages() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        pages_last(&shop, db, 30).await;
        let (order, _) = shop.checkout(SOLD).await;
        shop.later(MINUTE * 25);
        pages_last(&shop, db, 30).await;
        let (again, _) = shop.engine.pay_again(&order.id, None, None).await.unwrap();
        assert!(is_after(again.reserved_until, order.created_at, 40), "{again:?}");
        // Reserved anew, it is held by the rules for a new order.
        shop.later(MINUTE * 16);
        shop.quiet().await;
        shop.engine.sync().await.unwrap();
        pages_last(&shop, db, 30).await;
        let (anew, _) = shop.engine.pay_again(&order.id, None, None).await.unwrap();
        assert!(is_after(anew.reserved_until, order.created_at, 41 + 30), "{anew:?}");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_not_offered_takes_no_new_payment_and_is_still_heard() {
    for_each_database(async |db| {
        let none = engine::Settings { gateways_offered: Some(vec![]), ..settings() };
        let shop = TestShop::open_with(db, none, vec![(SOLD, 50)]).await;
        let wish = shop.new_order(SOLD).await;
        let (_, paying) = shop.engine.create_order(wish.clone()).await.unwrap();
        assert!(paying.is_none() && shop.engine.gateways().is_empty());
        let chosen = NewOrder { coupon: None, payment_method: Some("simulated".into()), ..wish };
        let refused = shop.engine.create_order(chosen).await.unwrap_err();
        assert!(matches!(refused, engine::Error::Invalid { slug: "unknown-gateway", .. }));
        // A payment that was opened while it was offered may still bring money.
        let body = news("evt_1", "pay_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        told(&shop, &body).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_a_gateway_books_elsewhere_is_told_until_a_person_has_settled_it() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (_, other) = shop.checkout(SOLD).await;
        let (order, paying) = shop.checkout(SOLD).await;
        shop.gateway.next(sim::gateway::Op::Pay, Lie::named("other-payment").unwrap());
        paid_silently(&shop, &paying);
        let ask = async || {
            shop.engine.ask_gateway(&other.payment).await.unwrap();
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
            let open = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
            open.into_iter().find(|alert| alert.kind == "payment-mismatch")
        };
        let told = ask().await.expect("an alert");
        assert!(told.text.contains("simulated names payment"), "{told:?}");
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Unpaid);
        let about = (&*told.kind, &*told.subject);
        shop.engine.settle_alert(about, "the gateway has put it right", "sue").await.unwrap();
        assert_eq!(ask().await, None);
        shop.books_balance().await;
    })
    .await;
}
