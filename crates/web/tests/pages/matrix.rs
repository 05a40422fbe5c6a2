//! Who is answered what, at every route there is: a visitor, the customer whose things they are,
//! another customer, support, an admin. And what no answer lacks.

use http::Method;
use serde_json::json;
use web::routes::Declared;

use crate::database::for_each_database;
use crate::filled::Filled;
use crate::house::{Answer, Ask, get, post};
use crate::{browser_of, form, led_to, page};

/// A session that whoever comes has before the next route.
const ENDS_SESSIONS: [&str; 4] =
    ["/sign-out", "/api/account/sign-out", "/account/second-factor", "/api/account/second-factor"];

/// Fields of the forms that are read before anybody looks whose things they are about.
const FIELDS: [(&str, &[(&str, &str)]); 1] = [("/cart/lines/{id}", &[("quantity", "1")])];

/// What somebody sends who fills in nothing that need not be.
pub(crate) fn knock(route: &Declared, path: &str, cookie: Option<&str>) -> Ask {
    let ask = match (&route.method, path.starts_with("/api/")) {
        (&Method::GET, true) => get(path),
        (&Method::GET, false) => page(path),
        (method, true) => Ask { method: method.clone(), ..post(path, json!({})) },
        (_, false) => {
            let known = FIELDS.iter().find(|(form, _)| *form == route.path);
            form(path, known.map_or(&[], |(_, fields)| *fields))
        }
    };
    cookie.into_iter().fold(ask, |ask, cookie| ask.with("cookie", cookie))
}

/// The status, and whether it is the way to the sign-in.
fn told(answer: &Answer) -> String {
    let to_login = answer.header("location").is_some_and(|to| to.starts_with("/login"));
    format!("{}{}", answer.status.as_u16(), if to_login { "*" } else { "" })
}

/// Looks first, then deeds; last what takes away that others need.
fn in_order(declared: &[Declared]) -> Vec<&Declared> {
    const LAST: [&str; 3] = ["end-others", "second-factor/ask", "second-factor/stop"];
    let mut routes: Vec<&Declared> = declared.iter().collect();
    routes.sort_by_key(|route| {
        let is_last = LAST.iter().any(|part| route.path.contains(part));
        let deed = route.method != Method::GET;
        (is_last, route.method == Method::DELETE, deed, &route.path, route.method.as_str())
    });
    routes
}

#[tokio::test]
async fn every_route_answers_each_of_five_people_as_this_table_says() {
    for_each_database(async |test| {
        let mut filled = Filled::open(test).await;
        let declared = filled.house.declared.clone();
        let mut theirs = Vec::new();
        let mut lines = vec![format!("{:<51} visitor eve  sam  sue  ada (whose it is)", "")];
        for route in in_order(&declared) {
            let path = filled.path(&route.path);
            // A stream of news never ends by itself: the door is all that is tried.
            let is_stream = route.path.ends_with("/events");
            let mut seen = Vec::new();
            let people = [None, Some(&filled.eve), Some(&filled.sam), Some(&filled.sue)];
            for cookie in people.into_iter().chain([Some(&filled.ada)]) {
                let ask = knock(route, &path, cookie.map(String::as_str));
                let answer = if is_stream {
                    filled.house.ask_head(ask).await
                } else {
                    filled.house.ask(ask).await
                };
                seen.push(told(&answer));
            }
            let [eve, ada] = [&seen[1], &seen[4]];
            let is_adas = route.path.contains('{') && !route.path.contains("/admin/");
            let is_for_all = ["/brand/", "/legal/", "/products/", "/problems/", "/static/"];
            if is_adas && !is_for_all.iter().any(|part| route.path.starts_with(part)) {
                theirs.push((format!("{} {}", route.method, route.path), eve.clone(), ada.clone()));
            }
            let name = format!("{} {}", route.method, route.path);
            lines.push(format!(
                "{name:<51} {:<7} {:<4} {:<4} {:<4} {}",
                seen[0], seen[1], seen[2], seen[3], seen[4]
            ));
            if ENDS_SESSIONS.contains(&&*route.path) {
                filled.ada = browser_of(&filled.house, "ada@example.com").await;
                filled.eve = browser_of(&filled.house, "eve@example.com").await;
                filled.sam = browser_of(&filled.house, "sam@example.com").await;
                filled.sue = browser_of(&filled.house, "sue@example.com").await;
            }
        }
        let to_others: Vec<_> = theirs.iter().filter(|(_, eve, _)| eve != "404").collect();
        assert!(to_others.is_empty() && theirs.len() > 40, "{to_others:?}");
        // Named, so that both databases are compared with one table.
        insta::assert_snapshot!("who_is_answered_what", lines.join("\n"));
    })
    .await;
}

