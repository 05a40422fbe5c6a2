//! `cargo xtask tidy`: the rules of the house, executed. One rule, one file, with tests that show
//! it can fail. Not for what rustfmt and clippy already say. Why each rule exists: docs/STYLE.md.

mod files;
mod rust;
mod words;

mod finished;
mod floats;
mod head;
mod map;
mod models;
mod names;
mod own_words;
mod places;
mod problems;
mod seam;
mod sentences;
mod size;
mod sleep;
mod story;
mod walls;

use anyhow::{Result, bail};

use files::House;

/// Something that is against a rule, where it stands, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    path: String,
    line: usize,
    what: String,
}

impl Violation {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Violation {
        Violation { path: path.to_owned(), line, what: what.into() }
    }
}

struct Rule {
    name: &'static str,
    check: fn(&House) -> Vec<Violation>,
}

const RULES: [Rule; 15] = [
    Rule { name: "map", check: map::check },
    Rule { name: "walls", check: walls::check },
    Rule { name: "seam", check: seam::check },
    Rule { name: "floats", check: floats::check },
    Rule { name: "names", check: names::check },
    Rule { name: "models", check: models::check },
    Rule { name: "size", check: size::check },
    Rule { name: "head", check: head::check },
    Rule { name: "sentences", check: sentences::check },
    Rule { name: "finished", check: finished::check },
    Rule { name: "sleep", check: sleep::check },
    Rule { name: "problems", check: problems::check },
    Rule { name: "story", check: story::check },
    Rule { name: "places", check: places::check },
    Rule { name: "own-words", check: own_words::check },
];

pub fn run(options: &[String]) -> Result<()> {
    if !options.is_empty() {
        bail!("usage: cargo xtask tidy");
    }
    let house = House::read(&crate::house::root())?;
    let mut found = Vec::new();
    for rule in &RULES {
        found.extend((rule.check)(&house).into_iter().map(|violation| (violation, rule.name)));
    }
    found.sort();
    for (violation, rule) in &found {
        println!("{}:{}: {rule}: {}", violation.path, violation.line, violation.what);
    }
    match found.len() {
        0 => {
            println!("{} rules hold over {} files", RULES.len(), house.count());
            Ok(())
        }
        count => bail!("{count} places are against the rules of the house"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rule finds in a house made of these files: `path:line`, and the words.
    pub fn found(check: fn(&House) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
        let mut violations = check(&House::of(files));
        violations.sort();
        violations.iter().map(|v| format!("{}:{}: {}", v.path, v.line, v.what)).collect()
    }

    /// Only the places, for rules whose words are always the same.
    pub fn places(check: fn(&House) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
        let mut violations = check(&House::of(files));
        violations.sort();
        violations.iter().map(|v| format!("{}:{}", v.path, v.line)).collect()
    }

    #[test]
    fn every_rule_is_explained_in_the_style_guide() {
        let guide = include_str!("../../../docs/STYLE.md");
        for rule in &RULES {
            assert!(guide.contains(&format!("`{}`", rule.name)), "{} is missing", rule.name);
        }
    }
}
