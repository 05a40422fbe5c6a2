//! The hand of fate on one node: what happens at the points that it comes to. The script is the
//! whole world's: it counts visits, strikes once each, and keeps a trace of all that happened.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use sim::checker::{JobRow, LostClaim};
use store::point::{Fate, Plan, Point, Reached};

use super::World;
use super::life::{Life, State};
use super::time::Time;
use crate::fault::{Fault, Strike};
use crate::map::Map;

/// Longer than a claim lasts.
const STANDS_FOR: Duration = Duration::from_secs(45);
const AWAY_FOR: Duration = Duration::from_secs(20);
const LATE_BY: Duration = Duration::from_secs(3);

/// What is to go wrong in a world, and what has happened in it.
#[derive(Default)]
pub struct Script(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    strikes: Vec<Strike>,
    struck: Vec<Strike>,
    visits: BTreeMap<&'static str, u32>,
    away_until: Duration,
    trace: Trace,
    lost_claims: Vec<LostClaim>,
    /// Nothing strikes and nothing is counted: the time after the play.
    over: bool,
}

/// A running hash of everything that happened, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    pub hash: u64,
    pub moments: u64,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace { hash: 0xCBF2_9CE4_8422_2325, moments: 0 }
    }
}

impl Trace {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        self.moments += 1;
    }
}

impl Script {
    pub fn of(strikes: Vec<Strike>) -> Script {
        Script(Mutex::new(Inner { strikes, ..Inner::default() }))
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often each point was come to.
    pub fn visits(&self) -> BTreeMap<&'static str, u32> {
        self.locked().visits.clone()
    }

    /// The strikes that came to pass.
    pub fn struck(&self) -> Vec<Strike> {
        self.locked().struck.clone()
    }

    /// The claims that had a successor when somebody went on who had stood still.
    pub fn lost_claims(&self) -> Vec<LostClaim> {
        self.locked().lost_claims.clone()
    }

    /// Whatever came before the newest claim of a job is lost.
    fn note_claims(&self, jobs: &[JobRow], now_us: i64) {
        let lost = jobs.iter().map(|job| LostClaim {
            job_kind: job.kind.clone(),
            subject: job.subject.clone(),
            number: job.claim - 1,
            lost_at_us: now_us,
        });
        self.locked().lost_claims.extend(lost);
    }

    pub fn trace(&self) -> Trace {
        self.locked().trace
    }

    /// From here on nothing goes wrong.
    pub fn ends(&self) {
        let mut inner = self.locked();
        inner.over = true;
        inner.away_until = Duration::ZERO;
    }

    /// Notes something else that happened.
    pub fn note(&self, what: &str) {
        self.locked().trace.add(what.as_bytes());
    }

    /// Somebody has come to a point; tells the fault that strikes there.
    fn visited(&self, name: &'static str, part: Part, node: usize, now: Duration) -> Option<Fault> {
        let mut inner = self.locked();
        if inner.over {
            return None;
        }
        let moment = format!("{node} {name} {} {}", part as u8, now.as_millis());
        inner.trace.add(moment.as_bytes());
        let visit = inner.visits.entry(name).or_default();
        if part != Part::After {
            *visit += 1;
        }
        let visit = *visit;
        let fits = |strike: &Strike| {
            let after = strike.fault == Fault::CrashAfter;
            strike.point == name && strike.visit == visit && after == (part == Part::After)
        };
        let at = inner.strikes.iter().position(fits)?;
        let strike = inner.strikes.remove(at);
        let fault = strike.fault;
        inner.struck.push(strike);
        if fault == Fault::Away {
            inner.away_until = now + AWAY_FOR;
        }
        Some(fault)
    }

    fn is_away(&self, now: Duration) -> bool {
        now < self.locked().away_until
    }
}

/// Which side of a point.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    At,
    After,
}

/// The hand on one node.
pub struct Hand {
    pub node: usize,
    pub script: Arc<Script>,
    pub life: Arc<Life>,
    pub time: Arc<Time>,
    pub world: Weak<super::Inner>,
}

impl Hand {
    /// The end of standing still, just before which somebody looks who holds what by then.
    fn goes_on(&self) -> impl Future<Output = ()> + Send + 'static {
        let (life, world) = (self.life.clone(), self.world.clone());
        async move {
            tokio::time::sleep(STANDS_FOR).await;
            if let Some(world) = world.upgrade().map(World) {
                let rows = world.rows().unwrap_or_else(|error| panic!("nobody can look: {error}"));
                world.script().note_claims(&rows.jobs, world.now_us());
            }
            life.turn(State::Runs);
        }
    }

    async fn at(&self, name: &'static str, part: Part) -> Fate {
        let now = self.time.elapsed();
        match self.script.visited(name, part, self.node, now) {
            None | Some(Fault::Away) => {}
            Some(Fault::Crash | Fault::CrashAfter) => {
                self.life.turn(State::Over);
                pending::<()>().await;
            }
            Some(Fault::Fails) => return Fate::Fails,
            Some(Fault::UnknownUndone) => return Fate::UnknownUndone,
            Some(Fault::UnknownDone) => return Fate::UnknownDone,
            Some(Fault::Stands) => {
                self.life.turn(State::Stands);
                super::detached(self.goes_on());
                self.life.moves().await;
            }
            Some(Fault::Late) => tokio::time::sleep(LATE_BY).await,
        }
        Fate::Runs
    }
}

impl Plan for Hand {
    fn reach(&self, point: Point) -> Reached<'_> {
        // The database's threads see the time as it is now.
        self.time.hear();
        let write = |place| Map::of_the_engine().write_at(place);
        Box::pin(async move {
            let fate = match point {
                Point::Named(name) => self.at(name, Part::At).await,
                Point::Write(place) => match write(place) {
                    Some(name) => self.at(name, Part::At).await,
                    None => Fate::Runs,
                },
                Point::Written(place) => match write(place) {
                    Some(name) => return self.at(name, Part::After).await,
                    None => return Fate::Runs,
                },
                Point::Read(_) => Fate::Runs,
            };
            let asks = !matches!(point, Point::Named(_)) && fate == Fate::Runs;
            match asks && self.script.is_away(self.time.elapsed()) {
                true => Fate::Fails,
                false => fate,
            }
        })
    }

    fn life(&self, waker: &Waker) -> State {
        self.life.asked(waker)
    }

    fn keeps_time_still(&self) -> bool {
        true
    }
}

/// The hand on those who only watch: it does nothing, but time stands still while they look.
pub struct Onlooker(pub Arc<Time>);

impl Plan for Onlooker {
    fn reach(&self, _: Point) -> Reached<'_> {
        self.0.hear();
        Box::pin(std::future::ready(Fate::Runs))
    }

    fn life(&self, _: &Waker) -> State {
        State::Runs
    }

    fn keeps_time_still(&self) -> bool {
        true
    }
}
