//! What is promised of every file of messages. Not for what a message says: people read that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engine::brand::Legal;

use super::*;
use crate::problem;
use crate::view::Said;

/// The messages of a file, each with the names of what is filled in.
fn messages(code: &str, text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let read = FluentResource::try_new(text.to_owned());
    if let Err((_, errors)) = &read {
        panic!("{code}.ftl: {errors:?}");
    }
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            name.clone_into(&mut key);
            assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{code}: {key} twice");
        }
        let filled = line.split('$').skip(1);
        let name = |rest: &str| rest.chars().take_while(char::is_ascii_lowercase).collect();
        found.entry(key.clone()).or_default().extend(filled.map(name));
    }
    found.remove("");
    found
}

/// Every file below `folder` that pages are made of.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

/// The keys that templates and code name, and those that are put together from a list.
fn used() -> BTreeSet<String> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&room.join("templates"), &mut files);
    sources(&room.join("src"), &mut files);
    let mut keys: BTreeSet<String> =
        Said::ALL.iter().map(|said| format!("said-{}", said.word())).collect();
    keys.extend(Legal::ALL.map(|page| crate::brand::title_of(page).to_owned()));
    // This file names calls, and no keys.
    for file in files.iter().filter(|file| !file.ends_with("language/tests.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        for call in ["say(", "say_with(", "say_all(", "spoken(shop,", "spoken(&shop,"] {
            let named = text.split(call).skip(1);
            let named = named.filter_map(|rest| rest.trim_start().strip_prefix('"'));
            keys.extend(named.filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned));
        }
    }
    keys
}

#[test]
fn every_message_is_there_in_every_language_and_is_used() {
    let (_, first) = FILES.iter().find(|(code, _)| *code == FIRST).unwrap();
    let first = messages(FIRST, first);
    let used = used();
    let known: BTreeSet<String> = first.keys().cloned().collect();
    let unknown: Vec<&String> = used.difference(&known).collect();
    assert!(unknown.is_empty(), "no message: {unknown:?}");
    // Refusals are found by what the engine calls them.
    let is_refusal =
        |key: &&String| key.strip_prefix("refused-").and_then(problem::known).is_some();
    let idle: Vec<&String> = known.difference(&used).filter(|key| !is_refusal(key)).collect();
    assert!(idle.is_empty(), "used nowhere: {idle:?}");
    assert!(FILES.len() > 1);
    for (code, text) in FILES {
        let here = messages(code, text);
        for (key, filled) in &first {
            assert_eq!(here.get(key), Some(filled), "{code}.ftl: {key}");
        }
        assert_eq!(here.len(), first.len(), "{code}.ftl says what {FIRST}.ftl does not");
    }
}

#[test]
fn plurals_are_those_of_the_language() {
    let said =
        |code: &str, count: i64| Language::of(code).unwrap().say_with("stock-few", "count", count);
    assert_eq!((said("en", 1).as_str(), said("en", 3).as_str()), ("The last one", "3 left"));
    assert_ne!(said("hi", 1), said("hi", 3));
    assert!(said("hi", 3).contains('3'), "{}", said("hi", 3));
}

#[test]
fn a_browser_gets_the_language_it_likes_best_of_those_we_speak() {
    let liked = |value: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
        Language::liked(&headers).map(Language::code)
    };
    assert_eq!(liked("hi-IN,hi;q=0.9,en;q=0.8"), Some("hi"));
    assert_eq!(liked("de-DE, hi;q=0.5, en-GB;q=0.75"), Some("en"));
    assert_eq!(liked("en,hi"), Some("en"));
    assert_eq!(liked("hi;q=0, en;q=0.1"), Some("en"));
    assert_eq!(liked("de, fr;q=0.5"), None);
    assert_eq!(liked("hi;q=x, ;;,"), None);
}

#[test]
fn what_no_file_says_is_noticed_and_harms_nothing() {
    assert_eq!(Language::of("hi").unwrap().filled("no-such-message", None), "no-such-message");
    assert!(Language::of("tlh").is_none() && Language::of("").is_none());
}
