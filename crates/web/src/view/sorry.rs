//! The page of everything that did not work: what it was, and what to do next.

use askama::Template;

use super::{Frame, Here, Sample};

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

impl Sample for Sorry {
    fn samples() -> Vec<(&'static str, Sorry)> {
        let missing = Sorry {
            frame: Frame::sample("Not found", Here::Elsewhere),
            status: 404,
            title: "This page does not exist".into(),
            detail: "there is no order ord_01 here, or it is not yours".into(),
            more: Some("/problems/not-found".into()),
            next: ("/".into(), "Go to the shop".into()),
            request: "a1b2c3-1f".into(),
        };
        vec![("missing", missing)]
    }
}
