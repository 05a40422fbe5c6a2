//! Nobody pays for a server that is not there.

use domain::order::Stage;
use engine::{Error, Settings};
use futures_util::future::join_all;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, settings};

/// Nine may be sold down to the last one here.
fn down_to_the_last() -> Settings {
    Settings { stock_disable_at: 0, ..settings() }
}

#[tokio::test]
async fn ten_buyers_of_nine_addresses_are_nine_servers_and_one_refusal() {
    for_each_database(async |db| {
        buyers(db, 10, 9).await;
    })
    .await;
}

#[tokio::test]
async fn two_hundred_buyers_of_twelve_addresses_are_twelve_purchases() {
    for_each_database(async |db| {
        buyers(db, 200, 12).await;
    })
    .await;
}

async fn buyers(db: &crate::database::TestDb, buyers: usize, stock: i64) {
    let shop = TestShop::open_with(db, down_to_the_last(), vec![(SOLD, stock)]).await;
    let wishes = (0..buyers).map(|_| shop.order_of(SOLD));
    let (accepted, refused): (Vec<_>, Vec<_>) =
        join_all(wishes).await.into_iter().partition(Result::is_ok);
    assert_eq!(accepted.len() as i64, stock);
    for refusal in refused {
        assert!(matches!(refusal, Err(Error::Refused { slug: "out-of-stock", .. })), "{refusal:?}");
    }
    let orders: Vec<_> = accepted.into_iter().map(Result::unwrap).collect();
    join_all(orders.iter().map(|order| shop.pay(order))).await;
    shop.quiet().await;
    for order in &orders {
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
    }
    assert_eq!(shop.purchases() as i64, stock);
    shop.books_balance().await;
}

#[tokio::test]
async fn a_reservation_that_is_over_gives_its_unit_back() {
    for_each_database(async |db| {
        let shop = TestShop::open_with(db, down_to_the_last(), vec![(SOLD, 1)]).await;
        let first = shop.order_of(SOLD).await.unwrap();
        assert!(shop.order_of(SOLD).await.is_err());
        shop.later(std::time::Duration::from_secs(14 * 60 + 59));
        shop.engine.sync().await.unwrap();
        assert!(shop.order_of(SOLD).await.is_err());
        shop.later(std::time::Duration::from_secs(2));
        let second = shop.order_of(SOLD).await.unwrap();
        shop.pay(&second).await;
        // Money for the first comes too late: nothing is left to sell, so it is owed.
        let late = shop.pay(&first).await;
        assert_eq!(late.standing.stage, Stage::Unrevived);
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&second.id).await));
        assert_eq!(shop.purchases(), 1);
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn late_money_still_buys_while_there_is_stock() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.later(std::time::Duration::from_secs(16 * 60));
        shop.engine.sync().await.unwrap();
        shop.pay(&order).await;
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
    })
    .await;
}
