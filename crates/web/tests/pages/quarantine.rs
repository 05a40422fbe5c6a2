//! The quarantine's page: a server that staff found is entered, and one that nobody needs is given
//! up.

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

const QUARANTINE: &str = "/admin/quarantine";

async fn listed(house: &House, by: &str) -> String {
    text(&house.ask(page(QUARANTINE).with("cookie", by)).await)
}

#[tokio::test]
async fn staff_enter_a_server_that_they_found_and_see_what_giving_it_up_costs_before_they_do() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        assert!(listed(&house, &sue).await.contains("Nothing in quarantine"));

        let enter = |fields: &[(&str, &str)]| form(QUARANTINE, fields).with("cookie", &sue);
        let found = [("reason", "on the invoice"), ("cost", "599"), ("expires", "")];
        for (wrong, told) in [
            ([("address", "103.182.44"), found[0], found[1], found[2]], "is not an IPv4 address"),
            ([("address", "103.182.44.99"), ("reason", " "), found[1], found[2]], "the reason"),
            (
                [("address", "103.182.44.99"), found[0], ("cost", "much"), found[2]],
                "Write the cost like 599",
            ),
            (
                [("address", "103.182.44.99"), found[0], found[1], ("expires", "2020-01-01")],
                "over already",
            ),
        ] {
            let refused = house.ask(enter(&wrong)).await;
            assert_eq!(refused.status, 422, "{wrong:?}");
            let shown = text(&refused);
            assert!(shown.to_lowercase().contains(&told.to_lowercase()), "{told}: {shown}");
            assert!(shown.contains("is-wrong") && shown.contains("remedy\" open"), "{shown}");
            for (_, typed) in wrong.iter().filter(|(_, typed)| !typed.trim().is_empty()) {
                assert!(shown.contains(&format!("value=\"{typed}\"")), "{typed} is lost: {shown}");
            }
        }
        let typed = [("address", "103.182.44.99"), found[0], found[1], found[2]];
        led_to(&house.ask(enter(&typed)).await);
        let shown = listed(&house, &sue).await;
        for part in ["103.182.44.99", "found by staff", "not looked at", "₹599", "on the invoice"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }

        let list = house.ask(get("/api/admin/quarantine").by(&house.sue)).await.json();
        let one = format!("{QUARANTINE}/{}", list["items"][0]["id"].as_str().unwrap());
        let give_up = |kind: &str, preview: &str| {
            let fields = [("kind", kind), ("reason", "ended in the panel"), ("preview", preview)];
            form(&one, &fields).with("cookie", &sue)
        };
        assert_eq!(house.ask(give_up("burn", "true")).await.status, 422);
        let looked = text(&house.ask(give_up("end", "true")).await);
        assert!(looked.contains("103.182.44.99 is ended") && looked.contains("₹599 is a loss"));
        assert!(listed(&house, &sue).await.contains("103.182.44.99"), "a look changes nothing");
        assert_eq!(led_to(&house.ask(give_up("end", "")).await), "/admin/quarantine?said=done");
        assert!(listed(&house, &sue).await.contains("Nothing in quarantine"));
        let again = house.ask(give_up("end", "")).await;
        assert_eq!(again.status, 409);
        assert!(text(&again).contains("not in quarantine"));
    })
    .await;
}

#[tokio::test]
async fn support_sees_the_quarantine_and_no_button_that_it_may_not_press() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let found = json!({"provider": "smartvps", "address": "103.182.44.99", "reason": "found"});
        let made = house.ask(post("/api/admin/quarantine", found).by(&house.sue)).await.json();
        let sam = browser_of(&house, "sam@example.com").await;
        let shown = listed(&house, &sam).await;
        assert!(shown.contains("103.182.44.99"));
        assert!(!shown.contains("Give up<") && !shown.contains("Enter it"), "{shown}");
        let one = format!("/api/admin/quarantine/{}", made["id"].as_str().unwrap());
        let wish = json!({"kind": "write-off", "reason": "nobody needs it"});
        assert_eq!(house.ask(post(&one, wish.clone()).by(&house.sam)).await.status, 403);
        let did = house.ask(post(&one, wish).by(&house.sue)).await.json();
        assert_eq!(did["did"][0], "103.182.44.99 is written off");
    })
    .await;
}
