//! Stripe's counter: hosted checkout sessions, the intents behind them, refunds. Questions are
//! form-encoded, and a POST under a key that was used before is answered as it was then.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::counter::{guarded, json_body, serve};
use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{Back, Giving, How, News, NotBack, Payment, Refund, Wish};
use super::world::World;
use crate::spoil::Honest;

pub(super) fn router(control: Control) -> Router {
    let routes = Router::new()
        .route("/v1/checkout/sessions", post(create).get(list))
        .route("/v1/checkout/sessions/{id}", get(session))
        .route("/v1/payment_intents/{id}", get(intent))
        .route("/v1/refunds", post(refund).get(refunds));
    guarded(routes, control, stranger)
}

type Fields = BTreeMap<String, String>;

fn fields(body: &[u8]) -> Fields {
    form_urlencoded::parse(body).into_owned().collect()
}

fn stranger(control: &Control, headers: &HeaderMap) -> Option<Honest> {
    let right = format!("Bearer {}", control.config().merchant_key);
    let known = headers.get("authorization").is_some_and(|given| *given == right)
        && headers.contains_key("stripe-version");
    (!known).then(|| error(401, "invalid_request_error", "Invalid API Key provided"))
}

fn error(status: u16, kind: &str, message: &str) -> Honest {
    json_body(status, &json!({ "error": { "type": kind, "message": message } }))
}

async fn create(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let id = fields(&body).remove("client_reference_id").unwrap_or_default();
    serve(control, Op::Create, id, move |control, lie| open(control, &body, key, lie)).await
}

fn open(control: &Control, body: &Bytes, key: Option<String>, lie: &Lie) -> Honest {
    let asked = fields(body);
    let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let now_ms = control.now_ms();
    let expires_at_ms = of("expires_at").parse::<i64>().unwrap_or_default() * 1_000;
    let wish = Wish {
        payment: of("client_reference_id"),
        amount_minor: of("line_items[0][price_data][unit_amount]").parse().unwrap_or_default(),
        currency: of("line_items[0][price_data][currency]").to_ascii_uppercase(),
        purpose: of("line_items[0][price_data][product_data][name]"),
        buyer_name: String::new(),
        buyer_email: of("customer_email"),
        return_url: of("success_url"),
        notify_url: control.settings().notify_url,
    };
    match lie.deed {
        Deed::Refuse => return error(400, "invalid_request_error", "The session is not wanted."),
        Deed::Nothing => return error(500, "api_error", "Something went wrong."),
        _ if of("mode") != "payment" || wish.payment.is_empty() || wish.amount_minor <= 0 => {
            return error(400, "invalid_request_error", "Missing required param.");
        }
        _ if !(now_ms + 29 * 60_000..=now_ms + 24 * 3_600_000).contains(&expires_at_ms) => {
            return error(400, "invalid_request_error", "expires_at: 30 minutes to 24 hours");
        }
        _ => {}
    }
    let mut world = control.world();
    let written = String::from_utf8_lossy(body).into_owned();
    if let Some(key) = key {
        let before = world.keys.insert(key, written.clone());
        match (before, world.by_payment(&wish.payment)) {
            (Some(before), Some(known)) if before == written => {
                return json_body(200, &session_body(control, known, now_ms, &Lie::default()));
            }
            (Some(_), _) => return error(400, "idempotency_error", "Keys can only be used once."),
            (None, _) => {}
        }
    }
    let order = world.open(wish, now_ms).order.clone();
    if let Some(payment) = world.by_order_mut(&order) {
        payment.expires_at_ms = expires_at_ms;
    }
    match world.by_order(&order) {
        Some(payment) => json_body(200, &session_body(control, payment, now_ms, &Lie::default())),
        None => error(500, "api_error", "Something went wrong."),
    }
}

