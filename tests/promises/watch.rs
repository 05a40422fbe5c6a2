//! What goes wrong with the shop as a whole is told, and ends by itself.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::order::{Remedy, Stage, Stop};
use engine::Settings;
use engine::checkout::Paying;
use sim::smartvps::{Deed, Lie, Op};
use store::order::Order;

use super::payments;
use crate::database::{TestDb, for_each_database};
use crate::support::{OTHER, SOLD, TestShop, is_delivered, settings, wish};

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);
const SILENT: &str = "webhook-silence";

/// The open alerts of a kind, a minute later.
async fn told(shop: &TestShop, kind: &str) -> Vec<String> {
    shop.later(MINUTE);
    shop.engine.sweep().await.unwrap();
    let open = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    open.into_iter().filter(|alert| alert.kind == kind).map(|alert| alert.text).collect()
}

#[tokio::test]
async fn purchases_that_fail_more_often_than_one_in_ten_are_told() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        for at in 0..10 {
            assert!(told(&shop, "purchases-failing").await.is_empty(), "fewer than ten: {at}");
            if at < 2 {
                let no = Lie::text("error|103.181.91 out of stock").without_the_deed();
                shop.upstream.next(Op::Buyvps, no);
            }
            assert_eq!(is_delivered(&shop.buy(SOLD).await), at >= 2);
        }
        let text = told(&shop, "purchases-failing").await;
        assert_eq!(text, ["2 of 10 purchases of the last hour brought no server as sold"]);
        shop.later(HOUR);
        assert!(told(&shop, "purchases-failing").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_server_and_an_order_that_stood_still_before_its_purchase_are_failures_too() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        for _ in 0..8 {
            assert!(is_delivered(&shop.buy(SOLD).await));
        }
        shop.upstream.next(Op::Buyvps, Lie::hand_out(Ipv4Addr::new(103, 182, 44, 18)));
        assert_eq!(stopped(&shop.buy(SOLD).await), Some(Stop::WrongServer));
        let order = shop.order_of(OTHER).await.unwrap();
        shop.upstream.rename("2", "103.99.98");
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        shop.quiet().await;
        assert_eq!(stopped(&shop.order(&order.id).await), Some(Stop::OtherBlock));
        let text = told(&shop, "purchases-failing").await;
        assert_eq!(text, ["2 of 10 purchases of the last hour brought no server as sold"]);
        // Money back ends an order that stood still; the wrong server was one all the same.
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert!(told(&shop, "purchases-failing").await.is_empty(), "one of nine is too few to say");
    })
    .await;
}

fn stopped(order: &Order) -> Option<Stop> {
    match order.standing.stage {
        Stage::Stopped(why) => Some(why),
        _ => None,
    }
}

/// The alert about syncs, after one that failed.
async fn told_of_a_bad_sync(shop: &TestShop) -> Option<String> {
    shop.engine.sync().await.unwrap_err();
    open_alert(shop, "sync-failing").await
}

async fn open_alert(shop: &TestShop, kind: &'static str) -> Option<String> {
    let open = shop.db.read(move |tx| tx.open_alert(kind, "smartvps")).await.unwrap();
    open.map(|alert| alert.text)
}

/// A shop with its own pause between syncs and its own patience with them, whose provider is away.
async fn shop_without_a_list(test: &TestDb, every: Duration, patience: Duration) -> TestShop {
    let settings = Settings { sync_every: every, sync_failing_after: patience, ..settings() };
    let shop = TestShop::open_with(test, settings, vec![(SOLD, 50)]).await;
    shop.upstream.always(Op::Ipstock, Lie::status(500));
    shop
}

async fn failing_syncs_are_told_after(patience: Duration) {
    for_each_database(async |test| {
        let shop = shop_without_a_list(test, 2 * MINUTE, patience).await;
        // However often they fail.
        for _ in 0..20 {
            assert_eq!(told_of_a_bad_sync(&shop).await, None);
        }
        shop.later(patience - MINUTE);
        assert_eq!(told_of_a_bad_sync(&shop).await, None);
        shop.later(MINUTE);
        let text = told_of_a_bad_sync(&shop).await.unwrap();
        assert!(text.starts_with("no sync has gone well since 20"), "{text}");
        shop.upstream.stop(Op::Ipstock, None);
        shop.engine.sync().await.unwrap();
        assert_eq!(open_alert(&shop, "sync-failing").await, None, "over with a good one");
        shop.upstream.always(Op::Ipstock, Lie::status(500));
        assert_eq!(told_of_a_bad_sync(&shop).await, None, "and counted from there");
    })
    .await;
}

#[tokio::test]
async fn syncs_are_told_that_have_failed_for_five_minutes() {
    assert_eq!(Settings::defaults().sync_failing_after, 5 * MINUTE);
    failing_syncs_are_told_after(5 * MINUTE).await;
}

#[tokio::test]
async fn syncs_are_told_that_have_failed_for_as_long_as_the_owner_bears_it() {
    failing_syncs_are_told_after(HOUR).await;
}

