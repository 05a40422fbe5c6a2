//! Collects what the environment and `berth.toml` give, and refuses names that nobody knows.
//! Not for understanding values: the sections do that.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::file;
use super::nearest::nearest;
use super::problem::{Problem, Refused};
use super::reader::{Raw, Reader, Source};
use super::{Settled, setting_of, settings};

/// What was given before it is understood: an environment, perhaps a file, perhaps values that
/// the program itself sets.
#[derive(Default)]
pub struct Given {
    pub(super) env: BTreeMap<String, OsString>,
    file: Option<(PathBuf, String)>,
    program: BTreeMap<&'static str, String>,
    pub(super) forgotten: Vec<&'static str>,
}

impl Given {
    /// The environment of this process.
    pub fn environment() -> Given {
        Given::of(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))),
        )
    }

    pub fn of(env: impl IntoIterator<Item = (String, OsString)>) -> Given {
        Given { env: env.into_iter().collect(), ..Given::default() }
    }

    /// Adds the file that was named, or the first that is found: `./berth.toml`, then the
    /// user's `berth/berth.toml`. A named file must be there.
    pub fn with_file(self, named: Option<&Path>) -> Result<Given, Refused> {
        let own = self.home("XDG_CONFIG_HOME", ".config").map(|dir| dir.join("berth/berth.toml"));
        let found = match named {
            Some(path) => Some(path.to_owned()),
            None => [Some(PathBuf::from("berth.toml")), own]
                .into_iter()
                .flatten()
                .find(|path| path.is_file()),
        };
        let Some(path) = found else { return Ok(self) };
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(self.with_text(&path, text)),
            Err(error) => {
                let subject = path.display().to_string();
                let text = format!("cannot be read: {error}");
                Err(Refused { problems: vec![Problem { subject, place: None, text }] })
            }
        }
    }

    /// Adds a file's text that was read already.
    pub fn with_text(mut self, path: &Path, text: impl Into<String>) -> Given {
        self.file = Some((path.to_owned(), text.into()));
        self
    }

    /// Sets a value above environment and file.
    pub fn set(mut self, env: &'static str, value: impl Into<String>) -> Given {
        self.program.insert(env, value.into());
        self
    }

    /// Drops whatever environment and file say in one section.
    pub fn forget(mut self, section: &'static str) -> Given {
        self.forgotten.push(section);
        self
    }

    /// Drops everything that names somebody outside, or this machine's own shop: database and
    /// keys, upstream, gateways, mail, alerts. Limits and pauses stay as they were tuned.
    pub fn without_accounts(self) -> Given {
        const ACCOUNTS: [&str; 10] = [
            "server",
            "database",
            "smartvps",
            "cashfree",
            "razorpay",
            "upi_gateway",
            "stripe",
            "simulated_gateway",
            "mail",
            "alert",
        ];
        ACCOUNTS.into_iter().fold(self, Given::forget)
    }

    /// Understands everything, or tells every mistake.
    pub fn settle(self) -> Result<Settled, Refused> {
        let mut reader = Reader {
            raw: BTreeMap::new(),
            file: self.file.as_ref().map(|(path, _)| path.display().to_string()),
            problems: Vec::new(),
        };
        if let Some((_, text)) = &self.file {
            file::read(text, &mut reader);
        }
        self.read_environment(&mut reader);
        let forgotten = |env: &&'static str| {
            setting_of(env).is_some_and(|setting| self.forgotten.contains(&setting.section))
        };
        reader.raw.retain(|env, _| !forgotten(env));
        for (env, text) in &self.program {
            reader.raw.insert(*env, Raw { text: text.clone(), source: Source::Program });
        }
        super::settle(&self, reader)
    }

    /// Environment wins over file. An empty variable counts as unset.
    fn read_environment(&self, reader: &mut Reader) {
        for (name, value) in &self.env {
            let known = settings().find(|setting| setting.env == name);
            match (known, value.to_str().map(str::trim)) {
                (Some(_), Some("")) => {}
                (Some(setting), Some(text)) => {
                    let raw = Raw { text: text.to_owned(), source: Source::Environment };
                    reader.raw.insert(setting.env, raw);
                }
                (Some(_), None) => {
                    reader.problems.push(from_environment(name, "is not UTF-8 text".to_owned()));
                }
                (None, _) if name.starts_with("BERTH_") => {
                    reader.problems.push(unknown_variable(name));
                }
                (None, _) => {}
            }
        }
    }

    /// A directory of the user by the XDG rules.
    pub(super) fn home(&self, variable: &str, below: &str) -> Option<PathBuf> {
        let absolute =
            |name: &str| self.env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below)))
    }

    pub(super) fn file_path(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }
}

fn from_environment(name: &str, text: String) -> Problem {
    Problem { subject: name.to_owned(), place: Some("environment".to_owned()), text }
}

fn unknown_variable(name: &str) -> Problem {
    // `BERTH_DATABASE_URL` means `DATABASE_URL`.
    let bare = name.strip_prefix("BERTH_").unwrap_or(name);
    let exact = settings().map(|setting| setting.env).find(|env| *env == bare);
    let close = exact.or_else(|| nearest(name, settings().map(|setting| setting.env)));
    let text = format!("is not a setting; the nearest is {}", close.unwrap_or_default());
    from_environment(name, text)
}
