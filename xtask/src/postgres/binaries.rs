//! Finds PostgreSQL's programs, and installs them where that is allowed.
//! Not finding them is an error that says what to install, never a reason to skip tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::debian;

const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Folders that hold one folder per version, and what follows the version in the path.
const VERSIONED: [(&str, &str, &str); 5] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

const MISSING: &str = "\
PostgreSQL's server programs (initdb, pg_ctl, postgres) are not on this machine, and the tests
need them: half of what is promised is promised on PostgreSQL. Install them, then run this again:
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora           sudo dnf install postgresql-server
  Arch             sudo pacman -S postgresql
  macOS            brew install postgresql@17
or put the folder that holds them into PATH, or name a running server whose user may create
databases: BERTH_TEST_POSTGRES=postgres://user:password@host:5432/postgres";

/// The folder that holds the server's programs, after an installation if one is possible.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    let tried = debian::install("postgresql", "PostgreSQL");
    match find() {
        Some(folder) => Ok(folder),
        None => bail!("{MISSING}\n({tried})"),
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).collect();
    [in_path, told_by_pg_config(), versioned()].into_iter().flatten().find_map(complete)
}

/// The folder itself, links followed, when every needed program is in it.
fn complete(folder: PathBuf) -> Option<PathBuf> {
    // A link in PATH may lead to one program of a set that stands elsewhere.
    let real = folder.join(NEEDED[0]).canonicalize().ok()?.parent()?.to_owned();
    NEEDED.iter().all(|program| real.join(program).is_file()).then_some(real)
}

fn told_by_pg_config() -> Vec<PathBuf> {
    let answer = Command::new("pg_config").arg("--bindir").output();
    let told = answer.map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned());
    told.into_iter().filter(|folder| !folder.is_empty()).map(PathBuf::from).collect()
}

/// Every installed version's folder, newest first.
fn versioned() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (parent, prefix, below) in VERSIONED {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(version) = name.strip_prefix(prefix) {
                found.push((version_number(version), entry.path().join(below)));
            }
        }
    }
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// `17` and `9.6` as numbers, so that 17 counts as newer than 9.6. A name counts as nothing.
fn version_number(text: &str) -> Vec<u32> {
    text.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts_first() {
        let mut versions = [version_number("9.6"), version_number("17"), version_number("latest")];
        versions.sort();
        assert_eq!(versions, [vec![], vec![9, 6], vec![17]]);
    }

    #[test]
    fn a_folder_without_the_programs_is_not_taken() {
        assert_eq!(complete(PathBuf::from("/")), None);
    }

    #[test]
    fn what_is_missing_is_said_with_a_way_out() {
        assert!(MISSING.contains("apt-get install postgresql"));
        assert!(MISSING.contains(super::super::ENV));
    }
}
