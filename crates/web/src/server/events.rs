//! The server's page moves by itself: its moving part is sent anew whenever it has changed. As long
//! as somebody watches, a worker asks its provider again and again.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use domain::id::OrderId;
use engine::permission::Visitor;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::show::{live, looked_at};
use crate::api::at::Own;
use crate::app::Shop;
use crate::auth::Me;
use crate::language::Language;
use crate::order::events::{LIVES, part, streamed};
use crate::page::{self, Reads};
use crate::problem::Problem;
use crate::view::server::Moving;
use crate::view::{Frame, Here};

/// So often a watched server is looked at in our own books: quickly while something is done to it.
const LOOKS_EVERY: Duration = Duration::from_millis(400);
const LOOKS_ELSE_EVERY: Duration = Duration::from_secs(2);

struct Watching {
    shop: Shop,
    id: OrderId,
    me: Me,
    language: Language,
    began: Instant,
    /// What was sent last.
    sent: Option<String>,
    _place: OwnedSemaphorePermit,
}

/// `/my-servers/{orderId}/events`
pub(crate) async fn events(
    State(shop): State<Shop>,
    Reads(language): Reads,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let Ok(place) = shop.app().look.moving().try_acquire_owned() else {
        return Err(Problem::too_many("too many pages are watched at once; reload instead", 5));
    };
    if looked_at(&shop, &id, &me).await?.is_none() {
        return Err(Problem::missing("server", id.as_str()));
    }
    let watching =
        Watching { shop, id, me, language, began: Instant::now(), sent: None, _place: place };
    Ok(streamed(stream::unfold(watching, Watching::next)))
}

impl Watching {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Watching)> {
        let visitor = Visitor::Account(self.me.0.clone());
        while self.began.elapsed() < LIVES {
            // Whatever goes wrong ends the stream; the browser comes again and is told.
            let server = looked_at(&self.shop, &self.id, &self.me).await.ok()??;
            let frame = page::frame(&self.shop, &visitor, "", Here::Servers);
            let frame = Frame { language: self.language, ..frame };
            let live = live(&server, &frame);
            let html = page::rendered(&Moving { frame: &frame, live: &live }).ok()?;
            if self.sent.as_ref() != Some(&html) {
                let event = part(&html);
                self.sent = Some(html);
                return Some((Ok(event), self));
            }
            let pause = if live.is_moving() { LOOKS_EVERY } else { LOOKS_ELSE_EVERY };
            tokio::time::sleep(pause).await;
        }
        None
    }
}
