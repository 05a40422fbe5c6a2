//! What time brings about happens once, on any number of nodes, and leaves nobody forgotten.

use std::time::Duration;

use domain::order::{Closed, Remedy, Stage};
use domain::server::State;
use engine::read::Viewer;
use engine::reconcile::Swept;
use engine::remedy::Choice;
use sim::smartvps::{Answer, Deed, Lie, Op};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, wish};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn sweep(shop: &TestShop) -> Swept {
    shop.engine.sweep().await.unwrap()
}

async fn open_alerts(shop: &TestShop, order: &Order) -> Vec<String> {
    let alerts = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
    let of_order = alerts.into_iter().filter(|alert| alert.subject == order.id.as_str());
    of_order.map(|alert| alert.kind).collect()
}

async fn listed(shop: &TestShop, order: &Order) -> Vec<String> {
    let id = order.id.clone();
    let rows = shop.db.read(move |tx| tx.attention_of(&id)).await.unwrap();
    rows.into_iter().map(|row| row.why).collect()
}

#[tokio::test]
async fn a_reservation_ends_by_the_databases_clock_and_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        assert_eq!(sweep(&shop).await.reservations_over, 0);
        shop.later(16 * MINUTE);
        let other = shop.another_node(db).await;
        let (one, two) = tokio::join!(sweep(&shop), sweep(&other));
        assert_eq!(one.reservations_over + two.reservations_over, 1);
        let stage = shop.order(&order.id).await.standing.stage;
        assert_eq!(stage, Stage::Closed(Closed::ReservationOver));
        assert_eq!(sweep(&shop).await, Swept::default());
    })
    .await;
}

#[tokio::test]
async fn a_paid_order_without_a_server_is_listed_after_a_quarter_of_an_hour() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.engine.pause_provider("smartvps", "a test", "staff").await.unwrap();
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.later(14 * MINUTE);
        assert_eq!(sweep(&shop).await.listed, 0);
        shop.later(2 * MINUTE);
        assert_eq!(sweep(&shop).await.listed, 1);
        assert_eq!(sweep(&shop).await.listed, 0);
        assert_eq!(listed(&shop, &order).await, ["slow"]);
        assert_eq!(open_alerts(&shop, &order).await, ["paid-without-server"]);

        shop.engine.resume_provider("smartvps", "a test", "staff").await.unwrap();
        shop.engine.sync().await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(sweep(&shop).await.alerts_over, 1);
        assert!(open_alerts(&shop, &order).await.is_empty());
        assert!(listed(&shop, &order).await.is_empty());
    })
    .await;
}

async fn unheard(shop: &TestShop) -> Order {
    shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
    let order = shop.buy(SOLD).await;
    assert!(matches!(order.standing.stage, Stage::Unheard(_)), "{:?}", order.standing);
    order
}

async fn is_offered(shop: &TestShop, order: &Order) -> bool {
    let ada = Viewer::Owner(shop.customer.clone());
    shop.engine.order_view(&order.id, &ada).await.unwrap().offered
}

#[tokio::test]
async fn the_choice_is_offered_after_a_while_and_anew_for_another_purchase() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = unheard(&shop).await;
        shop.later(29 * MINUTE);
        assert_eq!(sweep(&shop).await.offered, 0);
        let early = shop.engine.choose(&order.id, Choice::Wait, "ada").await;
        assert!(early.is_err());
        shop.later(2 * MINUTE);
        assert_eq!(sweep(&shop).await.offered, 1);
        assert_eq!(sweep(&shop).await.offered, 0);
        assert!(is_offered(&shop, &order).await);
        shop.engine.choose(&order.id, Choice::Wait, "ada").await.unwrap();

        // Another purchase of the same order is unheard: nobody has waited for that one yet.
        shop.engine.sync().await.unwrap();
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let mut again = wish(Remedy::Reprovision);
        again.give_up = true;
        shop.remedy(&order, again).await.unwrap();
        shop.quiet().await;
        assert!(matches!(shop.order(&order.id).await.standing.stage, Stage::Unheard(_)));
        assert!(!is_offered(&shop, &order).await);
        shop.later(31 * MINUTE);
        assert_eq!(sweep(&shop).await.offered, 1);
        shop.engine.choose(&order.id, Choice::Refund, "ada").await.unwrap();
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::RefundPending);
        assert!(!is_offered(&shop, &order).await);
    })
    .await;
}

#[tokio::test]
async fn the_same_trouble_another_time_is_a_new_alert() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = unheard(&shop).await;
        assert_eq!(open_alerts(&shop, &order).await, ["unheard"]);
        assert_eq!(sweep(&shop).await.alerts_over, 0);
        shop.later(MINUTE);
        shop.upstream.always(Op::Status, Lie::of(Deed::NoPassword));
        shop.remedy(&order, wish(Remedy::NothingBought)).await.unwrap();
        shop.until_stage(&order, |stage| matches!(stage, Stage::Verifying(_))).await;
        assert_eq!(sweep(&shop).await.alerts_over, 1);
        assert!(open_alerts(&shop, &order).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn money_that_is_owed_stays_on_the_list_also_after_a_delivery() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        let receipt = engine::pay::Receipt {
            amount: order.sold.quote.total.plus(crate::support::rupees(100)).unwrap(),
            reference: "utr-too-much".into(),
        };
        shop.engine.mark_paid(&order.id, receipt, "staff").await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        sweep(&shop).await;
        assert_eq!(listed(&shop, &order).await, ["owed"]);
        assert_eq!(open_alerts(&shop, &order).await, ["money-owed"]);
        assert_eq!(sweep(&shop).await, Swept::default());
    })
    .await;
}

#[tokio::test]
async fn a_sold_time_ends_and_the_address_lapses_when_the_provider_drops_it() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let server = shop.servers(&order).await.remove(0);
        shop.later(29 * DAY);
        assert_eq!(sweep(&shop).await.terms_over, 0);
        shop.later(2 * DAY);
        assert_eq!(sweep(&shop).await.terms_over, 1);
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Terminated);
        assert_eq!(sweep(&shop).await.terms_over, 0);
        assert!(shop.engine.books().await.unwrap().are_in_order());

        // Long past its end the provider still names it: the address is not free yet.
        shop.later(200 * DAY);
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 0);
        assert_eq!(shop.servers(&order).await[0].state, State::Delivered);
        assert!(shop.upstream.lapse(server.address));
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 1);
        assert_eq!(shop.servers(&order).await[0].state, State::Lapsed);
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 0);
        assert!(shop.engine.books().await.unwrap().are_in_order());
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_gone_before_its_customers_time_is_told_and_not_lapsed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let mut extend = wish(Remedy::Extend);
        extend.days = Some(365);
        shop.remedy(&order, extend).await.unwrap();
        let server = shop.servers(&order).await.remove(0);
        assert!(shop.upstream.lapse(server.address));
        shop.later(200 * DAY);
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 0);
        assert_eq!(shop.servers(&order).await[0].state, State::Delivered);
        assert_eq!(open_alerts(&shop, &order).await, ["server-gone"]);
        assert!(listed(&shop, &order).await.contains(&"server-gone".to_owned()));
    })
    .await;
}
