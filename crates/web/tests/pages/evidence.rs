//! The evidence of an unheard purchase laid out for whoever decides, and what a decision leads to
//! told before it is made.

use std::time::Duration;

use serde_json::Value;
use sim::smartvps::{Answer, Lie, Op};

use crate::database::for_each_database;
use crate::house::House;
use crate::{browser_of, form, hidden, page, text};

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
        let (_, others) = shown.split_once("Our other purchases of the same package").unwrap();
        assert!(others.contains(neighbour["orderNumber"].as_str().unwrap()), "{others}");
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
        assert!(silent.contains("the provider gave no usable answer"), "{silent}");
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
