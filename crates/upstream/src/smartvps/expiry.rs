//! The date until which a server is paid, in whatever form SmartVPS writes it. Neither format nor
//! time zone is documented: what can be read in one way only is read, as UTC; the rest stays text.

use std::collections::BTreeSet;

use domain::clock::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

const DATES: [&str; 14] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d-%b-%Y",
    "%a %d %b %Y",
    "%a %b %d %Y",
];
const TIMES: [&str; 6] = ["", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p"];
/// Years outside of this are a sign of a misread format.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;
/// No date is longer.
const LENGTH_MAX: usize = 64;

/// Reads a date, if it can mean one moment only.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LENGTH_MAX {
        return None;
    }
    let exact = exact(text);
    if exact.is_some() {
        return exact;
    }
    let mut moments = BTreeSet::new();
    let tidy = tidy(text);
    for date in DATES {
        for time in TIMES {
            moments.extend(civil(&format!("{date}{time}"), &tidy));
        }
    }
    let mut moments = moments.into_iter();
    // 05/06/2026 is a day in May to some and in June to others.
    moments.next().filter(|_| moments.next().is_none()).map(Timestamp::from_micros)
}

/// Forms that name their time zone, and counted seconds.
fn exact(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let mailed = || rfc2822::parse(text).ok().map(|moment| moment.timestamp());
    let moment = zoned.or_else(mailed).or_else(|| counted(text))?;
    let year = moment.to_zoned(TimeZone::UTC).year();
    YEARS.contains(&year).then(|| Timestamp::from_micros(moment.as_microsecond()))
}

/// `/Date(1797811200000)/`, and seconds or milliseconds since 1970.
fn counted(text: &str) -> Option<jiff::Timestamp> {
    let inner = text.trim_matches('/').strip_prefix("Date(").and_then(|t| t.strip_suffix(')'));
    let digits = inner.unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        10 if inner.is_none() => jiff::Timestamp::from_second(number).ok(),
        13 => jiff::Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// One space between words, no commas, no `T` between date and time, no word for UTC at the end.
fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    let joined = ["UTC", "GMT"]
        .into_iter()
        .find_map(|zone| joined.strip_suffix(zone))
        .unwrap_or(&joined)
        .trim_end();
    let numbers = joined.starts_with(|c: char| c.is_ascii_digit());
    match joined.split_once('T') {
        Some((date, time)) if numbers && time.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{date} {time}")
        }
        _ => joined.to_owned(),
    }
}

fn civil(format: &str, text: &str) -> Option<i64> {
    let broken = BrokenDownTime::parse(format, text).ok()?;
    let date = broken.to_date().ok()?;
    if !YEARS.contains(&date.year()) {
        return None;
    }
    let time = broken.to_time().unwrap_or(jiff::civil::Time::midnight());
    let moment = DateTime::from_parts(date, time).to_zoned(TimeZone::UTC).ok()?;
    Some(moment.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_mean_one_day_are_read() {
        for text in [
            "2026-12-21",
            "2026/12/21",
            "21-12-2026",
            "12/21/2026",
            "21/12/2026",
            "21.12.2026",
            "21 Dec 2026",
            "21 December 2026",
            "Dec 21, 2026",
            "December 21, 2026",
            "21-Dec-2026",
            "Mon Dec 21 2026",
            "2026-12-21T00:00:00Z",
            "2026-12-21T00:00:00",
            "2026-12-21 00:00",
            "2026-12-21T00:00:00.000",
            "2026-12-21T05:30:00+05:30",
            "12/21/2026 12:00:00 AM",
            "Mon, 21 Dec 2026 00:00:00 GMT",
            "2026-12-21 00:00:00 UTC",
            "/Date(1797811200000)/",
            "1797811200",
            "1797811200000",
            " 2026-12-21 ",
        ] {
            let read = read(text).map(Timestamp::rfc3339);
            assert_eq!(read.as_deref(), Some("2026-12-21T00:00:00Z"), "{text}");
        }
    }

    #[test]
    fn the_time_of_day_counts() {
        for text in ["2026-12-21 18:05:09", "12/21/2026 6:05:09 PM", "21 Dec 2026, 18:05:09"] {
            let read = read(text).map(Timestamp::rfc3339);
            assert_eq!(read.as_deref(), Some("2026-12-21T18:05:09Z"), "{text}");
        }
    }

    #[test]
    fn a_date_that_can_mean_two_days_stays_text() {
        assert_eq!(read("05/06/2026"), None);
        assert_eq!(read("05-06-2026"), None);
        assert!(read("05/05/2026").is_some(), "the same day either way");
    }

    #[test]
    fn nonsense_stays_text() {
        for text in [
            "",
            "never",
            "21-12-26",
            "2026-13-01",
            "31/02/2026",
            "0",
            "12",
            "1797811200000000",
            "0001-01-01T00:00:00",
            "/Date(x)/",
            "2026-12-21 25:00:00",
            "9999-12-31",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"2".repeat(100_000)), None);
    }
}
