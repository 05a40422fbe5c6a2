//! SIGSTOP at every moment of a purchase, beyond its deadline and beyond its claim, and SIGCONT
//! when others have gone on. The woken process sends nothing whose permit has grown old, and
//! changes nothing that is no longer its to change; an answer that it still reads counts.

use std::time::Duration;

use berth::machine::Machine;
use futures_util::future::join_all;
use upstream::BootClock;

use super::desk::{Desk, until};
use super::moment::{Moment, Rest, Victim};
use super::shop::{OTHER, SOLD, Shop};

/// Beyond the deadline of a purchase, and so beyond the freshness of its permit.
const TOO_LONG: Duration = Duration::from_secs(9);

const TAIL: &str = "BERTH_PURCHASE_TAIL";

/// Until so much time has passed for everybody who was not stopped.
async fn passed(time: Duration) {
    let begun = Machine.since_boot();
    until("time", async || (Machine.since_boot() - begun > time).then_some(())).await;
}

async fn frozen_and_thawed(moment: Moment) {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let started = Victim::start(&shop, "data", moment).await;
    let victim = Victim::brought_there(started, &shop, &keys).await;
    victim.serve.freeze();
    shop.upstream.release();
    passed(TOO_LONG).await;
    victim.let_go();
    victim.serve.thaw();
    let desk = Desk::at(&victim.serve, &keys);
    desk.until_provisioning(&victim.order, &["active"]).await;
    shop.each_was_bought_and_delivered_once(&desk, std::slice::from_ref(&victim.order)).await;
    shop.books_add_up("data").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_frozen_beyond_a_deadline_goes_on_and_buys_nothing_twice() {
    join_all(Moment::all().map(frozen_and_thawed)).await;
}

/// What the survivor has made of an order while its own process is frozen.
async fn taken_over(desk: &Desk, victim: &Victim) {
    let wanted = match victim.moment.rest() {
        Rest::Delivered => "active",
        Rest::UnheardUnsent | Rest::UnheardSold => "unknown_outcome",
    };
    let seen = desk.until_provisioning(&victim.order, &["active", "unknown_outcome"]).await;
    assert_eq!(seen["provisioningStatus"], wanted, "{:?}: {seen:#}", victim.moment);
}

/// A woken process that has lost its claim says so, and that is all it does.
async fn gives_up(victim: &Victim) {
    if victim.moment.rest() == Rest::Delivered {
        victim.serve.line("was changed by somebody else meanwhile").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_wake_after_others_took_over_send_nothing_and_change_nothing() {
    // Answers that came while a process was frozen are read when it wakes, within the tail.
    let shop = Shop::on_a_server(&[(SOLD, 50), (OTHER, 50)]).await.with(TAIL, "90s");
    let keys = shop.keys("survivor").await;
    let survivor = shop.serve("survivor").await;
    let desk = Desk::at(&survivor, &keys);
    desk.product(SOLD).await;
    let nodes: Vec<(String, Moment)> = Moment::all().map(|m| (format!("{m:?}"), m)).collect();
    let mut started =
        join_all(nodes.iter().map(|(node, moment)| Victim::start(&shop, node, *moment))).await;
    let points = started.split_off(Moment::CALLS.len());
    let freeze = async |started| {
        let victim = Victim::brought_there(started, &shop, &keys).await;
        victim.serve.freeze();
        victim
    };
    let mut victims = Vec::new();
    for calling in started {
        victims.push(freeze(calling).await);
    }
    victims.extend(join_all(points.into_iter().map(freeze)).await);
    shop.upstream.release();
    join_all(victims.iter().map(|victim| taken_over(&desk, victim))).await;
    for victim in &victims {
        victim.let_go();
        victim.serve.thaw();
    }
    join_all(victims.iter().map(gives_up)).await;
    let orders: Vec<String> = victims.iter().map(|victim| victim.order.clone()).collect();
    join_all(orders.iter().map(|order| desk.until_provisioning(order, &["active"]))).await;
    shop.each_was_bought_and_delivered_once(&desk, &orders).await;
    shop.books_add_up("survivor").await;
}
