//! Moments as people read them, in the shop's time zone.
//! Programs read RFC 3339 in UTC elsewhere; here it stands beside, for machines that read pages.

use std::time::Duration;

use domain::clock::Timestamp;
use engine::report::Span;
use fluent_bundle::FluentValue;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::language::Language;

/// The shop's time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// A moment on a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// For the `datetime` of a `time` element.
    pub iso: String,
    /// `14:03` today, `20 Nov, 14:03` this year, `20 Nov 2025, 14:03` before.
    pub text: String,
    /// The same with seconds, for a list of things that happen quickly.
    pub exact: String,
}

/// A month on the shop's wall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// `2026-11`.
    pub name: String,
    /// `November 2026`.
    pub text: String,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Month {
    pub fn span(&self) -> Span {
        Span { from: self.from, until: self.until }
    }
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::parse("Asia/Kolkata").unwrap_or(Zone(TimeZone::UTC))
    }
}

impl Zone {
    pub fn of(zone: TimeZone) -> Zone {
        Zone(zone)
    }

    /// Reads a name of the time zone database.
    pub fn parse(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    pub fn show(&self, at: Timestamp, now: Timestamp, language: Language) -> Moment {
        let iso = at.rfc3339();
        let (Some(at), Some(now)) = (self.local(at), self.local(now)) else {
            return Moment { text: iso.clone(), exact: iso.clone(), iso };
        };
        let date = if at.date() == now.date() {
            None
        } else if at.year() == now.year() {
            Some(language.say_all("date-of-year", parts(&at, language)))
        } else {
            Some(language.say_all("date-whole", parts(&at, language)))
        };
        let told = |clock: &str| {
            let clock = at.strftime(clock).to_string();
            date.as_ref().map_or(clock.clone(), |date| format!("{date}, {clock}"))
        };
        Moment { iso, text: told("%H:%M"), exact: told("%H:%M:%S") }
    }

    /// The day alone: `21 Dec 2026`.
    pub fn day(&self, at: Timestamp, language: Language) -> Moment {
        let iso = at.rfc3339();
        let text = self.local(at).map(|at| language.say_all("date-whole", parts(&at, language)));
        let text = text.unwrap_or_else(|| iso.clone());
        Moment { iso, exact: text.clone(), text }
    }

    /// As India's return of sales writes a day: `21-Nov-2026`.
    pub fn return_day(&self, at: Timestamp) -> String {
        let text = self.local(at).map(|at| at.strftime("%d-%b-%Y").to_string());
        text.unwrap_or_else(|| at.rfc3339())
    }

    /// For who reads it elsewhere and later: `21 Nov 2026, 14:03 IST`.
    pub fn anywhere(&self, at: Timestamp, language: Language) -> String {
        let told = self.local(at).map(|at| {
            let date = language.say_all("date-whole", parts(&at, language));
            format!("{date}, {}", at.strftime("%H:%M %Z"))
        });
        told.unwrap_or_else(|| at.rfc3339())
    }

    /// The month of a moment, and those before it: so many, newest first.
    pub fn months(&self, now: Timestamp, count: usize) -> Vec<Month> {
        let newest = self.local(now).map(|now| now.date().first_of_month());
        let back = |at: &Date| at.checked_sub(1.month()).ok();
        let days = std::iter::successors(newest, back).take(count);
        days.filter_map(|first| self.month_from(first)).collect()
    }

    /// A month by its name, such as `2026-11`.
    pub fn month(&self, name: &str) -> Option<Month> {
        self.month_from(format!("{name}-01").parse().ok()?)
    }

    fn month_from(&self, first: Date) -> Option<Month> {
        Some(Month {
            name: first.strftime("%Y-%m").to_string(),
            text: first.strftime("%B %Y").to_string(),
            from: self.begins(first)?,
            until: self.begins(first.checked_add(1.month()).ok()?)?,
        })
    }

    /// A day by its name, such as `2026-11-21`: when it begins, and when the next one does.
    pub fn whole_day(&self, name: &str) -> Option<(Timestamp, Timestamp)> {
        let day: Date = name.parse().ok()?;
        Some((self.begins(day)?, self.begins(day.checked_add(1.day()).ok()?)?))
    }

    /// The day that it is.
    pub fn today(&self, now: Timestamp) -> Option<Span> {
        let day = self.local(now)?.date();
        Some(Span { from: self.begins(day)?, until: self.begins(day.checked_add(1.day()).ok()?)? })
    }

    fn begins(&self, day: Date) -> Option<Timestamp> {
        let begins = day.to_zoned(self.0.clone()).ok()?.timestamp();
        Some(Timestamp::from_micros(begins.as_microsecond()))
    }

    fn local(&self, at: Timestamp) -> Option<Zoned> {
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
        Some(at.to_zoned(self.0.clone()))
    }
}

/// What a date is made of, for a message to put into its language's order.
fn parts(at: &Zoned, language: Language) -> [(&'static str, FluentValue<'static>); 3] {
    let month = language.say_with("month", "number", i64::from(at.month()));
    // As text: a year is not counted, and gets no separators.
    let (day, year) = (at.day().to_string(), at.year().to_string());
    [("day", day.into()), ("month", month.into()), ("year", year.into())]
}

/// A span of time, in the largest unit that it is a whole number of: `4 hours`.
pub fn span(time: Duration, language: Language) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        _ if minutes.is_multiple_of(24 * 60) && minutes > 24 * 60 => {
            language.say_with("time-days", "count", minutes / (24 * 60))
        }
        _ if minutes.is_multiple_of(60) => language.say_with("time-hours", "count", minutes / 60),
        _ => language.say_with("time-minutes", "count", minutes),
    }
}

