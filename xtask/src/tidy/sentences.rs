//! Rule `sentences`: a test's name is a sentence that can be true or false.
//! Its failure then reads as news: `a_server_from_another_block_is_never_delivered` failed.

use super::Violation;
use super::files::{File, House};
use super::words::name_after;

const WORDS_MIN: usize = 3;

pub fn check(house: &House) -> Vec<Violation> {
    house.rust().flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut attributed = false;
    for line in &file.lines {
        attributed |= is_test_attribute(&line.code);
        let Some(name) = name_after(&line.code, &["fn "]).filter(|_| attributed) else { continue };
        attributed = false;
        let words = name.split('_').filter(|word| !word.is_empty()).count();
        if words < WORDS_MIN {
            let what =
                format!("{name} is no sentence: say in {WORDS_MIN} words or more what holds");
            found.push(Violation::new(&file.path, line.number, what));
        }
    }
    found
}

/// `#[test]`, `#[tokio::test(…)]`, `#[rstest]`.
fn is_test_attribute(code: &str) -> bool {
    let Some((_, attribute)) = code.split_once("#[") else { return false };
    let path = attribute.split(['(', ']']).next().unwrap_or(attribute);
    let last = path.rsplit("::").next().unwrap_or(path);
    ["test", "rstest"].contains(&last.trim())
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_test_named_by_a_noun_is_found() {
        let text = "#[test]\nfn parsing() {}\n#[tokio::test(flavor)]\nasync fn it_works() {}\n";
        assert_eq!(places(check, &[("a.rs", text)]), ["a.rs:2", "a.rs:4"]);
    }

    #[test]
    fn sentences_and_other_functions_pass() {
        let text = "#[test]\n#[should_panic]\nfn a_lost_answer_is_unheard() {}\nfn go() {}\n\
                    #[cfg(test)]\nfn make() {}\n";
        assert_eq!(places(check, &[("a.rs", text)]), Vec::<String>::new());
    }
}
