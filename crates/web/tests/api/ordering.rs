//! The way of an order as programs walk it, and every refusal that creates nothing.

use std::time::Duration;

use domain::tax::Rate;
use engine::Settings;
use http::Method;
use serde_json::{Value, json};
use sim::gateway::{Doorway, How};

use crate::database::for_each_database;
use crate::house::{Ask, House, SOLD, get, patch, post};

async fn wish(house: &House) -> Value {
    json!({"ipStockId": house.product(SOLD).await, "memory": "8GB"})
}

#[tokio::test]
async fn a_quote_and_an_order_take_the_tax_of_whoever_sends_a_key() {
    for_each_database(async |test| {
        let tax_rate = Rate::basis_points(1_800).unwrap();
        let settings = Settings { tax_rate, ..Settings::defaults() };
        let house = House::open_with(test, settings).await;
        house.engine.sync().await.unwrap();
        let lives = |place: &str| {
            json!({"name": "Ada", "street": "1 Road", "city": "City", "postcode": "400001",
                   "place": place})
        };
        let put = |path, place| Ask { method: Method::PUT, ..post(path, lives(place)) };
        let shop = house.ask(put("/api/admin/shop/address", "IN-19").by(&house.sue)).await;
        let hers = house.ask(put("/api/account/billing", "IN-27").by(&house.ada)).await;
        assert_eq!((shop.status.as_u16(), hers.status.as_u16()), (200, 200));
        let wish = wish(&house).await;
        let quoted = async |ask: Ask| house.ask(ask).await.json()["tax"]["kind"].clone();
        assert_eq!(quoted(post("/api/quote", wish.clone())).await, "cgst_sgst");
        assert_eq!(quoted(post("/api/quote", wish.clone()).by(&house.ada)).await, "igst");
        let ordered = house.ask(post("/api/createOrder", wish).by(&house.ada)).await.json();
        assert_eq!(ordered["quote"]["tax"]["kind"], "igst");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_products_is_a_plain_array() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let list = house.ask(get("/api/ipstock")).await;
        assert_eq!(list.header("content-type"), Some("application/json"));
        let all = list.json();
        let sold =
            all.as_array().unwrap().iter().find(|p| p["name"] == "🌊 103.181.91").unwrap().clone();
        let options = json!({
            "4GB": {"price": 69_900, "currency": "INR"},
            "8GB": {"price": 99_900, "currency": "INR"},
            "16GB": {"price": 149_900, "currency": "INR"},
        });
        assert_eq!(sold["memoryOptions"], options);
        assert_eq!((&sold["provider"], &sold["available"]), (&json!("smartvps"), &json!(true)));
        assert_eq!((&sold["quantity"], &sold["lowStock"]), (&json!(12), &json!(false)));
        let text = String::from_utf8(list.body).unwrap();
        assert!(text.contains(r#""memoryOptions":{"4GB":{"#), "sizes stand in their order");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_products_goes_on_behind_its_link() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let whole = house.ask(get("/api/ipstock")).await;
        assert_eq!(whole.header("link"), None);
        let (mut path, mut found) = ("/api/ipstock?limit=3".to_owned(), Vec::new());
        loop {
            let part = house.ask(get(&path)).await;
            found.extend(part.json().as_array().unwrap().clone());
            let Some(link) = part.header("link") else { break };
            assert!(link.ends_with("; rel=\"next\""));
            path = link.split(['<', '>']).nth(1).unwrap().to_owned();
        }
        assert_eq!(Value::Array(found), whole.json());
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_catalogue_shows_at_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let product = house.product(SOLD).await;
        house.ask(get("/api/ipstock")).await;
        let price = json!({"8GB": {"amount": 5_000, "currency": "INR"}});
        let change = json!({"displayName": "🏅 103.181.91", "prices": price});
        let path = format!("/api/admin/products/{product}");
        let changed = house.ask(patch(&path, change).by(&house.sue)).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let all = house.ask(get("/api/ipstock")).await.json();
        let mine =
            all.as_array().unwrap().iter().find(|p| p["_id"] == product.as_str()).unwrap().clone();
        assert_eq!(mine["name"], "🏅 103.181.91");
        assert_eq!(mine["memoryOptions"]["8GB"]["price"], 5_000);
        house
            .ask(post("/api/admin/selling/stop", json!({"reason": "a test"})).by(&house.sue))
            .await;
        let all = house.ask(get("/api/ipstock")).await.json();
        assert!(all.as_array().unwrap().iter().all(|product| product["available"] == false));
        let refused = house.ask(post("/api/createOrder", wish(&house).await).by(&house.ada)).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (409, "selling-stopped"));
        house.ask(post("/api/admin/selling/start", json!({})).by(&house.sue)).await;
        let order = house.ask(post("/api/createOrder", wish(&house).await).by(&house.ada)).await;
        assert_eq!((order.status.as_u16(), &order.json()["amount"]), (201, &json!(5_000)));
    })
    .await;
}

#[tokio::test]
async fn an_order_is_made_paid_and_confirmed() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let made = house.order(&house.ada).await;
        assert!(made["orderNumber"].as_str().unwrap().starts_with("ORD-"));
        assert_eq!(made["receipt"], "You ordered: 🌊 103.181.91 (Package ID: 6)");
        assert_eq!((&made["amount"], &made["currency"]), (&json!(99_900), &json!("INR")));
        assert_eq!(
            (&made["payment"]["method"], &made["paymentStatus"]),
            (&json!("simulated"), &json!("unpaid"))
        );
        assert!(made["payment"]["url"].as_str().unwrap().starts_with("http://"));
        let path = format!("/api/orders/{}", made["orderId"].as_str().unwrap());
        let seen = house.ask(get(&path).by(&house.ada)).await.json();
        assert_eq!((&seen["status"], &seen["provisionedIP"]), (&json!("pending"), &Value::Null));
        house.gateway.pay(made["clientTxnId"].as_str().unwrap(), How::PaySilently);
        let confirm = post("/api/confirmOrder", json!({"orderId": made["orderId"]}));
        for _ in 0..2 {
            let confirmed = house.ask(confirm.clone().by(&house.ada)).await.json();
            assert_eq!(
                (&confirmed["paymentStatus"], &confirmed["status"]),
                (&json!("paid"), &json!("paid"))
            );
        }
        let active = house.until(&made, "active").await;
        assert_eq!(
            (&active["status"], &active["provisioningStatus"]),
            (&json!("active"), &json!("active"))
        );
        assert!(active["provisionedIP"].as_str().unwrap().starts_with("103.181.91."));
        assert!(active["timeline"].as_array().unwrap().len() >= 4);
        assert!(!active.to_string().contains("password"));
        let revealed =
            house.ask(post(&format!("{path}/credentials"), json!({})).by(&house.ada)).await;
        assert_eq!(revealed.header("cache-control"), Some("no-store"));
        assert_eq!(revealed.json()["address"], active["provisionedIP"]);
        assert!(!revealed.json()["password"].as_str().unwrap().is_empty());
        let audit = house.ask(get("/api/admin/audit").by(&house.sue)).await.json();
        assert_eq!(audit["items"][0]["action"], "reveal-credentials");
    })
    .await;
}

