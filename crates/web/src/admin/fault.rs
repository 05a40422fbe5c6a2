//! What was wrong with a form that staff sent, and beside which of its fields that stands.
//! Not for whether it was wrong: that the engine says, as `field: why` or as a sentence that begins
//! with the field.

use engine::Error;

use crate::page::sentence;
use crate::view::Field;

/// The fields of a form, each with the name by which the engine speaks of it.
pub(super) type Fields<'a, 'b> = &'a mut [(&'static str, &'b mut Field)];

/// Writes what is wrong beside its field. What is about none of them comes back.
pub(super) fn place(error: &Error, fields: Fields<'_, '_>) -> Option<String> {
    let text = error.to_string();
    let word = text.split([':', '.', ' ']).next().unwrap_or_default();
    let is_typing = matches!(error, Error::Invalid { .. });
    match fields.iter_mut().find(|(name, _)| is_typing && *name == word) {
        Some((_, field)) => {
            field.error = Some(beside(error));
            None
        }
        None => Some(words(error)),
    }
}

/// The whole of it, as a sentence.
pub(super) fn words(error: &Error) -> String {
    sentence(&error.to_string()) + "."
}

/// As it stands beside a field: without the field's name where that stands in front, and with it in
/// plain words where it begins the sentence.
pub(super) fn beside(error: &Error) -> String {
    let text = error.to_string();
    match text.split_once(": ") {
        Some((field, rest)) if !field.contains(' ') => sentence(rest) + ".",
        _ => {
            let (field, rest) = text.split_once(' ').unwrap_or((&text, ""));
            sentence(&format!("{} {rest}", apart(field))) + "."
        }
    }
}

/// `displayName` as people write it.
fn apart(word: &str) -> String {
    let mut apart = String::with_capacity(word.len() + 2);
    for letter in word.chars() {
        if letter.is_ascii_uppercase() {
            apart.push(' ');
        }
        apart.push(letter.to_ascii_lowercase());
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(error: Error) -> (Option<String>, Option<String>) {
        let mut name = Field::of("x");
        let left = place(&error, &mut [("displayName", &mut name)]);
        (name.error, left)
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field_without_the_fields_name() {
        let wrong = |text: &str| placed(Error::invalid("invalid-text", text)).0;
        assert_eq!(wrong("displayName is missing").as_deref(), Some("Display name is missing."));
        assert_eq!(wrong("displayName: is there twice").as_deref(), Some("Is there twice."));
        assert_eq!(wrong("displayName.8GB: is there").as_deref(), Some("Is there."));
    }

    #[test]
    fn what_is_about_no_field_comes_back_whole() {
        let other = placed(Error::invalid("invalid-text", "tags: at most 8"));
        assert_eq!(other, (None, Some("Tags: at most 8.".into())));
        let refused = placed(Error::refused("stale-version", "displayName is gone"));
        assert_eq!(refused, (None, Some("DisplayName is gone.".into())));
    }
}
