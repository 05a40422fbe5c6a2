//! `berth sync`: one sync of the catalogue.

use clap::Args;

use super::{Report, examples};

/// Bring the catalogue up to date with the upstream, once
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth sync --dry-run", "show what would change"),
    ("berth sync", "change it"),
]))]
pub struct Sync {
    /// Show the differences and change nothing.
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub report: Report,
}
