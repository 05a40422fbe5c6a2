//! Fixtures and what they mean. Over real HTTP the same adapter is tried in `tests/contract.rs`.

use domain::money::{Currency, Money};
use proptest::prelude::*;

use super::map::{created, hint, new_order, new_refund, order, page, refunded, standing, uuid_of};
use super::{Adapter, Keys, NAME};
use crate::samples::{asked, fixture, nowhere, reply, wish};
use crate::{
    Asked, Capture, Created, Fault, Refund, RefundStanding, Refunded, Standing, Topic, Wish,
};

fn polled(whole: &[u8], rows: &[u8]) -> Result<Standing, Fault> {
    let order = order(&asked("2149460581"), &reply(200, whole))?.expect("it is known");
    standing(&order, &reply(200, rows))
}

fn captured(minor: i64) -> Standing {
    let capture = Capture {
        gateway_payment: "12376123".to_owned(),
        payment: "pay_01".to_owned(),
        gateway_order: "2149460581".to_owned(),
        amount: Money::new(minor, Currency::INR),
        fee: None,
    };
    Standing::Captured { captures: vec![capture] }
}

#[test]
fn an_order_asks_for_exact_rupees_and_names_nobodys_phone() {
    let nameless = Wish { buyer_name: "🌊".to_owned(), ..wish() };
    let body = serde_json::to_string(&new_order(&nameless)).unwrap();
    for part in [
        "\"order_amount\":699.00",
        "\"customer_phone\":\"9999999999\"",
        "\"customer_name\":\"Customer\"",
        "&order_id={order_id}\"",
        "\"order_note\":\"ORD-1  103.181.91\"",
    ] {
        assert!(body.contains(part), "{part} {body}");
    }
    assert_eq!(uuid_of("pay_01"), uuid_of("pay_01"));
    assert_ne!(uuid_of("pay_01"), uuid_of("pay_02"));
    assert_eq!(uuid_of("pay_01").len(), 36);
}

#[test]
fn only_an_order_for_this_payment_and_amount_is_open() {
    for (status, body, meaning) in [
        (200, fixture!("order_active"), "open"),
        (200, fixture!("order_other_amount"), "unknown"),
        (200, fixture!("order_other_id"), "unknown"),
        (400, fixture!("error_invalid"), "refused"),
        (401, fixture!("error_invalid"), "refused"),
        (409, fixture!("error_exists"), "unknown"),
        (500, fixture!("error_invalid"), "unknown"),
        (400, b"<html>", "unknown"),
        (200, b"", "unknown"),
    ] {
        let word = match created(&wish(), &reply(status, body)) {
            Ok(opened) => {
                let led = page(&opened, &reply(200, fixture!("session_link")));
                assert!(matches!(led, Created::Open { pay_url: Some(_), .. }), "{led:?}");
                for (status, body) in [
                    (200, fixture!("session_script")),
                    (500, b""),
                    (400, fixture!("error_invalid")),
                ] {
                    let led = page(&opened, &reply(status, body));
                    assert!(matches!(led, Created::Unknown { .. }), "the order stands: {led:?}");
                }
                "open"
            }
            Err(Created::Refused { .. }) => "refused",
            Err(_) => "unknown",
        };
        assert_eq!(word, meaning, "{status}");
    }
}

/// Vector: a payments array of a failed and a successful try is paid.
#[test]
fn any_successful_try_counts_wherever_it_stands() {
    let found = polled(fixture!("order_paid"), fixture!("payments_failed_then_success"));
    assert_eq!(found.unwrap(), captured(69_900));
    let found = polled(fixture!("order_active"), fixture!("payments_failed_then_success"));
    assert_eq!(found.unwrap(), captured(69_900));
}

/// Vector: order 699.00, paid 1.00: told as it is, so that nobody takes it for paid.
#[test]
fn one_rupee_for_an_order_of_699_is_told_as_one_rupee() {
    let found = polled(fixture!("order_paid"), fixture!("payments_one_rupee")).unwrap();
    assert_eq!(found, captured(100));
}

