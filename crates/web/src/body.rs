//! Reading what was sent: JSON bodies, queries, ids in paths. What cannot be read is refused with
//! a sentence that says what to do. Not for what it means: the handlers and the engine judge that.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use domain::id::{
    AccountId, ApiKeyId, CartLineId, CheckoutId, OrderId, PaperId, PaymentId, ProductId, RefundId,
    ServerId, SessionId,
};
use engine::brand::Legal;
use engine::mail::MailId;
use engine::read::{PAGE, PAGE_MAX};
use engine::silence::SilenceId;
use http::request::Parts;
use http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::headers::IDEMPOTENCY_KEY;
use crate::problem::Problem;
use crate::view::mail::Sampled;

/// A JSON body, read. An empty one is an empty object.
pub(crate) struct Sent<T>(pub T);

impl<T, S> FromRequest<S> for Sent<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        must_be_json(request.headers())?;
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::malformed("the body broke off; send it again"))?;
        read(&bytes).map(Sent)
    }
}

/// Reads JSON. A character that no database keeps is refused here, for all fields at once.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    if holds_nul(bytes) {
        return Err(Problem::malformed("a text in the body holds the character NUL; leave it out"));
    }
    let Json(read) = Json::<T>::from_bytes(bytes).map_err(|why| unreadable(&why))?;
    Ok(read)
}

fn unreadable(why: &JsonRejection) -> Problem {
    let text = why.body_text();
    let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    Problem::malformed(match why {
        JsonRejection::JsonDataError(_) => format!("the body does not fit: {text}"),
        _ => format!("the body is not JSON: {text}; send an object like {{\"name\": \"value\"}}"),
    })
}

/// Whether `\u0000` stands in a JSON text; a raw NUL is no JSON anyway.
fn holds_nul(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at + 1..].starts_with(b"u0000") {
            return true;
        }
        // Whatever the backslash escapes is not an escape itself.
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let wrong = |detail: String| Err(Problem::new("unsupported-media-type", detail));
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return wrong("send the body as it is, without Content-Encoding".to_owned());
    }
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || kind.ends_with("+json") {
        return Ok(());
    }
    let kind: String = kind.chars().take(60).collect();
    wrong(format!("the body was sent as {kind:?}; send it as application/json"))
}

/// The parameters after the question mark, read.
pub(crate) struct Asked<T>(pub T);

impl<T, S> FromRequestParts<S> for Asked<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::malformed("a parameter holds the character NUL; leave it out"));
        }
        let Query(read) = Query::<T>::try_from_uri(&parts.uri).map_err(|why| {
            let text = why.body_text();
            let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
            Problem::malformed(format!("a parameter of the address does not fit: {text}"))
        })?;
        Ok(Asked(read))
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// How many at most; 1 to 500.
    limit: Option<u32>,
    /// `next` of the answer before.
    pub after: Option<String>,
}

const LIMIT: u32 = PAGE as u32;
const LIMIT_MAX: u32 = PAGE_MAX as u32;

impl Part {
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            Some(0) => Err(Problem::malformed("limit must be a whole number from 1 to 500")),
            limit => Ok(limit.unwrap_or(LIMIT).min(LIMIT_MAX)),
        }
    }

    /// The cursor as what it is made of; one that was made up is refused.
    pub fn after<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let wrong = || Problem::malformed("after must be `next` of an answer of this list");
        self.after.as_deref().map(|text| read(text).ok_or_else(wrong)).transpose()
    }
}

/// Something that an address names by its id. A text that is no such id names nothing.
pub(crate) trait Named: Sized {
    const WHAT: &'static str;
    fn named(text: &str) -> Option<Self>;
}

macro_rules! named {
    ($($id:ident = $what:literal;)*) => {$(
        impl Named for $id {
            const WHAT: &'static str = $what;
            fn named(text: &str) -> Option<$id> {
                $id::parse(text).ok()
            }
        }
    )*};
}

named! {
    AccountId = "account";
    CartLineId = "cart line";
    CheckoutId = "checkout";
    OrderId = "order";
    PaymentId = "payment";
    PaperId = "paper";
    ProductId = "product";
    RefundId = "refund";
    ServerId = "server";
    ApiKeyId = "API key";
    SessionId = "session";
}

impl Named for MailId {
    const WHAT: &'static str = "mail";
    fn named(text: &str) -> Option<MailId> {
        MailId::parse(text)
    }
}

impl Named for SilenceId {
    const WHAT: &'static str = "silence";
    fn named(text: &str) -> Option<SilenceId> {
        SilenceId::parse(text)
    }
}

impl Named for Legal {
    const WHAT: &'static str = "page";
    fn named(text: &str) -> Option<Legal> {
        Legal::parse(text)
    }
}

impl Named for Sampled {
    const WHAT: &'static str = "mail template";
    fn named(text: &str) -> Option<Sampled> {
        Sampled::named(text)
    }
}

/// Reads an id that stands in a body or a query.
pub(crate) fn id_of<T: Named>(text: &str) -> Result<T, Problem> {
    T::named(text).ok_or_else(|| Problem::missing(T::WHAT, text))
}

/// The one id in a path.
pub(crate) struct At<T>(pub T);

impl<T: Named, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| Problem::missing(T::WHAT, parts.uri.path()))?;
        id_of(&text).map(At)
    }
}

/// The request's `Idempotency-Key`, for a use case that counts by it.
pub(crate) struct Key(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        key_of(&parts.headers).map(Key)
    }
}

pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let wrong = |_| Problem::malformed("an Idempotency-Key is made of plain letters and digits");
    key.to_str().map(|key| Some(key.to_owned())).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wish {
        count: i64,
    }

    fn said(text: &str) -> String {
        read::<Wish>(text.as_bytes()).unwrap_err().detail().to_owned()
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(read::<Wish>(b"{\"count\": 5, \"other\": 1}").unwrap().count, 5);
        assert!(said("").contains("missing field `count`"));
        assert!(said("{\"count\": \"5\"}").contains("count: invalid type: string"));
        assert!(said("{\"count\": 5.0}").contains("floating point"));
        assert!(said("{\"count\": 99999999999999999999}").contains("count"));
        assert!(said("{\"count\": 1").contains("not JSON"));
        assert!(said("[]").contains("does not fit"));
    }

    #[test]
    fn a_nul_is_found_in_every_disguise_and_nothing_else_is() {
        assert!(holds_nul(br#"{"a": "b\u0000"}"#));
        assert!(holds_nul(br#"{"a": "\\\u0000"}"#));
        assert!(!holds_nul(br#"{"a": "\\u0000"}"#));
        assert!(!holds_nul(br#"{"a": "\u0001\""}"#));
        assert!(!holds_nul(br#""\"#));
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        let part = Part { limit: Some(9_999), after: Some("nonsense".into()) };
        assert_eq!(part.limit().unwrap(), LIMIT_MAX);
        assert!(part.after(|text| text.parse::<i64>().ok()).is_err());
        assert!(Part { limit: Some(0), after: None }.limit().is_err());
    }
}
