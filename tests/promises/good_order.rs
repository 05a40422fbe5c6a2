//! A paid order becomes exactly the server that was sold.

use domain::order::Stage;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, settings};

#[tokio::test]
async fn a_paid_order_becomes_the_server_that_was_sold() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
        let servers = shop.servers(&order).await;
        assert_eq!(servers.len(), 1);
        assert!(servers[0].address.to_string().starts_with("103.181.91."));
        assert_eq!(shop.purchases(), 1);
        let (_, credentials) = shop.engine.reveal_credentials(&order.id, "ada").await.unwrap();
        assert!(!credentials.password.is_empty());
        assert_eq!(shop.balance(&order, "revenue").await, -order.sold.quote.total.minor);
        assert_eq!(shop.balance(&order, "prepaid:").await, 0);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn a_good_order_takes_six_commits() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let id = order.id.clone();
        let kinds: Vec<String> = shop
            .db
            .read(move |tx| tx.happenings(&id))
            .await
            .unwrap()
            .into_iter()
            .map(|happened| happened.kind)
            .collect();
        assert_eq!(kinds, ["ordered", "paid", "permitted", "answered", "matched", "delivered"]);
    })
    .await;
}

#[tokio::test]
async fn the_database_is_asked_to_commit_six_times_an_order_and_no_more() {
    const ORDERS: u64 = 20;
    for_each_database(async |db| {
        // Where a gateway is offered, each order opens a payment as well.
        let by_receipt = engine::Settings { gateways_offered: Some(vec![]), ..settings() };
        let shop = TestShop::open_with(db, by_receipt, vec![(SOLD, 50)]).await;
        shop.buy(SOLD).await;
        let (before, start) = (shop.db.counts().writes, std::time::Instant::now());
        for _ in 0..ORDERS {
            let order = shop.order_of(SOLD).await.unwrap();
            shop.pay(&order).await;
            shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
        }
        let writes = shop.db.counts().writes - before;
        // Workers look for work of other nodes twice a second, whatever happens.
        let looks = start.elapsed().as_secs() * 2 + 2;
        assert!(writes >= 6 * ORDERS, "{writes} for {ORDERS} orders");
        assert!(writes <= 6 * ORDERS + looks, "{writes} for {ORDERS} orders, {looks} looks");
    })
    .await;
}