fn session_body(control: &Control, payment: &Payment, now_ms: i64, lie: &Lie) -> Value {
    let paid = !payment.captures.is_empty() && lie.deed != Deed::Pending;
    let status = match (paid || lie.deed == Deed::NoCaptures, now_ms >= payment.expires_at_ms) {
        (true, _) => "complete",
        (false, true) => "expired",
        (false, false) => "open",
    };
    let url = (status == "open").then(|| format!("{}/pay/{}", control.public_url(), payment.order));
    let intent = payment.captures.last().filter(|_| paid && lie.deed != Deed::NoCaptures);
    json!({
        "id": payment.order,
        "object": "checkout.session",
        "client_reference_id": payment.wish.payment,
        "metadata": { "client_txn_id": payment.wish.payment },
        "amount_total": payment.wish.amount_minor,
        "currency": payment.wish.currency.to_ascii_lowercase(),
        "status": status,
        "payment_status": if status == "complete" { "paid" } else { "unpaid" },
        "payment_intent": intent.map(|capture| capture.id.clone()),
        "url": url,
        "expires_at": payment.expires_at_ms / 1_000,
        "created": payment.created_at_ms / 1_000,
        "livemode": false,
    })
}

async fn list(State(control): State<Control>, Query(asked): Query<Fields>) -> Response {
    serve(control, Op::Poll, String::new(), move |control, lie| {
        let bound = |name: &str, other: i64| {
            asked.get(name).and_then(|text| text.parse().ok()).unwrap_or(other)
        };
        let (from, to) = (bound("created[gte]", 0), bound("created[lte]", i64::MAX));
        let (now_ms, world) = (control.now_ms(), control.world());
        if lie.deed == Deed::Refuse {
            return error(503, "api_error", "Ask again later.");
        }
        let newest_first = world.payments.iter().rev();
        let after = asked.get("starting_after");
        let fits = |payment: &&Payment| (from..=to).contains(&(payment.created_at_ms / 1_000));
        let found: Vec<&Payment> = newest_first
            .skip_while(|payment| after.is_some_and(|after| *after != payment.order))
            .skip(usize::from(after.is_some()))
            .filter(fits)
            .filter(|_| lie.deed != Deed::Absent)
            .collect();
        let limit = usize::try_from(bound("limit", 10)).unwrap_or(10);
        let page = found.iter().take(limit);
        let data: Vec<Value> =
            page.map(|payment| session_body(control, payment, now_ms, lie)).collect();
        let more = found.len() > limit;
        json_body(200, &json!({ "object": "list", "data": data, "has_more": more }))
    })
    .await
}

async fn session(State(control): State<Control>, Path(id): Path<String>) -> Response {
    serve(control, Op::Poll, id.clone(), move |control, lie| {
        let now_ms = control.now_ms();
        let world = control.world();
        match (world.by_order(&id), lie.deed) {
            (_, Deed::Refuse) => error(503, "api_error", "Ask again later."),
            (Some(payment), deed) if deed != Deed::Absent => {
                json_body(200, &session_body(control, payment, now_ms, lie))
            }
            _ => error(404, "invalid_request_error", "No such checkout.session"),
        }
    })
    .await
}

/// The second half of a poll: it lies as the first half did.
async fn intent(State(control): State<Control>, Path(id): Path<String>) -> Response {
    let world = control.world();
    let order = world.captured_under(&id).unwrap_or_default();
    let payment = world.by_order(&order);
    let capture = payment.and_then(|p| p.captures.iter().find(|capture| capture.id == id));
    let (Some(payment), Some(capture)) = (payment, capture) else {
        return error(404, "invalid_request_error", "No such payment_intent").into_response();
    };
    let told = capture.told(&payment.told);
    let (amount, currency) = (told.amount_minor, told.currency.to_ascii_lowercase());
    let fee = json!({ "object": "balance_transaction", "fee": amount * 29 / 1_000 + 30,
        "currency": currency });
    let body = json!({
        "id": id,
        "object": "payment_intent",
        "status": "succeeded",
        "amount": payment.wish.amount_minor,
        "amount_received": amount,
        "currency": currency,
        "metadata": { "client_txn_id": capture.payment },
        "latest_charge": { "id": id.replace("pi_", "ch_"), "balance_transaction": fee },
    });
    json_body(200, &body).into_response()
}

