//! The first page of staff and the list of what needs a person.

use sim::smartvps::{Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

/// An order of Ada's that was given a server from another block.
async fn wrong_server(house: &House) -> serde_json::Value {
    let order = house.order(&house.ada).await;
    house.upstream.next(Op::Buyvps, Lie::hand_out("103.182.44.18".parse().unwrap()));
    house.pay(&order).await;
    house.until(&order, "provisioning_failed").await;
    order
}

async fn takes_over_on_the_orders_page(house: &House, sam: &str, (id, number): (&str, &str)) {
    let order_page = format!("/admin/orders/{id}");
    let there = [("order", id), ("hours", "1"), ("back", "order")];
    let taken = house.ask(form("/admin/attention", &there).with("cookie", sam)).await;
    assert_eq!(led_to(&taken), format!("{order_page}?said=done"));
    let shown = text(&house.ask(page(&order_page).with("cookie", sam)).await);
    assert!(shown.contains("with sam@example.com") && shown.contains(", in "), "{shown}");
    let wrong = [("order", id), ("hours", "1000"), ("back", "order")];
    let refused = house.ask(form("/admin/attention", &wrong).with("cookie", sam)).await;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("ours must be a whole number"));
    assert!(text(&refused).contains(&format!("<h1>{number}</h1>")), "{}", text(&refused));
}

#[tokio::test]
async fn an_order_on_the_list_is_taken_over_until_a_time_that_somebody_says() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = wrong_server(&house).await;
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
        takes_over_on_the_orders_page(&house, &sam, (id, number)).await;
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
        let refused = async |query: &str, kept: &str, why: &str| {
            let answer = look(query).await;
            let shown = text(&answer);
            assert_eq!(answer.status, 422, "{query}");
            assert!(shown.contains(kept) && shown.contains(why), "{query}: {shown}");
            assert!(!shown.contains("No order of that time"), "nothing was looked at");
        };
        let written = "id=\"from-error\">A day is written like 2026-11-21<";
        refused("?from=tomorrow&to=2020-01-02", "value=\"tomorrow\"", written).await;
        let late = "id=\"to-error\">The last day is before the first<";
        refused("?from=2020-01-02&to=2020-01-01", "value=\"2020-01-02\"", late).await;
        let long = "id=\"to-error\">That is more than seven days";
        refused("?from=2020-01-01&to=2020-01-20", "value=\"2020-01-20\"", long).await;
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
        assert!(shown.contains("<b>1</b> Delivered today"), "{shown}");
        assert!(shown.contains("<b>₹0</b> Given back"), "{shown}");
        assert!(shown.contains("smartvps") && shown.contains("last sync"), "{shown}");
        let shown = home(&sam).await;
        assert!(!shown.contains("Taken") && shown.contains("What the shop stands on"));
        assert!(shown.contains("<b>1</b> Delivered today"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn low_stock_counts_to_every_level_that_it_is_below_and_leads_to_the_catalogue() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        for (kind, subject) in
            [("low-stock-5", "prd_a"), ("low-stock-5", "prd_b"), ("low-stock-10", "prd_c")]
        {
            let raise = move |tx: &mut store::db::Tx<'_>| tx.raise_alert(kind, subject, "few");
            test.db.write::<_, store::db::StoreError, _>(raise).await.unwrap();
        }
        let shown = text(&house.ask(page("/admin").with("cookie", &sam)).await);
        let open = async |kind: &'static str| {
            let open = test.db.read(move |tx| tx.open_alerts_of(kind)).await;
            open.unwrap().len()
        };
        let (five, ten) = (open("low-stock-5").await, open("low-stock-10").await);
        let tile = "href=\"/admin/ipStock?show=low\"><b>";
        let lower = format!("{tile}{five}</b> Packages with 5 or fewer left<");
        assert!(five >= 2 && shown.contains(&lower), "{lower}: {shown}");
        let all = five + ten;
        let upper =
            format!("{tile}{all}</b> Packages with 10 or fewer left, {five} of them with 5");
        assert!(shown.contains(&upper), "{upper}: {shown}");
    })
    .await;
}

