//! `cargo xtask bench`: how fast the house is, beside raw SQL, in one run on one machine.
//! Not for deciding anything: it prints what it found, beside what was aimed at.

#![forbid(unsafe_code)]

mod books;
mod catalogue;
mod child;
mod crowd;
mod load;
mod orders;
mod papers;
mod place;
mod raw;
mod report;
mod served;
mod shop;
mod table;
mod usage;
mod watch;
mod web;
mod webhooks;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use child::{GATEWAY, MEASURE, SIMULATE, Task, What};
use report::{Given, Length};

/// Where a durable PostgreSQL takes an administrator; without it only SQLite is measured.
const POSTGRES: &str = "BENCH_POSTGRES";
/// The release binary; without it no pages are measured.
const BINARY: &str = "BENCH_BINARY";

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
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [MEASURE, task] => waiting(measure(&serde_json::from_str(task)?)),
        [SIMULATE, GATEWAY] => waiting(child::simulate_gateway()),
        [SIMULATE, packages, pools] => waiting(child::simulate(packages.parse()?, pools == "wide")),
        [] => report(Length::Full, None),
        ["--quick"] => report(Length::Quick, None),
        ["--part", part] => report(Length::Full, Some(part)),
        ["--quick", "--part", part] => report(Length::Quick, Some(part)),
        _ => bail!("usage: bench [--quick] [--part orders|sync|papers|books|webhooks|web]"),
    }
}

/// Everything, where xtask says that things are.
fn report(length: Length, part: Option<&str>) -> Result<()> {
    let (postgres, binary) = (std::env::var(POSTGRES).ok(), std::env::var_os(BINARY));
    let binary = binary.as_deref().map(Path::new);
    report::print(&Given { postgres: postgres.as_deref(), binary, length }, part)
}

/// The same two kinds of threads as the program itself.
fn waiting<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

async fn measure(task: &Task) -> Result<()> {
    let found = match task.what {
        What::House => orders::house(task).await?,
        What::Raw | What::RawAtBest => orders::raw(task).await?,
        What::Sync => catalogue::sync(task).await?,
        What::Upsert => catalogue::by_hand(task).await?,
        What::Books => books::look(task).await?,
    };
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}