#[tokio::test]
async fn gateways_that_refuse_leave_an_order_that_can_be_paid_later() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        house.gateway.doorway(Doorway::Refuse).await;
        let refused = house.ask(post("/api/createOrder", wish(&house).await).by(&house.ada)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.problem().as_str()),
            (409, "payment-unavailable")
        );
        let id = refused.json()["orderId"].as_str().unwrap().to_owned();
        let order = house.ask(get(&format!("/api/orders/{id}")).by(&house.ada)).await.json();
        assert_eq!(
            (&order["paymentStatus"], &order["status"]),
            (&json!("failed"), &json!("pending"))
        );
        house.gateway.doorway(Doorway::Open).await;
        let path = format!("/api/orders/{id}/pay");
        let paying =
            house.ask(post(&path, json!({"paymentMethod": "simulated"})).by(&house.ada)).await;
        assert_eq!((paying.status.as_u16(), &paying.json()["orderId"]), (200, &json!(id)));
        assert!(paying.json()["payment"]["url"].is_string());
    })
    .await;
}

#[tokio::test]
async fn refusals_name_their_kind_and_create_nothing() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = async |change: Value| {
            let mut wish = wish(&house).await;
            wish.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let answer = house.ask(post("/api/createOrder", wish).by(&house.ada)).await;
            (answer.status.as_u16(), answer.problem())
        };
        let suspended = house.product("103.187.xx").await;
        let few = house.product("103.47. 59.XX").await;
        let missing = "prd_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert_eq!(order(json!({"ipStockId": missing})).await, (404, "not-found".into()));
        assert_eq!(order(json!({"ipStockId": suspended})).await, (409, "unavailable".into()));
        assert_eq!(order(json!({"ipStockId": few})).await, (409, "unavailable".into()));
        assert_eq!(order(json!({"memory": "32GB"})).await, (422, "memory-not-offered".into()));
        let path = format!("/api/admin/products/{}", house.product(SOLD).await);
        house.ask(patch(&path, json!({"displayName": "🌊 103.182.44"})).by(&house.sue)).await;
        assert_eq!(order(json!({})).await, (409, "product-mismatch".into()));
        house.ask(patch(&path, json!({"displayName": "🌊 103.181.91"})).by(&house.sue)).await;
        house.clock.step(Duration::from_secs(16 * 60));
        assert_eq!(order(json!({})).await, (409, "unavailable".into()));
        let all = house.ask(get("/api/ipstock")).await.json();
        assert!(all.as_array().unwrap().iter().all(|product| product["available"] == false));
        let orders = house.ask(get("/api/orders").by(&house.sue)).await.json();
        assert_eq!(orders["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_customer_holds_so_many_unpaid_orders_and_no_more() {
    for_each_database(async |test| {
        let house = House::open_with(test, engine::Settings::defaults()).await;
        house.engine.sync().await.unwrap();
        for _ in 0..5 {
            house.order(&house.ada).await;
        }
        let sixth = house.ask(post("/api/createOrder", wish(&house).await).by(&house.ada)).await;
        assert_eq!(
            (sixth.status.as_u16(), sixth.problem().as_str()),
            (409, "too-many-reservations")
        );
        let first = house.ask(get("/api/orders").by(&house.ada)).await.json()["items"][4].clone();
        let path = format!("/api/orders/{}/cancel", first["orderNumber"].as_str().unwrap());
        let cancelled = house.ask(post(&path, json!({})).by(&house.ada)).await.json();
        assert_eq!(cancelled["status"], "cancelled");
        house.order(&house.ada).await;
    })
    .await;
}

#[tokio::test]
async fn lists_go_on_behind_their_cursor() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(house.order(&house.ada).await["orderId"].clone());
            house.clock.step(Duration::from_millis(1));
        }
        let (mut path, mut found) = ("/api/orders?limit=2".to_owned(), Vec::new());
        loop {
            let part = house.ask(get(&path).by(&house.ada)).await.json();
            found
                .extend(part["items"].as_array().unwrap().iter().map(|order| order["_id"].clone()));
            let Some(next) = part["next"].as_str() else { break };
            path = format!("/api/orders?limit=2&after={next}");
        }
        made.reverse();
        assert_eq!(found, made);
    })
    .await;
}
