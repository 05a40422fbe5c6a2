//! Rule `sleep`: tests do not wait for the clock on the wall.
//! A sleep is either too short on a busy machine or too long on an idle one; wait for the event.

use super::Violation;
use super::files::{File, House};
use super::words::places;

/// What a file must say, followed by a reason, to be let off.
const LEAVE: &str = "// tidy: sleep allowed because ";
const REASON_WORDS_MIN: usize = 3;

const CALLS: [&str; 3] = ["sleep", "sleep_until", "sleep_ms"];

pub fn check(house: &House) -> Vec<Violation> {
    house.rust().filter(|file| !has_leave(file)).flat_map(in_file).collect()
}

fn has_leave(file: &File) -> bool {
    let reasons = file.lines.iter().filter_map(|line| line.comment.trim().strip_prefix(LEAVE));
    reasons.into_iter().any(|reason| reason.split_whitespace().count() >= REASON_WORDS_MIN)
}

fn in_file(file: &File) -> Vec<Violation> {
    let lines = file.lines.iter().filter(|line| line.test && sleeps(&line.code));
    lines
        .map(|line| {
            let what = "sleeps in a test: wait for the event, or move a clock by hand";
            Violation::new(&file.path, line.number, what)
        })
        .collect()
}

/// A call of `sleep`, by whichever path; a method or a definition of that name is something else.
fn sleeps(code: &str) -> bool {
    CALLS.iter().any(|call| {
        places(code, call).any(|at| {
            let before = code[..at].trim_end();
            let called = code[at + call.len()..].starts_with('(');
            called && !before.ends_with('.') && !before.ends_with("fn")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::places as found_at;
    use super::*;

    const CALLS: &str = "std::thread::sleep(x);\ntokio::time::sleep(x).await;\nsleep_until(x);\n";

    #[test]
    fn a_sleep_in_a_test_is_found() {
        let said = found_at(check, &[("crates/a/tests/t.rs", CALLS)]);
        assert_eq!(said, [1, 2, 3].map(|line| format!("crates/a/tests/t.rs:{line}")));
    }

    #[test]
    fn a_sleep_outside_tests_is_not_the_business_of_this_rule() {
        assert_eq!(found_at(check, &[("crates/a/src/t.rs", CALLS)]), Vec::<String>::new());
        let other = "clock.sleep(x);\nfn sleep(x) {}\n// thread::sleep(x)\n";
        assert_eq!(found_at(check, &[("crates/a/tests/t.rs", other)]), Vec::<String>::new());
    }

    #[test]
    fn a_reason_lets_a_file_off_and_no_reason_does_not() {
        let because = |reason: &str| format!("{LEAVE}{reason}\n{CALLS}");
        let good = because("a stopped process must outlive its lease");
        assert_eq!(found_at(check, &[("a/tests/t.rs", &good)]), Vec::<String>::new());
        assert_eq!(found_at(check, &[("a/tests/t.rs", &because(""))]).len(), 3);
    }
}
