//! Rule `map`: every path that ARCHITECTURE.md names exists.
//! A map that shows houses which are gone is worse than none.

use super::Violation;
use super::files::House;

const MAP: &str = "ARCHITECTURE.md";

/// What has a slash and yet is no path.
const MEDIA_TYPES: [&str; 4] = ["application/", "text/", "image/", "multipart/"];

pub fn check(house: &House) -> Vec<Violation> {
    let Some(map) = house.get(MAP) else {
        let built = house.rust().any(|file| file.path.starts_with("crates/"));
        let missing = Violation::new(MAP, 1, "is missing: write the map of the house");
        return if built { vec![missing] } else { Vec::new() };
    };
    let mut found = Vec::new();
    let mut drawing = false;
    for (index, line) in map.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            drawing = !drawing;
        }
        if drawing {
            continue;
        }
        // The odd pieces between backticks are the quoted ones.
        for quoted in line.split('`').skip(1).step_by(2) {
            for path in paths(quoted) {
                if !exists(house, &path) {
                    let what = format!("names `{path}`, which does not exist: mend the map");
                    found.push(Violation::new(MAP, index + 1, what));
                }
            }
        }
    }
    found
}

/// The paths a quoted text stands for; none when it is something else.
fn paths(quoted: &str) -> Vec<String> {
    let file = [".rs", ".md", ".toml"].iter().any(|ending| quoted.ends_with(ending));
    let foreign = quoted.starts_with('/')
        || quoted.starts_with('*')
        || quoted.contains("://")
        || quoted.contains("::")
        || quoted.contains(|letter: char| letter.is_whitespace() || "()$|=\"".contains(letter))
        || MEDIA_TYPES.iter().any(|media| quoted.starts_with(media));
    if foreign || !(file || quoted.contains('/')) {
        return Vec::new();
    }
    spread(quoted).iter().map(|path| before_placeholder(path)).collect()
}

/// `{a,b}.rs` stands for `a.rs` and `b.rs`.
fn spread(path: &str) -> Vec<String> {
    let braces = path.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
    let Some((head, (choices, tail))) = braces else { return vec![path.to_owned()] };
    choices
        .split(',')
        .flat_map(|choice| spread(&format!("{head}{}{tail}", choice.trim())))
        .collect()
}

/// Of `docs/problems/<slug>.md` only `docs/problems/` can be looked for.
fn before_placeholder(path: &str) -> String {
    match path.find(['<', '*', '…']) {
        Some(at) => path[..at].rsplit_once('/').map_or("", |(folder, _)| folder).to_owned() + "/",
        None => path.to_owned(),
    }
}

/// Named from the root, from `crates/`, or by its last parts.
fn exists(house: &House, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let (within, after) = (format!("/{path}/"), format!("/{path}"));
    path.is_empty()
        || house.all().any(|file| {
            let full = format!("/{}", file.path);
            full.ends_with(&after) || full.contains(&within)
        })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, places};
    use super::*;

    fn on_the_map(map: &str) -> Vec<String> {
        places(check, &[(MAP, map), ("crates/store/src/db.rs", ""), ("docs/STYLE.md", "")])
    }

    #[test]
    fn a_path_that_is_gone_is_found() {
        let map = "see `docs/STYLE.md`\nand `docs/GONE.md`";
        let said = found(check, &[(MAP, map), ("docs/STYLE.md", "")]);
        assert_eq!(
            said,
            ["ARCHITECTURE.md:2: names `docs/GONE.md`, which does not exist: mend the map"]
        );
    }

    #[test]
    fn a_path_may_be_shortened_but_not_invented() {
        let good = "`crates/store/src/db.rs` `store/src/db.rs` `db.rs` `store/src/` `docs/<x>.md`";
        assert_eq!(on_the_map(good), Vec::<String>::new());
        assert_eq!(on_the_map("`b.rs`"), ["ARCHITECTURE.md:1"]);
        assert_eq!(on_the_map("`store/src/{db,gone}.rs`"), ["ARCHITECTURE.md:1"]);
        assert_eq!(on_the_map("`rooms/<x>.rs`"), ["ARCHITECTURE.md:1"]);
    }

    #[test]
    fn what_is_no_path_is_left_alone() {
        let other = "`POST /api/orders` `/healthz` `domain::check` `application/json` `a = b/c`";
        assert_eq!(on_the_map(other), Vec::<String>::new());
        assert_eq!(on_the_map("```\nsrc/`gone/away.rs`\n```"), Vec::<String>::new());
    }

    #[test]
    fn a_house_without_a_map_is_told_so() {
        assert_eq!(places(check, &[("crates/a/src/lib.rs", "")]), ["ARCHITECTURE.md:1"]);
    }
}
