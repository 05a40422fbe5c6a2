//! `berth doctor`: whether this shop could work, and what to do where not. Looks at everything and
//! changes nothing: what is not there yet, the first start makes.

use clap::Args;
use serde::Serialize;

use super::{Everywhere, Report, examples};
use crate::config::{self, Refused, Settled};
use crate::exit::Exit;
use crate::log::{self, Level, one_line};
use crate::paint::{Paint, print, tell};
use crate::table::{Tone, count};

mod around;
mod files;
mod told;
mod within;

/// Check configuration, database, upstream, gateways, mail and clock
#[derive(Debug, Args)]
#[command(before_help = "Each check that fails names its remedy.")]
#[command(after_help = examples(&[
    ("berth doctor", "before the first start, and whenever something is odd"),
]))]
pub struct Doctor {
    #[command(flatten)]
    pub report: Report,
}

/// How one check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// The shop works, but perhaps not as its owner thinks.
    Warn,
    Fail,
    /// It fails because somebody else does not answer.
    Away,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
struct Check {
    name: &'static str,
    state: State,
    found: String,
    remedy: Option<String>,
}

impl Check {
    fn good(name: &'static str, found: impl Into<String>) -> Check {
        Check { name, state: State::Good, found: found.into(), remedy: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        let remedy = Some(remedy.into());
        Check { state: State::Warn, remedy, ..Check::good(name, found) }
    }

    fn fail(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { state: State::Fail, ..Check::warn(name, found, remedy) }
    }

    fn away(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { state: State::Away, ..Check::warn(name, found, remedy) }
    }
}

/// Examines the shop that these settings describe; and the settings, where they are no use.
pub async fn run(args: &Doctor, everywhere: &Everywhere) -> anyhow::Result<Exit> {
    let (checks, exit) = match config::load(everywhere.config.as_deref()) {
        Err(refused) => (misconfigured(&refused), Exit::BadUsage),
        Ok(settled) => {
            let log = &settled.settings.log;
            let level = log.level.clone().unwrap_or_else(Level::error);
            log::start(everywhere.log_format.unwrap_or(log.format), level, None)?;
            let checks = examine(&settled).await;
            let exit = exit_of(&checks);
            (checks, exit)
        }
    };
    if args.report.json {
        print(&serde_json::to_string_pretty(&answer(&checks))?)?;
    } else {
        print(&for_people(&checks, Paint::stdout()))?;
    }
    Ok(exit)
}

async fn examine(settled: &Settled) -> Vec<Check> {
    let settings = &settled.settings;
    let mut checks = vec![
        files::configuration(settled),
        files::public_address(settings),
        files::data_directory(settings),
        files::fonts(),
    ];
    let within = within::look(settings).await;
    checks.extend(within.checks);
    tell(&format!("asking {} for its packages …", settings.smartvps.base_url));
    checks.push(around::provider(settings).await);
    if let Some(health) = &within.health {
        checks.push(around::catalogue(health, settings));
    }
    checks.extend(around::gateways(settings).await);
    checks.push(around::mail(settings, within.health.as_ref()).await);
    checks.extend(around::chats(settings).await);
    checks.extend(around::not_yet(settings));
    if let Some(health) = &within.health {
        checks.extend(around::by_hand(health));
        checks.extend(around::switches(health, settings));
    }
    checks
}

/// Nothing else can be looked at with settings that cannot be used.
fn misconfigured(refused: &Refused) -> Vec<Check> {
    let check = |problem: &config::Problem| {
        let remedy = "correct it; `berth config --example` explains every setting";
        Check::fail("configuration", problem.to_string(), remedy)
    };
    refused.problems.iter().map(check).collect()
}

/// What lasts counts more than what passes: only where nothing else fails is it enough to wait
/// for somebody who does not answer.
fn exit_of(checks: &[Check]) -> Exit {
    let any = |state| checks.iter().any(|check| check.state == state);
    match (any(State::Fail), any(State::Away)) {
        (true, _) => Exit::FoundWrong,
        (false, true) => Exit::Unreachable,
        (false, false) => Exit::Done,
    }
}

/// What programs read.
#[derive(Serialize)]
struct Answer<'a> {
    /// No check failed; some may warn.
    ok: bool,
    checks: Vec<CheckAnswer<'a>>,
}

