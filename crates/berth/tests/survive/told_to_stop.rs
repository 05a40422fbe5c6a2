//! SIGTERM: nothing new is bought, and what was asked of the upstream is waited for. A second one
//! does not wait.

use sim::smartvps::{Op, Point};

use super::desk::Desk;
use super::shop::{SOLD, Shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_told_to_stop_waits_for_the_answer_to_its_purchase() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let mut serve = shop.serve("data").await;
    shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
    let order = Desk::at(&serve, &keys).buy(SOLD).await;
    shop.upstream.wait_for_held(1).await;
    serve.terminate();
    serve.line("stopping").await;
    assert!(serve.is_running(), "{}", serve.log());
    shop.upstream.release();
    assert_eq!(serve.ended().await.code(), Some(0), "{}", serve.log());
    let next = shop.serve("data").await;
    let desk = Desk::at(&next, &keys);
    desk.until_provisioning(&order, &["active"]).await;
    shop.each_was_bought_and_delivered_once(&desk, &[order]).await;
    shop.books_add_up("data").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_told_twice_to_stop_ends_at_once() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let mut serve = shop.serve("data").await;
    shop.upstream.hold(Op::Buyvps, Point::Before, Some(1));
    Desk::at(&serve, &keys).buy(SOLD).await;
    shop.upstream.wait_for_held(1).await;
    serve.terminate();
    serve.line("stopping").await;
    serve.terminate();
    // The upstream still holds the request, and its deadline is to come.
    assert_eq!(serve.ended().await.code(), Some(0), "{}", serve.log());
    assert_eq!(shop.upstream.counts().answered(Op::Buyvps), 0);
}
