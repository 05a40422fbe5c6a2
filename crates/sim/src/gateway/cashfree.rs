//! Cashfree's counter: orders in rupees, their payments, sessions that lead to a page, refunds.
//! An order has one id of the merchant's, and an end.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use serde_json::{Value, json};

use super::counter::{digits, guarded, json_body, minor, read, serve, text};
use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{Back, Capture, Giving, News, NotBack, Payment, Refund, Wish};
use super::world::World;
use crate::clock::rfc3339;
use crate::spoil::Honest;

pub(super) fn router(control: Control) -> Router {
    let routes = Router::new()
        .route("/pg/orders", post(create))
        .route("/pg/orders/{id}", get(order))
        .route("/pg/orders/{id}/payments", get(payments))
        .route("/pg/orders/{id}/refunds", post(refund))
        .route("/pg/orders/{id}/refunds/{refund}", get(look));
    // A session's name is a secret of its own.
    let open = Router::new().route("/pg/orders/sessions", post(session));
    guarded(routes, control.clone(), stranger).merge(open.with_state(control))
}

fn stranger(control: &Control, headers: &HeaderMap) -> Option<Honest> {
    let is = |name: &str, right: &str| headers.get(name).is_some_and(|given| *given == right);
    let config = control.config();
    let known = is("x-client-id", &config.merchant_id)
        && is("x-client-secret", &config.merchant_key)
        && is("x-api-version", "2023-08-01");
    (!known).then(|| error(401, "request_failed", "authentication Failed"))
}

fn error(status: u16, code: &str, message: &str) -> Honest {
    let kind = if status >= 500 { "api_error" } else { "invalid_request_error" };
    json_body(status, &json!({ "message": message, "code": code, "type": kind }))
}

async fn create(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = read(&body);
    let repeatable = headers.contains_key("x-idempotency-key");
    let id = text(&asked, "order_id");
    serve(control, Op::Create, id, move |control, lie| open(control, &asked, repeatable, lie)).await
}

fn open(control: &Control, asked: &Value, repeatable: bool, lie: &Lie) -> Honest {
    let wish = Wish {
        payment: text(asked, "order_id"),
        amount_minor: minor(&asked["order_amount"].to_string()).unwrap_or_default(),
        currency: text(asked, "order_currency"),
        purpose: text(asked, "order_note"),
        buyer_name: text(&asked["customer_details"], "customer_name"),
        buyer_email: text(&asked["customer_details"], "customer_email"),
        return_url: text(&asked["order_meta"], "return_url"),
        notify_url: text(&asked["order_meta"], "notify_url"),
    };
    let phone = text(&asked["customer_details"], "customer_phone");
    match lie.deed {
        Deed::Refuse => return error(400, "order_amount_invalid", "the order is not wanted"),
        Deed::Nothing => return error(500, "internal_error", "internal Server Error"),
        _ if phone.is_empty() => {
            return error(400, "customer_phone_missing", "customer_details.customer_phone missing");
        }
        _ if wish.payment.len() < 3 || wish.trouble().is_some() => {
            return error(400, "order_invalid", wish.trouble().unwrap_or("order_id too short"));
        }
        _ => {}
    }
    let now_ms = control.now_ms();
    let mut world = control.world();
    if let Some(known) = world.by_payment(&wish.payment) {
        let same = known.wish.amount_minor == wish.amount_minor && repeatable;
        return match same {
            true => json_body(200, &order_body(known, now_ms, &Lie::default())),
            false => error(409, "order_already_exists", "order with same id is already present"),
        };
    }
    json_body(200, &order_body(world.open(wish, now_ms), now_ms, &Lie::default()))
}

fn order_body(payment: &Payment, now_ms: i64, lie: &Lie) -> Value {
    let status = match (lie.deed, payment.captures.is_empty()) {
        (Deed::NoCaptures, _) => "PAID",
        (Deed::Pending, _) => "ACTIVE",
        (_, false) => "PAID",
        (_, true) if now_ms >= payment.expires_at_ms => "EXPIRED",
        _ => "ACTIVE",
    };
    json!({
        "cf_order_id": payment.order,
        "order_id": payment.wish.payment,
        "entity": "order",
        "order_currency": payment.wish.currency,
        "order_amount": digits(payment.wish.amount_minor),
        "order_status": status,
        "payment_session_id": format!("session_{}", payment.order),
        "order_expiry_time": rfc3339(payment.expires_at_ms),
        "order_note": payment.wish.purpose,
    })
}

/// Leads on to a page where the buyer pays.
async fn session(State(control): State<Control>, body: Bytes) -> Response {
    let asked = read(&body);
    let session = text(&asked, "payment_session_id");
    let order = session.strip_prefix("session_").unwrap_or_default();
    if control.payment(order).is_none() {
        return error(400, "payment_session_id_invalid", "the session is not known")
            .into_response();
    }
    let url = format!("{}/pay/{order}", control.public_url());
    let data = json!({ "url": url, "payload": null, "content_type": null, "method": "get" });
    let step =
        json!({ "action": "link", "channel": "link", "data": data, "payment_method": "upi" });
    json_body(200, &step).into_response()
}

async fn order(State(control): State<Control>, Path(id): Path<String>) -> Response {
    serve(control, Op::Poll, id.clone(), move |control, lie| {
        let now_ms = control.now_ms();
        let world = control.world();
        match (world.by_payment(&id), lie.deed) {
            (_, Deed::Refuse) => error(503, "unavailable", "ask again later"),
            (Some(payment), deed) if deed != Deed::Absent => {
                json_body(200, &order_body(payment, now_ms, lie))
            }
            _ => error(404, "order_not_found", "Order Reference Id does not exist"),
        }
    })
    .await
}

