//! Backup and restore, and a database that went back in time some other way. Nothing is bought on
//! the word of an old copy before a person has compared.

use std::path::Path;
use std::sync::Arc;

use domain::clock::{Clock, Timestamp};
use futures_util::future::join_all;
use store::db::{Db, Options};

use super::desk::{Desk, until};
use super::shop::{SOLD, Shop};

const UNLATCH: [&str; 3] = ["unlatch", "--reason", "compared with the upstream: all is entered"];

/// The words of the latch's alert while it is raised.
async fn latched(desk: &Desk) -> Option<String> {
    let alerts = desk.get("/api/admin/alerts").await.good();
    let mut rows = alerts["items"].as_array().unwrap().iter();
    let open = rows.find(|row| row["kind"] == "latched" && row["resolvedAt"].is_null())?;
    open["text"].as_str().map(str::to_owned)
}

/// Waits until a worker has met the latch on its way to a purchase.
async fn held_back(shop: &Shop, node: &str) {
    let options = Options { clock: Arc::new(Unasked), connections: 1 };
    let db = Db::open(&shop.database_of(node), &options).await.unwrap();
    until("a purchase that waits for the latch", async || {
        let jobs = db.read(|tx| tx.waiting_jobs(50)).await.unwrap();
        jobs.iter().any(|job| job.contains("permits are latched")).then_some(())
    })
    .await;
    db.close();
}

/// Nothing here asks for the time.
struct Unasked;
impl Clock for Unasked {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_load_is_whole_and_latched_until_somebody_has_compared() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let mut serve = shop.serve("data").await;
    let desk = Desk::at(&serve, &keys);
    let first = desk.buy(SOLD).await;
    let copies = [shop.place("one.backup"), shop.place("two.backup")];
    let [one, two] = &copies;
    let copying = async {
        shop.done("data", &["backup", path(one)], "").await;
        shop.done("data", &["backup", path(two)], "").await;
    };
    let (bought, ()) = tokio::join!(join_all((0..12).map(|_| desk.buy(SOLD))), copying);
    for order in bought.iter().chain([&first]) {
        desk.until_provisioning(order, &["active"]).await;
    }
    serve.kill();
    for (copy, node) in copies.iter().zip(["left", "right"]) {
        let told = shop.done(node, &["restore", path(copy)], "").await;
        assert!(told.contains("latched"), "{told}");
        shop.books_add_up(node).await;
        let secret = shop.data(node).join("master.key");
        let original = shop.data("data").join("master.key");
        assert_eq!(std::fs::read(secret).unwrap(), std::fs::read(original).unwrap());
        let mut serve = shop.serve(node).await;
        let desk = Desk::at(&serve, &keys);
        assert!(latched(&desk).await.unwrap().contains("restored from a copy of 20"));
        let requests = shop.upstream.requests_per_permit();
        let order = desk.buy(SOLD).await;
        held_back(&shop, node).await;
        assert_eq!(shop.upstream.requests_per_permit(), requests);
        shop.done(node, &UNLATCH, "").await;
        desk.until_provisioning(&order, &["active"]).await;
        serve.kill();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_refuses_what_it_could_spoil() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let mut serve = shop.serve("data").await;
    Desk::at(&serve, &keys).product(SOLD).await;
    let copy = shop.place("shop.backup");
    let refused = async |arguments: &[&str], words: &str, code: i32| {
        let output = shop.run("data", arguments, "").await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains(words)), (Some(code), true), "{said}");
    };
    shop.done("data", &["backup", path(&copy)], "").await;
    refused(&["backup", path(&copy)], "is there already", 2).await;
    refused(&["restore", path(&copy)], "stop it first", 2).await;
    serve.kill();
    refused(&["restore", path(&copy)], "--replace", 2).await;
    let missing = shop.place("never.backup");
    refused(&["restore", "--replace", path(&missing)], "there is no file", 2).await;
    let spoilt = shop.place("spoilt.backup");
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x5a);
    std::fs::write(&spoilt, bytes).unwrap();
    refused(&["restore", "--replace", path(&spoilt)], "is damaged", 1).await;
    let other = shop.place("other.backup");
    std::fs::write(&other, "this is no database").unwrap();
    refused(&["restore", "--replace", path(&other)], "other.backup", 1).await;
    // Nothing of all that has touched the shop.
    shop.books_add_up("data").await;
    let told = shop.done("data", &["restore", "--replace", path(&copy)], "").await;
    let kept = told.lines().find_map(|line| line.strip_prefix("what was there is kept as "));
    assert!(Path::new(kept.unwrap()).is_file(), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_database_file_put_back_by_hand_is_noticed_at_start() {
    let shop = Shop::in_a_file().await;
    let keys = shop.keys("data").await;
    let mut serve = shop.serve("data").await;
    let before = Desk::at(&serve, &keys).buy(SOLD).await;
    Desk::at(&serve, &keys).until_provisioning(&before, &["active"]).await;
    serve.terminate();
    serve.ended().await;
    let database = shop.data("data").join("berth.db");
    assert!(!shop.data("data").join("berth.db-wal").exists(), "a stopped shop is one file");
    let old = shop.place("old.db");
    std::fs::copy(&database, &old).unwrap();
    // The same file again is no older.
    let mut serve = shop.serve("data").await;
    let desk = Desk::at(&serve, &keys);
    let after = desk.buy(SOLD).await;
    desk.until_provisioning(&after, &["active"]).await;
    let sold = shop.upstream.sold().len();
    serve.terminate();
    serve.ended().await;
    std::fs::copy(&old, &database).unwrap();
    let mut serve = shop.serve("data").await;
    serve.line("went back in time").await;
    let desk = Desk::at(&serve, &keys);
    assert!(latched(&desk).await.unwrap().contains("the database lacks 1 permits"));
    let order = desk.buy(SOLD).await;
    held_back(&shop, "data").await;
    assert_eq!(shop.upstream.sold().len(), sold);
    shop.done("data", &UNLATCH, "").await;
    desk.until_provisioning(&order, &["active"]).await;
    // It is told once: the next start is as any other.
    serve.kill();
    let serve = shop.serve("data").await;
    let desk = Desk::at(&serve, &keys);
    assert_eq!(latched(&desk).await, None);
    let last = desk.buy(SOLD).await;
    desk.until_provisioning(&last, &["active"]).await;
}
