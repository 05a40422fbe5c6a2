//! The order's page moves by itself: its moving part is sent anew whenever it has changed.
//! A stream lives for some minutes; the browser then opens the next one.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::id::OrderId;
use engine::read::Viewer;
use futures_util::stream::{self, Stream};
use tokio::sync::OwnedSemaphorePermit;

use super::show::live_of;
use crate::api::at::Visible;
use crate::app::Shop;
use crate::auth::Me;
use crate::language::Language;
use crate::page::{self, Reads};
use crate::problem::Problem;
use crate::view::order::Moving;

/// So often one watcher's order is looked at: at first as quickly as things happen.
const LOOKS_EVERY: Duration = Duration::from_millis(300);
const LOOKS_LATER_EVERY: Duration = Duration::from_secs(1);
const QUICK_FOR: Duration = Duration::from_secs(120);
pub(crate) const LIVES: Duration = Duration::from_secs(300);
const KEPT_ALIVE_EVERY: Duration = Duration::from_secs(15);
/// How long the browser waits before it opens the next stream.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

struct Watching {
    shop: Shop,
    id: OrderId,
    viewer: Viewer,
    me: Me,
    language: Language,
    began: Instant,
    /// What was sent last.
    sent: Option<String>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

/// `/orders/{id}/events`
pub(crate) async fn events(
    State(shop): State<Shop>,
    Reads(language): Reads,
    Visible { id, viewer, me }: Visible,
) -> Result<Response, Problem> {
    let Ok(place) = shop.app().look.moving().try_acquire_owned() else {
        return Err(Problem::too_many("too many pages are watched at once; reload instead", 5));
    };
    // A stranger's order does not exist, and a stream that has begun could not say so.
    live_of(&shop, &id, &viewer, (&me, language)).await?;
    let (began, sent, ended) = (Instant::now(), None, false);
    let watching = Watching { shop, id, viewer, me, language, began, sent, ended, _place: place };
    Ok(streamed(stream::unfold(watching, Watching::next)))
}

/// A stream of events as an answer, with what keeps proxies from closing or holding it back.
pub(crate) fn streamed<S>(events: S) -> Response
where
    S: Stream<Item = Result<Event, Infallible>> + Send + 'static,
{
    let alive = KeepAlive::new().interval(KEPT_ALIVE_EVERY);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    let headers = response.headers_mut();
    headers.insert(http::header::CACHE_CONTROL, crate::headers::NO_STORE);
    headers.insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}

/// The part itself, as one event.
pub(crate) fn part(html: &str) -> Event {
    Event::default().event("part").retry(AGAIN_AFTER).data(html.replace('\r', ""))
}

/// Nothing more will happen: the browser need not ask again. An event without data is no event.
fn end() -> Event {
    Event::default().event("end").data("settled")
}

impl Watching {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Watching)> {
        if self.ended {
            return None;
        }
        loop {
            let age = self.began.elapsed();
            if age > LIVES {
                return None;
            }
            // Whatever goes wrong ends the stream; the browser comes again and is told.
            let watched = live_of(&self.shop, &self.id, &self.viewer, (&self.me, self.language));
            let (live, frame) = watched.await.ok()?;
            let html = page::rendered(&Moving { frame: &frame, live: &live }).ok()?;
            if self.sent.as_ref() != Some(&html) {
                let event = part(&html);
                self.sent = Some(html);
                return Some((Ok(event), self));
            }
            if live.build.settled {
                self.ended = true;
                return Some((Ok(end()), self));
            }
            let pause = if age < QUICK_FOR { LOOKS_EVERY } else { LOOKS_LATER_EVERY };
            tokio::time::sleep(pause).await;
        }
    }
}
