//! A request with an `Idempotency-Key`: done once, answered alike however often it comes.
//! What is remembered, and for how long, the engine knows.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::AccountId;
use engine::Engine;
use engine::idempotency::{Begin, Reply, Ticket};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::account::prove;
use crate::headers::{NO_STORE, REPLAYED};
use crate::problem::Problem;

/// How long a second one waits for the first, and how often it looks.
const WAITS: Duration = Duration::from_secs(20);
const LOOKS_AFTER: Duration = Duration::from_millis(20);
const LOOKS_AFTER_MAX: Duration = Duration::from_millis(400);
/// No answer to a request that changes something is larger.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// One request that counts once.
pub(crate) struct Once {
    pub engine: Engine,
    pub account: AccountId,
    /// Method and path: a key means one thing per route.
    pub route: String,
    pub key: String,
    pub secret: bool,
}

impl Once {
    pub async fn answer(self, parts: Parts, body: Bytes, next: Next) -> Response {
        let answered = self.begun(&body).await;
        let ticket = match answered {
            Ok(Begun::Fresh(ticket)) => ticket,
            Ok(Begun::Answered(response)) => return response,
            Err(problem) => return problem.into_response(),
        };
        let mut request = Request::from_parts(parts, Body::from(body));
        request.extensions_mut().insert(ticket.clone());
        // Whoever waits for this answer must not wait for one that broke down.
        let work = AssertUnwindSafe(next.run(request)).catch_unwind();
        let response = work.await.unwrap_or_else(|_| Problem::internal().into_response());
        if prove::is_asked(&response) {
            // Nothing was done yet: whoever proves who they are sends the same again.
            return match self.engine.release(ticket).await {
                Ok(()) => response,
                Err(error) => Problem::from(error).into_response(),
            };
        }
        self.kept(ticket, response).await.unwrap_or_else(IntoResponse::into_response)
    }

    /// Takes the ticket; while somebody else has it, waits for their answer.
    async fn begun(&self, body: &[u8]) -> Result<Begun, Problem> {
        let hash = hex::encode(Sha256::digest(body));
        let (mut pause, mut waited) = (LOOKS_AFTER, Duration::ZERO);
        loop {
            let begun = self.engine.idempotent(&self.account, &self.route, &self.key, &hash).await;
            match begun? {
                Begin::Fresh(ticket) => return Ok(Begun::Fresh(ticket)),
                Begin::Replay { status, content_type, body } => {
                    return Ok(Begun::Answered(replayed(status, &content_type, body)));
                }
                Begin::AnsweredSecret => {
                    let detail = "this was done before, and the answer held a secret that was not \
                        kept; to see it again, ask with a new Idempotency-Key";
                    return Err(Problem::new("already-answered", detail));
                }
                Begin::OtherBody => {
                    let detail = "this Idempotency-Key was sent before with another body; use a \
                        new key for a new request";
                    return Err(Problem::new("other-body", detail));
                }
                Begin::InFlight if waited >= WAITS => {
                    let detail = "the first request with this Idempotency-Key is still being \
                        worked on; send the same again in some seconds";
                    return Err(Problem::new("in-flight", detail));
                }
                Begin::InFlight => {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                    pause = (pause * 2).min(LOOKS_AFTER_MAX);
                }
            }
        }
    }

    /// Keeps the answer on its way out.
    async fn kept(&self, ticket: Ticket, response: Response) -> Result<Response, Problem> {
        let (parts, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, ANSWER_MAX).await else {
            tracing::error!("an answer to {} could not be read to its end", self.route);
            self.engine.release(ticket).await?;
            return Err(Problem::internal());
        };
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let reply = Reply {
            status: parts.status.as_u16(),
            content_type: content_type.to_owned(),
            body: body.to_vec(),
            // A refusal holds no secret: whoever sends the same again may read it again.
            secret: self.secret && parts.status.is_success(),
        };
        match self.engine.finish(ticket, reply).await {
            Err(error @ engine::Error::Refused { .. }) => Err(error.into()),
            // It was done, and the one who asked must learn of it.
            Err(error) => {
                tracing::error!("an answer to {} could not be kept: {error}", self.route);
                Ok(Response::from_parts(parts, Body::from(body)))
            }
            Ok(()) => Ok(Response::from_parts(parts, Body::from(body))),
        }
    }
}

enum Begun {
    Fresh(Ticket),
    Answered(Response),
}

fn replayed(status: u16, content_type: &str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
