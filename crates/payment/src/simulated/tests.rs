//! Fixtures and what they mean. Over real HTTP the same adapter is tried in `tests/contract.rs`.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use sha2::Sha256;

use super::map::{check_signature, created, hint, standing};
use super::{Adapter, Keys, NAME};
use crate::samples::{asked, fixture, nowhere, wish, word};
use crate::{Asked, BadWebhook, Capture, Created, Fault, Standing, Wish};

const ORDER: &str = "gwo_7k2mxq4v9t3hpa6e";
const WEBHOOK: &[u8] = include_bytes!("fixtures/webhook_captured.json");

fn captured(id: &str, payment: &str, amount: Money) -> Capture {
    Capture {
        gateway_payment: id.to_owned(),
        payment: payment.to_owned(),
        gateway_order: ORDER.to_owned(),
        amount,
        fee: None,
    }
}

fn honest(id: &str) -> Capture {
    captured(id, "pay_01", Money::major(699, Currency::INR))
}

#[test]
fn an_opened_payment_names_its_order_and_its_page() {
    for status in [200, 201] {
        let answer = created(&wish(), status, fixture!("create_opened"));
        let Created::Open { gateway_order, pay_url, open_until } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(open_until, Timestamp::parse("2026-11-21T14:33:00Z"));
        assert_eq!(gateway_order, ORDER);
        assert_eq!(pay_url, Some(format!("http://127.0.0.1:40123/pay/{ORDER}")));
    }
}

#[test]
fn a_payment_is_open_though_nobody_can_read_until_when() {
    let whole = String::from_utf8(fixture!("create_opened").to_vec()).unwrap();
    for end in ["\"soon\"", "17", "null", "\"2026-13-40T99:00:00Z\""] {
        let body = whole.replace("\"2026-11-21T14:33:00Z\"", end);
        assert_ne!(body, whole);
        let answer = created(&wish(), 201, body.as_bytes());
        assert!(matches!(answer, Created::Open { open_until: None, .. }), "{end}: {answer:?}");
    }
}

#[test]
fn only_the_gateways_own_word_is_a_refusal() {
    for (status, body, meaning) in [
        (422, fixture!("error_refused"), "refused"),
        (401, fixture!("error_refused"), "refused"),
        (500, fixture!("error_refused"), "unknown"),
        (409, fixture!("error_conflict"), "unknown"),
        (500, fixture!("error_internal"), "unknown"),
        (403, b"<html>Forbidden</html>", "unknown"),
        (429, b"", "unknown"),
        (502, b"Bad Gateway", "unknown"),
        (302, b"", "unknown"),
        (204, b"", "unknown"),
        (200, b"", "unknown"),
        (200, b"<html>", "unknown"),
        (201, b"{}", "unknown"),
        (201, fixture!("create_other_amount"), "unknown"),
        (201, fixture!("create_script_address"), "unknown"),
    ] {
        let answer = created(&wish(), status, body);
        assert_eq!(word(&answer), meaning, "{status} {answer:?}");
    }
}

#[test]
fn an_answer_about_another_payment_opens_nothing_for_this_one() {
    let other = Wish { payment: "pay_02".to_owned(), ..wish() };
    assert_eq!(word(&created(&other, 201, fixture!("create_opened"))), "unknown");
}

#[test]
fn a_poll_reads_every_state() {
    for (body, state) in [
        (fixture!("poll_open"), Standing::Pending),
        (fixture!("poll_pending"), Standing::Pending),
        (fixture!("poll_failed"), Standing::Failed { reason: "the payment failed".to_owned() }),
        (fixture!("poll_expired"), Standing::Failed { reason: "the time was over".to_owned() }),
        (fixture!("poll_paid"), Standing::Captured { captures: vec![honest("gwp_a")] }),
        (
            fixture!("poll_paid_twice"),
            Standing::Captured { captures: vec![honest("gwp_a"), honest("gwp_b")] },
        ),
        (
            fixture!("poll_paid_same_row_twice"),
            Standing::Captured { captures: vec![honest("gwp_a")] },
        ),
    ] {
        assert_eq!(standing(&asked(ORDER), 200, body).unwrap(), state);
    }
    let absent = standing(&asked(ORDER), 404, fixture!("error_unknown_payment")).unwrap();
    assert_eq!(absent, Standing::Absent);
}

#[test]
fn money_counts_even_under_a_failure() {
    let found = standing(&asked(ORDER), 200, fixture!("poll_failed_with_money")).unwrap();
    assert_eq!(found, Standing::Captured { captures: vec![honest("gwp_a")] });
}

#[test]
fn a_capture_is_told_as_the_gateway_recorded_it() {
    let dollars = Money::new(69_900, Currency::parse("USD").unwrap());
    let rupee = Money::major(1, Currency::INR);
    for (body, capture) in [
        (fixture!("poll_paid_wrong_amount"), captured("gwp_a", "pay_01", rupee)),
        (fixture!("poll_paid_other_currency"), captured("gwp_a", "pay_01", dollars)),
        (
            fixture!("poll_paid_for_another"),
            captured("gwp_a", "pay_02", Money::major(699, Currency::INR)),
        ),
    ] {
        let found = standing(&asked(ORDER), 200, body).unwrap();
        assert_eq!(found, Standing::Captured { captures: vec![capture] });
    }
}

