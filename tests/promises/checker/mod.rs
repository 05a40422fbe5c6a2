//! The checker finds nothing in a shop that went through everything, and names exactly the
//! invariant that is broken by hand.

mod day;
mod plant;
mod planted;

use std::collections::BTreeSet;
use std::time::Duration;

use engine::Settings;
use futures_util::future::join_all;
use sim::checker;

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop};
use day::Day;
use plant::{Ground, Plant};

/// All that the checker can name.
const NAMES: [&str; 31] = [
    "INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-06", "INV-07", "INV-08", "INV-09",
    "INV-10", "INV-11", "INV-12", "INV-13", "INV-14", "INV-15", "INV-16", "INV-17", "INV-18",
    "INV-19", "INV-20", "INV-21", "INV-22", "INV-23", "INV-24", "INV-25", "INV-26", "INV-27",
    "INV-28", "LIVE-1", "LIVE-2", "ROWS",
];

#[tokio::test]
async fn a_broken_invariant_is_named_and_no_other_is() {
    for_each_database(async |db| {
        // Long, because nothing but the one late answer may be late here.
        let purchase_timeout = Duration::from_secs(8);
        let settings = Settings { purchase_timeout, ..crate::support::settings() };
        let shop = TestShop::open_with(db, settings, vec![(SOLD, 50), (OTHER, 50)]).await;
        let day = Day::lived(&shop).await;
        shop.invariants_hold().await;
        let looked = shop.looked_at().await;
        assert_eq!(checker::check_money(&looked.snapshot), []);
        let ground = Ground::of(&shop, &day).await;
        for Plant { name, sql, edit } in planted::all() {
            let found = ground.with(&looked, sql, edit).await;
            let names: BTreeSet<&str> = found.iter().map(|violation| violation.invariant).collect();
            let told = crate::support::told(&found);
            assert_eq!(names, [name].into(), "{}: {name} by {sql}\n{told}", db.kind);
        }
    })
    .await;
}

#[test]
fn every_invariant_is_broken_by_some_plant() {
    let planted: BTreeSet<&str> = planted::all().iter().map(|plant| plant.name).collect();
    assert_eq!(planted, NAMES.into());
}

#[tokio::test]
async fn nothing_is_found_in_some_hundred_orders_bought_at_once() {
    for_each_database(async |db| {
        let minute = Duration::from_secs(60);
        let settings = Settings { payment_poll_every: minute, ..crate::support::settings() };
        let shop = TestShop::open_with(db, settings, vec![(SOLD, 250)]).await;
        let orders = join_all((0..200).map(|_| shop.order_of(SOLD))).await;
        let paid = orders.into_iter().map(Result::unwrap);
        join_all(paid.map(async |order| shop.pay(&order).await)).await;
        shop.quiet().await;
        let looked = shop.looked_at().await;
        assert_eq!(looked.snapshot.orders.len(), 200);
        assert_eq!(checker::check(&looked.quiet()), []);
    })
    .await;
}
