//! The page of everything that did not work: what it was, and what to do next; and the pages that
//! explain each kind of problem.

use askama::Template;

use super::{Frame, Here, Sample};
use crate::language::Language;

#[derive(Clone, Debug, Template)]
#[template(path = "sorry.html")]
pub struct Sorry {
    pub frame: Frame,
    pub status: u16,
    pub title: String,
    pub detail: String,
    /// The kind's own page, which says more.
    pub more: Option<String>,
    /// Where to go on: an address and its words.
    pub next: (String, String),
    /// What staff can find it by in the log.
    pub request: String,
}

/// `/problems/{slug}`
#[derive(Clone, Debug, Template)]
#[template(path = "explained.html")]
pub struct Explained {
    pub frame: Frame,
    /// Our own words from `docs/problems/`, ready.
    pub html: String,
}

impl Sample for Explained {
    fn samples(_: Language) -> Vec<(&'static str, Explained)> {
        let html = "<h1>Sold out</h1><h2>What happened</h2><p>Nothing is left.</p>\
             <h2>What you can do</h2><ul><li><a href=\"/\">Choose another</a></li></ul>";
        let frame = Frame::sample("Sold out", Here::Elsewhere);
        vec![("sold-out", Explained { frame, html: html.into() })]
    }
}

impl Sample for Sorry {
    fn samples(language: Language) -> Vec<(&'static str, Sorry)> {
        let text = "there is no order ord_01 here, or it is not yours";
        let missing = Sorry {
            frame: Frame::spoken_sample(language, "problem-title", Here::Elsewhere),
            status: 404,
            title: language.say("problem-title"),
            detail: language.refusal("not-found", text),
            more: Some("/problems/not-found".into()),
            next: ("/".into(), language.say("go-shop")),
            request: "a1b2c3-1f".into(),
        };
        vec![("missing", missing)]
    }
}
