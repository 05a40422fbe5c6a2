//! Those we buy from, as far as the rules care: a machine that is asked over the network, or
//! somebody whose servers our staff enter by hand. Not for talking to either.

use std::time::Duration;

/// How the ids of those begin that have no API. The id itself says it, so that every row that
/// names a provider tells how it is bought from.
const BY_HAND: &str = "hand-";

/// Whether nobody but our staff can buy there.
pub fn is_by_hand(id: &str) -> bool {
    id.starts_with(BY_HAND)
}

/// A provider without an API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ByHand {
    pub id: String,
    pub name: String,
    /// So soon after payment a person is to have delivered.
    pub due_within: Duration,
    /// For staff: where its servers are ordered, and how.
    pub note: String,
}

impl ByHand {
    pub const DUE_MIN: Duration = Duration::from_secs(60);
    pub const DUE_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
    const ID_MAX: usize = 40;

    /// The id that a name gives: its letters and digits, small; nothing where there are none.
    pub fn id_of(name: &str) -> Option<String> {
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' }
        };
        let spaced: String = name.chars().map(plain).collect();
        let words = spaced.split_whitespace().collect::<Vec<_>>().join("-");
        let fits: String = words.chars().take(ByHand::ID_MAX - BY_HAND.len()).collect();
        let fits = fits.trim_end_matches('-');
        (!fits.is_empty()).then(|| format!("{BY_HAND}{fits}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_that_nobody_can_be_asked_over_the_network() {
        for (name, id) in [
            ("Frankfurt rack", Some("hand-frankfurt-rack")),
            (" G. & Sons (DE) ", Some("hand-g-sons-de")),
            ("भारत", None),
            ("", None),
        ] {
            assert_eq!(ByHand::id_of(name).as_deref(), id, "{name:?}");
        }
        let long = ByHand::id_of(&"rack ".repeat(30)).unwrap();
        assert!(long.len() <= ByHand::ID_MAX && !long.ends_with('-'), "{long}");
        assert!(is_by_hand(&long) && !is_by_hand("smartvps"));
    }

    #[test]
    fn a_due_time_lies_between_a_minute_and_thirty_days() {
        let seconds = (ByHand::DUE_MIN.as_secs(), ByHand::DUE_MAX.as_secs());
        assert_eq!(seconds, (60, 2_592_000));
    }
}
