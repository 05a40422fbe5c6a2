//! `berth doctor`: whether this shop could work, and what to do where not.

use clap::Args;

use super::{Report, examples};

/// Check configuration, database, upstream, gateways, mail and clock
#[derive(Debug, Args)]
#[command(before_help = "Each check that fails names its remedy.")]
#[command(after_help = examples(&[
    ("berth doctor", "before the first start, and whenever something is odd"),
]))]
pub struct Doctor {
    #[command(flatten)]
    pub report: Report,
}
