//! `berth serve`: web, API and workers.

use clap::Args;

use super::examples;

/// Run the shop: web, API and workers
#[derive(Debug, Args)]
#[command(
    before_help = "Migrates the database first. Any number may run over one PostgreSQL; over \
        one SQLite file only one may."
)]
#[command(after_help = examples(&[
    ("berth serve", "with the settings of environment and berth.toml"),
    ("BERTH_LISTEN=0.0.0.0:80 berth serve", "on another address"),
    ("berth serve --log-format json", "log lines for machines"),
]))]
pub struct Serve {}
