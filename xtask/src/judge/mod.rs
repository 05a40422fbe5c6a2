//! `cargo xtask judge`: judges from outside look at all pages and at the API. Run on demand: they
//! are fetched from npm and PyPI into the target directory, and are no part of this house.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::chromium;
use crate::house::{cargo, root, succeed};

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

pub fn run(options: &[String]) -> Result<()> {
    let (pages, api) = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (true, true),
        ["pages"] => (true, false),
        ["api"] => (false, true),
        _ => bail!("usage: cargo xtask judge [pages|api]"),
    };
    let scratch = scratch()?;
    let mut found = Vec::new();
    if pages && let Err(error) = judge_pages(&scratch) {
        found.push(format!("pages: {error:#}"));
    }
    if api && let Err(error) = judge_api(&scratch) {
        found.push(format!("api: {error:#}"));
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
    let venv = scratch.join("venv");
    if !venv.join("bin/schemathesis").is_file() {
        ensure!(answers("python3"), NO_PYTHON);
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&venv)).context(NO_PYTHON)?;
        let mut fetch = Command::new(venv.join("bin/pip"));
        succeed(fetch.args(["install", "--quiet", "--disable-pip-version-check", FROM_PYPI]))?;
    }
    succeed(&mut cargo(&["build", "--locked", "-p", "berth"]))?;
    let demo = Demo::open(scratch)?;
    let mut judge = Command::new(venv.join("bin/schemathesis"));
    judge
        .current_dir(scratch)
        .arg("run")
        .arg(format!("{}/api/openapi.json", demo.url))
        .args(["--header", &format!("Authorization: Bearer {}", demo.key)])
        .args(["--checks", CHECKS, "--max-examples", "20", "--seed", "1", "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--workers", "2", "--no-color"]);
    // Its own `show` would print the key.
    println!("$ schemathesis run {}/api/openapi.json", demo.url);
    let status = judge.status().context("cannot start schemathesis")?;
    ensure!(status.success(), "schemathesis ended with {status}");
    Ok(())
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A demo that runs until this value is dropped.
struct Demo {
    child: Child,
    url: String,
    /// An admin's: nothing is closed to whoever tries everything.
    key: String,
}

impl Demo {
    fn open(scratch: &Path) -> Result<Demo> {
        let data = scratch.join("demo");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let target = scratch.parent().unwrap_or(scratch);
        let mut command = Command::new(target.join("debug/berth"));
        // Unknown settings are refused, and some of the house's own tests have theirs.
        let foreign = std::env::vars_os().map(|(name, _)| name);
        for name in foreign.filter(|name| name.to_string_lossy().starts_with("BERTH_")) {
            command.env_remove(name);
        }
        command.args(["demo", "--json", "--no-wait", "--listen", "127.0.0.1:0", "--data-dir"]);
        let mut child = command.arg(&data).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let told: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("the demo said {line:?}"))?;
        let people = told["signIns"].as_array().cloned().unwrap_or_default();
        let admin = people.iter().find(|one| one["role"] == "admin").context("no admin")?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Demo { child, url: text(&told["url"]), key: text(&admin["apiKey"]) })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_that_nobody_knows_is_refused() {
        assert!(run(&["taste".to_owned()]).is_err());
    }
}
