//! Any bytes at all: nothing panics, and nothing but an explicit yes is a sale.

use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::super::{map, mask::Mask, wire};
use super::{PASSWORD, account};
use crate::{Answer, Meaning, OperationMeaning, Upstream};

/// Bytes made of the pieces that real answers are made of, and of noise.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "success",
        "Success",
        "error",
        "failed",
        "|",
        "||",
        " ",
        "\"",
        "\\\"",
        "\\",
        "'",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\\u0073uccess",
        "103.181.91.50",
        "103.181.91",
        "103.181.91.256",
        ".",
        "1",
        "/24",
        ":3389",
        "-",
        "_",
        "out of stock",
        "Your ip is: ",
        "Password",
        "packages",
        "id",
        "name",
        "ipv4",
        "status",
        "active",
        "IP",
        "null",
        "\u{feff}",
        "🌊",
        "\u{0}",
        "\n",
    ]);
    let piece = prop_oneof![
        6 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let text = prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    (text, 0..4_u8).prop_map(|(mut text, wrappings)| {
        for _ in 0..wrappings {
            let inner = String::from_utf8_lossy(&text).into_owned();
            text = serde_json::to_vec(&inner).unwrap_or_default();
        }
        text
    })
}

fn is_success(body: &[u8]) -> bool {
    let text = wire::peel(body);
    let word = text.split('|').next().unwrap_or_default();
    text.contains('|') && word.trim().eq_ignore_ascii_case("success")
}

fn many_cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) }
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn nothing_but_success_is_sold(
        body in bodies(),
        status in prop_oneof![Just(200), 100..600_u16],
    ) {
        let meaning = account().purchase_meaning(&Answer::Http { status, body: body.clone() });
        if let Meaning::Sold(address) = meaning {
            prop_assert_eq!(status, 200);
            prop_assert!(is_success(&body));
            prop_assert!(wire::peel(&body).contains(&address.to_string()));
        }
        let meaning = account().operation_meaning(&Answer::Http { status, body: body.clone() });
        if meaning == OperationMeaning::Done {
            prop_assert!(status == 200 && is_success(&body));
        }
    }

    #[test]
    fn no_bytes_without_the_word_are_sold(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let before = body.split(|byte| *byte == b'|').next().unwrap_or_default();
        let has_word = before.to_ascii_lowercase().windows(7).any(|word| word == b"success");
        let answer = Answer::Http { status: 200, body: body.clone() };
        let sold = matches!(account().purchase_meaning(&answer), Meaning::Sold(_));
        prop_assert!(has_word || !sold);
    }

    #[test]
    fn the_same_bytes_always_mean_the_same(body in bodies()) {
        let answer = Answer::Http { status: 200, body };
        prop_assert_eq!(account().purchase_meaning(&answer), account().purchase_meaning(&answer));
    }

    #[test]
    fn one_address_in_harmless_words_is_sold_and_a_second_one_is_not(
        first in any::<u32>().prop_map(Ipv4Addr::from),
        second in any::<u32>().prop_map(Ipv4Addr::from),
        words in "[a-zA-Z ,.!]{0,30}",
    ) {
        let meaning = |text: String| {
            account().purchase_meaning(&Answer::Http { status: 200, body: text.into_bytes() })
        };
        let one = meaning(format!("success|{words} ip is: {first}. {words}"));
        prop_assert_eq!(one, Meaning::Sold(first));
        prop_assume!(first != second);
        let two = meaning(format!("success|{words} {second} ip is: {first}"));
        let unheard = matches!(two, Meaning::Unheard { .. });
        prop_assert!(unheard);
    }

    #[test]
    fn lists_and_statuses_are_read_or_refused_but_never_panic(body in bodies()) {
        let mask = Mask::new([PASSWORD.to_owned()]);
        if let Ok(rows) = map::packages(&body, &mask) {
            prop_assert!(rows.iter().all(|row| row.stock >= 0));
        }
        let described = map::described(&body, &mask);
        prop_assert!(described.is_ok() || described.is_err());
        prop_assert!(mask.body(&body).chars().count() <= 201);
    }

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let mask = Mask::new([PASSWORD.to_owned()]);
        drop(map::packages(&body, &mask));
        drop(map::described(&body, &mask));
        prop_assert!(!mask.body(&body).contains(char::is_control));
    }

    #[test]
    fn any_text_may_be_a_date(text in "[0-9A-Za-z/:., +T-]{0,40}") {
        let read = super::super::expiry::read(&text);
        prop_assert!(read.is_none_or(|at| at.as_micros() > 0));
    }
}
