//! Whether a server runs, as far as its provider tells, and for how long that may be believed.
//! Not whose it is nor whether it is paid for: a stopped server is as much its customer's.

use crate::clock::Timestamp;

/// What a provider says of a server's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    Running,
    Stopped,
    Busy,
    Unknown,
}

impl Power {
    /// The word that the database and the API use.
    pub fn word(self) -> &'static str {
        match self {
            Power::Running => "running",
            Power::Stopped => "stopped",
            Power::Busy => "busy",
            Power::Unknown => "unknown",
        }
    }

    pub fn parse(word: &str) -> Option<Power> {
        let all = [Power::Running, Power::Stopped, Power::Busy, Power::Unknown];
        all.into_iter().find(|power| power.word() == word)
    }
}

/// The last look at a server's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub power: Power,
    /// When the provider was asked: what it tells is no younger.
    pub asked_at: Timestamp,
}

/// What may be said of a server's power after the last request that could change it left.
///
/// An answer to a question from before that request says nothing of what came of it.
pub fn known(look: Option<Look>, changed_at: Option<Timestamp>) -> Option<Look> {
    look.filter(|look| changed_at.is_none_or(|changed| look.asked_at > changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_before_a_request_left_is_not_known_after_it() {
        let at = Timestamp::from_millis;
        let look = Some(Look { power: Power::Running, asked_at: at(5) });
        assert_eq!(known(look, None), look);
        assert_eq!(known(look, Some(at(4))), look);
        assert_eq!(known(look, Some(at(5))), None);
        assert_eq!(known(None, None), None);
    }

    #[test]
    fn words_of_power_read_back() {
        for power in [Power::Running, Power::Stopped, Power::Busy, Power::Unknown] {
            assert_eq!(Power::parse(power.word()), Some(power));
        }
        assert_eq!(Power::parse("Online"), None);
    }
}
