//! `kill -9` at every moment of a purchase. What was not sent is sent once by whoever comes next;
//! what may have been sent is never sent again, and a person says what became of it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use super::desk::Desk;
use super::moment::{Moment, Rest, Victim};
use super::shop::{Keys, OTHER, SOLD, Shop};

/// What an order whose process died must be at, at the latest.
const RESUMED_WITHIN: Duration = Duration::from_secs(35);

/// What its process was in the middle of ends as it must: by itself, or by a person's word.
async fn ends(shop: &Shop, desk: &Desk, moment: Moment, order: &str) {
    match moment.rest() {
        Rest::Delivered => {}
        Rest::UnheardUnsent => {
            desk.until_possible(order, "nothing-bought").await;
            let permit = desk.detail(order).await["attempts"][0]["id"].clone();
            let requests = shop.upstream.requests_per_permit();
            assert!(!requests.contains_key(permit.as_str().unwrap()), "{moment:?}");
            desk.remedy(order, json!({ "kind": "nothing-bought" })).await;
        }
        Rest::UnheardSold => {
            let seen = desk.until_possible(order, "adopt").await;
            let permit = seen["attempts"][0]["id"].as_str().unwrap();
            let mut sold = shop.upstream.sold().into_iter();
            let sold = sold.find(|sold| sold.permit.as_deref() == Some(permit)).expect("a sale");
            let (kind, address) = ("adopt", sold.address.to_string());
            let remedy = json!({ "kind": kind, "attemptId": permit, "address": address });
            desk.remedy(order, remedy).await;
        }
    }
    desk.until_provisioning(order, &["active"]).await;
}

/// Until nothing more can be heard of what was asked for it: no address is given away that another
/// order's purchase may still name.
async fn tail_ends(desk: &Desk, moment: Moment, order: &str) {
    if !matches!(moment.rest(), Rest::Delivered) {
        desk.until_possible(order, "nothing-bought").await;
    }
}

/// The first that is seen of an order after its process died.
async fn rests(desk: &Desk, moment: Moment, order: &str) {
    let wanted = match moment.rest() {
        Rest::Delivered => "active",
        Rest::UnheardUnsent | Rest::UnheardSold => "unknown_outcome",
    };
    let seen = desk.until_provisioning(order, &["active", "unknown_outcome"]).await;
    assert_eq!(seen["provisioningStatus"], wanted, "{moment:?}: {seen:#}");
}

/// One shop in a file: killed, started again on the same data, and the order ends right.
async fn killed_and_started_again(moment: Moment) {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let started = Victim::start(&shop, "data", moment).await;
    let mut victim = Victim::brought_there(started, &shop, &keys).await;
    victim.serve.kill();
    shop.upstream.release();
    let next = shop.serve("data").await;
    let desk = Desk::at(&next, &keys);
    rests(&desk, moment, &victim.order).await;
    ends(&shop, &desk, moment, &victim.order).await;
    shop.each_was_bought_and_delivered_once(&desk, &[victim.order.clone()]).await;
    shop.books_add_up("data").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_shop_goes_on_where_it_was_and_buys_nothing_twice() {
    join_all(Moment::all().map(killed_and_started_again)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_of_killed_nodes_goes_on_elsewhere_and_nothing_is_bought_twice() {
    let shop = Shop::on_a_server(&[(SOLD, 50), (OTHER, 50)]).await;
    let keys = shop.keys("survivor").await;
    let survivor = shop.serve("survivor").await;
    let desk = Desk::at(&survivor, &keys);
    desk.product(SOLD).await;
    let nodes: Vec<(String, Moment)> = Moment::all().map(|m| (format!("{m:?}"), m)).collect();
    let mut started =
        join_all(nodes.iter().map(|(node, moment)| Victim::start(&shop, node, *moment))).await;
    let points = started.split_off(Moment::CALLS.len());
    let mut killed = Vec::new();
    for calling in started {
        killed.push(brought_there_and_killed(calling, &shop, &keys).await);
    }
    let held = points.into_iter().map(|point| brought_there_and_killed(point, &shop, &keys));
    killed.extend(join_all(held).await);
    shop.upstream.release();
    let resumed = killed.iter().map(async |(victim, at)| {
        rests(&desk, victim.moment, &victim.order).await;
        (victim.moment, at.elapsed())
    });
    for (moment, took) in join_all(resumed).await {
        println!("{moment:?}: taken up after {} ms", took.as_millis());
        assert!(took < RESUMED_WITHIN, "{moment:?}: {took:?}");
    }
    join_all(killed.iter().map(|(v, _)| tail_ends(&desk, v.moment, &v.order))).await;
    join_all(killed.iter().map(|(v, _)| ends(&shop, &desk, v.moment, &v.order))).await;
    let orders: Vec<String> = killed.iter().map(|(victim, _)| victim.order.clone()).collect();
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("survivor").await;
}

async fn brought_there_and_killed(
    started: (Moment, super::serve::Serve, Option<std::path::PathBuf>),
    shop: &Shop,
    keys: &Keys,
) -> (Victim, Instant) {
    let mut victim = Victim::brought_there(started, shop, keys).await;
    victim.serve.kill();
    (victim, Instant::now())
}
