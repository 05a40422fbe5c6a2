//! `berth diagnose`: what was sold, what was bought, and whether they are the same.

use clap::Args;

use super::{Report, examples};

/// Compare one order's server with what was sold
#[derive(Debug, Args)]
#[command(
    before_help = "Works from stored facts when the upstream cannot be reached, and says so."
)]
#[command(after_help = examples(&[
    ("berth diagnose ORD-4CIYNGEQK6", "for people"),
    ("berth diagnose ORD-4CIYNGEQK6 --json", "as /api/dev/check-order-ipstock answers"),
]))]
pub struct Diagnose {
    /// The order's number (`ORD-…`) or id (`ord_…`).
    #[arg(value_name = "ORDER")]
    pub order: String,

    #[command(flatten)]
    pub report: Report,
}
