//! `cargo xtask mutants`: plants the defects of `trial/defects/` one by one into a copy of the
//! tree, and says by which check each is caught. One that nobody catches is a hole in the checks.
//! Not for what is checked: `trial/src/hunt.rs` chooses that.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::house::{cargo, root, succeed};

const USAGE: &str = "usage: cargo xtask mutants [NAME…] [--seeds N] [--threads N]";
const DEFECTS: &str = "trial/defects";
/// Fewer seeds than this must be enough.
const SEEDS: &str = "500";

pub fn run(options: &[String]) -> Result<()> {
    let (names, hunt) = read(options)?;
    let chosen: Vec<Defect> = defects(&root())?
        .into_iter()
        .filter(|defect| names.is_empty() || names.contains(&defect.name))
        .collect();
    if chosen.is_empty() || chosen.len() < names.len() {
        bail!("{DEFECTS} has no defect of that name\n{USAGE}");
    }
    let copy = Copy::make()?;
    println!("first the tree as it is, which must be clean");
    // Each case that catches a defect is tried without it, too: seeds need not be hunted here.
    let clean = copy.hunt(&["--seeds".to_owned(), "0".to_owned()])?;
    if !matches!(clean, Found::Nothing(_)) {
        bail!("the tree as it is: {clean}");
    }
    copy.keep_clean()?;
    let mut escaped = Vec::new();
    for defect in &chosen {
        let began = Instant::now();
        let found = copy.with(defect, &hunt)?;
        let row = Row { defect, found: &found, took: began.elapsed() };
        println!("{row}");
        if !matches!(found, Found::Caught { .. }) {
            escaped.push(defect.name.as_str());
        }
    }
    println!("{} of {} are caught", chosen.len() - escaped.len(), chosen.len());
    if !escaped.is_empty() {
        bail!("nobody catches {}", escaped.join(", "));
    }
    Ok(())
}

/// The names of defects, and the options of each hunt.
fn read(options: &[String]) -> Result<(Vec<String>, Vec<String>)> {
    let (mut names, mut hunt) = (Vec::new(), vec!["--seeds".to_owned(), SEEDS.to_owned()]);
    let mut words = options.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seeds" | "--threads" => {
                hunt.extend([word.clone(), words.next().context(USAGE)?.clone()]);
            }
            option if option.starts_with('-') => bail!("there is no option {option:?}\n{USAGE}"),
            name => names.push(name.to_owned()),
        }
    }
    Ok((names, hunt))
}

/// A mistake that somebody could make, as a small patch. Its first line says what it breaks.
struct Defect {
    name: String,
    about: String,
    path: PathBuf,
}

fn defects(house: &Path) -> Result<Vec<Defect>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(house.join(DEFECTS)).context(DEFECTS)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let about = text.lines().next().unwrap_or_default().to_owned();
        found.push(Defect { name, about, path });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What came of a hunt.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Caught {
        command: String,
        sentence: String,
    },
    Nothing(String),
    /// It is no mistake that somebody could make and not notice.
    DoesNotBuild(String),
}

impl Found {
    fn read(output: &Output) -> Found {
        let told = String::from_utf8_lossy(&output.stdout);
        let mut lines = told.lines().skip_while(|line| !line.starts_with("CAUGHT: "));
        match lines.next().and_then(|line| line.strip_prefix("CAUGHT: ")) {
            Some(command) => Found::Caught {
                command: command.to_owned(),
                sentence: lines.next().unwrap_or_default().trim().to_owned(),
            },
            None => Found::Nothing(told.lines().last().unwrap_or_default().to_owned()),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Caught { command, sentence } => {
                let command = command.strip_prefix("cargo xtask ").unwrap_or(command);
                write!(f, "`{command}`: {sentence}")
            }
            Found::Nothing(told) => write!(f, "ESCAPED ({told})"),
            Found::DoesNotBuild(why) => write!(f, "DOES NOT BUILD: {why}"),
        }
    }
}

