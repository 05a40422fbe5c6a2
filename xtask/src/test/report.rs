//! What a person sees of a run: a heading per step, and the seconds each took.

use std::time::{Duration, Instant};

use anyhow::Result;

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    took: Duration,
    outcome: &'static str,
}

impl Report {
    /// Runs one step under its heading and keeps how long it took.
    pub fn time(&mut self, name: &'static str, act: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n=== {name} ===");
        let begun = Instant::now();
        let result = act();
        let (took, outcome) = (begun.elapsed(), if result.is_ok() { "ok" } else { "FAILED" });
        if let Err(error) = &result {
            println!("{error:#}");
        }
        println!("--- {name}: {outcome}, {}", seconds(took));
        self.rows.push(Row { name, took, outcome });
        result
    }

    pub fn print(&self) {
        println!("\n{}", self.table());
    }

    fn table(&self) -> String {
        let total = self.rows.iter().map(|row| row.took).sum();
        let line = |name: &str, took, outcome: &str| {
            format!("{name:<12} {:>9}  {outcome}", seconds(took)).trim_end().to_owned()
        };
        let rows = self.rows.iter().map(|row| line(row.name, row.took, row.outcome));
        rows.chain([line("together", total, "")]).collect::<Vec<_>>().join("\n")
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_each_step_and_the_sum() {
        let rows = vec![
            Row { name: "fmt", took: Duration::from_millis(1_200), outcome: "ok" },
            Row { name: "clippy", took: Duration::from_millis(61_000), outcome: "FAILED" },
        ];
        let table = Report { rows }.table();
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines[0], "fmt              1.2 s  ok");
        assert_eq!(lines[1], "clippy          61.0 s  FAILED");
        assert_eq!(lines[2], "together        62.2 s");
    }

    #[test]
    fn a_failed_step_stays_failed() {
        let mut report = Report::default();
        assert!(report.time("tests", || anyhow::bail!("no")).is_err());
        assert!(report.table().contains("FAILED"));
    }
}
