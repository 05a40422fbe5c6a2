//! What cannot be verified is never delivered by itself, and never bought where it can be known
//! before.

use std::time::Duration;

use domain::order::{Remedy, Stage, Stop};
use engine::catalogue::ProductPatch;
use sim::smartvps::{Deed, Lie, Op};

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, settings, wish};

const EXACT: &str = "103.195.160.2";

#[tokio::test]
async fn a_neighbour_of_a_whole_address_is_held_until_ranges_are_confirmed() {
    for_each_database(async |db| {
        let shop = TestShop::open_with(db, settings(), vec![(EXACT, 50)]).await;
        let first = shop.buy(EXACT).await;
        assert!(is_delivered(&first), "{:?}", first.standing);
        let order = shop.buy(EXACT).await;
        assert!(matches!(order.standing.stage, Stage::OnHold(_)), "{:?}", order.standing);
        let product = shop.product(EXACT).await;
        let patch = ProductPatch {
            cidrs: Some(vec!["103.195.160.0/24".into()]),
            ..ProductPatch::default()
        };
        shop.engine.change_product(&product, patch, "staff").await.unwrap();
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?} {:?}", order.standing, shop.jobs().await);
        assert!(order.sold.terms.cidrs.is_empty(), "the frozen copy never changes");
        assert_eq!(shop.purchases(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_package_renamed_to_another_block_is_not_bought() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.rename("1", "103.99.98");
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert_eq!(order.standing.stage, Stage::Stopped(Stop::OtherBlock));
        assert_eq!(shop.purchases(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_package_renamed_within_its_block_is_followed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.rename("1", "NEW-103.181.91");
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}

#[tokio::test]
async fn an_ambiguous_name_is_held_before_anything_is_bought() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.always(Op::Ipstock, Lie { pid: Some("1".into()), ..Lie::of(Deed::SameName) });
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert_eq!(order.standing.stage, Stage::Stopped(Stop::Ambiguous));
        assert_eq!(shop.purchases(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_vanished_package_fails_the_order_only_when_two_readings_agree() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.next(Op::Ipstock, Lie { pid: Some("1".into()), ..Lie::of(Deed::Vanished) });
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        shop.quiet().await;
        assert!(matches!(shop.order(&order.id).await.standing.stage, Stage::Planned(_)));
        shop.later(Duration::from_secs(11));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));

        let gone = shop.order_of(OTHER).await.unwrap();
        shop.upstream.always(Op::Ipstock, Lie { pid: Some("2".into()), ..Lie::of(Deed::Vanished) });
        shop.later(Duration::from_secs(11));
        shop.pay(&gone).await;
        shop.quiet().await;
        for _ in 0..2 {
            shop.later(Duration::from_secs(11));
            shop.quiet().await;
        }
        let gone = shop.order(&gone.id).await;
        assert_eq!(gone.standing.stage, Stage::Stopped(Stop::PidGone));
        let error = gone.error.unwrap();
        assert_eq!(
            error,
            "Package (PID: 2, Name: 103.182.44) no longer available in SmartVPS API. \
             Customer ordered product that is now unavailable."
        );
    })
    .await;
}

#[tokio::test]
async fn the_system_that_was_chosen_is_installed_before_delivery() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_with_os(SOLD, "ubuntu").await;
        shop.pay(&order).await;
        shop.until(async || {
            shop.later(Duration::from_secs(1));
            shop.quiet().await;
            is_delivered(&shop.order(&order.id).await)
        })
        .await;
        let server = shop.servers(&order).await.remove(0);
        assert_eq!(server.os_text.as_deref(), Some("Ubuntu 22"));
        assert_eq!(shop.purchases(), 1);
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
    })
    .await;
}

#[tokio::test]
async fn missing_credentials_reach_a_person_and_the_check_goes_on() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.always(Op::Status, Lie::of(Deed::NoPassword));
        let order = shop.buy(SOLD).await;
        assert!(matches!(order.standing.stage, Stage::Verifying(_)));
        shop.later(Duration::from_secs(15 * 60 + 1));
        shop.quiet().await;
        let late = shop.order(&order.id).await;
        assert!(late.standing.late);
        shop.upstream.stop(Op::Status, None);
        shop.later(Duration::from_secs(61));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_fails_the_order_after_three_tries() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.doorway(sim::smartvps::Doorway::Refuse).await;
        shop.later(Duration::from_secs(11));
        shop.pay(&order).await;
        for _ in 0..3 {
            shop.quiet().await;
            shop.later(Duration::from_secs(60));
        }
        shop.quiet().await;
        let stopped = shop.order(&order.id).await;
        assert_eq!(stopped.standing.stage, Stage::Stopped(Stop::ConnectFailed));
        shop.upstream.doorway(sim::smartvps::Doorway::Open).await;
        shop.later(Duration::from_secs(11));
        shop.remedy(&stopped, wish(Remedy::Reprovision)).await.unwrap();
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}
