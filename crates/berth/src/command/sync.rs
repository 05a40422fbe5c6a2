//! `berth sync`: one sync of the catalogue.

use std::io::IsTerminal;
use std::sync::Arc;

use clap::Args;
use domain::catalogue::Action;
use engine::Error;
use engine::sync::{SyncReport, SyncResult, SyncSummary};

use super::{Report, examples, refused};
use crate::config::Settings;
use crate::exit::Exit;
use crate::paint::{Paint, print, tell};
use crate::table::{Cell, Table, Tone, count};
use crate::wire;

/// Bring the catalogue up to date with the upstream, once
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth sync --dry-run", "show what would change"),
    ("berth sync", "change it"),
]))]
pub struct Sync {
    /// Show the differences and change nothing.
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub report: Report,
}

/// More rows than these are only counted on a terminal.
const SHOWN_MAX: usize = 200;

/// Runs one sync, or shows what it would do.
pub async fn run(args: &Sync, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    tell(&format!("asking {} for its packages …", settings.smartvps.base_url));
    let ran = match args.dry_run {
        true => engine.sync_dry_run().await.map(Arc::new),
        false => engine.sync().await,
    };
    let report = ran.map_err(|error| refused(args.report, explained(error, settings)))?;
    if args.report.json {
        let answer = web::answer::SyncAnswer::from(&*report);
        print(&serde_json::to_string_pretty(&answer)?)?;
        return Ok(Exit::Done);
    }
    let rows_max = if std::io::stdout().is_terminal() { SHOWN_MAX } else { usize::MAX };
    print(&for_people(&report, args.dry_run, rows_max, Paint::stdout()))?;
    Ok(Exit::Done)
}

/// Without an account there is no use in looking for the fault elsewhere.
fn explained(error: Error, settings: &Settings) -> Error {
    match error {
        Error::Outside(why) if !settings.smartvps.is_on() => {
            Error::Outside(format!("{why}; SMARTVPS_USERNAME and SMARTVPS_PASSWORD are not set"))
        }
        other => other,
    }
}

fn for_people(report: &SyncReport, dry: bool, rows_max: usize, paint: Paint) -> String {
    let sum = &report.summary;
    let mut changed: Vec<&SyncResult> = report.results.iter().filter(|r| is_told(r)).collect();
    // What needs a person stands last, nearest to where one types on.
    changed.sort_by_key(|result| place(result.action));
    let has = if dry { "would have" } else { "has" };
    let mut text = format!(
        "SmartVPS lists {}; the shop {has} {}. {}\n",
        count(sum.total_packages, "package", "packages"),
        count(sum.total_entries, "entry", "entries"),
        paint.dim(&format!("({} ms)", sum.took_ms)),
    );
    let mut table = Table::default();
    changed.iter().take(rows_max).for_each(|result| table.row(row(result)));
    if !table.is_empty() {
        text.push_str(&format!("\n{}", table.text(paint)));
    }
    if changed.len() > rows_max {
        let more = changed.len() - rows_max;
        text.push_str(&paint.dim(&format!("  … and {more} more: pipe it to read them all\n")));
    }
    text.push_str(&format!("\n{}\n", sentence(sum, paint)));
    if dry {
        text.push_str("Nothing was changed: this was a dry run.\n");
    }
    text
}

fn is_told(result: &SyncResult) -> bool {
    result.action != Action::Unchanged
}

fn place(action: Action) -> u8 {
    match action {
        Action::Created => 0,
        Action::ReEnabled => 1,
        Action::Fixed => 2,
        Action::Updated => 3,
        Action::Unchanged => 4,
        Action::Disabled => 5,
        Action::Held => 6,
    }
}

fn look(action: Action) -> (&'static str, Tone) {
    match action {
        Action::Created | Action::ReEnabled => ("+", Tone::Good),
        Action::Fixed | Action::Updated => ("~", Tone::Warn),
        Action::Disabled => ("-", Tone::Bad),
        Action::Held => ("!", Tone::Bad),
        Action::Unchanged => (" ", Tone::Dim),
    }
}

fn row(result: &SyncResult) -> [Cell; 6] {
    let (mark, tone) = look(result.action);
    let name = match &result.was_name {
        Some(was) => format!("{was} → {}", result.name),
        None => result.name.clone(),
    };
    let stock = match result.was_qty {
        Some(was) if was != result.qty => format!("{was} → {} left", result.qty),
        Some(_) | None => format!("{} left", result.qty),
    };
    [
        Cell::new(tone, mark),
        Cell::new(tone, result.action.as_str()),
        Cell::plain(name),
        Cell::dim(format!("PID {}", result.pid)),
        Cell::plain(stock).right(),
        Cell::dim(result.why().unwrap_or_default()),
    ]
}

fn sentence(sum: &SyncSummary, paint: Paint) -> String {
    let counts = [
        (Action::Created, sum.created),
        (Action::ReEnabled, sum.re_enabled),
        (Action::Fixed, sum.fixed),
        (Action::Updated, sum.updated),
        (Action::Disabled, sum.disabled),
        (Action::Held, sum.held),
        (Action::Unchanged, sum.unchanged),
    ];
    let told = counts.into_iter().filter(|(_, number)| *number > 0).map(|(action, number)| {
        let (_, tone) = look(action);
        tone.of(&format!("{number} {}", action.as_str()), paint)
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "There is nothing to sell yet.".to_owned() } else { told.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(action: Action, pid: &str, name: &str) -> SyncResult {
        SyncResult {
            action,
            id: format!("prd_{pid}"),
            pid: pid.to_owned(),
            name: name.to_owned(),
            was_name: None,
            qty: 12,
            was_qty: Some(12),
            available: true,
            status: "active".to_owned(),
            reason: None,
            was_available: true,
        }
    }

    fn report(results: Vec<SyncResult>, summary: SyncSummary) -> SyncReport {
        let summary = SyncSummary { total_packages: 5, total_entries: 5, took_ms: 41, ..summary };
        SyncReport { summary, results }
    }

    #[test]
    fn a_diff_shows_what_was_and_what_is() {
        let held = SyncResult {
            reason: Some("other_block"),
            was_name: Some("103.181.9".to_owned()),
            ..result(Action::Held, "7", "103.182.9")
        };
        let fixed = SyncResult {
            was_name: Some("103.82.7".to_owned()),
            ..result(Action::Fixed, "5", "103.82.72")
        };
        let low = SyncResult {
            reason: Some("low_stock"),
            qty: 3,
            was_qty: Some(4),
            ..result(Action::Disabled, "19", "103.47. 59.XX")
        };
        let new = SyncResult { was_qty: None, ..result(Action::Created, "123", "103.195.160.2") };
        let summary = SyncSummary {
            created: 1,
            fixed: 1,
            disabled: 1,
            held: 1,
            unchanged: 1,
            ..SyncSummary::default()
        };
        let same = result(Action::Unchanged, "6", "103.181.91");
        let report = report(vec![held, fixed, low, same, new], summary);
        let text = for_people(&report, true, usize::MAX, Paint::of(false));
        insta::assert_snapshot!("sync_dry_run", text);
    }

    #[test]
    fn a_long_list_is_cut_on_a_terminal_and_says_so() {
        let many = (0..5).map(|n| result(Action::Updated, &n.to_string(), "103.181.91"));
        let report = report(many.collect(), SyncSummary { updated: 5, ..Default::default() });
        let text = for_people(&report, false, 3, Paint::of(false));
        assert_eq!(text.matches("updated  103").count(), 3);
        assert!(text.contains("… and 2 more"), "{text}");
    }
}
