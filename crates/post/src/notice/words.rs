//! What a notice says, as plain text. How each chat writes plain text is said beside its shapes.

use super::{News, Notice, Troubles};

/// A notice in words, before anybody's marks: a head, what is said below it, and where to read on.
pub(super) struct Words {
    pub head: String,
    pub text: String,
    pub link: String,
}

/// No kind of trouble has so many words; a text that has is cut.
const TEXT_MAX: usize = 1_200;
/// So many kinds of a crowd are named.
const KINDS_MAX: usize = 10;

pub(super) fn of(notice: &Notice) -> Words {
    let (what, text) = match &notice.news {
        News::Raised(Troubles::One { kind, text, .. }) => (kind.clone(), shortened(text)),
        News::Over(Troubles::One { kind, text, .. }) => {
            (format!("{kind} is over"), shortened(text))
        }
        News::Raised(Troubles::Many(kinds)) => (format!("{} new alerts", all(kinds)), named(kinds)),
        News::Over(Troubles::Many(kinds)) => {
            (format!("{} alerts are over", all(kinds)), named(kinds))
        }
        News::Test => {
            ("a test".to_owned(), "Somebody pressed the button: alerts arrive here.".to_owned())
        }
    };
    Words { head: format!("{}: {what}", notice.shop), text, link: notice.link.clone() }
}

fn all(kinds: &[(String, u64)]) -> u64 {
    kinds.iter().map(|(_, count)| count).sum()
}

fn named(kinds: &[(String, u64)]) -> String {
    let mut named: Vec<String> =
        kinds.iter().take(KINDS_MAX).map(|(kind, count)| format!("{count} × {kind}")).collect();
    if kinds.len() > KINDS_MAX {
        named.push("and others".to_owned());
    }
    named.join(", ")
}

fn shortened(text: &str) -> String {
    match text.chars().count() > TEXT_MAX {
        true => text.chars().take(TEXT_MAX).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

impl Words {
    /// In three lines, each part written as the chat wants it.
    pub fn lines(&self, written: impl Fn(&str) -> String, link: &str) -> String {
        format!("{}\n{}\n{link}", written(&self.head), written(&self.text))
    }
}