/// How much time is left, in the largest unit that says enough: `12 minutes left`, `29 days left`.
pub fn left(until: Timestamp, now: Timestamp, language: Language) -> String {
    let minutes = until.since(now).as_secs().div_ceil(60);
    match minutes {
        0..=90 => language.say_with("left-minutes", "count", minutes),
        91..=2_880 => language.say_with("left-hours", "count", minutes / 60),
        _ => language.say_with("left-days", "count", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_moment_is_told_by_the_clock_on_the_shops_wall() {
        let (zone, now) = (Zone::default(), at("2026-11-21T09:00:00Z"));
        let shown = |text| zone.show(at(text), now, Language::default()).text;
        assert_eq!(shown("2026-11-21T08:33:21Z"), "14:03");
        assert_eq!(shown("2026-11-20T08:33:21Z"), "20 Nov, 14:03");
        assert_eq!(shown("2025-11-20T08:33:21Z"), "20 Nov 2025, 14:03");
        // Late in the evening in London is tomorrow in Kolkata.
        assert_eq!(shown("2026-11-20T20:00:00Z"), "01:30");
        let exact = zone.show(at("2026-11-21T08:33:21Z"), now, Language::default()).exact;
        assert_eq!(exact, "14:03:21");
    }

    #[test]
    fn months_have_the_names_that_a_language_gives_them() {
        let (zone, now) = (Zone::default(), at("2026-11-21T09:00:00Z"));
        let hindi = Language::of("hi").unwrap();
        let names = |language: Language| -> Vec<String> {
            let day = |month: i32| at(&format!("2025-{month:02}-09T08:33:21Z"));
            (1..=12).map(|month| zone.day(day(month), language).text).collect()
        };
        assert_eq!(names(Language::default())[8..10], ["9 Sep 2025", "9 Oct 2025"]);
        assert_eq!(names(hindi)[10..], ["9 नवंबर 2025", "9 दिसंबर 2025"]);
        let all: std::collections::BTreeSet<String> = names(hindi).into_iter().collect();
        assert_eq!(all.len(), 12);
        assert_eq!(zone.show(at("2026-10-20T08:33:21Z"), now, hindi).text, "20 अक्टूबर, 14:03");
    }

    #[test]
    fn machines_read_the_moment_in_utc() {
        let moment = Zone::default().day(at("2026-12-21T20:00:00Z"), Language::default());
        assert_eq!(
            (moment.iso.as_str(), moment.text.as_str()),
            ("2026-12-21T20:00:00Z", "22 Dec 2026")
        );
    }

    #[test]
    fn a_moment_that_is_read_elsewhere_has_its_day_and_its_zone() {
        let told = Zone::default().anywhere(at("2026-11-21T08:33:21Z"), Language::default());
        assert_eq!(told, "21 Nov 2026, 14:03 IST");
    }

    #[test]
    fn time_left_is_told_in_one_unit() {
        let now = at("2026-11-21T09:00:00Z");
        let left = |text| left(at(text), now, Language::default());
        assert_eq!(left("2026-11-21T09:00:59Z"), "1 minute left");
        assert_eq!(left("2026-11-21T09:14:01Z"), "15 minutes left");
        assert_eq!(left("2026-11-22T08:00:00Z"), "23 hours left");
        assert_eq!(left("2026-12-21T08:59:59Z"), "30 days left");
        assert_eq!(left("2026-11-21T08:00:00Z"), "0 minutes left");
    }

    #[test]
    fn a_due_time_is_told_in_the_unit_people_use() {
        let minutes = |count: u64| span(Duration::from_secs(count * 60), Language::default());
        for (count, words) in [
            (60, "1 hour"),
            (240, "4 hours"),
            (90, "90 minutes"),
            (1, "1 minute"),
            (2_880, "2 days"),
        ] {
            assert_eq!(minutes(count), words);
        }
    }

    #[test]
    fn months_begin_at_midnight_on_the_shops_wall() {
        let zone = Zone::default();
        let months = zone.months(at("2027-01-31T20:00:00Z"), 3);
        let names: Vec<&str> = months.iter().map(|month| month.name.as_str()).collect();
        assert_eq!(names, ["2027-02", "2027-01", "2026-12"]);
        assert_eq!(months[0].from, at("2027-01-31T18:30:00Z"));
        assert_eq!((months[1].until, months[1].text.as_str()), (months[0].from, "January 2027"));
        assert_eq!(zone.month("2027-01").as_ref(), Some(&months[1]));
        assert_eq!(zone.whole_day("2027-02-01").map(|day| day.0), Some(months[0].from));
        assert_eq!(zone.whole_day("2027-01-31").map(|day| day.1), Some(months[0].from));
        assert_eq!(zone.whole_day("31.01.2027"), None);
        let today = zone.today(at("2027-01-31T18:29:59Z")).unwrap();
        assert_eq!(today.until, months[0].from);
        assert_eq!(zone.month("2027-13"), None);
    }

    #[test]
    fn an_unknown_time_zone_is_not_guessed() {
        assert!(Zone::parse("Kolkata").is_none());
        assert_eq!(Zone::parse("Europe/Berlin").unwrap().name(), "Europe/Berlin");
    }
}
