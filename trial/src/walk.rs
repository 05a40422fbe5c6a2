//! The walk: every story, every point that it comes to, every fault that can strike there. Each
//! case is a world of its own; what dies is started anew, people settle the rest, and the judge
//! looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use crate::fault::{Fault, Strike};
use crate::judge::{self, Before};
use crate::map::{Kind, Map};
use crate::scenario::{self, Scenario};
use crate::world::{self, Base, Given, Trace};

/// One run of one story.
#[derive(Clone)]
pub struct Case {
    pub scenario: &'static Scenario,
    pub base: Base,
    pub strikes: Vec<Strike>,
}

impl Case {
    /// The one command that repeats it, and nothing else.
    pub fn command(&self) -> String {
        let strikes: Vec<String> =
            self.strikes.iter().map(|strike| format!(" --strike '{strike}'")).collect();
        let alone = if strikes.is_empty() { " --visits 0" } else { "" };
        let base = if self.base == Base::Postgres { " --postgres" } else { "" };
        let name = self.scenario.name;
        format!("cargo xtask walk --scenario {name}{alone}{}{base}", strikes.concat())
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    pub violations: Vec<String>,
    pub visits: BTreeMap<&'static str, u32>,
    pub struck: Vec<Strike>,
    pub trace: Trace,
    /// In the world's own time.
    pub seconds: u64,
}

/// The late answers of the last tail, and the polls after them.
const AFTERMATH_S: u64 = 90;

/// Runs one case on this thread.
pub fn run(case: &Case) -> Outcome {
    let given = (case.scenario.given)(Given::new(case.base, 1));
    // Some stories have strikes of their own.
    let strikes = [given.strikes.as_slice(), &case.strikes].concat();
    let given = Given { strikes, ..given };
    let scenario = case.scenario;
    let (mut outcome, broke): (Outcome, _) = panics::told_of(|| {
        world::run(given, async |world| {
            let played = scenario.play(&world).await;
            world.script().ends();
            let before = Before::now(&world)?;
            let mut outcome = Outcome::default();
            let settled = scenario::settle(&world).await;
            world.sleep(AFTERMATH_S).await;
            let ends = match played {
                Ok(ends) => ends,
                Err(why) => {
                    outcome.violations.push(format!("the story broke off: {why}"));
                    Vec::new()
                }
            };
            outcome.violations.extend(settled.err());
            outcome.violations.extend(judge::judge(&world, &ends, &before).await);
            outcome.visits = world.script().visits();
            outcome.struck = world.script().struck();
            outcome.trace = world.script().trace();
            outcome.seconds = world.elapsed().as_secs();
            Ok(outcome)
        })
    });
    outcome.violations.extend(broke);
    outcome
}

/// How much of the walk is walked.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// So many visits of each point are struck, the first ones.
    pub visits: u32,
    /// Every n-th case only; 1 is all of them.
    pub every: usize,
    /// So many are passed over before the first, so that n walks are all of them.
    pub after: usize,
}

impl Extent {
    /// What is walked of these.
    pub fn thin<T>(self, cases: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        cases.skip(self.after).step_by(self.every.max(1))
    }
}

/// What is walked.
#[derive(Clone)]
pub struct Plan {
    pub base: Base,
    pub scenarios: Vec<&'static Scenario>,
    pub point: Option<String>,
    pub extent: Extent,
    pub threads: usize,
}

/// What the walk came to.
#[derive(Debug, Default)]
pub struct Walked {
    pub scenarios: usize,
    /// How many cases there are, walked or not.
    pub cases: usize,
    pub runs: usize,
    /// Points that were come to, with the faults that struck there.
    pub points: BTreeMap<&'static str, BTreeMap<Fault, usize>>,
    /// Each failing case with the sentences that did not hold.
    pub failed: Vec<(String, Vec<String>)>,
}

