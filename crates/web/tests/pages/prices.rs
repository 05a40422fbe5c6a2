//! What decides prices besides the catalogue: coupons, and who sells and buys where.

use crate::database::for_each_database;
use crate::house::{Answer, House};
use crate::{browser_of, form, hidden, led_to, page, text};

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

async fn sent(house: &House, by: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    house.ask(form(path, fields).with("cookie", by)).await
}

fn coupon<'a>(code: &'a str, value: &'a str) -> [(&'a str, &'a str); 9] {
    [
        ("code", code),
        ("kind", "percent"),
        ("value", value),
        ("starts", ""),
        ("ends", "2027-01-31"),
        ("usesMax", "5"),
        ("usesEachMax", ""),
        ("product", ""),
        ("note", "for the festival"),
    ]
}

#[tokio::test]
async fn a_coupon_is_made_and_ended_on_its_page() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let path = "/admin/coupons";
        assert!(seen(&house, &sue, path).await.contains("No coupon yet"));
        for (code, value, error) in [
            ("ten off", "10", "3 to 40 letters, digits and hyphens"),
            ("TEN", "120", "From 1 to 99"),
            ("TEN", "ten", "A whole number"),
        ] {
            let refused = sent(&house, &sue, path, &coupon(code, value)).await;
            assert_eq!(refused.status, 422);
            let shown = text(&refused);
            assert!(
                shown.contains(error) && shown.contains(&format!("value=\"{code}\"")),
                "{shown}"
            );
        }
        let made = sent(&house, &sue, path, &coupon("ten", "10")).await;
        assert_eq!(led_to(&made), format!("{path}?said=done"));
        let again = sent(&house, &sue, path, &coupon("TEN", "10")).await;
        assert!(again.status == 409 && text(&again).contains("There is a coupon TEN already"));
        let shown = seen(&house, &sue, path).await;
        assert!(shown.contains("<code>TEN</code>") && shown.contains("0 of 5"), "{shown}");
        let version = hidden(&shown, "version");
        let end = format!("{path}/TEN/end");
        let ended = sent(&house, &sue, &end, &[("version", &version)]).await;
        assert_eq!(led_to(&ended), format!("{path}?said=done"));
        let stale = sent(&house, &sue, &end, &[("version", &version)]).await;
        assert_eq!(stale.status, 409);
        assert!(seen(&house, &sue, path).await.contains(">ended<"));
        // Support may look, and is offered no form.
        let sam = browser_of(&house, "sam@example.com").await;
        assert!(!seen(&house, &sam, path).await.contains("<form class=\"fields\""));
        assert_eq!(sent(&house, &sam, path, &coupon("ELEVEN", "11")).await.status, 403);
    })
    .await;
}

fn address<'a>(name: &'a str, state: &'a str, country: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("name", name),
        ("street", "1 Marine Drive"),
        ("city", "Mumbai"),
        ("postcode", "400001"),
        ("state", state),
        ("country", country),
        ("gstin", if state.is_empty() { "" } else { "27AAPFU0939F1ZV" }),
    ]
}

#[tokio::test]
async fn an_address_is_entered_and_told_what_is_wrong_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let pages = [("ada@example.com", "/account/billing"), ("sue@example.com", "/admin/shop")];
        for (email, path) in pages {
            let who = browser_of(&house, email).await;
            assert!(seen(&house, &who, path).await.contains("None yet"), "{path}");
            let refused = sent(&house, &who, path, &address(" ", "", "")).await;
            assert_eq!(refused.status, 422);
            let shown = text(&refused);
            assert!(
                shown.contains("The name is missing.") && shown.contains("id=\"country-error\"")
            );
            let other = sent(&house, &who, path, &address("Ada Traders", "IN-29", "")).await;
            assert!(text(&other).contains("belongs to Maharashtra"), "{}", text(&other));
            let set = sent(&house, &who, path, &address("Ada Traders", "IN-27", "")).await;
            assert_eq!(led_to(&set), format!("{path}?said=address-saved"));
            let shown = seen(&house, &who, path).await;
            assert!(shown.contains("value=\"IN-27\" selected"), "{shown}");
            let abroad = sent(&house, &who, path, &address("Ada Traders", "", "us")).await;
            assert_eq!(abroad.status, 303);
            assert!(seen(&house, &who, path).await.contains("value=\"US\""));
        }
        let sam = browser_of(&house, "sam@example.com").await;
        let shown = seen(&house, &sam, "/admin/shop").await;
        assert!(shown.contains("Ada Traders") && !shown.contains("Save the address"), "{shown}");
    })
    .await;
}
