//! `berth unlatch`: permits and refunds again, after a restore or a lost tail.

use clap::Args;

use super::examples;
use crate::config::Settings;
use crate::exit::Exit;
use crate::paint::print;
use crate::wire;

/// Allow purchases and refunds again after a restore
#[derive(Debug, Args)]
#[command(
    before_help = "First compare what the database says with the upstream and the gateways: \
        what happened after the copy was made is not in it. The reason is kept in \
        the audit."
)]
#[command(after_help = examples(&[
    ("berth unlatch --reason \"compared with SmartVPS and Razorpay, nothing since 14:00\"", ""),
]))]
pub struct Unlatch {
    /// What was compared and found.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Lifts the latch after a person has compared.
pub async fn run(args: &Unlatch, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let lifted = engine.unlatch("command line", &args.reason).await.map_err(wire::stop)?;
    print(if lifted { "unlatched: permits go on\n" } else { "nothing was latched\n" })?;
    Ok(Exit::Done)
}
