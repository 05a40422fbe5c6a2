//! The files of the house as tidy sees them: what git tracks or would track, read once.
//! Tests build small houses out of strings.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::rust::{self, Line};

pub struct House {
    files: BTreeMap<String, File>,
}

pub struct File {
    pub path: String,
    /// Empty for what is not text.
    pub text: String,
    /// Only for Rust sources.
    pub lines: Vec<Line>,
}

impl House {
    pub fn read(root: &Path) -> Result<House> {
        let mut files = BTreeMap::new();
        for path in listed(root)? {
            let place = root.join(&path);
            if !place.is_file() {
                continue; // tracked, but removed by hand
            }
            let bytes = std::fs::read(&place).with_context(|| format!("cannot read {path}"))?;
            files.insert(path.clone(), File::new(&path, String::from_utf8(bytes).ok()));
        }
        Ok(House { files })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> House {
        let file = |&(path, text): &(&str, &str)| {
            (path.to_owned(), File::new(path, Some(text.to_owned())))
        };
        House { files: files.iter().map(file).collect() }
    }

    pub fn all(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.all().filter(|file| file.path.ends_with(".rs"))
    }

    /// Every file below a folder, given with its closing slash.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a File> {
        self.all().filter(move |file| file.path.starts_with(folder))
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub fn count(&self) -> usize {
        self.files.len()
    }
}

impl File {
    fn new(path: &str, text: Option<String>) -> File {
        let text = text.unwrap_or_default();
        let mut lines = if path.ends_with(".rs") { rust::read(&text) } else { Vec::new() };
        if is_test_file(path) {
            lines.iter_mut().for_each(|line| line.test = true);
        }
        File { path: path.to_owned(), text, lines }
    }

    /// The file's own name, without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is_test(&self) -> bool {
        is_test_file(&self.path)
    }
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.starts_with("tests/") || path.contains("/tests/")
}

/// What git tracks, and what it would track if it were added.
fn listed(root: &Path) -> Result<Vec<String>> {
    let answer = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("cannot start git, which knows which files belong to the house")?;
    if !answer.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&answer.stderr).trim());
    }
    let names = String::from_utf8(answer.stdout).context("a file's name is not UTF-8")?;
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_place() {
        for path in ["crates/a/src/tests.rs", "crates/a/tests/story.rs", "tests/whole.rs"] {
            assert!(is_test_file(path), "{path}");
        }
        assert!(!is_test_file("crates/a/src/latests.rs"));
    }

    #[test]
    fn all_lines_of_a_test_file_are_test_lines() {
        let house = House::of(&[("crates/a/tests/story.rs", "fn f() {}\n")]);
        assert!(house.rust().all(|file| file.lines.iter().all(|line| line.test)));
    }
}