/// Mails, which pages of staff show in frames.
const FRAMED: [&str; 2] = ["/admin/mails/{id}/html", "/admin/mails/templates/{id}"];

/// What every answer carries, whoever gets it: kept from frames, from guessing at its kind, from
/// scripts that are not ours, and from telling others where somebody was.
#[tokio::test]
async fn no_answer_of_any_page_lacks_what_guards_it() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let mut pages = 0;
        for route in in_order(&filled.house.declared) {
            let path = filled.path(&route.path);
            if route.method != Method::GET || route.path.ends_with("/events") {
                continue;
            }
            for cookie in [None, Some(&filled.ada), Some(&filled.sue)] {
                let answer =
                    filled.house.ask(knock(route, &path, cookie.map(String::as_str))).await;
                let has = |name: &str| answer.header(name).unwrap_or_default().to_owned();
                let framed_by_us = FRAMED.contains(&&*route.path) && answer.status == 200;
                let (frames, ancestors) = match framed_by_us {
                    true => ("SAMEORIGIN", "frame-ancestors 'self'"),
                    false => ("DENY", "frame-ancestors 'none'"),
                };
                let policy = has("content-security-policy");
                assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
                assert!(policy.contains(ancestors), "{path}: {policy}");
                let is_mail = policy.contains("sandbox");
                assert!(!policy.contains("unsafe") || is_mail, "{path}: {policy}");
                assert!(policy.contains("script-src 'self'") || is_mail, "{path}: {policy}");
                assert_eq!(has("x-frame-options"), frames, "{path}");
                assert_eq!(has("x-content-type-options"), "nosniff", "{path}");
                assert_eq!(has("referrer-policy"), "same-origin", "{path}");
                assert_eq!(has("cross-origin-opener-policy"), "same-origin", "{path}");
                assert!(!has("x-request-id").is_empty(), "{path}");
                if answer.is_page() {
                    assert_eq!(has("cache-control"), "no-store", "{path}");
                    pages += 1;
                }
            }
        }
        assert!(pages > 100, "{pages}");
    })
    .await;
}

/// Gateways have no page of ours to send from: their news is believed only once it was asked for.
const FROM_ANYWHERE: [&str; 6] = [
    "/api/payment/razorpay-webhook",
    "/api/payment/simulated-webhook",
    "/api/payment/stripe-webhook",
    "/api/payment/upi-webhook",
    "/api/payment/webhook",
    "/payment/return",
];

#[tokio::test]
async fn nothing_is_done_for_another_sites_page_but_what_gateways_send() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let mut open = Vec::new();
        for route in filled.house.declared.iter().filter(|route| route.method != Method::GET) {
            let path = filled.path(&route.path);
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ] {
                let mut ask = knock(route, &path, Some(&filled.sue)).with(name, value);
                let mut sites = 0;
                // Only what the other site's browser says.
                ask.headers.reverse();
                ask.headers.retain(|(name, _)| {
                    name != "sec-fetch-site" || {
                        sites += 1;
                        sites == 1 && value.ends_with("-site")
                    }
                });
                let answer = filled.house.ask(ask).await;
                if FROM_ANYWHERE.contains(&&*route.path) {
                    assert_ne!(answer.status, 403, "{path}");
                    open.push(route.path.as_str());
                } else {
                    assert_eq!(answer.status, 403, "{} {path} {name}: {value}", route.method);
                }
            }
        }
        open.sort_unstable();
        open.dedup();
        assert_eq!(open, FROM_ANYWHERE);
    })
    .await;
}

