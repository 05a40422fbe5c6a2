//! Hands settings out one by one as values, and collects every mistake on the way.
//! Not for finding them: `given.rs` does that.

use std::collections::BTreeMap;

use super::problem::Problem;
use super::setting::{Otherwise, Setting, Shown};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    /// A line of `berth.toml`.
    File {
        line: usize,
    },
    Environment,
    /// The program itself, as `berth demo` does.
    Program,
}

impl Source {
    pub fn word(&self) -> &'static str {
        match self {
            Source::Default => "default",
            Source::File { .. } => "file",
            Source::Environment => "environment",
            Source::Program => "program",
        }
    }
}

/// A setting's text before it is understood.
#[derive(Clone)]
pub(super) struct Raw {
    pub text: String,
    pub source: Source,
}

/// All that was given, by the environment's names, and what was found wrong so far.
pub struct Reader {
    pub(super) raw: BTreeMap<&'static str, Raw>,
    /// The configuration file's name, for messages.
    pub(super) file: Option<String>,
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn has(&self, env: &str) -> bool {
        self.raw.contains_key(env)
    }

    /// A setting with a default. Nothing when the text is wrong; the mistake is kept.
    pub(super) fn required<T>(
        &mut self,
        env: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.has(env) {
            return self.optional(env, parse)?;
        }
        let setting = super::setting_of(env)?;
        match setting.otherwise {
            Otherwise::Value(text) => parse(text).ok(),
            Otherwise::Meaning(_) => None,
        }
    }

    /// A setting without a default: `Some(None)` when unset, nothing when the text is wrong.
    pub(super) fn optional<T>(
        &mut self,
        env: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let Some(raw) = self.raw.get(env).cloned() else { return Some(None) };
        match parse(&raw.text) {
            Ok(value) => Some(Some(value)),
            Err(text) => {
                self.refuse(env, &raw, text);
                None
            }
        }
    }

    fn refuse(&mut self, env: &'static str, raw: &Raw, text: String) {
        let name = match (&raw.source, super::setting_of(env)) {
            (Source::File { .. }, Some(setting)) => format!("{env} ({})", setting.path()),
            _ => env.to_owned(),
        };
        let plain = super::setting_of(env).is_some_and(|setting| setting.shown == Shown::Plain);
        let subject = if plain { format!("{name}: {:?}", raw.text) } else { name };
        let place = Some(self.place(&raw.source));
        self.problems.push(Problem { subject, place, text });
    }

    /// Refuses the first of these that somebody gave.
    pub(super) fn refuse_given(&mut self, names: &[&'static str], why: &str) {
        let given = names.iter().find_map(|env| Some((*env, self.raw.get(env)?.clone())));
        if let Some((env, raw)) = given {
            self.refuse(env, &raw, why.to_owned());
        }
    }

    /// Notes a setting that another one makes necessary.
    pub(super) fn missing(&mut self, env: &'static str, because: &str) {
        let toml = super::setting_of(env).map(Setting::path).unwrap_or_default();
        self.problems.push(Problem {
            subject: env.to_owned(),
            place: None,
            text: format!(
                "is missing: {because}. Set it in the environment, or {toml} in the file"
            ),
        });
    }

    pub(super) fn place(&self, source: &Source) -> String {
        match source {
            Source::File { line } => {
                let file = self.file.as_deref().unwrap_or("berth.toml");
                format!("{file}, line {line}")
            }
            Source::Environment => "environment".to_owned(),
            Source::Default => "default".to_owned(),
            Source::Program => "set by the program".to_owned(),
        }
    }
}
