//! The cart and the checkout for programs: whose cart it is, what it says, and what is ordered.

use serde_json::{Value, json};

use crate::database::for_each_database;
use crate::house::{Ask, House, SOLD, get, patch, post};

const OTHER: &str = "103.82.72";

async fn line(house: &House, package: &str, quantity: i64) -> Value {
    json!({"ipStockId": house.product(package).await, "memory": "8GB", "quantity": quantity})
}

fn delete(path: &str) -> Ask {
    Ask { method: http::Method::DELETE, ..get(path) }
}

#[tokio::test]
async fn a_key_finds_its_owners_cart_and_nobody_elses() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let add = post("/api/cart/lines", line(&house, SOLD, 2).await);
        let added = house.ask(add.clone().by(&house.ada).key("one")).await;
        assert_eq!(added.status, 201, "{added:?}");
        assert_eq!(added.header("set-cookie"), None);
        let again = house.ask(add.by(&house.ada).key("one")).await;
        assert_eq!(again.body, added.body, "a request that comes twice puts nothing in twice");
        let cart = house.ask(get("/api/cart").by(&house.ada)).await.json();
        assert_eq!((&cart["quantity"], &cart["orderable"]), (&json!(2), &json!(true)));
        assert_eq!(cart["quote"]["total"], json!({"amount": 199_800, "currency": "INR"}));
        let id = cart["lines"][0]["_id"].as_str().unwrap();
        let path = format!("/api/cart/lines/{id}");
        for ask in [delete(&path), patch(&path, json!({"quantity": 3}))] {
            for theirs in [ask.clone().by(&house.eve), ask.clone()] {
                let answer = house.ask(theirs).await;
                assert_eq!((answer.status.as_u16(), &*answer.problem()), (404, "not-found"));
            }
        }
        let more = house.ask(patch(&path, json!({"quantity": 3})).by(&house.ada)).await.json();
        assert_eq!(more["quantity"], 3);
        let none = house.ask(delete(&path).by(&house.ada)).await.json();
        assert_eq!((&none["lines"], &none["quote"]), (&json!([]), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn a_guest_keeps_a_cart_by_its_cookie() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        assert_eq!(house.ask(get("/api/cart")).await.json()["lines"], json!([]));
        let added = house.ask(post("/api/cart/lines", line(&house, SOLD, 1).await)).await;
        let cookie = added.header("set-cookie").unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(cookie.split("; ").any(|found| found == part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap();
        let found = house.ask(get("/api/cart").with("cookie", cookie)).await.json();
        assert_eq!(found["quantity"], 1);
        let elsewhere = post("/api/cart/lines", line(&house, SOLD, 1).await)
            .with("cookie", cookie)
            .with("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(elsewhere).await.problem(), "cross-site");

        let token = cookie.split_once('=').unwrap().1;
        let wish = json!({"email": "ada@example.com", "password": crate::house::PASSWORD});
        let sign_in = post("/api/account/sign-in", wish).with("cookie", cookie);
        assert_eq!(house.ask(sign_in).await.status, 200);
        assert_eq!(house.ask(get("/api/cart").by(&house.ada)).await.json()["quantity"], 1);
        let gone = get("/api/cart").with("cookie", &format!("berth_cart={token}"));
        assert_eq!(house.ask(gone).await.json()["quantity"], 0);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_put_in_is_refused_by_name() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sold = house.product(SOLD).await;
        let unknown = "prd_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let put = async |wish: Value| {
            let answer = house.ask(post("/api/cart/lines", wish).by(&house.ada)).await;
            (answer.status.as_u16(), answer.problem())
        };
        for (wish, status, slug) in [
            (json!({"ipStockId": unknown, "memory": "8GB"}), 404, "not-found"),
            (json!({"ipStockId": sold, "memory": "5GB"}), 422, "memory-not-offered"),
            (json!({"ipStockId": sold, "memory": "much"}), 422, "invalid-memory"),
            (json!({"ipStockId": sold, "memory": "8GB", "os": "beos"}), 422, "invalid-os"),
            (json!({"ipStockId": sold, "memory": "8GB", "quantity": 0}), 422, "invalid-quantity"),
            (json!({"ipStockId": sold, "memory": "8GB", "quantity": 11}), 422, "invalid-quantity"),
            (
                json!({"ipStockId": sold, "memory": "8GB", "promoCode": "NO-SUCH"}),
                422,
                "invalid-coupon",
            ),
        ] {
            assert_eq!(put(wish.clone()).await, (status, slug.to_owned()), "{wish}");
        }
        assert_eq!(house.ask(get("/api/cart").by(&house.ada)).await.json()["quantity"], 0);
        for os in ["", "ubuntu", "centos", "2016", "2019"] {
            let wish = json!({"ipStockId": sold, "memory": "8GB", "os": os, "quantity": 10});
            let answer = house.ask(post("/api/cart/lines", wish).by(&house.ada)).await;
            assert_eq!(answer.status, 201, "{answer:?}");
        }
        let full = put(json!({"ipStockId": sold, "memory": "16GB"})).await;
        assert_eq!(full, (409, "cart-full".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_checkout_is_made_of_the_cart_or_of_lines_and_counts_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let empty = house.ask(post("/api/checkouts", json!({})).by(&house.ada)).await;
        assert_eq!((empty.status.as_u16(), &*empty.problem()), (422, "empty-cart"));
        house.ask(post("/api/cart/lines", line(&house, SOLD, 2).await).by(&house.ada)).await;
        let check_out = || post("/api/checkouts", json!({})).by(&house.ada).key("k");
        let made = house.ask(check_out()).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(house.ask(check_out()).await.body, made.body);
        assert_eq!(house.ask(get("/api/cart").by(&house.ada)).await.json()["quantity"], 0);
        let made = made.json();
        let orders = made["orders"].as_array().unwrap();
        assert_eq!(orders.len(), 2);
        assert_eq!(made["due"], json!({"amount": 199_800, "currency": "INR"}));
        assert!(made["payment"]["url"].as_str().unwrap().starts_with("http"), "{made}");

        house.ask(post("/api/cart/lines", line(&house, SOLD, 1).await).by(&house.ada)).await;
        let lines = [line(&house, SOLD, 1).await, line(&house, OTHER, 1).await];
        let apart = house.ask(post("/api/checkouts", json!({"lines": lines})).by(&house.ada)).await;
        assert_eq!(apart.json()["orders"].as_array().unwrap().len(), 2);
        let kept = house.ask(get("/api/cart").by(&house.ada)).await.json();
        assert_eq!(kept["quantity"], 1, "what was not ordered stays");

        let path = format!("/api/checkouts/{}", made["_id"].as_str().unwrap());
        let pay = || post(&format!("{path}/pay"), json!({}));
        for ask in [get(&path), pay()] {
            assert_eq!(house.ask(ask.by(&house.eve)).await.status, 404);
        }
        let again = house.ask(pay().by(&house.ada)).await.json();
        assert_ne!(again["payment"]["url"], made["payment"]["url"]);
        for order in orders {
            let wish = json!({"orderId": order["_id"], "amount": order["amount"],
                "currency": "INR"});
            house.pay(&wish).await;
        }
        let paid = house.ask(get(&path).by(&house.ada)).await.json();
        assert_eq!((&paid["due"], &paid["payment"]), (&Value::Null, &Value::Null));
        let done = house.ask(pay().by(&house.ada)).await;
        assert_eq!((done.status.as_u16(), &*done.problem()), (409, "not-payable"));
    })
    .await;
}
