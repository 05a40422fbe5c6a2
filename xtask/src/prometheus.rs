//! Finds the Prometheus that tests have scrape a shop, and installs it where that is allowed.
//! Not finding it is an error that says what to install, never a reason to skip tests.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::debian;

/// Names another Prometheus than the first in PATH; its promtool lies beside it.
pub const ENV: &str = "BERTH_TEST_PROMETHEUS";

const MISSING: &str = "\
Prometheus is not on this machine, and the tests have it read the shop's metrics. Install it, then
run this again:
  Debian, Ubuntu   sudo apt-get install prometheus
  macOS            brew install prometheus
or name its program, beside which its promtool lies: BERTH_TEST_PROMETHEUS=/somewhere/prometheus";

/// Its program, after an installation if one is possible.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(ENV) {
        let named = PathBuf::from(named);
        if !is_whole(&named) {
            bail!("{ENV} names {}, where it and promtool are not both", named.display());
        }
        return Ok(named);
    }
    if let Some(program) = find() {
        return Ok(program);
    }
    let tried = debian::install("prometheus", "Prometheus");
    match find() {
        Some(program) => Ok(program),
        None => bail!("{MISSING}\n({tried})"),
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("prometheus"));
    programs.find(|program| is_whole(program))
}

fn is_whole(program: &Path) -> bool {
    program.is_file() && program.with_file_name("promtool").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_a_way_out() {
        assert!(MISSING.contains("apt-get install prometheus"));
        assert!(MISSING.contains(ENV));
    }
}
