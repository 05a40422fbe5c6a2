//! Rule `own-words`: the project speaks of itself alone.
//! A comment says why in words that still mean something when every tracker and tool is gone.

use super::Violation;
use super::files::{File, House};
use super::places::RULES;
use super::words::has;

/// Kinds of files that are read whole; of Rust only the comments are.
const WHOLE: [&str; 10] =
    [".md", ".toml", ".sh", ".html", ".css", ".js", ".sql", ".yml", ".yaml", ".ci/run"];

const SIGNATURES: [&str; 2] = ["co-authored-by", "generated with"];

const ASSISTANTS: [&str; 6] = ["chatgpt", "claude", "copilot", "openai", "anthropic", "gemini"];

pub fn check(house: &House) -> Vec<Violation> {
    house.all().filter(|file| !file.path.starts_with(RULES)).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Violation> {
    let comments = file.lines.iter().map(|line| line.comment.as_str());
    let whole = WHOLE.iter().any(|ending| file.path.ends_with(ending));
    let lines = comments.chain(file.text.lines().filter(|_| whole));
    let judged = lines.enumerate().filter_map(|(index, line)| Some((index, foreign(line)?)));
    judged.map(|(index, what)| Violation::new(&file.path, index + 1, what)).collect()
}

fn foreign(line: &str) -> Option<String> {
    let line = line.to_lowercase();
    if names_issue(&line) {
        return Some("points to a tracker: say the reason itself".to_owned());
    }
    let signed = SIGNATURES.iter().any(|signature| line.contains(signature));
    let assistant = ASSISTANTS.iter().any(|name| has(&line, name));
    (signed || assistant).then(|| "speaks of who wrote it: git knows that".to_owned())
}

/// `issue 4`, `issue #4`; not `issue 4xx answers`.
fn names_issue(line: &str) -> bool {
    line.match_indices("issue ").any(|(at, word)| {
        let rest = &line[at + word.len()..];
        let number = rest.strip_prefix('#').unwrap_or(rest);
        let digits = number.len() - number.trim_start_matches(|l: char| l.is_ascii_digit()).len();
        digits > 0 && !number[digits..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_tracker_or_a_tool_in_a_comment_is_found() {
        let text =
            "// see issue #12\n/// Issue 4 says so.\n// Co-authored-by: x\n// as ChatGPT says\n";
        let said = places(check, &[("a.rs", text)]);
        assert_eq!(said, [1, 2, 3, 4].map(|line| format!("a.rs:{line}")));
    }

    #[test]
    fn texts_of_the_shop_may_say_what_they_like() {
        let text = "let a = \"issue 12\";\n// we issue 4xx answers, and issue refunds\n";
        assert_eq!(places(check, &[("a.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn documents_are_read_as_a_whole() {
        assert_eq!(places(check, &[("docs/a.md", "As issue 7 asks.")]), ["docs/a.md:1"]);
        assert_eq!(places(check, &[("a.json", "\"issue 7\"")]), Vec::<String>::new());
    }
}
