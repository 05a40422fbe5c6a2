//! How each of them is spoken to and answers: paths, shapes, limits, refusals.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use super::handle::{Channel, Control, Lie, Told};
use crate::serve::Cut;

/// So many letters each of them takes.
const DISCORD_MAX: usize = 2_000;
const TELEGRAM_MAX: usize = 4_096;

pub(super) fn router(control: Control) -> Router {
    Router::new().fallback(post(receive)).with_state(control)
}

async fn receive(
    State(control): State<Control>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let channel = match uri.path() {
        path if path.starts_with("/services/") => Channel::Slack,
        path if path.starts_with("/api/webhooks/") => Channel::Discord,
        path if path.starts_with("/bot") && path.ends_with("/sendMessage") => Channel::Telegram,
        "/hook" => Channel::Webhook,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let lie = control.comes(channel);
    let told = match understood(&control, channel, &headers, &body) {
        Ok((text, id)) => Told { channel, text, id },
        Err((code, why)) => return refused(channel, code, why),
    };
    match lie {
        None => {
            control.keep(told);
            taken(channel)
        }
        Some(Lie::KeepAndDrop) => {
            control.keep(told);
            let mut answer = Response::default();
            answer.extensions_mut().insert(Cut::Close);
            answer
        }
        Some(Lie::Hang) => std::future::pending().await,
        Some(Lie::Broken) => (StatusCode::INTERNAL_SERVER_ERROR, "rollup_error").into_response(),
        Some(Lie::Gone) => match channel {
            Channel::Slack => refused(channel, 404, "no_service"),
            Channel::Discord => refused(channel, 404, "Unknown Webhook"),
            Channel::Telegram => refused(channel, 403, "Forbidden: bot was kicked"),
            Channel::Webhook => refused(channel, 410, "gone"),
        },
        Some(Lie::Busy(seconds)) => busy(channel, seconds),
    }
}

/// What a person reads, and the id that a webhook is known by; or the refusal.
type Understood = Result<(String, Option<String>), (u16, &'static str)>;

fn understood(control: &Control, channel: Channel, headers: &HeaderMap, body: &[u8]) -> Understood {
    let is_json = headers.get("content-type").is_some_and(|kind| kind == "application/json");
    let body_read = serde_json::from_slice::<Value>(body).ok().filter(|_| is_json);
    let json = body_read.ok_or((400, "invalid_payload"))?;
    let text = |field: &str| {
        json[field]
            .as_str()
            .filter(|text| !text.is_empty())
            .ok_or((400, "no_text"))
            .map(str::to_owned)
    };
    match channel {
        Channel::Slack => {
            let text = text("text")?;
            // A mark that nobody wrote down as a letter calls somebody.
            match text.contains("<!") || text.contains("<@") {
                true => Err((400, "it calls everybody")),
                false => Ok((unescaped(&text), None)),
            }
        }
        Channel::Discord => {
            let text = text("content")?;
            let calls_nobody = json["allowed_mentions"]["parse"] == json!([]);
            match calls_nobody && text.chars().count() <= DISCORD_MAX {
                true => Ok((text.replace('\\', ""), None)),
                false => Err((400, "Invalid Form Body")),
            }
        }
        Channel::Telegram => {
            let text = text("text")?;
            match json["chat_id"] == "-100200" && text.encode_utf16().count() <= TELEGRAM_MAX {
                true => Ok((text, None)),
                false => Err((400, "Bad Request: chat not found")),
            }
        }
        Channel::Webhook => {
            let id = signed_id(control, headers, body).ok_or((401, "wrong signature"))?;
            Ok((String::from_utf8_lossy(body).into_owned(), Some(id)))
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The webhook's id, where one of its signatures is right for id, moment and body.
fn signed_id(control: &Control, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let (id, moment) = (header("webhook-id")?, header("webhook-timestamp")?);
    moment.parse::<u64>().ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(control.key()).ok()?;
    for part in [id.as_bytes(), b".", moment.as_bytes(), b".", body] {
        mac.update(part);
    }
    let right = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    let is_signed = header("webhook-signature")?.split(' ').any(|one| one == right);
    is_signed.then(|| id.to_owned())
}

fn taken(channel: Channel) -> Response {
    match channel {
        Channel::Slack => "ok".into_response(),
        Channel::Discord => axum::Json(json!({ "id": "1", "type": 0 })).into_response(),
        Channel::Telegram => {
            axum::Json(json!({ "ok": true, "result": { "message_id": 1 } })).into_response()
        }
        Channel::Webhook => StatusCode::NO_CONTENT.into_response(),
    }
}

fn refused(channel: Channel, code: u16, why: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    match channel {
        Channel::Slack | Channel::Webhook => (status, why.to_owned()).into_response(),
        Channel::Discord => (status, axum::Json(json!({ "message": why }))).into_response(),
        // A proxy before it may well say 200.
        Channel::Telegram => {
            let answer = json!({ "ok": false, "error_code": code, "description": why });
            (StatusCode::OK, axum::Json(answer)).into_response()
        }
    }
}

fn busy(channel: Channel, seconds: u32) -> Response {
    let after = [("retry-after", seconds.to_string())];
    let status = StatusCode::TOO_MANY_REQUESTS;
    match channel {
        Channel::Slack | Channel::Webhook => (status, after, "rate_limited").into_response(),
        Channel::Discord => {
            let body = json!({ "message": "slow down", "retry_after": f64::from(seconds) });
            (status, axum::Json(body)).into_response()
        }
        Channel::Telegram => {
            let parameters = json!({ "retry_after": seconds });
            let answer = json!({ "ok": false, "error_code": 429, "description": "Too Many Requests",
                "parameters": parameters });
            (status, axum::Json(answer)).into_response()
        }
    }
}
