//! Each measurement runs in a process of its own, so that none warms or clutters another's memory,
//! and its processor time is its own. What it is to do and what it found are lines of JSON.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::place::Kind;

/// The words by which this program starts itself.
pub const MEASURE: &str = "measure";
pub const SIMULATE: &str = "simulate";
pub const GATEWAY: &str = "gateway";
/// A gateway is across the internet.
const GATEWAY_TAKES_MS: u64 = 50;

/// What a process of its own measures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub what: What,
    pub kind: Kind,
    pub at_once: usize,
    pub lasts_ms: u64,
    /// So many packages are read, or orders looked at.
    pub size: usize,
    pub postgres: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Orders through the house.
    House,
    /// The same facts by hand, as leanly as a plain program writes them.
    Raw,
    /// By hand with the best trick of the database: shared flushes, or one round trip a commit.
    RawAtBest,
    /// The catalogue through the house: first run and unchanged run.
    Sync,
    /// The same rows as one upsert by hand.
    Upsert,
    /// A look into the books of very many orders.
    Books,
}

/// What it found.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    pub count: u64,
    pub seconds: f64,
    /// Processor time in seconds.
    pub program: f64,
    pub database: f64,
    /// What it holds at the end, or held at most.
    pub memory_kib: u64,
    /// Milliseconds from the booked payment to the request: half of them, 99 of 100, all.
    pub leaving_ms: [f64; 3],
    /// Seconds of the unchanged run.
    pub again: f64,
    /// Transactions that wrote, transactions that asked, and statements of both.
    pub asked: [u64; 3],
}

impl Found {
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }

    /// Processor time per order in milliseconds, program and database.
    pub fn cpu_ms(&self) -> f64 {
        (self.program + self.database) * 1_000.0 / self.count.max(1) as f64
    }
}

impl Task {
    /// Does it in a process of its own.
    pub fn run(&self) -> Result<Found> {
        let done = this_program()?
            .args([MEASURE, &serde_json::to_string(self)?])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        if !done.status.success() {
            bail!("{self:?} failed; its reason stands above");
        }
        serde_json::from_slice(&done.stdout).with_context(|| format!("{self:?} told nonsense"))
    }
}

fn this_program() -> Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}

/// So many packages are wide at most: each takes two numbers of an address for itself.
const WIDE_MAX: usize = 32;

/// A simulated upstream or gateway, in a process of its own; it ends with this value.
pub struct Simulator {
    child: Child,
    pub url: String,
}

impl Simulator {
    /// Sells from so many packages; the first of `wide` ones, 32 of them, never run dry.
    pub fn start(packages: usize, wide: bool) -> Result<Simulator> {
        let pools = if wide { "wide" } else { "narrow" };
        Simulator::with(&[&packages.to_string(), pools])
    }

    /// A gateway that nobody pays at.
    pub fn gateway() -> Result<Simulator> {
        Simulator::with(&[GATEWAY])
    }

    /// How the program finds this upstream.
    pub fn settings(&self) -> [(&str, &str); 3] {
        [
            ("SMARTVPS_BASE_URL", &self.url),
            ("SMARTVPS_USERNAME", "berth"),
            ("SMARTVPS_PASSWORD", "simulated"),
        ]
    }

    fn with(words: &[&str]) -> Result<Simulator> {
        let mut child = this_program()?
            .arg(SIMULATE)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let out = child.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut url)?;
        Ok(Simulator { child, url: url.trim().to_owned() })
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends by itself when its input does.
        drop(self.child.wait());
    }
}

/// The simulator's whole life.
pub async fn simulate(packages: usize, wide: bool) -> Result<()> {
    use sim::smartvps::{Config, Package, Sim, demo};
    let packages = if wide {
        let package = |at| Package::new(format!("{at}"), format!("45.{at}"), 60_000);
        let few = packages.min(WIDE_MAX);
        let mut all: Vec<Package> = (1..=few).map(package).collect();
        all.extend(demo::many(packages - few, 100));
        all
    } else {
        demo::many(packages, 100)
    };
    let sim = Sim::start(Config::with(packages)).await?;
    println!("{}", sim.url());
    until_nobody_listens().await?;
    drop(sim);
    Ok(())
}

/// The same of a gateway.
pub async fn simulate_gateway() -> Result<()> {
    use sim::gateway::{Config, Gateway, Lie, Op};
    let gateway = Gateway::start(Config::default()).await?;
    gateway.always(Op::Poll, Lie::slow(GATEWAY_TAKES_MS));
    println!("{}", gateway.url());
    until_nobody_listens().await?;
    drop(gateway);
    Ok(())
}

async fn until_nobody_listens() -> Result<()> {
    let end =
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    end.await??;
    Ok(())
}