/// A line of the table in `docs/RELIABILITY.md`.
struct Row<'a> {
    defect: &'a Defect,
    found: &'a Found,
    took: Duration,
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { defect, found, took } = self;
        write!(f, "| {} | {} | {found} | {} s |", defect.name, defect.about, took.as_secs())
    }
}

/// Another working tree of the same repository, so that this one stays as it is.
struct Copy {
    place: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// What is committed here; a defect itself need not be.
    fn make() -> Result<Copy> {
        let place = root().join("target/mutants/tree");
        if !place.exists() {
            let mut command = git(&root());
            succeed(command.args(["worktree", "add", "--detach", "--force"]).arg(&place))?;
        }
        let head = git(&root()).args(["rev-parse", "HEAD"]).output()?;
        let head = String::from_utf8(head.stdout)?;
        let copy = Copy { place, target: root().join("target/mutants/built") };
        copy.tidy_up()?;
        succeed(git(&copy.place).args(["checkout", "--quiet", "--detach", head.trim()]))?;
        Ok(copy)
    }

    fn tidy_up(&self) -> Result<()> {
        let done = git(&self.place).args(["checkout", "--quiet", "--", "."]).status()?;
        if !done.success() {
            bail!("{} cannot be tidied up", self.place.display());
        }
        Ok(())
    }

    fn with(&self, defect: &Defect, hunt: &[String]) -> Result<Found> {
        let applied = git(&self.place).arg("apply").arg(&defect.path).output()?;
        if !applied.status.success() {
            bail!("{} no longer applies: {}", defect.name, last_line(&applied.stderr));
        }
        let found = self.hunt(hunt);
        self.tidy_up()?;
        match found? {
            Found::Caught { command, .. } if !self.is_clean(&command)? => {
                Ok(Found::Nothing(format!("only `{command}`, which fails without it, too")))
            }
            found => Ok(found),
        }
    }

    /// Keeps the program without any defect.
    fn keep_clean(&self) -> Result<()> {
        fs::copy(self.target.join("debug/trial"), self.target.join("clean"))?;
        Ok(())
    }

    /// Whether a case holds without the defect; a story may take another way with it.
    fn is_clean(&self, command: &str) -> Result<bool> {
        let words = command.split_whitespace().skip_while(|word| !["walk", "sim"].contains(word));
        let mut again = Command::new(self.target.join("clean"));
        let output = again.args(words.map(|word| word.trim_matches('\''))).output()?;
        Ok(output.status.success())
    }

    /// Builds what stands there, and hunts until the first thing that does not hold.
    fn hunt(&self, options: &[String]) -> Result<Found> {
        let mut build = cargo(&["build", "--quiet", "--locked", "--package", "trial"]);
        build.current_dir(&self.place).arg("--target-dir").arg(&self.target);
        let built = build.output().context("cannot start cargo")?;
        if !built.status.success() {
            let told = String::from_utf8_lossy(&built.stderr);
            let error = told.lines().find(|line| line.starts_with("error"));
            return Ok(Found::DoesNotBuild(error.unwrap_or_default().to_owned()));
        }
        let mut hunt = Command::new(self.target.join("debug/trial"));
        let output = hunt.arg("hunt").args(options).output().context("cannot hunt")?;
        Ok(Found::read(&output))
    }
}

fn git(place: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(place);
    command
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().last().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planted_defect_still_fits_the_tree() {
        let defects = defects(&root()).unwrap();
        assert!(defects.len() >= 25, "only {} defects", defects.len());
        for defect in defects {
            let mut check = git(&root());
            let checked = check.args(["apply", "--check"]).arg(&defect.path).output().unwrap();
            let why = String::from_utf8_lossy(&checked.stderr).into_owned();
            assert!(checked.status.success(), "{}: {why}", defect.name);
        }
    }

    #[test]
    fn a_defect_says_what_it_breaks() {
        for Defect { name, about, .. } in defects(&root()).unwrap() {
            assert!(about.contains("INV-") || about.contains("liveness"), "{name}: {about}");
        }
    }
}
