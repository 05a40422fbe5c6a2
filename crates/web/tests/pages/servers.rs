//! A customer's list of servers and orders: what is found in it, and what it costs to look.

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, page, text};

/// No page asks the database more than this.
const QUESTIONS_MAX: u64 = 10;

/// How many questions a look at a page asks, with nobody else at work.
async fn questions(house: &House, statements: impl Fn() -> u64, path: &str, cookie: &str) -> u64 {
    let before = statements();
    let answer = house.ask(page(path).with("cookie", cookie)).await;
    assert_eq!(answer.status, 200, "{path}");
    statements() - before
}

#[tokio::test]
async fn a_list_of_many_servers_asks_as_much_as_a_list_of_one() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let server = format!("/my-servers/{}", order["orderId"].as_str().unwrap());
        house.ask(page(&server).with("cookie", &ada)).await;
        house.work().await;
        // What workers ask for themselves is not counted.
        house.engine.stop_working();
        let statements = || test.db.counts().statements;
        let quiet = async || loop {
            let before = statements();
            tokio::task::yield_now().await;
            if statements() == before {
                break;
            }
        };
        quiet().await;
        let one = questions(&house, statements, "/my-servers", &ada).await;
        let of_server = questions(&house, statements, &server, &ada).await;
        for _ in 0..4 {
            house.order(&house.ada).await;
        }
        let many = questions(&house, statements, "/my-servers", &ada).await;
        let found = questions(&house, statements, "/my-servers?q=ord&show=building", &ada).await;
        // Of orders that wait for money their payments are asked for, all at once.
        assert!(many <= one + 1, "{many} for five, {one} for one");
        for (what, asked) in [("list", many), ("found", found), ("server", of_server)] {
            assert!(asked <= QUESTIONS_MAX, "{what}: {asked}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_is_searched_by_address_name_and_number_and_by_how_it_stands() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let empty = text(&house.ask(page("/my-servers").with("cookie", &ada)).await);
        assert!(empty.contains("No server yet") && !empty.contains("type=\"search\""), "{empty}");
        let ready = house.order(&house.ada).await;
        house.pay(&ready).await;
        let seen = house.until(&ready, "active").await;
        let waits = house.order(&house.ada).await;
        let over = house.order(&house.ada).await;
        let cancel = format!("/api/orders/{}/cancel", over["orderId"].as_str().unwrap());
        house.ask(crate::house::post(&cancel, serde_json::json!({})).by(&house.ada)).await;
        let number = |order: &serde_json::Value| order["orderNumber"].as_str().unwrap().to_owned();
        let (ready, waits, over) = (number(&ready), number(&waits), number(&over));
        let address = seen["provisionedIP"].as_str().unwrap().to_owned();
        let all = [&ready, &waits, &over];
        let cases: [(String, &[&String]); 9] = [
            (String::new(), &all),
            ("?show=ready".into(), &[&ready]),
            ("?show=building".into(), &[&waits]),
            ("?show=over".into(), &[&over]),
            ("?show=nonsense".into(), &all),
            (format!("?q={address}"), &[&ready]),
            (format!("?q={}", waits.to_lowercase()), &[&waits]),
            (format!("?q={}&show=ready", "103.181"), &[&ready]),
            ("?q=%25".into(), &[]),
        ];
        for (asked, expected) in cases {
            let path = format!("/my-servers{asked}");
            let shown = text(&house.ask(page(&path).with("cookie", &ada)).await);
            for one in all {
                assert_eq!(shown.contains(one), expected.contains(&one), "{path}: {one}");
            }
            if expected.is_empty() {
                assert!(shown.contains("None of your servers and orders fits this"), "{shown}");
            }
        }
        // A stranger finds nothing of it, and an address that is quoted stays text.
        let eve = browser_of(&house, "eve@example.com").await;
        let theirs = format!("/my-servers?q={address}");
        let theirs = text(&house.ask(page(&theirs).with("cookie", &eve)).await);
        assert!(!theirs.contains(&ready) && theirs.contains("Nothing here"), "{theirs}");
        let quoted = house.ask(page("/my-servers?q=%22%3E%3Cb%3E").with("cookie", &ada)).await;
        assert!(!text(&quoted).contains("\"><b>"));
        assert_eq!(
            house.ask(get("/api/orders").by(&house.eve)).await.json()["items"][0],
            serde_json::Value::Null
        );
    })
    .await;
}
