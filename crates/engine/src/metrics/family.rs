//! Counters and histograms of this process, and how Prometheus reads them: whole numbers inside,
//! seconds with decimals outside. Labels are few and known: never an id, an address or a secret.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A name and a word for it.
pub type Label<'a> = (&'static str, &'a str);

/// What a name is about, as it stands before its values.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub name: &'static str,
    pub kind: &'static str,
    pub help: &'static str,
}

impl Head {
    pub fn show(&self, page: &mut String) {
        let Head { name, kind, help } = self;
        // A `String` takes whatever is written to it.
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One value.
    pub fn value(&self, page: &mut String, labels: &[Label<'_>], value: impl std::fmt::Display) {
        line(page, self.name, &text(labels), value);
    }
}

/// What only grows.
pub struct Counter {
    head: Head,
    series: Mutex<BTreeMap<String, u64>>,
}

impl Counter {
    pub fn new(name: &'static str, help: &'static str) -> Counter {
        Counter { head: Head { name, kind: "counter", help }, series: Mutex::default() }
    }

    /// Makes a value that is shown from the start: what has never happened is nought, not unknown.
    #[must_use]
    pub fn with(self, labels: &[Label<'_>]) -> Counter {
        self.add(labels, 0);
        self
    }

    pub fn add(&self, labels: &[Label<'_>], more: u64) {
        *locked(&self.series).entry(text(labels)).or_default() += more;
    }

    pub fn show(&self, page: &mut String) {
        self.head.show(page);
        for (labels, value) in locked(&self.series).iter() {
            line(page, self.head.name, labels, value);
        }
    }
}

/// How long things took.
pub struct Histogram {
    head: Head,
    /// The upper ends of the bins, rising.
    ends: &'static [Duration],
    series: Mutex<BTreeMap<String, Bins>>,
}

struct Bins {
    /// Of each bin alone; the last is beyond all ends.
    counts: Vec<u64>,
    sum: Duration,
}

impl Histogram {
    pub fn new(name: &'static str, help: &'static str, ends: &'static [Duration]) -> Histogram {
        Histogram { head: Head { name, kind: "histogram", help }, ends, series: Mutex::default() }
    }

    /// As of a counter.
    #[must_use]
    pub fn with(self, labels: &[Label<'_>]) -> Histogram {
        locked(&self.series).insert(text(labels), Bins::of(self.ends));
        self
    }

    pub fn took(&self, labels: &[Label<'_>], took: Duration) {
        let at = self.ends.iter().position(|end| took <= *end).unwrap_or(self.ends.len());
        let mut series = locked(&self.series);
        let bins = series.entry(text(labels)).or_insert_with(|| Bins::of(self.ends));
        bins.counts[at] += 1;
        bins.sum = bins.sum.saturating_add(took);
    }

    pub fn show(&self, page: &mut String) {
        self.head.show(page);
        let name = self.head.name;
        for (labels, bins) in locked(&self.series).iter() {
            let comma = if labels.is_empty() { "" } else { "," };
            let mut so_far = 0;
            let ends = self.ends.iter().map(|end| seconds(*end)).chain(["+Inf".to_owned()]);
            for (end, count) in ends.zip(&bins.counts) {
                so_far += count;
                let labels = format!("{labels}{comma}le=\"{end}\"");
                line(page, &format!("{name}_bucket"), &labels, so_far);
            }
            line(page, &format!("{name}_sum"), labels, seconds(bins.sum));
            line(page, &format!("{name}_count"), labels, so_far);
        }
    }
}

impl Bins {
    fn of(ends: &[Duration]) -> Bins {
        Bins { counts: vec![0; ends.len() + 1], sum: Duration::ZERO }
    }
}

/// Seconds to the microsecond, without nothings behind the point.
pub fn seconds(time: Duration) -> String {
    let text = format!("{}.{:06}", time.as_secs(), time.subsec_micros());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn line(page: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = match labels {
        "" => writeln!(page, "{name} {value}"),
        _ => writeln!(page, "{name}{{{labels}}} {value}"),
    };
}

fn text(labels: &[Label<'_>]) -> String {
    let mut text = String::new();
    for (name, word) in labels {
        let comma = if text.is_empty() { "" } else { "," };
        let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{comma}{name}=\"{word}\"");
    }
    text
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [Duration; 2] = [Duration::from_millis(5), Duration::from_secs(1)];

    #[test]
    fn a_counter_is_shown_before_it_first_counts() {
        let counter = Counter::new("berth_x_total", "Of x.").with(&[("way", "a")]);
        counter.add(&[("way", "b\"\n\\")], 2);
        counter.add(&[("way", "b\"\n\\")], 1);
        let mut page = String::new();
        counter.show(&mut page);
        let wanted = "# HELP berth_x_total Of x.\n# TYPE berth_x_total counter\n\
             berth_x_total{way=\"a\"} 0\nberth_x_total{way=\"b\\\"\\n\\\\\"} 3\n";
        assert_eq!(page, wanted);
    }

    #[test]
    fn a_bin_counts_all_that_took_no_longer_than_its_end() {
        let histogram = Histogram::new("berth_y_seconds", "Of y.", &ENDS);
        for millis in [5, 6, 1_000, 1_500] {
            histogram.took(&[], Duration::from_millis(millis));
        }
        let mut page = String::new();
        histogram.show(&mut page);
        let values: Vec<&str> = page.lines().skip(2).collect();
        let wanted = [
            "berth_y_seconds_bucket{le=\"0.005\"} 1",
            "berth_y_seconds_bucket{le=\"1\"} 3",
            "berth_y_seconds_bucket{le=\"+Inf\"} 4",
            "berth_y_seconds_sum 2.511",
            "berth_y_seconds_count 4",
        ];
        assert_eq!(values, wanted);
    }

    #[test]
    fn seconds_are_written_as_short_as_they_are_exact() {
        let written = [0, 1, 1_500, 10_000_000].map(|us| seconds(Duration::from_micros(us)));
        assert_eq!(written, ["0", "0.000001", "0.0015", "10"]);
    }
}
