//! The vendor's counter: reads a request, lets the world act on it, sends the answer.

use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::any;
use http::{HeaderMap, Method, header};
use serde_json::Value;

use super::change::{Wanted, change};
use super::encoding::Encoding;
use super::handle::Control;
use super::lie::Lie;
use super::op::Op;
use super::record::{Progress, Request};
use super::world::{Sale, World};
use super::{Credentials, buy, status, stock};
use crate::hold::Point;
use crate::serve::detached;
use crate::spoil::{Honest, respond, whole};

/// Every operation under the vendor's prefix.
pub(super) fn router(control: Control, prefix: &str) -> Router {
    let prefix = prefix.trim_matches('/');
    Router::new()
        .route(&format!("/{prefix}/{{op}}"), any(receive))
        .layer(axum::extract::DefaultBodyLimit::max(1 << 20))
        .with_state(control)
}

/// A request, read whole.
struct Asked {
    op: Op,
    permit: Option<String>,
    authorization: Option<String>,
    text: String,
    body: Value,
}

impl Asked {
    fn field(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str).map(str::trim)
    }

    /// Memory comes as text; a number is understood too.
    fn ram(&self) -> String {
        match self.body.get("ram") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => "4".to_owned(),
        }
    }

    fn address(&self) -> Option<Ipv4Addr> {
        self.field("ip").and_then(|text| text.parse().ok())
    }
}

