//! What leaves for SmartVPS over real connections, and what comes back as a fault.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use domain::os::Os;
use domain::package::Ram;
use url::Url;

use super::super::{BadSettings, Settings, SmartVps, StockMethod};
use super::{account, fixture, settings};
use crate::line::BadAddress;
use crate::raw::{HandClock, Raw, answer, guard, guard_by, impatient};
use crate::{
    Answer, Fault, Meaning, Operation, OperationKind, OperationMeaning, Outcome, Purchase, Upstream,
};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(103, 195, 26, 51);

fn at(raw: &Raw) -> SmartVps {
    SmartVps::new(settings(&format!("http://{}/", raw.address))).unwrap()
}

fn purchase() -> Purchase {
    let package_name = "103.195.26".to_owned();
    Purchase { permit: "att_01".to_owned(), package_name, ram: Ram::gb(8) }
}

fn operation(kind: OperationKind) -> Operation {
    Operation { permit: "op_01".to_owned(), address: ADDRESS, kind }
}

async fn buy(raw: &Raw) -> Outcome {
    at(raw).connect().await.unwrap().buy(&purchase(), guard()).await
}

fn assert_headers(heard: &str, host: &str) {
    // oceanshop:hush-hush-1
    let basic = "authorization: Basic b2NlYW5zaG9wOmh1c2gtaHVzaC0x\r\n";
    for header in [basic, "accept: application/json\r\n", &format!("host: {host}\r\n")] {
        assert!(heard.contains(header), "{header:?} in {heard}");
    }
}

#[tokio::test]
async fn a_purchase_is_sent_once_as_documented() {
    let raw = Raw::answering(answer(200, fixture!("buy_success.txt")));
    let host = raw.address.to_string();
    let outcome = buy(&raw).await;
    assert_eq!(outcome.meaning, Meaning::Sold(ADDRESS));
    let body = fixture!("buy_success.txt").to_vec();
    assert_eq!(outcome.answer, Answer::Http { status: 200, body });
    let heard = raw.heard_once();
    assert!(heard.starts_with("POST /api/oceansmart/buyvps HTTP/1.1\r\n"), "{heard}");
    assert_headers(&heard, &host);
    for header in ["x-berth-permit: att_01", "content-type: application/json", "content-length: 29"]
    {
        assert!(heard.contains(&format!("\r\n{header}\r\n")), "{header} in {heard}");
    }
    assert!(heard.ends_with("\r\n\r\n{\"ip\":\"103.195.26\",\"ram\":\"8\"}"), "{heard}");
}

