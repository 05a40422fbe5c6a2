//! The merchant's side of the counter in our own tongue: `POST /v1/payments`,
//! `GET /v1/payments/{payment}`, `GET /v1/orders/{order}`, `POST /v1/refunds` and
//! `GET /v1/refunds/{refund}`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;
use serde_json::{Value, json};

use super::counter::{guarded, json_body, read, serve, text};
use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{Giving, NotBack, Payment, Refund, Wish};
use crate::clock::rfc3339;
use crate::spoil::Honest;

/// The header that lets a merchant in.
pub const KEY: &str = "x-merchant-key";

pub(super) fn router(control: Control) -> Router {
    let routes = Router::new()
        .route("/v1/payments", post(create))
        .route("/v1/payments/{id}", get(poll))
        .route("/v1/orders/{id}", get(poll))
        .route("/v1/refunds", post(refund))
        .route("/v1/refunds/{id}", get(look));
    guarded(routes, control, stranger)
}

/// The answer to those whom nobody knows.
fn stranger(control: &Control, headers: &HeaderMap) -> Option<Honest> {
    let key = headers.get(KEY).map(|value| value.as_bytes());
    let known = key == Some(control.config().merchant_key.as_bytes());
    (!known).then(|| error(401, "unauthorized", "the merchant key is not known"))
}

async fn create(State(control): State<Control>, body: Bytes) -> Response {
    let id = text(&read(&body), "payment");
    serve(control, Op::Create, id, move |control, lie| open(control, &body, lie)).await
}

async fn poll(State(control): State<Control>, Path(id): Path<String>) -> Response {
    serve(control, Op::Poll, id.clone(), move |control, lie| standing(control, &id, lie)).await
}

async fn refund(State(control): State<Control>, body: Bytes) -> Response {
    let asked = read(&body);
    let giving = Giving {
        refund: text(&asked, "refund"),
        capture: text(&asked, "capture"),
        amount_minor: asked["amountMinor"].as_i64().unwrap_or_default(),
    };
    let about = control.world().captured_under(&giving.capture).unwrap_or_default();
    serve(control, Op::Refund, about, move |control, lie| give_back(control, &giving, lie)).await
}

fn give_back(control: &Control, giving: &Giving, lie: &Lie) -> Honest {
    match lie.deed {
        Deed::Refuse => return error(422, "refused", "no money goes back now"),
        Deed::Nothing => return error(500, "internal", "nothing was given back"),
        _ => {}
    }
    let now_ms = control.now_ms();
    match control.world().give_back(giving, lie, now_ms) {
        Ok(refund) => json_body(201, &shown(&refund)),
        Err(NotBack::Conflict) => error(409, "conflict", "this refund exists with another amount"),
        Err(NotBack::NoSuchCapture) => error(404, "unknown-capture", "no such capture"),
        Err(NotBack::TooMuch) => error(422, "too-much", "more than is left of the capture"),
    }
}

async fn look(State(control): State<Control>, Path(id): Path<String>) -> Response {
    serve(control, Op::Look, id.clone(), move |control, _| {
        let world = control.world();
        match world.record.refunds.iter().find(|refund| refund.refund == id) {
            Some(refund) => json_body(200, &shown(refund)),
            None => error(404, "unknown-refund", "no such refund"),
        }
    })
    .await
}

fn shown(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "refund": refund.refund,
        "capture": refund.capture,
        "amountMinor": refund.amount_minor,
        "currency": refund.currency,
        "status": refund.state,
    })
}

/// Opens a payment, or finds the one that is open under the same id.
fn open(control: &Control, body: &[u8], lie: &Lie) -> Honest {
    let wish: Wish = match serde_json::from_slice(body) {
        Ok(wish) => wish,
        Err(trouble) => return error(422, "invalid", &trouble.to_string()),
    };
    if let Some(trouble) = wish.trouble() {
        return error(422, "invalid", trouble);
    }
    if lie.deed == Deed::Refuse {
        let text = lie.text.as_deref().unwrap_or("this payment is not wanted");
        return error(422, "refused", text);
    }
    if lie.deed == Deed::Nothing {
        return error(500, "internal", "nothing was opened");
    }
    let now_ms = control.now_ms();
    let mut world = control.world();
    if let Some(known) = world.by_payment(&wish.payment) {
        let same =
            known.wish.amount_minor == wish.amount_minor && known.wish.currency == wish.currency;
        return match same {
            true => opened(control, known, 200),
            false => error(409, "conflict", "this payment exists with another amount"),
        };
    }
    opened(control, world.open(wish, now_ms), 201)
}

fn opened(control: &Control, payment: &Payment, status: u16) -> Honest {
    let now_ms = control.now_ms();
    let body = json!({
        "order": payment.order,
        "payment": payment.wish.payment,
        "status": payment.status(now_ms),
        "amountMinor": payment.wish.amount_minor,
        "currency": payment.wish.currency,
        "payUrl": format!("{}/pay/{}", control.public_url(), payment.order),
        "expiresAt": rfc3339(payment.expires_at_ms),
    });
    json_body(status, &body)
}

/// Says how a payment stands, as the lie would have it.
fn standing(control: &Control, id: &str, lie: &Lie) -> Honest {
    let now_ms = control.now_ms();
    let world = control.world();
    let found = world.order_of(id).and_then(|order| world.by_order(&order));
    let payment = match (found, lie.deed) {
        (_, Deed::Refuse) => {
            let text = lie.text.as_deref().unwrap_or("ask again later");
            return error(503, "unavailable", text);
        }
        (Some(payment), deed) if deed != Deed::Absent => payment,
        _ => return error(404, "unknown-payment", "no such payment"),
    };
    let captures: Vec<Value> = match lie.deed {
        Deed::Pending | Deed::NoCaptures => vec![],
        _ => payment
            .captures
            .iter()
            .map(|capture| capture.told(lie))
            .map(|capture| {
                json!({
                    "id": capture.id,
                    "order": capture.order,
                    "payment": world.named_instead(lie, &capture.payment),
                    "amountMinor": capture.amount_minor,
                    "currency": capture.currency,
                    "capturedAt": rfc3339(capture.at_ms),
                })
            })
            .collect(),
    };
    let status = match lie.deed {
        Deed::Pending => "pending",
        Deed::NoCaptures => "paid",
        _ => payment.status(now_ms),
    };
    let body = json!({
        "order": payment.order,
        "payment": payment.wish.payment,
        "status": status,
        "amountMinor": payment.wish.amount_minor,
        "currency": payment.wish.currency,
        "captures": captures,
    });
    json_body(200, &body)
}

/// An error in the gateway's form. `created` tells whether a payment of this id can exist.
fn error(status: u16, code: &str, message: &str) -> Honest {
    let created = match code {
        "conflict" => Value::Bool(true),
        "internal" | "unavailable" => Value::Null,
        _ => Value::Bool(false),
    };
    let body = json!({ "error": { "code": code, "message": message }, "created": created });
    json_body(status, &body)
}
