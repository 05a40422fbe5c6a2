//! The hunt: does anything at all fail? Every story, the sample of the walk, then worlds from
//! seeds, cheapest first, until the first that does not hold. For a shop with a defect that was
//! planted, so that one failure is enough; the walk and the simulation tell all of them.

use std::fmt;

use crate::simulation;
use crate::walk::{self, Plan};
use crate::world::Base;

/// So many worlds are run before anybody looks whether one of them failed.
const AT_ONCE: usize = 16;

/// What a hunt came to.
#[derive(Debug, Default)]
pub struct Hunted {
    pub runs: usize,
    pub seeds: u64,
    /// The command that repeats it, and the first sentence that did not hold.
    pub caught: Option<(String, String)>,
}

/// Hunts through the plan's stories and sample, and then through so many seeds.
pub fn hunt(plan: &Plan, seeds: u64) -> Hunted {
    let mut hunted = Hunted::default();
    let (walked, cases) = walk::plain(plan);
    hunted.runs += walked.runs;
    if hunted.found(walked.failed) {
        return hunted;
    }
    let sample: Vec<_> = plan.extent.thin(cases.into_iter()).collect();
    for cases in sample.chunks(AT_ONCE) {
        let mut told = Vec::new();
        walk::run_all(plan.threads, cases.iter().cloned(), |case, outcome| {
            told.push((case.command(), outcome.violations.clone()));
        });
        hunted.runs += told.len();
        if hunted.found(told) {
            return hunted;
        }
    }
    let at_once = u64::try_from(AT_ONCE).unwrap_or(1);
    while hunted.seeds < seeds {
        let some = at_once.min(seeds - hunted.seeds);
        let told = simulation::many(hunted.seeds + 1, some, Base::Sqlite, plan.threads, 0);
        hunted.seeds += some;
        if hunted.found(told.failed.into_values()) {
            return hunted;
        }
    }
    hunted
}

impl Hunted {
    /// Whether something among these does not hold.
    fn found(&mut self, told: impl IntoIterator<Item = (String, Vec<String>)>) -> bool {
        let first = |(command, violations): (String, Vec<String>)| {
            violations.into_iter().next().map(|sentence| (command, sentence))
        };
        self.caught = told.into_iter().find_map(first);
        self.caught.is_some()
    }
}

impl fmt::Display for Hunted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.caught {
            Some((command, sentence)) => write!(f, "CAUGHT: {command}\n    {sentence}"),
            None => write!(f, "clean: {} runs, {} seeds", self.runs, self.seeds),
        }
    }
}
