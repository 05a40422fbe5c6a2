//! Which known name somebody meant. Not for deciding: a guess is shown, never used.

/// The candidate that takes the fewest changes of letters; nothing only if there are none.
pub fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    candidates.min_by_key(|name| strsim::damerau_levenshtein(&wrong, &name.to_lowercase()))
}
