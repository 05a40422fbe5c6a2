//! Bad input to every route: never a failure of ours, always a sentence that says what to do.

use http::Method;
use serde_json::{Value, json};

use crate::house::{Answer, Ask, House, SOLD, get, patch, post};

/// An answer to nonsense: whatever it is, it is no failure, and a refusal is a whole problem.
fn is_decent(answer: &Answer, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {answer:?}");
    if answer.status.as_u16() >= 400 {
        answer.problem();
    }
}

fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let wide = format!("{{\"reason\": \"{}\"}}", "x".repeat(70_000));
    vec![
        ("nothing", vec![]),
        ("no JSON", b"hello".to_vec()),
        ("half an object", b"{\"orderId\": \"x\"".to_vec()),
        ("another kind", b"[1, 2, 3]".to_vec()),
        ("null", b"null".to_vec()),
        ("a text", b"\"text\"".to_vec()),
        ("no UTF-8", vec![b'{', b'"', 0xff, 0xfe, b'"', b':', b'1', b'}']),
        ("a raw NUL", b"{\"reason\": \"a\0b\"}".to_vec()),
        ("an escaped NUL", br#"{"reason": "a\u0000b", "kind": "wait"}"#.to_vec()),
        ("half a surrogate", br#"{"reason": "\ud800"}"#.to_vec()),
        ("a huge number", br#"{"amount": 1e999, "days": 99999999999999999999}"#.to_vec()),
        (
            "wrong types",
            br#"{"orderId": 5, "ipStockId": {}, "memory": [], "amount": "5"}"#.to_vec(),
        ),
        (
            "a key twice",
            br#"{"orderId": "a", "orderId": "b", "reason": "a", "reason": "b"}"#.to_vec(),
        ),
        ("very deep", deep.into_bytes()),
        ("too large", wide.into_bytes()),
    ]
}

#[tokio::test]
async fn garbage_to_every_route_is_refused_and_breaks_nothing() {
    let house = House::open().await;
    let ids = [
        "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "x",
        "%00",
        "%ff",
        "..%2f..",
        "ORD-AAAAAAAAAA",
        "%F0%9F%8C%8A",
    ];
    for route in house.declared.clone() {
        if route.method == Method::GET {
            continue;
        }
        for (what, body) in garbage() {
            for id in ids.iter().take(if route.path.contains("{id}") { ids.len() } else { 1 }) {
                let path = route.path.replace("{id}", id);
                let ask = Ask { method: route.method.clone(), ..post(&path, json!({})) };
                let answer = house.ask(Ask { body: body.clone(), ..ask }.by(&house.sue)).await;
                is_decent(&answer, &format!("{what} to {} {path}", route.method));
            }
        }
    }
}

#[tokio::test]
async fn garbage_in_addresses_is_refused_and_breaks_nothing() {
    let house = House::open().await;
    let queries = [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=99999999999999999999",
        "limit=",
        "limit=1.5",
        "after=",
        "after=x",
        "after=%00",
        "after=9223372036854775808.x",
        "after=1.2.3",
        "after=%ff",
        "after=prd_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "after=key_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "after=-9223372036854775808",
        "after=9223372036854775807.ord_x",
        "orderId=",
        "orderId=%00",
        "orderId=x",
        "subject=%00",
        "limit=1&limit=2",
        "&&&",
        "=",
        "%",
        "a%2",
    ];
    let ids = ["ord_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "%00", "%ff", "..%2f..", "' OR 1=1 --"];
    for route in house.declared.iter().filter(|route| route.method == Method::GET) {
        for query in queries {
            let path = route.path.replace("{id}", "x").replace("{slug}", "x");
            let answer = house.ask(get(&format!("{path}?{query}")).by(&house.sue)).await;
            is_decent(&answer, &format!("{path}?{query}"));
        }
        for id in ids.iter().filter(|_| route.path.contains('{')) {
            let path = route.path.replace("{id}", id).replace("{slug}", id).replace(' ', "%20");
            let answer = house.ask(get(&path).by(&house.sue)).await;
            assert_eq!(answer.problem(), "not-found", "{path}");
        }
    }
}

#[tokio::test]
async fn a_made_up_cursor_or_limit_is_malformed_on_every_list() {
    let house = House::open().await;
    for path in [
        "/api/orders",
        "/api/ipstock",
        "/api/account/keys",
        "/api/admin/products",
        "/api/admin/alerts",
        "/api/admin/audit",
        "/api/admin/needs-attention",
        "/api/admin/accounts",
    ] {
        for query in ["after=nonsense", "limit=0", "limit=x", "limit=-5"] {
            let answer = house.ask(get(&format!("{path}?{query}")).by(&house.sue)).await;
            assert_eq!(answer.problem(), "malformed", "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let house = House::stocked().await;
    let order = house.order(&house.ada).await;
    let id = order["orderId"].as_str().unwrap();
    let product = house.product(SOLD).await;
    let paid = format!("/api/admin/orders/{id}/mark-paid");
    let remedies = format!("/api/admin/orders/{id}/remedies");
    let catalogue = format!("/api/admin/products/{product}");
    let table: Vec<(Ask, u16, &str, &str)> = vec![
        (post("/api/createOrder", json!({"memory": "8GB"})), 400, "malformed", "ipStockId"),
        (
            post("/api/createOrder", json!({"ipStockId": "x", "memory": "8GB"})),
            404,
            "not-found",
            "product x",
        ),
        (
            post("/api/createOrder", json!({"ipStockId": product, "memory": "lots"})),
            422,
            "invalid-memory",
            "8GB",
        ),
        (
            post("/api/createOrder", json!({"ipStockId": product, "memory": "8GB", "os": "beos"})),
            422,
            "invalid-os",
            "ubuntu",
        ),
        (
            post(
                "/api/createOrder",
                json!({"ipStockId": product, "memory": "8GB", "paymentMethod": "gold"}),
            ),
            422,
            "unknown-gateway",
            "gold",
        ),
        (post("/api/confirmOrder", json!({})), 400, "malformed", "orderId"),
        (
            post(&paid, json!({"amount": 99900.5, "currency": "INR", "reference": "r"})),
            400,
            "malformed",
            "amount",
        ),
        (
            post(&paid, json!({"amount": i64::MAX, "currency": "INR", "reference": "r"})),
            422,
            "invalid-amount",
            "whole",
        ),
        (
            post(&paid, json!({"amount": -5, "currency": "INR", "reference": "r"})),
            422,
            "invalid-amount",
            "above zero",
        ),
        (
            post(&paid, json!({"amount": 1, "currency": "INR", "reference": "r"})),
            422,
            "too-little",
            "999",
        ),
        (
            post(&paid, json!({"amount": 99900, "currency": "inr", "reference": "r"})),
            422,
            "wrong-currency",
            "INR",
        ),
        (
            post(&paid, json!({"amount": 99900, "currency": "USD", "reference": "r"})),
            422,
            "wrong-currency",
            "INR",
        ),
        (
            post(&paid, json!({"amount": 99900, "currency": "INR", "reference": " "})),
            422,
            "invalid-reference",
            "reference",
        ),
        (
            post(&paid, json!({"amount": 99900, "currency": "INR", "reference": "r", "note": 1})),
            400,
            "malformed",
            "note",
        ),
        (post(&remedies, json!({"kind": "burn", "reason": "r"})), 422, "invalid-kind", "refund"),
        (post(&remedies, json!({"kind": "wait"})), 400, "malformed", "reason"),
        (post(&remedies, json!({"kind": "wait", "reason": " "})), 422, "invalid-reason", "reason"),
        (
            post(&remedies, json!({"kind": "wait", "reason": "r", "amount": 5})),
            422,
            "invalid-amount",
            "no amount",
        ),
        (
            post(
                "/api/admin/remedies",
                json!({"kind": "refund", "orders": [id], "days": 7, "reason": "r"}),
            ),
            400,
            "malformed",
            "extend",
        ),
        (
            post(
                "/api/admin/remedies",
                json!({"kind": "extend", "orders": [], "days": 7, "reason": "r"}),
            ),
            400,
            "malformed",
            "orders",
        ),
        (
            post(
                "/api/admin/quarantine",
                json!({"provider": "smartvps", "address": "1.2.3", "reason": "r"}),
            ),
            422,
            "invalid-address",
            "1.2.3",
        ),
        (
            post(
                "/api/admin/quarantine",
                json!({"provider": "other", "address": "1.2.3.4", "reason": "r"}),
            ),
            404,
            "not-found",
            "other",
        ),
        (post("/api/admin/providers/other/pause", json!({})), 404, "not-found", "other"),
        (post("/api/admin/purchasing/resume", json!({})), 400, "malformed", "reason"),
        (patch(&catalogue, json!({"pid": "no such"})), 422, "invalid-product", "pid"),
        (patch(&catalogue, json!({"cidrs": ["300.1.1.1/24"]})), 422, "invalid-product", "cidrs"),
        (
            patch(&catalogue, json!({"prices": {"8GB": {"amount": 5.5, "currency": "INR"}}})),
            400,
            "malformed",
            "prices.8GB",
        ),
        (
            patch(&catalogue, json!({"prices": {"lots": {"amount": 5, "currency": "INR"}}})),
            422,
            "invalid-product",
            "8GB",
        ),
        (patch(&catalogue, json!({"price": 5})), 400, "malformed", "price"),
        (
            post(
                "/api/account/sign-up",
                json!({"email": "x", "password": "a long enough password"}),
            ),
            422,
            "invalid-email",
            "@",
        ),
        (
            post("/api/account/sign-up", json!({"email": "x@example.com", "password": "short"})),
            422,
            "unacceptable-password",
            "password",
        ),
        (
            post("/api/account/keys", json!({"scopes": ["everything"]})),
            422,
            "unknown-scope",
            "orders:read",
        ),
        (
            post(
                "/api/admin/accounts",
                json!({"email": "x@example.com", "role": "king", "password": "a long enough password"}),
            ),
            422,
            "unknown-role",
            "support",
        ),
        (get("/api/dev/check-order-ipstock"), 400, "malformed", "orderId"),
        (get("/api/dev/check-order-ipstock?orderId=x"), 404, "not-found", "order x"),
    ];
    for (ask, status, slug, says) in table {
        let answer = house.ask(ask.clone().by(&house.sue)).await;
        let what = format!("{ask:?}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, slug), "{what}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(says), "{what}");
    }
}

#[tokio::test]
async fn unknown_keys_are_ignored_where_old_scripts_send_them() {
    let house = House::stocked().await;
    let wish = json!({
        "ipStockId": house.product(SOLD).await, "memory": "8GB", "price": 1, "promoCode": "FREE",
        "productName": "another", "amount": 1,
    });
    let order = house.ask(post("/api/createOrder", wish).by(&house.ada)).await;
    assert_eq!((order.status.as_u16(), &order.json()["amount"]), (201, &json!(99_900)));
    let id = order.json()["orderId"].clone();
    let confirm = json!({"orderId": id, "order_id": "x", "razorpay_signature": "y"});
    let confirmed = house.ask(post("/api/confirmOrder", confirm).by(&house.ada)).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.json()["status"]), (200, &json!("pending")));
}

#[tokio::test]
async fn a_body_that_is_no_json_by_its_own_word_is_refused() {
    let house = House::open().await;
    let form = Ask { body: b"a=b".to_vec(), ..post("/api/confirmOrder", Value::Null) };
    for kind in
        ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
    {
        let mut ask = form.clone().by(&house.ada);
        ask.headers[0].1 = kind.to_owned();
        let answer = house.ask(ask).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (415, "unsupported-media-type")
        );
    }
    let packed =
        post("/api/confirmOrder", json!({})).with("content-encoding", "gzip").by(&house.ada);
    assert_eq!(house.ask(packed).await.problem(), "unsupported-media-type");
}
