//! The settings in force, as staff see them: what each is for, what holds, and where it came from.
//! The words are those of the program's own list of settings.

use askama::Template;

use crate::language::Language;
use crate::view::admin::words::in_words;
use crate::view::{Frame, Here, Sample};

/// All settings of a process, as the binary hands them over.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// The file that was read beside the environment.
    pub file: Option<String>,
    pub settings: Vec<Setting>,
}

/// One setting. Of a secret there is no value here.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its place in the file: `stock.warn_at`.
    pub path: String,
    pub env: String,
    pub value: Option<String>,
    /// What holds where nobody sets it, if that is a value.
    pub default: Option<String>,
    pub is_set: bool,
    pub is_secret: bool,
    /// `default`, `file`, `environment` or `program`.
    pub source: &'static str,
    pub line: Option<usize>,
    /// What it means that nothing is set.
    pub unset: Option<String>,
    pub help: String,
    pub unit: Option<String>,
}

/// `/admin/settings`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/settings.html")]
pub struct SettingsPage {
    pub frame: Frame,
    pub file: Option<String>,
    pub sections: Vec<Section>,
}

/// Settings that belong together.
#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    pub settings: Vec<Setting>,
}

impl Setting {
    fn key(&self) -> &str {
        self.path.split_once('.').map_or(&self.path, |(_, key)| key)
    }

    fn label(&self) -> String {
        in_words(self.key())
    }

    /// Where it came from, in words.
    fn came_from(&self) -> String {
        match (self.source, self.line) {
            ("file", Some(line)) => format!("the file, line {line}"),
            ("file", None) => "the file".to_owned(),
            ("environment", _) => "the environment".to_owned(),
            ("program", _) => "the program itself".to_owned(),
            _ => "default".to_owned(),
        }
    }

    fn is_default(&self) -> bool {
        self.source == "default"
    }
}

impl Section {
    fn label(&self) -> String {
        in_words(&self.name)
    }
}

impl InForce {
    pub(crate) fn sections(&self) -> Vec<Section> {
        let name = |setting: &Setting| {
            setting.path.split_once('.').map_or("", |(section, _)| section).to_owned()
        };
        let together = self.settings.chunk_by(|one, other| name(one) == name(other));
        together.map(|some| Section { name: name(&some[0]), settings: some.to_vec() }).collect()
    }

    pub fn sample() -> InForce {
        let setting = |path: &str, env: &str, value: &str, help: &str| Setting {
            path: path.into(),
            env: env.into(),
            value: Some(value.into()),
            default: Some(value.into()),
            is_set: true,
            is_secret: false,
            source: "default",
            line: None,
            unset: None,
            help: help.into(),
            unit: None,
        };
        let key = setting(
            "server.master_key",
            "BERTH_MASTER_KEY",
            "",
            "64 hex digits: seals server credentials and provider secrets at rest.",
        );
        let tail = setting(
            "purchase.tail",
            "BERTH_PURCHASE_TAIL",
            "15m",
            "How long past the deadline an answer is still waited for.",
        );
        let token = setting(
            "sync.token",
            "SVPS_SYNC_TOKEN",
            "",
            "Secret that the scheduler sends as `x-sync-token`.",
        );
        let unset = Some("only a signed-in admin may trigger a sync".to_owned());
        InForce {
            file: Some("/etc/berth/berth.toml".into()),
            settings: vec![
                setting("server.listen", "BERTH_LISTEN", "127.0.0.1:8080", "The address."),
                Setting {
                    value: None,
                    default: None,
                    is_secret: true,
                    source: "environment",
                    ..key
                },
                Setting {
                    value: None,
                    default: None,
                    is_set: false,
                    is_secret: true,
                    unset,
                    ..token
                },
                Setting {
                    source: "file",
                    line: Some(12),
                    default: Some("10m".into()),
                    unit: Some("a length of time: 500ms, 2s, 15m, 3h or 10d".into()),
                    ..tail
                },
            ],
        }
    }
}

impl Sample for SettingsPage {
    fn samples(_: Language) -> Vec<(&'static str, SettingsPage)> {
        let in_force = InForce::sample();
        let page = SettingsPage {
            frame: Frame::staff_sample("Settings", Here::StaffSettings),
            file: in_force.file.clone(),
            sections: in_force.sections(),
        };
        let no_file = SettingsPage { file: None, ..page.clone() };
        vec![("file", page), ("no-file", no_file)]
    }
}
