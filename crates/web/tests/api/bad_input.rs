//! Bad input to every route: never a failure of ours, always a sentence that says what to do.

use http::Method;
use serde_json::{Value, json};

use crate::database::for_each_database;
use crate::house::{Answer, Ask, House, SOLD, get, patch, post};

/// An answer to nonsense: whatever it is, it is no failure, and a refusal is a whole problem.
fn is_decent(answer: &Answer, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {answer:?}");
    if answer.status.as_u16() >= 400 && !answer.is_page() {
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
    for_each_database(async |test| {
        let house = House::open(test).await;
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
    })
    .await;
}

#[tokio::test]
async fn garbage_in_addresses_is_refused_and_breaks_nothing() {
    for_each_database(async |test| {
        let house = House::open(test).await;
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
                assert_eq!(answer.status, 404, "{path}");
                is_decent(&answer, &path);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_made_up_cursor_or_limit_is_malformed_on_every_list() {
    for_each_database(async |test| {
        let house = House::open(test).await;
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
    })
    .await;
}

/// Sends each body to a path; what is expected is its state, its kind, and a word of its sentence.
async fn are_refused(house: &House, path: &str, table: &[(Value, &str)]) {
    for (body, expected) in table {
        let ask = if path.starts_with("/api/admin/products/") { patch } else { post };
        let answer = house.ask(ask(path, body.clone()).by(&house.sue)).await;
        let (status, slug) = (answer.status.as_u16(), answer.problem());
        let said = answer.json()["detail"].as_str().unwrap().to_owned();
        let mut parts = expected.splitn(3, ' ');
        let what = format!("{path} {body}: {status} {slug} {said}");
        assert_eq!(parts.next(), Some(status.to_string().as_str()), "{what}");
        assert_eq!(parts.next(), Some(slug.as_str()), "{what}");
        assert!(said.contains(parts.next().unwrap()), "{what}");
    }
}

#[tokio::test]
async fn a_wish_for_a_server_is_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let product = house.product(SOLD).await;
        let with = |name: &str, value: &str| {
            let mut wish = json!({"ipStockId": product, "memory": "8GB"});
            wish[name] = json!(value);
            wish
        };
        let table = [
            (json!({"memory": "8GB"}), "400 malformed ipStockId"),
            (with("ipStockId", "x"), "404 not-found product x"),
            (with("memory", "lots"), "422 invalid-memory 8GB"),
            (with("memory", "5GB"), "422 memory-not-offered 16GB"),
            (with("os", "beos"), "422 invalid-os ubuntu"),
            (with("paymentMethod", "gold"), "422 unknown-gateway gold"),
        ];
        are_refused(&house, "/api/createOrder", &table).await;
        are_refused(&house, "/api/confirmOrder", &[(json!({}), "400 malformed orderId")]).await;
        for (query, slug) in
            [("", "malformed"), ("?orderId=x", "not-found"), ("?orderId=", "not-found")]
        {
            let path = format!("/api/dev/check-order-ipstock{query}");
            assert_eq!(house.ask(get(&path).by(&house.sue)).await.problem(), slug, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        let path = format!("/api/admin/orders/{}/mark-paid", order["orderId"].as_str().unwrap());
        let with = |name: &str, value: Value| {
            let mut receipt = json!({"amount": 99_900, "currency": "INR", "reference": "utr"});
            receipt[name] = value;
            receipt
        };
        let table = [
            (with("amount", json!(99_900.5)), "400 malformed amount"),
            (with("amount", json!("99900")), "400 malformed amount"),
            (with("amount", json!(i64::MAX)), "422 invalid-amount whole"),
            (with("amount", json!(-5)), "422 invalid-amount above zero"),
            (with("amount", json!(1)), "422 too-little 999"),
            (with("currency", json!("inr")), "422 wrong-currency INR"),
            (with("currency", json!("USD")), "422 wrong-currency INR"),
            (with("reference", json!(" ")), "422 invalid-reference reference"),
            (with("reference", json!("r".repeat(200))), "422 invalid-reference reference"),
            (with("note", json!(1)), "400 malformed note"),
        ];
        are_refused(&house, &path, &table).await;
    })
    .await;
}

#[tokio::test]
async fn what_staff_send_is_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await["orderId"].clone();
        let path = format!("/api/admin/orders/{}/remedies", order.as_str().unwrap());
        let table = [
            (json!({"kind": "burn", "reason": "r"}), "422 invalid-kind refund"),
            (json!({"kind": "wait"}), "400 malformed reason"),
            (json!({"kind": "wait", "reason": " "}), "422 invalid-reason reason"),
            (json!({"kind": "wait", "reason": "r", "amount": 5}), "422 invalid-amount no amount"),
            (json!({"kind": "wait", "reason": "r", "colour": 5}), "400 malformed colour"),
        ];
        are_refused(&house, &path, &table).await;
        let bulk = |kind: &str, orders: Value| {
            let mut wish = json!({"days": 7, "reason": "r"});
            (wish["kind"], wish["orders"]) = (json!(kind), orders);
            wish
        };
        let table = [
            (bulk("accept", json!([order])), "400 malformed extend"),
            (bulk("extend", json!([])), "400 malformed orders"),
            (bulk("extend", json!([order, "x"])), "428 needs-version Idempotency-Key"),
        ];
        are_refused(&house, "/api/admin/remedies", &table).await;
        let stray = |provider: &str, address: &str| {
            let mut wish = json!({"reason": "r"});
            (wish["provider"], wish["address"]) = (json!(provider), json!(address));
            wish
        };
        let table = [
            (stray("smartvps", "1.2.3"), "422 invalid-address 1.2.3"),
            (stray("other", "1.2.3.4"), "404 not-found other"),
        ];
        are_refused(&house, "/api/admin/quarantine", &table).await;
        let path = "/api/admin/providers/other/pause";
        are_refused(&house, path, &[(json!({}), "404 not-found other")]).await;
        let path = "/api/admin/purchasing/resume";
        are_refused(&house, path, &[(json!({}), "400 malformed reason")]).await;
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_product_is_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let path = format!("/api/admin/products/{}", house.product(SOLD).await);
        let price = |memory: &str, amount: Value| {
            let price = json!({"amount": amount, "currency": "INR"});
            json!({"prices": {memory: price}})
        };
        let table = [
            (json!({"pid": "no such"}), "422 invalid-product pid"),
            (json!({"cidrs": ["300.1.1.1/24"]}), "422 invalid-product cidrs"),
            (price("8GB", json!(5.5)), "400 malformed prices.8GB"),
            (price("lots", json!(5)), "422 invalid-product 8GB"),
            (price("8GB", json!(0)), "422 invalid-product 8GB"),
            (
                json!({"prices": {"8GB": {"amount": 5, "currency": "gold"}}}),
                "422 wrong-currency gold",
            ),
            (json!({"price": 5}), "400 malformed price"),
            (json!({"displayName": "a\nb"}), "422 invalid-text displayName"),
        ];
        are_refused(&house, &path, &table).await;
    })
    .await;
}

