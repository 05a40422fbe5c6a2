//! One's own account: sessions, the password, keys, and proving again who one is.

use std::time::Duration;

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{Ask, House, PASSWORD, get, post};
use crate::{browser_of, cookie, form, led_to, page, text};

const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

/// The fields that the page which asks for a proof keeps, with the proof filled in.
fn proved(asked: &str, proof: &str) -> Ask {
    let mut fields: Vec<(String, String)> = asked
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let mut parts = rest.split('"');
            (parts.next().unwrap().to_owned(), parts.nth(1).unwrap().to_owned())
        })
        .collect();
    fields.push(("proof".to_owned(), proof.to_owned()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    form("/account/prove", &fields)
}

/// Sends a form on to where a 307 leads, as browsers do.
fn sent_on(ask: &Ask, to: &str) -> Ask {
    Ask { path: to.to_owned(), ..ask.clone() }
}

async fn delivered(house: &House) -> String {
    let order = house.order(&house.ada).await;
    house.pay(&order).await;
    house.until(&order, "active").await;
    order["orderId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_stolen_session_reveals_no_credentials_after_ten_minutes_without_a_proof() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = delivered(&house).await;
        let path = format!("/orders/{order}/credentials");
        let told = house.ask(form(&path, &[]).with("cookie", &ada)).await;
        assert_eq!(told.status, 200);

        house.clock.step(TEN_MINUTES);
        let asked = house.ask(form(&path, &[]).with("cookie", &ada)).await;
        assert_eq!(asked.status, 403);
        let shown = text(&asked);
        assert!(shown.contains("<h1>Is it still you?</h1>") && !shown.contains("id=\"password\""));
        let api = post(&format!("/api{path}"), json!({})).with("cookie", &ada);
        assert_eq!(house.ask(api).await.problem(), "prove-again");

        let wrong = house.ask(proved(&shown, "a guess").with("cookie", &ada)).await;
        assert_eq!(wrong.status, 403);
        assert!(text(&wrong).contains("This is not your password."));
        assert_eq!(house.ask(form(&path, &[]).with("cookie", &ada)).await.status, 403);

        let proof = proved(&text(&wrong), PASSWORD).with("cookie", &ada);
        let right = house.ask(proof.clone()).await;
        assert_eq!((right.status.as_u16(), right.header("location")), (307, Some(&*path)));
        // A copy of the session's name from before is worth nothing any more.
        let before = house.ask(sent_on(&proof, &path)).await;
        assert!(led_to(&before).starts_with("/login"), "{before:?}");
        let ada = cookie(&right);
        let told = house.ask(sent_on(&proof, &path).with_cookie(&ada)).await;
        assert!(text(&told).contains("<h1>Sign-in of your server</h1>"), "{told:?}");

        // A program proves who it is with every request.
        house.clock.step(TEN_MINUTES);
        let program = house.ask(post(&format!("/api{path}"), json!({})).by(&house.ada)).await;
        assert_eq!(program.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_refund_asks_who_sits_there_and_keeps_what_was_typed() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = delivered(&house).await;
        house.clock.step(TEN_MINUTES);
        let seen = house.ask(get(&format!("/api/admin/orders/{order}")).by(&house.sue)).await;
        let version = seen.json()["version"].to_string();
        let path = format!("/admin/orders/{order}/remedies");
        let fields = [
            ("kind", "refund"),
            ("reason", "as \"agreed\" & promised"),
            ("version", version.as_str()),
            ("preview", "true"),
        ];
        let asked = house.ask(form(&path, &fields).with("cookie", &sue)).await;
        assert_eq!(asked.status, 403);
        let kept = text(&asked).replace("&#34;", "%22").replace("&#38;", "&");
        let proof = proved(&kept.replace("%22agreed%22", "agreed"), PASSWORD).with("cookie", &sue);
        let proven = house.ask(proof.clone()).await;
        assert_eq!(proven.status, 307);
        let sue = cookie(&proven);
        let shown = text(&house.ask(sent_on(&proof, &path).with_cookie(&sue)).await);
        assert!(shown.contains("as agreed &#38; promised"), "{shown}");

        // What gives nothing away is not asked for.
        house.clock.step(TEN_MINUTES);
        let fields = [("kind", "wait"), ("reason", "soon"), ("version", version.as_str())];
        let answer = house.ask(form(&path, &fields).with("cookie", &sue)).await;
        assert!(!text(&answer).contains("Is it still you?"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_request_that_asked_for_a_proof_counts_once_it_was_given() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = delivered(&house).await;
        house.clock.step(TEN_MINUTES);
        let wish = json!({"kind": "extend", "days": 3, "reason": "sorry"});
        let extend = post(&format!("/api/admin/orders/{order}/remedies"), wish);
        let extend = extend.with("cookie", &sue).key("once");
        assert_eq!(house.ask(extend.clone()).await.problem(), "prove-again");
        let proof = post("/api/account/prove", json!({"proof": PASSWORD})).with("cookie", &sue);
        let proven = house.ask(proof).await;
        assert_eq!(proven.status, 204);
        let extend = extend.with_cookie(&cookie(&proven));
        for _ in 0..2 {
            let done = house.ask(extend.clone()).await;
            assert_eq!(done.status, 200, "{done:?}");
        }
        let seen = house.ask(get(&format!("/api/admin/orders/{order}")).by(&house.sue)).await;
        let told = seen.json()["timeline"].to_string();
        assert_eq!(told.matches("\"kind\":\"extended\"").count(), 1, "{told}");
    })
    .await;
}

#[tokio::test]
async fn every_sign_in_begins_a_session_that_nobody_knew_before() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let planted = format!("berth_session={}", "0".repeat(64));
        let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
        let first = cookie(&house.ask(form("/login", &fields).with("cookie", &planted)).await);
        let second = cookie(&house.ask(form("/login", &fields).with("cookie", &first)).await);
        assert!(first != planted && second != first);
        let stranger = house.ask(page("/account").with("cookie", &planted)).await;
        assert!(led_to(&stranger).starts_with("/login"));
        for known in [first, second] {
            assert_eq!(house.ask(page("/account").with("cookie", &known)).await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_end_it() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1";
        let other = house.ask(form("/login", &fields).with("user-agent", phone)).await;
        let (other, mine) = (cookie(&other), browser_of(&house, "ada@example.com").await);
        let shown = text(&house.ask(page("/account").with("cookie", &mine)).await);
        for expected in ["Safari, iPhone", "192.0.2.1", "This one", "ada@example.com"] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let (_, rest) = shown.split_once("action=\"/account/sessions/ses_").unwrap();
        let end = format!("/account/sessions/ses_{}", rest.split('"').next().unwrap());
        let eve = browser_of(&house, "eve@example.com").await;
        assert_eq!(house.ask(form(&end, &[]).with("cookie", &eve)).await.status, 404);
        let ended = house.ask(form(&end, &[]).with("cookie", &mine)).await;
        assert_eq!(led_to(&ended), "/account?said=session-ended");
        assert!(
            led_to(&house.ask(page("/account").with("cookie", &other)).await).contains("login")
        );
        let third = browser_of(&house, "ada@example.com").await;
        house.ask(form("/account/sessions/end-others", &[]).with("cookie", &mine)).await;
        assert!(
            led_to(&house.ask(page("/account").with("cookie", &third)).await).contains("login")
        );
        let left = house.ask(get("/api/account/sessions").with("cookie", &mine)).await.json();
        assert_eq!(left["items"].as_array().unwrap().len(), 1);
        assert_eq!(left["items"][0]["current"], true);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_what_is_wrong_stands_beside_its_field() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let change = |current: &str, new: &str| {
            let fields = [("current", current), ("password", new)];
            form("/account/password", &fields).with("cookie", &ada)
        };
        for (ask, field) in [
            (change("a guess", "battery horse correct"), "current-error"),
            (change(PASSWORD, "short"), "password-error"),
        ] {
            let answer = house.ask(ask).await;
            assert!(answer.status.is_client_error());
            let shown = text(&answer);
            assert!(shown.contains(&format!("id=\"{field}\"")) && !shown.contains(PASSWORD));
        }
        let changed = house.ask(change(PASSWORD, "battery horse correct")).await;
        assert_eq!(led_to(&changed), "/account?said=password-changed");
        let name = form("/account/name", &[("name", "Ada Lovelace")]).with("cookie", &ada);
        assert_eq!(led_to(&house.ask(name).await), "/account?said=renamed");
        let shown = text(&house.ask(page("/account").with("cookie", &ada)).await);
        assert!(shown.contains("value=\"Ada Lovelace\""));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_made_for_a_program_shown_once_and_revoked() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let make = form("/account/keys", &[("scope", "orders:read")]).with("cookie", &ada);
        let made = house.ask(make.clone()).await;
        assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, Some("no-store")));
        let shown = text(&made);
        let (_, rest) = shown.split_once("<code id=\"key\">").unwrap();
        let key = rest.split('<').next().unwrap().to_owned();
        let program = |path: &str| get(path).with("authorization", &format!("Bearer {key}"));
        assert_eq!(house.ask(program("/api/orders")).await.status, 200);
        assert_eq!(house.ask(program("/api/account/keys")).await.status, 403);

        let listed = text(&house.ask(page("/account/keys").with("cookie", &ada)).await);
        assert!(listed.contains(&key[..8]) && !listed.contains(&key), "{listed}");
        let (_, rest) = listed.split_once("action=\"/account/keys/key_").unwrap();
        let revoke = format!("/account/keys/key_{}", rest.split('"').next().unwrap());
        let eve = browser_of(&house, "eve@example.com").await;
        assert_eq!(house.ask(form(&revoke, &[]).with("cookie", &eve)).await.status, 404);
        let revoked = house.ask(form(&revoke, &[]).with("cookie", &ada)).await;
        assert_eq!(led_to(&revoked), "/account/keys?said=key-revoked");
        assert_eq!(house.ask(program("/api/orders")).await.problem(), "unauthenticated");

        house.clock.step(TEN_MINUTES);
        assert_eq!(house.ask(make).await.status, 403);
    })
    .await;
}
