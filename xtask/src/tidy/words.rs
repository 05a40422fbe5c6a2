//! Small questions about words in a line of text. Not a regular expression engine.

/// Whether a letter can be part of a Rust name.
pub fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Every place of `word` in `line` where it is a name of its own.
pub fn places<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    line.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

pub fn has(line: &str, word: &str) -> bool {
    places(line, word).next().is_some()
}

/// The name that follows one of these introductions: `name_after("pub fn go()", &["fn "])` is `go`.
pub fn name_after<'a>(line: &'a str, introductions: &[&str]) -> Option<&'a str> {
    introductions.iter().find_map(|introduction| {
        let at = places(line, introduction.trim_end()).next()?;
        let rest = line[at..].strip_prefix(introduction)?.trim_start();
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_inside_a_longer_one_does_not_count() {
        assert!(has("a sleep(b)", "sleep"));
        assert!(!has("asleep sleeps no_sleep", "sleep"));
    }

    #[test]
    fn a_name_ends_where_other_signs_begin() {
        assert_eq!(name_after("pub struct Shop<'a> {", &["struct "]), Some("Shop"));
        assert_eq!(name_after("mod shop;", &["struct ", "mod "]), Some("shop"));
        assert_eq!(name_after("let restructured = 1;", &["struct "]), None);
    }
}
