//! `berth work`: workers without web and API.

use clap::Args;

use super::{examples, serve};
use crate::config::Settings;
use crate::exit::Exit;
use crate::wire;

/// Run workers only, beside a shop that serves
#[derive(Debug, Args)]
#[command(before_help = "For more hands over one PostgreSQL: takes work from the same queue as \
        every `berth serve`.")]
#[command(after_help = examples(&[
    ("berth work", "until SIGTERM; a purchase under way ends first"),
]))]
pub struct Work {}

/// Works until it is told to stop.
pub async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    // Before the database is opened: whoever holds it may be about to exchange the file.
    let guarded = wire::guard(settings).await?;
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let exit = serve::work(engine.clone()).await;
    engine.close();
    drop(guarded);
    exit
}
