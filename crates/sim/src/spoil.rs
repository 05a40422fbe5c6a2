//! Every way in which an answer goes astray between being put together and being read.
//! Not for what is said: that is each simulator's own matter.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::serve::Cut;

/// How the answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    #[default]
    Honest,
    /// The connection closes without a byte.
    Lost,
    /// The connection is reset without a byte.
    Reset,
    /// Half of the body, then the connection closes.
    Truncated,
    /// An HTML error page; status `code`, or 200.
    Html,
    /// Bytes that mean nothing, with HTTP 200.
    Garbage,
    /// HTTP 200 and no body.
    Empty,
    /// `text` as it is; status `code`, or 200.
    Text,
    /// Status `code` (500 without one) and a short text.
    Status,
    /// 302 to `text`, or to a page of our own.
    Redirect,
    /// The honest text behind four megabytes of blanks.
    Huge,
    /// No answer at all, on an open connection.
    Hang,
}

/// The answer to one request, as it should be before anything spoils it.
#[derive(Debug, Clone)]
pub struct Honest {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Bytes,
}

impl IntoResponse for Honest {
    fn into_response(self) -> Response {
        whole(self.status, self.content_type, self.body)
    }
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Service Temporarily Unavailable</title>\
    </head>\n<body><h1>Service Temporarily Unavailable</h1>\n<p>The server is unable to service \
    your request due to maintenance. Please try again later.</p></body></html>\n";

/// Bytes that are neither text nor JSON, in the way of a broken proxy.
const GARBAGE: &[u8] = b"\x1f\x8b\x08\x00\xff\xfe{{::\x00\xc3\x28|success|\xf0\x28\x8c";

/// How one answer is to go out, and what that needs to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spoilt<'a> {
    pub answer: Answer,
    pub text: Option<&'a str>,
    pub code: Option<u16>,
}

/// Puts an answer on its way. Nothing means that none ever comes.
pub fn respond(honest: Honest, way: Spoilt<'_>) -> Option<Response> {
    let Honest { status, content_type, body } = honest;
    let text = way.text.unwrap_or_default().to_owned();
    let answer = match way.answer {
        Answer::Honest => Honest { status, content_type, body }.into_response(),
        Answer::Lost => cut(Cut::Close),
        Answer::Reset => cut(Cut::Reset),
        Answer::Truncated => half(content_type, body),
        Answer::Html => whole(way.code.unwrap_or(200), "text/html", PAGE.into()),
        Answer::Garbage => whole(200, content_type, Bytes::from_static(GARBAGE)),
        Answer::Empty => whole(200, content_type, Bytes::new()),
        Answer::Text => whole(way.code.unwrap_or(200), "text/plain", text.into()),
        Answer::Status => whole(way.code.unwrap_or(500), "text/plain", status_text(way).into()),
        Answer::Redirect => redirect(if text.is_empty() { "/maintenance" } else { &text }),
        Answer::Huge => {
            let blanks = vec![b' '; 4 << 20];
            whole(200, content_type, [blanks, body.to_vec()].concat().into())
        }
        Answer::Hang => return None,
    };
    Some(answer)
}

fn status_text(way: Spoilt<'_>) -> String {
    let known = match way.code.unwrap_or(500) {
        401 => "Unauthorized",
        403 => "Forbidden",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    };
    way.text.unwrap_or(known).to_owned()
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
