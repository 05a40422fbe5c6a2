//! Rule `problems`: every problem the shop answers with has a page, and every page a problem.
//! A slug is a text of small letters and hyphens in `problem.rs`. Header names look the same,
//! so they are written as constants there.

use std::collections::BTreeMap;

use super::Violation;
use super::files::{File, House};

const ROOM: &str = "crates/web/src/";
const SOURCE: &str = "crates/web/src/problem.rs";
/// Where the source goes when one file has become too small for it.
const SOURCES: &str = "crates/web/src/problem/";
const PAGES: &str = "docs/problems/";
const HEADINGS: [&str; 3] = ["What happened", "What you can do", "What staff see"];

/// Introductions after which even a single word is a slug.
const INTRODUCTIONS: [&str; 4] = ["slug: ", "slug = ", "slug(", "Problem::new("];

pub fn check(house: &House) -> Vec<Violation> {
    let sources: Vec<&File> =
        house.rust().filter(|file| file.path == SOURCE || file.path.starts_with(SOURCES)).collect();
    if sources.is_empty() {
        return unwritten(house).into_iter().collect();
    }
    let mut used = BTreeMap::new();
    for file in sources {
        for line in file.lines.iter().filter(|line| !line.test) {
            for slug in slugs(&line.uncommented) {
                used.entry(slug).or_insert((&file.path, line.number));
            }
        }
    }
    let mut found = Vec::new();
    for (slug, (path, line)) in &used {
        let page = format!("{PAGES}{slug}.md");
        if house.get(&page).is_none() {
            let what = format!("answers with {slug:?}, which has no page: write {page}");
            found.push(Violation::new(path, *line, what));
        }
    }
    for file in house.below(PAGES).filter(|file| file.path.ends_with(".md")) {
        found.extend(missing_headings(file));
        let slug = file.name().trim_end_matches(".md");
        if slug != "README" && !used.contains_key(slug) {
            let what = format!("no problem has the slug {slug:?}: remove the page, or use it");
            found.push(Violation::new(&file.path, 1, what));
        }
    }
    found
}

/// A web room with more than its door has answers, and so it has problems.
fn unwritten(house: &House) -> Option<Violation> {
    let rooms = house.rust().filter(|file| file.path.starts_with(ROOM)).count();
    let what = "is missing: every error becomes a page or a problem in one place";
    (rooms > 1).then(|| Violation::new(SOURCE, 1, what))
}

fn missing_headings(file: &File) -> Option<Violation> {
    let is_there = |heading: &&&str| {
        let mut lines = file.text.lines().filter(|line| line.starts_with('#'));
        lines.any(|line| line.trim_start_matches('#').trim() == **heading)
    };
    let missing: Vec<_> = HEADINGS.iter().filter(|heading| !is_there(heading)).copied().collect();
    let what = format!("lacks the heading {:?}: a person reads this page", missing.join("\", \""));
    let readme = file.name() == "README.md";
    (!readme && !missing.is_empty()).then(|| Violation::new(&file.path, 1, what))
}

/// The slugs among the texts of a line.
fn slugs(line: &str) -> Vec<String> {
    let pieces: Vec<&str> = line.split('"').collect();
    let mut found = Vec::new();
    for index in (1..pieces.len()).step_by(2) {
        let (before, text) = (pieces[index - 1], pieces[index]);
        let named = INTRODUCTIONS.iter().any(|introduction| before.ends_with(introduction));
        if is_kebab(text) && (named || text.contains('-')) {
            found.push(text.to_owned());
        }
    }
    found
}

fn is_kebab(text: &str) -> bool {
    let small = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.split('-').all(|part| !part.is_empty() && part.chars().all(small))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, places};
    use super::*;

    const PAGE: &str = "# X\n\n## What happened\n\n## What you can do\n\n## What staff see\n";

    #[test]
    fn a_problem_without_a_page_is_found() {
        let said = found(check, &[(SOURCE, "//! x\nE::Gone => (410, \"order-gone\"),\n")]);
        let what =
            "answers with \"order-gone\", which has no page: write docs/problems/order-gone.md";
        assert_eq!(said, [format!("{SOURCE}:2: {what}")]);
    }

    #[test]
    fn a_page_without_a_problem_is_found() {
        let files = [(SOURCE, ""), ("docs/problems/order-gone.md", PAGE)];
        assert_eq!(places(check, &files), ["docs/problems/order-gone.md:1"]);
    }

    #[test]
    fn a_page_needs_its_three_headings() {
        let source = "slug: \"gone\"";
        let good = [(SOURCE, source), ("docs/problems/gone.md", PAGE)];
        assert_eq!(places(check, &good), Vec::<String>::new());
        let short = [(SOURCE, source), ("docs/problems/gone.md", "## What happened")];
        let said = found(check, &short);
        assert!(said[0].contains("What you can do") && !said[0].contains("What happened"));
    }

    #[test]
    fn other_texts_are_no_slugs() {
        let line = "f(\"application/problem+json\", \"Not found\", \"gone\", \"a-\", \"X-Berth\")";
        assert_eq!(slugs(line), Vec::<String>::new());
        assert_eq!(slugs("Problem::new(\"gone\", \"sold-out\")"), ["gone", "sold-out"]);
    }

    #[test]
    fn a_web_room_with_answers_needs_its_problems() {
        let door = ("crates/web/src/lib.rs", "");
        assert_eq!(places(check, &[door]), Vec::<String>::new());
        let files = [door, ("crates/web/src/paths.rs", "")];
        assert_eq!(places(check, &files), [format!("{SOURCE}:1")]);
    }
}