#[tokio::test]
async fn every_operation_has_its_own_path_and_the_os_goes_as_its_code() {
    for (kind, path, body) in [
        (OperationKind::Start, "start", r#"{"ip":"103.195.26.51"}"#),
        (OperationKind::Stop, "stop", r#"{"ip":"103.195.26.51"}"#),
        (OperationKind::Format, "format", r#"{"ip":"103.195.26.51"}"#),
        (OperationKind::Renew, "renewvps", r#"{"ip":"103.195.26.51"}"#),
        (
            OperationKind::ChangeOs(Os::Ubuntu22),
            "changeos",
            r#"{"ip":"103.195.26.51","os":"ubuntu"}"#,
        ),
    ] {
        let raw = Raw::answering(answer(200, b"success|done"));
        let line = at(&raw).connect().await.unwrap();
        let answer = line.operate(&operation(kind), guard()).await;
        assert_eq!(account().operation_meaning(&answer), OperationMeaning::Done);
        let heard = raw.heard_once();
        assert!(heard.starts_with(&format!("POST /api/oceansmart/{path} HTTP/1.1\r\n")), "{heard}");
        assert!(heard.contains("\r\nx-berth-permit: op_01\r\n"), "{heard}");
        assert!(heard.ends_with(&format!("\r\n\r\n{body}")), "{heard}");
    }
}

#[tokio::test]
async fn the_list_is_asked_for_by_post_or_get() {
    for (method, word) in [(StockMethod::Post, "POST"), (StockMethod::Get, "GET")] {
        let raw = Raw::answering(answer(200, fixture!("ipstock_in_a_string.json")));
        let base = format!("http://{}", raw.address);
        let settings = Settings { ipstock_method: method, ..settings(&base) };
        let listing = SmartVps::new(settings).unwrap().packages().await.unwrap();
        assert_eq!(listing.rows.len(), 1);
        assert_eq!(listing.raw, fixture!("ipstock_in_a_string.json"));
        let heard = raw.heard_once();
        assert!(heard.starts_with(&format!("{word} /api/oceansmart/ipstock HTTP/1.1\r\n")));
        assert!(!heard.contains("content-type") && !heard.contains("permit"), "{heard}");
        assert!(heard.ends_with("\r\n\r\n"), "{heard}");
    }
}

#[tokio::test]
async fn a_server_is_asked_about_by_its_address() {
    let raw = Raw::answering(answer(200, fixture!("status_windows_ready.json")));
    let server = at(&raw).describe(ADDRESS).await.unwrap();
    assert_eq!(server.address, Some(ADDRESS));
    let heard = raw.heard_once();
    assert!(heard.starts_with("POST /api/oceansmart/status HTTP/1.1\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\n{\"ip\":\"103.195.26.51\"}"), "{heard}");
}

#[tokio::test]
async fn base_paths_and_prefixes_are_joined() {
    for (base, prefix, path) in [
        ("", "api/oceansmart", "/api/oceansmart/ipstock"),
        ("/", "/api/ocean/", "/api/ocean/ipstock"),
        ("/shop", "api", "/shop/api/ipstock"),
        ("/shop/", "", "/shop/ipstock"),
    ] {
        let raw = Raw::answering(answer(200, fixture!("ipstock_no_packages.json")));
        let base = format!("http://{}{base}", raw.address);
        let settings = Settings { prefix: prefix.to_owned(), ..settings(&base) };
        SmartVps::new(settings).unwrap().packages().await.unwrap();
        let heard = raw.heard_once();
        assert!(heard.starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{heard}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let new = |settings: Settings| SmartVps::new(settings).err();
    let base = || settings("https://smartvps.example/");
    let url = |url: &str| Settings { base_url: Url::parse(url).unwrap(), ..base() };
    assert_eq!(new(base()), None);
    assert_eq!(new(url("ftp://a.example")), Some(BadSettings::Address(BadAddress::Scheme)));
    for bad in ["http://u:p@a.example", "http://a.example/?x", "http://a.example/#x"] {
        assert_eq!(new(url(bad)), Some(BadSettings::BaseUrl));
    }
    for bad in ["../x", "a/./b", "a?b", "a b"] {
        let settings = Settings { prefix: bad.to_owned(), ..base() };
        assert_eq!(new(settings), Some(BadSettings::Prefix), "{bad}");
    }
    let settings = Settings { username: "a:b".to_owned(), ..base() };
    assert_eq!(new(settings), Some(BadSettings::Username));
}

#[tokio::test]
async fn an_answer_that_broke_off_is_unheard() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nsuccess|Your ip is: 103.195.26.51";
    let outcome = buy(&Raw::answering(cut)).await;
    assert!(matches!(outcome.answer, Answer::Lost { .. }), "{outcome:?}");
    assert!(matches!(outcome.meaning, Meaning::Unheard { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_purchase_without_an_answer_is_unheard() {
    let raw = Raw::listening();
    let line = at(&raw).connect().await.unwrap();
    let outcome = line.buy(&purchase(), impatient()).await;
    let reason = "no answer within 50 ms".to_owned();
    assert_eq!(outcome.meaning, Meaning::Unheard { reason: reason.clone() });
    assert_eq!(outcome.answer, Answer::Lost { reason });
    assert!(raw.heard_once().contains("buyvps"));
}

#[tokio::test]
async fn a_purchase_whose_permit_grew_old_is_not_sent() {
    let raw = Raw::listening();
    let line = at(&raw).connect().await.unwrap();
    let boot = Arc::new(HandClock::default());
    let guard = guard_by(boot.clone());
    boot.advance(Duration::from_secs(6));
    let outcome = line.buy(&purchase(), guard).await;
    assert!(matches!(outcome.answer, Answer::NotSent { .. }), "{outcome:?}");
    assert!(matches!(outcome.meaning, Meaning::NotSent { .. }), "{outcome:?}");
    assert_eq!(raw.heard(), b"");
}

#[tokio::test]
async fn a_permit_that_is_no_header_is_not_sent() {
    let raw = Raw::listening();
    let line = at(&raw).connect().await.unwrap();
    let purchase = Purchase { permit: "a\r\nb: c".to_owned(), ..purchase() };
    let outcome = line.buy(&purchase, guard()).await;
    assert!(matches!(outcome.meaning, Meaning::NotSent { .. }), "{outcome:?}");
    assert_eq!(raw.heard(), b"");
}

#[tokio::test]
async fn questions_name_what_went_wrong() {
    let fault = |bytes: Vec<u8>| async move {
        let raw = Raw::answering(bytes);
        at(&raw).packages().await.unwrap_err()
    };
    let unauthorized = fault(answer(401, b"Unauthorized")).await;
    assert_eq!(unauthorized.to_string(), "SmartVPS refused our credentials (HTTP 401)");
    let broken = fault(answer(500, br#"{"message":"database is away"}"#)).await;
    assert_eq!(broken.to_string(), "SmartVPS answered HTTP 500: database is away");
    let moved = fault(answer(302, b"")).await;
    assert!(matches!(moved, Fault::Status { status: 302, .. }), "{moved:?}");
    let half = fault(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}".to_vec()).await;
    assert!(matches!(half, Fault::Unreadable { .. }), "{half:?}");
    let closed = SmartVps::new(settings("http://127.0.0.1:1/")).unwrap();
    let fault = closed.packages().await.unwrap_err();
    assert!(matches!(fault, Fault::Unreachable { .. }), "{fault:?}");
    assert!(matches!(closed.connect().await.err(), Some(Fault::Unreachable { .. })));
}

#[tokio::test]
async fn a_question_is_given_up_in_time() {
    let raw = Raw::listening();
    let base = format!("http://{}", raw.address);
    let settings = Settings { call_timeout: Duration::from_millis(50), ..settings(&base) };
    let fault = SmartVps::new(settings).unwrap().describe(ADDRESS).await.err();
    assert!(matches!(fault, Some(Fault::TimedOut { .. })), "{fault:?}");
}
