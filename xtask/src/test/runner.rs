//! Runs the workspace's tests: by cargo-nextest where it is installed, else by cargo itself.
//! Documentation tests are cargo's in both cases, for nextest does not know them.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::tally::{Runner, Tally};
use super::{Run, Scope, steps};
use crate::house::{cargo, cargo_has, show, succeed};
use crate::{chromium, postgres, prometheus};

/// Compiles every test; apart from running them, so that each has its own time.
pub fn build(_: &mut Run) -> Result<()> {
    if cargo_has("nextest") {
        return succeed(&mut cargo(&["nextest", "run", "--workspace", "--locked", "--no-run"]));
    }
    println!("(cargo-nextest is not installed; `cargo test` takes its place, somewhat slower)");
    succeed(&mut cargo(&["test", "--workspace", "--locked", "--no-run"]))
}

pub fn run(run: &mut Run) -> Result<()> {
    let url = steps::postgres_url(run)?.to_owned();
    let browser = steps::browser(run)?.to_owned();
    let scraper = steps::prometheus(run)?.to_owned();
    let mut passed = true;
    for (runner, mut command) in commands(&run.scope, cargo_has("nextest")) {
        command.env(postgres::ENV, &url).env(chromium::ENV, &browser);
        command.env(prometheus::ENV, &scraper);
        passed &= watch(runner, &mut command, &mut run.tally)?;
    }
    match (&run.scope, run.tally.ran()) {
        (Scope::Named(filter), 0) => bail!("no test has {filter:?} in its name"),
        (_, 0) => bail!("no test ran at all"),
        _ if !passed => bail!("not every test passed"),
        _ => Ok(()),
    }
}

/// The calls that together run each test once. The one with most tests comes last.
fn commands(scope: &Scope, nextest: bool) -> Vec<(Runner, Command)> {
    let by_cargo = ["test", "--workspace", "--locked", "--no-fail-fast"];
    let doctests = || (Runner::Cargo, cargo(&[&by_cargo[..], &["--doc"]].concat()));
    let by_nextest = || {
        let mut command = cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
        // Without tests of that name nextest would end in an error of its own; ours says more.
        command.args(["--no-tests=pass", colour()]);
        (Runner::Nextest, command)
    };
    match (scope, nextest) {
        (Scope::Named(filter), true) => vec![with(by_nextest(), filter)],
        (Scope::Named(filter), false) => vec![with((Runner::Cargo, cargo(&by_cargo)), filter)],
        (_, true) => vec![doctests(), by_nextest()],
        (_, false) => vec![(Runner::Cargo, cargo(&by_cargo))],
    }
}

fn with((runner, mut command): (Runner, Command), filter: &str) -> (Runner, Command) {
    command.arg(filter);
    (runner, command)
}

/// Our pipe hides the terminal from the runner, so it is told.
fn colour() -> &'static str {
    let wanted = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if wanted { "--color=always" } else { "--color=never" }
}

/// Runs a test runner, shows every line as it comes, and counts its closing lines.
fn watch(runner: Runner, command: &mut Command, tally: &mut Tally) -> Result<bool> {
    let shown = show(command);
    println!("$ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // One thread per pipe: a runner that waits for a full pipe would wait for ever.
    let from_err = std::thread::spawn(move || copy(runner, err, std::io::stderr()));
    let mut closing = copy(runner, out, std::io::stdout());
    closing.extend(from_err.join().unwrap_or_default());
    tally.read(runner, &closing);
    Ok(child.wait()?.success())
}

/// Passes everything on, and keeps the closing lines.
fn copy(runner: Runner, from: Option<impl Read>, mut to: impl Write) -> Vec<String> {
    let mut kept = Vec::new();
    let Some(from) = from else { return kept };
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        // A closed terminal is no reason to stop reading what the tests say.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        kept.extend(runner.closing(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scope: &Scope, nextest: bool) -> Vec<String> {
        commands(scope, nextest).iter().map(|(_, command)| show(command)).collect()
    }

    #[test]
    fn documentation_tests_run_with_either_runner() {
        let with_nextest = shown(&Scope::Everything, true);
        assert!(with_nextest[0].ends_with(" --doc"), "{with_nextest:?}");
        assert!(with_nextest[1].contains("nextest run"), "{with_nextest:?}");
        // Without `--doc`, `--lib` and the like, cargo runs every kind of test.
        let alone = shown(&Scope::Fast, false);
        assert_eq!(alone, ["cargo test --workspace --locked --no-fail-fast"]);
    }

    #[test]
    fn a_filter_reaches_the_runner() {
        let scope = Scope::Named("wrong_block".to_owned());
        for nextest in [true, false] {
            let calls = shown(&scope, nextest);
            assert!(calls.len() == 1 && calls[0].ends_with(" wrong_block"), "{calls:?}");
        }
    }

    #[test]
    fn all_output_is_passed_on_and_closing_lines_are_kept() {
        let output = b"running 1 test\ntest result: ok. 1 passed; 0 failed\nno newline at the end";
        let mut seen = Vec::new();
        let kept = copy(Runner::Cargo, Some(&output[..]), &mut seen);
        assert_eq!(seen, output);
        assert_eq!(kept, ["test result: ok. 1 passed; 0 failed"]);
    }
}