/// The second half of a poll: it lies as the first half did.
async fn payments(State(control): State<Control>, Path(id): Path<String>) -> Response {
    let world = control.world();
    let Some(payment) = world.by_payment(&id) else {
        return error(404, "order_not_found", "Order Reference Id does not exist").into_response();
    };
    let failed = payment.failed_tries().map(|row| payment_row(payment, &row, "FAILED"));
    let taken = payment.told_captures().into_iter();
    let taken = taken.map(|row| payment_row(payment, &row, "SUCCESS"));
    let rows: Vec<Value> = match payment.told.deed {
        Deed::Pending | Deed::NoCaptures => vec![],
        _ => failed.chain(taken).collect(),
    };
    json_body(200, &Value::Array(rows)).into_response()
}

fn payment_row(payment: &Payment, row: &Capture, status: &str) -> Value {
    json!({
        "cf_payment_id": row.id,
        "order_id": row.payment,
        "entity": "payment",
        "is_captured": status == "SUCCESS",
        "order_amount": digits(payment.wish.amount_minor),
        "payment_amount": digits(row.amount_minor),
        "payment_currency": row.currency,
        "payment_status": status,
        "payment_group": "upi",
        "bank_reference": row.id,
        "payment_completion_time": rfc3339(row.at_ms),
    })
}

async fn refund(State(control): State<Control>, Path(id): Path<String>, body: Bytes) -> Response {
    let asked = read(&body);
    let capture = control.payment(&id).and_then(|payment| payment.captures.last().cloned());
    let giving = Giving {
        refund: text(&asked, "refund_id"),
        capture: capture.map(|capture| capture.id).unwrap_or_default(),
        amount_minor: minor(&asked["refund_amount"].to_string()).unwrap_or_default(),
    };
    let note = text(&asked, "refund_note");
    serve(control, Op::Refund, id.clone(), move |control, lie| {
        let is_id = giving.refund.chars().all(|c| c.is_ascii_alphanumeric());
        match lie.deed {
            Deed::Refuse => return error(400, "refund_invalid", "no refund is possible now"),
            Deed::Nothing => return error(500, "internal_error", "internal Server Error"),
            _ if !is_id || !(3..=40).contains(&giving.refund.len()) => {
                return error(400, "refund_id_invalid", "refund_id must be alphanumeric");
            }
            _ if !(3..=100).contains(&note.chars().count()) => {
                return error(400, "refund_note_invalid", "refund_note: 3 to 100 characters");
            }
            _ => {}
        }
        let now_ms = control.now_ms();
        match control.world().give_back(&giving, lie, now_ms) {
            Ok(refund) => json_body(200, &refund_row(&id, &refund)),
            Err(NotBack::NoSuchCapture) => error(404, "order_not_found", "nothing was paid"),
            Err(NotBack::TooMuch) => error(400, "refund_amount_invalid", "more than is left"),
            Err(NotBack::Conflict) => error(409, "refund_already_exists", "refund_id is used"),
        }
    })
    .await
}

fn refund_row(order: &str, refund: &Refund) -> Value {
    json!({
        "cf_payment_id": refund.capture,
        "cf_refund_id": refund.id,
        "refund_id": refund.refund,
        "order_id": order,
        "entity": "refund",
        "refund_amount": digits(refund.amount_minor),
        "refund_currency": refund.currency,
        "refund_status": match refund.state {
            Back::Pending => "PENDING",
            Back::Done => "SUCCESS",
            Back::Failed => "CANCELLED",
        },
        "created_at": rfc3339(refund.at_ms),
    })
}

async fn look(
    State(control): State<Control>,
    Path((id, wanted)): Path<(String, String)>,
) -> Response {
    serve(control, Op::Look, id.clone(), move |control, _| {
        let world = control.world();
        match world.record.refunds.iter().find(|refund| refund.refund == wanted) {
            Some(refund) => json_body(200, &refund_row(&id, refund)),
            None => error(404, "refund_not_found", "refund does not exist"),
        }
    })
    .await
}

/// Where the buyer is sent back to: the placeholder is filled in.
pub(super) fn back_url(payment: &Payment) -> String {
    payment.wish.return_url.replace("{order_id}", &payment.wish.payment)
}

/// News in Cashfree's words.
pub(super) fn hook_body(world: &World, news: &News) -> String {
    let Some(payment) = world.by_order(&news.order) else { return String::new() };
    let (kind, status) = match news.kind {
        "payment.captured" => ("PAYMENT_SUCCESS_WEBHOOK", "SUCCESS"),
        "payment.failed" => ("PAYMENT_FAILED_WEBHOOK", "FAILED"),
        _ => ("PAYMENT_USER_DROPPED_WEBHOOK", "USER_DROPPED"),
    };
    let id = news.capture.clone().or_else(|| payment.failures.last().cloned());
    let body = json!({
        "type": kind,
        "event_time": rfc3339(news.created_at_ms),
        "data": {
            "order": {
                "order_id": news.payment,
                "order_amount": digits(payment.wish.amount_minor),
                "order_currency": payment.wish.currency,
                "order_tags": null,
            },
            "payment": {
                "cf_payment_id": id.unwrap_or_default(),
                "payment_status": status,
                "payment_amount": digits(news.amount_minor),
                "payment_currency": news.currency,
                "payment_time": rfc3339(news.created_at_ms),
                "payment_group": "upi",
            },
            "customer_details": { "customer_name": payment.wish.buyer_name },
        },
    });
    body.to_string()
}
