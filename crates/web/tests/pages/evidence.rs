//! The evidence of an unheard purchase laid out for whoever decides, and what a decision leads to
//! told before it is made.

use std::time::Duration;

use serde_json::Value;
use sim::smartvps::{Answer, Lie, Op};

use crate::database::for_each_database;
use crate::house::House;
use crate::{browser_of, form, hidden, led_to, page, text};

/// Longer than an answer is waited for.
const TAIL: Duration = Duration::from_secs(60 * 60);

async fn paid(house: &House, becomes: &str) -> Value {
    let order = house.order(&house.ada).await;
    house.pay(&order).await;
    house.until(&order, becomes).await;
    order
}

async fn unheard(house: &House) -> Value {
    house.upstream.next(Op::Buyvps, Lie::answering(Answer::Html));
    paid(house, "needs_review").await
}

fn path(order: &Value) -> String {
    format!("/admin/orders/{}", order["orderId"].as_str().unwrap())
}

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

/// The preview of a remedy, on the order as it is.
async fn previewed(house: &House, by: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let version = hidden(&seen(house, by, path).await, "version");
    let all = [("version", &*version), ("reason", "seen at the provider"), ("preview", "true")];
    let fields = [fields, &all].concat();
    text(&house.ask(form(&format!("{path}/remedies"), &fields).with("cookie", by)).await)
}

#[tokio::test]
async fn the_lists_before_and_after_show_which_package_fell_by_one() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let neighbour = paid(&house, "active").await;
        // The list that served the one is too old for the other.
        test.clock.step(Duration::from_secs(11));
        let order = unheard(&house).await;
        let path = path(&order);
        let early = seen(&house, &sue, &path).await;
        assert!(early.contains("No list was read since."), "{early}");
        assert!(early.contains("Its answer may still come"), "{early}");
        house.engine.sync().await.unwrap();
        let shown = seen(&house, &sue, &path).await;
        let asked = "103.181.91 (PID ";
        let (_, rest) = shown.split_once("All packages of the provider").unwrap();
        let (first, _) = rest.split_once("</tr></tbody>").unwrap();
        assert!(first.contains(asked) && first.contains(">asked for<"), "{first}");
        assert!(first.contains(">fell by one<") && first.contains("−1"), "{first}");
        assert!(shown.contains("The request as it was sent") && shown.contains("buyvps"));
        let (_, others) = shown.split_once("Our other purchases, ten minutes").unwrap();
        assert!(others.contains(neighbour["orderNumber"].as_str().unwrap()), "{others}");
        assert!(others.contains(">same package<"), "{others}");
        // What did not change is there as well, folded up: of every package.
        let (_, same) = rest.split_once(" packages show the same in both</summary>").unwrap();
        let (same, _) = same.split_once("</details>").unwrap();
        let packages = house.engine.list_products(None, 500).await.unwrap();
        assert!(packages.len() > 3);
        for package in packages.iter().map(|shown| &shown.package) {
            let row = format!("{} (PID {})", package.name, package.pid);
            assert!(first.contains(&row) != same.contains(&row), "{row}: {shown}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_looked_at_before_it_is_adopted() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = unheard(&house).await;
        let path = path(&order);
        test.clock.step(TAIL);
        let address = house.upstream.sold()[0].address.to_string();
        let adopt = [("kind", "adopt"), ("address", &*address)];
        let seen_now = previewed(&house, &sue, &path, &adopt).await;
        assert!(
            seen_now.contains(&format!("What the provider says of {address} now")),
            "{seen_now}"
        );
        assert!(seen_now.contains("<dt>Machine</dt><dd>exists</dd>"), "{seen_now}");
        assert!(seen_now.contains("Adopt an address now"));
        house.upstream.next(Op::Status, Lie::answering(Answer::Html));
        let silent = previewed(&house, &sue, &path, &adopt).await;
        assert!(silent.contains("The provider gave no usable answer"), "{silent}");
        assert!(!seen_now.contains("name=\"anyway\""), "nothing speaks against it");
        assert!(silent.contains("name=\"anyway\" value=\"true\" required"), "{silent}");
        let nobody = [("kind", "adopt"), ("address", "10.11.12.13")];
        let nobody = previewed(&house, &sue, &path, &nobody).await;
        assert!(nobody.contains("What the provider says of 10.11.12.13 now"), "{nobody}");
        assert!(!nobody.contains("<dt>Machine</dt><dd>exists</dd>"), "{nobody}");
        let wrong = [("kind", "adopt"), ("address", "somewhere")];
        let wrong = previewed(&house, &sue, &path, &wrong).await;
        assert!(wrong.contains("Not possible:") && !wrong.contains("What the provider says"));
        assert!(seen(&house, &sue, &path).await.contains("No server was named."));
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_does_not_confirm_is_adopted_only_by_whoever_says_so() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = unheard(&house).await;
        let path = path(&order);
        test.clock.step(TAIL);
        let shown = seen(&house, &sue, &path).await;
        let attempt = "<option value=\"att_";
        let (_, meant) = shown.split_once("id=\"adopt\"").unwrap();
        let (_, meant) = meant.split_once(attempt).unwrap();
        assert!(meant.split_once('>').unwrap().0.ends_with(" selected"), "{shown}");
        let version = hidden(&shown, "version");
        let nobody = [
            ("kind", "adopt"),
            ("address", "103.181.91.249"),
            ("version", &*version),
            ("reason", "seen at the provider"),
        ];
        let send = async |fields: &[(&str, &str)]| {
            let deed = form(&format!("{path}/remedies"), fields).with("cookie", &sue);
            house.ask(deed).await
        };
        let refused = send(&nobody).await;
        let said = text(&refused);
        assert_eq!(refused.status, 422, "{said}");
        assert!(said.contains("no such") && said.contains("Nothing was done. Tick this"), "{said}");
        assert_eq!(hidden(&said, "address"), "103.181.91.249", "what was typed is kept");
        assert!(seen(&house, &sue, &path).await.contains("No server was named."));
        let done = send(&[&nobody[..], &[("anyway", "true")]].concat()).await;
        assert_eq!(led_to(&done), format!("{path}?said=done"));
        assert!(seen(&house, &sue, &path).await.contains("103.181.91.249"));
    })
    .await;
}

