//! What has no API: its providers, its plans, and what staff deliver themselves.

use crate::database::for_each_database;
use crate::house::{Answer, House, post};
use crate::{browser_of, form, hidden, led_to, page, text};

const RACK: &str = "/admin/byHand/hand-frankfurt-rack/plans";

fn plan(days: &'static str) -> [(&'static str, &'static str); 6] {
    let (ranges, stock) = (("cidrs", "203.0.113.0/28"), ("stock", "2"));
    [("name", "G.8GB"), ("memory", "8GB"), ("price", "2240"), ("days", days), stock, ranges]
}

async fn sent(house: &House, by: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    house.ask(form(path, fields).with("cookie", by)).await
}

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

/// A provider without an API, entered by its form.
async fn rack(house: &House, by: &str) {
    let rack = [("name", "Frankfurt rack"), ("hours", "4"), ("note", "ask Bea")];
    let added = sent(house, by, "/admin/byHand", &rack).await;
    assert_eq!(led_to(&added), "/admin/byHand?said=done");
}

#[tokio::test]
async fn what_has_no_api_is_put_on_the_shelf_by_forms() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        rack(&house, &sue).await;
        let added = sent(&house, &sue, RACK, &plan("30")).await;
        assert_eq!(led_to(&added), "/admin/byHand?said=done");
        let product = house.product("G.8GB").await;
        let left = format!("/admin/byHand/stock/{product}");
        let set = sent(&house, &sue, &left, &[("stock", "7")]).await;
        assert_eq!(led_to(&set), "/admin/byHand?said=done");
        let shelf = seen(&house, &sue, "/admin/byHand").await;
        for expected in [
            "G.8GB",
            "due within 4 hours",
            "₹2,240",
            "203.0.113.0/28",
            "value=\"7\"",
            "Nobody waits",
        ] {
            assert!(shelf.contains(expected), "{expected}");
        }
        let checkout = format!("/products/{product}?memory=8GB");
        let shown = seen(&house, &sue, &checkout).await;
        assert!(shown.contains("within 4 hours of your payment"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn a_server_is_delivered_by_hand_on_its_orders_page() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        rack(&house, &sue).await;
        sent(&house, &sue, RACK, &plan("30")).await;
        let order = bought(&house).await;
        let id = order["orderId"].as_str().unwrap();
        let (path, theirs) = (format!("/admin/orders/{id}"), format!("/orders/{id}"));
        let ada = browser_of(&house, "ada@example.com").await;
        let waits = seen(&house, &ada, &theirs).await;
        assert!(waits.contains("A person of ours delivers this server by hand, by"), "{waits}");
        let shown = seen(&house, &sue, &path).await;
        assert!(shown.contains("Deliver by hand") && shown.contains("Paid: deliver it by hand"));
        let version = hidden(&shown, "version");
        let enter = async |address: &str, user: &str, day: &str| {
            let (user, password) = (("username", user), ("password", "s3cret of the rack"));
            let place = [("version", version.as_str()), ("address", address), ("expires", day)];
            sent(
                &house,
                &sue,
                &format!("{path}/deliver"),
                &[&place[..], &[user, password]].concat(),
            )
            .await
        };
        for (typed, field, why) in [
            (("203.0.113.99", "root", "2027-01-31"), "address", "lies outside 203.0.113.0/28"),
            (("203.0.113", "root", "2027-01-31"), "address", "is not an IPv4 address"),
            (("203.0.113.9", " ", "2027-01-31"), "username", "Username is missing."),
            (("203.0.113.9", "root", "2020-01-31"), "expires", "This is over already"),
        ] {
            let refused = enter(typed.0, typed.1, typed.2).await;
            assert_eq!(refused.status, 422, "{typed:?}");
            let again = text(&refused);
            let kept = [typed.0, typed.1, typed.2, "s3cret of the rack"];
            for kept in kept.map(|value| format!("value=\"{value}\"")) {
                assert!(again.contains(&kept), "{kept}: {again}");
            }
            let (_, error) = again.split_once(&format!("id=\"{field}-error\"")).expect(field);
            assert!(error.split("</p>").next().unwrap().contains(why), "{why}: {again}");
            assert!(refused.header("cache-control").unwrap().contains("no-store"));
        }
        assert_eq!(
            led_to(&enter("203.0.113.9", "root", "").await),
            format!("{path}?said=delivered-by-hand")
        );
        let late = enter("203.0.113.10", "root", "").await;
        assert_eq!(late.status, 409);
        assert!(text(&late).contains("does not wait for a person"));
        assert!(seen(&house, &ada, &theirs).await.contains("Your server is ready"));
    })
    .await;
}

