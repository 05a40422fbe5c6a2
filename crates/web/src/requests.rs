//! The way of every request through the house: its number, its line in the log, and an answer in
//! any case. Not for who may do what: that is `gate.rs`.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::Chance;
use engine::metrics::{Meters, TRACES};
use futures_util::FutureExt;
use http::{HeaderValue, Method, Uri};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::app::Shop;
use crate::auth;
use crate::headers::{self, REQUEST_ID};
use crate::problem::Problem;

/// No address of this shop is longer, and what is longer fits no index.
const ADDRESS_MAX: usize = 1_000;
const NUMBER_MAX: usize = 64;
/// What programs read to know whether the shop is well.
pub(crate) const WATCHES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Numbers the requests of one process.
pub(crate) struct Requests {
    /// Random, so that numbers of two processes are never equal.
    prefix: String,
    count: AtomicU64,
}

impl Requests {
    pub fn new(chance: &dyn Chance) -> Requests {
        let mut random = [0; 5];
        chance.fill(&mut random);
        Requests { prefix: hex::encode(random), count: AtomicU64::new(0) }
    }

    /// The number that a proxy gave, if it is one, or a new one.
    fn number(&self, request: &Request) -> HeaderValue {
        let given = request.headers().get(REQUEST_ID).filter(|given| is_number(given));
        given.cloned().unwrap_or_else(|| {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            let text = format!("{}-{count:x}", self.prefix);
            HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("-"))
        })
    }
}

fn is_number(value: &HeaderValue) -> bool {
    let fits = (1..=NUMBER_MAX).contains(&value.len());
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    fits && value.as_bytes().iter().all(plain)
}

/// Leads a request through; whatever happens inside, it is answered.
pub(crate) async fn through(
    State(shop): State<Shop>,
    mut request: Request,
    next: Next,
) -> Response {
    auth::note_address(&mut request, &shop.app().proxies);
    let number = shop.requests().number(&request);
    let span = tracing::info_span!("request", id = number.to_str().unwrap_or_default());
    let told = Told::of(&request);
    let takes_a_place = takes_a_place(&request);
    let answer = async {
        if is_too_long(request.uri()) {
            let detail = format!("path and query have at most {ADDRESS_MAX} letters here");
            return Problem::new("address-too-long", detail).into_response();
        }
        let place = match takes_a_place {
            true => shop.limits().place().await.map(Some),
            false => Ok(None),
        };
        let place = match place {
            Ok(place) => place,
            Err(problem) => return problem.into_response(),
        };
        let inside = AssertUnwindSafe(next.run(request)).catch_unwind();
        let answer = inside.await.unwrap_or_else(|_| Problem::internal().into_response());
        drop(place);
        answer
    };
    // The log's span holds where nobody listens to traces, too.
    let trace = told.trace(&span, &number);
    let mut response = answer.instrument(trace.clone()).instrument(span.clone()).await;
    trace.record("http.response.status_code", i64::from(response.status().as_u16()));
    span.in_scope(|| told.answered(&response, shop.engine().meters()));
    headers::guard(&mut response, shop.is_secure());
    response.headers_mut().insert(REQUEST_ID, number);
    response
}

/// Whoever only looks takes a place here. What changes something takes its own at the gate, since a
/// body that comes slowly must not keep others out. Whoever watches over the shop is always let in.
fn takes_a_place(request: &Request) -> bool {
    only_looks(request.method()) && !WATCHES.contains(&request.uri().path())
}

/// Whether a request only looks.
pub(crate) fn only_looks(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_too_long(uri: &Uri) -> bool {
    uri.path().len() + uri.query().map_or(0, str::len) > ADDRESS_MAX
}

/// What the log, the metrics and the traces say of a request: never its query, which may hold what
/// is nobody's business.
struct Told {
    method: &'static str,
    /// As the table of routes has it: what strangers make up is no route.
    route: Option<MatchedPath>,
    path: String,
    began: Instant,
}

impl Told {
    fn of(request: &Request) -> Told {
        let heard = tracing::enabled!(tracing::Level::DEBUG);
        let route = request.extensions().get::<MatchedPath>().cloned();
        let path = || route.as_ref().map_or_else(|| request.uri().path(), MatchedPath::as_str);
        Told {
            method: word(request.method()),
            path: if heard { path().to_owned() } else { String::new() },
            route,
            began: Instant::now(),
        }
    }

    fn trace(&self, span: &Span, number: &HeaderValue) -> Span {
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        tracing::debug_span!(
            target: TRACES, parent: span, "request", id = number.to_str().unwrap_or_default(),
            http.request.method = self.method, http.route = route,
            http.response.status_code = Empty, otel.kind = "server",
            otel.name = format_args!("{} {route}", self.method),
        )
    }

    fn answered(self, response: &Response, meters: &Meters) {
        let (took, status) = (self.began.elapsed(), response.status());
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let class = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let class = class.get(usize::from(status.as_u16() / 100).wrapping_sub(1));
        let labels =
            [("method", self.method), ("route", route), ("status", class.unwrap_or(&"other"))];
        meters.requests.took(&labels, took);
        tracing::debug!("{} {} {status} in {} ms", self.method, self.path, took.as_millis());
    }
}

/// Strangers make up methods, too.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// What does not exist.
pub(crate) async fn nowhere(uri: Uri) -> Problem {
    Problem::missing("page", uri.path())
}

/// What exists, for another method.
pub(crate) async fn not_this_way(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} takes no {method}; the header Allow says what it takes", uri.path());
    Problem::new("method-not-allowed", detail)
}
