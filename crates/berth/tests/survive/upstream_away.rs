//! A shop whose upstream is away at the start: it opens, says what is wrong, and sells nothing
//! that it does not know of. When the upstream is back, so is the shop.

use serde_json::Value;
use sim::smartvps::Doorway;

use super::desk::{Desk, until};
use super::shop::{OTHER, SOLD, Shop};

/// What was known grows old: later than any list may be that something is sold by.
const HALF_AN_HOUR_LATER: &str = "UPDATE provider SET \
     reading_stored_at = reading_stored_at - 1800000000, \
     reading_requested_at = reading_requested_at - 1800000000, sync_at = sync_at - 1800000000";

/// The door opens a moment before the workers are up.
async fn ready(desk: &Desk) {
    until("readiness", async || (desk.get("/readyz").await.status == 200).then_some(())).await;
}

async fn alerted(desk: &Desk) {
    until("an alert", async || {
        let alerts = desk.get("/api/admin/alerts").await.good();
        let told = |alert: &Value| alert["kind"] == "sync-failing" && alert["resolvedAt"].is_null();
        alerts["items"].as_array()?.iter().any(told).then_some(())
    })
    .await;
}

/// The doctor names the upstream, and ends with "something is wrong".
async fn diagnosed(shop: &Shop) {
    let doctor = shop.run("node", &["doctor"], "").await;
    let told = String::from_utf8_lossy(&doctor.stdout).to_lowercase();
    assert!(matches!(doctor.status.code(), Some(1 | 3)), "{}\n{told}", doctor.status);
    assert!(told.contains("smartvps"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_whose_upstream_is_away_opens_and_sells_nothing_stale() {
    // As a rule failing syncs are told after five minutes; nobody here waits for that.
    let shop = Shop::on_a_server(&[(SOLD, 50), (OTHER, 50)]).await;
    let shop = shop.with("BERTH_SYNC_FAILING_AFTER", "0s");
    let keys = shop.keys("node").await;
    shop.upstream.doorway(Doorway::Refuse).await;
    let mut first = shop.serve("node").await;
    let desk = Desk::at(&first, &keys);
    ready(&desk).await;
    assert_eq!(desk.get("/api/ipstock").await.good(), Value::Array(vec![]));
    alerted(&desk).await;
    diagnosed(&shop).await;
    shop.upstream.doorway(Doorway::Open).await;
    let product = desk.product(SOLD).await;
    first.kill();

    shop.upstream.doorway(Doorway::Refuse).await;
    shop.database.as_ref().unwrap().run(HALF_AN_HOUR_LATER).await;
    let second = shop.serve("node").await;
    let desk = Desk::at(&second, &keys);
    ready(&desk).await;
    assert_eq!(desk.get("/api/ipstock").await.good().as_array().map(Vec::len), Some(2));
    alerted(&desk).await;
    let refused = desk.try_to_order(&product).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    shop.upstream.doorway(Doorway::Open).await;
    let created = until("a sale", async || {
        let answer = desk.try_to_order(&product).await;
        (answer.status == 201).then_some(answer.body)
    })
    .await;
    let order = desk.pay(&created).await;
    desk.until_provisioning(&order, &["active"]).await;
    shop.each_was_bought_and_delivered_once(&desk, &[order]).await;
    shop.books_add_up("node").await;
}
