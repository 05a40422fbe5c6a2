//! The languages that pages can be in: one file of messages each, in `languages/`. Adding one is
//! adding its file. Not for what staff read, nor for programs: that is English.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use http::{HeaderMap, header};
use unic_langid::LanguageIdentifier;

use crate::page::sentence;

/// Every file, by the code that it is named after.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/languages.rs"));
/// The language that everything is said in which has no other words.
const FIRST: &str = "en";

/// A language that pages can be in.
#[derive(Clone, Copy)]
pub struct Language(&'static Spoken);

struct Spoken {
    code: &'static str,
    messages: FluentBundle<FluentResource>,
}

static ALL: LazyLock<Vec<Spoken>> =
    LazyLock::new(|| FILES.iter().map(|(code, text)| Spoken::read(code, text)).collect());

impl Spoken {
    fn read(code: &'static str, text: &str) -> Spoken {
        // A file that cannot be read whole says what it can; a test reads each strictly.
        let read = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
        let id: LanguageIdentifier = code.parse().unwrap_or_default();
        let mut messages = FluentBundle::new_concurrent(vec![id]);
        // Marks around what is filled in would end up in titles and in what is copied.
        messages.set_use_isolating(false);
        messages.add_resource_overriding(read);
        Spoken { code, messages }
    }
}

impl Language {
    pub fn all() -> impl Iterator<Item = Language> {
        ALL.iter().map(Language)
    }

    /// The language of a code such as `hi`.
    pub fn of(code: &str) -> Option<Language> {
        Language::all().find(|language| language.code() == code)
    }

    /// Of those that a browser names, the one that it likes best and that we speak.
    pub fn liked(headers: &HeaderMap) -> Option<Language> {
        let named = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut liked: Vec<(u32, Language)> = Vec::new();
        for one in named.split(',') {
            let (tag, rest) = one.split_once(';').unwrap_or((one, ""));
            let code = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            liked.extend(Language::of(&code).map(|language| (thousandths(rest), language)));
        }
        let best = liked.into_iter().filter(|(liking, _)| *liking > 0).rev();
        best.max_by_key(|(liking, _)| *liking).map(|(_, language)| language)
    }

    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// As those who speak it call it.
    pub fn name(self) -> String {
        self.say("language-name")
    }

    pub fn is_first(self) -> bool {
        self.code() == FIRST
    }

    pub fn say(self, key: &str) -> String {
        self.filled(key, None)
    }

    /// With one thing filled in; a number chooses the plural.
    pub fn say_with<'a>(
        self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'a>>,
    ) -> String {
        self.say_all(key, [(name, value.into())])
    }

    /// With several things filled in.
    pub fn say_all<'a, const N: usize>(
        self,
        key: &str,
        values: [(&'static str, FluentValue<'a>); N],
    ) -> String {
        self.filled(key, Some(&values.into_iter().collect()))
    }

    /// Why something was refused. Whoever refuses says it in the first language, with all that
    /// there is to say; others have a sentence for each kind that customers meet.
    pub fn refusal(self, slug: &str, text: &str) -> String {
        let said = match self.is_first() {
            true => None,
            false => self.lookup(&format!("refused-{slug}"), None),
        };
        said.unwrap_or_else(|| sentence(text))
    }

    /// The same of an error, as a whole sentence beside a field or in a notice.
    pub fn refused(self, error: &engine::Error) -> String {
        let text = error.to_string();
        let said = self.refusal(error.slug(), &text);
        format!("{said}{}", self.say("full-stop"))
    }

    /// The same where one kind of refusal has several sentences: by its key.
    pub fn fuller(self, key: &str, error: &engine::Error) -> String {
        if self.is_first() { self.refused(error) } else { self.say(key) }
    }

    /// What no file says is shown as its key, so that somebody notices.
    fn filled(self, key: &str, values: Option<&FluentArgs<'_>>) -> String {
        let said = self.lookup(key, values);
        let said = said.or_else(|| Language::default().lookup(key, values));
        said.unwrap_or_else(|| key.to_owned())
    }

    fn lookup(self, key: &str, values: Option<&FluentArgs<'_>>) -> Option<String> {
        let messages = &self.0.messages;
        let pattern = messages.get_message(key)?.value()?;
        // What is not filled in stands in its braces.
        Some(messages.format_pattern(pattern, values, &mut vec![]).into_owned())
    }
}

/// `;q=0.8` in thousandths; 1000 where nothing is said.
fn thousandths(rest: &str) -> u32 {
    let Some((_, weight)) = rest.split_once("q=") else { return 1_000 };
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let part: u32 = format!("{part:0<3}").get(..3).and_then(|part| part.parse().ok()).unwrap_or(0);
    whole.parse::<u32>().map_or(0, |whole| whole.min(1) * 1_000 + part).min(1_000)
}

impl Default for Language {
    fn default() -> Language {
        Language::of(FIRST).unwrap_or(Language(&ALL[0]))
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests;
