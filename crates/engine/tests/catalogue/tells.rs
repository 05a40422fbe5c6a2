//! What staff hear of the catalogue: one alert per trouble.

use std::sync::Arc;

use engine::catalogue::ProductPatch;

use crate::shop::{PROVIDER, Rows, Shop};
use crate::support::for_each_database;

const SHOP: Rows<'_> = &[("1", "103.181.91", 50, "active"), ("2", "103.82.72", 40, "active")];

#[tokio::test]
async fn staff_hear_of_new_missing_renamed_and_ambiguous_packages_once() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        assert_eq!(shop.alert_kinds().await, ["packages-new"], "a first run is one alert");
        let four: Rows<'_> = &[
            ("1", "103.182.44", 50, "active"),
            ("3", "103.83.x", 40, "active"),
            ("4", "Premium VPS", 40, "active"),
            ("5", "103.84.x", 40, "active"),
            ("5", "103.85.x", 40, "active"),
        ];
        for _ in 0..2 {
            shop.sync(four).await;
            let mut alerts = shop.alerts().await;
            alerts.sort();
            let kinds: Vec<&str> = alerts.iter().map(|(kind, _)| kind.as_str()).collect();
            assert_eq!(
                kinds,
                [
                    "package-ambiguous",
                    "package-missing",
                    "package-new",
                    "package-new",
                    "package-new",
                    "package-renamed",
                    "packages-new",
                    "product-mismatch"
                ]
            );
            assert!(alerts[0].1.contains("\"103.84.x\" and \"103.85.x\""), "{}", alerts[0].1);
            assert!(alerts[4].1.contains("until staff give its CIDRs"), "{}", alerts[4].1);
            assert!(alerts[5].1.contains("\"103.181.91\" and is called \"103.182.44\" now"));
            assert!(alerts[7].1.contains("names 103.181.91"), "{}", alerts[7].1);
        }
        // Dealt with: named after what it is now, and found again.
        let name = Some("🌊 103.182.44".to_owned());
        let renamed = ProductPatch { display_name: name, ..ProductPatch::default() };
        assert!(shop.patch("1", renamed).await.unwrap().available);
        let mut rows = four.to_vec();
        rows.push(("2", "103.82.72", 40, "active"));
        shop.sync(&rows).await;
        let kinds = shop.alert_kinds().await;
        for gone in ["package-missing", "package-renamed", "product-mismatch"] {
            assert!(!kinds.contains(&gone.to_owned()), "{kinds:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn low_stock_is_told_once_per_crossing_and_ends_when_it_is_filled_up() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let low = async |stock: i64| {
            shop.sync(&[("1", "103.181.91", stock, "active"), SHOP[1]]).await;
            let kinds = shop.alert_kinds().await;
            let mut low: Vec<String> =
                kinds.into_iter().filter(|kind| kind.starts_with("low-stock")).collect();
            low.sort();
            low
        };
        assert_eq!(low(11).await, Vec::<String>::new());
        assert_eq!(low(10).await, ["low-stock-10"]);
        assert_eq!(low(9).await, ["low-stock-10"]);
        assert_eq!(low(5).await, ["low-stock-5"], "the lower level says it all");
        let all = |shop: &Shop| shop.db.clone();
        let count = async |db: Arc<store::db::Db>| {
            let alerts = db.read(|tx| tx.alerts(None, 100)).await.unwrap();
            alerts.into_iter().filter(|alert| alert.kind.starts_with("low-stock")).count()
        };
        assert_eq!(count(all(&shop)).await, 2);
        assert_eq!(low(7).await, ["low-stock-10"]);
        assert_eq!(low(20).await, Vec::<String>::new());
        assert_eq!(low(1).await, ["low-stock-5"]);
        assert_eq!(count(all(&shop)).await, 4, "each crossing is a row, and rows stay");
        let shown = shop.product("1").await;
        assert!(!shown.available && shop.engine.is_low(&shown.package));
        assert!(shown.product.note.starts_with("Auto-disabled: Only 1 IPs left (20"));
    })
    .await;
}

#[tokio::test]
async fn old_readings_go_after_a_week() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        for stock in [50, 49, 48] {
            shop.sync(&[("1", "103.181.91", stock, "active")]).await;
            shop.clock.step(std::time::Duration::from_secs(3_700));
        }
        shop.clock.step(std::time::Duration::from_secs(7 * 24 * 3_600));
        shop.sync(&[("1", "103.181.91", 47, "active")]).await;
        let kept = shop.db.read(|tx| tx.readings(PROVIDER, 10)).await.unwrap();
        // The week-old sync is named by its pointer until this one has ended.
        assert_eq!(kept.len(), 2);
        let oldest = kept[1].number;
        assert!(shop.db.read(move |tx| tx.raw_at(oldest)).await.unwrap().is_some());
    })
    .await;
}
