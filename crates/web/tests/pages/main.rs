//! The pages as browsers ask for them: forms, redirects, the session's cookie, and what nobody
//! may see. How pages look is tested by their samples, beside their views.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../../../store/tests/support/mod.rs"]
#[allow(dead_code, reason = "the store's own tests use all of it")]
mod database;
#[path = "../api/house.rs"]
#[allow(dead_code, reason = "the tests of the API need more of the house")]
mod house;

mod account;
mod acting;
mod alerts;
mod audit;
mod books;
mod brand;
mod buying;
mod by_hand;
mod cart;
mod customers;
mod desk;
mod doors;
mod evidence;
mod filled;
mod hindi;
mod leave;
mod letters;
mod mail_texts;
mod mails;
mod matrix;
mod offered;
mod order;
mod orders;
mod papers;
mod prices;
mod product;
mod profit;
mod quarantine;
mod queries;
mod refund_request;
mod second_factor;
mod sellers;
mod server;
mod servers;
mod settings;
mod shop;
mod staff;
mod staff_people;
mod sync;
mod wallet;

use house::{Answer, Ask, House, get};
use http::Method;

/// A browser's wish for a page.
fn page(path: &str) -> Ask {
    get(path).with("accept", "text/html,application/xhtml+xml").with("sec-fetch-site", "none")
}

/// A form of our own page, filled in and sent.
fn form(path: &str, fields: &[(&str, &str)]) -> Ask {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let ask = Ask { method: Method::POST, body: body.join("&").into_bytes(), ..page(path) };
    let headers = ask.headers.into_iter().filter(|(name, _)| name != "sec-fetch-site").collect();
    Ask { headers, ..ask }
        .with("sec-fetch-site", "same-origin")
        .with("content-type", "application/x-www-form-urlencoded")
}

fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    let written = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    value.bytes().map(written).collect()
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// Where a deed led on to.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", text(answer));
    answer.header("location").unwrap().to_owned()
}

/// The session that an answer began, as the browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a session begins");
    set.split(';').next().unwrap().to_owned()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}

/// A customer's browser, signed in by the form.
async fn browser_of(house: &House, email: &str) -> String {
    let fields = [("email", email), ("password", house::PASSWORD)];
    cookie(&house.ask(form("/login", &fields)).await)
}