#[derive(Serialize)]
struct CheckAnswer<'a> {
    name: &'static str,
    /// `ok`, `warn` or `fail`.
    state: &'static str,
    found: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
    /// It fails because somebody else does not answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unreachable: bool,
}

fn answer(checks: &[Check]) -> Answer<'_> {
    let ok = checks.iter().all(|check| matches!(check.state, State::Good | State::Warn));
    Answer { ok, checks: checks.iter().map(CheckAnswer::from).collect() }
}

impl<'a> From<&'a Check> for CheckAnswer<'a> {
    fn from(check: &'a Check) -> CheckAnswer<'a> {
        let state = match check.state {
            State::Good => "ok",
            State::Warn => "warn",
            State::Fail | State::Away => "fail",
        };
        CheckAnswer {
            name: check.name,
            state,
            found: &check.found,
            remedy: check.remedy.as_deref(),
            unreachable: check.state == State::Away,
        }
    }
}

fn for_people(checks: &[Check], paint: Paint) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Check { name, state, found, remedy } in checks {
        let (mark, tone) = match state {
            State::Good => ("✓", Tone::Good),
            State::Warn => ("!", Tone::Warn),
            State::Fail | State::Away => ("✗", Tone::Bad),
        };
        let found = one_line(found);
        let name = format!("{name:width$}");
        text.push_str(&format!("  {} {name}  {found}\n", tone.of(mark, paint)));
        if let Some(remedy) = remedy {
            let gap = " ".repeat(width);
            let remedy = format!("→ {}", one_line(remedy));
            text.push_str(&format!("    {gap}  {}\n", paint.dim(&remedy)));
        }
    }
    text.push_str(&format!("\n{}\n", verdict(checks, paint)));
    text
}

fn verdict(checks: &[Check], paint: Paint) -> String {
    let number = |bad: fn(State) -> bool| checks.iter().filter(|check| bad(check.state)).count();
    let failed = number(|state| matches!(state, State::Fail | State::Away));
    let warned = number(|state| state == State::Warn);
    let warnings = match warned {
        0 => String::new(),
        some => format!("; {} to read", count(some, "warning", "warnings")),
    };
    match failed {
        0 if warned == 0 => paint.good("All is well."),
        0 => paint.good(&format!("Nothing failed{warnings}.")),
        some => paint.bad(&format!("{} failed{warnings}.", count(some, "check", "checks"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_counts_more_than_what_passes() {
        let good = Check::good("clock", "right");
        let warn = Check::warn("mail", "none", "set it up");
        let fail = Check::fail("master key", "another", "put it back");
        let away = Check::away("provider", "no answer", "wait");
        let exit = |checks: &[&Check]| {
            exit_of(&checks.iter().map(|check| (*check).clone()).collect::<Vec<_>>())
        };
        assert_eq!(exit(&[&good, &warn]), Exit::Done);
        assert_eq!(exit(&[&good, &away]), Exit::Unreachable);
        assert_eq!(exit(&[&away, &fail]), Exit::FoundWrong);
    }

    #[test]
    fn each_failing_check_stands_with_its_remedy() {
        let checks = [
            Check::good("clock", "2026-11-21 14:03:00 Asia/Kolkata"),
            Check::warn("mail", "this version sends none", "look at the admin area"),
            Check::away("provider", "could not reach SmartVPS\u{1b}[2J", "try again later"),
        ];
        insta::assert_snapshot!("doctor", for_people(&checks, Paint::of(false)));
    }

    #[test]
    fn programs_read_who_did_not_answer() {
        let checks = [Check::away("provider", "no answer", "wait"), Check::good("clock", "right")];
        let json = serde_json::to_value(answer(&checks)).unwrap();
        let provider = serde_json::json!({
            "name": "provider", "state": "fail", "found": "no answer", "remedy": "wait",
            "unreachable": true,
        });
        assert_eq!((&json["ok"], &json["checks"][0]), (&false.into(), &provider));
        assert_eq!(json["checks"][1].get("remedy"), None);
    }
}
