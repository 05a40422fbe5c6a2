//! Time as a value: microseconds since 1970 in UTC, and where "now" comes from.
//! Calendar arithmetic in a shop's time zone is done by `jiff` where it is needed.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment, to the microsecond, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// A moment that is too far away is the farthest there is: others name moments, too.
    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis.saturating_mul(1_000))
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// How long after `earlier` this is; nothing if it is before.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC: `2026-11-21T14:03:00Z`.
    pub fn rfc3339(self) -> String {
        self.civil().map_or_else(|| format!("{} µs", self.0), |moment| moment.to_string())
    }

    /// For sentences, to the minute: `2026-11-21 14:03 UTC`.
    pub fn minute(self) -> String {
        let text = self.rfc3339();
        match (text.get(..10), text.get(11..16)) {
            (Some(day), Some(time)) => format!("{day} {time} UTC"),
            _ => text,
        }
    }

    pub fn parse(text: &str) -> Option<Timestamp> {
        text.parse::<jiff::Timestamp>().ok().map(|moment| Timestamp(moment.as_microsecond()))
    }

    fn civil(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, after: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(after.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, before: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(before.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// What time it is. The machine's clock in production, a hand-moved one in tests.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// How far a test has moved time; the database's own clock is moved by as much.
    fn moved_by(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether time can be moved by hand at all.
    fn is_movable(&self) -> bool {
        false
    }

    /// Whether this clock alone counts: a database then takes its time for its own, at the
    /// beginning of every transaction. Needs `is_movable`.
    fn is_the_only_one(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_from_its_text() {
        let moment = Timestamp::parse("2026-11-21T14:03:00Z").unwrap();
        assert_eq!(moment.rfc3339(), "2026-11-21T14:03:00Z");
        assert_eq!(moment.minute(), "2026-11-21 14:03 UTC");
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn time_before_the_start_counts_as_nothing() {
        let (early, late) = (Timestamp::from_millis(1), Timestamp::from_millis(5));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn a_moment_beyond_all_calendars_is_the_last_one() {
        let (last, first) = (Timestamp::from_millis(i64::MAX), Timestamp::from_millis(i64::MIN));
        assert_eq!((last.as_micros(), first.as_micros()), (i64::MAX, i64::MIN));
        assert_eq!(first.since(last), Duration::ZERO);
        assert_eq!(last.since(first).as_micros(), u128::from(i64::MAX.unsigned_abs()));
    }
}
