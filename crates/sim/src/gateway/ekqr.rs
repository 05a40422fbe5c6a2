//! UPIGateway's counter: an order, and how it stands on the day it was made. Rupees alone, every
//! answer is HTTP 200, and its webhooks are signed by nobody.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::counter::{digits, json_body, minor, read, serve, text};
use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{News, Payment, Try, Wish, amount_instead};
use super::world::World;
use crate::clock::civil;
use crate::spoil::Honest;

pub(super) fn router(control: Control) -> Router {
    Router::new()
        .route("/api/create_order", post(create))
        .route("/api/check_order_status", post(check))
        .with_state(control)
}

fn no(why: &str) -> Honest {
    json_body(200, &json!({ "status": false, "msg": why }))
}

async fn create(State(control): State<Control>, body: Bytes) -> Response {
    let asked = read(&body);
    let id = text(&asked, "client_txn_id");
    serve(control, Op::Create, id, move |control, lie| open(control, &asked, lie)).await
}

fn open(control: &Control, asked: &Value, lie: &Lie) -> Honest {
    let wish = Wish {
        payment: text(asked, "client_txn_id"),
        amount_minor: minor(&text(asked, "amount")).unwrap_or_default(),
        currency: "INR".to_owned(),
        purpose: text(asked, "p_info"),
        buyer_name: text(asked, "customer_name"),
        buyer_email: text(asked, "customer_email"),
        return_url: text(asked, "redirect_url"),
        notify_url: control.settings().notify_url,
    };
    match lie.deed {
        Deed::Refuse => return no("Order is not wanted"),
        Deed::Nothing => return json_body(500, &json!({ "error": "Internal Server Error" })),
        _ if text(asked, "key") != control.config().merchant_key => return no("Invalid key"),
        _ if text(asked, "customer_mobile").is_empty() => return no("customer_mobile is required"),
        _ if wish.amount_minor <= 0 || wish.payment.is_empty() => return no("Invalid amount"),
        _ => {}
    }
    let now_ms = control.now_ms();
    let mut world = control.world();
    if world.by_payment(&wish.payment).is_some() {
        return no("client_txn_id already exists");
    }
    let payment = world.open(wish, now_ms);
    let data = json!({
        "order_id": number(&payment.order),
        "payment_url": format!("{}/pay/{}", control.public_url(), payment.order),
        "upi_id_hash": "0a1b2c",
    });
    json_body(200, &json!({ "status": true, "msg": "Order created", "data": data }))
}

/// Their ids are numbers.
fn number(digits: &str) -> Value {
    digits.parse::<u64>().map_or(Value::Null, Value::from)
}

/// `DD-MM-YYYY` in India.
fn day(at_ms: i64) -> String {
    let [year, month, day, ..] = civil(at_ms + 19_800_000);
    format!("{day:02}-{month:02}-{year:04}")
}

async fn check(State(control): State<Control>, body: Bytes) -> Response {
    let asked = read(&body);
    let id = text(&asked, "client_txn_id");
    serve(control, Op::Poll, id.clone(), move |control, lie| {
        let world = control.world();
        if text(&asked, "key") != control.config().merchant_key {
            return no("Invalid key");
        }
        let of_that_day =
            |payment: &&Payment| day(payment.created_at_ms) == text(&asked, "txn_date");
        match (world.by_payment(&id).filter(of_that_day), lie.deed) {
            (_, Deed::Refuse) => no("Please try again later"),
            (Some(payment), deed) if deed != Deed::Absent => standing(payment, lie),
            _ => no("Record not found"),
        }
    })
    .await
}

fn standing(payment: &Payment, lie: &Lie) -> Honest {
    let taken = payment.captures.last().filter(|_| lie.deed != Deed::Pending);
    let status = match (taken, lie.deed, payment.last_try) {
        (_, Deed::NoCaptures, _) | (Some(_), ..) => "success",
        (None, Deed::Pending, _) | (None, _, Try::Pending) => "scanning",
        (None, _, Try::Failed) => "failure",
        (None, _, Try::None) => "created",
    };
    let shown = taken.filter(|_| lie.deed != Deed::NoCaptures);
    let amount = shown.map_or(payment.wish.amount_minor, |capture| capture.amount_minor);
    let named = shown.map_or(&payment.wish.payment, |capture| &capture.payment);
    let data = json!({
        "id": number(&payment.order),
        "client_txn_id": named,
        "amount": digits(amount_instead(lie, amount)),
        "status": status,
        "upi_txn_id": shown.map(|capture| capture.id.clone()).unwrap_or_default(),
        "customer_vpa": "buyer@bank",
        "remark": "",
        "txnAt": day(payment.created_at_ms),
    });
    json_body(200, &json!({ "status": true, "msg": "Transaction found", "data": data }))
}

/// Where the buyer is sent back to, with the ids that they add.
pub(super) fn back_url(payment: &Payment) -> String {
    let Ok(mut back) = Url::parse(&payment.wish.return_url) else { return String::new() };
    back.query_pairs_mut()
        .append_pair("client_txn_id", &payment.wish.payment)
        .append_pair("txn_id", &payment.order);
    back.into()
}

/// News as a form, in UPIGateway's words.
pub(super) fn hook_body(world: &World, news: &News) -> String {
    let Some(payment) = world.by_order(&news.order) else { return String::new() };
    let rupees = format!("{}.{:02}", news.amount_minor / 100, news.amount_minor % 100);
    let status = if news.kind == "payment.captured" { "success" } else { "failure" };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("id", &payment.order)
        .append_pair("amount", &rupees)
        .append_pair("client_txn_id", &news.payment)
        .append_pair("customer_email", &payment.wish.buyer_email)
        .append_pair("customer_name", &payment.wish.buyer_name)
        .append_pair("customer_vpa", "buyer@bank")
        .append_pair("p_info", &payment.wish.purpose)
        .append_pair("status", status)
        .append_pair("upi_txn_id", news.capture.as_deref().unwrap_or_default())
        .append_pair("redirect_url", &payment.wish.return_url);
    form.finish()
}
