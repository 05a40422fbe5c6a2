//! The gateway as a merchant and a buyer see it: over real connections.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::ask::{Call, Reply, ask};
use crate::serve::{self, Doorman};

/// A merchant with a gateway, and an ear for its webhooks.
struct Merchant {
    gateway: Gateway,
    notify_url: String,
    heard: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
    ear: Doorman,
}

impl Drop for Merchant {
    fn drop(&mut self) {
        self.ear.shut();
    }
}

type Ear = mpsc::UnboundedSender<(HeaderMap, Bytes)>;

async fn hear(State(ear): State<Ear>, headers: HeaderMap, body: Bytes) -> StatusCode {
    ear.send((headers, body)).unwrap();
    StatusCode::NO_CONTENT
}

impl Merchant {
    async fn new() -> Merchant {
        let settings = Settings { hook_pause_ms: 0, late_ms: 0, ..Settings::default() };
        let gateway = Gateway::start(Config { settings, ..Config::default() }).await.unwrap();
        let (ear, heard) = mpsc::unbounded_channel();
        let doorman = Doorman::new();
        let router = Router::new().route("/hook", post(hear)).with_state(ear);
        let address = serve::open(0, router, &doorman).await.unwrap();
        let notify_url = format!("http://{address}/hook");
        Merchant { gateway, notify_url, heard, ear: doorman }
    }

