//! Rule `names`: nothing is called utils, helpers, common, manager or service.
//! Such a name says that nobody knew what the thing is; everything then ends up in it.

use super::Violation;
use super::files::{File, House};
use super::words::name_after;

const EMPTY: [&str; 10] = [
    "util", "utils", "helper", "helpers", "common", "commons", "manager", "managers", "service",
    "services",
];

const TYPES: [&str; 5] = ["struct ", "enum ", "trait ", "type ", "union "];

pub fn check(house: &House) -> Vec<Violation> {
    house.all().flat_map(|file| in_path(file).into_iter().chain(in_text(file))).collect()
}

fn in_path(file: &File) -> Option<Violation> {
    let empty = file.path.split('/').find(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        EMPTY.contains(&stem.to_lowercase().as_str())
    })?;
    let what = format!("{empty:?} says nothing: name the file after what it knows");
    Some(Violation::new(&file.path, 1, what))
}

fn in_text(file: &File) -> Vec<Violation> {
    let mut found = Vec::new();
    for line in &file.lines {
        let module = name_after(&line.code, &["mod "]).filter(|name| EMPTY.contains(name));
        let kind = name_after(&line.code, &TYPES)
            .filter(|name| EMPTY.contains(&last_word(name).to_lowercase().as_str()));
        if let Some(name) = module.or(kind) {
            let what = format!("{name} says nothing: name it after what it knows or does");
            found.push(Violation::new(&file.path, line.number, what));
        }
    }
    found
}

/// `Manager` of `OrderManager`.
fn last_word(name: &str) -> &str {
    name.rfind(char::is_uppercase).map_or(name, |at| &name[at..])
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn empty_names_are_found_in_paths() {
        let files = [("a/src/utils.rs", ""), ("a/tests/common/mod.rs", ""), ("a/src/used.rs", "")];
        assert_eq!(places(check, &files), ["a/src/utils.rs:1", "a/tests/common/mod.rs:1"]);
    }

    #[test]
    fn empty_names_are_found_in_code() {
        let text = "mod helpers;\npub struct OrderManager;\npub trait Service {}\n";
        assert_eq!(places(check, &[("a.rs", text)]), ["a.rs:1", "a.rs:2", "a.rs:3"]);
    }

    #[test]
    fn a_name_that_says_something_may_contain_them() {
        let text = "struct ServiceFee;\n// mod utils\nlet helper = 1;\nuse tower::Service;\n";
        assert_eq!(places(check, &[("a.rs", text)]), Vec::<String>::new());
    }
}