impl Walked {
    fn add(&mut self, case: &Case, outcome: &Outcome) {
        self.runs += 1;
        for name in outcome.visits.keys() {
            self.points.entry(name).or_default();
        }
        for strike in &outcome.struck {
            let known = self.points.iter_mut().find(|(name, _)| **name == strike.point);
            if let Some((_, faults)) = known {
                *faults.entry(strike.fault).or_default() += 1;
            }
        }
        if !outcome.violations.is_empty() {
            self.failed.push((case.command(), outcome.violations.clone()));
        }
    }

    pub fn strikes(&self) -> usize {
        self.points.values().flat_map(BTreeMap::values).sum()
    }
}

/// Walks single faults: first every story without any, then each with each. Whoever watches is
/// shown how far it is, before the first case and after each.
pub fn walk(plan: &Plan, watch: impl FnMut(&Walked)) -> Walked {
    let (walked, singles) = plain(plan);
    go(plan, walked, singles.into_iter(), watch)
}

fn go(
    plan: &Plan,
    mut walked: Walked,
    cases: impl Iterator<Item = Case> + Send + Clone,
    mut watch: impl FnMut(&Walked),
) -> Walked {
    walked.cases = cases.clone().count();
    watch(&walked);
    run_all(plan.threads, plan.extent.thin(cases), |case, outcome| {
        walked.add(case, outcome);
        watch(&walked);
    });
    walked
}

/// Every story without a fault, and the single faults that follow from where it came.
pub fn plain(plan: &Plan) -> (Walked, Vec<Case>) {
    let stories = plan.scenarios.iter().map(|scenario| Case {
        scenario,
        base: plan.base,
        strikes: Vec::new(),
    });
    let mut walked = Walked { scenarios: plan.scenarios.len(), ..Walked::default() };
    let mut cases = Vec::new();
    run_all(plan.threads, stories, |case, outcome| {
        walked.add(case, outcome);
        cases.extend(singles(plan, case, outcome));
    });
    (walked, cases)
}

fn singles(plan: &Plan, story: &Case, outcome: &Outcome) -> Vec<Case> {
    let map = Map::of_the_engine();
    let mut cases = Vec::new();
    for (point, visits) in &outcome.visits {
        if plan.point.as_deref().is_some_and(|wanted| !point.contains(wanted)) {
            continue;
        }
        let kind = map.points.get(point).copied().unwrap_or(Kind::Named);
        for visit in 1..=(*visits).min(plan.extent.visits) {
            for fault in Fault::at(kind) {
                let strike = Strike { point: (*point).to_owned(), visit, fault: *fault };
                cases.push(Case { strikes: vec![strike], ..story.clone() });
            }
        }
    }
    cases
}

/// Pairs of faults within each story: each with each.
pub fn pairs(plan: &Plan, watch: impl FnMut(&Walked)) -> Walked {
    let (walked, singles) = plain(plan);
    // Each story's cases lie together. All pairs are more than a million, and only those that are
    // walked are made.
    let stories = singles.chunk_by(|one, other| one.scenario.name == other.scenario.name);
    let each = stories.flat_map(|story| {
        let others = move |at: usize| story[at + 1..].iter().map(move |other| (&story[at], other));
        (0..story.len()).flat_map(others)
    });
    let apart = each.filter(|(one, other)| one.strikes[0].point != other.strikes[0].point);
    go(plan, walked, apart.map(|(one, other)| both(one, other)), watch)
}

fn both(one: &Case, other: &Case) -> Case {
    Case { strikes: [one.strikes.clone(), other.strikes.clone()].concat(), ..one.clone() }
}

/// Few pairs, chosen so that each point is struck beside each kind of fault at another point.
pub fn pairwise(plan: &Plan) -> Walked {
    let (walked, singles) = plain(plan);
    go(plan, walked, chosen_pairs(&singles).into_iter(), |_| {})
}

