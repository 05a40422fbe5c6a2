//! Fixtures and what they mean. Over real HTTP the same adapter is tried in `tests/contract.rs`.

use domain::money::{Currency, Money};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::Sha256;

use super::map::{created, form, hint, order, payments, refunded, returned, standing, taken};
use super::{Adapter, Keys, NAME, wire};
use crate::samples::{asked, fixture, nowhere, reply, wish, word};
use crate::{
    Asked, Capture, Fault, Gateway, Refund, RefundStanding, Refunded, Return, Standing, Taken,
    Topic,
};

const ORDER: &str = "order_Q7k2mxq4v9t3hp";

fn polled(rows: &[u8]) -> Result<Standing, Fault> {
    let order = order(&asked(ORDER), &reply(200, fixture!("order_attempted")))?;
    standing(&[(order, payments(&reply(200, rows))?)])
}

fn captured(minor: i64) -> Capture {
    Capture {
        gateway_payment: "pay_Qa".to_owned(),
        payment: "pay_01".to_owned(),
        gateway_order: ORDER.to_owned(),
        amount: Money::new(minor, Currency::INR),
        fee: Some(Money::new(1_649, Currency::INR)),
    }
}

#[test]
fn only_an_order_for_this_payment_and_amount_is_open() {
    for (status, body, meaning) in [
        (200, fixture!("order_created"), "open"),
        (200, fixture!("order_other_amount"), "unknown"),
        (200, fixture!("order_other_receipt"), "unknown"),
        (201, fixture!("order_created"), "unknown"),
        (400, fixture!("error_bad_request"), "refused"),
        (401, fixture!("error_bad_request"), "refused"),
        (409, fixture!("error_bad_request"), "unknown"),
        (500, fixture!("error_bad_request"), "unknown"),
        (400, b"<html>", "unknown"),
        (200, b"", "unknown"),
        (302, b"", "unknown"),
    ] {
        let answer = created(&wish(), &reply(status, body));
        assert_eq!(word(&answer), meaning, "{status} {answer:?}");
    }
}

#[test]
fn the_buyer_posts_a_form_of_printable_words() {
    let action = "https://api.razorpay.com/v1/checkout/embedded".parse().unwrap();
    let form = form("rzp_test_1", action, &wish(), ORDER);
    let field = |name: &str| form.fields.iter().find(|(known, _)| *known == name);
    assert_eq!(field("order_id").unwrap().1, ORDER);
    assert_eq!(field("amount").unwrap().1, "69900");
    assert_eq!(field("name").unwrap().1, "ORD-1  103.181.91");
    assert_eq!(field("prefill[contact]"), None);
}

/// Vector: Razorpay payment `authorized` only is captured or waited for, and not paid.
#[test]
fn a_payment_that_is_only_authorised_is_not_paid() {
    let found = polled(fixture!("payments_authorized")).unwrap();
    let held = vec![Capture { fee: None, ..captured(69_900) }];
    assert_eq!(found, Standing::Authorised { held });
}

#[test]
fn any_captured_try_counts_wherever_it_stands() {
    let paid = Standing::Captured { captures: vec![captured(69_900)] };
    assert_eq!(polled(fixture!("payments_failed_then_captured")).unwrap(), paid);
    assert_eq!(polled(fixture!("payments_refunded")).unwrap(), paid);
    assert_eq!(polled(fixture!("payments_none")).unwrap(), Standing::Pending);
    assert_eq!(polled(fixture!("payments_failed")).unwrap(), Standing::Pending);
}

#[test]
fn money_under_another_order_names_no_payment_of_ours() {
    let found = polled(fixture!("payments_other_order")).unwrap();
    let Standing::Captured { captures } = found else { panic!("{found:?}") };
    assert_eq!((captures[0].payment.as_str(), captures[0].gateway_order.as_str()), ("", "order_x"));
}

#[test]
fn a_poll_that_cannot_be_trusted_is_a_fault() {
    for rows in [
        fixture!("payments_unknown_word"),
        fixture!("payments_with_decimals"),
        fixture!("payments_one_id_two_amounts"),
        b"[]",
        b"",
    ] {
        assert!(polled(rows).is_err(), "{}", String::from_utf8_lossy(rows));
    }
    let paid = order(&asked(ORDER), &reply(200, fixture!("order_paid"))).unwrap();
    assert!(standing(&[(paid, Vec::new())]).is_err(), "paid, but by nothing");
    assert!(order(&asked(ORDER), &reply(200, fixture!("order_other_receipt"))).is_err());
    for status in [204, 302, 400, 401, 404, 429, 500, 503] {
        assert!(payments(&reply(status, fixture!("payments_none"))).is_err(), "{status}");
    }
}

