//! How a charge-back stands: a payer's bank has taken money back from us, and may yet return it.
//! Not for deciding anything: the payer's bank does.

/// Where a dispute stands. Open and lost ones have taken their money.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    Open,
    /// The money is ours again.
    Won,
    Lost,
}

impl State {
    pub const ALL: [State; 3] = [State::Open, State::Won, State::Lost];

    /// The word that the database, the API and pages use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Won => "won",
            State::Lost => "lost",
        }
    }

    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("settled"), None);
    }
}
