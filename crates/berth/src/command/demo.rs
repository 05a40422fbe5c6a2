//! `berth demo`: a whole shop on this machine, with a simulated upstream and gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Report, examples};
use crate::config::{Given, value};

/// Open a whole shop on this machine, with everything around it simulated
#[derive(Debug, Args)]
#[command(before_help = "Starts the shop, an upstream, a gateway and a mail catcher, fills the \
        catalogue, and prints links and sign-ins. Nothing to configure: accounts \
        of a real shop are left alone.")]
#[command(after_help = examples(&[
    ("berth demo", "open the shop and tell a first run"),
    ("berth demo --json", "one line with links and sign-ins, then the shop runs on"),
    ("berth demo --data-dir ./demo", "keep orders for the next time"),
]))]
pub struct Demo {
    /// Address and port of the shop.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    #[arg(value_parser = value::listen)]
    pub listen: SocketAddr,

    /// Keep the data in this directory [else new each time].
    #[arg(long, value_name = "DIRECTORY", value_parser = value::path)]
    pub data_dir: Option<PathBuf>,

    #[command(flatten)]
    pub report: Report,

    /// Tell the first run without pauses.
    #[arg(long)]
    pub no_wait: bool,
}

/// What the demo's settings begin with: the environment's limits and pauses, but no account of a
/// real shop and no settings file. The simulators' addresses are set once they listen.
pub fn given(args: &Demo, data_dir: &Path) -> Given {
    Given::environment()
        .without_accounts()
        .set("BERTH_LISTEN", args.listen.to_string())
        .set("BERTH_DATA_DIR", data_dir.display().to_string())
        .set("BERTH_GATEWAYS", "simulated")
}
