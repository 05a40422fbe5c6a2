//! Rule `floats`: no `f32` and no `f64` in the domain and the store.
//! Money and addresses are whole numbers; a rounded amount is a wrong amount.

use super::Violation;
use super::files::House;
use super::words::is_name;

pub fn check(house: &House) -> Vec<Violation> {
    let rooms = ["crates/domain/src/", "crates/store/src/"];
    let mut found = Vec::new();
    for file in rooms.iter().flat_map(|room| house.below(room)) {
        for line in file.lines.iter().filter(|line| has_float(&line.code)) {
            let what = "uses a float: count whole minor units, bytes, or microseconds";
            found.push(Violation::new(&file.path, line.number, what));
        }
    }
    found
}

/// Also at the end of a number (`1.0f64`) or of a call (`as_f64`).
fn has_float(code: &str) -> bool {
    ["f32", "f64"].iter().any(|float| {
        code.match_indices(float).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + float.len()..].chars().next();
            !before.is_some_and(char::is_alphabetic) && !after.is_some_and(is_name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_float_is_found_in_every_disguise() {
        let text = "x: f64\n1.0f32\nvalue.as_f64()\nlet buf64 = f640;\n// f64\n\"f64\"\n";
        let said = places(check, &[("crates/domain/src/a.rs", text)]);
        assert_eq!(said, [1, 2, 3].map(|line| format!("crates/domain/src/a.rs:{line}")));
    }

    #[test]
    fn other_rooms_may_measure_in_floats() {
        assert_eq!(places(check, &[("crates/web/src/a.rs", "x: f64")]), Vec::<String>::new());
    }
}
