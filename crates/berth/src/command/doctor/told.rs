//! How sizes and times are told to people who examine a shop.

use std::time::Duration;

/// `31 GB`, `620 MB`: as disks are sold, rounded down.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

/// `40 s`, `3 min`, `2 h`, `5 days`: the largest unit that fits twice, or the one below.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_told_in_fitting_units() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(31_900_000_000), "31 GB");
        let told = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!([told(0), told(119), told(120)], ["0 s", "119 s", "2 min"]);
        assert_eq!([told(7_200), told(172_800)], ["2 h", "2 days"]);
    }
}
