//! Razorpay's counter: orders, their payments, captures, refunds, and the checkout page that a
//! buyer's browser posts to. An order has no end and may be tried any number of times.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::counter::{guarded, json_body, read, serve, text};
use super::handle::Control;
use super::hook::mac;
use super::lie::{Deed, Lie, Op};
use super::money::{Back, Capture, Giving, How, News, NotBack, Payment, Refund, Try, Wish};
use super::world::World;
use crate::command::escaped;
use crate::spoil::{Honest, whole};

pub(super) fn router(control: Control) -> Router {
    let routes = Router::new()
        .route("/v1/orders", post(create).get(list))
        .route("/v1/orders/{id}", get(order))
        .route("/v1/orders/{id}/payments", get(payments))
        .route("/v1/payments/{id}/capture", post(take))
        .route("/v1/payments/{id}/refund", post(refund))
        .route("/v1/payments/{id}/refunds", get(refunds));
    // The checkout page is the buyer's.
    let open = Router::new().route("/v1/checkout/embedded", post(checkout));
    guarded(routes, control.clone(), stranger).merge(open.with_state(control))
}

fn stranger(control: &Control, headers: &HeaderMap) -> Option<Honest> {
    let config = control.config();
    let pair = format!("{}:{}", config.merchant_id, config.merchant_key);
    let right = format!("Basic {}", STANDARD.encode(pair));
    let known = headers.get("authorization").is_some_and(|given| *given == right);
    (!known).then(|| error(401, "Authentication failed"))
}

fn error(status: u16, description: &str) -> Honest {
    let code = if status >= 500 { "SERVER_ERROR" } else { "BAD_REQUEST_ERROR" };
    let words = json!({
        "code": code, "description": description, "source": "business",
        "step": "payment_initiation", "reason": "input_validation_failed", "metadata": {},
    });
    json_body(status, &json!({ "error": words }))
}

async fn create(State(control): State<Control>, body: Bytes) -> Response {
    let asked = read(&body);
    let id = text(&asked, "receipt");
    serve(control, Op::Create, id, move |control, lie| open(control, &asked, lie)).await
}

/// Opens an order, another one for each time it is asked.
fn open(control: &Control, asked: &Value, lie: &Lie) -> Honest {
    let wish = Wish {
        payment: text(asked, "receipt"),
        amount_minor: asked["amount"].as_i64().unwrap_or_default(),
        currency: text(asked, "currency"),
        purpose: "Razorpay order".to_owned(),
        buyer_name: String::new(),
        buyer_email: String::new(),
        return_url: "http://127.0.0.1:9/".to_owned(),
        notify_url: control.settings().notify_url,
    };
    let notes = asked["notes"].as_object().into_iter().flatten();
    let printable = notes.flat_map(|(_, note)| note.as_str()).all(|n| n.is_ascii());
    match lie.deed {
        Deed::Refuse => return error(400, "The order is not wanted."),
        Deed::Nothing => return error(500, "We are facing some trouble."),
        _ if !printable => return error(400, "The notes hold what cannot be printed."),
        _ if wish.payment.len() > 40 => return error(400, "The receipt is too long."),
        _ if wish.amount_minor < 100 => return error(400, "The amount is too small."),
        _ => {}
    }
    let now_ms = control.now_ms();
    let mut world = control.world();
    json_body(200, &order_body(world.open(wish, now_ms)))
}

fn order_body(payment: &Payment) -> Value {
    let paid: i64 = payment.captures.iter().map(|capture| capture.amount_minor).sum();
    let attempts = payment.captures.len() + payment.failures.len() + payment.held.len();
    let status = match (payment.captures.is_empty(), attempts, payment.last_try) {
        (false, ..) => "paid",
        (true, 0, Try::None) => "created",
        _ => "attempted",
    };
    json!({
        "id": payment.order,
        "entity": "order",
        "amount": payment.wish.amount_minor,
        "amount_paid": paid,
        "amount_due": payment.wish.amount_minor.saturating_sub(paid).max(0),
        "currency": payment.wish.currency,
        "receipt": payment.wish.payment,
        "offer_id": null,
        "status": status,
        "attempts": attempts,
        "notes": { "client_txn_id": payment.wish.payment },
        "created_at": payment.created_at_ms / 1_000,
    })
}

#[derive(Deserialize)]
struct Listing {
    receipt: Option<String>,
}