async fn receive(
    State(control): State<Control>,
    Path(word): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(op) = Op::parse(&word) else {
        return whole(404, "text/plain", "no such operation".into());
    };
    if method != Method::POST && !(method == Method::GET && op == Op::Ipstock) {
        return whole(405, "text/plain", "use POST".into());
    }
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let asked = Asked {
        op,
        permit: header("x-berth-permit"),
        authorization: header(header::AUTHORIZATION.as_str()),
        text: String::from_utf8_lossy(&body).into_owned(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    // What was read is acted on, even if the caller hangs up now.
    match detached(handle(control, asked)).await {
        Ok(Some(response)) => response,
        Ok(None) => std::future::pending().await,
        Err(_) => whole(500, "text/plain", "the simulator broke".into()),
    }
}

async fn handle(control: Control, asked: Asked) -> Option<Response> {
    let op = asked.op;
    let arrival = arrive(&control, &asked);
    control.count(|counts| *counts.arrived.entry(op).or_default() += 1);
    let Arrival { number, lie } = match arrival {
        Ok(arrival) => arrival,
        Err(refused) => return Some(*refused),
    };
    stand(&control, op, Point::Before).await;
    let honest = act(&control, &asked, number, lie.as_ref());
    stand(&control, op, Point::After).await;
    if let Some(delay_ms) = lie.as_ref().map(|lie| lie.delay_ms).filter(|delay| *delay > 0) {
        tokio::time::sleep(std::time::Duration::from_millis(delay_ms)).await;
    }
    let answer = respond(honest, lie.as_ref().map(Lie::spoilt).unwrap_or_default());
    if let Some(request) = control.world().record.request(number) {
        request.progress = Progress::Answered;
    }
    control.count(|counts| *counts.answered.entry(op).or_default() += 1);
    answer
}

struct Arrival {
    number: u64,
    lie: Option<Lie>,
}

/// Writes a request down, checks who sent it, and chooses the lie it gets.
fn arrive(control: &Control, asked: &Asked) -> Result<Arrival, Box<Response>> {
    let at_ms = control.now_ms();
    let mut world = control.world();
    let may = match &world.credentials {
        Some(credentials) => asked.authorization.as_deref() == Some(&credentials.header()),
        None => true,
    };
    let lie = if may { choose(&mut world, asked) } else { None };
    let number = world.record.next_number();
    world.record.arrived(Request {
        number,
        at_ms,
        op: asked.op,
        permit: asked.permit.clone(),
        body: asked.text.chars().take(2_000).collect(),
        lie: lie.clone(),
        progress: if may { Progress::Arrived } else { Progress::Unauthorized },
        said: None,
    });
    match may {
        true => Ok(Arrival { number, lie }),
        false => Err(Box::new(whole(401, "text/plain", "Unauthorized".into()))),
    }
}

/// The lie for this request: by package name or PID when buying, by address and PID otherwise.
fn choose(world: &mut World, asked: &Asked) -> Option<Lie> {
    let ip = asked.field("ip").unwrap_or_default();
    let pid = match asked.op {
        Op::Buyvps => {
            let place = world.catalogue.by_name(ip).first().copied();
            place.map(|place| world.catalogue.at(place).pid.clone())
        }
        _ => asked.address().and_then(|ip| world.servers.get(&ip)).map(|found| found.pid.clone()),
    };
    let names = [ip, pid.as_deref().unwrap_or_default()];
    let World { lies, chance, .. } = world;
    lies.pick(asked.op, &names, chance)
}

/// Stands still at a point, if somebody wished for it.
async fn stand(control: &Control, op: Op, point: Point) {
    let Some(held) = control.world().holds.stop(op, point) else { return };
    control.count(|counts| counts.held += 1);
    // An error means that the one who held us is gone: go on.
    _ = held.await;
    control.count(|counts| counts.held = counts.held.saturating_sub(1));
}

/// One request's turn in the world.
#[derive(Clone, Copy)]
struct Turn<'a> {
    number: u64,
    now_ms: i64,
    lie: Option<&'a Lie>,
}

/// Does what was asked, or the lie's deed, in one step.
fn act(control: &Control, asked: &Asked, number: u64, lie: Option<&Lie>) -> Honest {
    let turn = Turn { number, now_ms: control.now_ms(), lie };
    let mut world = control.world();
    let encoding = encoding(&mut world, asked.op);
    // The list is long and can be asked for again: what was said is not kept.
    let (said, body) = match asked.op {
        Op::Ipstock => (None, stock::list(&mut world, encoding, lie)),
        _ => {
            let said = say(&mut world, asked, turn);
            let body = encoding.wrap(&said).into();
            (Some(said), body)
        }
    };
    let sold = world.record.sold.len() as u64;
    if let Some(request) = world.record.request(number) {
        request.progress = Progress::Done;
        request.said = said;
    }
    drop(world);
    control.count(|counts| counts.sold = counts.sold.max(sold));
    Honest { status: 200, content_type: content_type(asked.op), body }
}

fn say(world: &mut World, asked: &Asked, Turn { number, now_ms, lie }: Turn<'_>) -> String {
    match asked.op {
        Op::Status => status::describe(world, asked.address(), now_ms, lie),
        Op::Buyvps => {
            let ram = asked.ram();
            let sale = Sale {
                request: number,
                asked_for: asked.field("ip").unwrap_or_default(),
                ram: &ram,
                permit: asked.permit.as_deref(),
                now_ms,
            };
            buy::buy(world, &sale, lie)
        }
        op => {
            let wanted = Wanted { op, address: asked.address(), os: asked.field("os") };
            change(world, wanted, now_ms, lie)
        }
    }
}

/// Two operations speak JSON, the others in sentences.
fn is_json(op: Op) -> bool {
    matches!(op, Op::Ipstock | Op::Status)
}

fn content_type(op: Op) -> &'static str {
    if is_json(op) { "application/json" } else { "text/html" }
}

fn encoding(world: &mut World, op: Op) -> Encoding {
    match (world.settings.mixed_encodings, is_json(op)) {
        (true, _) => Encoding::ALL[world.chance.below(Encoding::ALL.len())],
        (false, true) => world.settings.encoding,
        (false, false) => world.settings.text_encoding,
    }
}

impl Credentials {
    /// The header that lets somebody in: HTTP Basic.
    pub fn header(&self) -> String {
        format!("Basic {}", base64(format!("{}:{}", self.username, self.password).as_bytes()))
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_become_the_header_that_the_standard_shows() {
        let aladdin = Credentials::new("Aladdin", "open sesame");
        assert_eq!(aladdin.header(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"abc"), "YWJj");
    }
}
