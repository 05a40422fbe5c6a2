//! One intention to buy for one order, and the ways it can go.
//! Not the order's own life: that is `order/step.rs`, which moves attempts by these events.

use std::fmt;

/// Where an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    Planned,
    Withdrawn,
    /// The right to send its one request is committed.
    Permitted,
    Answered,
    Rejected,
    NotSent,
    /// We may have bought, and nobody told us.
    Unheard,
    /// Given up unheard: refunded or bought again. Its answer may still come.
    Parked,
    /// A person says that nothing was bought.
    Denied,
    WrittenOff,
}

/// What happens to an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    Withdrawn,
    Permitted,
    /// Its own answer, in time or late, names one server.
    Answered,
    Rejected,
    NotSent,
    WentUnheard,
    Parked,
    Denied,
    /// A person names the server that it bought.
    Adopted,
    WrittenOff,
}

impl State {
    pub const ALL: [State; 10] = [
        State::Planned,
        State::Withdrawn,
        State::Permitted,
        State::Answered,
        State::Rejected,
        State::NotSent,
        State::Unheard,
        State::Parked,
        State::Denied,
        State::WrittenOff,
    ];

    /// The word that the database, the API and pages use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Withdrawn => "withdrawn",
            State::Permitted => "permitted",
            State::Answered => "answered",
            State::Rejected => "rejected",
            State::NotSent => "not_sent",
            State::Unheard => "unheard",
            State::Parked => "parked",
            State::Denied => "denied",
            State::WrittenOff => "written_off",
        }
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
    pub const ALL: [Event; 10] = [
        Event::Withdrawn,
        Event::Permitted,
        Event::Answered,
        Event::Rejected,
        Event::NotSent,
        Event::WentUnheard,
        Event::Parked,
        Event::Denied,
        Event::Adopted,
        Event::WrittenOff,
    ];

    /// From where this may happen. Anything else is refused.
    pub fn from(self) -> &'static [State] {
        use State as S;
        match self {
            Event::Withdrawn | Event::Permitted => &[S::Planned],
            Event::Answered => &[S::Permitted, S::Unheard, S::Parked, S::Denied, S::WrittenOff],
            // A parked attempt that proves to have bought nothing becomes denied, not rejected:
            // see `after`.
            Event::Rejected | Event::NotSent => &[S::Permitted, S::Unheard, S::Parked],
            Event::WentUnheard => &[S::Permitted],
            Event::Parked => &[S::Unheard],
            Event::Denied => &[S::Unheard, S::Parked],
            Event::Adopted => &[S::Unheard, S::Parked, S::Denied],
            Event::WrittenOff => &[S::Parked],
        }
    }
}

/// The two sides of a move that the rules do not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an attempt that is {from} cannot be moved by {event:?}")]
pub struct Refused {
    pub from: State,
    pub event: Event,
}

/// Where an attempt stands after an event.
pub fn after(from: State, event: Event) -> Result<State, Refused> {
    if !event.from().contains(&from) {
        return Err(Refused { from, event });
    }
    Ok(match (event, from) {
        (Event::Withdrawn, _) => State::Withdrawn,
        (Event::Permitted, _) => State::Permitted,
        (Event::Answered | Event::Adopted, _) => State::Answered,
        (Event::Rejected | Event::NotSent, State::Parked) | (Event::Denied, _) => State::Denied,
        (Event::Rejected, _) => State::Rejected,
        (Event::NotSent, _) => State::NotSent,
        (Event::WentUnheard, _) => State::Unheard,
        (Event::Parked, _) => State::Parked,
        (Event::WrittenOff, _) => State::WrittenOff,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_attempts_is_this_one() {
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
    fn nothing_leaves_an_attempt_that_is_certain() {
        for from in [State::Withdrawn, State::Rejected, State::NotSent, State::Answered] {
            for event in Event::ALL {
                assert!(after(from, event).is_err(), "{from} {event:?}");
            }
        }
    }

    #[test]
    fn every_word_reads_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }
}
