//! Every page as its samples show it: whole, safe under the strict policy, small, and usable by
//! keyboard and by ear.

use std::collections::BTreeSet;

use super::every_sample;

/// What a slow phone loads without pain, before pictures.
const PAGE_MAX: usize = 100 * 1024;

fn pages() -> Vec<(String, String)> {
    let pages = every_sample().into_iter();
    pages.map(|(name, html)| (name, html.expect("a sample that can be shown"))).collect()
}

/// The tags of a page, each as it is written.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn is_hindi(name: &str) -> bool {
    name.ends_with("-hindi") || name.ends_with("-in-hi")
}

#[test]
fn every_page_shows_every_one_of_its_samples() {
    let names: BTreeSet<String> = pages().into_iter().map(|(name, _)| name).collect();
    assert!(names.len() > 40, "{names:?}");
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    for (name, html) in pages() {
        for tag in tags(&html) {
            let is_ours = value(tag, "src").is_some_and(|src| src.starts_with("/static/"));
            assert!(!tag.starts_with("script") || is_ours, "{name}: <{tag}>");
            assert!(!tag.starts_with("style"), "{name}: <{tag}>");
            assert!(value(tag, "style").is_none(), "{name}: <{tag}>");
            let handler = tag.split_whitespace().skip(1).find(|word| word.starts_with("on"));
            assert!(handler.is_none_or(|word| !word.contains('=')), "{name}: <{tag}>");
        }
        assert!(!html.contains("javascript:"), "{name}");
    }
}

#[test]
fn no_page_asks_anything_of_a_foreign_host() {
    for (name, html) in pages() {
        for tag in tags(&html).filter(|tag| !tag.starts_with("a ")) {
            for attribute in ["src", "href", "action"] {
                // The one form that is meant to leave, to the gateway that its own policy names.
                if name.starts_with("go-form") && attribute == "action" && tag.starts_with("form") {
                    continue;
                }
                // It names the page and asks nothing.
                if value(tag, "rel") == Some("canonical") {
                    continue;
                }
                let foreign = value(tag, attribute).filter(|url| !url.starts_with(['/', '#']));
                assert_eq!(foreign, None, "{name}: <{tag}>");
            }
        }
    }
}

#[test]
fn every_page_is_small() {
    for (name, html) in pages() {
        assert!(html.len() < PAGE_MAX, "{name} has {} bytes", html.len());
    }
    let own = include_bytes!("../../static/berth.css").len();
    let own = own + include_bytes!("../../static/berth.js").len();
    assert!(own < PAGE_MAX / 2, "style and script have {own} bytes");
}

#[test]
fn every_id_is_there_once_and_every_reference_leads_somewhere() {
    for (name, html) in pages() {
        let mut ids = BTreeSet::new();
        for tag in tags(&html) {
            if let Some(id) = value(tag, "id") {
                assert!(ids.insert(id), "{name}: the id {id} is there twice");
            }
        }
        for tag in tags(&html) {
            for attribute in ["for", "aria-labelledby", "aria-describedby", "data-copy"] {
                let missing = value(tag, attribute).filter(|id| !ids.contains(id));
                assert_eq!(missing, None, "{name}: <{tag}>");
            }
        }
    }
}

#[test]
fn every_page_has_its_landmarks_and_one_first_heading() {
    for (name, html) in pages() {
        let language = if is_hindi(&name) { "<html lang=\"hi\"" } else { "<html lang=\"en\"" };
        for landmark in ["<header", "<main id=\"main\"", "<footer", "href=\"#main\"", language] {
            assert!(html.contains(landmark), "{name} lacks {landmark}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
    }
}

/// Whatever a page says in another language, it says whole: no word of the first is left between.
#[test]
fn a_page_in_hindi_has_no_english_left_in_it() {
    let mut left = BTreeSet::new();
    for (name, html) in pages().into_iter().filter(|(name, _)| is_hindi(name)) {
        let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next());
        for (tag, text) in main.unwrap().split('<').filter_map(|piece| piece.split_once('>')) {
            // What is read out, shown in a field, or put in place of a text by a script.
            let said = ["aria-label", "placeholder", "title", "data-busy", "data-copied"];
            let said = said.into_iter().filter_map(|attribute| value(tag, attribute));
            // Commands are typed as they stand; the law's states are named as invoices name them.
            let is_plain = !tag.starts_with("code") && !tag.starts_with("option value=\"IN-");
            for text in said.chain(is_plain.then_some(text)) {
                left.extend(english_in(text).map(|word| format!("{name}: {word} in {text:?}")));
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

/// The words of a text that are neither the same everywhere nor somebody's own.
fn english_in(text: &str) -> impl Iterator<Item = &str> {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || "@./:_-".contains(letter);
    let words = text.split(move |letter: char| !is_inside(letter));
    // Addresses, numbers and short names of units are the same in every language.
    let words = words.filter(|word| !word.contains(|c: char| "@/:_".contains(c) || c.is_numeric()));
    let words = words.map(|word| word.trim_matches(['.', '-']));
    words.filter(|word| {
        let is_a_word = word.len() > 3 && word.contains(|letter: char| letter.is_lowercase());
        is_a_word && !NAMES.contains(word) && !SAMPLED.contains(word)
    })
}

/// What is called the same in every language.
const NAMES: [&str; 18] = [
    "Berth",
    "Ubuntu",
    "Windows",
    "Server",
    "English",
    "Debian",
    "AlmaLinux",
    "CentOS",
    "Rocky",
    "Stripe",
    "Razorpay",
    "Remote",
    "Desktop",
    "Firefox",
    "Safari",
    "Linux",
    "iPhone",
    "Administrator",
];
/// What the samples' shop, its customers and its staff have written themselves.
const SAMPLED: [&str; 8] =
    ["Diamond", "Mumbai", "DIWALI", "Code", "Asha", "Menon", "hours", "January"];

#[test]
fn every_field_has_a_name_that_is_read_out() {
    for (name, html) in pages() {
        let labels: BTreeSet<&str> = tags(&html)
            .filter(|tag| tag.starts_with("label"))
            .filter_map(|tag| value(tag, "for"))
            .collect();
        for tag in tags(&html).filter(|tag| tag.starts_with("input") || tag.starts_with("select")) {
            // A choice stands inside its label; what is hidden is for nobody's eyes.
            if matches!(value(tag, "type"), Some("hidden" | "radio" | "checkbox")) {
                continue;
            }
            assert!(value(tag, "id").is_some_and(|id| labels.contains(id)), "{name}: <{tag}>");
        }
    }
}

#[test]
fn a_wrong_address_is_on_no_page_of_a_customer() {
    let customers = pages()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("admin") && !name.starts_with("demo"));
    for (name, html) in customers {
        assert!(!html.contains("103.182.44"), "{name}");
    }
}
