//! Connections to the database are cut again and again while orders are under way. Nothing is
//! lost, nothing is doubled, and the shop answers again within seconds.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sim::smartvps::{Lie, Op, Point};

use super::desk::{Desk, Who, id_of, receipt, until, wish};
use super::serve::Serve;
use super::shop::{Keys, OTHER, SOLD, Shop};

const ORDERS: u32 = 40;
const ORDER_EVERY: Duration = Duration::from_millis(150);
/// So that connections are cut at every step of a purchase.
const ANSWERS_AFTER_MS: u64 = 200;
const CUTS: usize = 60;
const CUT_EVERY: Duration = Duration::from_millis(100);
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// Orders and pays as a careful program does: with a key for each, and again where told to.
async fn insists(desk: &Desk, product: &str, number: u32) -> String {
    let turn = tokio::time::Instant::now() + ORDER_EVERY * number;
    tokio::time::interval_at(turn, ORDER_EVERY).tick().await;
    let key = format!("order-{number}");
    let order = desk.insist(Who::Customer, "/api/createOrder", &wish(product), &key).await;
    let created = order.good();
    let id = id_of(&created);
    let path = format!("/api/admin/orders/{id}/mark-paid");
    let paid = desk.insist(Who::Staff, &path, &receipt(&created), &format!("pay-{number}")).await;
    paid.good();
    id
}

/// A purchase whose permit's fate was not known was not sent; that one a person has to say.
async fn settled(shop: &Shop, desk: &Desk, order: &str) -> bool {
    let seen = desk.until_provisioning(order, &["active", "unknown_outcome"]).await;
    if seen["provisioningStatus"] == "active" {
        return true;
    }
    let permit = seen["attempts"][0]["id"].as_str().unwrap();
    let requests = shop.upstream.requests_per_permit();
    assert!(!requests.contains_key(permit), "it was asked, and its answer is lost: {seen:#}");
    desk.until_possible(order, "nothing-bought").await;
    desk.remedy(order, json!({ "kind": "nothing-bought" })).await;
    desk.until_provisioning(order, &["active"]).await;
    false
}

/// Cuts, and tells how many connections it ended.
async fn cuts(shop: &Shop) -> u64 {
    let mut pause = tokio::time::interval(CUT_EVERY);
    let mut ended = 0;
    for _ in 0..CUTS {
        pause.tick().await;
        ended += shop.database.as_ref().unwrap().cut_all().await;
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_lose_no_order_and_double_none() {
    let shop = Shop::on_a_server(&[(SOLD, 100), (OTHER, 100)]).await;
    let keys = shop.keys("a").await;
    let (mut a, mut b) = futures_util::join!(shop.serve("a"), shop.serve("b"));
    let desks = [Desk::at(&a, &keys), Desk::at(&b, &keys)];
    let product = desks[0].product(SOLD).await;
    shop.upstream.always(Op::Buyvps, Lie::slow(ANSWERS_AFTER_MS));
    let customers = (0..ORDERS).map(|at| insists(&desks[at as usize % 2], &product, at));
    let (cut, orders) = futures_util::join!(cuts(&shop), join_all(customers));
    assert!(cut > 50, "only {cut} connections were cut");
    let settled = join_all(orders.iter().map(|order| settled(&shop, &desks[0], order))).await;
    let alone = settled.into_iter().filter(|alone| *alone).count();
    println!("{cut} connections cut; {alone} of {ORDERS} orders needed nobody");
    let kept = desks[0].get_as_customer("/api/orders?limit=200").await.good();
    let kept = kept["items"].as_array().map_or(0, Vec::len);
    assert_eq!(kept, orders.len(), "a wish that was sent twice became two orders");
    shop.each_was_bought_and_delivered_once(&desks[1], &orders).await;
    shop.books_add_up("a").await;
    assert!(a.is_running() && b.is_running(), "{}\n{}", a.log(), b.log());
    let alerts = desks[0].get("/api/admin/alerts?limit=200").await.good();
    let bugs = alerts["items"].as_array().unwrap().iter();
    let bugs: Vec<&Value> = bugs.filter(|alert| ends_in(alert, "-failed")).collect();
    assert!(bugs.is_empty(), "{bugs:#?}");
}

fn ends_in(alert: &Value, ending: &str) -> bool {
    alert["kind"].as_str().is_some_and(|kind| kind.ends_with(ending))
}

/// Buys, takes the database away while the upstream works, and lets the upstream answer then.
async fn answered_without_a_database(shop: &Shop) -> (Serve, Keys, String) {
    let keys = shop.keys("node").await;
    let serve = shop.serve("node").await;
    let desk = Desk::at(&serve, &keys);
    shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
    let order = desk.buy(SOLD).await;
    shop.upstream.wait_for_held(1).await;
    shop.database.as_ref().unwrap().shut().await;
    shop.upstream.release();
    serve.line("waits for the database").await;
    let away = [desk.get("/readyz").await, desk.try_to_order("prd_1").await];
    assert!(away.iter().all(|answer| answer.status >= 500), "{away:?}");
    (serve, keys, order)
}

async fn ends_well(shop: &Shop, desk: &Desk, order: String) {
    desk.until_provisioning(&order, &["active"]).await;
    shop.each_was_bought_and_delivered_once(desk, &[order]).await;
    shop.books_add_up("node").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_outlives_a_database_that_goes_and_comes_back() {
    let shop = Shop::on_a_server(&[(SOLD, 50)]).await;
    let (serve, keys, order) = answered_without_a_database(&shop).await;
    let desk = Desk::at(&serve, &keys);
    shop.database.as_ref().unwrap().open().await;
    let back = Instant::now();
    until("a shop that is ready", async || (desk.get("/readyz").await.status == 200).then_some(()))
        .await;
    ends_well(&shop, &desk, order).await;
    assert!(back.elapsed() < BACK_WITHIN, "{:?}", back.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_read_without_a_database_outlives_its_process() {
    let shop = Shop::on_a_server(&[(SOLD, 50)]).await;
    let (mut serve, keys, order) = answered_without_a_database(&shop).await;
    serve.kill();
    shop.database.as_ref().unwrap().open().await;
    let next = shop.serve("node").await;
    ends_well(&shop, &Desk::at(&next, &keys), order).await;
}
