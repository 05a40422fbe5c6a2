//! Fixtures and what they mean. Over real HTTP the same adapter is tried in `tests/contract.rs`.

use std::time::Duration;

use domain::money::{Currency, Money};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use sha2::Sha256;

use super::map::{
    Search, check_signature, created, hint, new_session, refunded, search, session, standing,
    unpaid,
};
use super::{Adapter, Keys, NAME};
use crate::samples::{NOW, asked, fixture, nowhere, reply, wish, word};
use crate::{
    BadWebhook, Capture, Created, Dispute, DisputeState, Fault, Refund, RefundStanding, Refunded,
    Standing, Topic, Webhook, Wish,
};

const WEBHOOK: &[u8] = include_bytes!("fixtures/webhook_completed.json");

fn polled(intent: &[u8]) -> Result<Standing, Fault> {
    let session = session(&asked("cs_test_a1"), &reply(200, fixture!("session_paid")))?;
    standing(&session, &reply(200, intent))
}

fn captured(payment: &str, minor: i64) -> Standing {
    let capture = Capture {
        gateway_payment: "pi_a1".to_owned(),
        payment: payment.to_owned(),
        gateway_order: "cs_test_a1".to_owned(),
        amount: Money::new(minor, Currency::INR),
        fee: Some(Money::new(2_057, Currency::INR)),
    };
    Standing::Captured { captures: vec![capture] }
}

#[test]
fn a_session_is_asked_for_in_minor_units_of_any_currency() {
    let fields = |wish: &Wish| -> Vec<(String, String)> {
        url::form_urlencoded::parse(new_session(wish).as_bytes()).into_owned().collect()
    };
    let has = |wish: &Wish, name: &str, value: &str| {
        fields(wish).contains(&(name.to_owned(), value.to_owned()))
    };
    let amount = "line_items[0][price_data][unit_amount]";
    assert!(has(&wish(), amount, "69900"));
    let unprintable = Wish { purpose: "🌊".to_owned(), ..wish() };
    assert!(has(&unprintable, "line_items[0][price_data][product_data][name]", "Order"));
    assert!(has(&wish(), "expires_at", "1795269840"));
    let back = "https://shop.test/payment/return?client_txn_id=pay_01";
    assert!(has(&wish(), "success_url", &format!("{back}&session_id={{CHECKOUT_SESSION_ID}}")));
    let yen = Money::major(699, Currency::parse("JPY").unwrap());
    assert!(has(&Wish { amount: yen, ..wish() }, amount, "699"));
    let yen = Wish { amount: yen, ..wish() };
    let opened = created(&yen, &reply(200, fixture!("session_yen")));
    assert!(matches!(opened, Created::Open { .. }), "{opened:?}");
}

#[test]
fn only_a_session_for_this_payment_and_amount_is_open() {
    for (status, body, meaning) in [
        (200, fixture!("session_open"), "open"),
        (200, fixture!("session_other_amount"), "unknown"),
        (200, fixture!("session_other_payment"), "unknown"),
        (200, fixture!("session_script"), "unknown"),
        (200, fixture!("session_yen"), "unknown"),
        (400, fixture!("error_invalid"), "refused"),
        (400, fixture!("error_idempotency"), "unknown"),
        (409, fixture!("error_invalid"), "unknown"),
        (500, fixture!("error_invalid"), "unknown"),
        (400, b"<html>", "unknown"),
        (200, b"", "unknown"),
    ] {
        let answer = created(&wish(), &reply(status, body));
        assert_eq!(word(&answer), meaning, "{status} {answer:?}");
    }
}

#[test]
fn only_money_that_was_received_counts() {
    assert_eq!(polled(fixture!("intent_succeeded")).unwrap(), captured("pay_01", 69_900));
    assert_eq!(polled(fixture!("intent_one_rupee")).unwrap(), captured("pay_01", 100));
    assert_eq!(polled(fixture!("intent_for_another")).unwrap(), captured("pay_02", 69_900));
    for intent in [
        fixture!("intent_nothing_received"),
        fixture!("intent_unknown_word"),
        fixture!("intent_other"),
        b"",
    ] {
        assert!(polled(intent).is_err());
    }
}

#[test]
fn a_slow_method_is_waited_for_after_the_session_is_complete() {
    let slow =
        session(&asked("cs_test_a1"), &reply(200, fixture!("session_complete_unpaid"))).unwrap();
    assert_eq!(unpaid(&slow).unwrap(), Standing::Pending);
    let slow = super::wire::Session { payment_intent: Some("pi_a1".to_owned()), ..slow };
    let found = standing(&slow, &reply(200, fixture!("intent_processing"))).unwrap();
    assert_eq!(found, Standing::Pending);
    let expired = session(&asked("cs_test_a1"), &reply(200, fixture!("session_expired"))).unwrap();
    assert!(matches!(unpaid(&expired), Ok(Standing::Failed { .. })));
    for body in [fixture!("session_paid_by_nothing"), fixture!("session_unknown_word")] {
        let strange = session(&asked("cs_test_a1"), &reply(200, body)).unwrap();
        assert!(unpaid(&strange).is_err());
    }
    assert!(session(&asked("cs_test_a1"), &reply(200, fixture!("session_other_payment"))).is_err());
}

#[test]
fn a_session_whose_answer_was_lost_is_looked_for_page_by_page() {
    let read = |body| search(&asked("cs_test_a1"), &reply(200, body));
    assert!(
        matches!(read(fixture!("sessions_page")), Ok(Search::GoesOn(last)) if last == "cs_test_b")
    );
    assert!(matches!(read(fixture!("sessions_last")), Ok(Search::Found(_))));
    assert!(matches!(read(fixture!("sessions_none")), Ok(Search::Over)));
    assert!(read(b"[]").is_err());
}

