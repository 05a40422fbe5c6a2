//! `cargo xtask walk` and `cargo xtask sim`: builds `trial` optimised and runs whole shops under
//! chosen faults, or under those of seeds. What is run and judged stands there.

use anyhow::Result;

use crate::house::{cargo, succeed};
use crate::postgres::{ENV, Postgres};

/// `word` is the program's own command.
pub fn run(word: &str, options: &[String]) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--profile", "trial", "--package", "trial", "--"]);
    command.arg(word).args(options);
    if options.iter().any(|option| option == "--postgres") && std::env::var_os(ENV).is_none() {
        let postgres = Postgres::for_tests()?;
        return succeed(command.env(ENV, postgres.url()));
    }
    succeed(&mut command)
}
