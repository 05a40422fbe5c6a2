//! INV-27: every sale and everything taken back has one paper, or will have one; a paper says what
//! its entry moved; numbers of a series run from one without a gap, in the order of the entries,
//! within the financial year that they name.

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::look::Look;
use super::row::PaperRow;

const INVARIANT: &str = "INV-27";
/// India is half an hour off the hour; every shop that is checked stands there.
const INDIA_US: i64 = (5 * 60 + 30) * 60 * 1_000_000;
const DAY_US: i64 = 86_400 * 1_000_000;

pub fn check(look: &Look<'_>, report: &mut Report) {
    let moved = moved(look);
    one_each(look, &moved, report);
    for paper in &look.rows().papers {
        as_booked(paper, moved.get(paper.cause.as_str()), report);
        in_its_year(paper, report);
    }
    numbered(look, report);
}

/// What an entry moved of a sale: net, three taxes, rounding. Above zero it sold.
#[derive(Debug)]
struct Moved<'a> {
    parts: [i64; 5],
    order: Option<&'a str>,
    at: i64,
}

impl Moved<'_> {
    fn total(&self) -> i64 {
        self.parts.iter().sum()
    }
}

fn moved<'a>(look: &'a Look<'_>) -> BTreeMap<&'a str, Moved<'a>> {
    let mut moved: BTreeMap<&str, Moved<'_>> = BTreeMap::new();
    for row in look.rows().ledger.iter().filter(|row| row.order_id.is_some()) {
        let part = match row.account.as_str() {
            "tax:igst" => 1,
            "tax:cgst" => 2,
            "tax:sgst" => 3,
            "rounding" => 4,
            "revenue" => 0,
            account if account.starts_with("prepaid:") => 0,
            _ => continue,
        };
        let entry = moved.entry(row.cause.as_str()).or_insert(Moved {
            parts: [0; 5],
            order: row.order_id.as_deref(),
            at: row.at,
        });
        entry.parts[part] = entry.parts[part].saturating_sub(row.amount_minor);
    }
    moved
}

/// One paper, or one place in the line for one; never both, and none for what sells nothing.
fn one_each(look: &Look<'_>, moved: &BTreeMap<&str, Moved<'_>>, report: &mut Report) {
    let mut count: HashMap<&str, usize> = HashMap::new();
    let papers = look.rows().papers.iter().map(|paper| paper.cause.as_str());
    let dues = look.rows().papers_due.iter().map(|due| due.cause.as_str());
    for cause in papers.chain(dues) {
        *count.entry(cause).or_default() += 1;
    }
    for (cause, moved) in moved {
        let (due, found) = (usize::from(moved.total() != 0), count.remove(cause).unwrap_or(0));
        report.unless(due == found, INVARIANT, || {
            format!("{cause} moved {}, and has {found} papers or places for one", moved.total())
        });
    }
    for cause in count.into_keys() {
        report.say(INVARIANT, format!("{cause} has a paper, and no entry of an order"));
    }
}

fn as_booked(paper: &PaperRow, moved: Option<&Moved<'_>>, report: &mut Report) {
    let Some(moved) = moved else { return };
    let sign = if paper.kind == "invoice" { 1 } else { -1 };
    let says = [
        paper.net_minor,
        paper.igst_minor,
        paper.cgst_minor,
        paper.sgst_minor,
        paper.rounding_minor,
    ];
    let booked = moved.parts.map(|minor| sign * minor);
    let of_it = (Some(paper.order_id.as_str()), paper.at) == (moved.order, moved.at);
    report.unless(says == booked && moved.total() * sign > 0 && of_it, INVARIANT, || {
        let PaperRow { series, number, kind, .. } = paper;
        format!("{kind} {series}/{number} says {says:?}, and {booked:?} are booked")
    });
}

/// `INV/26-27` is of an entry from April 2026 to March 2027, by India's calendar.
fn in_its_year(paper: &PaperRow, report: &mut Report) {
    let (year, month) = year_and_month(paper.at.saturating_add(INDIA_US).div_euclid(DAY_US));
    let first = if month < 4 { year - 1 } else { year };
    let due = format!("/{:02}-{:02}", first.rem_euclid(100), (first + 1).rem_euclid(100));
    report.unless(paper.series.ends_with(&due), INVARIANT, || {
        format!("{}/{} is of a moment in {month}/{year}", paper.series, paper.number)
    });
}

/// Of a day counted from 1970, by the Gregorian calendar. Years are counted from March, so that
/// the odd day is the last one.
fn year_and_month(day: i64) -> (i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month < 3), month)
}

/// From one without a gap, in the order of the entries, and as many as were given.
fn numbered(look: &Look<'_>, report: &mut Report) {
    let mut series: BTreeMap<&str, Vec<&PaperRow>> = BTreeMap::new();
    for paper in &look.rows().papers {
        series.entry(paper.series.as_str()).or_default().push(paper);
    }
    for (name, papers) in &mut series {
        papers.sort_by_key(|paper| paper.number);
        for (paper, number) in papers.iter().zip(1..) {
            report.unless(paper.number == number, INVARIANT, || {
                format!("{name} has {} where {number} is due", paper.number)
            });
        }
        for pair in papers.windows(2) {
            report.unless(pair[0].at <= pair[1].at, INVARIANT, || {
                let [one, two] = [pair[0], pair[1]];
                format!("{name}/{} is of an entry after that of {}", one.number, two.number)
            });
            report.unless(pair[0].kind == pair[1].kind, INVARIANT, || {
                format!("{name} counts invoices and credit notes together")
            });
        }
    }
    for given in &look.rows().paper_series {
        let there = series.get(given.series.as_str()).map_or(0, Vec::len);
        report.unless(i64::try_from(there) == Ok(given.given), INVARIANT, || {
            format!("{} gave {} numbers, and has {there} papers", given.series, given.given)
        });
    }
    for name in series.keys() {
        let known = look.rows().paper_series.iter().any(|given| given.series == *name);
        report.unless(known, INVARIANT, || format!("{name} has papers, and gave no numbers"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_in_the_month_that_calendars_say() {
        for (day, month) in [
            (0, (1970, 1)),
            (58, (1970, 2)),
            (59, (1970, 3)),
            (11_016, (2000, 2)),
            (11_017, (2000, 3)),
            (20_543, (2026, 3)),
            (20_544, (2026, 4)),
            (-1, (1969, 12)),
        ] {
            assert_eq!(year_and_month(day), month, "{day}");
        }
    }
}
