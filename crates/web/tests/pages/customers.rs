//! Customers as staff see them: found by how they begin, with what stands around them, with notes
//! that they never read.

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

#[tokio::test]
async fn staff_find_a_customer_and_see_what_stands_around_them() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let see = async |path: &str| {
            let answer = house.ask(page(path).with("cookie", &sam)).await;
            assert_eq!(answer.status, 200, "{path}");
            text(&answer)
        };
        let theirs = format!("/admin/customers/{}", house.ada.id);
        for found in ["/admin/customers", "/admin/customers?q=AdA%40ex"] {
            assert!(see(found).await.contains(&theirs), "{found}");
        }
        let by_id = format!("/admin/customers?q={}", house.ada.id);
        assert!(see(&by_id).await.contains(&theirs));
        let nobody = see("/admin/customers?q=da%40example.com").await;
        assert!(nobody.contains("Nobody like that") && !nobody.contains(&theirs));
        // Two clicks from the first page, and one from an order.
        assert!(see("/admin").await.contains("href=\"/admin/customers\""));
        let id = order["orderId"].as_str().unwrap();
        assert!(see(&format!("/admin/orders/{id}")).await.contains(&theirs));

        let shown = see(&theirs).await;
        for expected in [
            "ada@example.com",
            order["orderNumber"].as_str().unwrap(),
            order["clientTxnId"].as_str().unwrap(),
            "/statement",
            "/admin/wallets/",
            "Sign them out everywhere",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let answer = house.ask(get(&format!("/api{theirs}")).by(&house.sam)).await.json();
        assert_eq!(answer["orders"], json!([{"stage": "unpaid", "count": 1}]));
        assert_eq!((&answer["email"], &answer["sessions"]), (&json!("ada@example.com"), &json!(1)));
        let found = house.ask(get("/api/admin/customers?q=ada").by(&house.sam)).await.json();
        assert_eq!(found["items"][0]["id"], house.ada.id.to_string());
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        let nonsense = house.ask(get("/api/admin/customers?after=x").by(&house.sam)).await;
        assert_eq!(nonsense.status, 400);
        let stranger =
            house.ask(page(&theirs).with("cookie", &browser_of(&house, "eve@example.com").await));
        assert_eq!(stranger.await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_note_names_who_wrote_it_and_its_customer_never_reads_it() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let ada = browser_of(&house, "ada@example.com").await;
        let theirs = format!("/admin/customers/{}", house.ada.id);
        let notes = format!("{theirs}/notes");
        let empty = house.ask(form(&notes, &[("text", " ")]).with("cookie", &sam)).await;
        assert_eq!(empty.status, 422);
        assert!(text(&empty).contains("id=\"text-error\">The note is missing"));
        let secret = "haggles <b>about</b> everything";
        led_to(&house.ask(form(&notes, &[("text", secret)]).with("cookie", &sam)).await);
        let by_program = post(&format!("/api{notes}"), json!({"text": "second"})).by(&house.sue);
        assert_eq!(house.ask(by_program).await.status, 204);
        let shown = text(&house.ask(page(&theirs).with("cookie", &sam)).await);
        let escaped = "haggles &#60;b&#62;about&#60;/b&#62; everything";
        assert!(shown.contains(escaped) && shown.contains("sam@example.com, "), "{shown}");
        assert!(shown.find("second").unwrap() < shown.find("haggles").unwrap());

        let to_read = ["/account", "/account/wallet", "/account/leave", "/my-servers"];
        for path in to_read {
            let read = text(&house.ask(page(path).with("cookie", &ada)).await);
            assert!(!read.contains("haggles"), "{path}");
        }
        let data = house.ask(form("/account/export", &[]).with("cookie", &ada)).await;
        assert!(data.status == 200 && !text(&data).contains("haggles"));
        let own = house.ask(form(&notes, &[("text", "I am kind")]).with("cookie", &ada)).await;
        assert_eq!(own.status, 403);
    })
    .await;
}

#[tokio::test]
async fn staff_sign_a_customer_out_everywhere_and_say_why() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let ada = browser_of(&house, "ada@example.com").await;
        let end = |id: &dyn std::fmt::Display| format!("/admin/customers/{id}/sessions/end");
        let silent = form(&end(&house.ada.id), &[("reason", "")]).with("cookie", &sam);
        let silent = house.ask(silent).await;
        assert!(silent.status == 422 && text(&silent).contains("id=\"reason-error\">Say why"));
        assert_eq!(house.ask(page("/account").with("cookie", &ada)).await.status, 200);
        let why = [("reason", "the phone was stolen")];
        led_to(&house.ask(form(&end(&house.ada.id), &why).with("cookie", &sam)).await);
        let after = house.ask(page("/account").with("cookie", &ada)).await;
        assert!(led_to(&after).starts_with("/login"));
        let staff = house.ask(form(&end(&house.sue.id), &why).with("cookie", &sam)).await;
        assert!(staff.status == 409 && text(&staff).contains("account of staff"));
    })
    .await;
}
