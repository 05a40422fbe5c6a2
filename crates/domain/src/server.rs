//! One address during one live interval, and the ways it can go.
//! Not the check itself: that is `check.rs`.

use std::fmt;

/// Where a server stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    Verifying,
    /// A person must decide: what was sold cannot be compared with it.
    OnHold,
    Verified,
    Delivered,
    /// Ours, visible, and nobody's: a stray.
    Quarantined,
    Ended,
    /// Its term at the provider is over and the provider no longer names it.
    Lapsed,
    WrittenOff,
}

/// What happens to a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    Matched,
    /// Unobservable, or doubted because its attempt's own answer names another.
    Held,
    Rechecked,
    Quarantined,
    Delivered,
    /// Out of quarantine, back to an order.
    Claimed,
    Ended,
    Lapsed,
    WrittenOff,
}

impl State {
    pub const ALL: [State; 8] = [
        State::Verifying,
        State::OnHold,
        State::Verified,
        State::Delivered,
        State::Quarantined,
        State::Ended,
        State::Lapsed,
        State::WrittenOff,
    ];

    /// States in which the address is live in our books.
    pub const LIVE: [State; 5] =
        [State::Verifying, State::OnHold, State::Verified, State::Delivered, State::Quarantined];

    /// The word that the database, the API and pages use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Verifying => "verifying",
            State::OnHold => "on_hold",
            State::Verified => "verified",
            State::Delivered => "delivered",
            State::Quarantined => "quarantined",
            State::Ended => "ended",
            State::Lapsed => "lapsed",
            State::WrittenOff => "written_off",
        }
    }

    /// The address is nobody's any more, whoever has had it.
    pub fn is_gone(self) -> bool {
        matches!(self, State::Ended | State::Lapsed)
    }

    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Event {
    pub const ALL: [Event; 9] = [
        Event::Matched,
        Event::Held,
        Event::Rechecked,
        Event::Quarantined,
        Event::Delivered,
        Event::Claimed,
        Event::Ended,
        Event::Lapsed,
        Event::WrittenOff,
    ];

    /// From where this may happen, and where it leads. Anything else is refused.
    pub fn table(self) -> (&'static [State], State) {
        use State as S;
        match self {
            Event::Matched => (&[S::Verifying], S::Verified),
            Event::Held => (&[S::Verifying, S::Verified], S::OnHold),
            Event::Rechecked => (&[S::OnHold], S::Verifying),
            Event::Quarantined => {
                (&[S::Verifying, S::OnHold, S::Verified, S::Delivered], S::Quarantined)
            }
            Event::Delivered => (&[S::Verified], S::Delivered),
            Event::Claimed => (&[S::Quarantined], S::Verifying),
            Event::Ended => (&[S::Delivered, S::Quarantined], S::Ended),
            Event::Lapsed => (&[S::Delivered, S::Quarantined], S::Lapsed),
            Event::WrittenOff => (&[S::Quarantined], S::WrittenOff),
        }
    }
}

/// The two sides of a move that the rules do not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a server that is {from} cannot be moved by {event:?}")]
pub struct Refused {
    pub from: State,
    pub event: Event,
}

/// Where a server stands after an event.
pub fn after(from: State, event: Event) -> Result<State, Refused> {
    let (allowed, to) = event.table();
    if allowed.contains(&from) { Ok(to) } else { Err(Refused { from, event }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_servers_is_this_one() {
        let mut table = String::new();
        for from in State::ALL {
            for event in Event::ALL {
                if let Ok(to) = after(from, event) {
                    table.push_str(&format!("{from} --{event:?}--> {to}\n"));
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_quarantined_server_is_never_delivered_without_a_new_check() {
        assert!(after(State::Quarantined, Event::Delivered).is_err());
        assert!(after(State::OnHold, Event::Delivered).is_err());
        assert_eq!(after(State::Quarantined, Event::Claimed), Ok(State::Verifying));
    }

    #[test]
    fn states_are_read_back_and_two_of_them_are_over() {
        assert_eq!(State::ALL.map(|state| State::parse(state.as_str())), State::ALL.map(Some));
        assert_eq!(State::parse("Delivered"), None);
        let gone: Vec<State> = State::ALL.into_iter().filter(|state| state.is_gone()).collect();
        assert_eq!(gone, [State::Ended, State::Lapsed]);
    }
}
