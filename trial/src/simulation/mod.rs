//! The simulation: one seed is one world, with its shop, its liars, its buyers, its staff and its
//! faults. When the play is over all is honest, staff settle what is theirs, and the judge looks.
//! Not for chosen stories at chosen points: that is the walk.

pub mod part;
pub mod plan;
mod play;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use sim::chat::Channel;

use crate::judge::{self, Before};
use crate::scenario;
use crate::walk::panics;
use crate::world::{self, Base, Given, Trace, World};
use part::Dropped;
use plan::Plan;

/// The late answers of the last tail, and the polls after them.
const AFTERMATH_S: u64 = 90;

/// What came of one world.
#[derive(Debug, Default)]
pub struct Outcome {
    pub violations: Vec<String>,
    pub orders: usize,
    pub purchases: u64,
    pub strikes: usize,
    pub trace: Trace,
    /// In the world's own time.
    pub seconds: u64,
    /// Orders by how they ended.
    pub stages: BTreeMap<&'static str, usize>,
}

/// The one command that repeats a seed, or what is left of its world.
pub fn command(seed: u64, dropped: &Dropped, base: Base) -> String {
    let base = if base == Base::Postgres { " --postgres" } else { "" };
    let drop = if dropped.is_empty() { String::new() } else { format!(" --drop {dropped}") };
    format!("cargo xtask sim --seed {seed}{drop} --log{base}")
}

/// Runs the world of one seed on this thread.
pub fn run(seed: u64, base: Base) -> Outcome {
    run_plan(&Plan::of(seed), base)
}

/// Runs a plan, which may be a part of a seed's.
pub fn run_plan(plan: &Plan, base: Base) -> Outcome {
    let given = Given {
        base,
        seed: plan.seed,
        nodes: plan.nodes,
        packages: plan.packages.clone(),
        settings: plan.settings.clone(),
        strikes: plan.strikes.clone(),
        mails: true,
        chats: |_| &[Channel::Slack, Channel::Webhook],
    };
    let (mut outcome, broke): (Outcome, _) =
        panics::told_of(|| world::run(given, async |world| whole(world, plan).await));
    outcome.violations.extend(broke);
    outcome
}

async fn whole(world: World, plan: &Plan) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let played = play::play(&world, plan).await;
    play::calm(&world).await;
    let before = Before::now(&world)?;
    outcome.violations.extend(scenario::settle(&world).await.err());
    world.sleep(AFTERMATH_S).await;
    // What came late may have left something more to settle.
    outcome.violations.extend(scenario::settle(&world).await.err());
    let ends = played.unwrap_or_else(|why| {
        outcome.violations.push(format!("the play broke off: {why}"));
        Vec::new()
    });
    outcome.violations.extend(judge::judge(&world, &ends, &before).await);
    match scenario::People(world.clone()).orders_of_all().await {
        Ok(orders) => {
            outcome.orders = orders.len();
            for order in orders {
                *outcome.stages.entry(order.standing.stage.word()).or_default() += 1;
            }
        }
        Err(why) => outcome.violations.push(format!("the orders cannot be counted: {why}")),
    }
    outcome.purchases = world.upstream().purchases();
    outcome.strikes = world.script().struck().len();
    outcome.trace = world.script().trace();
    outcome.seconds = world.elapsed().as_secs();
    Ok(outcome)
}

/// What many seeds came to.
#[derive(Debug, Default)]
pub struct Told {
    pub seeds: u64,
    pub orders: usize,
    pub purchases: u64,
    pub strikes: usize,
    pub stages: BTreeMap<&'static str, usize>,
    /// In the worlds' own time, of all together.
    pub hours: u64,
    /// Each failing seed's command with the sentences that did not hold.
    pub failed: BTreeMap<u64, (String, Vec<String>)>,
}

impl Told {
    fn add(&mut self, outcome: &Outcome, seconds: &mut u64) {
        self.seeds += 1;
        self.orders += outcome.orders;
        self.purchases += outcome.purchases;
        self.strikes += outcome.strikes;
        *seconds += outcome.seconds;
        self.hours = *seconds / 3_600;
        for (word, count) in &outcome.stages {
            *self.stages.entry(word).or_default() += count;
        }
    }
}

/// Where many fail the first ones tell why.
pub const SHRUNK_MAX: usize = 3;

/// The command that repeats a failure, in the smallest world that is found for it.
fn failure(seed: u64, base: Base, broken: Vec<String>, shrinks: bool) -> (String, Vec<String>) {
    let mut dropped = Dropped::default();
    if shrinks {
        let breaks = |plan: &Plan| run_plan(plan, base).violations;
        dropped = part::superfluous(&Plan::of(seed), &broken, breaks);
    }
    (command(seed, &dropped, base), broken)
}

/// Runs seeds side by side, each in a world of its own. Of those that fail the first `shrunk` are
/// made small.
pub fn many(first: u64, seeds: u64, base: Base, threads: usize, shrunk: usize) -> Told {
    let (next, told) = (AtomicU64::new(0), Mutex::new((Told::default(), 0)));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= seeds {
                        return;
                    }
                    let seed = first + at;
                    let outcome = run(seed, base);
                    let failed = {
                        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                        let (told, seconds) = &mut *told;
                        told.add(&outcome, seconds);
                        told.failed.len()
                    };
                    if outcome.violations.is_empty() {
                        continue;
                    }
                    let shrinks = failed < shrunk;
                    let failure = failure(seed, base, outcome.violations, shrinks);
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    told.0.failed.insert(seed, failure);
                }
            });
        }
    });
    told.into_inner().unwrap_or_else(PoisonError::into_inner).0
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stages: Vec<String> =
            self.stages.iter().map(|(word, count)| format!("{count} {word}")).collect();
        write!(
            f,
            "{} seeds, {} orders ({}), {} purchases, {} strikes, {} hours, {} failed",
            self.seeds,
            self.orders,
            stages.join(", "),
            self.purchases,
            self.strikes,
            self.hours,
            self.failed.len(),
        )
    }
}