fn claim(secret: &str, moment: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{moment}.").as_bytes());
    mac.update(WEBHOOK);
    hex::encode(mac.finalize().into_bytes())
}

fn checked(signature: &str) -> Result<(), BadWebhook> {
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", HeaderValue::from_str(signature).unwrap());
    check_signature("whsec_1", &Webhook { headers: &headers, body: WEBHOOK, at: NOW })
}

#[test]
fn any_signature_of_several_may_fit_while_a_secret_is_changed() {
    let (now, old) = (claim("whsec_1", "1795269840"), claim("whsec_0", "1795269840"));
    assert_eq!(checked(&format!("t=1795269840,v1={now}")), Ok(()));
    assert_eq!(checked(&format!("t=1795269840,v1={old},v1={now}")), Ok(()));
    assert_eq!(checked(&format!("t=1795269840,v1={now},v0={old}")), Ok(()));
    for signature in [
        format!("t=1795269840,v1={old}"),
        format!("t=1795269840,v0={now}"),
        format!("t=1795269841,v1={now}"),
        format!("t=1795269840,t=1795269840,v1={now}"),
        format!("v1={now}"),
        "t=1795269840".to_owned(),
        "t=,v1=".to_owned(),
        String::new(),
    ] {
        assert_eq!(checked(&signature), Err(BadWebhook::Forged), "{signature}");
    }
}

#[test]
fn a_webhook_of_more_than_five_minutes_ago_or_ahead_is_refused() {
    for (seconds, near) in [(300, true), (301, false)] {
        let distance = Duration::from_secs(seconds);
        for moment in [NOW - distance, NOW + distance] {
            let moment = (moment.as_millis() / 1_000).to_string();
            let signature = format!("t={moment},v1={}", claim("whsec_1", &moment));
            assert_eq!(checked(&signature).is_ok(), near, "{seconds}");
        }
    }
}

#[test]
fn a_webhook_names_what_it_is_about() {
    let paid = hint(WEBHOOK).unwrap();
    assert_eq!((paid.event.as_str(), paid.payment.as_deref()), ("evt_a1", Some("pay_01")));
    assert_eq!(paid.gateway_order.as_deref(), Some("cs_test_a1"));
    let refund = hint(fixture!("webhook_refund_failed")).unwrap();
    assert_eq!((refund.topic, refund.payment.as_deref()), (Topic::Refund, Some("pay_01")));
    assert_eq!(refund.gateway_order, None);
    let dispute = hint(fixture!("webhook_dispute_created")).unwrap();
    assert_eq!(dispute.gateway_payment.as_deref(), Some("pi_a1"));
    let amount = Money::new(69_900, Currency::INR);
    let told = Dispute { id: "dp_a1".to_owned(), amount, state: DisputeState::Open };
    assert_eq!(dispute.topic, Topic::Dispute(told));
    for body in ["", "{}", "id=1", r#"{"id":"","type":"x","data":{"object":{}}}"#] {
        assert!(hint(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_dispute_without_an_id_cannot_be_read() {
    let told = String::from_utf8(fixture!("webhook_dispute_created").to_vec()).unwrap();
    for nameless in ["\"id\":\"\",", ""] {
        let body = told.replace("\"id\":\"dp_a1\",", nameless);
        assert_ne!(body, told);
        assert!(matches!(hint(body.as_bytes()), Err(BadWebhook::Unreadable(_))), "{body}");
    }
}

fn refund() -> Refund {
    Refund {
        refund: "rfd_1".to_owned(),
        payment: "pay_01".to_owned(),
        gateway_payment: "pi_a1".to_owned(),
        amount: Money::major(699, Currency::INR),
        note: "out of stock".to_owned(),
    }
}

#[test]
fn a_refund_is_refused_only_in_their_own_words_about_this_try() {
    let read = |status, body| refunded(&refund(), &reply(status, body));
    let standing = RefundStanding::Done;
    let done = Refunded::Taken { gateway_refund: "re_a1".to_owned(), standing };
    assert_eq!(read(200, fixture!("refund_succeeded")), done);
    let canceled = read(200, fixture!("refund_canceled"));
    let standing = RefundStanding::Failed { reason: "the refund failed".to_owned() };
    assert_eq!(canceled, Refunded::Taken { gateway_refund: "re_a1".to_owned(), standing });
    assert!(matches!(read(400, fixture!("error_invalid")), Refunded::Refused { .. }));
    for (status, body) in [
        (200, fixture!("refund_other_amount")),
        (200, fixture!("refund_unknown_word")),
        (400, fixture!("error_already_refunded")),
        (400, fixture!("error_idempotency")),
        (500, fixture!("error_invalid")),
        (400, b"<html>".as_slice()),
    ] {
        assert!(matches!(read(status, body), Refunded::Unknown { .. }), "{status}");
    }
}

#[test]
fn the_adapter_shows_no_secret_when_it_is_printed() {
    let keys = Keys { secret_key: "hush-key".into(), webhook_secret: "hush-secret".into() };
    let adapter = Adapter::new(keys.clone(), nowhere(NAME));
    assert!(!format!("{adapter:?} {keys:?}").contains("hush"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(status in 100u16..600, body: Vec<u8>) {
        let opened = created(&wish(), &reply(status, &body));
        let is_open = matches!(opened, Created::Open { .. });
        prop_assert!(!is_open);
        prop_assert!(session(&asked("cs_test_a1"), &reply(status, &body)).is_err());
        prop_assert!(hint(&body).is_err());
        let back = refunded(&refund(), &reply(status, &body));
        let is_taken = matches!(back, Refunded::Taken { .. });
        prop_assert!(!is_taken);
    }
}
