//! Installs a package of the system where this user may do so without being asked for a password.
//! Whoever needs it says themselves what to do where it cannot be installed.

use std::path::Path;
use std::process::{Command, Stdio};

/// Installs Debian's package of this name; the answer says how it went.
pub fn install(package: &str, what: &str) -> String {
    let Some(privilege) = privilege() else {
        return "not installed by this command: no apt-get here, or no right to use it".to_owned();
    };
    eprintln!("{what} is not installed; installing Debian's package `{package}` ...");
    let install = ["apt-get", "install", "--yes", "--no-install-recommends", package];
    // The list of packages may be older than the packages are.
    let fetch = || call(privilege, &["apt-get", "update"]) && call(privilege, &install);
    if call(privilege, &install) || fetch() {
        return "installed".to_owned();
    }
    format!("`apt-get install {package}` failed; its reason stands above")
}

fn call(privilege: &[&str], words: &[&str]) -> bool {
    let line: Vec<&str> = privilege.iter().chain(words).copied().collect();
    let Some((program, arguments)) = line.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What to put before `apt-get`: nothing for root, `sudo -n` for whom it asks no password.
fn privilege() -> Option<&'static [&'static str]> {
    const SUDO: &[&str] = &["sudo", "-n"];
    let apt = ["/usr/bin/apt-get", "/bin/apt-get"].iter().any(|path| Path::new(path).is_file());
    if !apt {
        return None;
    }
    if crate::postgres::is_root() {
        return Some(&[]);
    }
    call(SUDO, &["true"]).then_some(SUDO)
}
