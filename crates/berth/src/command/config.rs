//! `berth config`: the settings as they stand, and where each came from.

use clap::Args;

use super::{Report, examples};
use crate::config::{self, Effective, Settled};
use crate::exit::Exit;
use crate::paint::{Paint, print};

/// Show all settings, where each comes from, and what is wrong with them
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth config", "secrets are masked"),
    ("berth config --example > berth.toml", "a file to start from, every setting explained"),
]))]
pub struct Config {
    #[command(flatten)]
    pub report: Report,

    /// Print a berth.toml that explains every setting, instead.
    #[arg(long, conflicts_with = "json")]
    pub example: bool,
}

pub fn example() -> anyhow::Result<Exit> {
    print(&config::example())?;
    Ok(Exit::Done)
}

pub fn run(args: &Config, settled: &Settled) -> anyhow::Result<Exit> {
    if args.report.json {
        let all = serde_json::json!({ "file": settled.file, "settings": settled.effective });
        print(&serde_json::to_string_pretty(&all)?)?;
    } else {
        print(&for_people(settled, Paint::stdout()))?;
    }
    Ok(Exit::Done)
}

fn for_people(settled: &Settled, paint: Paint) -> String {
    let mut text = match &settled.file {
        Some(path) => format!("Read from {}; the environment wins.\n", path.display()),
        None => "No settings file; the environment and defaults hold.\n".to_owned(),
    };
    let key = |setting: &Effective| setting.toml.split_once('.').map_or(0, |(_, key)| key.len());
    let keys = settled.effective.iter().map(key).max().unwrap_or(0);
    let envs = settled.effective.iter().map(|setting| setting.env.len()).max().unwrap_or(0);
    let mut section = "";
    for setting in &settled.effective {
        let (here, key) = setting.toml.split_once('.').unwrap_or_default();
        if here != section {
            section = here;
            text.push_str(&format!("\n{}\n", paint.bold(&format!("[{section}]"))));
        }
        let env = paint.dim(&format!("{:envs$}", setting.env));
        text.push_str(&format!("  {key:keys$}  {env}  {}\n", value(setting, paint)));
    }
    text
}

fn value(setting: &Effective, paint: Paint) -> String {
    match (&setting.value, setting.unset) {
        (Some(value), _) if setting.source == "default" => value.clone(),
        (Some(value), _) => {
            let place = match setting.line {
                Some(line) => format!("{}, line {line}", setting.source),
                None => setting.source.to_owned(),
            };
            format!("{}  {}", paint.good(value), paint.dim(&format!("({place})")))
        }
        (None, Some(meaning)) => paint.dim(&format!("– {meaning}")),
        (None, None) => paint.dim("–"),
    }
}
