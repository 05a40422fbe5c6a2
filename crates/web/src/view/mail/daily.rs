//! The mail of the morning: what the day before brought, and what is left to do. For staff.

use domain::money::Money;
use engine::mail::told::{DayTold, Listed};

use super::{Sheet, Words};
use crate::language::Language;
use crate::paths;

impl Words {
    pub(super) fn day(&self, day: &DayTold) -> Sheet {
        let mut sheet = self.for_staff(&[], ("Open the office", paths::STAFF));
        let row = |name: &str, value: String| (name.to_owned(), value);
        let synced = day.synced_at.map(|at| self.zone.anywhere(at, Language::default()));
        sheet.heading = format!("The shop on {}", day.date);
        sheet.subject = format!("{}: {} paid, {} delivered", day.date, day.paid, day.delivered);
        sheet.facts = vec![
            row("Orders paid", day.paid.to_string()),
            row("Servers delivered", day.delivered.to_string()),
            row("Money taken", sums(&day.taken)),
            row("Money given back", sums(&day.returned)),
            row("Owed to customers now", sums(&day.owed)),
            row("Waiting for a person now", listed(&day.listed)),
            row("Open alerts now", day.open_alerts.to_string()),
            row("Provider's list read", synced.unwrap_or_else(|| "never".to_owned())),
        ];
        sheet.after = vec!["This mail comes every morning.".to_owned()];
        sheet
    }
}

fn sums(sums: &[Money]) -> String {
    match sums {
        [] => "nothing".to_owned(),
        sums => sums.iter().map(|sum| sum.for_people()).collect::<Vec<_>>().join(", "),
    }
}

fn listed(listed: &[Listed]) -> String {
    let line = |Listed { why, orders, overdue }: &Listed| match overdue {
        0 => format!("{orders} × {why}"),
        late => format!("{orders} × {why} ({late} late)"),
    };
    match listed {
        [] => "nothing".to_owned(),
        listed => listed.iter().map(line).collect::<Vec<_>>().join(", "),
    }
}
