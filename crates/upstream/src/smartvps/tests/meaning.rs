//! What answers to purchases and operations mean.

use std::net::Ipv4Addr;

use super::{PASSWORD, account, fixture, ok};
use crate::{Answer, Meaning, OperationMeaning, Upstream};

fn bought(body: &[u8]) -> Meaning {
    account().purchase_meaning(&ok(body))
}

fn assert_sold(body: &[u8], address: [u8; 4]) {
    let text = String::from_utf8_lossy(body);
    assert_eq!(bought(body), Meaning::Sold(Ipv4Addr::from(address)), "{text}");
}

fn assert_unheard(body: &[u8], with: &str) {
    let meaning = bought(body);
    let Meaning::Unheard { reason } = &meaning else { panic!("{meaning:?}") };
    assert!(reason.contains(with), "{reason}");
    assert!(reason.chars().count() < 300, "{reason}");
}

#[test]
fn success_that_names_one_address_is_sold_in_every_encoding() {
    for body in [
        fixture!("buy_success.txt"),
        fixture!("buy_success_in_a_string.json"),
        fixture!("buy_success_in_extra_quotes.txt"),
        fixture!("buy_success_trailing_dot.txt"),
    ] {
        assert_sold(body, [103, 195, 26, 51]);
    }
}

#[test]
fn an_address_from_another_package_is_sold_here_and_judged_elsewhere() {
    assert_sold(fixture!("buy_success_from_another_package.txt"), [103, 182, 44, 18]);
}

#[test]
fn an_address_is_found_among_other_words() {
    for text in [
        "SUCCESS |ip=103.195.26.51",
        "success|<b>103.195.26.51</b>",
        "success|103.195.26.51",
        "success|ip is:103.195.26.51, ready",
        "success|103.195.26.51 again 103.195.26.51.",
        "success|NEW-103.195.26.51 (AMD 3.1GHz, 1.2.3.4.5, 999.1.1.1, 103.195.26)",
        "success|a|b|103.195.26.51",
        "success|address 103.195.26.51: ready, also as 103.195.26.51:3389",
        "\u{feff} success|「103.195.26.51」\r\n",
    ] {
        assert_sold(text.as_bytes(), [103, 195, 26, 51]);
    }
}

#[test]
fn success_without_exactly_one_trusted_address_is_unheard() {
    assert_unheard(fixture!("buy_success_no_address.txt"), "without a valid address");
    assert_unheard(fixture!("buy_success_two_addresses.txt"), "several addresses");
    for text in [
        "success|103.195.160.2: your ip is 103.195.160.20",
        "success|103.1.1.1 (or 103.1.1.2:3389)",
    ] {
        assert_unheard(text.as_bytes(), "several addresses");
    }
    for text in [
        "success|",
        "success|103.181.91",
        "success|103.181.91.256",
        "success|999.181.91.5",
        "success|103.181.091.50",
        "success|x103.181.91.50",
        "success|103.181.91.50x",
        "success|1103.181.91.50",
        "success|.103.181.91.50",
        "success|103.181.91.50.1",
        "success|103.181.91.٥",
    ] {
        assert_unheard(text.as_bytes(), "without a valid address");
    }
    for text in [
        "success|103.184.12.7:49965",
        "success|103.184.12.0/24",
        "success|103.184.12.7-9",
        "success|7-103.184.12.7",
        "success|103.184.12.7_1",
        "success|_103.184.12.7",
        "success|8/103.184.12.7",
    ] {
        assert_unheard(text.as_bytes(), "something is glued to");
    }
    assert_unheard(b"success|103.184.12.7\xff", "something is glued to");
}

#[test]
fn only_the_shops_list_proves_a_refusal() {
    let rejected = |text: &str, transient| Meaning::Rejected { text: text.to_owned(), transient };
    assert_eq!(
        bought(fixture!("buy_error_out_of_stock.txt")),
        rejected("103.195.160.2 out of stock", false)
    );
    assert_eq!(bought(b"FAILED| Out Of Stock "), rejected("Out Of Stock", false));
    assert_eq!(bought(b"\"error|busy right now\""), rejected("busy right now", true));
    let unknown = fixture!("buy_error_unknown_words.txt");
    assert_unheard(unknown, "an error that does not prove a refusal: error|103.195.160.2 could");
}

