//! Commands to the simulated world.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::Door;
use super::panel::demo;
use crate::app::Shop;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

#[derive(Debug, Deserialize)]
pub(crate) struct Telling {
    lie: String,
}

/// The next request that it fits is lied to.
pub(crate) async fn lie(
    State(shop): State<Shop>,
    Posted(Telling { lie }): Posted<Telling>,
) -> Result<Response, Problem> {
    done(demo(&shop)?.control.tell(&lie).await, Said::LieTold)
}

pub(crate) async fn honest(State(shop): State<Shop>) -> Result<Response, Problem> {
    done(demo(&shop)?.control.honest_again().await, Said::Honest)
}

#[derive(Debug, Deserialize)]
pub(crate) struct Going {
    to: Door,
}

pub(crate) async fn door(
    State(shop): State<Shop>,
    Posted(Going { to }): Posted<Going>,
) -> Result<Response, Problem> {
    let said = if to == Door::Open { Said::DoorOpen } else { Said::DoorShut };
    done(demo(&shop)?.control.door(to).await, said)
}

fn done(result: Result<(), String>, said: Said) -> Result<Response, Problem> {
    result.map_err(Problem::malformed)?;
    Ok(page::on_to_say(paths::DEMO, said))
}
