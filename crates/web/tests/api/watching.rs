//! What whoever watches over the shop reads of it.

use std::time::Duration;

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{Ask, House, METRICS, get, post};

fn watch() -> Ask {
    get("/metrics").with("authorization", &format!("Bearer {METRICS}"))
}

/// The value of one line; a name without labels, or the whole of it.
fn value(page: &str, series: &str) -> Option<String> {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(ToOwned::to_owned)
}

async fn page(house: &House) -> String {
    let answer = house.ask(watch()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    String::from_utf8(answer.body).unwrap()
}

#[tokio::test]
async fn only_the_token_for_it_opens_the_metrics() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let here = Ask { peer: [127, 0, 0, 1], ..get("/metrics") };
        for ask in [get("/metrics"), here, get("/metrics").by(&house.sue)] {
            let answer = house.ask(ask).await;
            let told = (answer.status.as_u16(), answer.problem());
            assert_eq!(told, (401, "unauthenticated".to_owned()), "{answer:?}");
        }
        assert!(!page(&house).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_sale_leaves_is_counted_and_names_nobody() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        let active = house.until(&order, "active").await;
        house.ask(post("/api/payment/webhook", json!({"x": 1}))).await;
        house.ask(get("/nowhere/at/all")).await;
        let page = page(&house).await;
        for (series, wanted) in [
            ("berth_order_events_total{event=\"paid\"}", "1"),
            ("berth_order_events_total{event=\"delivered\"}", "1"),
            ("berth_provisioning_failures_total{reason=\"no-stock\"}", "0"),
            ("berth_sync_duration_seconds_count{outcome=\"done\"}", "1"),
            ("berth_sync_duration_seconds_count{outcome=\"failed\"}", "0"),
            ("berth_order_stage_duration_seconds_count{stage=\"paid-to-delivered\"}", "1"),
            ("berth_order_stage_duration_seconds_count{stage=\"permit-to-answer\"}", "1"),
            ("berth_order_stage_duration_seconds_count{stage=\"answer-to-verdict\"}", "1"),
            ("berth_orders_open{stage=\"stopped\"}", "0"),
            ("berth_money_owed{currency=\"INR\"}", "0.00"),
            ("berth_database_up", "1"),
        ] {
            assert_eq!(value(&page, series).as_deref(), Some(wanted), "{series}\n{page}");
        }
        for call in ["packages\",outcome=\"answered", "connect\",outcome=\"answered"] {
            let head = "berth_provider_call_duration_seconds_count{provider=\"smartvps\",call=";
            assert!(page.contains(&format!("{head}\"{call}\"}} 1")), "{call}\n{page}");
        }
        let sold = "call=\"buy\",outcome=\"sold\"} 1";
        assert!(page.contains(sold), "{page}");
        assert!(page.contains("method=\"POST\",route=\"/api/createOrder\",status=\"2xx\"} 1"));
        assert!(page.contains("method=\"GET\",route=\"none\",status=\"4xx\"} 1"));
        let address = active["provisionedIP"].as_str().unwrap();
        let id = order["orderId"].as_str().unwrap();
        for word in [address, id, "example.com", house.ada.key.as_str(), "103.181", "/nowhere"] {
            assert!(!page.contains(word), "{word} is nobody's business\n{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn how_the_shop_stands_is_read_once_in_a_quarter_of_a_minute() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let unpaid = |page: &str| value(page, "berth_orders_open{stage=\"unpaid\"}").unwrap();
        assert_eq!(unpaid(&page(&house).await), "0");
        house.order(&house.ada).await;
        let before = test.db.counts();
        assert_eq!(unpaid(&page(&house).await), "0", "as it was read a moment ago");
        assert_eq!(test.db.counts(), before, "nobody asked the database");
        test.clock.step(Duration::from_secs(15));
        assert_eq!(unpaid(&page(&house).await), "1");
    })
    .await;
}

#[tokio::test]
async fn every_name_is_told_once_with_its_kind_and_ends_in_its_unit() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let page = page(&house).await;
        let mut seen = std::collections::BTreeSet::new();
        for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, kind) = line.split_once(' ').unwrap();
            assert!(seen.insert(name.to_owned()), "{name} is told twice");
            assert!(name.starts_with("berth_"), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            assert!(kind != "histogram" || name.ends_with("_seconds"), "{name}");
            assert!(page.contains(&format!("# HELP {name} ")), "{name}");
        }
        assert!(seen.len() > 30, "{seen:?}");
    })
    .await;
}
