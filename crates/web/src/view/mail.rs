//! Mails: what each says, once, for the eyes and as plain text, and how both are laid out.
//! Each has one button, and nothing secret stands in any of them but the token of a link, where one
//! is there to be opened once.

mod account;
mod daily;
mod sample;
#[cfg(test)]
mod tests;
mod text;
mod words;

use askama::Template;
use domain::clock::Timestamp;
use engine::brand::Brand;
use engine::mail::told::Told;
use engine::read::Worded;
use fluent_bundle::FluentValue;

pub use sample::{Sampled, every_sample, samples};
pub use text::{Shipped, Wrong, shipped};

use super::when::Zone;
use crate::language::Language;

/// Our own colour, as the style sheet has it: on light and on dark.
const SEA: (&str, &str) = ("#0a6570", "#5ccbd1");

/// One mail, ready to be laid out.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub subject: String,
    pub heading: String,
    /// Empty where nobody is greeted.
    pub greeting: String,
    /// What a person wrote for whoever reads this.
    pub quote: Option<String>,
    pub paragraphs: Vec<String>,
    pub facts: Vec<(String, String)>,
    pub troubles: Vec<Line>,
    /// Its words and where it leads.
    pub button: (String, String),
    pub after: Vec<String>,
    pub foot: String,
    /// Whose mail it is.
    pub shop: Brand,
    /// What it is written in.
    pub language: Language,
}

/// One trouble in a list for staff.
#[derive(Clone, Debug)]
pub struct Line {
    pub kind: String,
    pub text: String,
    pub at: String,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    sheet: &'a Sheet,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none", whitespace = "preserve")]
struct Text<'a> {
    sheet: &'a Sheet,
}

impl Sheet {
    /// What a mail program shows beside the subject.
    fn preview(&self) -> &str {
        let first = self.quote.as_ref().or(self.paragraphs.first());
        first.map_or(&self.heading, |text| text)
    }

    /// The shop's colour, on light and on dark.
    fn sea(&self) -> (String, String) {
        let colours = self.shop.accent.map(|accent| (accent.light.hex(), accent.dark.hex()));
        colours.unwrap_or_else(|| (SEA.0.to_owned(), SEA.1.to_owned()))
    }
}

/// The shop as mails speak of it.
#[derive(Clone, Debug)]
pub struct Words {
    pub zone: Zone,
    /// Where links lead, without a slash at the end.
    pub app_url: String,
}

/// A mail for a customer, in what they read.
struct Spoken<'a> {
    words: &'a Words,
    language: Language,
}

impl Spoken<'_> {
    fn say(&self, key: &str) -> String {
        self.language.say(key)
    }

    fn say_with<'v>(
        &self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'v>>,
    ) -> String {
        self.language.say_with(key, name, value)
    }

    fn time(&self, at: Timestamp) -> String {
        self.words.zone.anywhere(at, self.language)
    }

    /// Where a button leads.
    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.words.app_url)
    }
}

impl Words {
    fn sheet(&self, told: &Told) -> Sheet {
        let spoken = self.spoken(told);
        let language = spoken.language;
        let mut sheet = spoken.plain(told);
        if let Some(words) = &told.text {
            spoken.say_it_so(&mut sheet, words, told);
        }
        if !told.name.is_empty() {
            sheet.greeting = language.say_with("mail-hello", "name", told.name.as_str());
        }
        if let Some(name) = &told.brand.given_name {
            sheet.subject = format!("{} · {name}", sheet.subject);
        }
        sheet.shop = told.brand.clone();
        sheet
    }
}

impl engine::mail::Words for Words {
    fn word(&self, told: &Told) -> Result<Worded, String> {
        let sheet = &self.sheet(told);
        let text = Text { sheet }.render().map_err(|error| error.to_string())?;
        let html = Html { sheet }.render().map_err(|error| error.to_string())?;
        Ok(Worded { subject: sheet.subject.clone(), text, html })
    }
}
