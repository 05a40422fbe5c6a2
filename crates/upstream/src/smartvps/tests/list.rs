//! Reading the list of packages.

use domain::package::{Listed, Pid};

use super::super::map;
use super::super::mask::Mask;
use super::fixture;
use crate::Fault;

fn read(body: &[u8]) -> Result<Vec<Listed>, Fault> {
    map::packages(body, &Mask::new([]))
}

fn row(pid: &str, name: &str, stock: i64, status: &str) -> Listed {
    let active = status.eq_ignore_ascii_case("active");
    let (pid, name, status) = (Pid::new(pid).unwrap(), name.to_owned(), status.to_owned());
    Listed { pid, name, stock, status, active }
}

fn assert_unreadable(body: &[u8], with: &str) {
    match read(body) {
        Err(Fault::Unreadable { reason, .. }) => assert!(reason.contains(with), "{reason}"),
        other => panic!("{}: {other:?}", String::from_utf8_lossy(body)),
    }
}

#[test]
fn one_package_is_read_in_every_encoding() {
    for body in [
        fixture!("ipstock_one_package.json"),
        fixture!("ipstock_in_a_string.json"),
        fixture!("ipstock_in_a_string_twice.json"),
        fixture!("ipstock_in_extra_quotes.txt"),
    ] {
        assert_eq!(read(body).unwrap(), [row("5", "103.82.72", 71, "active")]);
    }
}

#[test]
fn rows_stay_as_they_came() {
    let rows = read(fixture!("ipstock_numbers_as_text_and_repeated_rows.json")).unwrap();
    assert_eq!(
        rows,
        [
            row("5", "103.82.72", 71, "active"),
            row("6", "103.181.91", 12, "active"),
            row("7", "103.181.9", 3, "active"),
            row("8", "103.184", 0, "active"),
            row("9", "103.109.18x", 8, "suspended"),
            row("10", "103.195.160.2", 50, "active"),
            row("10", "103.195.160.3", 30, "active"),
            row("11", "103.82.72", 4, "active"),
            row("12", "103.83.x", 9, "Active"),
            row("5", "103.82.72", 71, "active"),
        ]
    );
}

#[test]
fn a_list_without_packages_is_a_list() {
    assert_eq!(read(fixture!("ipstock_no_packages.json")).unwrap(), []);
    let with_message = br#"{"message":"ok","error":"","packages":[]}"#;
    assert_eq!(read(with_message).unwrap(), []);
}

#[test]
fn what_is_no_list_is_unreadable() {
    assert_unreadable(b"", "an empty answer");
    assert_unreadable(b"\"\"", "an empty answer");
    for body in [
        b"[]".as_slice(),
        b"{}",
        b"null",
        b"Unauthorized",
        fixture!("any_html_page.html"),
        br#"[{"id":5,"name":"103.82.72","ipv4":71,"status":"active"}]"#,
        br#"{"packages":null}"#,
        br#"{"packages":{}}"#,
        br#"{"packages":"none"}"#,
        br#"{"packages":[{"id":5,"name":"103.82.72","ipv4":71,"status":"act"#,
        br#"{"packages":[]} and more"#,
        br#"{"packages":[],"packages":[]}"#,
        b"\xff\xfe{}",
    ] {
        assert_unreadable(body, "");
    }
}

#[test]
fn the_providers_own_no_is_told_apart() {
    for body in [
        fixture!("ipstock_error_object.json"),
        b"error|service is being maintained",
        b"\"FAILED|service is being maintained\"",
        br#"{"message":"service is being maintained"}"#,
        br#"{"error":"service is being maintained","packages":[]}"#,
    ] {
        match read(body) {
            Err(Fault::Refused { text, .. }) => assert_eq!(text, "service is being maintained"),
            other => panic!("{}: {other:?}", String::from_utf8_lossy(body)),
        }
    }
}

#[test]
fn one_unreadable_row_makes_the_list_unreadable_and_is_named() {
    let second = fixture!("ipstock_second_row_negative.json");
    assert_unreadable(second, "row 2 (id 6): \"103.181.91\": -4 is no number");
    let good = r#"{"id":5,"name":"103.82.72","ipv4":71,"status":"active"}"#;
    for row in [
        r#"null"#,
        r#""103.82.72""#,
        r#"["5","103.82.72",71,"active"]"#,
        r#"{}"#,
        r#"{"name":"103.82.72","ipv4":71,"status":"active"}"#,
        r#"{"id":"","name":"103.82.72","ipv4":71,"status":"active"}"#,
        r#"{"id":5.5,"name":"103.82.72","ipv4":71,"status":"active"}"#,
        r#"{"id":5,"name":"","ipv4":71,"status":"active"}"#,
        r#"{"id":5,"name":103.82,"ipv4":71,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72\u0000","ipv4":71,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":null,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":"many","status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":"+7","status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":7.5,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":16777217,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":99999999999999999999,"status":"active"}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":71}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":71,"status":true}"#,
        r#"{"id":5,"name":"103.82.72","ipv4":71,"ipv4":72,"status":"active"}"#,
    ] {
        let body = format!(r#"{{"packages":[{good},{row},{good}]}}"#);
        assert_unreadable(body.as_bytes(), "row 2");
    }
}

#[test]
fn any_short_text_is_a_name() {
    for name in [
        "🌊 103.184 (Diamond Pro AMD 3.1GHz)",
        "103.47. 59.XX",
        " spaced ",
        "\"quoted\" \\ <b>",
        &"n".repeat(200),
    ] {
        let packages = serde_json::json!({"packages": [
            {"id": "x-1", "name": name, "ipv4": " 71 ", "status": "ACTIVE", "more": [1, {}]}
        ]});
        let rows = read(packages.to_string().as_bytes()).unwrap();
        assert_eq!(rows, [row("x-1", name, 71, "ACTIVE")]);
    }
    let long = serde_json::json!({"packages": [
        {"id": 1, "name": "n".repeat(201), "ipv4": 1, "status": "active"}
    ]});
    assert_unreadable(long.to_string().as_bytes(), "row 1 (id 1): the name");
}

#[test]
fn a_hundred_thousand_packages_are_read() {
    let rows: Vec<String> = (0..100_000)
        .map(|n| {
            format!(
                r#"{{"id":{n},"name":"103.{}.{}","ipv4":{n},"status":"active"}}"#,
                n / 256,
                n % 256
            )
        })
        .collect();
    let text = format!(r#"{{"packages":[{}]}}"#, rows.join(","));
    let body = serde_json::to_vec(&text).unwrap();
    let rows = read(&body).unwrap();
    assert_eq!(rows.len(), 100_000);
    assert_eq!(rows[99_999].stock, 99_999);
}
