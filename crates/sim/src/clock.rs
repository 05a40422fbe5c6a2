//! The simulators' own time: the machine's, moved by hand, or standing still.
//! The only place in this crate that reads the machine's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since 1970 in UTC, as a simulated world sees them.
#[derive(Debug)]
pub struct Clock {
    start_ms: i64,
    /// Nothing when time stands still between two calls of `advance`.
    running_since: Option<Instant>,
    moved_ms: AtomicI64,
}

impl Clock {
    /// Runs with the machine's clock.
    pub fn running() -> Clock {
        #[allow(clippy::disallowed_methods)] // The outside world has a clock of its own.
        let now = SystemTime::now();
        let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock::running_from(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    }

    /// Starts at a moment and runs with the runtime's time, which a test may have paused.
    pub fn running_from(start_ms: i64) -> Clock {
        let moved_ms = AtomicI64::new(0);
        Clock { start_ms, running_since: Some(Instant::now()), moved_ms }
    }

    /// Stands still at a moment until somebody moves it.
    pub fn standing_at(start_ms: i64) -> Clock {
        Clock { start_ms, running_since: None, moved_ms: AtomicI64::new(0) }
    }

    pub fn now_ms(&self) -> i64 {
        let ran = self.running_since.map_or(0, |since| since.elapsed().as_millis());
        self.start_ms
            .saturating_add(i64::try_from(ran).unwrap_or(i64::MAX))
            .saturating_add(self.moved_ms.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by_ms: i64) {
        self.moved_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

/// A moment taken apart in UTC: year, month, day, hour, minute, second.
pub fn civil(moment_ms: i64) -> [i64; 6] {
    let seconds = moment_ms.div_euclid(1_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days are counted from 1 March of year 0, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    [year, month, day, rest / 3_600, rest / 60 % 60, rest % 60]
}

/// `2026-11-21T14:03:00Z`.
pub fn rfc3339(moment_ms: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(moment_ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_taken_apart_by_the_calendar() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_709_164_800_000), "2024-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_795_269_780_999), "2026-11-21T14:03:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let clock = Clock::standing_at(1_000);
        assert_eq!(clock.now_ms(), 1_000);
        clock.advance(500);
        assert_eq!(clock.now_ms(), 1_500);
    }
}
