//! Start, stop, restart: one press each.

use axum::extract::State;
use axum::response::Response;
use domain::errand::Wish;
use engine::Error;
use engine::errand::NewErrand;
use serde::Deserialize;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    wish: String,
    /// The newest thing that was done to the server, as the page had it.
    #[serde(default)]
    seen: Option<String>,
}

pub(crate) async fn press(
    State(shop): State<Shop>,
    Own { id, me }: Own,
    Posted(Pressed { wish, seen }): Posted<Pressed>,
) -> Result<Response, Problem> {
    let wish = Wish::parse(&wish).filter(|wish| !wish.wipes());
    let wish = wish.ok_or_else(|| {
        Problem::malformed("a server is started, stopped or restarted; go back and press again")
    })?;
    let new = NewErrand { wish, os: None, confirmed: None, seen };
    let asked = shop.engine().ask_errand_by(&id, new, &me.0.id, me.actor()).await;
    said(asked.map(|_| ()), &paths::my_server(&id))
}

/// Back to the server's page. A second press finds the first one under way, and is told so.
pub(super) fn said(asked: Result<(), Error>, path: &str) -> Result<Response, Problem> {
    match asked {
        Ok(()) => Ok(page::on_to_say(path, Said::Asked)),
        Err(Error::Refused { slug: "server-busy" | "stale-version", .. }) => {
            Ok(page::on_to_say(path, Said::Busy))
        }
        Err(error) => Err(error.into()),
    }
}
