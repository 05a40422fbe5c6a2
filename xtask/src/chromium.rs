//! Finds the browser that tests look at the pages with, and installs it where that is allowed.
//! Not finding it is an error that says what to install, never a reason to skip tests.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::debian;

/// Names another browser of the family than the first in PATH; the tests read it too.
pub const ENV: &str = "BERTH_TEST_CHROMIUM";

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const ON_A_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

const MISSING: &str = "\
Chromium is not on this machine, and the tests look at the pages in it. Install it, then run this
again:
  Debian           sudo apt-get install chromium
  Fedora           sudo dnf install chromium
  Arch             sudo pacman -S chromium
  macOS            brew install --cask google-chrome
or name the program of another browser of its family: BERTH_TEST_CHROMIUM=/somewhere/chrome";

/// The browser's program, after an installation if one is possible.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(ENV) {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("{ENV} names {}, and no such file is there", named.display());
        }
        return Ok(named);
    }
    if let Some(program) = find() {
        return Ok(program);
    }
    let tried = debian::install("chromium", "Chromium");
    match find() {
        Some(program) => Ok(program),
        None => bail!("{MISSING}\n({tried})"),
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let in_path = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    in_path.chain([PathBuf::from(ON_A_MAC)]).find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_a_way_out() {
        assert!(MISSING.contains("apt-get install chromium"));
        assert!(MISSING.contains(ENV));
    }
}
