//! For those who run the shop, and what every answer carries.

use http::Method;
use serde_json::{Value, json};

use crate::database::for_each_database;
use crate::house::{Ask, House, Word, get, post};

#[tokio::test]
async fn the_house_says_whether_it_is_up_and_ready() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let up = house.ask(get("/healthz")).await;
        assert_eq!((up.status.as_u16(), up.body.as_slice()), (200, &b"ok"[..]));
        let ready = house.ask(get("/readyz")).await;
        assert_eq!((ready.status.as_u16(), &ready.json()["ready"]), (200, &json!(true)));
        house.readiness(Word::Broken);
        let broken = house.ask(get("/readyz")).await;
        assert_eq!(broken.status, 503);
        let fault = json!({"name": "database", "ok": false, "fault": "cannot be reached"});
        assert_eq!(broken.json()["parts"][0], fault);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_gets_an_answer_even_when_we_break_down() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        house.readiness(Word::Panic);
        let answer = house.ask(get("/readyz")).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (500, "internal"));
        assert!(!answer.json().to_string().contains("on purpose"));
        assert!(answer.header("x-request-id").is_some());
    })
    .await;
}

#[tokio::test]
async fn every_answer_keeps_browsers_from_being_used() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        for path in
            ["/healthz", "/api/ipstock", "/api/orders", "/nowhere", "/problems/out-of-stock"]
        {
            let answer = house.ask(get(path)).await;
            let policy = answer.header("content-security-policy").unwrap();
            assert!(
                policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
                "{path}"
            );
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
            assert!(answer.header("x-request-id").is_some(), "{path}");
        }
        let named = house.ask(get("/healthz").with("x-request-id", "from-a-proxy.1")).await;
        assert_eq!(named.header("x-request-id"), Some("from-a-proxy.1"));
        let forged = house.ask(get("/healthz").with("x-request-id", "a b\"c")).await;
        assert_ne!(forged.header("x-request-id"), Some("a b\"c"));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_says_so() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        assert_eq!(house.ask(get("/api/nothing")).await.problem(), "not-found");
        let wrong = house.ask(Ask { method: Method::DELETE, ..get("/api/ipstock") }).await;
        assert_eq!((wrong.status.as_u16(), wrong.problem().as_str()), (405, "method-not-allowed"));
        assert!(wrong.header("allow").unwrap().contains("GET"));
        let long = house.ask(get(&format!("/api/orders?after={}", "x".repeat(2_000)))).await;
        assert_eq!((long.status.as_u16(), long.problem().as_str()), (414, "address-too-long"));
    })
    .await;
}

#[tokio::test]
async fn a_problems_type_leads_to_its_page() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        for known in web::problem::ALL {
            let page = house.ask(get(&format!("/problems/{}", known.slug))).await;
            assert_eq!(page.status, 200, "{}", known.slug);
            assert!(page.header("content-type").unwrap().starts_with("text/html"));
            let text = String::from_utf8(page.body).unwrap();
            assert!(text.contains("<h2>What you can do</h2>"), "{}", known.slug);
        }
        assert_eq!(house.ask(get("/problems/no-such-thing")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn the_description_is_served_as_it_is() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let served = house.ask(get("/api/openapi.json")).await;
        assert_eq!(served.json(), house.description);
        let text = served.json().to_string();
        for name in ["IPStock", "createOrder", "x-sync-token", "bearer", "Problem"] {
            assert!(text.contains(name), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_recorded_only_with_its_signature() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let path = "/api/payment/simulated-webhook";
        let forged = house.ask(post(path, json!({"event": "e", "payment": "pay_x"}))).await;
        assert_eq!((forged.status.as_u16(), forged.problem().as_str()), (401, "unauthenticated"));
        let large = Ask { body: vec![b'x'; 1_100_000], ..post(path, json!({})) };
        assert_eq!(house.ask(large).await.problem(), "too-large");
    })
    .await;
}

/// Whether a field of this name is a moment.
fn is_moment(name: &str) -> bool {
    matches!(name, "at" | "since" | "deadline") || name.ends_with("At") || name.ends_with("Until")
}

/// Every moment below a value, with its name.
fn moments<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if is_moment(name) && !value.is_null() {
                    found.push((name, value));
                }
                moments(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| moments(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_moment_in_an_answer_is_rfc_3339_in_utc() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let id = order["orderId"].as_str().unwrap();
        let mut count = 0;
        for path in [
            &*format!("/api/orders/{id}"),
            &*format!("/api/admin/orders/{id}"),
            "/api/orders",
            "/api/account/keys",
            "/api/admin/alerts",
            "/api/admin/audit",
            "/api/admin/accounts",
        ] {
            let answer = house.ask(get(path).by(&house.sue)).await.json();
            let mut found = Vec::new();
            moments(&answer, &mut found);
            assert!(!found.is_empty(), "{path}");
            for (name, value) in &found {
                let text = value.as_str().unwrap_or_else(|| panic!("{path} {name}: {value}"));
                let read = domain::clock::Timestamp::parse(text);
                assert!(text.ends_with('Z') && read.is_some(), "{path} {name}: {text}");
            }
            count += found.len();
        }
        assert!(count > 30, "{count}");
    })
    .await;
}

#[tokio::test]
async fn the_description_says_which_fields_are_moments() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        assert!(house.description["info"]["description"].to_string().contains("RFC 3339 in UTC"));
        let mut count = 0;
        for (schema, told) in house.description["components"]["schemas"].as_object().unwrap() {
            for (name, field) in told["properties"].as_object().into_iter().flatten() {
                if is_moment(name) {
                    assert_eq!(field["format"], "date-time", "{schema}.{name}: {field}");
                    count += 1;
                } else {
                    assert_ne!(field["format"], "date-time", "{schema}.{name}");
                }
            }
        }
        assert!(count > 20, "{count}");
    })
    .await;
}
