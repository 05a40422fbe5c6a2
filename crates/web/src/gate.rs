//! The gate of one route: who comes, whether they may, how often, from where, with how much.
//! What changes something runs to its end behind it, once per `Idempotency-Key`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::permission::{Via, Visitor};
use futures_util::StreamExt;
use http::request::Parts;
use http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use crate::account::prove;
use crate::app::Shop;
use crate::auth;
use crate::body::key_of;
use crate::headers::{NO_STORE, SYNC_TOKEN};
use crate::limits::{Limits, Place, Room};
use crate::once::Once;
use crate::origin;
use crate::problem::Problem;
use crate::requests::only_looks;
use crate::rule::{Asks, Rule};
use crate::watcher;

/// So long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(15);
/// So much of a body that is too large is still read, so that its sender gets to read the answer.
const SWALLOWED_MAX: usize = 8 * 1024 * 1024;

/// A route's gate. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gate(pub Arc<(Shop, Rule)>);

/// Leads a request through a route's gate, or sends it away.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let mut response = gate.answer(request, next).await.unwrap_or_else(IntoResponse::into_response);
    // What was said to one person is not for whoever sits down next.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    response
}

impl Gate {
    fn shop(&self) -> &Shop {
        &self.0.0
    }

    fn rule(&self) -> &Rule {
        &self.0.1
    }

    async fn answer(&self, request: Request, next: Next) -> Result<Response, Problem> {
        let (mut parts, body) = request.into_parts();
        if only_looks(&parts.method) {
            parts.extensions.insert(self.let_in(&parts).await?);
            let looking = next.run(Request::from_parts(parts, body));
            return self.in_time(looking).await;
        }
        let limits = self.shop().limits();
        let place = limits.place().await?;
        let visitor = self.let_in(&parts).await?;
        self.for_themselves(&parts, &visitor).await?;
        let proved = self.must(&visitor);
        parts.extensions.insert(visitor);
        // Nobody keeps others out by sending slowly.
        drop(place);
        let (body, room) = collected(body, self.rule().body_max, limits).await?;
        let held = (limits.place().await?, room);
        let sent = body.clone();
        let response = match proved {
            Ok(()) => self.carry_out(parts, body, next, held).await?,
            Err(problem) => problem.into_response(),
        };
        Ok(prove::with_what_was_sent(response, sent))
    }

    /// Insists on a fresh proof where the route's act is grave.
    fn must(&self, visitor: &Visitor) -> Result<(), Problem> {
        match self.rule().asks {
            Asks::Act(act) => visitor.must(act).map(drop).map_err(Problem::from),
            Asks::Nothing | Asks::Anybody | Asks::Account | Asks::TokenOr(_) | Asks::Watcher => {
                Ok(())
            }
        }
    }

    /// Staff who see the shop as a customer do nothing but what they may do for one: also where
    /// everybody may come in, and only the handler looks whose session it is.
    async fn for_themselves(&self, parts: &Parts, visitor: &Visitor) -> Result<(), Problem> {
        if self.rule().while_acting {
            return Ok(());
        }
        let act = match self.rule().asks {
            Asks::Act(act) => Some(act),
            _ => None,
        };
        let behind = match (visitor, auth::session_token(&parts.headers)) {
            (Visitor::Nobody, Some(token)) => self.shop().engine().who(&token).await?,
            _ => visitor.clone(),
        };
        match behind.account() {
            Some(account) => Ok(account.must_do_for_themselves(act)?),
            None => Ok(()),
        }
    }

    async fn let_in(&self, parts: &Parts) -> Result<Visitor, Problem> {
        let visitor = self.look_at(parts).await;
        let now = self.shop().engine().now();
        match &visitor {
            Ok(Visitor::Account(account)) => {
                self.shop().limits().count_account(&account.id, now)?
            }
            // Whoever shows a wrong key counts as much as whoever shows none.
            Ok(Visitor::Nobody) | Err(_) => {
                let address = auth::address(&parts.extensions);
                self.shop().limits().count_address(address, now)?;
            }
        }
        let visitor = visitor?;
        let by_key = visitor.account().is_some_and(|account| matches!(account.via, Via::Key(_)));
        if !only_looks(&parts.method) && !by_key && !self.rule().from_anywhere {
            origin::must_be_ours(&parts.headers, &self.shop().engine().settings().app_url)?;
        }
        Ok(visitor)
    }

