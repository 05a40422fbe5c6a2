//! What every answer carries: headers that keep browsers from being used against the shop.
//! Also the names of our own headers, once.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const SYNC_TOKEN: HeaderName = HeaderName::from_static("x-sync-token");
pub const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// For answers that are about one person, or about now.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// For answers that may be kept, and must be asked for again before use.
pub const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// No script and no style but our own files, and nobody may frame us. Forms go where `$to` says.
macro_rules! policy {
    ($to:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action ",
            $to,
            "; frame-ancestors 'none'; base-uri 'none'"
        )
    };
}

const CONTENT_SECURITY: HeaderValue = HeaderValue::from_static(policy!("'self'"));

/// The policy of a page whose form goes to another origin.
pub(crate) fn policy_with_form_to(origin: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(policy!("{}"), origin)).ok()
}

/// The policy of a page that shows mails of ours in frames.
pub(crate) const FRAMING_OURS: HeaderValue =
    HeaderValue::from_static(concat!(policy!("'self'"), "; frame-src 'self'"));
/// The policy of a mail in such a frame: it may look as it does, and do nothing.
pub(crate) const MAIL_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
);
pub(crate) const FRAMED_BY_US: HeaderValue = HeaderValue::from_static("SAMEORIGIN");

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// For a year, once a browser has seen the shop over TLS.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the fixed headers on an answer; one that has its own keeps it.
pub(crate) fn guard(response: &mut Response, secure: bool) {
    let headers = response.headers_mut();
    headers.reserve(FIXED.len() + 2);
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    if secure {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(TLS_ONLY);
    }
}
