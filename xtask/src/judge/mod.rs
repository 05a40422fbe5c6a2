//! `cargo xtask judge`: judges from outside look at all pages and at the API, and one breaks in
//! where it can. Run on demand: they are fetched from npm and PyPI into the target directory, and
//! are no part of this house.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::chromium;
use crate::house::{cargo, root, succeed};

mod crawl;
mod demo;

use demo::Demo;

/// What looks at pages: accessibility, HTML, and what drives the browser for them.
const FROM_NPM: [&str; 3] = ["axe-core@4", "html-validate@11", "puppeteer-core@25"];
const FROM_PYPI: &str = "schemathesis==4.*";

const NO_NODE: &str = "\
node and npm are not on this machine, and two of the judges are fetched with them. Install them:
  Debian, Ubuntu   sudo apt-get install nodejs npm
  Fedora           sudo dnf install nodejs-npm
  macOS            brew install node";
const NO_PYTHON: &str = "\
python3 with its venv is not on this machine, and one of the judges is fetched with it. Install it:
  Debian, Ubuntu   sudo apt-get install python3-venv
  Fedora           sudo dnf install python3
  macOS            brew install python";

/// What schemathesis insists on: no answer that breaks, none that the description does not know.
const CHECKS: &str = "not_a_server_error,content_type_conformance,response_schema_conformance,\
    response_headers_conformance,status_code_conformance";

type Judge = fn(&Path) -> Result<()>;

const JUDGES: [(&str, Judge); 3] =
    [("pages", judge_pages), ("api", judge_api), ("crawl", crawl::judge)];

pub fn run(options: &[String]) -> Result<()> {
    let asked: Vec<&str> = options.iter().map(String::as_str).collect();
    let chosen: Vec<_> = match asked[..] {
        [] => JUDGES.iter().collect(),
        [name] => JUDGES.iter().filter(|(known, _)| *known == name).collect(),
        _ => Vec::new(),
    };
    ensure!(!chosen.is_empty(), "usage: cargo xtask judge [pages|api|crawl]");
    let scratch = scratch()?;
    let mut found = Vec::new();
    for (name, judge) in chosen {
        if let Err(error) = judge(&scratch) {
            found.push(format!("{name}: {error:#}"));
        }
    }
    ensure!(found.is_empty(), "the judges are not content\n{}", found.join("\n"));
    println!("the judges are content");
    Ok(())
}

/// Where the judges are fetched to.
fn scratch() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = target.unwrap_or_else(|| root().join("target")).join("judge");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn judge_pages(scratch: &Path) -> Result<()> {
    let chromium = chromium::find_or_install()?;
    ensure!(answers("node") && answers("npm"), NO_NODE);
    std::fs::write(scratch.join("package.json"), "{\"private\": true}\n")?;
    let quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    let mut fetch = Command::new("npm");
    succeed(fetch.current_dir(scratch).arg("install").args(quiet).args(FROM_NPM))?;
    let pages = scratch.join("pages");
    if pages.exists() {
        std::fs::remove_dir_all(&pages)?;
    }
    let mut write = cargo(&["run", "--quiet", "--locked", "-p", "web", "--example", "pages", "--"]);
    succeed(write.arg(&pages).stdout(Stdio::null()))?;
    let script = root().join("xtask/src/judge/pages.mjs");
    succeed(Command::new("node").arg(script).arg(scratch).arg(chromium))
}

fn judge_api(scratch: &Path) -> Result<()> {
    let schemathesis = from_pypi(&scratch.join("venv"), FROM_PYPI, "schemathesis")?;
    let (demo, mut judge) = (Demo::open(scratch)?, Command::new(schemathesis));
    judge
        .current_dir(scratch)
        .arg("run")
        .arg(format!("{}/api/openapi.json", demo.url))
        // An admin's: nothing is closed to whoever tries everything.
        .args(["--header", &format!("Authorization: Bearer {}", demo.person("admin")?.key)])
        .args(["--checks", CHECKS, "--max-examples", "20", "--seed", "1", "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--workers", "2", "--no-color"]);
    // Its own `show` would print the key.
    println!("$ schemathesis run {}/api/openapi.json", demo.url);
    let status = judge.status().context("cannot start schemathesis")?;
    ensure!(status.success(), "schemathesis ended with {status}");
    Ok(())
}

/// A program of a package from PyPI, fetched into a folder of its own where it is not there yet.
fn from_pypi(venv: &Path, package: &str, program: &str) -> Result<PathBuf> {
    let program = venv.join("bin").join(program);
    if !program.is_file() {
        ensure!(answers("python3"), NO_PYTHON);
        succeed(Command::new("python3").args(["-m", "venv"]).arg(venv)).context(NO_PYTHON)?;
        let mut fetch = Command::new(venv.join("bin/pip"));
        succeed(fetch.args(["install", "--quiet", "--disable-pip-version-check", package]))?;
    }
    Ok(program)
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_that_nobody_knows_is_refused() {
        assert!(run(&["taste".to_owned()]).is_err());
    }
}
