//! Servers that nobody ordered, or that nobody has any more: what they cost, whose they become,
//! and what is left for an order whose server is gone.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::order::{Remedy, Stage};
use domain::server::State;
use engine::remedy::Stray;
use sim::smartvps::{Lie, Op, Point};
use store::order::Order;
use store::server::Server;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, rupees, wish};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const COST: i64 = 500;

/// What an order's servers cost that are strays now, and what is lost of it: whole rupees.
async fn strayed_and_lost(shop: &TestShop, order: &Order) -> (i64, i64) {
    (shop.balance(order, "stray").await / 100, shop.balance(order, "loss").await / 100)
}

async fn enter(shop: &TestShop, address: Ipv4Addr) {
    let stray = Stray {
        provider: "smartvps".into(),
        address: address.to_string(),
        reason: "found in the provider's panel".into(),
        attempt: None,
    };
    shop.engine.add_stray(stray, "staff").await.unwrap();
}

async fn adopt(shop: &TestShop, order: &Order, address: Ipv4Addr) {
    let mut adopt = wish(Remedy::Adopt);
    adopt.address = Some(address.to_string());
    shop.remedy(order, adopt).await.unwrap();
}

/// More than the provider's term, which began by a clock of its own.
fn time_passes(shop: &TestShop) {
    shop.later(200 * DAY);
    shop.upstream.advance(200 * 24 * 3_600_000);
}

async fn server_at(shop: &TestShop, order: &Order, address: Ipv4Addr) -> Server {
    let servers = shop.servers(order).await;
    servers.into_iter().find(|server| server.address == address).expect("a server of the order")
}

/// Its own answer names another server than the stray that a person took for it.
#[tokio::test]
async fn an_adopted_stray_is_doubted_by_its_purchases_own_answer() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.cost(SOLD, COST).await;
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.upstream.wait_for_held(1).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        let sold = shop.upstream.sold()[0].address;
        let other = Ipv4Addr::new(103, 181, 91, 200);
        assert_ne!(sold, other);
        assert!(shop.upstream.plant_server(other, "1", "8"));
        enter(&shop, other).await;
        shop.later(Duration::from_secs(30));
        adopt(&shop, &order, other).await;
        shop.until(async || is_delivered(&shop.order(&order.id).await)).await;
        let adopted = server_at(&shop, &order, other).await;
        assert!(adopted.attempt.is_some() && adopted.cost == Some(rupees(COST)));

        shop.upstream.release();
        shop.until(async || shop.servers(&order).await.len() == 2).await;
        shop.quiet().await;
        assert_eq!(server_at(&shop, &order, sold).await.state, State::Quarantined);
        let id = order.id.clone();
        let listed = shop.db.read(move |tx| tx.attention_of(&id)).await.unwrap();
        assert!(listed.iter().any(|row| row.why == "adoption-doubted"), "{listed:?}");
        shop.books_balance().await;
    })
    .await;
}

/// A stray whose time at the provider is over when its address is sold to us once more.
#[tokio::test]
async fn a_stray_whose_address_is_sold_again_is_booked_as_lost() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.cost(SOLD, COST).await;
        let first = shop.buy(SOLD).await;
        let address = shop.servers(&first).await[0].address;
        shop.remedy(&first, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(strayed_and_lost(&shop, &first).await, (COST, 0));
        time_passes(&shop);
        shop.upstream.lapse(address);
        shop.engine.sync().await.unwrap();
        shop.upstream.next(Op::Buyvps, Lie::hand_out(address));
        let second = shop.buy(SOLD).await;
        assert!(is_delivered(&second), "{:?}", shop.jobs().await);
        assert_eq!(server_at(&shop, &first, address).await.state, State::Lapsed);
        assert_eq!(strayed_and_lost(&shop, &first).await, (0, COST));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_cost_that_is_entered_late_is_booked_with_what_became_of_the_server() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (kept, given_back) = (shop.buy(SOLD).await, shop.buy(SOLD).await);
        shop.remedy(&given_back, wish(Remedy::Refund)).await.unwrap();
        let bought = async |order: &Order| shop.balance(order, "upstream:smartvps").await / 100;
        assert_eq!((bought(&kept).await, strayed_and_lost(&shop, &given_back).await), (0, (0, 0)));

        shop.cost(SOLD, COST).await;
        shop.later(Duration::from_secs(61));
        shop.tended().await;
        shop.until(async || bought(&kept).await == COST).await;
        shop.until(async || strayed_and_lost(&shop, &given_back).await == (COST, 0)).await;
        assert_eq!(bought(&given_back).await, 0, "its cost is the stray's");
        for order in [&kept, &given_back] {
            assert_eq!(shop.servers(order).await[0].cost, Some(rupees(COST)));
        }
        shop.cost(SOLD, 2 * COST).await;
        shop.later(Duration::from_secs(61));
        shop.tended().await;
        assert_eq!(bought(&kept).await, COST, "what is known is not changed");
        shop.books_balance().await;
    })
    .await;
}

/// An order whose time goes on, and whose address was sold to somebody else.
async fn without_its_server(shop: &TestShop) -> Order {
    let first = shop.buy(SOLD).await;
    let mut extend = wish(Remedy::Extend);
    extend.days = Some(365);
    shop.remedy(&first, extend).await.unwrap();
    let address = shop.servers(&first).await[0].address;
    time_passes(shop);
    shop.upstream.lapse(address);
    shop.engine.sync().await.unwrap();
    shop.upstream.next(Op::Buyvps, Lie::hand_out(address));
    let second = shop.buy(SOLD).await;
    assert!(is_delivered(&second), "{:?} {:?}", second.standing, shop.jobs().await);
    assert_eq!(server_at(shop, &first, address).await.state, State::Lapsed);
    shop.order(&first.id).await
}

#[tokio::test]
async fn an_order_whose_server_is_gone_gets_another_one() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = without_its_server(&shop).await;
        shop.remedy(&order, wish(Remedy::Reprovision)).await.unwrap();
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        let states: Vec<State> = shop.servers(&order).await.iter().map(|s| s.state).collect();
        assert_eq!(states, [State::Lapsed, State::Delivered]);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_whose_server_is_gone_gets_its_money_back() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = without_its_server(&shop).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::RefundPending);
        assert_eq!(shop.servers(&order).await[0].state, State::Lapsed);
        shop.books_balance().await;
    })
    .await;
}
