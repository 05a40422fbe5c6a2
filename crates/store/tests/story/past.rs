//! How many there were of a package, by the hour; what shares a product's name; who changed it.

use std::time::Duration;

use domain::clock::Timestamp;
use store::catalogue::{StockHour, Which};
use store::db::Tx;
use store::reading::{PackageStock, Purpose};

use super::given::{self, done};
use crate::support::{TestDb, for_each_database};

const SHOP: &str = "smartvps";
const HOUR: Duration = Duration::from_secs(3_600);

/// A reading says that there are so many of every package.
async fn reads(shop: &TestDb, stock: i64) {
    let read = move |tx: &mut Tx<'_>| {
        let number = tx.begin_reading(SHOP, Purpose::Purchase)?.number;
        let all = tx.package_stocks(SHOP)?;
        let all: Vec<PackageStock> = all.into_iter().map(|s| PackageStock { stock, ..s }).collect();
        tx.write_stocks(SHOP, number, &all)
    };
    done(shop, read).await;
}

fn counts(hours: &[StockHour]) -> Vec<[i64; 4]> {
    hours.iter().map(|hour| [hour.opening, hour.lowest, hour.highest, hour.latest]).collect()
}

#[tokio::test]
async fn each_hour_tells_what_was_there_before_the_least_the_most_and_the_last() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 40).await;
        let other = given::package(shop, "92", 40).await;
        for stock in [12, 90, 30] {
            reads(shop, stock).await;
        }
        shop.clock.step(3 * HOUR);
        reads(shop, 7).await;
        let ever = Timestamp::from_micros(0);
        let id = package.id.clone();
        let hours = done(shop, move |tx| tx.stock_hours(&id, ever)).await;
        assert_eq!(counts(&hours), [[40, 12, 90, 30], [30, 7, 30, 7]], "{}", shop.kind);
        let (first, second) = (hours[0].hour, hours[1].hour);
        assert_eq!(second.since(first), 3 * HOUR);
        assert_eq!(first.as_micros() % 3_600_000_000, 0);
        // What is older than anybody looks goes, of every package.
        let id = package.id.clone();
        let later = done(shop, move |tx| tx.stock_hours(&id, second)).await;
        assert_eq!(counts(&later), [[30, 7, 30, 7]]);
        assert_eq!(done(shop, move |tx| tx.prune_stock_hours(second)).await, 2);
        let left = done(shop, move |tx| tx.stock_hours(&other.id, ever)).await;
        assert_eq!(counts(&left), [[30, 7, 30, 7]]);
    })
    .await;
}

#[tokio::test]
async fn what_staff_count_themselves_has_a_past_too() {
    for_each_database(async |shop| {
        done(shop, |tx| tx.ensure_provider("hand-rack")).await;
        let id = given::package_of(shop, "hand-rack", "91", 2).await.id;
        let package = id.clone();
        done(shop, move |tx| tx.take_from_count(&package, "hand-rack")).await;
        let package = id.clone();
        done(shop, move |tx| tx.set_count(&package, 9)).await;
        let hours = done(shop, move |tx| tx.stock_hours(&id, Timestamp::from_micros(0))).await;
        assert_eq!(counts(&hours), [[2, 1, 9, 9]], "{}", shop.kind);
    })
    .await;
}

#[tokio::test]
async fn those_of_one_package_or_one_name_find_each_other() {
    for_each_database(async |shop| {
        let first = given::package(shop, "91", 9).await;
        given::package(shop, "92", 9).await;
        let all = done(shop, |tx| tx.list_products(None, 9)).await;
        let (one, mut two) = (all[0].product.clone(), all[1].product.clone());
        assert_eq!(one.package, first.id);
        let alone = one.clone();
        assert_eq!(done(shop, move |tx| tx.namesakes(&alone)).await, []);
        two.name.clone_from(&one.name);
        let (renamed, id) = (two.clone(), two.id.clone());
        done(shop, move |tx| tx.change_product(&renamed, SHOP)).await;
        let found = done(shop, move |tx| tx.namesakes(&one)).await;
        let found: Vec<_> = found.iter().map(|other| (&other.id, other.pid.as_str())).collect();
        assert_eq!(found, [(&id, "92")]);
    })
    .await;
}

