//! Rule `size`: a file has at most 500 lines beside its tests, a line at most 100 columns.
//! The limit on functions is clippy's (`too_many_lines`).

use super::Violation;
use super::files::{File, House};
use super::rust::Line;

const LINES_MAX: usize = 500;
const COLUMNS_MAX: usize = 100;

pub fn check(house: &House) -> Vec<Violation> {
    house.rust().flat_map(|file| long_lines(file).into_iter().chain(long_file(file))).collect()
}

fn long_file(file: &File) -> Option<Violation> {
    let count = file.lines.iter().filter(|line| !line.test_module).count();
    if file.is_test() || count <= LINES_MAX {
        return None;
    }
    let what = format!("has {count} lines, at most {LINES_MAX}: find the two ideas in it");
    Some(Violation::new(&file.path, LINES_MAX + 1, what))
}

fn long_lines(file: &File) -> Vec<Violation> {
    let mut found = Vec::new();
    for line in &file.lines {
        let count = line.text.chars().count();
        if count > COLUMNS_MAX && !is_one_literal(line) && !is_one_address(line) {
            let what = format!("has {count} columns, at most {COLUMNS_MAX}: break the line");
            found.push(Violation::new(&file.path, line.number, what));
        }
    }
    found
}

/// A text that stands alone on its line: breaking it would only make it harder to search for.
fn is_one_literal(line: &Line) -> bool {
    let beside = line.code.trim().trim_end_matches([',', ';', ')', '?']);
    let prefix = ["", "r", "b", "br", "c", "cr"].contains(&beside);
    prefix && line.comment.trim().is_empty()
}

/// A comment that is nothing but one address.
fn is_one_address(line: &Line) -> bool {
    let said = line.comment.trim().trim_start_matches(['/', '!', '*', '<', ' ']);
    line.code.trim().is_empty() && said.starts_with("http") && !said.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn in_text(text: &str) -> Vec<String> {
        places(check, &[("crates/a/src/a.rs", text)])
    }

    #[test]
    fn a_file_of_501_lines_is_too_long() {
        assert_eq!(in_text(&"a();\n".repeat(500)), Vec::<String>::new());
        assert_eq!(in_text(&"a();\n".repeat(501)), ["crates/a/src/a.rs:501"]);
    }

    #[test]
    fn tests_do_not_make_a_file_too_long() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    a();\n".repeat(600));
        assert_eq!(in_text(&tests), Vec::<String>::new());
        let file = "a();\n".repeat(501);
        assert_eq!(places(check, &[("crates/a/src/tests.rs", &file)]), Vec::<String>::new());
    }

    #[test]
    fn a_line_of_101_columns_is_too_long() {
        assert_eq!(in_text(&"ä".repeat(100)), Vec::<String>::new());
        assert_eq!(in_text(&"ä".repeat(101)), ["crates/a/src/a.rs:1"]);
        assert_eq!(in_text(&format!("// {}", "word ".repeat(25))), ["crates/a/src/a.rs:1"]);
    }

    #[test]
    fn a_line_that_is_one_text_may_be_long() {
        let text = "x".repeat(120);
        assert_eq!(in_text(&format!("    \"{text}\",")), Vec::<String>::new());
        assert_eq!(in_text(&format!("/// <https://example.org/{text}>")), Vec::<String>::new());
        assert_eq!(in_text(&format!("call(\"{text}\");")).len(), 1);
    }
}