#[test]
fn everything_else_with_200_is_unheard() {
    assert_unheard(b"", "an empty answer");
    for body in [
        fixture!("any_html_page.html"),
        b"out of stock",
        b"Your ip is: 103.195.26.51",
        b"successful|Your ip is: 103.195.26.51",
        b"not success|Your ip is: 103.195.26.51",
        b"\"success|Your ip is: 103.195.26.51",
        br#"{"message":"success|Your ip is: 103.195.26.51"}"#,
        br#"{"error":"out of stock"}"#,
        br#"["success|103.195.26.51"]"#,
        b"pending|103.195.26.51",
        b"|103.195.26.51",
        b"null",
        b"\x00\xff\xfe",
    ] {
        assert_unheard(body, "HTTP 200, neither success nor error: ");
    }
}

#[test]
fn no_other_status_than_200_sells_or_refuses() {
    let bodies =
        [fixture!("buy_success.txt"), fixture!("buy_error_out_of_stock.txt"), b"".as_slice()];
    for status in [201, 202, 204, 301, 302, 400, 404, 408, 409, 418, 429, 500, 502, 503, 504] {
        for body in bodies {
            let answer = Answer::Http { status, body: body.to_vec() };
            let meaning = account().purchase_meaning(&answer);
            let Meaning::Unheard { reason } = meaning else { panic!("{status}: {meaning:?}") };
            assert!(reason.starts_with(&format!("HTTP {status}, ")), "{reason}");
        }
    }
}

#[test]
fn refused_credentials_are_told_apart() {
    for status in [401, 403] {
        let answer = Answer::Http { status, body: fixture!("buy_success.txt").to_vec() };
        assert_eq!(account().purchase_meaning(&answer), Meaning::Unauthorized { status });
        let meaning = account().operation_meaning(&answer);
        assert!(matches!(meaning, OperationMeaning::Refused { .. }), "{meaning:?}");
    }
}

#[test]
fn what_was_not_sent_and_what_was_lost_stay_so() {
    let reason = || "for a reason".to_owned();
    let (not_sent, lost) =
        (Answer::NotSent { reason: reason() }, Answer::Lost { reason: reason() });
    let account = account();
    assert_eq!(account.purchase_meaning(&not_sent), Meaning::NotSent { reason: reason() });
    assert_eq!(account.purchase_meaning(&lost), Meaning::Unheard { reason: reason() });
    let not_sent = account.operation_meaning(&not_sent);
    assert_eq!(not_sent, OperationMeaning::NotSent { reason: reason() });
    let lost = account.operation_meaning(&lost);
    assert_eq!(lost, OperationMeaning::Unheard { reason: reason() });
}

#[test]
fn an_operation_is_done_only_by_an_explicit_yes() {
    let meaning = |body: &[u8]| account().operation_meaning(&ok(body));
    assert_eq!(meaning(b"success|server started"), OperationMeaning::Done);
    assert_eq!(meaning(b"\"Success|\""), OperationMeaning::Done);
    let refused = |text: &str| OperationMeaning::Refused { text: text.to_owned() };
    assert_eq!(meaning(b"error|no such server"), refused("no such server"));
    assert_eq!(meaning(b"Failed|busy"), refused("busy"));
    for body in [b"".as_slice(), b"ok", b"started", br#"{"error":"x"}"#, b"<html>"] {
        let meaning = meaning(body);
        assert!(matches!(meaning, OperationMeaning::Unheard { .. }), "{meaning:?}");
    }
    for status in [201, 302, 404, 500, 504] {
        let answer = Answer::Http { status, body: b"success|done".to_vec() };
        let meaning = account().operation_meaning(&answer);
        assert!(matches!(meaning, OperationMeaning::Unheard { .. }), "{meaning:?}");
    }
}

#[test]
fn no_reason_repeats_a_secret() {
    for body in [
        format!("error|no account {PASSWORD}"),
        "pending|Password: S3cr3t".to_owned(),
        r#"{"Password":"S3cr3t"}"#.to_owned(),
    ] {
        let purchase = format!("{:?}", bought(body.as_bytes()));
        let operation = format!("{:?}", account().operation_meaning(&ok(body.as_bytes())));
        for shown in [purchase, operation] {
            assert!(!shown.contains(PASSWORD) && !shown.contains("S3cr3t"), "{shown}");
        }
    }
}
