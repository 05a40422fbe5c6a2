//! Requests with an `Idempotency-Key`: the same answer, and no second effect.

use serde_json::{Value, json};

use crate::database::for_each_database;
use crate::house::{Ask, House, SOLD, get, post};

async fn wish(house: &House) -> Value {
    json!({"ipStockId": house.product(SOLD).await, "memory": "8GB"})
}

async fn count(house: &House) -> usize {
    let orders = house.ask(get("/api/orders?limit=200").by(&house.sue)).await.json();
    orders["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_counts_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = wish(&house).await;
        let order = || post("/api/createOrder", wish.clone()).by(&house.ada).key("k1");
        let first = house.ask(order()).await;
        let again = house.ask(order()).await;
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
        assert_eq!(first.body, again.body);
        assert_eq!(first.header("idempotent-replayed"), None);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.header("content-type"), Some("application/json"));
        assert_eq!(count(&house).await, 1);
        let theirs =
            house.ask(post("/api/createOrder", wish.clone()).by(&house.eve).key("k1")).await;
        assert_ne!(theirs.json()["orderId"], first.json()["orderId"]);
        assert_eq!(count(&house).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_key_with_another_body_is_refused_without_effect() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = wish(&house).await;
        house.ask(post("/api/createOrder", wish.clone()).by(&house.ada).key("k1")).await;
        let mut other = wish.clone();
        other["memory"] = json!("16GB");
        let refused = house.ask(post("/api/createOrder", other).by(&house.ada).key("k1")).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (422, "other-body"));
        assert_eq!(count(&house).await, 1);
    })
    .await;
}

#[tokio::test]
async fn twenty_at_once_are_one() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = wish(&house).await;
        let all = (0..20)
            .map(|_| house.ask(post("/api/createOrder", wish.clone()).by(&house.ada).key("k")));
        let answers = futures_util::future::join_all(all).await;
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body));
        }
        assert_eq!(count(&house).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_kept_as_well_as_an_answer() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = json!({"ipStockId": house.product(SOLD).await, "memory": "5GB"});
        let order = || post("/api/createOrder", wish.clone()).by(&house.ada).key("k");
        let first = house.ask(order()).await;
        assert_eq!(first.problem(), "memory-not-offered");
        let again = house.ask(order()).await;
        assert_eq!((again.problem().as_str(), &again.body), ("memory-not-offered", &first.body));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_not_kept_and_the_next_try_does_the_work() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sync = || post("/api/smartvps/sync", json!({})).by(&house.sue).key("k");
        house.upstream.doorway(sim::smartvps::Doorway::Refuse).await;
        assert_eq!(house.ask(sync()).await.problem(), "outside-failed");
        house.upstream.doorway(sim::smartvps::Doorway::Open).await;
        let done = house.ask(sync()).await;
        assert_eq!((done.status.as_u16(), done.header("idempotent-replayed")), (200, None));
        assert_eq!(house.ask(sync()).await.header("idempotent-replayed"), Some("true"));
    })
    .await;
}

#[tokio::test]
async fn an_answer_with_a_secret_is_given_once() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let make = || {
            post("/api/account/keys", json!({"scopes": ["orders:read"]})).by(&house.ada).key("k")
        };
        let first = house.ask(make()).await;
        assert_eq!(first.status, 201);
        assert!(first.json()["key"].as_str().unwrap().starts_with("bk_"));
        let again = house.ask(make()).await;
        assert_eq!((again.status.as_u16(), again.problem().as_str()), (409, "already-answered"));
        let keys = house.ask(get("/api/account/keys").by(&house.ada)).await.json();
        assert_eq!(keys["items"].as_array().unwrap().len(), 2);
        let wrong =
            || post("/api/account/keys", json!({"scopes": ["all"]})).by(&house.ada).key("k2");
        assert_eq!(house.ask(wrong()).await.problem(), "unknown-scope");
        assert_eq!(house.ask(wrong()).await.problem(), "unknown-scope");
    })
    .await;
}

#[tokio::test]
async fn a_key_means_one_thing_per_path() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let (one, two) = (house.order(&house.ada).await, house.order(&house.ada).await);
        let cancel = |order: &Value| {
            let path = format!("/api/orders/{}/cancel", order["orderId"].as_str().unwrap());
            post(&path, json!({})).by(&house.ada).key("same")
        };
        let first = house.ask(cancel(&one)).await.json();
        let second = house.ask(cancel(&two)).await.json();
        assert_eq!((&first["_id"], &second["_id"]), (&one["orderId"], &two["orderId"]));
        assert_eq!(second["status"], "cancelled");
    })
    .await;
}

#[tokio::test]
async fn an_impossible_key_is_refused() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let long = "k".repeat(201);
        for key in ["", long.as_str(), "ключ"] {
            let ask: Ask = post("/api/createOrder", wish(&house).await).by(&house.ada).key(key);
            assert_eq!(house.ask(ask).await.problem(), "malformed", "{key:?}");
        }
        assert_eq!(count(&house).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_remedy_counts_once_by_key_or_version() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        let path = format!("/api/admin/orders/{}/remedies", order["orderId"].as_str().unwrap());
        let refund = json!({"kind": "refund", "reason": "test"});
        let bare = house.ask(post(&path, refund.clone()).by(&house.sue)).await;
        assert_eq!((bare.status.as_u16(), bare.problem().as_str()), (428, "needs-version"));
        let preview = json!({"kind": "refund", "reason": "test", "preview": true});
        let told = house.ask(post(&path, preview).by(&house.sue)).await;
        assert_eq!(told.status, 200, "{told:?}");
        assert_eq!(told.json()["order"]["status"], "paid");
        let done = house.ask(post(&path, refund.clone()).by(&house.sue).key("r")).await.json();
        assert_eq!(done["order"]["status"], "refund_pending");
        let sum: i64 =
            done["ledger"].as_array().unwrap().iter().map(|r| r["amount"].as_i64().unwrap()).sum();
        assert_eq!(sum, 0);
        let again = house.ask(post(&path, refund.clone()).by(&house.sue).key("r")).await.json();
        assert_eq!(done, again);
        let stale = json!({"kind": "refund", "reason": "test", "version": 1});
        assert_eq!(house.ask(post(&path, stale).by(&house.sue)).await.problem(), "stale-version");
    })
    .await;
}
