//! Rule `places`: no file knows the machine it was written on.
//! A path or a mirror of one desk is wrong on every other.

use super::Violation;
use super::files::{File, House};
use super::words::is_name;

/// Folders of somebody's machine.
const FOLDERS: [&str; 5] = ["/work", "/root", "/home", "/Users", "/mnt"];

/// Where packages come from is cargo's own setting, not ours.
const REGISTRIES: [&str; 9] = [
    "index.crates.io",
    "static.crates.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "pypi.org",
    "pythonhosted.org",
    "proxy.golang.org",
    "deb.debian.org",
    "replace-with",
];

const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The rules themselves must write down what they refuse.
pub const RULES: &str = "xtask/src/tidy/";

pub fn check(house: &House) -> Vec<Violation> {
    house.all().filter(|file| !file.path.starts_with(RULES)).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut say = |index: usize, what: String| {
        found.push(Violation::new(&file.path, index + 1, what));
    };
    for (index, line) in file.text.lines().enumerate() {
        if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
            say(index, format!("names {folder}, a folder of one machine: make it relative"));
        }
        if let Some(registry) = REGISTRIES.iter().find(|registry| line.contains(**registry)) {
            say(index, format!("names {registry}: leave registries to each machine's settings"));
        }
        let source = line.strip_prefix("source = ").map(|source| source.trim_matches('"'));
        if let Some(source) = source.filter(|&source| is_lock(file) && source != INDEX) {
            say(index, format!("locks a package from {source}: take it from crates.io"));
        }
    }
    found
}

fn is_lock(file: &File) -> bool {
    file.name() == "Cargo.lock"
}

/// Whether an absolute path below the folder, or the folder alone, stands in the line.
/// `/workers` is another folder; `crates/x/work` and `example.org/home` are not absolute.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let rest = &line[at + folder.len()..];
        let absolute = before.is_none_or(|b| !is_name(b) && !"./-*>})]~".contains(b));
        let below = rest.strip_prefix('/').and_then(|rest| rest.chars().next());
        absolute && below.is_some_and(|letter| is_name(letter) || letter == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn in_text(text: &str) -> Vec<String> {
        places(check, &[("docs/a.md", text)])
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        for text in ["see /work/main", "\"/root/.cargo\"", "dir=/home/ada/berth"] {
            assert_eq!(in_text(text), ["docs/a.md:1"], "{text}");
        }
    }

    #[test]
    fn other_paths_pass_in_silence() {
        let text = "/workers/a crates/x/work/a https://example.org/home/b ./work/a GET /home /work";
        assert_eq!(in_text(text), Vec::<String>::new());
    }

    #[test]
    fn a_registry_is_found_by_its_name() {
        assert_eq!(in_text("replace-with = \"mirror\""), ["docs/a.md:1"]);
        assert_eq!(in_text("https://static.crates.io/x"), ["docs/a.md:1"]);
    }

    #[test]
    fn a_lock_file_takes_packages_from_one_place() {
        let lock = format!("source = \"{INDEX}\"\nsource = \"git+https://example.org/x\"\n");
        assert_eq!(places(check, &[("Cargo.lock", &lock)]), ["Cargo.lock:2"]);
    }
}
