//! Where a mail stands, and the words for it.

use crate::db::{Result, StoreError};

/// Where a mail stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// Nobody carries mail yet.
    Waiting,
    /// A job brings it on its way.
    Queued,
    Sent,
    /// Its server will never take it, or could not deliver what it took.
    Refused,
}

impl State {
    pub const ALL: [State; 4] = [State::Waiting, State::Queued, State::Sent, State::Refused];

    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Queued => "queued",
            State::Sent => "sent",
            State::Refused => "refused",
        }
    }

    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    pub(super) fn read(word: &str) -> Result<State> {
        let why = format!("unknown state {word:?}");
        State::parse(word).ok_or(StoreError::Inconsistent { what: "mail", why })
    }
}
