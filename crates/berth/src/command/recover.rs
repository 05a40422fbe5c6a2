//! `berth recover`: paid orders that nobody works on, put back on their way.

use clap::Args;

use super::{Report, examples};

/// Find paid orders without a server and put each back on its way
#[derive(Debug, Args)]
#[command(
    before_help = "Never buys again where a purchase may have happened: those orders wait for \
        a person."
)]
#[command(after_help = examples(&[
    ("berth recover --dry-run", "list them"),
    ("berth recover", "plan them again"),
]))]
pub struct Recover {
    /// List the orders and change nothing.
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub report: Report,
}
