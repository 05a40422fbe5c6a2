//! Several workers over one database: work is done once, whoever does it.

use engine::Settings;
use futures_util::future::join_all;
use sim::smartvps::{Op, Point};

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, settings};

#[tokio::test]
async fn two_nodes_do_every_job_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let other = shop.another_node(db).await;
        let mut orders = Vec::new();
        for _ in 0..10 {
            orders.push(shop.order_of(SOLD).await.unwrap());
        }
        join_all(orders.iter().enumerate().map(|(at, order)| {
            let node = if at % 2 == 0 { &shop } else { &other };
            node.pay(order)
        }))
        .await;
        shop.quiet().await;
        other.quiet().await;
        shop.quiet().await;
        for order in &orders {
            assert!(is_delivered(&shop.order(&order.id).await));
        }
        assert_eq!(shop.purchases(), 10);
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_package_whose_upstream_hangs_holds_up_no_other() {
    for_each_database(async |db| {
        let patient = Settings {
            purchase_timeout: std::time::Duration::from_secs(60),
            pause_after_unheard: None,
            ..settings()
        };
        let shop = TestShop::open_with(db, patient, vec![(SOLD, 50), (OTHER, 50)]).await;
        shop.upstream.hold(Op::Buyvps, Point::Before, Some(16));
        let mut stuck = Vec::new();
        for _ in 0..20 {
            stuck.push(shop.order_of(SOLD).await.unwrap());
        }
        join_all(stuck.iter().map(|order| shop.pay(order))).await;
        // As many as one lane takes at once; the others of the lane wait.
        shop.upstream.wait_for_held(16).await;
        let free = shop.order_of(OTHER).await.unwrap();
        shop.pay(&free).await;
        shop.until(async || is_delivered(&shop.order(&free.id).await)).await;
        let waiting = shop.order(&stuck[0].id).await;
        assert!(!is_delivered(&waiting));
        shop.upstream.release();
    })
    .await;
}
