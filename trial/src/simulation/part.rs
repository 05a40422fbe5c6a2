//! The parts of a plan, each of which can be left out, and the search for those without which a
//! seed still fails. Not for what a plan is: `plan.rs`.

use std::collections::BTreeSet;
use std::fmt;

use super::plan::Plan;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Buyer,
    Press,
    Clash,
    Strike,
    Lie,
    GatewayLie,
    Shrink,
    Jump,
    /// The machines after the first one.
    Node,
}

impl Kind {
    /// In the order in which leaving them out is tried: what makes a world slow goes first.
    const ALL: [Kind; 9] = [
        Kind::Buyer,
        Kind::Press,
        Kind::Clash,
        Kind::Strike,
        Kind::Lie,
        Kind::GatewayLie,
        Kind::Shrink,
        Kind::Jump,
        Kind::Node,
    ];

    fn word(self) -> &'static str {
        match self {
            Kind::Buyer => "buyer",
            Kind::Press => "press",
            Kind::Clash => "clash",
            Kind::Strike => "strike",
            Kind::Lie => "lie",
            Kind::GatewayLie => "gateway-lie",
            Kind::Shrink => "shrink",
            Kind::Jump => "jump",
            Kind::Node => "node",
        }
    }

    fn count(self, plan: &Plan) -> usize {
        match self {
            Kind::Buyer => plan.buyers.len(),
            Kind::Press => plan.presses.len(),
            Kind::Clash => plan.clashes.len(),
            Kind::Strike => plan.strikes.len(),
            Kind::Lie => plan.lies.len(),
            Kind::GatewayLie => plan.gateway_lies.len(),
            Kind::Shrink => plan.shrinks.len(),
            Kind::Jump => plan.jumps.len(),
            Kind::Node => plan.nodes - 1,
        }
    }
}

/// One part of a seed's plan, by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub kind: Kind,
    pub place: usize,
}

/// What is left out of a plan; reads back from its own text, such as `buyer0-3,strike5`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped(BTreeSet<Part>);

impl Dropped {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn parse(text: &str) -> Option<Dropped> {
        let mut dropped = BTreeSet::new();
        for run in text.split(',').filter(|run| !run.is_empty()) {
            let digits = run.find(|c: char| c.is_ascii_digit())?;
            let (word, places) = run.split_at(digits);
            let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
            let (first, last) = places.split_once('-').unwrap_or((places, places));
            let places = first.parse().ok()?..=last.parse().ok()?;
            dropped.extend(places.map(|place| Part { kind, place }));
        }
        Some(Dropped(dropped))
    }

    fn with(&self, more: &[Part]) -> Dropped {
        Dropped(self.0.iter().chain(more).copied().collect())
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut runs: Vec<(Kind, usize, usize)> = Vec::new();
        for Part { kind, place } in &self.0 {
            match runs.last_mut() {
                Some((last, _, to)) if last == kind && *to + 1 == *place => *to = *place,
                _ => runs.push((*kind, *place, *place)),
            }
        }
        for (at, (kind, from, to)) in runs.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let word = kind.word();
            match from == to {
                true => write!(f, "{comma}{word}{from}")?,
                false => write!(f, "{comma}{word}{from}-{to}")?,
            }
        }
        Ok(())
    }
}

impl Plan {
    /// The same world without some of its parts.
    pub fn without(&self, dropped: &Dropped) -> Plan {
        fn kept<T: Clone>(of: &[T], kind: Kind, dropped: &Dropped) -> Vec<T> {
            let stays = |place| !dropped.0.contains(&Part { kind, place });
            let kept = of.iter().enumerate().filter(|(place, _)| stays(*place));
            kept.map(|(_, part)| part.clone()).collect()
        }
        let machines = dropped.0.iter().filter(|part| part.kind == Kind::Node).count();
        Plan {
            nodes: self.nodes - machines.min(self.nodes - 1),
            buyers: kept(&self.buyers, Kind::Buyer, dropped),
            presses: kept(&self.presses, Kind::Press, dropped),
            clashes: kept(&self.clashes, Kind::Clash, dropped),
            strikes: kept(&self.strikes, Kind::Strike, dropped),
            lies: kept(&self.lies, Kind::Lie, dropped),
            gateway_lies: kept(&self.gateway_lies, Kind::GatewayLie, dropped),
            shrinks: kept(&self.shrinks, Kind::Shrink, dropped),
            jumps: kept(&self.jumps, Kind::Jump, dropped),
            ..self.clone()
        }
    }
}

