//! Which lie is told when: once, always, or by chance. What a lie is, each simulator knows itself.

use std::collections::VecDeque;

use serde::Serialize;

use crate::chance::Chance;

/// One lie that waits for its turn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ordered<O, L> {
    pub op: O,
    /// Only for what is known by this name.
    pub only: Option<String>,
    pub lie: L,
}

/// A lie that is told in some of a thousand cases.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Likely<O, L> {
    pub op: O,
    pub permille: u32,
    pub lie: L,
}

/// Everything that is to be lied about. One-shot lies come first, then standing ones, then chance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lies<O, L> {
    next: VecDeque<Ordered<O, L>>,
    standing: Vec<Ordered<O, L>>,
    likely: Vec<Likely<O, L>>,
}

impl<O, L> Default for Lies<O, L> {
    fn default() -> Lies<O, L> {
        Lies { next: VecDeque::new(), standing: Vec::new(), likely: Vec::new() }
    }
}

impl<O: Copy + PartialEq, L: Clone + PartialEq> Lies<O, L> {
    /// Told once, by the next request that it fits.
    pub fn tell_once(&mut self, ordered: Ordered<O, L>) {
        self.next.push_back(ordered);
    }

    /// Told until taken back. There is one per operation and `only`.
    pub fn keep_telling(&mut self, ordered: Ordered<O, L>) {
        self.stop_telling(ordered.op, ordered.only.as_deref());
        self.standing.push(ordered);
    }

    pub fn stop_telling(&mut self, op: O, only: Option<&str>) {
        self.standing.retain(|kept| kept.op != op || kept.only.as_deref() != only);
    }

    /// Told by chance. A rate of nought takes an equal lie back.
    pub fn tell_by_chance(&mut self, likely: Likely<O, L>) {
        self.likely.retain(|kept| kept.op != likely.op || kept.lie != likely.lie);
        if likely.permille > 0 {
            self.likely.push(likely);
        }
    }

    /// The lie for a request about something known by any of `names`.
    pub fn pick(&mut self, op: O, names: &[&str], chance: &mut Chance) -> Option<L> {
        let fits = |ordered: &Ordered<O, L>| {
            let only = ordered.only.as_deref();
            ordered.op == op && only.is_none_or(|only| names.contains(&only))
        };
        if let Some(place) = self.next.iter().position(fits) {
            return self.next.remove(place).map(|ordered| ordered.lie);
        }
        let narrow = self.standing.iter().filter(|kept| kept.only.is_some());
        let wide = self.standing.iter().filter(|kept| kept.only.is_none());
        if let Some(kept) = narrow.chain(wide).find(|kept| fits(kept)) {
            return Some(kept.lie.clone());
        }
        let mut rolled = self.likely.iter().filter(|likely| likely.op == op);
        rolled.find(|likely| chance.happens(likely.permille)).map(|likely| likely.lie.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq)]
    enum Op {
        Buy,
        List,
    }

    fn ordered(only: Option<&str>, lie: &'static str) -> Ordered<Op, &'static str> {
        Ordered { op: Op::Buy, only: only.map(str::to_owned), lie }
    }

    #[test]
    fn a_queued_lie_is_told_once_and_before_a_standing_one() {
        let (mut lies, mut chance) = (Lies::default(), Chance::seeded(1));
        lies.keep_telling(ordered(None, "html"));
        lies.tell_once(ordered(Some("6"), "lost"));
        let mut told = |names: &[&str]| lies.pick(Op::Buy, names, &mut chance);
        assert_eq!(told(&["7"]), Some("html"));
        assert_eq!(told(&["6"]), Some("lost"));
        assert_eq!(told(&["6"]), Some("html"));
    }

    #[test]
    fn a_lie_about_buying_is_not_told_about_stock() {
        let (mut lies, mut chance) = (Lies::default(), Chance::seeded(1));
        lies.keep_telling(ordered(None, "html"));
        assert_eq!(lies.pick(Op::List, &[], &mut chance), None);
        lies.stop_telling(Op::Buy, None);
        assert_eq!(lies.pick(Op::Buy, &[], &mut chance), None);
    }

    #[test]
    fn chance_repeats_itself_from_the_same_seed() {
        let told = |seed| {
            let (mut lies, mut chance) = (Lies::default(), Chance::seeded(seed));
            let lie = "lost";
            lies.tell_by_chance(Likely { op: Op::Buy, permille: 300, lie });
            (0..64).map(|_| lies.pick(Op::Buy, &[], &mut chance).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(told(5), told(5));
        assert!(told(5).contains(&true) && told(5).contains(&false));
    }
}
