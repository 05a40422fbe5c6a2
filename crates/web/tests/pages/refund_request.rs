//! Asking for money back, and the answer, on the pages of both who have to do with it.

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, hidden, led_to, page, text};

const WHY: &str = "I moved the project elsewhere.";

#[tokio::test]
async fn a_customer_asks_on_a_page_and_staff_give_the_money_back() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        let path = format!("/orders/{}", order["orderId"].as_str().unwrap());
        let asks = format!("{path}/refund-request");
        let see = async |path: &str, by: &str| house.ask(page(path).with("cookie", by)).await;
        // Nothing was paid: there is nothing to ask for, and the order's page says so.
        assert_eq!(led_to(&see(&asks, &ada).await), path);
        assert!(!text(&see(&path, &ada).await).contains("Ask for your money back"));
        let early = form(&asks, &[("reason", WHY)]).with("cookie", &ada);
        assert_eq!(house.ask(early).await.status, 409);

        house.pay(&order).await;
        house.until(&order, "active").await;
        let shown = text(&see(&path, &ada).await);
        assert!(shown.contains(&format!("href=\"{asks}\"")), "{shown}");
        assert!(text(&see(&asks, &ada).await).contains("Why would you like it back?"));
        let empty = house.ask(form(&asks, &[("reason", " ")]).with("cookie", &ada)).await;
        assert_eq!(empty.status, 422);
        assert!(text(&empty).contains("id=\"reason-error\""), "{}", text(&empty));
        for _ in 0..2 {
            let asked = house.ask(form(&asks, &[("reason", WHY)]).with("cookie", &ada)).await;
            assert_eq!(led_to(&asked), format!("{path}?said=refund-asked"));
        }
        let shown = text(&see(&path, &ada).await);
        assert!(shown.contains("You asked for your money back"), "{shown}");
        assert!(!shown.contains(&format!("href=\"{asks}\"")), "{shown}");
        assert_eq!(led_to(&see(&asks, &ada).await), path);

        let staffs = format!("/admin{path}");
        let seen = text(&see(&staffs, &sue).await);
        assert!(seen.contains(WHY) && seen.contains("id=\"refund\" open"), "{seen}");
        assert!(text(&see("/admin/alerts", &sue).await).contains(WHY));
        let version = hidden(&seen, "version");
        let fields = [("kind", "refund"), ("version", &*version), ("reason", "they asked")];
        let done = form(&format!("{staffs}/remedies"), &fields).with("cookie", &sue);
        assert_eq!(led_to(&house.ask(done).await), format!("{staffs}?said=done"));
        // The receipt came by no gateway: staff send it back by hand.
        house.until(&order, "refund_pending").await;
        assert!(!text(&see(&staffs, &sue).await).contains("asks for their money back</h2>"));
        let shown = text(&see(&path, &ada).await);
        assert!(!shown.contains("You asked for your money back"), "{shown}");
        // Somebody else's page of before answers nobody any more.
        let late = [("public", "No."), ("version", &*version)];
        let late = house.ask(form(&format!("{staffs}/decline-refund"), &late).with("cookie", &sue));
        let late = late.await;
        assert_eq!(late.status, 409);
        assert!(text(&late).contains("Somebody has answered this request already"));
    })
    .await;
}

#[tokio::test]
async fn a_no_stands_on_the_customers_page_in_the_words_of_staff() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let path = format!("/orders/{}", order["orderId"].as_str().unwrap());
        let wish = json!({"reason": WHY});
        let asked =
            house.ask(post(&format!("/api{path}/refund-request"), wish).by(&house.ada)).await;
        assert_eq!(asked.json()["refundRequest"]["state"], "open");

        // Support may say no, and is not shown what only others may give.
        let staffs = format!("/admin{path}");
        let seen = text(&house.ask(page(&staffs).with("cookie", &sam)).await);
        assert!(seen.contains(WHY) && !seen.contains("href=\"#refund\""), "{seen}");
        let (version, declines) = (hidden(&seen, "version"), format!("{staffs}/decline-refund"));
        let said = |public| form(&declines, &[("public", public), ("version", &*version)]);
        let nothing = house.ask(said(" ").with("cookie", &sam)).await;
        assert_eq!(nothing.status, 422);
        assert!(text(&nothing).contains("id=\"public-error\""), "{}", text(&nothing));
        let declined = house.ask(said("It ran & ran.").with("cookie", &sam)).await;
        assert_eq!(led_to(&declined), format!("{staffs}?said=refund-declined"));

        let shown = text(&house.ask(page(&path).with("cookie", &ada)).await);
        assert!(shown.contains("No money goes back"), "{shown}");
        assert!(shown.contains("<blockquote>It ran &#38; ran.</blockquote>"), "{shown}");
        let answer = house.ask(get(&format!("/api{path}")).by(&house.ada)).await.json();
        let request = &answer["refundRequest"];
        assert_eq!(
            (&request["state"], &request["public"]),
            (&json!("declined"), &json!("It ran & ran."))
        );
        let again = post(&format!("/api{staffs}/refund-request/decline"), json!({"public": "No."}));
        let again = house.ask(again.by(&house.sam)).await;
        assert_eq!(again.status, 409);
        assert!(again.json()["type"].as_str().unwrap().ends_with("/request-answered"));
    })
    .await;
}
