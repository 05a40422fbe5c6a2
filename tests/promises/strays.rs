//! Servers that nobody ordered, or that nobody has any more: what they cost, whose they become,
//! and what is left for an order whose server is gone.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::order::{Remedy, Stage};
use domain::server::State;
use engine::read;
use engine::stray::{GivingUp, Stray};
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

fn found(address: Ipv4Addr) -> Stray {
    Stray {
        provider: "smartvps".into(),
        address: address.to_string(),
        reason: "found in the provider's panel".into(),
        attempt: None,
        cost: Some(rupees(COST)),
        expires_at: None,
    }
}

async fn enter(shop: &TestShop, address: Ipv4Addr) -> read::Stray {
    shop.engine.add_stray(found(address), "staff").await.unwrap()
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

fn giving_up(kind: Remedy, preview: bool) -> GivingUp {
    GivingUp { kind, reason: "it was ended in the provider's panel".into(), preview }
}

/// What stands on an account of the whole shop: whole rupees.
async fn stands_on(shop: &TestShop, account: &str) -> i64 {
    let books = shop.engine.books().await.unwrap();
    assert!(books.are_in_order(), "{:?}", books.rows);
    let all = books.accounts.iter().filter(|total| total.account == account);
    all.map(|total| total.amount.minor / 100).sum()
}

async fn is_told_of(shop: &TestShop, stray: &read::Stray) -> bool {
    let open = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
    open.iter().any(|alert| alert.kind == "stray" && alert.subject == stray.id.as_str())
}

#[tokio::test]
async fn a_stray_of_nobody_ends_at_a_persons_word_and_its_cost_is_a_loss() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let stands = async || (stands_on(&shop, "stray").await, stands_on(&shop, "loss").await);
        for (kind, lost) in [(Remedy::End, 0), (Remedy::WriteOff, COST)] {
            let stray = enter(&shop, Ipv4Addr::new(103, 181, 91, 200)).await;
            assert_eq!(stands().await, (COST, lost));

            let looked = giving_up(kind, true);
            let would = shop.engine.give_up_stray(&stray.id, looked, "staff").await.unwrap();
            assert!(would.iter().any(|line| line.contains("₹500")), "{would:?}");
            assert_eq!(stands().await, (COST, lost), "a look changes nothing");
            assert!(is_told_of(&shop, &stray).await);

            let deed = giving_up(kind, false);
            let did = shop.engine.give_up_stray(&stray.id, deed.clone(), "staff").await.unwrap();
            assert_eq!(did, would);
            assert_eq!(stands().await, (0, lost + COST));
            let again = shop.engine.give_up_stray(&stray.id, deed, "staff").await.unwrap_err();
            assert!(again.to_string().contains("not in quarantine"), "{again}");
            assert_eq!(stands().await, (0, lost + COST), "it is lost once");
            shop.tended().await;
            assert!(!is_told_of(&shop, &stray).await, "nobody has to look any more");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stray_of_an_order_is_given_up_in_that_orders_history() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.cost(SOLD, COST).await;
        let order = shop.buy(SOLD).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        let stray = shop.servers(&order).await.remove(0);
        let cured = shop.engine.give_up_stray(&stray.id, giving_up(Remedy::Wait, false), "staff");
        assert!(cured.await.unwrap_err().to_string().contains("end, write-off"));
        shop.engine.give_up_stray(&stray.id, giving_up(Remedy::End, false), "staff").await.unwrap();
        assert_eq!(shop.servers(&order).await[0].state, State::Ended);
        assert_eq!(strayed_and_lost(&shop, &order).await, (0, COST));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_stray_whose_entered_time_is_over_is_asked_for_and_lapses() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let address = Ipv4Addr::new(103, 181, 91, 200);
        let now = async || shop.db.read(|tx| tx.now()).await.unwrap();
        let stray = Stray { expires_at: Some(now().await + DAY), ..found(address) };
        let stray = shop.engine.add_stray(stray, "staff").await.unwrap();
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 0);
        shop.later(200 * DAY);
        assert_eq!(shop.engine.lapse_servers().await.unwrap(), 1);
        let id = stray.id.clone();
        let server = shop.db.read(move |tx| tx.server(&id)).await.unwrap();
        assert_eq!(server.state, State::Lapsed);
        assert_eq!((stands_on(&shop, "stray").await, stands_on(&shop, "loss").await), (0, COST));
        let over = Stray { expires_at: Some(now().await - DAY), ..found(address) };
        let refused = shop.engine.add_stray(over, "staff").await.unwrap_err();
        assert!(refused.to_string().contains("over already"), "{refused}");
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
