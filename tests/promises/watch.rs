//! What goes wrong with the shop as a whole is told, and ends by itself.

use std::time::Duration;

use engine::checkout::Paying;
use sim::smartvps::{Lie, Op};

use super::payments;
use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, settings};

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
        assert_eq!(text, ["2 of 10 purchases of the last hour bought nothing"]);
        shop.later(HOUR);
        assert!(told(&shop, "purchases-failing").await.is_empty());
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
