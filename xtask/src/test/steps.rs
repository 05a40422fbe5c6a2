//! The steps of `cargo xtask test`, in the order in which they run, and what to do when one fails.
//! The first failure ends the run, so cheap steps stand before dear ones.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Run, Scope, runner};
use crate::house::{cargo, succeed};
use crate::postgres::Postgres;
use crate::{chromium, licences, prometheus, tidy};

pub struct Step {
    pub name: &'static str,
    pub when_it_fails: &'static str,
    pub act: fn(&mut Run) -> Result<()>,
}

const FMT: Step = Step {
    name: "fmt",
    when_it_fails: "run `cargo fmt --all` and look at what it changed",
    act: |_| succeed(&mut cargo(&["fmt", "--all", "--check"])),
};

const POSTGRES: Step = Step {
    name: "postgres",
    when_it_fails: "make PostgreSQL startable: `cargo xtask postgres` tries it alone",
    act: |run| {
        let postgres = Postgres::for_tests()?;
        println!("tests find it at {}", without_password(postgres.url()));
        run.postgres = Some(postgres);
        Ok(())
    },
};

const BROWSER: Step = Step {
    name: "browser",
    when_it_fails: "install Chromium, or name a browser of its family as said above",
    act: |run| {
        let program = chromium::find_or_install()?;
        println!("tests look at pages with {}", program.display());
        run.browser = Some(program);
        Ok(())
    },
};

const PROMETHEUS: Step = Step {
    name: "prometheus",
    when_it_fails: "install Prometheus, or name its program as said above",
    act: |run| {
        let program = prometheus::find_or_install()?;
        println!("tests have {} read the metrics", program.display());
        run.prometheus = Some(program);
        Ok(())
    },
};

const CLIPPY: Step = Step {
    name: "clippy",
    when_it_fails: "mend what clippy names above; clippy.toml gives the reason of each ban",
    act: |_| {
        let words = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
        succeed(&mut cargo(&words))
    },
};

const TIDY: Step = Step {
    name: "tidy",
    when_it_fails: "mend each line above; docs/STYLE.md says why; `cargo xtask tidy` tries again",
    act: |_| tidy::run(&[]),
};

const BUILD: Step = Step {
    name: "build tests",
    when_it_fails: "mend what the compiler names above",
    act: runner::build,
};

const TESTS: Step = Step {
    name: "tests",
    when_it_fails: "the failed tests stand above; `cargo xtask test <name>` runs one alone",
    act: runner::run,
};

const DOCS: Step = Step {
    name: "docs",
    when_it_fails: "mend the documentation comments named above",
    act: |_| {
        let words = ["doc", "--workspace", "--no-deps", "--locked"];
        succeed(cargo(&words).env("RUSTDOCFLAGS", "-D warnings"))
    },
};

const LICENCES: Step = Step {
    name: "licences",
    when_it_fails: "replace the dependency named above, or argue for its licence in deny.toml",
    act: |_| licences::run(&[]),
};

pub fn chosen(scope: &Scope) -> Vec<Step> {
    match scope {
        Scope::Everything => {
            vec![FMT, POSTGRES, BROWSER, PROMETHEUS, CLIPPY, TIDY, BUILD, TESTS, DOCS, LICENCES]
        }
        Scope::Fast => vec![FMT, POSTGRES, BROWSER, PROMETHEUS, CLIPPY, TIDY, BUILD, TESTS],
        Scope::Named(_) => vec![POSTGRES, BROWSER, PROMETHEUS, BUILD, TESTS],
    }
}

/// The server a test step needs; a test without it would prove only half.
pub fn postgres_url(run: &Run) -> Result<&str> {
    match &run.postgres {
        Some(postgres) => Ok(postgres.url()),
        None => bail!("no PostgreSQL is running for the tests"),
    }
}

/// The browser a test step needs.
pub fn browser(run: &Run) -> Result<&Path> {
    run.browser.as_deref().context("no browser was found for the tests")
}

/// The Prometheus a test step needs.
pub fn prometheus(run: &Run) -> Result<&Path> {
    run.prometheus.as_deref().context("no Prometheus was found for the tests")
}

/// A given URL may carry a password, and output is kept.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "an address given".to_owned() };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        let shown = without_password("postgres://ada:s3:cret@db.example:5432/postgres");
        assert_eq!(shown, "postgres://db.example:5432/postgres");
        assert!(!without_password("host=x password=s3cret").contains("s3cret"));
    }

    #[test]
    fn every_scope_runs_tests_on_both_databases_and_in_a_browser() {
        for scope in [Scope::Everything, Scope::Fast, Scope::Named("x".to_owned())] {
            let names: Vec<_> = chosen(&scope).iter().map(|step| step.name).collect();
            let place = |name| names.iter().position(|&step| step == name);
            assert!(place("postgres").is_some() && place("postgres") < place("tests"));
            assert!(place("browser").is_some() && place("browser") < place("tests"));
            assert!(place("prometheus").is_some() && place("prometheus") < place("tests"));
        }
    }
}
