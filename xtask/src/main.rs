//! The house's own commands: `cargo xtask <command>`.
//! One file or folder per command, one line per command below; nothing else belongs here.

mod bench;
mod chromium;
mod debian;
mod fuzz;
mod house;
mod judge;
mod licences;
mod mutants;
mod postgres;
mod prometheus;
mod survive;
mod test;
mod tidy;
mod walk;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask <command>

  test [filter] [--fast]   everything that must hold before a change lands
  bench [--quick]          how fast the house is, beside raw SQL (release build)
  walk [--pairs] [--postgres] [--scenario X] [--point Y]
                           whole shops through every fault at every point
  sim [--seeds N] [--seed S] [--postgres] [--log]
                           whole shops as seeds want them: liars, buyers, staff, faults
  mutants [NAME…] [--seeds N] [--threads N]
                           defects planted on purpose, and which check catches each
  fuzz [--minutes M] [--target T]
                           any bytes at all, for whatever reads foreign bytes
  chaos [--orders N] [--minutes M] [--seed S]
                           three nodes over a PostgreSQL that crashes, and all else that breaks
  overload [--seconds N]   ten times the load that one process takes, and those who abuse it
  judge [pages|api|crawl]  judges from outside: axe-core, html-validate, schemathesis, wapiti
  tidy                     only the rules of the house
  licences                 only the dependencies' licences and sources
  postgres [--durable]     a private PostgreSQL for single tests, until Ctrl-C
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let Some((command, options)) = words.split_first() else { bail!("no command\n\n{USAGE}") };
    match command.as_str() {
        "test" => test::run(options),
        "bench" => bench::run(options),
        "walk" | "sim" => walk::run(command, options),
        "mutants" => mutants::run(options),
        "fuzz" => fuzz::run(options),
        "chaos" => survive::chaos(options),
        "overload" => survive::overload(options),
        "judge" => judge::run(options),
        "tidy" => tidy::run(options),
        "licences" => licences::run(options),
        "postgres" => postgres::run(options),
        postgres::KEEPER => postgres::keep(options),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command {other:?}\n\n{USAGE}"),
    }
}
