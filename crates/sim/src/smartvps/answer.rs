//! From what is said to bytes on a connection: the vendor's three encodings, and every way in
//! which an answer goes astray. Not for what is said: that is the deed's matter.

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::lie::{Answer, Lie};
use crate::serve::Cut;

/// How a text is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As it is.
    Plain,
    /// As the content of a JSON string.
    #[default]
    InString,
    /// A JSON string inside a JSON string.
    Triple,
    /// A JSON string in one more pair of quotes, which is no JSON any more.
    Quoted,
}

impl Encoding {
    pub const ALL: [Encoding; 4] =
        [Encoding::Plain, Encoding::InString, Encoding::Triple, Encoding::Quoted];

    pub fn wrap(self, text: &str) -> String {
        let in_string = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Encoding::Plain => text.to_owned(),
            Encoding::InString => in_string(text),
            Encoding::Triple => in_string(&in_string(text)),
            Encoding::Quoted => format!("\"{}\"", in_string(text)),
        }
    }
}

/// The answer to one request, as it should be before anything spoils it.
#[derive(Debug, Clone)]
pub struct Honest {
    pub content_type: &'static str,
    pub body: Bytes,
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Service Temporarily Unavailable</title>\
    </head>\n<body><h1>Service Temporarily Unavailable</h1>\n<p>The server is unable to service \
    your request due to maintenance. Please try again later.</p></body></html>\n";

/// Bytes that are neither text nor JSON, in the way of a broken proxy.
const GARBAGE: &[u8] = b"\x1f\x8b\x08\x00\xff\xfe{{::\x00\xc3\x28|success|\xf0\x28\x8c";

/// Puts an answer on its way. Nothing means that none ever comes.
pub fn respond(honest: Honest, lie: Option<&Lie>) -> Option<Response> {
    let Honest { content_type, body } = honest;
    let Some(lie) = lie else { return Some(whole(200, content_type, body)) };
    let text = lie.text.clone().unwrap_or_default();
    let answer = match lie.answer {
        Answer::Honest => whole(200, content_type, body),
        Answer::Lost => cut(Cut::Close),
        Answer::Reset => cut(Cut::Reset),
        Answer::Truncated => half(content_type, body),
        Answer::Html => whole(lie.code.unwrap_or(200), "text/html", PAGE.into()),
        Answer::Garbage => whole(200, content_type, Bytes::from_static(GARBAGE)),
        Answer::Empty => whole(200, content_type, Bytes::new()),
        Answer::Text => whole(lie.code.unwrap_or(200), "text/plain", text.into()),
        Answer::Status => whole(lie.code.unwrap_or(500), "text/plain", status_text(lie).into()),
        Answer::Redirect => redirect(if text.is_empty() { "/maintenance" } else { &text }),
        Answer::Huge => {
            let blanks = vec![b' '; 4 << 20];
            whole(200, content_type, [blanks, body.to_vec()].concat().into())
        }
        Answer::Hang => return None,
    };
    Some(answer)
}

fn status_text(lie: &Lie) -> String {
    let known = match lie.code.unwrap_or(500) {
        401 => "Unauthorized",
        403 => "Forbidden",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    };
    lie.text.clone().unwrap_or_else(|| known.to_owned())
}

/// A whole answer. A status that is no status is a 500.
pub fn whole(code: u16, content_type: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn redirect(to: &str) -> Response {
    let mut response = whole(302, "text/plain", Bytes::new());
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/maintenance"));
    response.headers_mut().insert(header::LOCATION, to);
    response
}

fn cut(how: Cut) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(how);
    response
}

/// Promises the whole length and breaks off after half of it.
fn half(content_type: &'static str, body: Bytes) -> Response {
    let first = body.slice(..body.len() / 2);
    let breaking = stream::once(async {
        // The half is flushed only while there is nothing more to write.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        Err::<Bytes, _>(std::io::Error::other("cut by command"))
    });
    let parts = stream::once(async { Ok(first) }).chain(breaking);
    let mut response = whole(200, content_type, Bytes::new());
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = Body::from_stream(parts);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_wrapped_in_four_ways() {
        let text = r#"{"a":"b"}"#;
        assert_eq!(Encoding::Plain.wrap(text), text);
        assert_eq!(Encoding::InString.wrap(text), r#""{\"a\":\"b\"}""#);
        assert_eq!(Encoding::Triple.wrap(text), r#""\"{\\\"a\\\":\\\"b\\\"}\"""#);
        assert_eq!(Encoding::Quoted.wrap(text), r#"""{\"a\":\"b\"}"""#);
    }
}
