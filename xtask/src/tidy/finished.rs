//! Rule `finished`: nothing is left half done: no ignored test, no `todo!`, no `dbg!`, no promise.
//! What is not built yet is not in the tree; what is known to be ugly stands in ARCHITECTURE.md.

use super::Violation;
use super::files::House;
use super::words::has;

const CODE: [(&str, &str); 4] = [
    ("#[ignore", "mend the test, or remove it with its reason in the commit"),
    ("todo!", "build it, or leave the arm out"),
    ("unimplemented!", "build it, or leave the arm out"),
    ("dbg!", "remove it, or make it a log line that reads alone"),
];

const COMMENTS: [&str; 2] = ["TODO", "FIXME"];

pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in house.rust() {
        for line in &file.lines {
            for (sign, what) in CODE.iter().filter(|(sign, _)| line.code.contains(sign)) {
                let what = format!("`{sign}` is not for keeping: {what}");
                found.push(Violation::new(&file.path, line.number, what));
            }
            for word in COMMENTS.iter().filter(|word| has(&line.comment, word)) {
                let what =
                    format!("{word} is a promise nobody keeps: do it, or say what holds now");
                found.push(Violation::new(&file.path, line.number, what));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn everything_half_done_is_found() {
        let text =
            "#[ignore]\n#[ignore = \"slow\"]\ntodo!()\nunimplemented!()\ndbg!(x)\n// TODO: x\n";
        let said = places(check, &[("a.rs", text)]);
        assert_eq!(said, [1, 2, 3, 4, 5, 6].map(|line| format!("a.rs:{line}")));
    }

    #[test]
    fn words_about_it_are_not_it() {
        let text = "let a = \"todo!\";\n// the todo! macro\nfn todo() {}\n";
        assert_eq!(places(check, &[("a.rs", text)]), Vec::<String>::new());
    }
}
