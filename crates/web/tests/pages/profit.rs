//! What the shop earns: on the page of an order, and by month, as a worker has counted it.

use std::time::Duration;

use crate::database::for_each_database;
use crate::house::{Answer, House, get};
use crate::{browser_of, form, led_to, page, text};

const PROFIT: &str = "/admin/profit";
/// After so long figures are counted anew, if they can have changed.
const OLD: Duration = Duration::from_secs(61);

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

async fn sent(house: &House, by: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    house.ask(form(path, fields).with("cookie", by)).await
}

async fn asked(house: &House) -> Answer {
    house.ask(get("/api/admin/profit").by(&house.sue)).await
}

/// A server that cost 600 rupees is sold for 999.
async fn sold(house: &House) -> serde_json::Value {
    let order = house.order(&house.ada).await;
    house.pay(&order).await;
    house.until(&order, "active").await;
    order
}

async fn costs_600(house: &House, sue: &str) {
    let path = format!("/admin/costs/{}", house.product("103.181.91").await);
    let refused = sent(house, sue, &path, &[("memory", "8GB"), ("cost", "-5")]).await;
    assert!(refused.status == 422 && text(&refused).contains("Write the cost like 420"));
    let set = sent(house, sue, &path, &[("memory", "8GB"), ("cost", "600")]).await;
    assert_eq!(led_to(&set), "/admin/costs?said=done");
    assert!(seen(house, sue, "/admin/costs").await.contains("value=\"600\""));
}

#[tokio::test]
async fn what_an_order_earned_stands_on_its_page_and_in_its_month() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        costs_600(&house, &sue).await;
        let order = sold(&house).await;
        let path = format!("/admin/orders/{}", order["orderId"].as_str().unwrap());
        let shown = seen(&house, &sue, &path).await;
        assert!(shown.contains("What it has earned so far"), "{shown}");
        assert!(shown.contains("<dt>Profit</dt><dd><b>₹399</b></dd>"), "{shown}");
        seen(&house, &sue, PROFIT).await;
        house.work().await;
        let month = seen(&house, &sue, PROFIT).await;
        assert!(month.contains("103.181.91 (PID") && month.contains("<b>₹399</b>"), "{month}");
        assert!(month.contains("The last twelve months") && !month.contains("Not counted yet"));
        let answer = asked(&house).await.json();
        assert_eq!(answer["packages"][0]["profit"]["amount"], 39_900);
        assert_eq!(answer["packages"][0]["cost"]["amount"], 60_000);
        let name = answer["month"].as_str().unwrap();
        let table = format!("/admin/profit/packages.csv?month={name}");
        let table = house.ask(page(&table).with("cookie", &sue)).await;
        assert!(table.header("content-disposition").unwrap().contains(&format!("-{name}.csv")));
        let lines: Vec<String> = text(&table).lines().map(str::to_owned).collect();
        assert!(lines[0].starts_with("Provider,PID,Package,Currency,Sold,Servers,"), "{lines:?}");
        assert!(lines[1].contains(",103.181.91,INR,999.00,600.00,0.00,0.00,0.00,399.00"));
        assert_eq!(lines.len(), 2);
        let sam = browser_of(&house, "sam@example.com").await;
        assert_eq!(house.ask(page(PROFIT).with("cookie", &sam)).await.status, 403);
        assert_eq!(sent(&house, &sam, PROFIT, &[]).await.status, 403);
        let wrong = house.ask(get("/api/admin/profit?month=2026-13").by(&house.sue)).await;
        assert_eq!(wrong.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_counted_says_so_and_moves_until_it_is() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        // No worker runs in this house until it is let work.
        let first = seen(&house, &sue, PROFIT).await;
        assert!(first.contains("Being counted. This page shows"), "{first}");
        assert!(first.contains("data-renew=\"5\"") && first.contains("http-equiv=\"refresh\""));
        assert!(!first.contains("Count anew"), "it is under way");
        let answer = asked(&house).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (202, Some("5")));
        let answer = answer.json();
        assert_eq!((&answer["countedAt"], &answer["isCounting"]), (&().into(), &true.into()));
        let table = page("/admin/profit/packages.csv?month=2026-10").with("cookie", &sue);
        assert_eq!(led_to(&house.ask(table).await), "/admin/profit?month=2026-10");
        house.work().await;
        let empty = seen(&house, &sue, PROFIT).await;
        assert!(empty.contains("Nothing yet") && empty.contains("As of <time"), "{empty}");
        assert!(!empty.contains("data-renew") && !empty.contains("http-equiv=\"refresh\""));
        sold(&house).await;
        assert!(
            seen(&house, &sue, PROFIT).await.contains("Nothing yet"),
            "it was counted just now"
        );
        let pressed = sent(&house, &sue, PROFIT, &[]).await;
        assert!(led_to(&pressed).starts_with("/admin/profit?month="));
        house.work().await;
        assert!(seen(&house, &sue, PROFIT).await.contains("<b>₹999</b>"));
        let wrong = sent(&house, &sue, PROFIT, &[("month", "2026-13")]).await;
        assert_eq!(wrong.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_count_failed_says_why_beside_what_was_counted_before() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        assert_eq!(asked(&house).await.status, 202);
        let fail = async || {
            test.by_hand("DELETE FROM job WHERE kind = 'report'").await;
            let now = test.now().await.as_micros();
            let fault = format!("UPDATE report SET failed_at = {now}, fault = 'no room'");
            test.by_hand(&fault).await;
        };
        fail().await;
        let answer = asked(&house).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("60")));
        let answer = answer.json();
        assert_eq!(answer["type"], "/problems/count-failed");
        assert!(answer["detail"].as_str().unwrap().contains("no room"), "{answer}");
        let failed = seen(&house, &sue, PROFIT).await;
        assert!(failed.contains("failed: no room. Count anew to try it again."), "{failed}");
        assert!(failed.contains("Not counted yet.") && !failed.contains("data-renew"));
        test.clock.step(OLD);
        assert_eq!(asked(&house).await.status, 202, "it is tried again");
        house.work().await;
        let answer = asked(&house).await.json();
        assert_eq!((&answer["failure"], &answer["isCounting"]), (&().into(), &false.into()));
        fail().await;
        let answer = asked(&house).await.json();
        assert_eq!(answer["failure"], "no room");
        assert!(answer["countedAt"].is_string(), "{answer}");
        let failed = seen(&house, &sue, PROFIT).await;
        assert!(failed.contains("failed: no room.") && failed.contains("As of <time"), "{failed}");
    })
    .await;
}