#[tokio::test]
async fn one_bad_sync_of_a_shop_that_syncs_every_hour_is_no_news_yet() {
    for_each_database(async |test| {
        let shop = shop_without_a_list(test, HOUR, 5 * MINUTE).await;
        shop.later(HOUR);
        assert_eq!(told_of_a_bad_sync(&shop).await, None);
        shop.later(5 * MINUTE);
        assert!(told_of_a_bad_sync(&shop).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn credentials_that_do_not_come_are_told_until_they_do() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        shop.upstream.always(Op::Status, Lie::of(Deed::NoPassword));
        let order = shop.buy(SOLD).await;
        let late = async || {
            shop.quiet().await;
            told(&shop, "credentials-late").await
        };
        shop.later(shop.engine.settings().credentials_after - 2 * MINUTE);
        assert!(late().await.is_empty(), "the provider has time until then");
        shop.later(2 * MINUTE);
        let [text] = late().await.try_into().unwrap();
        let address = shop.servers(&order).await.remove(0).address;
        assert!(text.starts_with(&format!("{address} has no verdict yet")), "{text}");
        assert_eq!(late().await.len(), 1, "told once, however long it lasts");
        shop.upstream.stop(Op::Status, None);
        shop.later(2 * MINUTE);
        assert!(late().await.is_empty(), "over with the delivery");
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_nobody_works_on_is_told_when_it_was_found_so_twice() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        // Of a kind that only a newer version knows.
        let put = "INSERT INTO job (id, kind, subject, lane, run_at, claim, tries, created_at) \
             VALUES ('job_newer_1', 'newer', '1', 'newer', 1, 0, 0, 1)";
        test.by_hand(put).await;
        assert!(told(&shop, "queue-behind").await.is_empty(), "it may be taken at any moment");
        let text = told(&shop, "queue-behind").await;
        assert_eq!(text, ["job_newer_1 is due since 1970-01-01 00:00 UTC"]);
        test.by_hand("DELETE FROM job WHERE id = 'job_newer_1'").await;
        assert!(told(&shop, "queue-behind").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_shop_of_which_most_is_not_for_sale_is_told() {
    for_each_database(async |test| {
        let names: Vec<String> = (1..=12).map(|at| format!("103.181.{at}")).collect();
        let packages = names.iter().enumerate();
        let packages = packages.map(|(at, name)| (&**name, if at < 6 { 0 } else { 50 }));
        let shop = TestShop::open_with(test, settings(), packages.collect()).await;
        assert!(told(&shop, "entries-unavailable").await.is_empty(), "half is not more than half");
        let first = shop.product(&names[6]).await;
        let patch =
            engine::catalogue::ProductPatch { published: Some(false), ..Default::default() };
        shop.engine.change_product(&first, patch.clone(), "sue").await.unwrap();
        let text = told(&shop, "entries-unavailable").await;
        assert_eq!(text, ["6 of 11 published entries are not for sale"]);
        let gone = shop.product(&names[0]).await;
        shop.engine.change_product(&gone, patch, "sue").await.unwrap();
        assert!(told(&shop, "entries-unavailable").await.is_empty());
    })
    .await;
}

/// Somebody orders and pays at the gateway, which tells nobody; the house finds out and delivers.
async fn found_by_asking(shop: &TestShop) -> Paying {
    shop.engine.sync().await.unwrap();
    let (order, paying) = shop.checkout(SOLD).await;
    payments::paid_silently(shop, &paying);
    shop.later(6 * MINUTE);
    shop.quiet().await;
    assert!(is_delivered(&shop.order(&order.id).await));
    paying
}

/// The gateway's webhook about a payment.
async fn hears_of(shop: &TestShop, paying: &Paying) {
    let payment = paying.payment.as_str();
    payments::told(shop, &payments::news(payment, payment)).await;
}

#[tokio::test]
async fn a_gateway_that_takes_money_and_sends_no_webhook_is_told_until_the_next_one() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let first = found_by_asking(&shop).await;
        hears_of(&shop, &first).await;
        for _ in 0..2 {
            found_by_asking(&shop).await;
        }
        shop.later(HOUR);
        assert!(told(&shop, SILENT).await.is_empty(), "two say nothing");
        let last = found_by_asking(&shop).await;
        assert!(told(&shop, SILENT).await.is_empty(), "its webhook may still come");
        shop.later(15 * MINUTE);
        let text = told(&shop, SILENT).await;
        assert!(text[0].starts_with("3 payments at simulated or more"), "{text:?}");
        assert!(text[0].contains("(the last came 2"), "{text:?}");
        // Nobody buys any more: it is not heard of again all the same.
        shop.later(8 * HOUR);
        assert_eq!(told(&shop, SILENT).await, text);
        hears_of(&shop, &last).await;
        assert!(told(&shop, SILENT).await.is_empty());
        // What it was silent about is over.
        shop.later(HOUR);
        assert!(told(&shop, SILENT).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_quiet_shop_is_no_silent_gateway() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        found_by_asking(&shop).await;
        let second = found_by_asking(&shop).await;
        shop.later(3 * HOUR);
        hears_of(&shop, &second).await;
        for _ in 0..2 {
            found_by_asking(&shop).await;
        }
        // Unpaid ones are no news, and money that staff book comes from no gateway.
        for _ in 0..3 {
            shop.engine.sync().await.unwrap();
            shop.checkout(SOLD).await;
            shop.buy(SOLD).await;
        }
        shop.later(HOUR);
        assert!(told(&shop, SILENT).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_latch_and_a_closed_shop_are_told_until_a_person_opens_them() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let engine = &shop.engine;
        engine.latch("restored from a copy").await.unwrap();
        engine.selling_stop("staff", "prices are wrong").await.unwrap();
        let [latched] = told(&shop, "latched").await.try_into().unwrap();
        assert!(latched.contains("restored from a copy"), "{latched}");
        let stopped = told(&shop, "selling-stopped").await;
        assert_eq!(stopped, ["selling was stopped: prices are wrong"]);
        engine.unlatch("staff", "compared").await.unwrap();
        engine.selling_start("staff").await.unwrap();
        assert!(told(&shop, "latched").await.is_empty());
        assert!(told(&shop, "selling-stopped").await.is_empty());
    })
    .await;
}
