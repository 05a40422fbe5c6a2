//! A bot of Telegram: a text of 1 to 4,096 letters without marks, answered by `ok` and, where that
//! is false, by a code and a description, whatever the status says.

use http::Request;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{CannotAsk, Heard, Notice, Received, words};

pub(super) fn request(
    url: &Url,
    chat: &str,
    notice: &Notice,
) -> Result<Request<Vec<u8>>, CannotAsk> {
    let words = words::of(notice);
    let text = words.lines(str::to_owned, &words.link);
    let body =
        json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } });
    super::json(url, &body, &[])
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error_code: Option<u16>,
    description: Option<String>,
}

pub(super) fn received(heard: Heard<'_>) -> Received {
    let Ok(answer) = serde_json::from_slice::<Answer>(heard.body) else {
        return match heard.by_status() {
            // Somebody else answered in its place.
            Received::Taken => heard.later(Some("no answer of Telegram's")),
            other => other,
        };
    };
    if answer.ok && (200..=299).contains(&heard.status) {
        return Received::Taken;
    }
    let said = answer.description.as_deref().unwrap_or("no reason given");
    let heard = Heard { status: answer.error_code.unwrap_or(heard.status), ..heard };
    match heard.by_status() {
        Received::Refused { .. } => Received::Refused { reason: heard.reason(Some(said)) },
        Received::Later { .. } | Received::Taken => heard.later(Some(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(status: u16, body: &str) -> Received {
        received(Heard { status, retry_after: None, body: body.as_bytes() })
    }

    #[test]
    fn an_answer_of_200_that_is_not_ok_is_no_receipt() {
        let refused = r#"{"ok":false,"error_code":400,"description":"chat not found"}"#;
        let reason = "it answered 400: chat not found".to_owned();
        assert_eq!(heard(200, refused), Received::Refused { reason });
        let busy = r#"{"ok":false,"error_code":429,"description":"Too Many",
            "parameters":{"retry_after":5}}"#;
        let after = Some(std::time::Duration::from_secs(5));
        let reason = "it answered 429: Too Many".to_owned();
        assert_eq!(heard(200, busy), Received::Later { reason, after });
        for odd in ["<html>", r#"{"ok":false}"#] {
            assert!(matches!(heard(200, odd), Received::Later { .. }), "{odd}");
        }
        assert_eq!(heard(200, r#"{"ok":true,"result":{}}"#), Received::Taken);
    }
}
