//! `cargo xtask fuzz`: builds the targets of `fuzz/` with the compiler's coverage marks, lets
//! LLVM's fuzzer look for bytes that break what they promise, and adds up how long it has looked.
//! What is found lies in `fuzz/cases/` and is tried again by every test run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::house::{cargo, root, show, succeed};

const USAGE: &str = "usage: cargo xtask fuzz [--minutes M] [--target T]";
const TARGET: &str = "BERTH_FUZZ_TARGET";
const SEEDS: &str = "BERTH_FUZZ_SEEDS";

/// Marks at every edge and every comparison, as the fuzzer reads them. The stable compiler has
/// them, so that no other compiler and no further cargo command is needed.
const MARKS: [&str; 5] = [
    "passes=sancov-module",
    "llvm-args=-sanitizer-coverage-level=4",
    "llvm-args=-sanitizer-coverage-inline-8bit-counters",
    "llvm-args=-sanitizer-coverage-pc-table",
    "llvm-args=-sanitizer-coverage-trace-compares",
];

pub fn run(options: &[String]) -> Result<()> {
    let asked = Asked::read(options)?;
    let place = root().join("target/fuzz");
    let program = build(&place)?;
    let targets = match asked.target {
        Some(target) => vec![target],
        None => targets(&program)?,
    };
    let each = Duration::from_secs(asked.minutes * 60) / u32::try_from(targets.len())?;
    let mut totals = Totals::read(&place.join("totals"))?;
    let mut found = Vec::new();
    for target in &targets {
        let one = look(&program, &place, target, each)?;
        totals.add(target, &one)?;
        println!("{target}: {} runs in {} s", one.runs, one.seconds);
        found.extend((!one.is_clean).then_some(target.as_str()));
    }
    println!("\nAltogether so far:\n{totals}");
    if !found.is_empty() {
        bail!("something does not hold: fuzz/cases/ has the bytes for {}", found.join(", "));
    }
    Ok(())
}

struct Asked {
    minutes: u64,
    target: Option<String>,
}

impl Asked {
    fn read(options: &[String]) -> Result<Asked> {
        let mut asked = Asked { minutes: 12, target: None };
        let mut words = options.iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} needs a value\n{USAGE}"))?;
            match word.as_str() {
                "--minutes" => asked.minutes = value.parse().context(USAGE)?,
                "--target" => asked.target = Some(value.clone()),
                other => bail!("there is no option {other:?}\n{USAGE}"),
            }
        }
        Ok(asked)
    }
}

/// Builds for a named platform: build scripts and macros then carry no marks.
fn build(place: &Path) -> Result<PathBuf> {
    let platform = platform()?;
    let words = ["build", "--quiet", "--profile", "trial", "--package", "fuzz", "--locked"];
    let mut command = cargo(&words);
    command.args(["--features", "guided", "--target", &platform, "--target-dir"]).arg(place);
    succeed(command.env("RUSTFLAGS", MARKS.map(|mark| format!("-C{mark}")).join(" ")))?;
    Ok(place.join(platform).join("trial/fuzz"))
}

fn platform() -> Result<String> {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let answer = command.arg("-vV").output().context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what machine this is")
}

/// Without a target the program tells all there are.
fn targets(program: &Path) -> Result<Vec<String>> {
    let answer = Command::new(program).env_remove(TARGET).output()?;
    let text = String::from_utf8(answer.stdout).context("the targets' names are text")?;
    let names: Vec<_> = text.lines().map(str::to_owned).collect();
    if names.is_empty() {
        bail!("{} tells no targets", program.display());
    }
    Ok(names)
}

/// What came of looking at one target.
struct Look {
    runs: u64,
    seconds: u64,
    is_clean: bool,
}