fn chosen_pairs(singles: &[Case]) -> Vec<Case> {
    let stories: Vec<&[Case]> =
        singles.chunk_by(|one, other| one.scenario.name == other.scenario.name).collect();
    let points = singles.iter().map(|case| &case.strikes[0].point);
    let each = |point| Fault::ALL.into_iter().map(move |fault| (point, fault));
    let mut wanted: BTreeSet<(&String, Fault)> = points.flat_map(each).collect();
    let (mut chosen, mut turn) = (Vec::new(), 0_usize);
    while let Some((point, fault)) = wanted.pop_first() {
        turn += 1;
        let comes_to = |story: &&&[Case]| story.iter().any(|case| case.strikes[0].point == *point);
        let telling: Vec<&&[Case]> = stories.iter().filter(comes_to).collect();
        let Some(story) = telling.get(turn % telling.len().max(1)) else { continue };
        let here = |case: &&Case| case.strikes[0].point == *point;
        let ones: Vec<&Case> = story.iter().filter(here).collect();
        let one = ones[turn % ones.len()];
        let there = |case: &&Case| case.strikes[0].fault == fault && !here(case);
        let others: Vec<&Case> = story.iter().filter(there).collect();
        // One pair serves both of its points, where that is still of use.
        let serves =
            |case: &&&Case| wanted.contains(&(&case.strikes[0].point, one.strikes[0].fault));
        let useful: Vec<&&Case> = others.iter().filter(serves).collect();
        let first = useful.get(turn % useful.len().max(1)).copied();
        let any = others.get(turn % others.len().max(1));
        let Some(other) = first.or(any) else { continue };
        wanted.remove(&(&other.strikes[0].point, one.strikes[0].fault));
        chosen.push(both(one, other));
    }
    chosen
}

/// Runs cases side by side, each in a world of its own, and tells of each, in their order, as soon
/// as those before it are told of. A case is made when its turn comes.
pub fn run_all(
    threads: usize,
    cases: impl Iterator<Item = Case> + Send,
    mut told: impl FnMut(&Case, &Outcome),
) {
    let next = Mutex::new(cases.enumerate());
    let (tell, hear) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (next, tell) = (&next, tell.clone());
            scope.spawn(move || {
                loop {
                    let turn = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((at, case)) = turn else { return };
                    let outcome = run(&case);
                    // Whoever hears does so to the end.
                    _ = tell.send((at, (case, outcome)));
                }
            });
        }
        drop(tell);
        let (mut early, mut due) = (BTreeMap::new(), 0);
        for (at, ended) in hear {
            early.insert(at, ended);
            while let Some((case, outcome)) = early.remove(&due) {
                told(&case, &outcome);
                due += 1;
            }
        }
    });
}

/// Panics of a world's tasks, which its runtime swallows.
pub(crate) mod panics {
    use std::cell::RefCell;
    use std::panic::UnwindSafe;
    use std::sync::Once;

    thread_local! {
        /// Nothing where no world runs on this thread.
        static TOLD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
    }

    /// Runs a world to its end, or to where it broke; tells what broke.
    pub fn told_of<T: Default>(
        world: impl FnOnce() -> anyhow::Result<T> + UnwindSafe,
    ) -> (T, Vec<String>) {
        watch();
        let ended = std::panic::catch_unwind(world);
        let mut told = TOLD.take().unwrap_or_default();
        let outcome = match ended {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                told.push(format!("the world broke: {error:#}"));
                T::default()
            }
            Err(_) => T::default(),
        };
        (outcome, told)
    }

    fn watch() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if TOLD.with_borrow(Option::is_none) {
                    return usual(panic);
                }
                let place = panic.location().map(ToString::to_string).unwrap_or_default();
                let why = panic.payload_as_str().unwrap_or("without a word");
                let text = format!("panic at {place}: {why}");
                TOLD.with_borrow_mut(|told| told.get_or_insert_default().push(text));
            }));
        });
        TOLD.set(Some(Vec::new()));
    }
}
