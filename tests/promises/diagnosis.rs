//! The diagnosis of an order names both sides of what does not fit, also without the upstream.

use std::net::Ipv4Addr;

use engine::Error;
use engine::catalogue::ProductPatch;
use sim::smartvps::{Lie, Listing, Op};

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

#[tokio::test]
async fn a_good_order_is_a_perfect_match() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let found = shop.engine.diagnose(&order.number).await.unwrap();
        assert_eq!(found.diagnosis.issue, "✅ Perfect match");
        assert_eq!(found.order.provisioned_ip, Some(shop.servers(&order).await[0].address));
        let entry = found.entry.unwrap();
        assert_eq!((entry.display_name.as_str(), entry.pid.as_str()), ("🌊 103.181.91", "1"));
        assert_eq!(found.api_package_found, Some(true));
        assert_eq!(found.api_package.unwrap().name, SOLD);
        assert_eq!(found.all_available_packages.unwrap().len(), 2);
        assert_eq!(found.api_error, None);
        assert!(found.duplicates.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_server_from_another_block_is_named_with_what_was_sold() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        let found = shop.engine.diagnose(order.id.as_str()).await.unwrap();
        assert_eq!(found.order.provisioned_ip, Some(WRONG));
        assert_eq!(found.diagnosis.ip_matches, Some(false));
        let issue = found.diagnosis.issue;
        assert!(issue.contains(SOLD) && issue.contains("103.182.44.18"), "{issue}");
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_was_linked_to_another_package_is_named_with_both_sides() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let product = shop.product(SOLD).await;
        let patch = ProductPatch { pid: Some("2".into()), ..ProductPatch::default() };
        shop.engine.change_product(&product, patch, "staff").await.unwrap();
        let found = shop.engine.diagnose(&order.number).await.unwrap();
        let expected = "⚠️ Customer bought '103.181.91' but IPStock has '103.182.44' configured!";
        assert_eq!(found.diagnosis.issue, expected);
        assert_eq!(found.diagnosis.pid_matches, Some(false));
        assert_eq!(found.diagnosis.expected_package_name, OTHER);
        // The entry of the other package has the same PID now.
        let duplicates: Vec<&str> =
            found.duplicates.iter().map(|entry| entry.display_name.as_str()).collect();
        assert_eq!(duplicates, ["🌊 103.182.44"]);
    })
    .await;
}

#[tokio::test]
async fn a_package_that_is_gone_is_not_called_a_match() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        assert!(shop.upstream.list("1", Listing::Hidden));
        let found = shop.engine.diagnose(&order.number).await.unwrap();
        assert_eq!(
            found.diagnosis.issue,
            "⚠️ Package '103.181.91' (PID: 1) is gone from the SmartVPS API!"
        );
        assert_eq!((found.api_package_found, found.api_package), (Some(false), None));
    })
    .await;
}

#[tokio::test]
async fn without_the_upstream_the_report_still_answers_from_what_is_stored() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        shop.upstream.doorway(sim::smartvps::Doorway::Refuse).await;
        let found = shop.engine.diagnose(&order.number).await.unwrap();
        assert!(found.api_error.unwrap().contains("could not reach"));
        assert_eq!((found.api_package_found, found.api_package), (None, None));
        assert!(found.all_available_packages.is_none());
        assert_eq!(found.diagnosis.ip_matches, Some(true));
        assert!(!found.diagnosis.is_perfect());
        let unknown = shop.engine.diagnose("ORD-NEVERMADE1").await;
        assert!(matches!(unknown, Err(Error::Missing { what: "order", .. })));
    })
    .await;
}
