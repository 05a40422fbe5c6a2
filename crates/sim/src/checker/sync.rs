//! INV-18: what one sync may disable, and what never disables.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Report;
use super::look::Look;
use super::row::ReadingRow;

pub fn check(look: &Look<'_>, report: &mut Report) {
    pointers(look, report);
    look.rows().readings.iter().for_each(|reading| of_one_run(reading, report));
    the_brake(look, report);
}

/// Only complete answers move anything: what was empty, unreadable or cut off changes nothing.
fn pointers(look: &Look<'_>, report: &mut Report) {
    let readings: HashMap<i64, &ReadingRow> =
        look.rows().readings.iter().map(|row| (row.request_number, row)).collect();
    // Of what a person delivers nobody reads a list.
    let listed = look.rows().providers.iter().filter(|row| !look.is_by_hand(&row.id));
    for provider in listed {
        for (what, number) in [("stock", provider.reading_number), ("sync", provider.sync_number)] {
            // Zero: none yet. Readings that pointers name are never removed.
            let Some(reading) = readings.get(&number) else {
                report.unless(number == 0, "INV-18", || {
                    format!(
                        "the {what} of {} is that of reading {number}, which is no row",
                        provider.id
                    )
                });
                continue;
            };
            report.unless(is_complete(reading), "INV-18", || {
                let why = reading.failure.as_deref().unwrap_or("not stored, or empty");
                format!("the {what} of {} is that of reading {number}: {why}", provider.id)
            });
        }
    }
}

fn is_complete(reading: &ReadingRow) -> bool {
    let stored = reading.stored_number.is_some() && reading.stored_at.is_some();
    stored && reading.failure.is_none() && reading.rows.is_some_and(|rows| rows > 0)
}

/// Each entry has exactly one action a run.
fn of_one_run(reading: &ReadingRow, report: &mut Report) {
    let Some(summary) = reading.summary.as_deref() else { return };
    let number = reading.request_number;
    report.unless(is_complete(reading), "INV-18", || {
        format!("reading {number} is not complete, and a sync acted on it")
    });
    let read = serde_json::from_str::<serde_json::Value>(summary).ok();
    let Some(summary) = read else {
        return report.say("ROWS", format!("the summary of reading {number} is no JSON"));
    };
    let count = |name: &str| summary.get(name).and_then(serde_json::Value::as_i64).unwrap_or(0);
    let actions =
        ["created", "held", "disabled", "reEnabled", "fixed", "updated", "unchanged"].map(count);
    let (sum, entries) = (actions.iter().sum::<i64>(), count("entries"));
    report.unless(sum == entries, "INV-18", || {
        format!("the sync of reading {number} had {entries} entries and {sum} actions")
    });
}

/// Missing entries that one run disabled: at most three, or a fifth of all that there were.
fn the_brake(look: &Look<'_>, report: &mut Report) {
    // A person may confirm what the brake held; that is on record.
    let by_staff: HashSet<&str> =
        look.rows().audit.iter().map(|row| row.subject.as_str()).collect();
    let mut disabled: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    let mut entries: HashMap<&str, Vec<i64>> = HashMap::new();
    for product in &look.rows().products {
        let Some(package) = look.packages.get(product.package_id.as_str()) else { continue };
        entries.entry(package.provider.as_str()).or_default().push(product.created_at);
        let Some(since) = package.missing_since else { continue };
        let gone = product.available == 0 && product.held.is_none();
        if gone && !by_staff.contains(product.id.as_str()) {
            *disabled.entry((package.provider.as_str(), since)).or_default() += 1;
        }
    }
    for ((provider, since), count) in disabled {
        let made = entries.get(provider).map_or(&[][..], Vec::as_slice);
        let known = made.iter().filter(|at| **at <= since).count();
        let asked = look.rows().readings.iter().filter(|reading| {
            reading.provider == provider
                && reading.purpose == "sync"
                && reading.stored_at == Some(since)
        });
        // Where a clock stands still several runs share one moment.
        let runs = asked.count().max(1);
        let limit = (known / 5).max(3) * runs;
        report.unless(count <= limit, "INV-18", || {
            format!(
                "{count} missing entries of {provider} went off sale at {since}, of {limit} allowed"
            )
        });
    }
}
