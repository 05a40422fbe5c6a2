//! The panel itself, and the part of it that moves.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::{About, Demo, KnownLie, Truth};
use crate::app::Shop;
use crate::order::events::{LIVES, part, streamed};
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::Here;
use crate::view::demo::{Button, Group, Link, Moving, Panel, Person};
use crate::view::gallery::Gallery;

const LOOKS_EVERY: Duration = Duration::from_millis(700);

/// The demo's strings; without a demo its pages do not exist.
pub(super) fn demo(shop: &Shop) -> Result<&Demo, Problem> {
    shop.app().look.demo.as_ref().ok_or_else(|| Problem::missing("page", "/demo"))
}

/// `/demo`
pub(crate) async fn show(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    let demo = demo(&shop)?;
    let known = demo.control.lies();
    let person =
        |person: &super::Person| Person { email: person.email.clone(), role: person.role.clone() };
    let link = |(label, url): &(String, String)| Link { label: label.clone(), url: url.clone() };
    page::show(&Panel {
        groups: groups(&known),
        people: demo.people.iter().map(person).collect(),
        links: demo.links.iter().map(link).collect(),
        truth: truth(demo).await,
        frame: around.frame(&shop, "The demo's panel", Here::Demo),
    })
}

/// `/demo/gallery`
pub(crate) async fn gallery(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    demo(&shop)?;
    page::show(&Gallery::of(around.frame(&shop, "The parts", Here::Demo)))
}

async fn truth(demo: &Demo) -> Truth {
    let silent = |_| Truth { silent: true, ..Truth::default() };
    demo.control.truth().await.unwrap_or_else(silent)
}

/// The lies about a purchase that everybody should try first.
const FIRST: [&str; 9] = [
    "the-incident",
    "lost-answer",
    "slow",
    "html",
    "two-addresses",
    "sold-500",
    "refusal",
    "no-address",
    "hang",
];

const GROUPS: [(About, &str, &str); 6] = [
    (About::Purchase, "More about the next purchase", "The rarer ways to answer it."),
    (About::Stock, "The stock list", "Each is told once, by the next look at the list."),
    (About::Status, "A server's status", "Each is told once, by the next look at a server."),
    (
        About::Power,
        "Starting and stopping",
        "Each is told once, by the next press on a server's page.",
    ),
    (About::Installing, "Installing a system", "Each is told once, by the next installation."),
    (About::Money, "The gateways", "Each is told once, by whichever gateway it fits next."),
];

/// The first lies at once, the others to be unfolded.
fn groups(known: &[KnownLie]) -> Vec<Group> {
    let button = |lie: &KnownLie| Button { name: lie.name.clone(), sentence: lie.sentence.clone() };
    let first = FIRST.iter().filter_map(|name| known.iter().find(|lie| lie.name == *name));
    let first = Group {
        title: "Then: the next purchase",
        sentence: "Each is told once, by the next purchase.",
        lies: first.map(button).collect(),
        open: true,
    };
    let more = GROUPS.iter().map(|(about, title, sentence)| {
        let fits = |lie: &&KnownLie| lie.about == *about && !FIRST.contains(&lie.name.as_str());
        let lies = known.iter().filter(fits).map(button).collect();
        Group { title, sentence, lies, open: false }
    });
    std::iter::once(first).chain(more).filter(|group| !group.lies.is_empty()).collect()
}

struct Watching {
    shop: Shop,
    began: Instant,
    sent: Option<String>,
    _place: OwnedSemaphorePermit,
}

/// `/demo/events`
pub(crate) async fn events(State(shop): State<Shop>) -> Result<Response, Problem> {
    demo(&shop)?;
    let Ok(place) = shop.app().look.moving().try_acquire_owned() else {
        return Err(Problem::too_many("too many pages are watched at once; reload instead", 5));
    };
    let watching = Watching { shop, began: Instant::now(), sent: None, _place: place };
    Ok(streamed(stream::unfold(watching, next)))
}

async fn next(mut watching: Watching) -> Option<(Result<Event, Infallible>, Watching)> {
    while watching.began.elapsed() < LIVES {
        let truth = truth(demo(&watching.shop).ok()?).await;
        let html = page::rendered(&Moving { truth: &truth }).ok()?;
        if watching.sent.as_ref() != Some(&html) {
            let event = part(&html);
            watching.sent = Some(html);
            return Some((Ok(event), watching));
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
    None
}
