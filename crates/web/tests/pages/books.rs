//! Whether the books add up, on a page: what does not, by name, with a link to its order.

use std::time::Duration;

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, form, led_to, page, text};

const BOOKS: &str = "/admin/books";
/// After so long the books are counted anew.
const OLD: Duration = Duration::from_secs(15 * 60);

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

async fn counted(house: &House, by: &str) -> String {
    seen(house, by, BOOKS).await;
    house.work().await;
    seen(house, by, BOOKS).await
}

#[tokio::test]
async fn books_that_add_up_say_so_with_their_sums() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        // No worker runs in this house until it is let work.
        let first = seen(&house, &sue, BOOKS).await;
        assert!(first.contains("Being counted.") && first.contains("data-renew=\"5\""), "{first}");
        let early = house.ask(get("/api/admin/books").by(&house.sue)).await;
        assert_eq!((early.status.as_u16(), early.header("retry-after")), (202, Some("5")));
        assert_eq!(early.json()["inOrder"], serde_json::Value::Null);
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        house.ask(form(BOOKS, &[]).with("cookie", &sue)).await;
        let shown = counted(&house, &sue).await;
        assert!(shown.contains("<b>Everything is accounted for.</b>"), "{shown}");
        assert!(shown.contains("As of <time") && !shown.contains("data-renew"));
        let revenue = "<th scope=\"row\" data-label=\"Account\">revenue</th>";
        assert!(shown.contains(revenue) && shown.contains("₹999"), "{shown}");
        assert!(shown.contains("<th scope=\"row\">Delivered</th><td class=\"num\">1</td>"));
        let answer = house.ask(get("/api/admin/books").by(&house.sue)).await.json();
        assert_eq!((&answer["inOrder"], &answer["orders"]["delivered"]), (&true.into(), &1.into()));
        assert_eq!(answer["rows"], serde_json::json!([]));
        let bank =
            serde_json::json!({"account": "bank", "amount": {"amount": 99_900, "currency": "INR"}});
        assert!(answer["accounts"].as_array().unwrap().contains(&bank), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_accounted_for_stands_by_name_with_its_order() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        counted(&house, &sue).await;
        let (id, number) = (order["orderId"].as_str().unwrap(), &order["orderNumber"]);
        test.by_hand("UPDATE capture SET amount_minor = amount_minor + 100").await;
        let kept = seen(&house, &sue, BOOKS).await;
        assert!(kept.contains("Everything is accounted for"), "it was counted just now");
        let pressed = form(BOOKS, &[]).with("cookie", &sue);
        assert_eq!(led_to(&house.ask(pressed).await), BOOKS);
        house.work().await;
        let shown = seen(&house, &sue, BOOKS).await;
        assert!(shown.contains("1 not accounted for") && shown.contains("Money unexplained"));
        let link = format!("<a href=\"/admin/orders/{id}\">{}</a>", number.as_str().unwrap());
        assert!(shown.contains(&link), "{shown}");
        assert!(shown.contains("100 INR that came in are neither prepaid, recognised"));
        let answer = house.ask(get("/api/admin/books").by(&house.sue)).await.json();
        assert_eq!(
            (&answer["inOrder"], &answer["rows"][0]["orderId"]),
            (&false.into(), &id.into())
        );
        test.by_hand("UPDATE capture SET amount_minor = amount_minor - 100").await;
        assert!(counted(&house, &sue).await.contains("1 not accounted for"));
        test.clock.step(OLD);
        let shown = counted(&house, &sue).await;
        assert!(shown.contains("Everything is accounted for"), "old books are counted anew");
    })
    .await;
}

#[tokio::test]
async fn books_are_for_those_who_may_see_what_the_shop_earns() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        assert_eq!(house.ask(page(BOOKS).with("cookie", &sam)).await.status, 403);
        assert_eq!(house.ask(form(BOOKS, &[]).with("cookie", &sam)).await.status, 403);
        assert_eq!(house.ask(get("/api/admin/books").by(&house.sam)).await.status, 403);
        let sue = browser_of(&house, "sue@example.com").await;
        let beyond = format!("{BOOKS}?from=50");
        seen(&house, &sue, BOOKS).await;
        house.work().await;
        assert!(seen(&house, &sue, &beyond).await.contains("Everything is accounted for"));
        let wrong = house.ask(page("/admin/books?from=x").with("cookie", &sue)).await;
        assert_eq!(wrong.status, 400);
    })
    .await;
}