#[tokio::test]
async fn notes_of_staff_are_kept_as_they_were_written() {
    for_each_database(async |shop| {
        given::package(shop, "91", 9).await;
        let mut product = done(shop, |tx| tx.list_products(None, 1)).await.remove(0).product;
        assert_eq!(product.remark, "");
        product.remark = "Renews on the 5th.\nAsk Bea; O'Neill knows.".into();
        let changed = product.clone();
        done(shop, move |tx| tx.change_product(&changed, SHOP)).await;
        let read = done(shop, |tx| tx.list_products(None, 1)).await.remove(0).product;
        assert_eq!(read.remark, product.remark, "{}", shop.kind);
    })
    .await;
}

#[tokio::test]
async fn staff_find_what_is_rare_in_the_order_of_names() {
    for_each_database(async |shop| {
        for pid in ["91", "92", "93"] {
            given::package(shop, pid, 9).await;
        }
        let all = done(shop, |tx| tx.list_products(None, 9)).await;
        let [mut held, mut hidden] = [0, 1].map(|at| all[at].product.clone());
        held.held = Some(domain::product::Held::TwoNames);
        hidden.published = false;
        hidden.name.clone_from(&all[2].product.name);
        for product in [held.clone(), hidden.clone()] {
            done(shop, move |tx| tx.change_product(&product, SHOP)).await;
        }
        let alert = held.id.to_string();
        done(shop, move |tx| tx.raise_alert("product-mismatch", &alert, "names 103.9").map(drop))
            .await;
        let find = async |which: Which, text: &'static str, after: Option<usize>| {
            let after = after.map(|at| all[at].product.id.clone());
            let find = move |tx: &mut Tx<'_>| tx.find_products(which, text, after.as_ref(), 9);
            let found = done(shop, find).await;
            found.iter().map(|s| s.package.pid.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(find(Which::All, "", None).await, ["91", "92", "93"]);
        assert_eq!(find(Which::All, "", Some(0)).await, ["92", "93"]);
        assert_eq!(find(Which::Held, "", None).await, ["91"]);
        assert_eq!(find(Which::Contradicting, "", None).await, ["91"]);
        assert_eq!(find(Which::Unpublished, "", None).await, ["92"]);
        assert_eq!(find(Which::Repeated, "", None).await, ["92", "93"]);
        for none in [Which::Missing, Which::Low, Which::OffSale, Which::WithoutCost] {
            assert!(find(none, "", None).await.is_empty(), "{none:?}");
        }
        assert_eq!(find(Which::All, "181.93", None).await, ["92", "93"], "by either name");
        assert_eq!(find(Which::Repeated, "92", None).await, ["92"]);
        assert_eq!(find(Which::All, "93", Some(1)).await, ["93"]);
        assert!(find(Which::All, "%", None).await.is_empty(), "a sign is only itself");
        let names = [&*held.name, &*hidden.name];
        let repeated = names.map(ToOwned::to_owned);
        let ask = move |tx: &mut Tx<'_>| tx.names_that_repeat(&repeated.each_ref().map(|n| &**n));
        assert_eq!(done(shop, ask).await, [hidden.name.clone()]);
    })
    .await;
}

#[tokio::test]
async fn whatever_is_looked_for_is_found_a_page_at_a_time_however_many_are_called_like_it() {
    for_each_database(async |shop| {
        for pid in 1..=205 {
            given::package(shop, &pid.to_string(), 9).await;
        }
        for (text, many) in [("103.181.20", 7), ("103.181", 205), ("\u{1f30a}", 205), ("5", 39)] {
            let (mut found, mut after) = (Vec::<String>::new(), None);
            while found.len() < 300 {
                let last = after.take();
                let find =
                    move |tx: &mut Tx<'_>| tx.find_products(Which::All, text, last.as_ref(), 100);
                let some = done(shop, find).await;
                let Some(last) = some.last() else { break };
                after = Some(last.product.id.clone());
                found.extend(some.iter().map(|one| one.product.id.to_string()));
            }
            let all = found.len();
            found.sort();
            found.dedup();
            assert_eq!((all, found.len()), (many, many), "{text}");
        }
    })
    .await;
}