#[tokio::test]
async fn no_form_leads_to_another_site() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let (house, mut ada) = (&filled.house, filled.ada.clone());
        let new = |number: usize| format!("new{number}@example.com");
        for (number, foreign) in
            ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
                .into_iter()
                .enumerate()
        {
            let within = |answer: &Answer| {
                let to = answer.header("location").unwrap_or_default();
                let ours = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\");
                assert!(ours && !to.contains("evil"), "{foreign:?} led to {to:?}: {answer:?}");
            };
            let email = new(number);
            let sign_up = [
                ("name", "Asha"),
                ("email", &*email),
                ("password", "a long enough password"),
                ("next", foreign),
            ];
            within(&house.ask(form("/signup", &sign_up)).await);
            let language = [("language", "en"), ("next", foreign)];
            within(&house.ask(form("/language", &language)).await);
            let proof = [("proof", crate::house::PASSWORD), ("to", foreign)];
            let proven = house.ask(form("/account/prove", &proof).with("cookie", &ada)).await;
            within(&proven);
            ada = crate::cookie(&proven);
            let code = [("code", "123456"), ("next", foreign)];
            within(&house.ask(form("/login/code", &code)).await);
            for path in ["/login", "/signup"] {
                let path = format!("{path}?next={}", crate::escaped(foreign));
                within(&house.ask(page(&path).with("cookie", &ada)).await);
            }
        }
    })
    .await;
}

/// Whoever planted a session's token in somebody's browser does not know it after the sign-in.
#[tokio::test]
async fn a_sign_in_takes_over_no_session_that_was_there_before() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let house = &filled.house;
        let planted = format!("berth_session={}", "a".repeat(64));
        for known in [&planted, &filled.eve] {
            let fields = [("email", "ada@example.com"), ("password", crate::house::PASSWORD)];
            let signed_in = house.ask(form("/login", &fields).with("cookie", known)).await;
            led_to(&signed_in);
            let begun = crate::cookie(&signed_in);
            assert_ne!(&begun, known);
            let me = house.ask(get("/api/account").with("cookie", &begun)).await.json();
            assert_eq!(me["email"], "ada@example.com");
            let before = house.ask(get("/api/account").with("cookie", known)).await.json();
            assert_ne!(before["email"], "ada@example.com");
        }
    })
    .await;
}

/// One form of staff takes a picture, and draws it anew. To every other one a file is told so, and
/// nothing of it is kept.
#[tokio::test]
async fn no_form_but_that_of_the_shops_picture_takes_a_file() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let head = "content-disposition: form-data; name=\"a\"; filename=\"a.php\"";
        let file = format!("--x\r\n{head}\r\n\r\n<?php\r\n--x--\r\n");
        for route in filled.house.declared.iter().filter(|route| route.method == Method::POST) {
            let path = filled.path(&route.path);
            let mut ask = knock(route, &path, Some(&filled.ada));
            ask.headers.retain(|(name, _)| name != "content-type");
            ask = ask.with("content-type", "multipart/form-data; boundary=x");
            ask.body = file.clone().into_bytes();
            let answer = filled.house.ask(ask).await;
            assert!(answer.status.as_u16() < 500, "{path}: {answer:?}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("a.php"), "{path}");
        }
        for (name, html) in web::view::every_sample() {
            let takes_one = name.starts_with("admin-brand-");
            assert_eq!(html.unwrap().contains("type=\"file\""), takes_one, "{name}");
        }
    })
    .await;
}
