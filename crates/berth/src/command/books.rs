//! `berth books`: whether money and servers add up.

use clap::Args;

use super::{Report, examples};

/// Check that every paid unit and every bought server is accounted for
#[derive(Debug, Args)]
#[command(
    before_help = "Every paid unit must be delivered, refunded, credited or owed, and every \
        bought server must have one owner. Prints the rows where that is not so, \
        and ends with code 1."
)]
#[command(after_help = examples(&[("berth books", "code 0: all is accounted for")]))]
pub struct Books {
    #[command(flatten)]
    pub report: Report,
}
