//! `cargo xtask test`: everything that must hold before a change lands, in one command.
//! Not for the checks themselves: a step calls the tool or room that knows.

mod report;
mod runner;
mod steps;
mod tally;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::postgres::Postgres;
use report::Report;
use tally::Tally;

#[derive(Debug, PartialEq, Eq)]
enum Scope {
    /// All steps.
    Everything,
    /// All steps but docs and licences, which rarely break.
    Fast,
    /// Only the tests whose name contains this.
    Named(String),
}

impl Scope {
    fn read(options: &[String]) -> Result<Scope> {
        match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(Scope::Everything),
            ["--fast"] => Ok(Scope::Fast),
            [filter] if !filter.starts_with('-') => Ok(Scope::Named(filter.to_owned())),
            _ => bail!("usage: cargo xtask test [filter] [--fast]; a filter runs only tests"),
        }
    }
}

/// What the steps share, and what they learn.
struct Run {
    scope: Scope,
    postgres: Option<Postgres>,
    browser: Option<PathBuf>,
    prometheus: Option<PathBuf>,
    tally: Tally,
}

pub fn run(options: &[String]) -> Result<()> {
    let scope = Scope::read(options)?;
    let tally = Tally::default();
    let mut run = Run { scope, postgres: None, browser: None, prometheus: None, tally };
    let mut report = Report::default();
    let steps = steps::chosen(&run.scope);
    let failed = steps.iter().find(|step| report.time(step.name, || (step.act)(&mut run)).is_err());
    report.print();
    if let Some(step) = failed {
        println!("\nwhat to do: {}", step.when_it_fails);
    }
    run.tally.print();
    match failed {
        None => Ok(()),
        Some(step) => bail!("the run ended at {}", step.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Option<Scope> {
        Scope::read(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn a_filter_means_only_tests_of_that_name() {
        assert_eq!(read(&[]), Some(Scope::Everything));
        assert_eq!(read(&["--fast"]), Some(Scope::Fast));
        assert_eq!(read(&["block"]), Some(Scope::Named("block".to_owned())));
        assert_eq!(read(&["--quick"]), None);
        assert_eq!(read(&["block", "--fast"]), None);
    }
}