#[tokio::test]
async fn what_buys_again_tells_its_price_before_it_is_done() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let first = unheard(&house).await;
        test.clock.step(TAIL);
        let buys = [("kind", "nothing-bought")];
        let unknown = previewed(&house, &sue, &path(&first), &buys).await;
        assert!(unknown.contains("<dt>The provider charges</dt><dd>not known</dd>"), "{unknown}");
        assert!(unknown.contains("href=\"/admin/costs\"") && unknown.contains("No margin is told"));
        let product = house.product("103.181.91").await;
        let cost = [("memory", "8GB"), ("cost", "600")];
        let set = form(&format!("/admin/costs/{product}"), &cost).with("cookie", &sue);
        led_to(&house.ask(set).await);
        house.engine.sync().await.unwrap();
        let second = unheard(&house).await;
        test.clock.step(TAIL);
        // What gives value asks for a fresh proof.
        let sue = browser_of(&house, "sue@example.com").await;
        let again = [("kind", "reprovision"), ("giveUp", "true")];
        let other = [
            ("kind", "manual-provision"),
            ("giveUp", "true"),
            ("packageName", "103.181.91"),
            ("ram", "8"),
        ];
        let shown = previewed(&house, &sue, &path(&second), &buys).await;
        assert!(shown.contains("Margin of this purchase, without tax: ₹399."), "{shown}");
        // The purchase that is given up may have bought: its cost counts against the order.
        for fields in [&again[..], &other] {
            let shown = previewed(&house, &sue, &path(&second), fields).await;
            for told in [
                "103.181.91 with 8GB from smartvps",
                "<dt>The provider charges</dt><dd>₹600</dd>",
                "<dt>The customer paid</dt><dd>₹999</dd>",
                "<dt>Earlier purchases of the order</dt><dd>₹600</dd>",
                "<dt>Balance at the provider</dt><dd>not known",
                "₹201, a loss",
            ] {
                assert!(shown.contains(told), "{told}: {shown}");
            }
        }
        let waits = [("kind", "wait"), ("days", "1")];
        let waits = previewed(&house, &sue, &path(&second), &waits).await;
        assert!(!waits.contains("What it costs"), "it buys nothing");
    })
    .await;
}

#[tokio::test]
async fn what_follows_from_nothing_bought_is_said_before_it_is_done() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = unheard(&house).await;
        let path = path(&order);
        let early = seen(&house, &sue, &path).await;
        assert!(!early.contains("value=\"nothing-bought\""), "its answer may still come");
        test.clock.step(TAIL);
        let shown = seen(&house, &sue, &path).await;
        let preview = previewed(&house, &sue, &path, &[("kind", "nothing-bought")]).await;
        for said in [
            "nobody waits for it any more",
            "the same is bought again at once",
            "To give the money back instead",
            "A server that it names is a stray",
        ] {
            assert!(shown.contains(said), "{said}: {shown}");
            assert!(preview.contains(said), "{said}: {preview}");
        }
        assert!(preview.contains("is on record as having bought nothing"), "{preview}");
        assert_eq!(house.upstream.purchases(), 1, "nothing was done");
    })
    .await;
}