fn look(program: &Path, place: &Path, target: &str, time: Duration) -> Result<Look> {
    let (corpus, seeds) = (place.join("corpus").join(target), place.join("seeds").join(target));
    let cases = root().join("fuzz/cases").join(target);
    for folder in [&corpus, &seeds, &cases] {
        std::fs::create_dir_all(folder)?;
    }
    let mut command = Command::new(program);
    command.args([&corpus, &seeds, &cases]).env(TARGET, target).env(SEEDS, &seeds);
    command.arg(format!("-max_total_time={}", time.as_secs().max(1)));
    command.arg(format!("-artifact_prefix={}/", cases.display()));
    command.args(["-print_final_stats=1", "-timeout=20", "-rss_limit_mb=3000"]);
    println!("$ {TARGET}={target} {}", show(&command));
    let began = Instant::now();
    let output = command.stdout(Stdio::null()).output().context("cannot start the fuzzer")?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        println!("{}", reason(&told));
    }
    // An empty folder is nothing to keep.
    drop(std::fs::remove_dir(&cases));
    let runs = told.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let runs = runs.and_then(|number| number.trim().parse().ok()).unwrap_or_default();
    Ok(Look { runs, seconds: began.elapsed().as_secs(), is_clean: output.status.success() })
}

/// What a target said before it gave up, with the errors it logged, or the fuzzer's own last words.
fn reason(told: &str) -> String {
    let lines: Vec<&str> = told.lines().collect();
    let said = |line: &&str| line.contains("panicked at") || line.contains(" ERROR ");
    let from = lines.iter().position(said).unwrap_or(lines.len().saturating_sub(20));
    lines.iter().skip(from).take(20).copied().collect::<Vec<_>>().join("\n")
}

/// Runs and seconds of every target since this folder was made.
struct Totals {
    path: PathBuf,
    known: BTreeMap<String, (u64, u64)>,
}

impl Totals {
    fn read(path: &Path) -> Result<Totals> {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let row = |line: &str| {
            let mut words = line.split_whitespace();
            let mut word = || words.next().context("a line of the totals has three words");
            Ok((word()?.to_owned(), (word()?.parse()?, word()?.parse()?)))
        };
        let known: Result<_> = text.lines().map(row).collect();
        Ok(Totals { path: path.to_owned(), known: known? })
    }

    fn add(&mut self, target: &str, one: &Look) -> Result<()> {
        let (runs, seconds) = self.known.entry(target.to_owned()).or_default();
        (*runs, *seconds) = (*runs + one.runs, *seconds + one.seconds);
        let mut text = String::new();
        for (target, (runs, seconds)) in &self.known {
            writeln!(text, "{target} {runs} {seconds}")?;
        }
        std::fs::write(&self.path, text).context("cannot keep the totals")
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mut all_runs, mut all_seconds) = (0, 0);
        for (target, (runs, seconds)) in &self.known {
            writeln!(f, "{target:12} {runs:>12} runs {:>6} min", seconds / 60)?;
            (all_runs, all_seconds) = (all_runs + runs, all_seconds + seconds);
        }
        write!(f, "{:12} {all_runs:>12} runs {:>6} min", "all", all_seconds / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_grow_from_run_to_run() {
        let path = std::env::temp_dir().join(format!("berth-totals-{}", std::process::id()));
        let one = Look { runs: 1_000, seconds: 90, is_clean: true };
        for _ in 0..2 {
            Totals::read(&path).unwrap().add("name", &one).unwrap();
        }
        let shown = Totals::read(&path).unwrap().to_string();
        std::fs::remove_file(&path).unwrap();
        assert!(shown.contains("2000 runs") && shown.contains("3 min"), "{shown}");
    }

    #[test]
    fn an_option_without_its_value_is_refused() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let asked = Asked::read(&words("--minutes 90 --target name")).unwrap();
        assert_eq!((asked.minutes, asked.target.as_deref()), (90, Some("name")));
        assert!(Asked::read(&words("--minutes")).is_err());
        assert!(Asked::read(&words("--hours 2")).is_err());
    }
}
