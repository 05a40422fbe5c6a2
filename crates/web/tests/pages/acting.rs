//! Staff see the shop as a customer does: with a banner, for an hour, on record, and with next to
//! nothing that they could do.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::database::for_each_database;
use crate::filled::Filled;
use crate::house::{House, get, post};
use crate::matrix::knock;
use crate::{browser_of, cookie, form, led_to, page, text};

const BANNER: &str = "You see the shop as ada@example.com";

/// Sue's browser, which sees the shop as Ada does.
async fn acting(house: &House) -> String {
    let sue = browser_of(house, "sue@example.com").await;
    let act = format!("/admin/customers/{}/act", house.ada.id);
    let begun = house.ask(form(&act, &[("reason", "cannot pay")]).with("cookie", &sue)).await;
    assert_eq!(led_to(&begun), "/my-servers");
    let acting = cookie(&begun);
    // Whoever had the token before has nothing of it.
    let before = house.ask(page("/admin").with("cookie", &sue)).await;
    assert!(led_to(&before).starts_with("/login"));
    acting
}

#[tokio::test]
async fn every_page_says_whom_the_shop_is_seen_as_until_it_ends() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let house = &filled.house;
        let sue = acting(house).await;
        for path in ["/", "/my-servers", "/account", "/account/wallet", "/cart", "/no-such-page"] {
            let shown = text(&house.ask(page(path).with("cookie", &sue)).await);
            assert!(shown.contains(BANNER) && shown.contains("/acting/end"), "{path}: {shown}");
        }
        let own = text(&house.ask(page("/account").with("cookie", &filled.ada)).await);
        assert!(!own.contains(BANNER));
        // They are no staff meanwhile, and see nothing of another customer.
        for (path, status) in [("/admin", 403), ("/admin/customers", 403)] {
            assert_eq!(house.ask(page(path).with("cookie", &sue)).await.status, status, "{path}");
        }
        let ended = house.ask(form("/acting/end", &[]).with("cookie", &sue)).await;
        assert!(led_to(&ended).starts_with(&format!("/admin/customers/{}", house.ada.id)));
        let after = house.ask(page("/admin").with("cookie", &sue)).await;
        assert!(after.status == 200 && !text(&after).contains(BANNER));
        let again = house.ask(form("/acting/end", &[]).with("cookie", &sue)).await;
        assert_eq!(again.status, 409);
    })
    .await;
}

#[tokio::test]
async fn whoever_sees_the_shop_as_a_customer_may_do_next_to_nothing() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let house = &filled.house;
        let sue = acting(house).await;
        // What is allowed, one by one; everything else is refused before anything is done.
        let allowed = [
            "/acting/end",
            "/api/account/sign-out",
            "/api/orders/{id}/operations",
            "/my-servers/{id}/power",
            "/sign-out",
        ];
        let mut refused = 0;
        for route in house.declared.iter().filter(|route| route.method != Method::GET) {
            if allowed.contains(&&*route.path) {
                continue;
            }
            let path = filled.path(&route.path);
            let answer = house.ask(knock(route, &path, Some(&sue))).await;
            let name = format!("{} {}", route.method, route.path);
            assert_eq!(answer.status, 403, "{name}: {answer:?}");
            if route.path.starts_with("/api/") {
                assert_eq!(answer.problem(), "acting-for-customer", "{name}");
            } else {
                let why = text(&answer);
                assert!(why.contains("see the shop as ada@example.com, and only they"), "{name}");
            }
            refused += 1;
        }
        assert!(refused > 100, "{refused}");
        let look = house.ask(get("/api/account").with("cookie", &sue)).await.json();
        assert_eq!(look["email"], "ada@example.com");
        let wallet = house.ask(get("/api/wallet").by(&house.ada)).await.json();
        let cart = house.ask(get("/api/cart").by(&house.ada)).await.json();
        assert_eq!(cart["lines"].as_array().unwrap().len(), 1, "{wallet}");
    })
    .await;
}

#[tokio::test]
async fn what_staff_do_for_a_customer_is_recorded_under_their_own_name() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let sue = acting(&house).await;
        let id = order["orderId"].as_str().unwrap();
        let stop = post(&format!("/api/orders/{id}/operations"), json!({"kind": "stop"}));
        let stop = stop.with("cookie", &sue).with("sec-fetch-site", "same-origin");
        let asked = house.ask(stop).await;
        assert!(asked.status.is_success(), "{asked:?}");
        let reveal = form(&format!("/orders/{id}/credentials"), &[]).with("cookie", &sue);
        assert_eq!(house.ask(reveal).await.status, 403);
        led_to(&house.ask(form("/acting/end", &[]).with("cookie", &sue)).await);
        let find = async |query: &str| {
            let path = format!("/api/admin/audit?{query}");
            let found = house.ask(get(&path).by(&house.sue)).await.json();
            found["items"].as_array().unwrap().clone()
        };
        let operated = find("action=operate-server").await;
        assert_eq!(operated.len(), 1, "{operated:?}");
        assert_eq!(operated[0]["actor"], house.sue.id.to_string());
        let begun = find("action=act-for-customer&subject=ada@example.com").await;
        assert_eq!(begun[0]["actor"], house.sue.id.to_string());
        assert_eq!(begun[0]["detail"], "cannot pay");
        assert_eq!(find("action=stop-acting-for-customer").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_an_admin_who_proves_it_and_says_why_sees_the_shop_as_a_customer() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let act = |id: &dyn std::fmt::Display| format!("/admin/customers/{id}/act");
        let why = [("reason", "cannot pay")];
        let sam = browser_of(&house, "sam@example.com").await;
        let shown =
            house.ask(page(&format!("/admin/customers/{}", house.ada.id)).with("cookie", &sam));
        assert!(!text(&shown.await).contains("See the shop as they do"));
        let support = house.ask(form(&act(&house.ada.id), &why).with("cookie", &sam)).await;
        assert_eq!(support.status, 403);
        let sue = browser_of(&house, "sue@example.com").await;
        let silent = form(&act(&house.ada.id), &[("reason", " ")]).with("cookie", &sue);
        let silent = house.ask(silent).await;
        assert!(silent.status == 422 && text(&silent).contains("id=\"act-reason-error\">Say why"));
        let staff = house.ask(form(&act(&house.sam.id), &why).with("cookie", &sue)).await;
        assert!(staff.status == 409 && text(&staff).contains("no customer"));
        house.clock.step(Duration::from_secs(11 * 60));
        let stale = house.ask(form(&act(&house.ada.id), &why).with("cookie", &sue)).await;
        assert!(stale.status == 403 && text(&stale).contains("Is it still you?"));

        let acting = acting(&house).await;
        house.clock.step(Duration::from_secs(60 * 60));
        let over = house.ask(page("/admin").with("cookie", &acting)).await;
        assert!(over.status == 200 && !text(&over).contains(BANNER));
    })
    .await;
}
