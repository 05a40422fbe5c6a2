//! What happens to every question of a merchant, whichever gateway is played: it is counted, lied
//! to, held and answered, even if the one who asked has hung up.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::Value;

use super::handle::Control;
use super::lie::{Deed, Lie, Op};
use super::world::World;
use crate::hold::Point;
use crate::serve::detached;
use crate::spoil::{Honest, respond, whole};

/// How a gateway turns away those whom it does not know.
pub(super) type Stranger = fn(&Control, &HeaderMap) -> Option<Honest>;

/// A counter at which nobody is served before it is known who asks.
pub(super) fn guarded(routes: Router<Control>, control: Control, stranger: Stranger) -> Router {
    let ask = move |State(control): State<Control>, request: Request, next: Next| async move {
        match stranger(&control, request.headers()) {
            Some(no) => no.into_response(),
            None => next.run(request).await,
        }
    };
    routes.route_layer(from_fn_with_state(control.clone(), ask)).with_state(control)
}

/// Answers one question about the payment that is known by `id`, the merchant's or the gateway's.
pub(super) async fn serve<F>(control: Control, op: Op, id: String, act: F) -> Response
where
    F: FnOnce(&Control, &Lie) -> Honest + Send + 'static,
{
    // What was read is acted on, even if the caller hangs up now.
    match detached(handle(control, op, id, act)).await {
        Ok(Some(response)) => response,
        Ok(None) => std::future::pending().await,
        Err(_) => whole(500, "text/plain", "the simulator broke".into()),
    }
}

async fn handle<F>(control: Control, op: Op, id: String, act: F) -> Option<Response>
where
    F: FnOnce(&Control, &Lie) -> Honest + Send + 'static,
{
    let lie = arrive(&control, op, id);
    control.count(|counts| match op {
        Op::Create => counts.creates += 1,
        Op::Poll => counts.polls += 1,
        _ => counts.refunds += u64::from(op == Op::Refund),
    });
    control.stand(op, Point::Before).await;
    let honest = act(&control, &lie);
    control.stand(op, Point::After).await;
    if lie.delay_ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(lie.delay_ms)).await;
    }
    respond(honest, lie.spoilt())
}

/// Writes the question down and chooses the lie it gets.
fn arrive(control: &Control, op: Op, id: String) -> Lie {
    let mut world = control.world();
    let order = world.order_of(&id).unwrap_or_default();
    let payment = world.by_order(&order).map_or(id, |payment| payment.wish.payment.clone());
    let World { lies, chance, record, .. } = &mut *world;
    match op {
        Op::Create => *record.creates_per_payment.entry(payment.clone()).or_default() += 1,
        Op::Poll => *record.polls_per_payment.entry(payment.clone()).or_default() += 1,
        _ => {}
    }
    let lie = lies.pick(op, &[&payment, &order], chance).unwrap_or_default();
    if let Some(known) = world.by_order_mut(&order).filter(|_| op == Op::Poll) {
        known.told = lie.clone();
        // A merchant who is told of other money cannot know better.
        let deeds = [Deed::WrongAmount, Deed::OtherCurrency, Deed::OtherPayment];
        if deeds.contains(&lie.deed) {
            world.record.misstated.insert(payment);
        }
    }
    lie
}

pub(super) fn json_body(status: u16, body: &Value) -> Honest {
    Honest { status, content_type: "application/json", body: body.to_string().into() }
}

/// A member of a question as text, whatever else is in it; empty if it is not there.
pub(super) fn text(question: &Value, member: &str) -> String {
    match &question[member] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A question's body as JSON; null if it is none.
pub(super) fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// Paise from a number or a text of rupees: `699`, `699.5`, `"699.00"`.
pub(super) fn minor(written: &str) -> Option<i64> {
    let written = written.trim_matches('"');
    let (whole, part) = written.split_once('.').unwrap_or((written, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let paise = format!("{part:0<2}").parse::<i64>().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(paise)
}

/// Rupees as a JSON number with two decimals, written digit by digit.
pub(super) fn digits(minor: i64) -> Value {
    let written = format!("{}.{:02}", minor / 100, minor % 100);
    serde_json::from_str(&written).unwrap_or(Value::Null)
}
