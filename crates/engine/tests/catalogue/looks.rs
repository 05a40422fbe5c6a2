//! What purchases see of the list, and what their looking changes.

use std::time::Duration;

use domain::block::Promise;
use domain::catalogue::Look;
use domain::package::Pid;
use upstream::Fault;

use crate::shop::{PROVIDER, Rows, Shop};
use crate::support::for_each_database;

const SHOP: Rows<'_> = &[("1", "103.181.91", 12, "active"), ("2", "103.82.72", 40, "active")];

#[tokio::test]
async fn purchases_that_look_at_once_ask_once() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.upstream.lists(SHOP);
        let all = futures_util::future::join_all((0..50).map(|_| shop.engine.fresh_reading()));
        let readings: Vec<_> = all.await.into_iter().map(|r| r.unwrap().unwrap()).collect();
        assert!(readings.iter().all(|reading| reading.number() == readings[0].number()));
        assert_eq!(shop.upstream.asked(), 1);
        let (pid, promise) = (Pid::new("1").unwrap(), Promise::of("103.181.91", &[]));
        let look = readings[0].look_up(&pid, "103.181.91", &promise, 0);
        assert!(matches!(look, Look::Buy { stock: 12, .. }));
    })
    .await;
}

#[tokio::test]
async fn a_reading_serves_for_ten_seconds_whoever_asked_for_it() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let first = shop.engine.fresh_reading().await.unwrap().unwrap();
        assert_eq!(shop.upstream.asked(), 1, "the sync's serves");
        shop.clock.step(Duration::from_secs(10));
        let same = shop.engine.fresh_reading().await.unwrap().unwrap();
        assert_eq!(same.number(), first.number());
        shop.clock.step(Duration::from_secs(1));
        let next = shop.engine.fresh_reading().await.unwrap().unwrap();
        assert!(next.number() > first.number());
        assert!(next.requested_at().since(first.stored_at()) >= Duration::from_secs(10));
        assert_eq!(shop.upstream.asked(), 2);
    })
    .await;
}

#[tokio::test]
async fn looking_sets_the_stock_and_nothing_that_syncs_set() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.product("1").await;
        shop.clock.step(Duration::from_secs(60));
        shop.upstream
            .lists(&[("1", "103.182.44", 2, "suspended"), ("9", "103.15.xx", 5, "active")]);
        let reading = shop.engine.fresh_reading().await.unwrap().unwrap();
        let after = shop.product("1").await;
        let mut expected = before.clone();
        expected.package.stock = 2;
        assert_eq!(after, expected);
        let gone = shop.product("2").await;
        assert_eq!((gone.package.stock, gone.package.listed_stock, gone.available), (0, 40, true));
        assert!(gone.package.missing_since.is_none());
        let pointers = shop.db.read(|tx| tx.pointers(PROVIDER)).await.unwrap().unwrap();
        assert_eq!(pointers.reading_number, reading.number());
        assert_eq!(pointers.reading_requested_at, reading.requested_at());
        assert_eq!(pointers.reading_stored_at, reading.stored_at());
        assert!(pointers.sync_number < reading.number());
    })
    .await;
}

#[tokio::test]
async fn a_list_that_cannot_be_had_is_no_reading() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.db.read(|tx| tx.pointers(PROVIDER)).await.unwrap().unwrap();
        shop.clock.step(Duration::from_secs(60));
        shop.upstream.fails(Fault::Unauthorized { provider: "SmartVPS", status: 401 });
        let said = shop.engine.fresh_reading().await.unwrap();
        assert!(matches!(said, Err(Fault::Unauthorized { status: 401, .. })));
        shop.upstream.lists(&[]);
        let said = shop.engine.fresh_reading().await.unwrap();
        assert!(matches!(said, Err(Fault::Unreadable { .. })));
        let after = shop.db.read(|tx| tx.pointers(PROVIDER)).await.unwrap().unwrap();
        assert_eq!(after, before);
        assert_eq!(shop.product("1").await.package.stock, 12);
    })
    .await;
}

#[tokio::test]
async fn looks_and_syncs_of_two_nodes_end_with_the_newest_stock() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let other = shop.another_node(test).await;
        let rows: Vec<(String, String)> = (0..1_500)
            .map(|at| (at.to_string(), format!("103.{}.{}", at / 256, at % 256)))
            .collect();
        for round in 0..6 {
            let listed: Vec<_> =
                rows.iter().map(|(p, n)| (p.as_str(), n.as_str(), 20 + round, "active")).collect();
            shop.upstream.lists(&listed);
            shop.clock.step(Duration::from_secs(60));
            let (a, b, c) = futures_util::join!(
                shop.engine.sync(),
                other.engine.fresh_reading(),
                shop.engine.fresh_reading()
            );
            a.unwrap();
            b.unwrap().unwrap();
            c.unwrap().unwrap();
            let stocks = shop.db.read(|tx| tx.package_stocks(PROVIDER)).await.unwrap();
            assert_eq!(stocks.len(), 1_500);
            // New rows of a sync that a newer look overtook show nothing until the next reading.
            let fits = |stock: i64| stock == 20 + round || (round == 0 && stock == 0);
            assert!(stocks.iter().all(|row| fits(row.stock)), "round {round}");
        }
        other.db.close();
    })
    .await;
}