async fn list(
    State(control): State<Control>,
    Query(Listing { receipt }): Query<Listing>,
) -> Response {
    let receipt = receipt.unwrap_or_default();
    serve(control, Op::Poll, receipt.clone(), move |control, lie| {
        let world = control.world();
        let ours = world.payments.iter().filter(|payment| payment.wish.payment == receipt);
        let found: Vec<Value> = match lie.deed {
            Deed::Refuse => return error(503, "Ask again later."),
            Deed::Absent => vec![],
            _ => ours.map(|payment| told_order(payment, lie)).collect(),
        };
        json_body(200, &collection(found))
    })
    .await
}

fn told_order(payment: &Payment, lie: &Lie) -> Value {
    let mut body = order_body(payment);
    match lie.deed {
        Deed::NoCaptures => body["status"] = json!("paid"),
        Deed::Pending => body["status"] = json!("attempted"),
        _ => {}
    }
    body
}

fn collection(items: Vec<Value>) -> Value {
    json!({ "entity": "collection", "count": items.len(), "items": items })
}

async fn order(State(control): State<Control>, Path(id): Path<String>) -> Response {
    serve(control, Op::Poll, id.clone(), move |control, lie| {
        let world = control.world();
        match (world.by_order(&id), lie.deed) {
            (_, Deed::Refuse) => error(503, "Ask again later."),
            (Some(payment), deed) if deed != Deed::Absent => {
                json_body(200, &told_order(payment, lie))
            }
            _ => error(400, "The id provided does not exist"),
        }
    })
    .await
}

/// The second half of a poll: it lies as the first half did.
async fn payments(State(control): State<Control>, Path(id): Path<String>) -> Response {
    let world = control.world();
    let Some(payment) = world.by_order(&id) else {
        return error(400, "The id provided does not exist").into_response();
    };
    let failed = payment.failed_tries().map(|row| {
        let mut row = payment_row(&world, payment, &row, "failed");
        row["error_code"] = json!("BAD_REQUEST_ERROR");
        row
    });
    let held = payment.held.iter().map(|held| payment_row(&world, payment, held, "authorized"));
    let taken = payment.told_captures().into_iter();
    let taken = taken.map(|row| payment_row(&world, payment, &row, "captured"));
    let rows = match payment.told.deed {
        Deed::Pending | Deed::NoCaptures => vec![],
        _ => failed.chain(held).chain(taken).collect(),
    };
    json_body(200, &collection(rows)).into_response()
}

fn payment_row(world: &World, payment: &Payment, row: &Capture, status: &str) -> Value {
    let taken = status == "captured";
    let back: i64 = world
        .record
        .refunds
        .iter()
        .filter(|refund| refund.capture == row.id && refund.state != Back::Failed)
        .map(|refund| refund.amount_minor)
        .sum();
    let fee = taken.then_some(row.amount_minor * 236 / 10_000);
    json!({
        "id": row.id,
        "entity": "payment",
        "amount": row.amount_minor,
        "currency": row.currency,
        "status": if taken && back >= row.amount_minor { "refunded" } else { status },
        "order_id": row.order,
        "method": "upi",
        "amount_refunded": back,
        "captured": taken,
        "email": payment.wish.buyer_email,
        "notes": { "client_txn_id": row.payment },
        "fee": fee,
        "tax": fee.map(|fee| fee * 18 / 118),
        "error_code": null,
        "created_at": row.at_ms / 1_000,
    })
}

async fn take(State(control): State<Control>, Path(id): Path<String>, body: Bytes) -> Response {
    let asked = read(&body);
    let about = control.world().captured_under(&id).unwrap_or_default();
    serve(control, Op::Take, about.clone(), move |control, lie| {
        match lie.deed {
            Deed::Refuse => return error(400, "Capturing is not possible now."),
            Deed::Nothing => return error(500, "We are facing some trouble."),
            _ => {}
        }
        let now_ms = control.now_ms();
        let mut world = control.world();
        let amount = asked["amount"].as_i64();
        let mut rows = world.by_order(&about).into_iter().flat_map(|payment| &payment.held);
        if !rows.any(|held| held.id == id && Some(held.amount_minor) == amount) {
            return error(400, "This payment has already been captured, or for another amount");
        }
        let taken = world.take(&id, now_ms);
        match (taken, world.by_order(&about)) {
            (Some(taken), Some(payment)) => {
                json_body(200, &payment_row(&world, payment, &taken, "captured"))
            }
            _ => error(400, "The id provided does not exist"),
        }
    })
    .await
}

