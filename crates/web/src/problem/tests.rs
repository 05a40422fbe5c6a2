//! Tests of the table of problems, and of what leaves the house in one.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// Every slug that a source names when it makes an error or a problem.
fn slugs_in(text: &str) -> Vec<String> {
    let calls = ["refused(", "invalid(", "slug: ", "Problem::new("];
    let mut found = Vec::new();
    for call in calls {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start();
            let Some((slug, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
            else {
                continue;
            };
            found.push(slug.to_owned());
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.extend(slugs_in(&text));
        }
    }
}

#[test]
fn every_kind_that_the_house_names_is_in_the_table() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&here.join("../engine/src"), &mut found);
    sources(&here.join("src"), &mut found);
    let is_slug = |text: &String| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    found.retain(is_slug);
    assert!(found.iter().any(|slug| slug == "out-of-stock"), "the sources are not where they were");
    let is_unknown = |slug: &String| known(slug).is_none() && slug != "x";
    let unknown: BTreeSet<String> = found.into_iter().filter(is_unknown).collect();
    assert_eq!(unknown, BTreeSet::new(), "add them to known.rs, each with a page");
}

#[test]
fn every_kind_stands_in_the_table_once_with_its_own_page() {
    let mut slugs = BTreeSet::new();
    for known in ALL {
        assert!(slugs.insert(known.slug), "{} twice", known.slug);
        let title = known.page.lines().next().unwrap();
        assert_eq!(title, format!("# {}", known.title), "{}", known.slug);
        for heading in ["## What happened", "## What you can do", "## What staff see"] {
            assert!(known.page.lines().any(|line| line == heading), "{} {heading}", known.slug);
        }
    }
}

#[test]
fn a_failure_of_ours_says_nothing_of_its_inside() {
    for error in [
        Error::Bug("row 17 of table orders".into()),
        Error::Unavailable("connection to 10.0.0.7 refused".into()),
    ] {
        let problem = Problem::from(error);
        assert!(problem.status().is_server_error());
        let said = serde_json::to_string(&problem.document()).unwrap();
        assert!(!said.contains("row 17") && !said.contains("10.0.0.7"), "{said}");
    }
}

#[test]
fn each_kind_of_error_has_its_state() {
    let too_many = Error::TooMany { text: "slow down".into(), retry_after_s: 7 };
    for (error, status) in [
        (Error::missing("order", "x"), 404),
        (Error::refused("out-of-stock", "x"), 409),
        (Error::invalid("memory-not-offered", "x"), 422),
        (Error::invalid("wrong-sign-in", "x"), 401),
        (Error::Malformed("x".into()), 400),
        (Error::Unauthenticated, 401),
        (Error::Forbidden("x".into()), 403),
        (Error::NeedsVersion("x".into()), 428),
        (too_many.clone(), 429),
        (Error::Outside("x".into()), 502),
        (Error::Unavailable("x".into()), 503),
        (Error::Bug("x".into()), 500),
    ] {
        assert_eq!(Problem::from(error.clone()).status(), status, "{error:?}");
    }
    let response = Problem::from(too_many).into_response();
    assert_eq!(response.headers()[header::RETRY_AFTER], "7");
}

#[test]
fn a_problem_reads_like_this() {
    let problem = Problem::from(Error::refused("payment-unavailable", "try again")).about("ord_1");
    let said = serde_json::to_string_pretty(&problem.document()).unwrap();
    insta::assert_snapshot!(said, @r#"
    {
      "type": "/problems/payment-unavailable",
      "title": "No way to pay answers",
      "status": 409,
      "detail": "try again",
      "success": false,
      "error": "try again",
      "orderId": "ord_1"
    }
    "#);
}

#[test]
fn a_long_text_from_outside_is_cut() {
    let problem = Problem::malformed("ä".repeat(100_000));
    assert_eq!(problem.detail().chars().count(), DETAIL_MAX + 1);
}
