//! `cargo xtask walk`: builds `trial` optimised and walks whole shops through single faults, or
//! through pairs of them. What is walked and judged stands there.

use anyhow::Result;

use crate::house::{cargo, succeed};
use crate::postgres::{ENV, Postgres};

pub fn run(options: &[String]) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--profile", "trial", "--package", "trial", "--"]);
    command.arg("walk").args(options);
    if options.iter().any(|option| option == "--postgres") && std::env::var_os(ENV).is_none() {
        let postgres = Postgres::for_tests()?;
        return succeed(command.env(ENV, postgres.url()));
    }
    succeed(&mut command)
}
