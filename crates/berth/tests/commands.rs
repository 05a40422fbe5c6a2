//! The commands as people and scripts meet them: the real program, its exit codes, what it prints
//! to a pipe, and that it works beside a shop that is open.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::clock::{Clock, Timestamp};
use serde_json::{Value, json};
use sim::mail::Catcher;
use sim::smartvps::{Credentials, Deed, Doorway, Lie, Op};
use store::db::{Db, Options, Place};
use support::{Ended, House, SYNC_TOKEN};

/// The address that the incident handed out instead of one of 103.181.91.
const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_shows_what_a_sync_would_do_and_changes_nothing() {
    let house = House::open().await;
    for _ in 0..2 {
        let dry = house.run(&["sync", "--dry-run"]).await.with(0);
        let words = ["+  created  103.181.91  PID 1  50 left", "2 created", "Nothing was changed"];
        dry.showing(&words);
    }
    house.run(&["sync"]).await.with(0).showing(&["2 created"]);
    house.upstream.rename("1", "103.181.91.xx");
    house.upstream.set_stock("2", 3);
    let dry = house.run(&["sync", "--dry-run"]).await.with(0);
    dry.showing(&[
        "~  fixed     103.181.91 → 103.181.91.xx  PID 1",
        "-  disabled  103.182.44                  PID 2  50 → 3 left  too few left to sell",
    ]);
    let done = house.run(&["sync"]).await.with(0);
    let log = ["[SVPS-SYNC] packages fetched: 2, deduped: 2", "[SVPS-SYNC] ✅ done"];
    done.showing(&["1 fixed · 1 disabled"]).saying(&log);
    house.run(&["sync"]).await.with(0).showing(&["\n2 unchanged\n"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_in_json_is_what_the_scheduler_is_answered() {
    let house = House::open().await;
    let made = house.run(&["sync", "--json"]).await.with(0).json();
    assert_eq!((&made["success"], &made["summary"]["created"]), (&json!(true), &json!(2)));
    assert_eq!(made["summary"]["totalPackagesInAPI"], 2);
    let serving = house.serve().await;
    let mut answered = serving.sync().await;
    let mut printed = house.run(&["sync", "--json"]).await.with(0).json();
    for report in [&mut answered, &mut printed] {
        report["summary"]["tookMs"] = Value::Null;
    }
    assert_eq!(printed, answered);
    assert_eq!(printed["results"][0]["action"], "unchanged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_without_a_usable_upstream_ends_with_three_and_says_why() {
    let house = House::open().await;
    house.run(&["sync"]).await.with(0);
    house.upstream.next(Op::Ipstock, Lie::of(Deed::NoPackages));
    house.run(&["sync"]).await.with(3).saying(&["berth: "]);
    let wrong = house.run_with(("SMARTVPS_PASSWORD", "guessed"), &["sync"]).await;
    wrong.with(3).saying(&["credentials", "401"]);
    house.upstream.doorway(Doorway::Refuse).await;
    for arguments in [["sync", "--dry-run"], ["sync", "--json"]] {
        house.run(&arguments).await.with(3).saying(&["could not reach SmartVPS"]);
    }
    let told = house.run(&["sync", "--dry-run", "--json"]).await.with(3).json();
    assert_eq!((&told["success"], &told["status"]), (&json!(false), &json!(502)));
    assert_eq!(told["error"], told["detail"]);
    house.upstream.doorway(Doorway::Open).await;
    house.run(&["sync"]).await.with(0).showing(&["2 unchanged"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_printed_alone_and_only_for_a_user_who_exists() {
    let house = House::open().await;
    house.add("ada@example.com", "admin").await.with(0);
    let made = house.run(&["api-key", "create", "--email", "ada@example.com"]).await.with(0);
    let key = made.stdout.strip_suffix('\n').unwrap();
    assert!(key.starts_with("bk_") && !key.contains(char::is_whitespace), "{key:?}");
    let nobody = house.run(&["api-key", "create", "--email", "eve@example.com"]).await;
    assert_eq!(nobody.with(2).saying(&["eve@example.com"]).stdout, "");
    assert_ne!(house.add("ada@example.com", "admin").await.code, 0);
    assert_eq!(house.run(&["user", "add", "--email", "bob@example.com"]).await.code, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_variable_is_refused_with_the_nearest_name() {
    let house = House::open().await.set("BERTH_STOCK_BUFFR", "1");
    for command in ["serve", "work", "sync", "books", "config"] {
        let refused = house.run(&[command]).await.with(2);
        refused.saying(&["BERTH_STOCK_BUFFR", "BERTH_STOCK_BUFFER"]);
    }
    let doctor = house.run(&["doctor"]).await.with(2);
    doctor.showing(&["✗ configuration", "BERTH_STOCK_BUFFR", "BERTH_STOCK_BUFFER"]);
    let told = house.run(&["doctor", "--json"]).await.with(2).json();
    assert_eq!((&told["ok"], &told["checks"][0]["state"]), (&json!(false), &json!("fail")));
    assert!(!house.data().exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_gateway_is_refused_with_the_nearest_name() {
    let house = House::open().await.set("BERTH_GATEWAYS", "simulatd");
    house.run(&["serve"]).await.with(2).saying(&["BERTH_GATEWAYS", "nearest is simulated"]);
    let house = house.set("BERTH_GATEWAYS", "simulated");
    house.run(&["serve"]).await.with(2).saying(&["SIMULATED_GATEWAY_KEY is missing"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_shop_on_the_same_data_is_refused_and_commands_work_beside_the_first() {
    let house = House::open().await;
    let serving = house.serve().await;
    let asked = Instant::now();
    let second = house.run(&["serve"]).await.with(2);
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    second.saying(&[house.data().to_str().unwrap()]);
    house.run(&["sync"]).await.with(0);
    house.run(&["recover"]).await.with(0).showing(&["nothing to recover"]);
    house.run(&["books"]).await.with(0).showing(&["Everything is accounted for"]);
    house.run(&["doctor"]).await.with(0);
    drop(serving);
    // The lock died with its process.
    house.serve().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_order_is_diagnosed_as_a_perfect_match() {
    let house = House::open().await;
    let serving = house.serve().await;
    let (id, number, admin) = house.paid_order(&serving).await;
    serving.until_provisioning(&id, &admin, "active").await;
    let told = house.run(&["diagnose", &number]).await.with(0);
    let told = told.showing(&[&number, "✅ Perfect match", "103.181.91."]);
    assert_eq!(told.stdout.matches("  ✅  ").count(), 5, "{}", told.stdout);
    let path = format!("/api/dev/check-order-ipstock?orderId={id}");
    let answered = serving.get(&path, &admin).await;
    assert_eq!(house.run(&["diagnose", &id, "--json"]).await.with(0).json(), answered);
    house.upstream.doorway(Doorway::Refuse).await;
    let alone = house.run(&["diagnose", &number]).await.with(1);
    alone.showing(&["could not be asked", "–   in the list"]);
    let unknown = house.run(&["diagnose", "ORD-NEVERWAS00"]).await.with(2);
    assert_eq!(unknown.saying(&["ORD-NEVERWAS00"]).stdout, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_another_block_is_diagnosed_and_the_books_still_add_up() {
    let house = House::open().await;
    house.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
    let serving = house.serve().await;
    let (id, number, admin) = house.paid_order(&serving).await;
    serving.until_provisioning(&id, &admin, "failed").await;
    let told = house.run(&["diagnose", &number]).await.with(1);
    told.showing(&["❌  address       103.182.44.18", "Customer bought '103.181.91'"]);
    let told = house.run(&["diagnose", &number, "--json"]).await.with(1).json();
    assert_eq!(told["diagnosis"]["ipMatches"], false);
    assert_eq!(told["order"]["provisionedIP"], WRONG.to_string());
    let books = house.run(&["books", "--json"]).await.with(0).json();
    assert_eq!(books["inOrder"], true);
    assert_eq!(books["servers"]["quarantined"], 1);
    house.run(&["books"]).await.with(0).showing(&["quarantined  1", "bank", "debit"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_was_refused_is_recovered_and_delivered() {
    let house = House::open().await;
    house.upstream.next(Op::Buyvps, Lie::of(Deed::Refuse));
    let serving = house.serve().await;
    let (id, number, admin) = house.paid_order(&serving).await;
    serving.until_provisioning(&id, &admin, "failed").await;
    let dry = house.run(&["recover", "--dry-run"]).await.with(0);
    dry.showing(&[&number, "would be:", "planned again", "Nothing was changed"]);
    let told = house.run(&["recover", "--json"]).await.with(0).json();
    assert_eq!(
        (&told["dryRun"], &told["orders"][0]["orderNumber"]),
        (&json!(false), &json!(number))
    );
    serving.until_provisioning(&id, &admin, "active").await;
    house.run(&["recover"]).await.with(0).showing(&["nothing to recover"]);
    assert_eq!(house.upstream.sold().len(), 1);
}

struct Standing;
impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_do_not_add_up_end_with_one_and_the_rows() {
    let house = House::open().await;
    house.run(&["sync"]).await.with(0);
    let options = Options { clock: Arc::new(Standing), connections: 2 };
    let db = Db::open(&Place::File(house.database()), &options).await.unwrap();
    let sabotage = |tx: &mut store::db::Tx<'_>| {
        let answer = store::attempt::NewAnswer {
            permit: "att_nobody",
            kind: "lost",
            status: None,
            body: None,
            reason: None,
        };
        tx.insert_answer(&answer).map(drop)
    };
    db.write(sabotage).await.unwrap();
    let told = house.run(&["books"]).await.with(1);
    told.showing(&["answer-of-nothing  att_nobody", "1 row does not add up."]);
    let told = house.run(&["books", "--json"]).await.with(1).json();
    assert_eq!(
        (&told["inOrder"], &told["rows"][0]["subject"]),
        (&json!(false), &json!("att_nobody"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_looks_before_the_first_start_and_leaves_nothing_behind() {
    let house = House::open().await;
    let told = house.run(&["doctor"]).await.with(0);
    told.showing(&[
        "first start makes it",
        "✓ clock",
        "✓ provider",
        "lists 2 packages",
        "Nothing failed",
    ]);
    assert!(!house.data().exists());
    let file = house.data().join("berth.db");
    std::fs::create_dir_all(house.data()).unwrap();
    std::fs::write(&file, "").unwrap();
    house.run(&["doctor"]).await.with(0).showing(&["is empty; the first start makes its tables"]);
    assert_eq!(std::fs::read(&file).unwrap().len(), 0);
    assert_eq!(std::fs::read_dir(house.data()).unwrap().count(), 1);
    house.run(&["sync"]).await.with(0);
    let told = house.run(&["doctor"]).await.with(0);
    told.showing(&["commits durable", "it is the database's own", "✓ catalogue", "synced "]);
    let told = house.run(&["doctor", "--json"]).await.with(0).json();
    assert_eq!(told["ok"], true);
    let names: Vec<&str> =
        told["checks"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    for name in ["configuration", "fonts", "database", "provider", "gateway", "mail", "clock"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_leaves_a_copy_without_a_log_as_it_is() {
    let house = House::open().await;
    house.run(&["sync"]).await.with(0);
    let (file, copy) = (house.data().join("berth.db"), house.data().join("copy"));
    house.run(&["backup", copy.to_str().unwrap()]).await.with(0);
    // By hand, and not by `berth restore`.
    for part in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(house.data().join(format!("berth.db{part}"))));
    }
    std::fs::copy(&copy, &file).unwrap();
    house.run(&["doctor"]).await.with(0).showing(&["keeps no write-ahead log"]);
    let untouched = std::fs::read(&file).unwrap() == std::fs::read(&copy).unwrap();
    assert!(untouched, "the doctor changed it");
    house.run(&["sync"]).await.with(0);
    house.run(&["doctor"]).await.with(0).showing(&["commits durable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_tells_what_is_wrong_from_what_is_away() {
    let house = House::open().await;
    house.run(&["sync"]).await.with(0);
    let wrong = house.run_with(("SMARTVPS_PASSWORD", "guessed"), &["doctor"]).await.with(1);
    wrong.showing(&["✗ provider", "→ correct SMARTVPS_USERNAME and SMARTVPS_PASSWORD"]);
    house.upstream.doorway(Doorway::Refuse).await;
    let away = house.run(&["doctor"]).await.with(3);
    away.showing(&["✗ provider", "could not reach SmartVPS", "1 check failed"]);
    let other = "07".repeat(32);
    let wrong = house.run_with(("BERTH_MASTER_KEY", &other), &["doctor"]).await.with(1);
    wrong.showing(&["✗ master key", "sealed with another key"]);
    let refused = house.run_with(("BERTH_MASTER_KEY", &other), &["books"]).await.with(2);
    refused.saying(&["BERTH_MASTER_KEY"]);
    let nowhere = ("DATABASE_URL", "postgres://berth@127.0.0.1:1/berth");
    let key = house.set("BERTH_MASTER_KEY", &other);
    key.run_with(nowhere, &["books"]).await.with(3).saying(&["database"]);
    key.run_with(nowhere, &["doctor"]).await.with(3).showing(&["✗ database"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_came_back_is_taken_from_standard_input_beside_an_open_shop() {
    let catcher = Catcher::start().await.unwrap();
    let house = House::open().await;
    let house = house
        .set("BERTH_SMTP_URL", &catcher.smtp_url())
        .set("BERTH_MAIL_FROM", "shop@example.com")
        .set("BERTH_MAIL_RETURN_PATH", "bounces@example.com");
    let serving = house.serve().await;
    house.paid_order(&serving).await;
    catcher.wait_until(|counts| counts.mails >= 1).await;
    let mail = catcher.mails().remove(0);
    assert_eq!(mail.from, "bounces@example.com");
    let report = mail.bounced("5.2.2", "552 5.2.2 mailbox full");
    let mut taken = house.run_reading(&["bounce"], report.clone()).await;
    // Its sender may not have written yet that it has left.
    while taken.code == 1 {
        taken = house.run_reading(&["bounce"], report.clone()).await;
    }
    let (number, _) = mail.message_id.split_once('.').unwrap();
    taken.with(0).showing(&[&format!("mail {number} came back: /admin/mails/{number} tells why")]);
    let refused = house.run_reading(&["bounce"], "Subject: Hello\n\nHello.\n".into()).await.with(2);
    refused.saying(&["this is no delivery report"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_never_printed() {
    const SECRET: &str = "hunter2-upstream";
    let house = House::open().await.set("SMARTVPS_PASSWORD", SECRET);
    house.upstream.set_credentials(Some(Credentials::new("berth", SECRET)));
    house.run(&["sync"]).await.with(0);
    let key = std::fs::read_to_string(house.data().join("master.key")).unwrap();
    for arguments in [&["doctor"][..], &["doctor", "--json"], &["config"], &["sync"], &["books"]] {
        let Ended { stdout, stderr, .. } = house.run(arguments).await.with(0);
        for secret in [SECRET, SYNC_TOKEN, key.trim()] {
            let told = stdout.contains(secret) || stderr.contains(secret);
            assert!(!told, "{secret:?} by {arguments:?}:\n{stdout}\n{stderr}");
        }
    }
}