async fn refund(
    State(control): State<Control>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let asked = read(&body);
    let about = control.world().captured_under(&id).unwrap_or_default();
    let key = headers.get("x-refund-idempotency").and_then(|key| key.to_str().ok());
    let giving = Giving {
        // Their header keeps repeats apart; a receipt alone does not.
        refund: key.map_or_else(|| control.world().chance.word(12), str::to_owned),
        capture: id,
        amount_minor: asked["amount"].as_i64().unwrap_or_default(),
    };
    let receipt = text(&asked, "receipt");
    serve(control, Op::Refund, about, move |control, lie| {
        match lie.deed {
            Deed::Refuse => return error(400, "The refund is not possible now."),
            Deed::Nothing => return error(500, "We are facing some trouble."),
            _ if receipt.len() > 40 => return error(400, "The receipt is too long."),
            _ => {}
        }
        let now_ms = control.now_ms();
        match control.world().give_back(&giving, lie, now_ms) {
            Ok(refund) => json_body(200, &refund_row(&refund)),
            Err(NotBack::NoSuchCapture) => error(400, "The id provided does not exist"),
            Err(NotBack::TooMuch) => {
                error(400, "The total refund amount is greater than the refund payment amount")
            }
            Err(NotBack::Conflict) => error(409, "Another request has this idempotency key"),
        }
    })
    .await
}

fn refund_row(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "entity": "refund",
        "amount": refund.amount_minor,
        "currency": refund.currency,
        "payment_id": refund.capture,
        "receipt": refund.refund,
        "notes": [],
        "status": match refund.state {
            Back::Pending => "pending",
            Back::Done => "processed",
            Back::Failed => "failed",
        },
        "speed_requested": "normal",
        "created_at": refund.at_ms / 1_000,
    })
}

async fn refunds(State(control): State<Control>, Path(id): Path<String>) -> Response {
    let about = control.world().captured_under(&id).unwrap_or_default();
    serve(control, Op::Look, about, move |control, _| {
        let world = control.world();
        let of_it = world.record.refunds.iter().filter(|refund| refund.capture == id);
        json_body(200, &collection(of_it.map(refund_row).collect()))
    })
    .await
}

#[derive(Deserialize)]
struct Checkout {
    key_id: String,
    order_id: String,
    amount: i64,
    callback_url: String,
}

/// A buyer's browser comes from the shop's page, and is to be sent back by `callback_url`.
async fn checkout(State(control): State<Control>, Form(form): Form<Checkout>) -> Response {
    let ours = form.key_id == control.config().merchant_id;
    let mut world = control.world();
    let payment = world.by_order_mut(&form.order_id);
    match payment.filter(|payment| ours && payment.wish.amount_minor == form.amount) {
        Some(payment) => {
            payment.wish.return_url = form.callback_url;
            Redirect::to(&format!("/pay/{}", form.order_id)).into_response()
        }
        None => whole(400, "text/plain", "There is no such order.".into()),
    }
}

/// A page that posts the buyer's browser back to the shop, across sites.
pub(super) fn back(control: &Control, payment: &Payment, how: How) -> String {
    let fields: Vec<(&str, String)> = match payment.captures.last() {
        Some(capture) if how != How::Fail => {
            let parts = [payment.order.as_bytes(), b"|", capture.id.as_bytes()];
            let signature = hex::encode(mac(&control.config().merchant_key, &parts));
            vec![
                ("razorpay_payment_id", capture.id.clone()),
                ("razorpay_order_id", payment.order.clone()),
                ("razorpay_signature", signature),
            ]
        }
        _ => vec![
            ("error[code]", "BAD_REQUEST_ERROR".to_owned()),
            ("error[description]", "Payment was not completed.".to_owned()),
        ],
    };
    let inputs: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value))
        })
        .collect();
    format!(
        "<!doctype html>\n<title>Back to the shop</title>\n<form method=\"post\" \
         action=\"{}\">\n{inputs}<button>Back to the shop</button>\n</form>\n\
         <script>document.forms[0].submit()</script>\n",
        escaped(&payment.wish.return_url)
    )
}

/// News in Razorpay's words.
pub(super) fn hook_body(world: &World, news: &News) -> String {
    let Some(payment) = world.by_order(&news.order) else { return String::new() };
    let told = Capture {
        id: news.capture.clone().or_else(|| payment.failures.last().cloned()).unwrap_or_default(),
        order: world
            .by_payment(&news.payment)
            .map_or_else(|| news.order.clone(), |p| p.order.clone()),
        payment: news.payment.clone(),
        amount_minor: news.amount_minor,
        currency: news.currency.clone(),
        at_ms: news.created_at_ms,
    };
    let status = match news.kind {
        "payment.captured" => "captured",
        "payment.authorized" => "authorized",
        "payment.failed" => "failed",
        _ => "created",
    };
    let body = json!({
        "entity": "event",
        "account_id": "acc_simulated",
        "event": news.kind,
        "contains": ["payment"],
        "payload": { "payment": { "entity": payment_row(world, payment, &told, status) } },
        "created_at": news.created_at_ms / 1_000,
    });
    body.to_string()
}