/// So often at most a world is run to find what it can do without.
const RUNS_MAX: usize = 200;

/// What can be left out of a world that breaks some sentences, so that one of them is broken
/// still. `breaks` runs a world and tells what does not hold there.
pub fn superfluous(
    plan: &Plan,
    broken: &[String],
    breaks: impl Fn(&Plan) -> Vec<String>,
) -> Dropped {
    let wanted: BTreeSet<String> = broken.iter().map(|sentence| gist(sentence)).collect();
    let (mut dropped, mut runs) = (Dropped::default(), 0);
    loop {
        let before = dropped.clone();
        for kind in Kind::ALL {
            let places = 0..kind.count(plan);
            let mut left: Vec<Part> = places.map(|place| Part { kind, place }).collect();
            left.retain(|part| !dropped.0.contains(part));
            // All of them at once, then halves, then one by one.
            let mut together = left.len();
            while together > 0 {
                for some in std::mem::take(&mut left).chunks(together) {
                    let tried = dropped.with(some);
                    runs += 1;
                    let told = if runs > RUNS_MAX { vec![] } else { breaks(&plan.without(&tried)) };
                    match told.iter().any(|sentence| wanted.contains(&gist(sentence))) {
                        true => dropped = tried,
                        false => left.extend(some),
                    }
                }
                together /= 2;
            }
        }
        if dropped == before || runs > RUNS_MAX {
            return dropped;
        }
    }
}

/// A sentence without the ids and numbers of its world; of an invariant its name.
fn gist(sentence: &str) -> String {
    let first = sentence.split(':').next().unwrap_or(sentence);
    if first.starts_with("INV-") || first.starts_with("LIVE-") {
        return first.to_owned();
    }
    let plain = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
    sentence.split_whitespace().filter(plain).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_reads_back_from_its_text() {
        let text = "buyer0-3,buyer7,strike5,gateway-lie0-1,node0";
        let dropped = Dropped::parse(text).unwrap();
        assert_eq!((dropped.0.len(), dropped.to_string().as_str()), (9, text));
        assert_eq!(Dropped::parse(""), Some(Dropped::default()));
        for wrong in ["buyer", "nobody3", "buyer3-x", "7"] {
            assert_eq!(Dropped::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_failing_world_keeps_only_what_makes_it_fail() {
        let plan = (1..).map(Plan::of).find(|plan| plan.strikes.len() > 9).unwrap();
        let (buyer, strike) = (plan.buyers[3].arrives_s, plan.strikes[7].clone());
        let breaks = |world: &Plan| -> Vec<String> {
            let both = world.buyers.iter().any(|one| one.arrives_s == buyer)
                && world.strikes.contains(&strike);
            both.then(|| format!("ord_{} is lost", world.buyers.len())).into_iter().collect()
        };
        let dropped = superfluous(&plan, &breaks(&plan), breaks);
        let small = plan.without(&Dropped::parse(&dropped.to_string()).unwrap());
        assert_eq!((small.buyers.len(), small.strikes.len(), small.nodes), (1, 1, 1));
        assert_eq!(small.presses.len() + small.lies.len() + small.jumps.len(), 0);
        assert!(!breaks(&small).is_empty(), "{dropped}");
    }

    #[test]
    fn sentences_are_alike_whatever_their_ids() {
        assert_eq!(gist("INV-05: 1.2.3.4 was sold"), gist("INV-05: att_9 was answered"));
        assert_eq!(gist("ord_01X ended paid, not 2"), gist("ord_77 ended paid, not 1"));
        assert_ne!(gist("INV-05: x"), gist("INV-04: x"));
    }
}