#[test]
fn a_failed_try_is_the_end_only_when_the_order_has_ended() {
    let failed = fixture!("payments_failed");
    assert_eq!(polled(fixture!("order_active"), failed).unwrap(), Standing::Pending);
    let ended = polled(fixture!("order_expired"), failed).unwrap();
    assert!(matches!(ended, Standing::Failed { .. }));
    let flagged = polled(fixture!("order_expired"), fixture!("payments_flagged")).unwrap();
    assert_eq!(flagged, Standing::Pending);
    let held = polled(fixture!("order_active"), fixture!("payments_authorised")).unwrap();
    assert!(matches!(held, Standing::Authorised { .. }), "{held:?}");
    let absent = order(&asked("2149460581"), &reply(404, fixture!("error_not_found"))).unwrap();
    assert!(absent.is_none());
}

#[test]
fn a_poll_that_cannot_be_trusted_is_a_fault() {
    for rows in [
        fixture!("payments_none"),
        fixture!("payments_unknown_word"),
        fixture!("payments_fraction_of_a_paisa"),
        fixture!("payments_negative"),
        b"{}",
        b"",
    ] {
        let found = polled(fixture!("order_paid"), rows);
        assert!(found.is_err(), "{found:?}");
    }
    assert!(polled(fixture!("order_other_id"), fixture!("payments_none")).is_err());
    assert!(polled(fixture!("order_unknown_word"), fixture!("payments_none")).is_err());
    let other = Asked { gateway_order: Some("1".to_owned()), ..asked("2149460581") };
    assert!(order(&other, &reply(200, fixture!("order_active"))).is_err());
    for status in [204, 302, 400, 401, 404, 429, 500, 503] {
        assert!(
            order(&asked("2149460581"), &reply(status, fixture!("order_active"))).is_err(),
            "{status}"
        );
    }
}

#[test]
fn a_webhook_names_its_order() {
    let paid = hint(fixture!("webhook_success")).unwrap();
    assert_eq!(paid.payment.as_deref(), Some("pay_01"));
    assert_eq!(paid.gateway_payment.as_deref(), Some("12376123"));
    let refund = hint(fixture!("webhook_refund")).unwrap();
    assert_eq!((refund.topic, refund.payment.as_deref()), (Topic::Refund, Some("pay_01")));
    for body in ["", "{}", "type=1", r#"{"type":"X","data":{}}"#] {
        assert!(hint(body.as_bytes()).is_err(), "{body}");
    }
}

fn refund() -> Refund {
    Refund {
        refund: "rfd_1".to_owned(),
        payment: "pay_01".to_owned(),
        gateway_payment: "12376123".to_owned(),
        amount: Money::major(699, Currency::INR),
        note: "🌊".to_owned(),
    }
}

#[test]
fn a_refund_is_refused_only_in_their_own_words_about_this_try() {
    let body = serde_json::to_string(&new_refund(&refund())).unwrap();
    assert!(body.contains("\"refund_id\":\"rfd1\"") && body.contains("\"Refund\""), "{body}");
    let read = |status, body| refunded(&refund(), &reply(status, body));
    let taken = |standing| Refunded::Taken { gateway_refund: "1553338".to_owned(), standing };
    assert_eq!(read(200, fixture!("refund_success")), taken(RefundStanding::Done));
    assert_eq!(read(200, fixture!("refund_onhold")), taken(RefundStanding::Pending));
    assert!(matches!(read(400, fixture!("error_invalid")), Refunded::Refused { .. }));
    for (status, body) in [
        (200, fixture!("refund_other_amount")),
        (200, fixture!("refund_unknown_word")),
        (400, fixture!("error_refund_exists")),
        (500, fixture!("error_invalid")),
        (400, b"<html>".as_slice()),
    ] {
        assert!(matches!(read(status, body), Refunded::Unknown { .. }), "{status}");
    }
}

#[test]
fn the_adapter_shows_no_secret_when_it_is_printed() {
    let keys = Keys { app_id: "app".to_owned(), secret_key: "hush-key".into() };
    let adapter = Adapter::new(keys.clone(), nowhere(NAME));
    assert!(!format!("{adapter:?} {keys:?}").contains("hush"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(status in 100u16..600, body: Vec<u8>) {
        prop_assert!(created(&wish(), &reply(status, &body)).is_err());
        prop_assert!(order(&asked("2149460581"), &reply(status, &body)).is_err());
        prop_assert!(hint(&body).is_err());
        let back = refunded(&refund(), &reply(status, &body));
        let is_taken = matches!(back, Refunded::Taken { .. });
        prop_assert!(!is_taken);
    }
}
