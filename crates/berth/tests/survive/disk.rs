//! A disk that refuses: full while orders are under way, or never writable at all. Whatever was
//! read is kept, nothing is bought twice, and everything goes on when there is room again.

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use sim::smartvps::{Op, Point};

use super::desk::{Desk, Who, id_of, receipt, wish};
use super::shop::{SOLD, Shop};

/// No file grows any more, as on a full disk; or all may again.
fn full(pid: Pid, is: bool) {
    let current = if is { Some(0) } else { None };
    prlimit(Some(pid), Resource::Fsize, Rlimit { current, maximum: None }).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_no_answer_and_the_shop_goes_on_when_there_is_room() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let serve = shop.serve_on_a_small_disk("data").await;
    let desk = Desk::at(&serve, &keys);
    let product = desk.product(SOLD).await;
    let paid = desk.buy(SOLD).await;
    desk.until_provisioning(&paid, &["active"]).await;
    shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
    let under_way = desk.buy(SOLD).await;
    shop.upstream.wait_for_held(1).await;
    let unpaid = desk.try_to_order(&product).await.good();
    full(serve.pid(), true);
    // The upstream has sold, and answers into a full disk.
    shop.upstream.release();
    serve.line("is nowhere but in memory").await;
    let refused = desk.try_to_order(&product).await;
    assert!(refused.status >= 500, "{refused:?}");
    assert_eq!(desk.get("/healthz").await.status, 200);
    let seen = desk.detail(&under_way).await;
    assert_ne!(seen["provisioningStatus"], "active");
    full(serve.pid(), false);
    desk.until_provisioning(&under_way, &["active"]).await;
    // What was refused meanwhile left nothing behind, and can be had now.
    let id = id_of(&unpaid);
    let pay = format!("/api/admin/orders/{id}/mark-paid");
    desk.insist(Who::Staff, &pay, &receipt(&unpaid), "paid").await.good();
    desk.until_provisioning(&id, &["active"]).await;
    let again = desk.insist(Who::Customer, "/api/createOrder", &wish(&product), "wish").await;
    let last = desk.pay(&again.good()).await;
    desk.until_provisioning(&last, &["active"]).await;
    shop.each_was_bought_and_delivered_once(&desk, &[paid, under_way, id, last]).await;
    shop.books_add_up("data").await;
    let alerts = desk.get("/api/admin/alerts").await.good();
    let mut rows = alerts["items"].as_array().unwrap().iter();
    let bug = rows.find(|row| row["kind"].as_str().unwrap().ends_with("-failed"));
    assert_eq!(bug, None, "a full disk is no bug of the shop");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_directory_that_cannot_be_written_is_a_wrong_setting() {
    // Nobody can write there, not even the machine's owner.
    let shop = Shop::in_a_file().await.with("BERTH_DATA_DIR", "/proc");
    for command in ["serve", "work", "books", "sync"] {
        let output = shop.run("unused", &[command], "").await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains("/proc"), "{command}: {said}");
    }
}