fn brought(order: &str, payment: &str, secret: &str) -> Vec<(String, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{order}|{payment}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    [
        ("razorpay_order_id", order),
        ("razorpay_payment_id", payment),
        ("razorpay_signature", &signature),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Vector: a Razorpay signature valid for another order's gateway id is refused.
#[test]
fn a_signature_that_is_right_for_another_order_is_refused() {
    let fits = |fields: &[(String, String)]| returned("hush", &asked(ORDER), fields);
    assert_eq!(fits(&brought(ORDER, "pay_Qa", "hush")), Return::Fits);
    assert_eq!(fits(&brought("order_x", "pay_Qa", "hush")), Return::Foreign);
    assert_eq!(fits(&brought(ORDER, "pay_Qa", "other")), Return::Foreign);
    let mut swapped = brought("order_x", "pay_Qa", "hush");
    swapped[0].1 = ORDER.to_owned();
    assert_eq!(fits(&swapped), Return::Foreign);
    let mut twice = brought(ORDER, "pay_Qa", "hush");
    twice.push(("razorpay_order_id".to_owned(), "order_x".to_owned()));
    assert_eq!(fits(&twice), Return::Foreign);
    let unheard = Asked { gateway_order: None, ..asked(ORDER) };
    assert_eq!(returned("hush", &unheard, &brought(ORDER, "pay_Qa", "hush")), Return::Foreign);
    let error = [("error[code]".to_owned(), "BAD_REQUEST_ERROR".to_owned())];
    assert!(matches!(fits(&error), Return::GaveUp { .. }));
    assert!(matches!(fits(&[]), Return::GaveUp { .. }));
}

#[test]
fn a_webhook_names_its_payment_by_note_receipt_or_order() {
    let noted = hint(fixture!("webhook_captured")).unwrap();
    assert_eq!(noted.payment.as_deref(), Some("pay_01"));
    assert_eq!(noted.gateway_order.as_deref(), Some(ORDER));
    let paid = hint(fixture!("webhook_order_paid")).unwrap();
    assert_eq!(paid.payment.as_deref(), Some("pay_01"));
    assert_ne!(paid.event, noted.event);
    let refund = hint(fixture!("webhook_refund_processed")).unwrap();
    assert_eq!((refund.topic, refund.payment), (Topic::Refund, None));
    assert_eq!(refund.gateway_payment.as_deref(), Some("pay_Qa"));
    for body in ["", "{}", "event=1", r#"{"event":"payment.captured","payload":{}}"#] {
        assert!(hint(body.as_bytes()).is_err(), "{body}");
    }
}

fn refund() -> Refund {
    Refund {
        refund: "rfd_1".to_owned(),
        payment: "pay_01".to_owned(),
        gateway_payment: "pay_Qa".to_owned(),
        amount: Money::major(699, Currency::INR),
        note: "out of stock".to_owned(),
    }
}

#[test]
fn a_refund_is_refused_only_in_their_own_words_about_this_try() {
    let read = |status, body| refunded(&refund(), &reply(status, body));
    let done =
        Refunded::Taken { gateway_refund: "rfnd_Q1".to_owned(), standing: RefundStanding::Done };
    assert_eq!(read(200, fixture!("refund_processed")), done);
    assert!(matches!(read(400, fixture!("error_bad_request")), Refunded::Refused { .. }));
    for (status, body) in [
        (200, fixture!("refund_other_amount")),
        (200, fixture!("refund_unknown_word")),
        (400, fixture!("error_refunded_already")),
        (500, fixture!("error_bad_request")),
        (400, b"<html>".as_slice()),
    ] {
        assert!(matches!(read(status, body), Refunded::Unknown { .. }), "{status}");
    }
}

#[test]
fn a_capture_is_certain_only_with_its_own_answer() {
    let held = Capture { fee: None, ..captured(69_900) };
    let row = fixture!("payment_captured");
    assert_eq!(taken(&held, &reply(200, row)), Taken::Captured(captured(69_900)));
    let other = Capture { gateway_payment: "pay_Qb".to_owned(), ..held.clone() };
    assert!(matches!(taken(&other, &reply(200, row)), Taken::Unknown { .. }));
    let no = reply(400, fixture!("error_bad_request"));
    assert!(matches!(taken(&held, &no), Taken::Unknown { .. }));
}

#[test]
fn the_adapter_shows_no_secret_when_it_is_printed() {
    let keys = Keys {
        key_id: "rzp_test_1".to_owned(),
        key_secret: "hush-key".into(),
        webhook_secret: "hush-secret".into(),
    };
    let adapter = Adapter::new(keys.clone(), nowhere(NAME));
    assert!(!format!("{adapter:?} {keys:?}").contains("hush"));
    let form = format!("{:?}", adapter.form(&wish(), ORDER));
    assert!(form.contains("rzp_test_1") && !form.contains("hush"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(status in 100u16..600, body: Vec<u8>) {
        prop_assert_ne!(word(&created(&wish(), &reply(status, &body))), "open");
        prop_assert!(order(&asked(ORDER), &reply(status, &body)).is_err());
        prop_assert!(payments(&reply(status, &body)).is_err());
        prop_assert!(hint(&body).is_err());
        let back = refunded(&refund(), &reply(status, &body));
        let is_taken = matches!(back, Refunded::Taken { .. });
        prop_assert!(!is_taken);
    }
}

#[test]
fn words_of_theirs_that_nobody_knows_are_read_as_such() {
    let status: wire::PaymentStatus = serde_json::from_str("\"settled-ish\"").unwrap();
    assert_eq!(status, wire::PaymentStatus::Other("settled-ish".to_owned()));
}
