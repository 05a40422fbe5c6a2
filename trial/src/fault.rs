//! What goes wrong, where and when: one fault at the n-th visit of one point.

use std::fmt;

use crate::map::Kind;

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The node dies before the transaction, or at the named moment.
    Crash,
    /// The node dies after the commit, before anybody hears of it.
    CrashAfter,
    /// The transaction fails; nothing is changed.
    Fails,
    /// Nothing is changed, and nobody knows.
    UnknownUndone,
    /// It happened, and nobody knows.
    UnknownDone,
    /// The database is away for a while, for every node, from here on.
    Away,
    /// The node stands still for longer than its claims last.
    Stands,
    /// The task is held up for a few seconds.
    Late,
}

impl Fault {
    pub const ALL: [Fault; 8] = [
        Fault::Crash,
        Fault::CrashAfter,
        Fault::Fails,
        Fault::UnknownUndone,
        Fault::UnknownDone,
        Fault::Away,
        Fault::Stands,
        Fault::Late,
    ];

    /// What can happen at a point of this kind.
    pub fn at(kind: Kind) -> &'static [Fault] {
        match kind {
            Kind::Write => &Fault::ALL,
            Kind::Named => &[Fault::Crash, Fault::Away, Fault::Stands, Fault::Late],
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Fault::Crash => "crash",
            Fault::CrashAfter => "crash-after",
            Fault::Fails => "fails",
            Fault::UnknownUndone => "unknown-undone",
            Fault::UnknownDone => "unknown-done",
            Fault::Away => "away",
            Fault::Stands => "stands",
            Fault::Late => "late",
        }
    }

    pub fn parse(word: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.word() == word)
    }
}

/// A fault at the n-th visit of a point; the first is 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strike {
    pub point: String,
    pub visit: u32,
    pub fault: Fault,
}

impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}={}", self.point, self.visit, self.fault.word())
    }
}

impl Strike {
    /// Reads `purchase/permit::permit@1=crash`.
    pub fn parse(text: &str) -> Option<Strike> {
        let (place, fault) = text.split_once('=')?;
        let (point, visit) = place.rsplit_once('@')?;
        let (visit, fault) = (visit.parse().ok()?, Fault::parse(fault)?);
        Some(Strike { point: point.to_owned(), visit, fault })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strike_reads_back_from_its_text() {
        let text = "purchase/permit::permit#2@3=unknown-done";
        assert_eq!(Strike::parse(text).map(|strike| strike.to_string()).as_deref(), Some(text));
        assert_eq!(Strike::parse("somewhere=crash"), None);
    }
}
