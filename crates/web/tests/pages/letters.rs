//! Links in mails, and what visitors learn of other people's accounts: nothing.

use store::mail::AccountFacts;
use store::seal::Seal;

use crate::database::{TestDb, for_each_database};
use crate::house::{Answer, House, PASSWORD, get};
use crate::{browser_of, cookie, form, led_to, page, text};

const ANOTHER: &str = "battery horse correct";

/// The letters that wait, oldest first: kind, receiver, and the token of the link.
async fn letters(test: &TestDb) -> Vec<(String, String, Option<String>)> {
    let mut mails = test.db.read(|tx| tx.mails(None, None, 100)).await.unwrap();
    mails.reverse();
    let told = mails.into_iter().map(|mail| {
        let facts: AccountFacts = serde_json::from_str(&mail.facts).unwrap();
        let token = facts.sealed.map(|sealed| {
            let sealed = hex::decode(sealed).unwrap();
            let token = Seal::new([7; 32]).open(&sealed, &mail.cause).unwrap();
            String::from_utf8(token.to_vec()).unwrap()
        });
        (mail.kind, mail.email, token)
    });
    told.collect()
}

/// All that an answer tells, without what is random in every answer.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id" && *name != "content-length")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .map(|(name, value)| match value.split_once("berth_session=") {
            Some((_, rest)) => (name, rest.split_once(';').unwrap().1.to_owned()),
            None => (name, value),
        })
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, text(answer))
}

#[tokio::test]
async fn a_reset_of_an_unknown_address_reads_like_one_of_a_known_address() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut answers = Vec::new();
        for email in ["ada@example.com", "nobody@example.com"] {
            answers.push(told(&house.ask(form("/forgot", &[("email", email)])).await));
        }
        assert_eq!(answers[0], answers[1]);
        let kinds: Vec<String> = letters(test).await.into_iter().map(|told| told.0).collect();
        assert_eq!(kinds, ["reset-password", "unknown-address"]);
        let wrong = house.ask(form("/forgot", &[("email", "nobody")])).await;
        assert!(wrong.status == 422 && text(&wrong).contains("id=\"email-error\""));
        for _ in 0..4 {
            house.ask(form("/forgot", &[("email", "ada@example.com")])).await;
        }
        let stopped = house.ask(form("/forgot", &[("email", "ada@example.com")])).await;
        assert_eq!(stopped.status, 429);
        assert_eq!(stopped.header("retry-after"), Some("3600"));
    })
    .await;
}

#[tokio::test]
async fn a_sign_up_with_a_known_address_reads_like_one_with_a_new_address() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut answers = Vec::new();
        for email in ["ada@example.com", "new@example.com"] {
            let fields = [("name", "Eve"), ("email", email), ("password", ANOTHER)];
            let made = house.ask(form("/signup", &fields)).await;
            let eve = cookie(&made);
            let seen = house.ask(page("/account").with("cookie", &eve)).await;
            let fields = [("email", email), ("password", ANOTHER)];
            let back = house.ask(form("/login", &fields)).await;
            let mut all = Vec::new();
            for answer in [made, seen, back] {
                let (status, headers, body) = told(&answer);
                let body = body.replace(email, "");
                // Sessions have moments and ids of their own.
                let body = body.split("Where you are signed in").next().unwrap().to_owned();
                all.push((status, headers, body));
            }
            answers.push(all);
        }
        assert_eq!(answers[0], answers[1]);
        let told = letters(test).await;
        let kinds: Vec<(&str, &str)> = told.iter().map(|told| (&*told.0, &*told.1)).collect();
        let expected =
            [("known-address", "ada@example.com"), ("verify-address", "new@example.com")];
        assert_eq!(kinds, expected);
        // Whoever has the address notices nothing.
        let ada = browser_of(&house, "ada@example.com").await;
        let me = house.ask(get("/api/account").with("cookie", &ada)).await.json();
        assert_eq!(me["id"], house.ada.id.as_str());
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_and_ends_every_session() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        house.ask(form("/forgot", &[("email", "ada@example.com")])).await;
        let token = letters(test).await.remove(0).2.unwrap();
        let link = format!("/reset?token={token}");
        for _ in 0..2 {
            let shown = text(&house.ask(page(&link)).await);
            assert!(shown.contains("id=\"password\""), "a look uses up nothing");
        }
        let short = form("/reset", &[("token", &token), ("password", "short")]);
        assert!(text(&house.ask(short).await).contains("id=\"password-error\""));
        let reset = form("/reset", &[("token", &token), ("password", ANOTHER)]);
        assert_eq!(led_to(&house.ask(reset.clone()).await), "/login?said=password-reset");
        assert!(led_to(&house.ask(page("/account").with("cookie", &ada)).await).contains("login"));
        assert_eq!(led_to(&house.ask(reset).await), link);
        assert!(text(&house.ask(page(&link)).await).contains("This link was used"));
        let old = [("email", "ada@example.com"), ("password", PASSWORD)];
        assert_eq!(house.ask(form("/login", &old)).await.status, 401);
        let new = [("email", "ada@example.com"), ("password", ANOTHER)];
        assert_eq!(house.ask(form("/login", &new)).await.status, 303);
        // A key is a program's, and stays.
        assert_eq!(house.ask(get("/api/account").by(&house.ada)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_unproven_customer_may_order_and_both_pages_say_that_the_address_is_not_proven() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let fields = [("name", "New"), ("email", "new@example.com"), ("password", ANOTHER)];
        let new = cookie(&house.ask(form("/signup", &fields)).await);
        let product = house.product(crate::house::SOLD).await;
        let fields = [("product", product.as_str()), ("memory", "8GB"), ("os", ""), ("key", "one")];
        let order = led_to(&house.ask(form("/checkout", &fields).with("cookie", &new)).await);
        let unsure = "We do not know yet whether our mail reaches you";
        for path in ["/account", &order] {
            let shown = text(&house.ask(page(path).with("cookie", &new)).await);
            assert!(shown.contains(unsure), "{path}: {shown}");
        }
        let again = form("/account/verification", &[]).with("cookie", &new);
        assert_eq!(led_to(&house.ask(again).await), "/account?said=link-sent");
        let links: Vec<String> = letters(test)
            .await
            .into_iter()
            .filter(|told| told.0 == "verify-address")
            .map(|told| told.2.unwrap())
            .collect();
        let verify = |token: &str| form("/verify", &[("token", token)]);
        // The newer link takes the place of the older one.
        assert!(led_to(&house.ask(verify(&links[0])).await).starts_with("/verify?token="));
        let shown = house.ask(page(&format!("/verify?token={}", links[1]))).await;
        assert!(text(&shown).contains("This is my address"));
        assert_eq!(led_to(&house.ask(verify(&links[1])).await), "/?said=address-proven");
        for path in ["/account", &order] {
            let shown = text(&house.ask(page(path).with("cookie", &new)).await);
            assert!(!shown.contains(unsure), "{path}");
        }
    })
    .await;
}
