//! `cargo xtask walk` and `cargo xtask sim`: whole shops under faults, as many as are asked for.
//! Not for what is walked or simulated: that is the library.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use trial::fault::Strike;
use trial::hunt;
use trial::scenario::{self, Scenario};
use trial::simulation::{self, part::Dropped};
use trial::walk::{self, Case, Extent, Plan, Walked};
use trial::world::Base;

const USAGE: &str = "\
usage: trial walk [--pairs] [--postgres] [--scenario X] [--point Y] [--visits N]
                  [--every N [--after M]] [--threads N] [--strike 'POINT@VISIT=FAULT']… [--log]
       trial hunt [--seeds N] [--threads N]
       trial sim [--seeds N] [--from S] [--seed S [--drop PARTS]] [--postgres] [--threads N]
                 [--log]
       trial points";

/// So many runs apart a long walk tells how far it is.
const TOLD_EVERY: usize = 1_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<bool> {
    match words.split_first() {
        Some((word, options)) if word == "walk" => walk(options),
        Some((word, options)) if word == "sim" => sim(options),
        Some((word, options)) if word == "hunt" => hunt(options),
        Some((word, [])) if word == "points" => {
            points();
            Ok(true)
        }
        _ => bail!("{USAGE}"),
    }
}

fn points() {
    for (name, kind) in &trial::map::Map::of_the_engine().points {
        println!("{name}  {kind:?}");
    }
}

fn log() {
    tracing_subscriber::fmt().without_time().with_writer(std::io::stderr).init();
}

struct Asked {
    plan: Plan,
    pairs: bool,
    strikes: Vec<Strike>,
    log: bool,
}

fn read(options: &[String]) -> Result<Asked> {
    let mut asked = Asked {
        plan: Plan {
            base: Base::Sqlite,
            scenarios: scenario::ALL.iter().collect(),
            point: None,
            extent: Extent { visits: 2, every: 1, after: 0 },
            threads: std::thread::available_parallelism().map_or(2, usize::from),
        },
        pairs: false,
        strikes: Vec::new(),
        log: false,
    };
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--pairs" => asked.pairs = true,
            "--postgres" => asked.plan.base = Base::Postgres,
            "--log" => asked.log = true,
            "--scenario" => {
                let name = value()?;
                let known: Option<&'static Scenario> = scenario::named(name);
                let known = known.with_context(|| format!("there is no scenario {name:?}"))?;
                asked.plan.scenarios = vec![known];
            }
            "--point" => asked.plan.point = Some(value()?.clone()),
            "--visits" => asked.plan.extent.visits = value()?.parse()?,
            "--every" => asked.plan.extent.every = value()?.parse()?,
            "--after" => asked.plan.extent.after = value()?.parse()?,
            "--threads" => asked.plan.threads = value()?.parse()?,
            "--strike" => {
                let text = value()?;
                let strike = Strike::parse(text);
                asked.strikes.push(strike.with_context(|| format!("{text:?} is no strike"))?);
            }
            other => bail!("there is no option {other:?}\n{USAGE}"),
        }
    }
    Ok(asked)
}

fn walk(options: &[String]) -> Result<bool> {
    let asked = read(options)?;
    if asked.log {
        log();
    }
    let began = Instant::now();
    let walked = match (asked.strikes.is_empty(), asked.pairs) {
        (false, _) => return Ok(one(&asked)),
        (true, false) => walk::walk(&asked.plan, watcher()),
        (true, true) => walk::pairs(&asked.plan, watcher()),
    };
    tell(&walked, began.elapsed().as_secs_f64());
    Ok(walked.failed.is_empty())
}

/// Repeats one case, with all that is known of it.
fn one(asked: &Asked) -> bool {
    let mut good = true;
    for scenario in &asked.plan.scenarios {
        let strikes = asked.strikes.clone();
        let case = Case { scenario, base: asked.plan.base, strikes };
        let outcome = walk::run(&case);
        println!("{}: {} s of its time", scenario.name, outcome.seconds);
        println!("  trace {:016x} of {} moments", outcome.trace.hash, outcome.trace.moments);
        for strike in &outcome.struck {
            println!("  struck: {strike}");
        }
        for violation in &outcome.violations {
            println!("  VIOLATION: {violation}");
        }
        good &= outcome.violations.is_empty();
    }
    good
}

/// Tells of each failure as soon as it is found, and how far it is now and then.
fn watcher() -> impl FnMut(&Walked) {
    let (mut told, mut next) = (0, 0);
    move |walked: &Walked| {
        for (command, violations) in &walked.failed[told..] {
            println!("FAILED: {command}\n    {}", violations.join("\n    "));
        }
        told = walked.failed.len();
        if walked.runs >= next {
            println!("{} runs, {told} failed; there are {} cases", walked.runs, walked.cases);
            next = walked.runs + TOLD_EVERY;
        }
    }
}

fn tell(walked: &Walked, seconds: f64) {
    println!(
        "{} scenarios, {} points, {} cases; {} strikes in {} runs, {} failed, {seconds:.1} s",
        walked.scenarios,
        walked.points.len(),
        walked.cases,
        walked.strikes(),
        walked.runs,
        walked.failed.len(),
    );
}

/// The sample that every test run walks, and then seeds, until the first that does not hold.
fn hunt(options: &[String]) -> Result<bool> {
    let (mut seeds, mut threads) = (500, 2);
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value\n{USAGE}"))?;
        match word.as_str() {
            "--seeds" => seeds = value.parse()?,
            "--threads" => threads = value.parse()?,
            other => bail!("there is no option {other:?}\n{USAGE}"),
        }
    }
    let scenarios = scenario::ALL.iter().collect();
    let extent = Extent { visits: 1, every: 29, after: 0 };
    let plan = Plan { base: Base::Sqlite, scenarios, point: None, extent, threads };
    let hunted = hunt::hunt(&plan, seeds);
    println!("{hunted}");
    Ok(hunted.caught.is_none())
}

/// Runs seeds, or repeats one with all that is known of it.
fn sim(options: &[String]) -> Result<bool> {
    let (mut base, mut seeds, mut from, mut only) = (Base::Sqlite, 1_000_u64, 1_u64, None);
    let mut dropped = Dropped::default();
    let mut threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
        match word.as_str() {
            "--postgres" => base = Base::Postgres,
            "--log" => log(),
            "--seeds" => seeds = value()?.parse()?,
            "--seed" => only = Some(value()?.parse()?),
            "--drop" => {
                let text = value()?;
                let parts = Dropped::parse(text);
                dropped = parts.with_context(|| format!("{text:?} names no parts of a world"))?;
            }
            "--from" => from = value()?.parse()?,
            "--threads" => threads = value()?.parse()?,
            other => bail!("there is no option {other:?}\n{USAGE}"),
        }
    }
    let began = Instant::now();
    if let Some(seed) = only {
        let plan = simulation::plan::Plan::of(seed).without(&dropped);
        println!("{plan:#?}");
        let outcome = simulation::run_plan(&plan, base);
        println!("{outcome:#?}");
        return Ok(outcome.violations.is_empty());
    }
    let told = simulation::many(from, seeds, base, threads, simulation::SHRUNK_MAX);
    for (command, violations) in told.failed.values() {
        println!("FAILED: {command}");
        for violation in violations {
            println!("    {violation}");
        }
    }
    println!("{told}, {:.1} s", began.elapsed().as_secs_f64());
    Ok(told.failed.is_empty())
}