    fn wish(&self, payment: &str) -> Value {
        json!({
            "payment": payment, "amountMinor": 69_900, "currency": "INR", "purpose": "One <server>",
            "buyerName": "Ada", "buyerEmail": "ada@example.org",
            "returnUrl": "http://shop.test/back?client_txn_id=1", "notifyUrl": self.notify_url,
        })
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Result<Reply, String> {
        let headers = vec![
            ("x-merchant-key", "simulated-merchant".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let url = format!("{}{path}", self.gateway.url());
        ask(Call { method, url, headers, body: body.into_bytes() }).await
    }

    async fn create(&self, wish: Value) -> Result<Reply, String> {
        self.send(Method::POST, "/v1/payments", wish.to_string()).await
    }

    /// Opens a payment and returns the gateway's order id.
    async fn open(&self, payment: &str) -> String {
        let reply = self.create(self.wish(payment)).await.unwrap();
        assert_eq!(reply.status(), StatusCode::CREATED);
        json_of(&reply)["order"].as_str().unwrap().to_owned()
    }

    async fn poll(&self, payment: &str) -> Value {
        let path = format!("/v1/payments/{payment}");
        json_of(&self.send(Method::GET, &path, String::new()).await.unwrap())
    }

    async fn press(&self, order: &str, button: &str) -> Reply {
        let body = format!("do={button}");
        self.send(Method::POST, &format!("/pay/{order}"), body).await.unwrap()
    }

    async fn hears(&mut self) -> (HeaderMap, Value) {
        let (headers, body) = self.heard.recv().await.unwrap();
        (headers, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(reply.body()).unwrap()
}

fn text_of(reply: &Reply) -> String {
    String::from_utf8_lossy(reply.body()).into_owned()
}

#[tokio::test]
async fn a_payment_is_opened_paid_told_and_found_by_either_id() {
    let mut merchant = Merchant::new().await;
    let order = merchant.open("pay_1").await;
    assert_eq!(merchant.poll("pay_1").await["status"], "open");

    let back = merchant.press(&order, "pay").await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    assert_eq!(back.headers()["location"], "http://shop.test/back?client_txn_id=1");

    let (headers, news) = merchant.hears().await;
    assert_eq!((&news["payment"], &news["type"]), (&json!("pay_1"), &json!("payment.captured")));
    assert!(headers.contains_key(super::tongue::SIGNATURE));
    let path = format!("/v1/orders/{order}");
    let by_order = json_of(&merchant.send(Method::GET, &path, String::new()).await.unwrap());
    assert_eq!(by_order, merchant.poll("pay_1").await);
    assert_eq!(by_order["status"], "paid");
    assert_eq!(by_order["captures"][0]["amountMinor"], 69_900);
    assert_eq!(merchant.gateway.captures()[0].payment, "pay_1");
}

#[tokio::test]
async fn the_signature_is_over_the_raw_bytes() {
    let mut merchant = Merchant::new().await;
    merchant.open("pay_1").await;
    merchant.gateway.pay("pay_1", How::Pay);
    let (headers, body) = merchant.heard.recv().await.unwrap();
    let timestamp = headers[super::tongue::TIMESTAMP].to_str().unwrap();
    let signed = sign("simulated-webhook-secret", timestamp, &body);
    assert_eq!(headers[super::tongue::SIGNATURE], signed);
}

#[tokio::test]
async fn the_same_id_finds_the_same_order_and_another_amount_is_refused() {
    let merchant = Merchant::new().await;
    let order = merchant.open("pay_1").await;
    let again = merchant.create(merchant.wish("pay_1")).await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(json_of(&again)["order"], order.as_str());

    let mut other = merchant.wish("pay_1");
    other["amountMinor"] = json!(1);
    let refused = merchant.create(other).await.unwrap();
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(json_of(&refused)["created"], true);
    assert_eq!(merchant.gateway.payments().len(), 1);
}

#[tokio::test]
async fn bad_wishes_and_unknown_merchants_create_nothing() {
    let merchant = Merchant::new().await;
    for (field, value) in [
        ("payment", json!("")),
        ("payment", json!("a b")),
        ("amountMinor", json!(0)),
        ("amountMinor", json!(6.99)),
        ("currency", json!("inr")),
        ("notifyUrl", json!("javascript:alert(1)")),
        ("surprise", json!(true)),
    ] {
        let mut wish = merchant.wish("pay_1");
        wish[field] = value;
        let refused = merchant.create(wish).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(json_of(&refused)["created"], false, "{field}");
    }
    let url = format!("{}/v1/payments", merchant.gateway.url());
    let body = merchant.wish("pay_1").to_string().into_bytes();
    let unknown = ask(Call { method: Method::POST, url, headers: vec![], body }).await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED);
    assert!(merchant.gateway.payments().is_empty());
}

#[tokio::test]
async fn a_payment_can_exist_though_the_answer_was_lost_and_not_exist_after_a_refusal() {
    let merchant = Merchant::new().await;
    merchant.gateway.next(Op::Create, Lie::answering(Answer::Lost));
    assert!(merchant.create(merchant.wish("pay_1")).await.is_err());
    assert_eq!(merchant.poll("pay_1").await["status"], "open");

    merchant.gateway.next(Op::Create, Lie::named("create-refused").unwrap());
    let refused = merchant.create(merchant.wish("pay_2")).await.unwrap();
    assert_eq!(json_of(&refused)["created"], false);
    assert_eq!(merchant.poll("pay_2").await["error"]["code"], "unknown-payment");
}

#[tokio::test]
async fn every_button_of_the_page_does_what_it_says() {
    for (button, status, captures, kinds, returns) in [
        ("pay", "paid", 1, vec!["payment.captured"], true),
        ("fail", "failed", 0, vec!["payment.failed"], true),
        ("pending", "pending", 0, vec![], true),
        ("pay-silently", "paid", 1, vec![], true),
        ("pay-twice", "paid", 2, vec!["payment.captured", "payment.captured"], true),
        ("pay-late", "paid", 1, vec!["payment.captured"], true),
        ("fail-then-pay", "paid", 1, vec!["payment.failed", "payment.captured"], true),
        ("pay-and-close", "paid", 1, vec!["payment.captured"], false),
        ("close", "open", 0, vec![], false),
    ] {
        let mut merchant = Merchant::new().await;
        let order = merchant.open("pay_1").await;
        let back = merchant.press(&order, button).await;
        assert_eq!(back.status().is_redirection(), returns, "{button}");
        for kind in kinds {
            assert_eq!(merchant.hears().await.1["type"], kind, "{button}");
        }
        merchant.gateway.wait_until(|counts| counts.captures >= captures).await;
        let poll = merchant.poll("pay_1").await;
        assert_eq!(poll["status"], status, "{button}");
        assert_eq!(poll["captures"].as_array().unwrap().len() as u64, captures, "{button}");
        assert!(merchant.heard.try_recv().is_err(), "{button} told more than it should");
    }
}

#[tokio::test]
async fn the_page_says_that_it_is_a_simulator_and_lets_nobody_write_into_it() {
    let merchant = Merchant::new().await;
    let order = merchant.open("pay_1").await;
    let page = merchant.send(Method::GET, &format!("/pay/{order}"), String::new()).await.unwrap();
    let page = text_of(&page);
    assert!(page.contains("This is a simulator. No money moves here."));
    assert!(page.contains("699.00 INR") && page.contains("One &lt;server&gt;"));
    assert!(!page.contains("{{"));
    let nobody = merchant.send(Method::GET, "/pay/gwo_none", String::new()).await.unwrap();
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn money_can_come_after_the_session_has_expired() {
    let merchant = Merchant::new().await;
    let order = merchant.open("pay_1").await;
    merchant.gateway.advance(31 * 60_000);
    assert_eq!(merchant.poll("pay_1").await["status"], "expired");
    assert!(merchant.gateway.pay(&order, How::Pay));
    assert_eq!(merchant.poll("pay_1").await["status"], "paid");
}

#[tokio::test]
async fn money_can_be_of_a_wrong_amount_currency_or_payment() {
    let merchant = Merchant::new().await;
    for (name, key, honest) in [
        ("half-the-money", "amountMinor", json!(69_900)),
        ("other-currency", "currency", json!("INR")),
        ("other-payment", "payment", json!("pay_other-payment")),
    ] {
        let payment = format!("pay_{name}");
        merchant.open(&payment).await;
        merchant.gateway.next(Op::Pay, Lie::named(name).unwrap());
        merchant.gateway.pay(&payment, How::PaySilently);
        assert_ne!(merchant.poll(&payment).await["captures"][0][key], honest, "{name}");
    }
}

#[tokio::test]
async fn webhooks_come_twice_forged_out_of_order_or_about_another_payment() {
    let mut merchant = Merchant::new().await;
    merchant.open("pay_0").await;
    merchant.open("pay_1").await;
    let lies = ["hook-twice", "hook-forged", "hook-out-of-order", "hook-other-payment"];
    for name in lies {
        merchant.gateway.next(Op::Hook, Lie::named(name).unwrap());
        merchant.gateway.pay("pay_1", How::Pay);
    }
    merchant.gateway.wait_for_hooks(4).await;
    let hooks = merchant.gateway.record().hooks;
    let of = |name: &str| -> Vec<Value> {
        let lie = Lie::named(name);
        let told = hooks.iter().filter(|sent| sent.lie == lie);
        told.map(|sent| serde_json::from_str(&sent.body).unwrap()).collect()
    };
    assert_eq!(of("hook-twice").len(), 2);
    assert_eq!(of("hook-twice")[0], of("hook-twice")[1]);
    assert_eq!(of("hook-other-payment")[0]["payment"], "pay_0");
    assert!(hooks.iter().any(|sent| sent.lie.is_none() && sent.body.contains("payment.failed")));
    let mut genuine = 0;
    while let Ok((headers, body)) = merchant.heard.try_recv() {
        let timestamp = headers[super::tongue::TIMESTAMP].to_str().unwrap();
        let signed = sign("simulated-webhook-secret", timestamp, &body);
        genuine += usize::from(headers[super::tongue::SIGNATURE] == signed);
    }
    assert_eq!(genuine, 5, "of six webhooks one is forged");
}

#[tokio::test]
async fn a_webhook_can_be_held_swallowed_and_replayed() {
    let mut merchant = Merchant::new().await;
    merchant.open("pay_1").await;
    merchant.gateway.hold(Op::Hook, Point::Before, Some(1));
    merchant.gateway.pay("pay_1", How::Pay);
    merchant.gateway.wait_for_held(1).await;
    assert!(merchant.heard.try_recv().is_err());
    merchant.gateway.release();
    let (_, news) = merchant.hears().await;
    merchant.gateway.wait_for_hooks(1).await;
    merchant.gateway.replay("pay_1");
    assert_eq!(merchant.hears().await.1, news);
    merchant.gateway.wait_for_hooks(2).await;

    merchant.gateway.next(Op::Hook, Lie::named("hook-never").unwrap());
    merchant.gateway.hook("pay_1", None);
    merchant.gateway.wait_for_hooks(3).await;
    assert!(merchant.heard.try_recv().is_err());
}

#[tokio::test]
async fn a_webhook_that_nobody_hears_is_sent_three_times() {
    let merchant = Merchant::new().await;
    let mut wish = merchant.wish("pay_1");
    wish["notifyUrl"] = json!(format!("{}/nobody", merchant.gateway.url()));
    merchant.create(wish).await.unwrap();
    merchant.gateway.pay("pay_1", How::Pay);
    merchant.gateway.wait_for_hooks(1).await;
    let statuses: Vec<_> = merchant.gateway.record().hooks.iter().map(|sent| sent.status).collect();
    assert_eq!(statuses, [Some(404), Some(404), Some(404)]);
}

#[tokio::test]
async fn the_gateway_is_commanded_over_http_too() {
    let mut merchant = Merchant::new().await;
    merchant.open("pay_1").await;
    let office = merchant.gateway.control_url();
    let command = async |path: &str, body: Value| {
        let url = format!("{office}/control/{path}");
        let body = body.to_string().into_bytes();
        json_of(&ask(Call { method: Method::POST, url, headers: vec![], body }).await.unwrap())
    };
    assert_eq!(command("lie", json!({ "lie": "hook-twice" })).await["ok"], true);
    assert_eq!(command("pay", json!({ "payment": "pay_1", "how": "pay" })).await["ok"], true);
    assert!(command("pay", json!({ "payment": "pay_9" })).await["error"].is_string());
    assert!(command("lie", json!({ "lie": "no-such-lie" })).await["error"].is_string());
    assert_eq!(command("door", json!({ "to": "refuse" })).await["ok"], true);
    let (_, first) = merchant.hears().await;
    assert_eq!(merchant.hears().await.1, first);
    assert!(merchant.send(Method::GET, "/v1/payments/pay_1", String::new()).await.is_err());
}
