//! Settings for people: the effective values of a shop, and a `berth.toml` that explains itself.
//! Both come from the one list of settings; secrets are masked here and nowhere else.

use serde::Serialize;
use web::view::admin::settings::{InForce, Setting as Told};

use super::reader::{Reader, Source};
use super::setting::{Otherwise, Setting, Shown};
use super::{DatabaseUrl, SECTIONS, Settings, Settled, settings};

/// One setting as it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effective {
    pub env: &'static str,
    pub toml: String,
    /// Masked where it is secret; nothing where nothing is set.
    pub value: Option<String>,
    /// `default`, `file`, `environment` or `program`.
    pub source: &'static str,
    /// The line in the file, where it came from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    pub secret: bool,
    /// What holds where nobody sets it, if that is a value. The example file tells programs.
    #[serde(skip)]
    pub default: Option<&'static str>,
    /// What it means that nothing is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unset: Option<&'static str>,
    pub help: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
}

/// All of them for a page: whether a secret is set, and never what it is.
pub fn in_force(settled: &Settled) -> InForce {
    let setting = |one: &Effective| Told {
        path: one.toml.clone(),
        env: one.env.to_owned(),
        value: one.value.clone().filter(|_| !one.secret),
        default: one.default.map(str::to_owned),
        is_set: one.value.is_some(),
        is_secret: one.secret,
        source: one.source,
        line: one.line,
        unset: one.unset.map(str::to_owned),
        help: one.help.to_owned(),
        unit: one.unit.map(str::to_owned),
    };
    InForce {
        file: settled.file.as_ref().map(|path| path.display().to_string()),
        settings: settled.effective.iter().map(setting).collect(),
    }
}

pub(super) fn effective(known: &Settings, reader: &Reader) -> Vec<Effective> {
    settings().map(|setting| one(setting, known, reader)).collect()
}

fn one(setting: &'static Setting, known: &Settings, reader: &Reader) -> Effective {
    let (value, source) = match (reader.raw.get(setting.env), setting.otherwise) {
        (Some(raw), _) => (Some(masked(setting, &raw.text)), raw.source.clone()),
        (None, Otherwise::Value(text)) => (Some(text.to_owned()), Source::Default),
        (None, Otherwise::Meaning(_)) => (derived(setting, known), Source::Default),
    };
    let unset = match (&value, setting.otherwise) {
        (None, Otherwise::Meaning(text)) => Some(text),
        (Some(_), _) | (None, Otherwise::Value(_)) => None,
    };
    let line = match source {
        Source::File { line } => Some(line),
        Source::Default | Source::Environment | Source::Program => None,
    };
    Effective {
        env: setting.env,
        toml: setting.path(),
        value,
        source: source.word(),
        line,
        secret: setting.shown != Shown::Plain,
        default: match setting.otherwise {
            Otherwise::Value(text) => Some(text),
            Otherwise::Meaning(_) => None,
        },
        unset,
        help: setting.help.trim(),
        unit: setting.unit(),
    }
}

/// Defaults that depend on the machine or on other settings.
fn derived(setting: &Setting, known: &Settings) -> Option<String> {
    match setting.env {
        "APP_URL" => Some(known.app_url(known.server.listen)),
        "BERTH_DATA_DIR" => Some(known.data_dir.display().to_string()),
        "DATABASE_URL" => match known.database_url() {
            DatabaseUrl::Sqlite(path) => Some(format!("sqlite:{}", path.display())),
            DatabaseUrl::Postgres(_) => None,
        },
        "BERTH_GATEWAYS" => {
            let names: Vec<_> = known.gateways.offered.iter().map(|one| one.name()).collect();
            (!names.is_empty()).then(|| names.join(","))
        }
        _ => None,
    }
}

/// What stands in for a secret.
pub const MASK: &str = "********";

fn masked(setting: &Setting, text: &str) -> String {
    match setting.shown {
        Shown::Plain => text.to_owned(),
        Shown::Never => MASK.to_owned(),
        Shown::WithoutPassword => without_password(text),
    }
}

/// Parameters are cut too: libpq accepts a password there.
fn without_password(text: &str) -> String {
    if text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let Ok(mut url) = url::Url::parse(text) else { return MASK.to_owned() };
    url.set_query(None);
    url.set_fragment(None);
    if url.password().is_none() {
        return url.to_string();
    }
    match url.set_password(Some(MASK)) {
        Ok(()) => url.to_string(),
        Err(()) => MASK.to_owned(),
    }
}

/// A whole `berth.toml` with every setting explained and commented out at its default.
pub fn example() -> String {
    let mut text = comment(
        "Settings of a Berth shop. Each can be given here, or in the environment under the name \
         in brackets; the environment wins. Durations are written 500ms, 2s, 15m, 3h or 10d.",
    );
    for section in SECTIONS {
        let name = section.first().map_or("", |setting| setting.section);
        text.push_str(&format!("\n[{name}]\n"));
        let explained: Vec<String> = section.iter().map(explained).collect();
        text.push_str(&explained.join("\n"));
    }
    text
}

fn explained(setting: &Setting) -> String {
    let (value, unset) = match setting.otherwise {
        Otherwise::Value(text) if text.parse::<i64>().is_ok() => (text.to_owned(), String::new()),
        Otherwise::Value(text) => (format!("{text:?}"), String::new()),
        Otherwise::Meaning(text) => ("\"\"".to_owned(), format!(" Unset: {text}.")),
    };
    let about = comment(&format!("{}{unset} [{}]", setting.help.trim(), setting.env));
    format!("{about}#{} = {value}\n", setting.key)
}

/// Prose as comment lines of a readable length.
fn comment(prose: &str) -> String {
    const LETTERS_MAX: usize = 96;
    let mut text = String::new();
    let mut line = String::from("#");
    for word in prose.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > LETTERS_MAX {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text + &line + "\n"
}
