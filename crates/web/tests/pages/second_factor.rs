//! Signing in by password and code, as browsers do.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;

use crate::database::{TestDb, for_each_database};
use crate::house::{House, PASSWORD, get, post};
use crate::{browser_of, cookie, form, led_to, page, text};

/// What a device shows for a secret, so many half minutes from now.
async fn code(test: &TestDb, secret: &str, steps: i64) -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = String::new();
    for letter in secret.chars().filter(|letter| *letter != ' ') {
        bits.push_str(&format!("{:05b}", letters.find(letter).unwrap()));
    }
    let key: Vec<u8> = (0..bits.len() / 8)
        .map(|at| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap())
        .collect();
    let now = test.db.read(|tx| tx.now()).await.unwrap();
    let step = now.as_millis() / 30_000 + steps;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let four: [u8; 4] = digest[at..at + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before).expect(before).1.split_once(after).expect(after).0
}

/// Sets a second factor up by the pages; its secret and the recovery codes.
async fn guard(test: &TestDb, house: &House, browser: &str) -> (String, Vec<String>) {
    let begun = house.ask(form("/account/second-factor", &[]).with("cookie", browser)).await;
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    let shown = text(&begun);
    assert!(shown.contains("<svg class=\"square\"") && !shown.contains("otpauth"), "{shown}");
    let secret = between(&shown, "<code id=\"secret\">", "<").to_owned();
    let confirm = |code: &str| {
        form("/account/second-factor/confirm", &[("code", code)]).with("cookie", browser)
    };
    let wrong = house.ask(confirm("000000")).await;
    assert_eq!(wrong.status, 403);
    assert!(text(&wrong).contains(&secret) && text(&wrong).contains("id=\"code-error\""));
    let codes = text(&house.ask(confirm(&code(test, &secret, -1).await)).await);
    let codes: Vec<String> = between(&codes, "<ol", "</ol>")
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// The first step; what the browser keeps of it.
async fn ticket(house: &House) -> String {
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/my-servers")];
    let first = house.ask(form("/login", &fields)).await;
    assert_eq!(led_to(&first), "/login/code?next=%2Fmy-servers");
    let kept = cookie(&first);
    assert!(kept.starts_with("berth_ticket="), "the first step opens no session");
    kept
}

#[tokio::test]
async fn whoever_has_a_second_factor_signs_in_by_two_steps_and_each_code_counts_once() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (secret, codes) = guard(test, &house, &ada).await;
        let kept = ticket(&house).await;
        let as_session = kept.replace("berth_ticket", "berth_session");
        let early = house.ask(page("/account").with("cookie", &as_session)).await;
        assert!(led_to(&early).starts_with("/login"));

        let show = |code: &str, kept: &str| {
            let fields = [("code", code), ("next", "/my-servers")];
            form("/login/code", &fields).with("cookie", kept)
        };
        let wrong = house.ask(show("123", &kept)).await;
        assert_eq!(wrong.status, 403);
        assert!(text(&wrong).contains("id=\"code-error\"") && wrong.header("set-cookie").is_none());
        let right = code(test, &secret, 0).await;
        let signed_in = house.ask(show(&right, &kept)).await;
        assert_eq!(led_to(&signed_in), "/my-servers");
        let session = cookie(&signed_in);
        assert_eq!(house.ask(page("/account").with("cookie", &session)).await.status, 200);

        let other = ticket(&house).await;
        assert_eq!(house.ask(show(&right, &other)).await.status, 403, "a replay");
        assert_eq!(led_to(&house.ask(show(&codes[0], &other)).await), "/my-servers");
        let third = ticket(&house).await;
        assert_eq!(house.ask(show(&codes[0], &third)).await.status, 403, "counted once");
        let none = house.ask(form("/login/code", &[("code", "123456")])).await;
        assert_eq!(led_to(&none), "/login");
    })
    .await;
}

