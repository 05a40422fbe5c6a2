//! The first page of staff and the list of what needs a person.

use sim::smartvps::{Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

#[tokio::test]
async fn an_order_on_the_list_is_taken_over_until_a_time_that_somebody_says() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = house.order(&house.ada).await;
        house.upstream.next(Op::Buyvps, Lie::hand_out("103.182.44.18".parse().unwrap()));
        house.pay(&order).await;
        house.until(&order, "provisioning_failed").await;
        let (id, number) =
            (order["orderId"].as_str().unwrap(), order["orderNumber"].as_str().unwrap());
        let list = async |query: &str| {
            let path = format!("/admin/attention{query}");
            text(&house.ask(page(&path).with("cookie", &sam)).await)
        };
        let all = list("").await;
        assert!(all.contains(number) && all.contains("from another block"), "{all}");
        assert!(all.contains(">nobody</span>") && all.contains("why=wrong-server"));
        assert!(!all.contains("Make good for those"), "support gives nothing away");
        assert!(list("?why=wrong-server").await.contains(number));
        assert!(!list("?why=unheard").await.contains(number));
        let take = async |order: &str, hours: &str| {
            let fields = [("order", order), ("hours", hours), ("why", "wrong-server")];
            house.ask(form("/admin/attention", &fields).with("cookie", &sam)).await
        };
        let nothing = list("?why=unheard").await;
        assert!(nothing.contains("No order fits this filter"), "{nothing}");
        assert!(nothing.contains("Looked for: Nobody knows whether the purchase bought."));
        assert!(nothing.contains("href=\"/admin/attention\">Clear the filter</a>"));
        assert!(!nothing.contains("Nothing waits for you"));
        let [mine, nobodys] = [list("?owner=mine").await, list("?owner=nobody").await];
        assert!(!mine.contains(number) && mine.contains("Looked for: yours."), "{mine}");
        assert!(nobodys.contains(number));
        let order_page = format!("/admin/orders/{id}");
        let there = [("order", id), ("hours", "1"), ("back", "order")];
        let taken = house.ask(form("/admin/attention", &there).with("cookie", &sam)).await;
        assert_eq!(led_to(&taken), format!("{order_page}?said=done"));
        let shown = text(&house.ask(page(&order_page).with("cookie", &sam)).await);
        assert!(shown.contains("with sam@example.com") && shown.contains(", in "), "{shown}");
        let wrong = [("order", id), ("hours", "1000"), ("back", "order")];
        let refused = house.ask(form("/admin/attention", &wrong).with("cookie", &sam)).await;
        assert_eq!(refused.status, 422);
        assert!(text(&refused).contains("ours must be a whole number"));
        assert!(text(&refused).contains(&format!("<h1>{number}</h1>")), "{}", text(&refused));
        assert_eq!(led_to(&take(id, "4").await), "/admin/attention?why=wrong-server&said=done");
        let mine = list("?owner=mine").await;
        assert!(mine.contains("sam@example.com"), "{mine}");
        assert!(mine.contains("data-label=\"Due in\">in "), "{mine}");
        assert!(list("?owner=nobody").await.contains("Looked for: nobody&#39;s."));
        let due = list("?owner=mine&due=overdue").await;
        assert!(due.contains("Looked for: yours, overdue."), "{due}");
        let refused = take(id, "1000").await;
        assert_eq!(refused.status, 422);
        assert!(text(&refused).contains("ours must be a whole number"));
        let wanted = "/api/admin/needs-attention?why=wrong-server";
        let listed = house.ask(get(wanted).by(&house.sam)).await.json();
        assert_eq!(listed["items"][0]["owner"], "sam@example.com");
        let path = format!("/api/admin/orders/{id}/take-over");
        let taken = post(&path, serde_json::json!({"hours": 1}));
        assert_eq!(house.ask(taken.by(&house.sue)).await.status, 204);
        let unlisted = house.order(&house.ada).await;
        let refused = take(unlisted["orderId"].as_str().unwrap(), "4").await;
        assert_eq!(refused.status, 409);
        // What was ticked is named where it is made good for.
        let sue = browser_of(&house, "sue@example.com").await;
        let ticked = page(&format!("/admin/incident?hours=1&orders={id}")).with("cookie", &sue);
        assert!(text(&house.ask(ticked).await).contains(&format!(">{id}</textarea>")));
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_laid_out_by_package_with_what_left_and_what_came_back() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let look = async |query: &str| {
            let path = format!("/admin/investigation{query}");
            house.ask(page(&path).with("cookie", &sue)).await
        };
        assert!(text(&look("").await).contains("No order of that time got a wrong server"));
        let mut hit = Vec::new();
        for address in ["103.182.44.18", "103.182.44.19"] {
            let order = house.order(&house.ada).await;
            house.upstream.next(Op::Buyvps, Lie::hand_out(address.parse().unwrap()));
            house.pay(&order).await;
            house.until(&order, "provisioning_failed").await;
            hit.push((order["orderId"].as_str().unwrap().to_owned(), address));
        }
        let good = house.order(&house.ada).await;
        house.pay(&good).await;
        house.until(&good, "active").await;
        let shown = text(&look("").await);
        for (id, address) in &hit {
            assert!(shown.contains(&format!("name=\"orders\" value=\"{id}\"")), "{shown}");
            assert!(shown.contains(&format!("your ip is: {address}").replace("your", "Your")));
        }
        assert!(
            shown.contains("103.181.91 (PID 6)</th><td data-label=\"Orders\" class=\"num\">2<")
        );
        assert!(shown.contains("POST buyvps") && shown.contains("ada@example.com"));
        assert!(!shown.contains(good["orderId"].as_str().unwrap()));
        assert!(!text(&look("?from=2020-01-01&to=2020-01-02").await).contains("POST buyvps"));
        assert_eq!(look("?from=2020-01-01&to=2020-01-20").await.status, 400);
        assert_eq!(look("?from=tomorrow").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn the_first_page_tells_the_money_of_the_day_to_those_who_may_know() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let [sam, sue] = [
            browser_of(&house, "sam@example.com").await,
            browser_of(&house, "sue@example.com").await,
        ];
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let home = async |cookie: &str| {
            let shown = text(&house.ask(page("/admin").with("cookie", cookie)).await);
            house.work().await;
            shown
        };
        home(&sue).await;
        let shown = home(&sue).await;
        assert!(shown.contains("<b>₹999</b> Taken"), "{shown}");
        assert!(shown.contains("<b>₹0</b> Given back"), "{shown}");
        assert!(shown.contains("smartvps") && shown.contains("last sync"), "{shown}");
        assert!(shown.contains("Packages with 5 or fewer left"), "{shown}");
        let shown = home(&sam).await;
        assert!(!shown.contains("Money today") && shown.contains("What the shop stands on"));
    })
    .await;
}