/// What stands beside a field that was wrong.
fn error_at(page: &str, id: &str) -> String {
    let (_, error) = page.split_once(&format!("id=\"{id}-error\">")).expect(id);
    error.split("</p>").next().unwrap().to_owned()
}

fn keeps(page: &str, all: &[&str]) {
    for value in all.iter().filter(|value| !value.is_empty()) {
        assert!(page.contains(&format!("value=\"{value}\"")), "{value}: {page}");
    }
}

#[tokio::test]
async fn what_was_typed_of_a_provider_or_a_plan_stays_and_its_error_stands_at_the_field() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        rack(&house, &sue).await;
        for (at, name, hours, note, field) in [
            ("", "Paris rack", "soon", "ask Eve", "seller-hours"),
            ("", "***", "4", "ask Eve", "seller-name"),
            ("/hand-frankfurt-rack", "F rack", "0", "ask Ada", "edit-hand-frankfurt-rack-hours"),
            ("/hand-frankfurt-rack", " ", "4:30", "ask Ada", "edit-hand-frankfurt-rack-name"),
        ] {
            let typed = [("name", name), ("hours", hours), ("note", note)];
            let refused = sent(&house, &sue, &format!("/admin/byHand{at}"), &typed).await;
            assert_eq!(refused.status, 422, "{typed:?}");
            keeps(&text(&refused), &[name, hours, note]);
            assert!(!error_at(&text(&refused), field).is_empty());
        }
        for (name, value, field) in [
            ("days", "soon", "days"),
            ("memory", "huge", "memory"),
            ("price", "cheap", "price"),
            ("stock", "some", "stock"),
            ("cidrs", "203.0.113", "cidrs"),
            ("name", " ", "name"),
        ] {
            let typed =
                plan("30").map(|(known, kept)| (known, if known == name { value } else { kept }));
            let refused = sent(&house, &sue, RACK, &typed).await;
            assert_eq!(refused.status, 422, "{name}");
            keeps(&text(&refused), &typed.map(|(_, value)| value));
            let error = error_at(&text(&refused), &format!("hand-frankfurt-rack-{field}"));
            assert!(error.len() > 10, "{name}: {error}");
        }
        assert_eq!(led_to(&sent(&house, &sue, RACK, &plan("30")).await), "/admin/byHand?said=done");
        let twice = sent(&house, &sue, RACK, &plan("31")).await;
        assert_eq!(twice.status, 409);
        keeps(&text(&twice), &["31"]);
        assert!(error_at(&text(&twice), "hand-frankfurt-rack-name").contains("already"));
        let product = house.product("G.8GB").await;
        let left = format!("/admin/byHand/stock/{product}");
        let refused = sent(&house, &sue, &left, &[("stock", "many")]).await;
        assert_eq!(refused.status, 422);
        keeps(&text(&refused), &["many"]);
        error_at(&text(&refused), &format!("left-{product}"));
    })
    .await;
}

