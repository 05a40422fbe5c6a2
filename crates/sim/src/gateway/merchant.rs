//! The merchant's side of the counter: `POST /v1/payments`, `GET /v1/payments/{payment}` and
//! `GET /v1/orders/{order}`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;
use serde_json::{Value, json};

use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::money::{Payment, Wish, amount_instead, currency_instead};
use super::world::World;
use crate::clock::rfc3339;
use crate::hold::Point;
use crate::serve::detached;
use crate::spoil::{Honest, respond, whole};

/// The header that lets a merchant in.
pub const KEY: &str = "x-merchant-key";

pub(super) fn router(control: Control) -> Router {
    Router::new()
        .route("/v1/payments", post(create))
        .route("/v1/payments/{id}", get(poll))
        .route("/v1/orders/{id}", get(poll))
        .with_state(control)
}

enum Question {
    Create(Bytes),
    Poll(String),
}

async fn create(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response {
    answer(control, headers, Question::Create(body)).await
}

async fn poll(
    State(control): State<Control>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(control, headers, Question::Poll(id)).await
}

async fn answer(control: Control, headers: HeaderMap, question: Question) -> Response {
    let key = headers.get(KEY).map(|value| value.as_bytes());
    if key != Some(control.config().merchant_key.as_bytes()) {
        let honest = error(401, "unauthorized", "the merchant key is not known");
        return whole(honest.status, honest.content_type, honest.body);
    }
    // What was read is acted on, even if the caller hangs up now.
    match detached(handle(control, question)).await {
        Ok(Some(response)) => response,
        Ok(None) => std::future::pending().await,
        Err(_) => whole(500, "text/plain", "the simulator broke".into()),
    }
}

async fn handle(control: Control, question: Question) -> Option<Response> {
    let op = match question {
        Question::Create(_) => Op::Create,
        Question::Poll(_) => Op::Poll,
    };
    let lie = arrive(&control, op, &question);
    control.count(|counts| match op {
        Op::Create => counts.creates += 1,
        _ => counts.polls += 1,
    });
    control.stand(op, Point::Before).await;
    let honest = match &question {
        Question::Create(body) => open(&control, body, &lie),
        Question::Poll(id) => standing(&control, id, &lie),
    };
    control.stand(op, Point::After).await;
    if lie.delay_ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(lie.delay_ms)).await;
    }
    respond(honest, lie.spoilt())
}

/// Writes the question down and chooses the lie it gets.
fn arrive(control: &Control, op: Op, question: &Question) -> Lie {
    let mut world = control.world();
    let id = match question {
        Question::Create(body) => {
            let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
            body["payment"].as_str().unwrap_or_default().to_owned()
        }
        Question::Poll(id) => id.clone(),
    };
    let order = world.order_of(&id).unwrap_or_default();
    let payment = world.by_order(&order).map_or(id, |payment| payment.wish.payment.clone());
    let World { lies, chance, record, .. } = &mut *world;
    let counted = match op {
        Op::Create => &mut record.creates_per_payment,
        _ => &mut record.polls_per_payment,
    };
    *counted.entry(payment.clone()).or_default() += 1;
    lies.pick(op, &[&payment, &order], chance).unwrap_or_default()
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

/// A merchant who is told of other money cannot know better.
fn note_misstated(world: &mut World, id: &str, lie: &Lie) {
    let deeds = [Deed::WrongAmount, Deed::OtherCurrency, Deed::OtherPayment];
    let known = world.order_of(id).and_then(|order| world.by_order(&order));
    if let Some(payment) = known.map(|known| known.wish.payment.clone())
        && deeds.contains(&lie.deed)
    {
        world.record.misstated.insert(payment);
    }
}

/// Says how a payment stands, as the lie would have it.
fn standing(control: &Control, id: &str, lie: &Lie) -> Honest {
    let now_ms = control.now_ms();
    let mut world = control.world();
    note_misstated(&mut world, id, lie);
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
            .map(|capture| {
                json!({
                    "id": capture.id,
                    "order": capture.order,
                    "payment": world.named_instead(lie, &capture.payment),
                    "amountMinor": amount_instead(lie, capture.amount_minor),
                    "currency": currency_instead(lie, &capture.currency),
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

fn json_body(status: u16, body: &Value) -> Honest {
    Honest { status, content_type: "application/json", body: body.to_string().into() }
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