#[tokio::test]
async fn an_account_is_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let long = "a long enough password";
        let table = [
            (json!({"email": "x", "password": long}), "422 invalid-email @"),
            (
                json!({"email": "x@example.com", "password": "short"}),
                "422 unacceptable-password password",
            ),
            (
                json!({"email": "x@example.com", "password": long, "role": "admin"}),
                "400 malformed role",
            ),
        ];
        are_refused(&house, "/api/account/sign-up", &table).await;
        let table = [(json!({"scopes": ["everything"]}), "422 unknown-scope orders:read")];
        are_refused(&house, "/api/account/keys", &table).await;
        let king = json!({"email": "x@example.com", "role": "king", "password": long});
        are_refused(&house, "/api/admin/accounts", &[(king, "422 unknown-role support")]).await;
    })
    .await;
}

#[tokio::test]
async fn unknown_keys_are_ignored_where_old_scripts_send_them() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = json!({
            "ipStockId": house.product(SOLD).await, "memory": "8GB", "price": 1, "discount": 99_900,
            "productName": "another", "amount": 1,
        });
        let order = house.ask(post("/api/createOrder", wish).by(&house.ada)).await;
        assert_eq!((order.status.as_u16(), &order.json()["amount"]), (201, &json!(99_900)));
        let id = order.json()["orderId"].clone();
        let confirm = json!({"orderId": id, "order_id": "x", "razorpay_signature": "y"});
        let confirmed = house.ask(post("/api/confirmOrder", confirm).by(&house.ada)).await;
        assert_eq!(
            (confirmed.status.as_u16(), &confirmed.json()["status"]),
            (200, &json!("pending"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_no_json_by_its_own_word_is_refused() {
    for_each_database(async |test| {
        let house = House::open(test).await;
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
    })
    .await;
}