#[tokio::test]
async fn a_provider_without_an_api_is_changed_and_leads_to_its_plans_and_who_waits() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        rack(&house, &sue).await;
        sent(&house, &sue, RACK, &plan("30")).await;
        let change = [("name", "Frankfurt west"), ("hours", "4:30"), ("note", "ask Eve")];
        let done = sent(&house, &sue, "/admin/byHand/hand-frankfurt-rack", &change).await;
        assert_eq!(led_to(&done), "/admin/byHand?said=done");
        let none = sent(&house, &sue, "/admin/byHand/hand-nobody", &change).await;
        assert_eq!(none.status, 404);
        let order = bought(&house).await;
        let shelf = seen(&house, &sue, "/admin/byHand").await;
        let product = house.product("G.8GB").await;
        keeps(&shelf, &["Frankfurt west", "4:30", "ask Eve"]);
        for expected in [
            "due within 270 minutes",
            &*format!("href=\"/admin/ipStock/{product}\">G.8GB</a>"),
            "<a href=\"/admin/attention?why=by-hand\">1 waiting</a>",
        ] {
            assert!(shelf.contains(expected), "{expected}: {shelf}");
        }
        let waits = seen(&house, &sue, "/admin/attention?why=by-hand").await;
        assert!(waits.contains(order["orderNumber"].as_str().unwrap()), "{waits}");
    })
    .await;
}

#[tokio::test]
async fn a_plans_page_has_its_provider_its_stock_and_who_waits_and_nothing_of_packages() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        rack(&house, &sue).await;
        sent(&house, &sue, RACK, &plan("30")).await;
        let path = format!("/admin/ipStock/{}", house.product("G.8GB").await);
        let quiet = seen(&house, &sue, &path).await;
        assert!(quiet.contains("Nobody waits for one of these"), "{quiet}");
        let order = bought(&house).await;
        let shown = seen(&house, &sue, &path).await;
        let (id, number) = (&order["orderId"], &order["orderNumber"]);
        for expected in [
            "<a href=\"/admin/byHand#hand-frankfurt-rack\">Frankfurt rack</a>",
            "Delivered by hand within</dt><dd>4 hours</dd>",
            "<dt>In stock</dt><dd>2</dd>",
            "ask Bea",
            "name=\"stock\"",
            "Empty: any address.",
            &*format!(
                "/admin/orders/{}\" data-row>{}<",
                id.as_str().unwrap(),
                number.as_str().unwrap()
            ),
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        for foreign in ["PID", "Bought as", "package", "/link\"", "hand-frankfurt-rack,"] {
            let main = shown.split("<main").nth(1).unwrap();
            assert!(!main.contains(foreign), "{foreign}: {shown}");
        }
        let count = async |version: &str, stock: &str| {
            let typed = [("version", version), ("stock", stock)];
            sent(&house, &sue, &format!("{path}/details"), &typed).await
        };
        let version = hidden(&shown, "version");
        let wrong = count(&version, "a few").await;
        assert_eq!(wrong.status, 422);
        keeps(&text(&wrong), &["a few"]);
        assert_eq!(led_to(&count(&version, "9").await), format!("{path}?said=done"));
        assert!(seen(&house, &sue, &path).await.contains("<dt>In stock</dt><dd>9</dd>"));
        let late = count(&version, "5").await;
        assert_eq!(late.status, 409);
        keeps(&text(&late), &["5"]);
    })
    .await;
}

#[tokio::test]
async fn many_shelves_ask_the_database_no_more_than_ten_times() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        for number in 0..6 {
            let name = format!("Rack {number}");
            let new = [("name", &*name), ("hours", "4"), ("note", "")];
            led_to(&sent(&house, &sue, "/admin/byHand", &new).await);
            let plans = format!("/admin/byHand/hand-rack-{number}/plans");
            led_to(&sent(&house, &sue, &plans, &plan("30")).await);
        }
        house.work().await;
        house.engine.stop_working();
        let plan = format!("/admin/ipStock/{}", house.product("G.8GB").await);
        for (path, told) in [("/admin/byHand", "Rack 5"), (&*plan, "Rack")] {
            let before = test.db.counts().statements;
            assert!(seen(&house, &sue, path).await.contains(told));
            let asked = test.db.counts().statements - before;
            assert!(asked <= 10, "{path} asks {asked} times");
        }
    })
    .await;
}

/// An order of the plan, paid, which waits for a person.
async fn bought(house: &House) -> serde_json::Value {
    let wish = serde_json::json!({"ipStockId": house.product("G.8GB").await, "memory": "8GB"});
    let order = house.ask(post("/api/createOrder", wish).by(&house.ada)).await.json();
    house.pay(&order).await;
    house.work().await;
    order
}
