//! Sessions, and what pages of other sites cannot do with them.

use serde_json::json;

use crate::allowed::sign_in;
use crate::database::for_each_database;
use crate::house::{Ask, House, get, post};

#[tokio::test]
async fn another_sites_page_cannot_act_with_a_session() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let cookie = sign_in(&house).await;
        let wish = json!({"ipStockId": house.product(crate::house::SOLD).await, "memory": "8GB"});
        let order = post("/api/createOrder", wish).with("cookie", &cookie);
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let answer = house.ask(order.clone().with(name, value)).await;
            assert_eq!(answer.problem(), "cross-site", "{name}: {value}");
        }
        for ask in [
            order.clone().with("sec-fetch-site", "same-origin"),
            order.clone().with("origin", "http://127.0.0.1:8080"),
            order.clone().with("origin", "http://shop.local").with("host", "shop.local"),
        ] {
            assert_eq!(house.ask(ask.clone()).await.status, 201, "{ask:?}");
        }
        let look = get("/api/orders").with("cookie", &cookie).with("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(look).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_program_with_a_key_comes_from_wherever_it_likes() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ask = post("/api/account/keys", json!({})).by(&house.ada);
        let ask =
            ask.with("origin", "https://elsewhere.example").with("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(ask).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_signed_in_from_another_sites_page() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let wish = json!({"email": "ada@example.com", "password": crate::house::PASSWORD});
        let ask = post("/api/account/sign-in", wish).with("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(ask).await.problem(), "cross-site");
    })
    .await;
}

#[tokio::test]
async fn a_session_begins_and_ends() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let new =
            json!({"email": "new@example.com", "password": "a long enough password", "name": "N"});
        let made = house.ask(post("/api/account/sign-up", new.clone())).await;
        assert_eq!(made.status, 201);
        assert_eq!(made.json()["role"], "customer");
        // Whether the address is known nobody learns who does not read its mail.
        assert_eq!(house.ask(post("/api/account/sign-up", new)).await.status, 201);
        let set = made.header("set-cookie").unwrap().to_owned();
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure")
        );
        let cookie = set.split(';').next().unwrap();
        assert!(!made.json().to_string().contains(cookie.split('=').nth(1).unwrap()));
        let me = house.ask(get("/api/account").with("cookie", cookie)).await.json();
        assert_eq!(
            (&me["email"], &me["signedInBy"]),
            (&json!("new@example.com"), &json!("session"))
        );
        let out = house.ask(post("/api/account/sign-out", json!({})).with("cookie", cookie)).await;
        assert_eq!(out.status, 204);
        assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
        let gone = house.ask(get("/api/account").with("cookie", cookie)).await;
        assert_eq!(gone.problem(), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn guesses_at_a_password_are_told_to_wait() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let guess =
            || post("/api/account/sign-in", json!({"email": "ada@example.com", "password": "x"}));
        for _ in 0..10 {
            assert_eq!(house.ask(guess()).await.problem(), "wrong-sign-in");
        }
        let stopped = house.ask(guess()).await;
        assert_eq!(
            (stopped.status.as_u16(), stopped.problem().as_str()),
            (429, "too-many-requests")
        );
        assert!(stopped.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_is_told_apart_by_a_trusted_proxy_and_by_nobodys_own_word() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut number = 0;
        let mut guess = async |peer: [u8; 4], said: &str| {
            number += 1;
            let wish = json!({"email": format!("nobody{number}@example.com"), "password": "x"});
            let ask = post("/api/account/sign-in", wish).with("x-forwarded-for", said);
            house.ask(Ask { peer, ..ask }).await.status.as_u16()
        };
        let (stranger, proxy) = ([198, 51, 100, 9], [127, 0, 0, 1]);
        for at in 0..30 {
            assert_eq!(guess(stranger, &format!("203.0.113.{at}")).await, 401);
            assert_eq!(guess(proxy, "203.0.113.200").await, 401);
            // Nobody knows who that is, so it is the proxy itself.
            assert_eq!(guess(proxy, "203.0.113.201, garbage").await, 401);
        }
        // What the stranger said of himself gave him no more tries, and took none from others.
        assert_eq!(guess(stranger, "203.0.113.99").await, 429);
        assert_eq!(guess(proxy, "203.0.113.99, 203.0.113.200").await, 429);
        assert_eq!(guess(proxy, "203.0.113.202, garbage").await, 429);
        assert_eq!(guess(proxy, "203.0.113.1").await, 401);
        assert_eq!(guess([192, 0, 2, 77], "203.0.113.200").await, 401);
    })
    .await;
}
