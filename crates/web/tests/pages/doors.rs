//! Who comes in, from where, and where they are led.

use http::Method;

use crate::database::for_each_database;
use crate::house::{House, PASSWORD, get, post};
use crate::{browser_of, cookie, form, led_to, page, text};

#[tokio::test]
async fn whoever_must_sign_in_is_led_there_and_back() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let login = led_to(&house.ask(page("/my-servers?after=x")).await);
        assert_eq!(login, "/login?next=%2Fmy-servers%3Fafter%3Dx");
        let fields =
            [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/my-servers?after=x")];
        assert_eq!(led_to(&house.ask(form("/login", &fields)).await), "/my-servers?after=x");
        // A program is told what is missing instead.
        let program = house.ask(get("/my-servers")).await;
        assert_eq!((program.status.as_u16(), program.problem().as_str()), (401, "unauthenticated"));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_signing_in() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        for next in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"] {
            let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
            assert_eq!(led_to(&house.ask(form("/login", &fields)).await), "/", "{next}");
            let ada = browser_of(&house, "ada@example.com").await;
            let path = format!("/login?next={}", crate::escaped(next));
            let signed_in = house.ask(page(&path).with("cookie", &ada)).await;
            assert_eq!(led_to(&signed_in), "/", "{next}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_sign_in_tells_nothing_and_keeps_what_was_typed() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut told = Vec::new();
        for email in ["ada@example.com", "nobody@example.com"] {
            let answer =
                house.ask(form("/login", &[("email", email), ("password", "wrong")])).await;
            assert_eq!(answer.status, 401);
            assert!(answer.header("set-cookie").is_none());
            told.push(text(&answer).replace(email, ""));
        }
        assert_eq!(told[0], told[1]);
        assert!(told[0].contains("The email address or the password is wrong."));
        assert!(!told[0].contains("value=\"wrong\""));
    })
    .await;
}

#[tokio::test]
async fn a_sign_up_names_the_field_that_is_wrong() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sign_up = |name: &'static str, email: &'static str, password: &'static str| {
            form("/signup", &[("name", name), ("email", email), ("password", password)])
        };
        for (ask, field) in [
            (sign_up("Asha", "asha", PASSWORD), "email-error"),
            (sign_up("Asha", "asha@example.com", "short"), "password-error"),
        ] {
            let answer = house.ask(ask).await;
            assert!(answer.status.is_client_error());
            let shown = text(&answer);
            assert!(shown.contains(&format!("id=\"{field}\"")), "{field}: {shown}");
            assert!(shown.contains("value=\"Asha\"") && !shown.contains(PASSWORD));
        }
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let out = house.ask(form("/sign-out", &[]).with("cookie", &ada)).await;
        assert_eq!(led_to(&out), "/?said=signed-out");
        assert_eq!(cookie(&out), "berth_session=");
        let after = house.ask(page("/my-servers").with("cookie", &ada)).await;
        assert!(led_to(&after).starts_with("/login"));
    })
    .await;
}

#[tokio::test]
async fn browsers_get_pages_where_programs_get_problems() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let seen = house.ask(page("/nothing/here")).await;
        assert_eq!(seen.status, 404);
        assert!(seen.header("content-type").unwrap().starts_with("text/html"));
        let number = seen.header("x-request-id").unwrap().to_owned();
        assert!(text(&seen).contains(&number) && text(&seen).contains("<h1>Not found</h1>"));
        assert!(seen.header("content-security-policy").unwrap().contains("script-src 'self'"));
        assert_eq!(house.ask(get("/nothing/here")).await.problem(), "not-found");
        let api = page("/api/orders/x");
        assert_eq!(house.ask(api).await.problem(), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn our_own_files_are_kept_for_a_year_and_pages_are_not_kept() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let shop = house.ask(page("/")).await;
        assert_eq!(shop.header("cache-control"), Some("no-store"));
        let shown = text(&shop);
        let (_, rest) = shown.split_once("rel=\"stylesheet\" href=\"").unwrap();
        let style = house.ask(get(rest.split('"').next().unwrap())).await;
        assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
        assert_eq!(house.ask(get("/static/berth.css")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_shop_without_a_simulated_world_has_no_buttons_for_lies() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        assert!(house.declared.iter().all(|route| !route.path.starts_with("/demo")));
        assert_eq!(house.ask(page("/demo")).await.status, 404);
        assert_eq!(house.ask(form("/demo/sign-in", &[("email", "x")])).await.status, 404);
        assert!(!text(&house.ask(page("/")).await).contains("/demo"));
    })
    .await;
}

#[tokio::test]
async fn garbage_in_a_form_is_refused_and_breaks_nothing() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let pages = house.declared.iter().filter(|route| !route.path.starts_with("/api/"));
        for route in pages.filter(|route| route.method == Method::POST) {
            let path = route.path.replace("{id}", "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
            for body in ["", "=&=&", "kind=burn", "a=%00", "reason=%ff", "{\"a\": 1}"] {
                let mut ask = form(&path, &[]).with("cookie", &sue);
                ask.body = body.as_bytes().to_vec();
                let answer = house.ask(ask).await;
                assert!(answer.status.as_u16() < 500, "{path} {body:?}: {}", text(&answer));
            }
            let json = post(&path, serde_json::json!({"a": 1})).by(&house.sue);
            assert!(house.ask(json).await.status.as_u16() < 500, "{path}");
        }
    })
    .await;
}
