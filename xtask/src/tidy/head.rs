//! Rule `head`: every Rust file opens with `//!`, saying what it is for.
//! Who cannot say it in a line or two has found a file that is for two things.

use super::Violation;
use super::files::{File, House};

pub fn check(house: &House) -> Vec<Violation> {
    let headless = house.rust().filter(|file| !is_exempt(file) && !has_head(file));
    headless
        .map(|file| {
            let what = "opens without `//!`: say in a line or two what the file is for";
            Violation::new(&file.path, 1, what)
        })
        .collect()
}

/// Build scripts are known by their name, fixtures by the test that reads them.
fn is_exempt(file: &File) -> bool {
    file.name() == "build.rs" || file.path.contains("/fixtures/")
}

fn has_head(file: &File) -> bool {
    let said = file.text.lines().next().and_then(|line| line.strip_prefix("//!"));
    said.is_some_and(|said| !said.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_file_without_a_head_is_found() {
        let files = [
            ("a.rs", "//! What it is for.\n"),
            ("b.rs", "use std::fmt;\n//! Too late.\n"),
            ("c.rs", "//!\n"),
            ("d.rs", ""),
            ("build.rs", "fn main() {}"),
            ("crates/a/tests/fixtures/x.rs", "fn"),
        ];
        assert_eq!(places(check, &files), ["b.rs:1", "c.rs:1", "d.rs:1"]);
    }
}
