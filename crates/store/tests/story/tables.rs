//! The tables themselves: how they come to be, and what the database says of its own promises.

use crate::support::for_each_database;

#[tokio::test]
async fn a_migrated_database_misses_nothing_and_knows_nothing_newer() {
    for_each_database(async |shop| {
        let db = &shop.db;
        // A second start finds nothing to do.
        db.write(|tx| tx.migrate()).await.expect(shop.kind);
        assert_eq!(db.read(|tx| tx.missing_migrations()).await.expect(shop.kind).len(), 0);
        assert_eq!(db.read(|tx| tx.unknown_migrations()).await.expect(shop.kind).len(), 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_asks_what_is_missing_makes_nothing() {
    for_each_database(async |shop| {
        shop.by_hand("DROP TABLE migration").await;
        // Opened anew, and asked, by somebody who looks on.
        let looking = shop.another_node().await;
        for _ in 0..2 {
            let missing = looking.read(|tx| tx.missing_migrations()).await.expect(shop.kind);
            let all = [
                "0001_house",
                "0002_refunds",
                "0003_disputes",
                "0004_mail",
                "0005_accounts",
                "0006_letters",
                "0007_by_hand",
                "0008_second_factor",
                "0009_prices",
                "0012_remedies",
                "0010_papers",
                "0011_wallet",
                "0015_costs",
                "0016_statement",
                "0017_top_up_disputes",
                "0023_job_by_lane",
                "0013_checkouts",
                "0014_carts",
                "0020_tags",
                "0018_errands",
                "0024_job_by_id",
                "0025_brand",
                "0026_account",
                "0030_webhook_asked",
                "0028_orders_paid",
                "0031_reports",
                "0032_notices",
                "0033_silence_once",
                "0034_search",
                "0035_stock_hours",
                "0036_people",
                "0037_acting",
                "0038_mail_texts",
                "0039_wrong_servers",
                "0040_catalogue_search",
                "0041_alerts_by_state",
                "0042_strays",
            ];
            assert_eq!(missing, all, "{}", shop.kind);
            assert_eq!(looking.read(|tx| tx.unknown_migrations()).await.expect(shop.kind).len(), 0);
        }
        // Had the question made it, this would fail.
        shop.by_hand("CREATE TABLE migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)").await;
        shop.by_hand("INSERT INTO migration VALUES ('9999_future', 1)").await;
        let unknown = looking.read(|tx| tx.unknown_migrations()).await.expect(shop.kind);
        assert_eq!(unknown, ["9999_future"], "{}", shop.kind);
        looking.close();
    })
    .await;
}

#[tokio::test]
async fn a_database_tells_what_keeps_its_commits_from_being_durable() {
    for_each_database(async |shop| {
        let told = shop.db.read(|tx| tx.undurable()).await.expect(shop.kind);
        // A server for tests may well be one that forgets; the file never is.
        match (shop.db.is_shared_by_nodes(), told) {
            (_, None) => {}
            (true, Some(why)) => assert!(why.ends_with(" is off"), "{why}"),
            (false, Some(why)) => panic!("{why}"),
        }
    })
    .await;
}
