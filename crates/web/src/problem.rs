//! What went wrong, as everybody outside reads it: one problem document per answer (RFC 9457).
//! Not for deciding what is wrong: the engine and the handlers do that.

mod known;
mod page;

use axum::response::{IntoResponse, Response};
use engine::Error;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::headers;

pub use known::{ALL, Known, known};
pub(crate) use page::problem_page;

/// What a problem document is sent as.
pub const CONTENT_TYPE: &str = "application/problem+json";
/// A text from outside may stand in a detail; nobody reads more of it than this.
const DETAIL_MAX: usize = 600;
/// So soon a count that failed is tried again.
const COUNT_AFTER_S: u64 = 60;
/// So soon after our own failure it is worth trying again.
const AGAIN_AFTER_S: u64 = 2;

/// A refusal or a failure on its way out. It also travels in the answer's extensions, so that a
/// page can say the same in its own way.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inside>);

#[derive(Clone, Debug)]
struct Inside {
    slug: &'static str,
    title: &'static str,
    status: StatusCode,
    detail: String,
    retry_after_s: Option<u64>,
    order_id: Option<String>,
}

/// The document itself. `success` and `error` are for scripts older than the standard.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    /// Where this kind of problem is explained.
    #[schema(example = "/problems/out-of-stock")]
    r#type: String,
    title: &'a str,
    status: u16,
    /// What happened, and what to do about it.
    detail: &'a str,
    success: bool,
    /// The same as `detail`.
    error: &'a str,
    /// The order that exists all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
}

impl Problem {
    /// A problem of a known kind. `detail` says what happened and what to do about it.
    pub fn new(slug: &'static str, detail: impl Into<String>) -> Problem {
        // A test sees to it that the table is complete; an unknown kind is told all the same.
        let (title, status) = known(slug)
            .map_or(("Refused", StatusCode::CONFLICT), |known| (known.title, known.status));
        Problem::of(slug, title, status, detail.into())
    }

    fn of(slug: &'static str, title: &'static str, status: StatusCode, detail: String) -> Problem {
        let detail = shortened(detail);
        let inside = Inside { slug, title, status, detail, retry_after_s: None, order_id: None };
        Problem(Box::new(inside))
    }

    pub fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new("malformed", detail)
    }

    /// Of what exists, and of what belongs to somebody else, nothing else is said.
    pub fn missing(what: &'static str, id: &str) -> Problem {
        Error::missing(what, id).into()
    }

    pub fn too_many(detail: &str, retry_after_s: u64) -> Problem {
        Problem::new("too-many-requests", detail).after(retry_after_s)
    }

    /// More than the shop can do at once; nothing was begun.
    pub fn overloaded() -> Problem {
        let detail = "the shop has more to do than it can at the moment; send the same again soon";
        Problem::new("overloaded", detail).after(AGAIN_AFTER_S)
    }

    /// A worker could not count what was asked for.
    pub fn count_failed(why: &str) -> Problem {
        let detail = format!("it could not be counted: {why}; it is tried again when asked for");
        Problem::new("count-failed", detail).after(COUNT_AFTER_S)
    }

    /// Our own fault. What it was stands in the log alone.
    pub fn internal() -> Problem {
        let detail = "something broke on our side; it is in our log, and trying again may help";
        Problem::new("internal", detail)
    }

    /// Names the order that exists although the request was refused.
    pub fn about(mut self, order: &str) -> Problem {
        self.0.order_id = Some(order.to_owned());
        self
    }

    fn after(mut self, seconds: u64) -> Problem {
        self.0.retry_after_s = Some(seconds);
        self
    }

    pub fn slug(&self) -> &'static str {
        self.0.slug
    }

    pub fn title(&self) -> &'static str {
        self.0.title
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn retry_after_s(&self) -> Option<u64> {
        self.0.retry_after_s
    }

    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    fn document(&self) -> Document<'_> {
        let Inside { slug, title, status, detail, order_id, .. } = &*self.0;
        Document {
            r#type: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail,
            success: false,
            error: detail,
            order_id: order_id.as_deref(),
        }
    }
}

fn shortened(detail: String) -> String {
    match detail.char_indices().nth(DETAIL_MAX) {
        None => detail,
        Some((end, _)) => format!("{}…", &detail[..end]),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let text = error.to_string();
        match error {
            Error::Missing { .. } => Problem::new("not-found", text),
            Error::Refused { slug, .. } => Problem::new(slug, text),
            Error::Invalid { slug, .. } => match known(slug) {
                Some(_) => Problem::new(slug, text),
                None => Problem::of(slug, "Refused", StatusCode::UNPROCESSABLE_ENTITY, text),
            },
            Error::NoWayToPay { order, .. } => {
                Problem::new("payment-unavailable", text).about(&order)
            }
            Error::Malformed(_) => Problem::malformed(text),
            Error::Unauthenticated => Problem::new("unauthenticated", text),
            Error::NeedsCode { .. } => Problem::new("code-needed", text),
            Error::Forbidden(_) => Problem::new("forbidden", text),
            Error::NeedsVersion(_) => Problem::new("needs-version", text),
            Error::TooMany { retry_after_s, .. } => Problem::too_many(&text, retry_after_s),
            Error::Outside(_) => {
                tracing::warn!("{text}");
                Problem::new("outside-failed", text)
            }
            Error::Unavailable(_) => {
                tracing::error!("{text}");
                let detail = "the shop cannot reach its database; try again in a few seconds";
                Problem::new("database-away", detail).after(AGAIN_AFTER_S)
            }
            Error::Bug(_) => {
                tracing::error!("{text}");
                Problem::internal()
            }
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        let mut response = (self.0.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        headers.insert(header::CACHE_CONTROL, headers::NO_STORE);
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