#[tokio::test]
async fn guesses_at_codes_are_told_to_wait() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        guard(test, &house, &ada).await;
        let kept = ticket(&house).await;
        let guess = || form("/login/code", &[("code", "000000")]).with("cookie", &kept);
        for _ in 0..5 {
            assert_eq!(house.ask(guess()).await.status, 403);
        }
        let stopped = house.ask(guess()).await;
        assert_eq!(stopped.status, 429);
        assert_eq!(stopped.header("retry-after"), Some("900"));
        // Elsewhere as well: a code is short.
        let off = form("/account/second-factor/off", &[("code", "000000")]).with("cookie", &ada);
        assert_eq!(house.ask(off).await.status, 429);
    })
    .await;
}

#[tokio::test]
async fn programs_send_the_code_with_the_password() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (secret, _) = guard(test, &house, &ada).await;
        let wish = |code: Option<String>| {
            let wish = json!({"email": "ada@example.com", "password": PASSWORD, "code": code});
            post("/api/account/sign-in", wish)
        };
        let asked = house.ask(wish(None)).await;
        assert_eq!((asked.status.as_u16(), asked.problem().as_str()), (401, "code-needed"));
        assert!(asked.header("set-cookie").is_none());
        assert_eq!(house.ask(wish(Some("1".into()))).await.problem(), "wrong-code");
        let signed_in = house.ask(wish(Some(code(test, &secret, 0).await))).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        let me = house.ask(get("/api/account").with("cookie", &cookie(&signed_in))).await.json();
        assert_eq!((&me["secondFactor"], &me["emailVerified"]), (&json!(true), &json!(true)));
        // A key is a secret of its own.
        assert_eq!(house.ask(get("/api/orders").by(&house.ada)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_a_code_where_there_is_a_second_factor() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (secret, _) = guard(test, &house, &ada).await;
        house.clock.step(Duration::from_secs(10 * 60));
        let asked = house.ask(form("/account/keys", &[]).with("cookie", &ada)).await;
        assert!(asked.status == 403 && text(&asked).contains("A code of your device"));
        let prove =
            |proof: &str| post("/api/account/prove", json!({"proof": proof})).with("cookie", &ada);
        assert_eq!(house.ask(prove(PASSWORD)).await.problem(), "wrong-code");
        let proven = house.ask(prove(&code(test, &secret, 0).await)).await;
        assert_eq!(proven.status, 204);
        let ada = cookie(&proven);
        assert_eq!(house.ask(form("/account/keys", &[]).with("cookie", &ada)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn staff_are_asked_for_one_where_an_admin_has_said_so() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let sam = browser_of(&house, "sam@example.com").await;
        let ask = || form("/admin/second-factor/ask", &[]).with("cookie", &sue);
        assert_eq!(house.ask(ask()).await.status, 409, "nobody locks themselves out");
        let (secret, _) = guard(test, &house, &sue).await;
        assert_eq!(led_to(&house.ask(ask()).await), "/admin?said=staff-guarded");
        let refused = house.ask(page("/admin").with("cookie", &sam)).await;
        assert!(refused.status == 403 && text(&refused).contains("set one up in your account"));
        let own = text(&house.ask(page("/account").with("cookie", &sam)).await);
        assert!(own.contains("This shop asks its staff for a second factor"));
        assert_eq!(house.ask(get("/api/admin/alerts").by(&house.sam)).await.status, 200);
        guard(test, &house, &sam).await;
        assert_eq!(house.ask(page("/admin").with("cookie", &sam)).await.status, 200);

        let path = format!("/api/admin/accounts/{}/second-factor", house.sam.id);
        let off = crate::house::Ask { method: http::Method::DELETE, ..get(&path) };
        assert_eq!(house.ask(off.by(&house.sue)).await.status, 204);
        assert_eq!(house.ask(page("/admin").with("cookie", &sam)).await.status, 403);
        house.clock.step(Duration::from_secs(10 * 60));
        let proof = json!({"proof": code(test, &secret, 0).await});
        let proof = post("/api/account/prove", proof).with("cookie", &sue);
        let proven = house.ask(proof).await;
        assert_eq!(proven.status, 204);
        let sue = cookie(&proven);
        let stop = form("/admin/second-factor/stop", &[]).with("cookie", &sue);
        assert_eq!(led_to(&house.ask(stop).await), "/admin?said=staff-trusted");
        assert_eq!(house.ask(page("/admin").with("cookie", &sam)).await.status, 200);
    })
    .await;
}