async fn refund(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = fields(&body);
    let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let giving = Giving {
        refund: key.map_or_else(|| control.world().chance.word(12), str::to_owned),
        capture: of("payment_intent"),
        amount_minor: of("amount").parse().unwrap_or_default(),
    };
    let about = control.world().captured_under(&giving.capture).unwrap_or_default();
    serve(control, Op::Refund, about, move |control, lie| {
        match lie.deed {
            Deed::Refuse => return error(400, "invalid_request_error", "No refund is possible."),
            Deed::Nothing => return error(500, "api_error", "Something went wrong."),
            _ => {}
        }
        let now_ms = control.now_ms();
        match control.world().give_back(&giving, lie, now_ms) {
            Ok(refund) => json_body(200, &refund_row(&refund)),
            Err(NotBack::NoSuchCapture) => {
                error(404, "invalid_request_error", "No such payment_intent")
            }
            Err(NotBack::TooMuch) => {
                error(400, "invalid_request_error", "Refund amount is greater than what is left")
            }
            Err(NotBack::Conflict) => {
                error(400, "idempotency_error", "Keys can only be used with the same parameters")
            }
        }
    })
    .await
}

fn refund_row(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount_minor,
        "currency": refund.currency.to_ascii_lowercase(),
        "payment_intent": refund.capture,
        "metadata": { "refund": refund.refund },
        "status": match refund.state {
            Back::Pending => "pending",
            Back::Done => "succeeded",
            Back::Failed => "failed",
        },
    })
}

async fn refunds(State(control): State<Control>, Query(asked): Query<Fields>) -> Response {
    let intent = asked.get("payment_intent").cloned().unwrap_or_default();
    let about = control.world().captured_under(&intent).unwrap_or_default();
    serve(control, Op::Look, about, move |control, _| {
        let world = control.world();
        let of_it = world.record.refunds.iter().filter(|refund| refund.capture == intent);
        let data: Vec<Value> = of_it.map(refund_row).collect();
        json_body(200, &json!({ "object": "list", "data": data, "has_more": false }))
    })
    .await
}

/// Where the buyer is sent back to: the placeholder is filled in, or left out by who gave up.
pub(super) fn back_url(payment: &Payment, how: How) -> String {
    let success = payment.wish.return_url.as_str();
    match how {
        How::Fail => success.split("&session_id=").next().unwrap_or(success).to_owned(),
        _ => success.replace("{CHECKOUT_SESSION_ID}", &payment.order),
    }
}

/// News in Stripe's words.
pub(super) fn hook_body(world: &World, news: &News) -> String {
    let Some(payment) = world.by_order(&news.order) else { return String::new() };
    let (kind, status) = match news.kind {
        "payment.captured" => ("checkout.session.completed", "complete"),
        "payment.failed" => ("checkout.session.async_payment_failed", "complete"),
        _ => ("checkout.session.expired", "expired"),
    };
    let object = json!({
        "id": payment.order,
        "object": "checkout.session",
        "client_reference_id": news.payment,
        "metadata": { "client_txn_id": news.payment },
        "amount_total": news.amount_minor,
        "currency": news.currency.to_ascii_lowercase(),
        "status": status,
        "payment_status": if news.capture.is_some() { "paid" } else { "unpaid" },
        "payment_intent": news.capture,
    });
    let body = json!({
        "id": news.event,
        "object": "event",
        "type": kind,
        "created": news.created_at_ms / 1_000,
        "livemode": false,
        "data": { "object": object },
    });
    body.to_string()
}
