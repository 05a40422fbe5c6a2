//! What has no API, as programs see it: entered, put on the shelf, sold, and delivered by what a
//! person sends, once.

use serde_json::{Value, json};

use crate::database::for_each_database;
use crate::house::{Answer, House, get, patch, post};

const RACK: &str = "hand-frankfurt-rack";

async fn rack(house: &House) -> Answer {
    let wish = json!({"name": "Frankfurt rack", "dueMinutes": 240, "note": "ask Bea"});
    house.ask(post("/api/admin/providers", wish).by(&house.sue)).await
}

fn g8() -> Value {
    json!({
        "name": "G.8GB", "prices": {"8GB": {"amount": 224_000, "currency": "INR"}},
        "stock": 3, "days": 30, "cidrs": ["203.0.113.0/28"]
    })
}

async fn plan(house: &House, wish: Value) -> Answer {
    house.ask(post(&format!("/api/admin/providers/{RACK}/plans"), wish).by(&house.sue)).await
}

/// An order of the plan, paid and on the list.
async fn waiting(house: &House, product: &Value) -> Value {
    let wish = json!({"ipStockId": product["_id"], "memory": "8GB"});
    let order = house.ask(post("/api/createOrder", wish).by(&house.ada)).await;
    assert_eq!(order.status, 201, "{order:?}");
    let order = order.json();
    assert_eq!(house.pay(&order).await.status, 200);
    house.work().await;
    order
}

fn path_of(order: &Value, what: &str) -> String {
    format!("/api/admin/orders/{}{what}", order["orderId"].as_str().unwrap())
}

fn entry(address: &str) -> Value {
    json!({"address": address, "username": "root", "password": "s3cret of the rack"})
}

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.problem())
}

#[tokio::test]
async fn a_provider_and_its_plans_are_entered_once_and_changed() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let made = rack(&house).await;
        assert_eq!(made.status, 201);
        assert_eq!((&made.json()["id"], &made.json()["dueMinutes"]), (&json!(RACK), &json!(240)));
        assert_eq!(refusal(&rack(&house).await), (409, "name-taken".into()));
        let path = format!("/api/admin/providers/{RACK}");
        let sooner = house.ask(patch(&path, json!({"dueMinutes": 60})).by(&house.sue)).await;
        assert_eq!(sooner.json()["dueMinutes"], 60);
        assert_eq!(sooner.json()["note"], "ask Bea");
        for wrong in [json!({"dueMinutes": 0}), json!({"dueMinutes": 50_000})] {
            let refused = house.ask(patch(&path, wrong).by(&house.sue)).await;
            assert_eq!(refusal(&refused), (422, "invalid-provider".into()));
        }
        let nobody = house.ask(patch("/api/admin/providers/x", json!({})).by(&house.sue)).await;
        assert_eq!(nobody.status, 404);
        assert_eq!(plan(&house, g8()).await.status, 201);
        assert_eq!(refusal(&plan(&house, g8()).await), (409, "name-taken".into()));
        for (field, wrong) in [
            ("days", json!(0)),
            ("stock", json!(-1)),
            ("prices", json!({})),
            ("cidrs", json!(["203.0.113.1/28"])),
            ("costs", json!({"4GB": {"amount": 1, "currency": "INR"}})),
        ] {
            let mut wish = g8();
            wish["name"] = json!("G.9GB");
            wish[field] = wrong;
            assert_eq!(
                refusal(&plan(&house, wish).await),
                (422, "invalid-product".into()),
                "{field}"
            );
        }
        let shop = house.ask(get("/api/ipstock")).await.json();
        assert_eq!((&shop[0]["name"], &shop[0]["provider"]), (&json!("G.8GB"), &json!(RACK)));
        assert_eq!((&shop[0]["quantity"], &shop[0]["available"]), (&json!(3), &json!(true)));
        assert_eq!(shop[0]["memoryOptions"]["8GB"]["price"], 224_000);
        let product = format!("/api/admin/products/{}", shop[0]["_id"].as_str().unwrap());
        let wish = json!({"unlimited": true});
        let endless = house.ask(patch(&product, wish).by(&house.sue)).await.json();
        assert_eq!((&endless["quantity"], &endless["available"]), (&json!(null), &json!(true)));
        let none = house.ask(patch(&product, json!({"stock": 0})).by(&house.sue)).await.json();
        assert_eq!((&none["quantity"], &none["available"]), (&json!(0), &json!(false)));
        let both = json!({"stock": 5, "unlimited": true});
        let both = house.ask(patch(&product, both).by(&house.sue)).await;
        assert_eq!(refusal(&both), (422, "invalid-product".into()));
    })
    .await;
}

#[tokio::test]
async fn what_a_person_enters_delivers_once_and_is_told_to_nobody_else() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        rack(&house).await;
        let product = plan(&house, g8()).await.json();
        let order = waiting(&house, &product).await;
        let all = house.ask(get(&path_of(&order, "")).by(&house.sam)).await.json();
        assert_eq!(
            (&all["waitsForHand"], &all["provisioningStatus"]),
            (&json!(true), &json!("queued"))
        );
        let listed = house.ask(get("/api/admin/needs-attention").by(&house.sam)).await.json();
        assert_eq!(listed["items"][0]["why"], "by-hand");
        let deliver = path_of(&order, "/deliver");
        for wrong in ["nowhere", "203.0.113.77", "127.0.0.1"] {
            let refused = house.ask(post(&deliver, entry(wrong)).by(&house.sam)).await;
            assert_eq!(refusal(&refused), (422, "invalid-address".into()), "{wrong}");
        }
        let mut over = entry("203.0.113.7");
        over["expiresAt"] = json!("2020-01-01T00:00:00Z");
        let over = house.ask(post(&deliver, over).by(&house.sam)).await;
        assert_eq!(refusal(&over), (422, "invalid-expiry".into()));
        let mut mute = entry("203.0.113.7");
        mute["password"] = json!(" ");
        let mute = house.ask(post(&deliver, mute).by(&house.sam)).await;
        assert_eq!(refusal(&mute), (422, "invalid-text".into()));

        let ask = || post(&deliver, entry("203.0.113.7")).by(&house.sam);
        let done = house.ask(ask().key("desk-1")).await;
        assert_eq!((done.status.as_u16(), &done.json()["status"]), (200, &json!("active")));
        assert!(!String::from_utf8_lossy(&done.body).contains("s3cret"));
        let again = house.ask(ask().key("desk-1")).await;
        assert_eq!(
            (again.status.as_u16(), again.header("idempotent-replayed")),
            (200, Some("true"))
        );
        assert_eq!(refusal(&house.ask(ask()).await), (409, "not-now".into()));
        let theirs = format!("/api/orders/{}", order["orderId"].as_str().unwrap());
        let seen = house.ask(get(&theirs).by(&house.ada)).await.json();
        assert_eq!(seen["provisionedIP"], "203.0.113.7");
        let opened =
            house.ask(post(&format!("{theirs}/credentials"), json!({})).by(&house.ada)).await;
        assert_eq!(opened.json()["password"], "s3cret of the rack");
        let told = house
            .ask(
                get(&format!(
                    "/api/dev/check-order-ipstock?orderId={}",
                    order["orderId"].as_str().unwrap()
                ))
                .by(&house.sue),
            )
            .await
            .json();
        assert_eq!(told["diagnosis"]["issue"], "✅ Perfect match", "{told}");
        assert_eq!((&told["apiError"], &told["apiPackage"]), (&json!(null), &json!(null)));
    })
    .await;
}
