//! The stock formula, row by row: what is taken is counted until a newer reading shows it, and
//! what is promised until it is taken.

use domain::id::PackageId;
use domain::order::{Event, Stop};
use domain::package::Package;
use store::db::StoreError;
use store::reading::{Packed, Purpose, hash_of, packed};

use super::given::{self, HERE, MINUTE, SHOP, done, moved, tried};
use crate::support::{TestDb, for_each_database};

/// Taken, promised.
async fn counted(shop: &TestDb, package: &Package) -> (i64, i64) {
    let id = package.id.clone();
    let found = done(shop, move |tx| tx.count_stock(&id, 0)).await;
    assert_eq!((found.stock.free, found.listed_stock), (9, 9));
    let id = package.id.clone();
    let looked =
        shop.db.read(move |tx| tx.look_at_stock(std::slice::from_ref(&id), 0)).await.unwrap();
    assert_eq!(looked[0].1.stock, found.stock, "whoever only looks sees the same");
    (found.stock.taken, found.stock.promised)
}

/// A new reading comes and every package row shows it.
async fn looked_at_again(shop: &TestDb) {
    let begun = done(shop, |tx| tx.begin_reading(SHOP, Purpose::Purchase)).await;
    let raw = format!("{}", begun.number);
    done(shop, move |tx| {
        let bytes = Some(packed(raw.as_bytes())?);
        let new = Packed { hash: hash_of(raw.as_bytes()), bytes, rows: 1 };
        tx.store_reading(SHOP, begun.number, &new)?;
        assert!(tx.show_reading(SHOP, begun.number)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_is_counted_until_a_newer_reading_shows_it() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        looked_at_again(shop).await;
        let order = given::ordered(shop, &package).await;
        assert_eq!(counted(shop, &package).await, (0, 1), "reserved");
        let (planned, _) = given::paid(shop, &order).await;
        assert_eq!(counted(shop, &package).await, (0, 1), "planned");
        moved(shop, &planned, Event::Stopped(Stop::NoStock)).await;
        assert_eq!(counted(shop, &package).await, (0, 1), "paid, and its slot is free");

        let bought = given::ordered(shop, &package).await;
        let (bought, _) = given::verifying(shop, &bought, HERE).await;
        assert_eq!(counted(shop, &package).await, (1, 1), "the reading is older than its answer");
        looked_at_again(shop).await;
        assert_eq!(counted(shop, &package).await, (0, 1), "the reading shows it gone");
        let bought = moved(shop, &bought, Event::Matched).await;
        moved(shop, &bought, Event::Delivered).await;
        assert_eq!(counted(shop, &package).await, (0, 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_unheard_is_taken_until_a_reading_asked_for_after_its_tail() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        looked_at_again(shop).await;
        let (order, _) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        assert_eq!(counted(shop, &package).await, (1, 0), "permitted");
        looked_at_again(shop).await;
        assert_eq!(counted(shop, &package).await, (1, 0), "its request may be under way");
        let order = moved(shop, &order, Event::WentUnheard).await;
        looked_at_again(shop).await;
        assert_eq!(counted(shop, &package).await, (1, 0), "its tail has not ended");
        shop.clock.step(14 * MINUTE);
        assert_eq!(counted(shop, &package).await, (1, 0), "nobody has looked since");
        looked_at_again(shop).await;
        assert_eq!(counted(shop, &package).await, (0, 1), "shown, if bought; and promised still");
        moved(shop, &order, Event::RefundAsked).await;
        assert_eq!(counted(shop, &package).await, (0, 0), "its money goes back");

        // Given up inside its tail, it is taken beside the next one that is planned.
        let (order, _) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        let order = moved(shop, &order, Event::WentUnheard).await;
        let next = given::attempt_id(shop);
        moved(shop, &order, Event::Reprovisioned { attempt: next }).await;
        assert_eq!(counted(shop, &package).await, (1, 1), "parked, and planned again");
    })
    .await;
}

#[tokio::test]
async fn a_promise_ends_with_its_reservation_and_leaves_its_own_order_out() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let other = given::package(shop, "72", 9).await;
        looked_at_again(shop).await;
        let order = given::ordered(shop, &package).await;
        given::ordered(shop, &package).await;
        let cancelled = given::ordered(shop, &package).await;
        moved(shop, &cancelled, Event::Cancelled).await;
        assert_eq!(counted(shop, &package).await, (0, 2));
        assert_eq!(counted(shop, &other).await, (0, 0), "each package for itself");
        let (id, own) = (package.id.clone(), order.id.clone());
        let without = done(shop, move |tx| tx.count_stock_without(&id, 3, own.as_str())).await;
        assert_eq!((without.stock.promised, without.stock.buffer), (1, 3));
        assert_eq!(without.stock.saleable(), 9 - 3 - 1);
        assert_eq!(without.name, package.name);
        shop.clock.step(16 * MINUTE);
        assert_eq!(counted(shop, &package).await, (0, 0), "both reservations are over");
        let unknown = PackageId::parse("pkg_01J0000000000000000000000A").unwrap();
        let missing = tried(shop, move |tx| tx.count_stock(&unknown, 0)).await;
        assert!(matches!(missing, Err(StoreError::Missing { what: "package", .. })));
    })
    .await;
}

#[tokio::test]
async fn of_ten_buyers_at_once_nine_get_nine_addresses() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let account = given::customer(shop).await;
        let mut wishes = Vec::new();
        for _ in 0..10 {
            wishes.push(given::wish(shop, &package, &account).await);
        }
        let buy = |order: store::order::Order| {
            let id = package.id.clone();
            tried(shop, move |tx| {
                tx.lock_packages(&[id.clone(), id.clone()])?;
                if tx.count_stock(&id, 0)?.stock.saleable() < 1 {
                    return Ok(false);
                }
                tx.insert_order(&order, "ada")?;
                Ok(true)
            })
        };
        let sold = futures_util::future::join_all(wishes.into_iter().map(buy)).await;
        let sold: Vec<bool> = sold.into_iter().map(|one| one.expect(shop.kind)).collect();
        assert_eq!(sold.iter().filter(|&&sold| sold).count(), 9);
        assert_eq!(counted(shop, &package).await, (0, 9));
    })
    .await;
}