#[tokio::test]
async fn each_gateway_tells_its_state_its_last_webhook_and_what_is_open() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let raise = |tx: &mut store::db::Tx<'_>| {
            tx.raise_alert("webhook-silence", "simulated", "none came")
        };
        test.db.write::<_, store::db::StoreError, _>(raise).await.unwrap();
        house.order(&house.ada).await;
        let shown = text(&house.ask(page("/admin").with("cookie", &sam)).await);
        for expected in [
            "<a href=\"/admin/gateways#at-simulated\">Simulated gateway</a>",
            "silent: sends no webhooks",
            "no webhook yet, <a href=\"/admin/payments?gateway=simulated&#38;state=open\">",
            "<a href=\"/admin/providers#at-smartvps\">smartvps</a>",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_that_waits_for_a_person_is_told_once_on_the_first_page() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = wrong_server(&house).await;
        let raise = |tx: &mut store::db::Tx<'_>| tx.raise_alert("mail-stuck", "mail", "it waits");
        test.db.write::<_, store::db::StoreError, _>(raise).await.unwrap();
        let shown = text(&house.ask(page("/admin").with("cookie", &sam)).await);
        let (id, number) =
            (order["orderId"].as_str().unwrap(), order["orderNumber"].as_str().unwrap());
        assert_eq!(shown.matches(&format!("/admin/orders/{id}\"")).count(), 1, "{shown}");
        assert!(shown.contains(number) && shown.contains(">Mail stuck</span>"), "{shown}");
        assert!(shown.contains("about orders that need a person"), "{shown}");
        assert!(shown.contains("href=\"/admin/investigation\""), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn all_delivered_orders_are_audited_by_a_worker_when_somebody_asks() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        const PAGE: &str = "/admin/investigation";
        let look = async || text(&house.ask(page(PAGE).with("cookie", &sam)).await);
        // No worker runs in this house until it is let work.
        let first = look().await;
        assert!(first.contains("An audit is under way"), "{first}");
        assert!(first.contains("data-renew=\"5\"") && !first.contains("Audit now"));
        let [good, bad] = [house.order(&house.ada).await, house.order(&house.ada).await];
        for order in [&good, &bad] {
            house.pay(order).await;
            house.until(order, "active").await;
        }
        let press = async || {
            let pressed = form("/admin/investigation/audit", &[]).with("cookie", &sam);
            assert_eq!(led_to(&house.ask(pressed).await), "/admin/investigation#audit");
            house.work().await;
        };
        press().await;
        let shown = look().await;
        let none = "looked at 2 delivered orders: none lies outside what was sold.";
        assert!(shown.contains(none), "{shown}");
        let id = bad["orderId"].as_str().unwrap();
        let outside = format!(
            "UPDATE server SET address = '103.182.44.18' \
             WHERE id = (SELECT server_id FROM orders WHERE id = '{id}')"
        );
        test.by_hand(&outside).await;
        press().await;
        let shown = look().await;
        assert!(shown.contains("2 delivered orders: 1 lies outside what was sold."), "{shown}");
        assert!(shown.contains(&format!("/admin/orders/{id}\"")) && shown.contains("Audit now"));
        let told = house.ask(get("/api/admin/investigation/audit").by(&house.sam)).await.json();
        assert_eq!((&told["looked"], &told["outside"]), (&2.into(), &1.into()));
        assert_eq!(
            (&told["orders"][0]["orderId"], &told["isRunning"]),
            (&id.into(), &false.into())
        );
        test.by_hand("UPDATE orders SET stage = 'terminated' WHERE stage = 'delivered'").await;
        let again = post("/api/admin/investigation/audit", serde_json::json!({}));
        assert_eq!(house.ask(again.by(&house.sam)).await.status, 202);
        house.work().await;
        let told = house.ask(get("/api/admin/investigation/audit").by(&house.sam)).await.json();
        assert_eq!((&told["looked"], &told["outside"]), (&0.into(), &0.into()));
    })
    .await;
}