#[test]
fn a_poll_that_cannot_be_trusted_is_a_fault_and_never_an_end() {
    for body in [
        fixture!("poll_paid_by_nothing"),
        fixture!("poll_amount_as_text"),
        fixture!("poll_amount_with_decimals"),
        fixture!("poll_amount_negative"),
        fixture!("poll_currency_unknown"),
        fixture!("poll_one_id_two_amounts"),
        fixture!("poll_unknown_word"),
        fixture!("poll_other_payment"),
        b"",
        b"[]",
        b"<html>",
    ] {
        let found = standing(&asked(ORDER), 200, body);
        assert!(matches!(found, Err(Fault::Unusable { .. })), "{found:?}");
    }
    let other = Asked { gateway_order: Some("gwo_other".to_owned()), ..asked(ORDER) };
    assert!(standing(&other, 200, fixture!("poll_paid")).is_err());
    let unnamed = Asked { gateway_order: None, ..asked(ORDER) };
    assert!(standing(&unnamed, 200, fixture!("poll_paid")).is_ok());
}

#[test]
fn a_status_that_is_no_answer_is_a_fault() {
    for status in [204, 301, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504] {
        let found = standing(&asked(ORDER), status, b"<html>");
        assert!(found.is_err(), "{status} {found:?}");
    }
    assert!(standing(&asked(ORDER), 500, fixture!("poll_paid")).is_err());
}

fn signed(secret: &str, timestamp: &str, body: &[u8]) -> HeaderMap {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let signature = hex::encode(mac.finalize().into_bytes());
    let mut headers = HeaderMap::new();
    headers.insert("x-gateway-timestamp", HeaderValue::from_str(timestamp).unwrap());
    headers.insert("x-gateway-signature", HeaderValue::from_str(&signature).unwrap());
    headers
}

#[test]
fn the_adapter_shows_no_secret_when_it_is_printed() {
    let keys = Keys { merchant_key: "hush-key".into(), webhook_secret: "hush-secret".into() };
    let adapter = Adapter::new(keys.clone(), nowhere(NAME));
    assert!(!format!("{adapter:?} {keys:?}").contains("hush"));
}

#[test]
fn a_genuine_webhook_names_its_event_and_its_payment() {
    let headers = signed("secret", "1795269840", WEBHOOK);
    check_signature("secret", &headers, WEBHOOK).unwrap();
    let hint = hint(WEBHOOK).unwrap();
    assert_eq!(hint.event, "evt_q4v9t3hpa6e7k2mx");
    assert_eq!(hint.payment.as_deref(), Some("pay_01"));
}

#[test]
fn a_webhook_with_anything_changed_is_forged() {
    let genuine = signed("secret", "1795269840", WEBHOOK);
    let changed = |name: &'static str, value: &'static str| {
        let mut headers = genuine.clone();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    };
    let without = |name: &str| {
        let mut headers = genuine.clone();
        headers.remove(name);
        headers
    };
    let mut twice = genuine.clone();
    twice.append("x-gateway-signature", genuine["x-gateway-signature"].clone());
    for headers in [
        signed("another secret", "1795269840", WEBHOOK),
        changed("x-gateway-timestamp", "1795269841"),
        changed("x-gateway-signature", ""),
        changed("x-gateway-signature", "not hex"),
        changed("x-gateway-signature", "00"),
        without("x-gateway-signature"),
        without("x-gateway-timestamp"),
        twice,
    ] {
        assert_eq!(check_signature("secret", &headers, WEBHOOK), Err(BadWebhook::Forged));
    }
    let spaced = [WEBHOOK, b" "].concat();
    assert_eq!(check_signature("secret", &genuine, &spaced), Err(BadWebhook::Forged));
}

#[test]
fn a_signed_body_that_names_nothing_is_unreadable() {
    let long = format!(r#"{{"event":"evt_1","payment":"{}"}}"#, "p".repeat(101));
    for body in ["", "{}", "event=1", r#"{"event":"","payment":"pay_01"}"#, &long] {
        assert!(matches!(hint(body.as_bytes()), Err(BadWebhook::Unreadable(_))), "{body}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(status in 100u16..600, body: Vec<u8>) {
        let opened = created(&wish(), status, &body);
        prop_assert_ne!(word(&opened), "open");
        let found = standing(&asked(ORDER), status, &body);
        let is_money = matches!(found, Ok(Standing::Captured { .. }));
        prop_assert!(!is_money);
        prop_assert!(hint(&body).is_err());
    }

    #[test]
    fn half_an_answer_is_never_money(cut in 0usize..280) {
        let whole = fixture!("poll_paid");
        let half = &whole[..cut.min(whole.len() - 3)];
        prop_assert!(standing(&asked(ORDER), 200, half).is_err());
    }
}
