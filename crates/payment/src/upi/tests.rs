//! Fixtures and what they mean. Over real HTTP the same adapter is tried in `tests/contract.rs`.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use proptest::prelude::*;

use super::map::{created, days, hint, new_order, standing};
use super::{Adapter, Keys, NAME};
use crate::samples::{asked, fixture, nowhere, reply, wish, word};
use crate::{Capture, Created, Standing, Wish};

#[test]
fn an_order_asks_for_rupees_as_text_and_for_nothing_else() {
    let wanted = wish();
    let order = new_order("hush", &wanted).unwrap();
    let body = serde_json::to_string(&order).unwrap();
    assert!(body.contains("\"amount\":\"699.00\"") && body.contains("9999999999"), "{body}");
    let dollars = Money::major(699, Currency::parse("USD").unwrap());
    assert!(new_order("hush", &Wish { amount: dollars, ..wish() }).is_none());
}

#[test]
fn only_their_own_no_is_a_refusal() {
    for (status, body, meaning) in [
        (200, fixture!("create_opened"), "open"),
        (200, fixture!("create_script_address"), "unknown"),
        (200, fixture!("create_refused"), "refused"),
        (200, fixture!("create_exists"), "unknown"),
        (500, fixture!("create_refused"), "unknown"),
        (200, b"<html>", "unknown"),
        (200, b"{\"status\":true}", "unknown"),
        (302, b"", "unknown"),
    ] {
        let answer = created(&reply(status, body));
        assert_eq!(word(&answer), meaning, "{status} {answer:?}");
    }
}

/// Vector: the webhook says success, the gateway says scanning: not paid.
#[test]
fn a_webhook_of_success_is_not_believed_while_the_gateway_says_scanning() {
    let claims = hint(include_bytes!("fixtures/webhook_success.txt")).unwrap();
    assert_eq!(claims.payment.as_deref(), Some("pay_01"));
    let found = standing(&asked("63018"), &reply(200, fixture!("check_scanning"))).unwrap();
    assert_eq!(found, Standing::Pending);
}

#[test]
fn invented_webhooks_are_few_events_however_many_are_sent() {
    let event = |body: &str| hint(body.as_bytes()).unwrap().event;
    let one = event("client_txn_id=pay_01&status=success&upi_txn_id=1&amount=1");
    assert_eq!(one, event("client_txn_id=pay_01&status=success&upi_txn_id=2&amount=2"));
    assert_eq!(event("client_txn_id=pay_01&status=x"), event("client_txn_id=pay_01&status=y"));
    for body in ["", "{}", "status=success", "client_txn_id=a&client_txn_id=b", "client_txn_id="] {
        assert!(hint(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn success_counts_exactly_and_only_with_a_transfer() {
    let captured = |minor| {
        let capture = Capture {
            gateway_payment: "330012345678".to_owned(),
            payment: "pay_01".to_owned(),
            gateway_order: "63018".to_owned(),
            amount: Money::new(minor, Currency::INR),
            fee: None,
        };
        Standing::Captured { captures: vec![capture] }
    };
    let read = |body| standing(&asked("63018"), &reply(200, body));
    assert_eq!(read(fixture!("check_success")).unwrap(), captured(69_900));
    // A rupee less is a rupee less.
    assert_eq!(read(fixture!("check_rupee_less")).unwrap(), captured(69_800));
    assert!(matches!(read(fixture!("check_failure")), Ok(Standing::Failed { .. })));
    assert_eq!(read(fixture!("check_not_found")).unwrap(), Standing::Absent);
    for body in [
        fixture!("check_success_by_nothing"),
        fixture!("check_other_payment"),
        fixture!("check_unknown_word"),
        fixture!("check_bad_key"),
        b"",
        b"[]",
    ] {
        assert!(read(body).is_err(), "{}", String::from_utf8_lossy(body));
    }
    assert!(standing(&asked("63018"), &reply(500, fixture!("check_success"))).is_err());
}

#[test]
fn a_payment_near_midnight_in_india_is_looked_for_on_both_days() {
    let at = |text| days(Timestamp::parse(text).unwrap());
    assert_eq!(at("2026-11-21T14:03:00Z"), ["21-11-2026"]);
    assert_eq!(at("2026-11-21T18:29:59Z"), ["21-11-2026", "22-11-2026"]);
    assert_eq!(at("2026-12-31T18:30:01Z"), ["01-01-2027", "31-12-2026"]);
}

#[test]
fn the_adapter_shows_no_secret_when_it_is_printed() {
    let keys = Keys { api_key: "hush-key".into() };
    let adapter = Adapter::new(keys.clone(), nowhere(NAME));
    assert!(!format!("{adapter:?} {keys:?}").contains("hush"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(status in 100u16..600, body: Vec<u8>) {
        let opened = created(&reply(status, &body));
        let is_open = matches!(opened, Created::Open { .. });
        prop_assert!(!is_open);
        prop_assert!(standing(&asked("63018"), &reply(status, &body)).is_err());
        prop_assert!(hint(&body).is_err());
    }
}