    /// Finds out who comes, as far as the route asks, and whether they may.
    async fn look_at(&self, parts: &Parts) -> Result<Visitor, Problem> {
        let (engine, headers) = (self.shop().engine(), &parts.headers);
        match self.rule().asks {
            Asks::Nothing => Ok(Visitor::Nobody),
            Asks::TokenOr(_) if self.shows_token(headers) => Ok(Visitor::Nobody),
            Asks::Watcher => watcher::is_let_in(self.shop(), parts),
            Asks::Anybody => auth::visitor(engine, headers).await,
            Asks::Account => match auth::visitor(engine, headers).await? {
                Visitor::Nobody => Err(engine::Error::Unauthenticated.into()),
                account => Ok(account),
            },
            Asks::Act(act) | Asks::TokenOr(act) => {
                let visitor = auth::visitor(engine, headers).await?;
                visitor.may(act).map_err(Problem::from)?;
                Ok(visitor)
            }
        }
    }

    fn shows_token(&self, headers: &HeaderMap) -> bool {
        let (Some(token), Some(shown)) = (&self.shop().app().sync_token, headers.get(SYNC_TOKEN))
        else {
            return false;
        };
        !token.expose().is_empty() && token.expose().as_bytes().ct_eq(shown.as_bytes()).into()
    }

    /// Does what changes something, to its end, even if whoever asked hangs up.
    /// What is held for it is held until then, too.
    async fn carry_out(
        &self,
        parts: Parts,
        body: Bytes,
        next: Next,
        held: (Place, Room),
    ) -> Result<Response, Problem> {
        let key = key_of(&parts.headers)?;
        let visitor = parts.extensions.get::<Visitor>();
        let account = visitor.and_then(Visitor::account).map(|account| account.id.clone());
        let once = match (key, account) {
            (Some(key), Some(account)) => {
                let route = format!("{} {}", parts.method, parts.uri.path());
                let (engine, secret) = (self.shop().engine().clone(), self.rule().secret);
                Some(Once { engine, account, route, key, secret })
            }
            // A visitor's request cannot be told from another visitor's: a key means nothing.
            _ => None,
        };
        let span = tracing::Span::current();
        let work = async move {
            let answer = match once {
                Some(once) => once.answer(parts, body, next).await,
                None => next.run(Request::from_parts(parts, Body::from(body))).await,
            };
            drop(held);
            answer
        };
        let work = tracing::Instrument::instrument(work, span);
        let done = self.in_time(self.shop().app().unfinished.run(work)).await?;
        done.map_err(|_| Problem::internal())
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Problem> {
        tokio::time::timeout(self.rule().within, work).await.map_err(|_| {
            let detail = "the answer did not come in time; look whether it was done before trying \
                again, or send the same Idempotency-Key";
            Problem::new("took-too-long", detail)
        })
    }
}

/// Reads a body as far as the route allows, and as far as there is room for it.
async fn collected(body: Body, most: usize, limits: &Limits) -> Result<(Bytes, Room), Problem> {
    let reading = async {
        let mut room = limits.room(0)?;
        let (mut pieces, mut kept, mut length) = (body.into_data_stream(), Vec::new(), 0_usize);
        while let Some(piece) = pieces.next().await {
            let piece =
                piece.map_err(|_| Problem::malformed("the body broke off; send it again"))?;
            length = length.saturating_add(piece.len());
            if length <= most {
                room.merge(limits.room(piece.len())?);
                kept.extend_from_slice(&piece);
            } else if length > SWALLOWED_MAX {
                break;
            }
        }
        if length <= most {
            return Ok((Bytes::from(kept), room));
        }
        Err(Problem::new("too-large", format!("the body may have {} KiB here", most / 1024)))
    };
    tokio::time::timeout(BODY_WITHIN, reading).await.unwrap_or_else(|_| {
        Err(Problem::new("body-too-slow", "the body did not arrive in time; send it again"))
    })
}
