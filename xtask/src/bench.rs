//! `cargo xtask bench`: builds the release, starts a PostgreSQL that keeps what it says, and runs
//! the benchmarks of `bench/` with both. What is measured and how stands there.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres::Postgres;

/// Where the benchmark finds the database server and the program.
const POSTGRES: &str = "BENCH_POSTGRES";
const BINARY: &str = "BENCH_BINARY";

pub fn run(options: &[String]) -> Result<()> {
    let root = crate::house::root();
    let build = ["build", "--release", "--locked", "--package", "berth", "--package", "bench"];
    crate::house::succeed(&mut crate::house::cargo(&build))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let release = target.join("release");
    let postgres = Postgres::durable()?;
    let status = Command::new(release.join("bench"))
        .args(options)
        .env(POSTGRES, postgres.url())
        .env(BINARY, release.join("berth"))
        .status()
        .context("cannot run the benchmark")?;
    if !status.success() {
        bail!("the benchmark ended early; the reason stands above");
    }
    Ok(())
}
