//! Short texts that people send: names, reasons, what a browser calls itself.
//! Bounded and without control characters, so that they can be shown, mailed and logged.

use crate::error::{Error, Result};

const REASON_MAX: usize = 500;

/// Takes one line that must say something; `what` names it to the person who sent it.
pub(crate) fn line(text: &str, what: &str, letters_max: usize) -> Result<String> {
    checked(text, what, letters_max).map_err(|why| Error::invalid("invalid-text", why))
}

fn checked(text: &str, what: &str, letters_max: usize) -> std::result::Result<String, String> {
    let (text, wrong) = (text.trim(), Err);
    if text.is_empty() {
        return wrong(format!("{what} is missing"));
    }
    if text.chars().count() > letters_max {
        return wrong(format!("{what} is too long: at most {letters_max} characters"));
    }
    if text.chars().any(char::is_control) {
        return wrong(format!("{what} must be one line of plain text"));
    }
    Ok(text.to_owned())
}

/// Takes the reason that a person gives for what they do.
pub(crate) fn reason(text: &str) -> Result<String> {
    let read = checked(text, "the reason", REASON_MAX);
    read.map_err(|why| Error::invalid("invalid-reason", format!("say why: {why}")))
}

/// Makes any text a short line, for what nobody typed and nobody must be told to mend.
pub(crate) fn shortened(text: &str, letters_max: usize) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.collect::<String>().trim().chars().take(letters_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_something_and_is_one_line() {
        assert_eq!(line("  Ada ", "the name", 5).unwrap(), "Ada");
        for wrong in ["", "  ", "Ada\0", "A\nda", "Charles"] {
            assert!(line(wrong, "the name", 5).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_nobody_typed_is_cut_and_not_refused() {
        assert_eq!(shortened(" Mozilla\0/5 and more", 9), "Mozilla /");
    }
}
