//! How many there were of a package, drawn by the server: one line in steps, and the level at which
//! sale stops. Not for reading figures off: those stand in the table beside it.

use std::fmt::Write;

use domain::clock::Timestamp;
use engine::catalogue::StockHour;

/// The drawing's own units; the page stretches it.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 160;
/// Room above the highest and below the lowest, so that lines are not cut.
const EDGE: i64 = 4;
const HOUR_MICROS: i64 = 3_600_000_000;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chart {
    /// The line, as the path of a drawing.
    pub line: String,
    /// The same, closed along the ground.
    pub area: String,
    /// How high the level is drawn at which sale stops; nothing where it lies above all there was.
    pub stop: Option<i64>,
    pub highest: i64,
    pub lowest: i64,
}

impl Chart {
    /// Of the time since `since`; `left` is how many there are now. None where nothing changed.
    pub fn of(
        hours: &[StockHour],
        (since, now): (Timestamp, Timestamp),
        left: i64,
        stop_at: i64,
    ) -> Option<Chart> {
        let first = hours.first()?;
        let highest = hours.iter().map(|hour| hour.highest).fold(left, i64::max).max(1);
        let lowest = hours.iter().map(|hour| hour.lowest).fold(left, i64::min);
        let span = (now.as_micros() - since.as_micros()).max(1);
        let across = |micros: i64| {
            let run = (micros - since.as_micros()).clamp(0, span);
            // Thirty days in microseconds times the width is far from what fits.
            run * WIDTH / span
        };
        let up = |count: i64| {
            let room = HEIGHT - 2 * EDGE;
            HEIGHT - EDGE - i64::try_from(share(count, highest, room)).unwrap_or(room)
        };
        let mut line = format!("M0 {}", up(first.opening));
        for hour in hours {
            let at = hour.hour.as_micros();
            _ = write!(line, "H{}", across(at));
            for count in [hour.lowest, hour.highest] {
                if count != hour.opening && count != hour.latest {
                    _ = write!(line, "V{}", up(count));
                }
            }
            _ = write!(line, "H{}V{}", across(at + HOUR_MICROS), up(hour.latest));
        }
        _ = write!(line, "H{WIDTH}");
        Some(Chart {
            area: format!("{line}V{HEIGHT}H0Z"),
            line,
            stop: (stop_at > 0 && stop_at <= highest).then(|| up(stop_at)),
            highest,
            lowest,
        })
    }
}

/// `count` of `highest`, as so much of the room.
fn share(count: i64, highest: i64, room: i64) -> i128 {
    i128::from(count.clamp(0, highest)) * i128::from(room) / i128::from(highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(at: i64, [opening, lowest, highest, latest]: [i64; 4]) -> StockHour {
        let hour = Timestamp::from_micros(at * HOUR_MICROS);
        StockHour { hour, opening, lowest, highest, latest }
    }

    fn drawn(hours: &[StockHour], left: i64) -> Option<Chart> {
        let span = [0, 720].map(|at| Timestamp::from_micros(at * HOUR_MICROS));
        Chart::of(hours, (span[0], span[1]), left, 3)
    }

    #[test]
    fn a_package_that_never_changed_has_no_line() {
        assert_eq!(drawn(&[], 60), None);
    }

    #[test]
    fn a_line_begins_with_what_was_there_and_touches_every_count() {
        let chart = drawn(&[hour(100, [76, 38, 76, 38]), hour(400, [38, 0, 76, 19])], 19).unwrap();
        assert_eq!(chart.line, "M0 4H100H101V80H400V156V4H401V118H720");
        assert_eq!(chart.area, "M0 4H100H101V80H400V156V4H401V118H720V160H0Z");
        assert_eq!((chart.highest, chart.lowest, chart.stop), (76, 0, Some(150)));
    }

    #[test]
    fn what_lies_outside_is_drawn_at_the_edge_and_never_beyond() {
        let least = drawn(&[hour(-5, [i64::MAX, 0, i64::MAX, 0]), hour(9_999, [0, -1, 0, 0])], 0);
        let least = least.unwrap();
        assert_eq!(least.line, "M0 4H0H0V156H720V156H720V156H720");
        assert_eq!(drawn(&[hour(1, [1, 0, 1, 0])], 0).unwrap().stop, None);
    }
}
