//! The server's page: what its customer sees and presses, how it is wiped, and who has no part
//! in it.

use std::time::Duration;

use serde_json::{Value, json};
use sim::smartvps::{Answer as Sends, Deed, Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

/// A server of Ada's, with its page and its address.
async fn bought(house: &House) -> (String, String, Value) {
    let order = house.order(&house.ada).await;
    house.pay(&order).await;
    let seen = house.until(&order, "active").await;
    let id = order["orderId"].as_str().unwrap();
    (format!("/my-servers/{id}"), seen["provisionedIP"].as_str().unwrap().to_owned(), order)
}

async fn shown(house: &House, path: &str, cookie: &str) -> String {
    let answer = house.ask(page(path).with("cookie", cookie)).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
    text(&answer)
}

/// Workers work, and time passes, until the page says what is expected.
async fn until_shown(house: &House, path: &str, cookie: &str, expected: &str) -> String {
    let mut last = String::new();
    for _ in 0..90 {
        house.work().await;
        last = shown(house, path, cookie).await;
        if last.contains(expected) {
            return last;
        }
        house.clock.step(Duration::from_secs(10));
    }
    panic!("{expected} was never shown: {last}");
}

#[tokio::test]
async fn a_press_leads_back_to_the_page_which_shows_what_becomes_of_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (path, address, _) = bought(&house).await;
        let first = shown(&house, &path, &ada).await;
        assert!(first.contains("Asking…") && first.contains(&address), "{first}");
        let running = until_shown(&house, &path, &ada, "Running").await;
        assert!(running.contains("asked at") && !running.contains("value=\"start\""), "{running}");
        let press = |wish| {
            let fields = [("wish", wish), ("seen", "")];
            form(&format!("{path}/power"), &fields).with("cookie", &ada)
        };
        let pressed = house.ask(press("restart")).await;
        assert_eq!(led_to(&pressed), format!("{path}?said=asked"));
        let work = shown(&house, &path, &ada).await;
        for expected in ["We are restarting your server", "content=\"5\"", "Under way"] {
            assert!(work.contains(expected), "{expected}: {work}");
        }
        assert!(!work.contains("/power\""), "one thing at a time");
        // Pressed twice, and again from a page that is old by now.
        assert_eq!(led_to(&house.ask(press("restart")).await), format!("{path}?said=busy"));
        until_shown(&house, &path, &ada, "Your server is restarted").await;
        assert_eq!(led_to(&house.ask(press("stop")).await), format!("{path}?said=busy"));
        assert!(house.upstream.server(address.parse().unwrap()).unwrap().online);
        let wrong = house.ask(press("reinstall")).await;
        assert_eq!(wrong.status, 400, "what wipes has a door of its own");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_knows_is_said_to_be_unknown() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (path, address, _) = bought(&house).await;
        house.upstream.next(Op::Status, Lie::of(Deed::OtherAddress));
        let unsure = until_shown(&house, &path, &ada, "Not known").await;
        for wish in ["start", "stop", "restart"] {
            assert!(unsure.contains(&format!("value=\"{wish}\"")), "{wish}: {unsure}");
        }
        house.upstream.next(Op::Stop, Lie::answering(Sends::Lost).without_the_deed());
        house.ask(form(&format!("{path}/power"), &[("wish", "stop")]).with("cookie", &ada)).await;
        let doubt = until_shown(&house, &path, &ada, "Nobody knows whether it was done").await;
        assert!(doubt.contains("No answer came") && doubt.contains(&address), "{doubt}");
        house.upstream.next(Op::Stop, Lie::text("error|see 103.99.99.99"));
        house.ask(form(&format!("{path}/power"), &[("wish", "stop")]).with("cookie", &ada)).await;
        let refused = until_shown(&house, &path, &ada, "Its provider refused").await;
        assert!(!refused.contains("103.99.99.99"), "its words are for staff");
    })
    .await;
}

#[tokio::test]
async fn a_server_is_wiped_only_by_whoever_types_its_address_and_proves_who_they_are() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (path, address, order) = bought(&house).await;
        let asks = shown(&house, &format!("{path}/reinstall"), &ada).await;
        assert!(asks.contains("is lost") && asks.contains("Ubuntu 22"), "{asks}");
        let wipe = |os: &'static str, typed: &str| {
            let fields = [("os", os), ("confirm", typed), ("seen", "")];
            form(&format!("{path}/reinstall"), &fields).with("cookie", &ada)
        };
        let wrong = house.ask(wipe("centos", "103.181.91")).await;
        assert_eq!(wrong.status, 422);
        let wrong = text(&wrong);
        assert!(wrong.contains("confirm-error"), "{wrong}");
        assert!(wrong.contains("value=\"centos\" selected"), "{wrong}");
        assert_eq!(house.upstream.counts().arrived(Op::Format), 0);

        let before = house.upstream.server(address.parse().unwrap()).unwrap().password;
        house.upstream.set(|settings| settings.password_delay_ms = 60_000);
        let asked = house.ask(wipe("centos", &format!(" {address} "))).await;
        assert_eq!(led_to(&asked), format!("{path}?said=asked"));
        let work = until_shown(&house, &path, &ada, "Its provider makes a new password").await;
        assert!(!work.contains("Show user and password"), "{work}");
        let orders = path.replace("my-servers", "orders");
        let reveal = || form(&format!("{orders}/credentials"), &[]).with("cookie", &ada);
        assert_eq!(house.ask(reveal()).await.status, 409);
        house.upstream.advance(60_000);
        let done = until_shown(&house, &path, &ada, "Your server is installed anew").await;
        assert!(done.contains("CentOS 7 is installed and checked"), "{done}");
        let told = text(&house.ask(reveal()).await);
        assert!(told.contains("ssh root@") && !told.contains(&before), "{told}");

        house.clock.step(Duration::from_secs(601));
        let kept = house.ask(wipe("", &address)).await;
        assert_eq!(kept.status, 403);
        assert!(text(&kept).contains(&format!("name=\"confirm\" value=\"{address}\"")));
        let api = post(
            &format!("/api/orders/{}/operations", order["orderId"].as_str().unwrap()),
            json!({"kind": "reinstall", "confirm": address}),
        );
        let api = api.with("cookie", &ada).with("sec-fetch-site", "same-origin");
        assert_eq!(house.ask(api).await.problem(), "prove-again");
    })
    .await;
}

#[tokio::test]
async fn a_windows_server_has_a_file_that_holds_no_secret() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let (path, address, _) = bought(&house).await;
        let windows = shown(&house, &path, &ada).await;
        assert!(windows.contains("Remote Desktop file") && !windows.contains("ssh root@"));
        let file = house.ask(page(&format!("{path}/rdp")).with("cookie", &ada)).await;
        assert_eq!(file.header("cache-control"), Some("no-store"));
        let name = format!("attachment; filename=\"{address}.rdp\"");
        assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        let password = house.upstream.server(address.parse().unwrap()).unwrap().password;
        let file = text(&file);
        assert!(file.contains(&format!("full address:s:{address}:3389\r\n")), "{file}");
        assert!(!file.contains(&password));
        let fields = [("os", "centos"), ("confirm", address.as_str())];
        house.ask(form(&format!("{path}/reinstall"), &fields).with("cookie", &ada)).await;
        let linux = until_shown(&house, &path, &ada, "Your server is installed anew").await;
        assert!(linux.contains("ssh root@") && !linux.contains("Remote Desktop"), "{linux}");
        let missing = house.ask(page(&format!("{path}/rdp")).with("cookie", &ada)).await;
        assert_eq!(missing.status, 404, "it is no Windows any more");
    })
    .await;
}

#[tokio::test]
async fn nobody_but_its_customer_has_a_part_in_a_server() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let (path, address, order) = bought(&house).await;
        let asks = || {
            [
                page(&path),
                page(&format!("{path}/events")),
                page(&format!("{path}/rdp")),
                page(&format!("{path}/reinstall")),
                form(&format!("{path}/power"), &[("wish", "stop")]),
                form(&format!("{path}/reinstall"), &[("confirm", &address)]),
            ]
        };
        // A stranger, support and an admin: to none of them it exists as theirs.
        for email in ["eve@example.com", "sam@example.com", "sue@example.com"] {
            let browser = browser_of(&house, email).await;
            for ask in asks() {
                let answer = house.ask(ask.clone().with("cookie", &browser)).await;
                assert_eq!(answer.status, 404, "{email}: {ask:?}");
                assert!(!text(&answer).contains(&address), "{email}");
            }
        }
        for ask in asks() {
            let nobody = house.ask(ask).await;
            assert!(led_to(&nobody).starts_with("/login"), "{nobody:?}");
        }
        let id = order["orderId"].as_str().unwrap();
        for someone in [&house.eve, &house.sam, &house.sue] {
            let look = house.ask(get(&format!("/api/orders/{id}/server")).by(someone)).await;
            let stop = post(&format!("/api/orders/{id}/operations"), json!({"kind": "stop"}));
            let stop = house.ask(stop.by(someone)).await;
            for answer in [look, stop] {
                assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (404, "not-found"));
            }
        }
        assert_eq!(house.upstream.counts().arrived(Op::Stop), 0);
    })
    .await;
}

#[tokio::test]
async fn programs_operate_a_server_and_see_what_becomes_of_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let (_, address, order) = bought(&house).await;
        let id = order["orderId"].as_str().unwrap();
        let look = async || {
            house.ask(get(&format!("/api/orders/{id}/server")).by(&house.ada)).await.json()
        };
        let ask = async |wish: Value| {
            let path = format!("/api/orders/{id}/operations");
            house.ask(post(&path, wish).by(&house.ada)).await
        };
        let first = look().await;
        assert_eq!(
            (&first["power"]["state"], &first["power"]["asking"]),
            (&json!("unknown"), &json!(true))
        );
        house.work().await;
        let known = look().await;
        assert_eq!(known["power"]["state"], "running");
        assert!(known["power"]["askedAt"].is_string() && known["operations"] == json!([]));
        let taken = ask(json!({"kind": "restart"})).await;
        assert_eq!(taken.status, 202, "{taken:?}");
        let place = format!("/api/orders/{id}/server");
        assert_eq!(taken.header("location"), Some(place.as_str()));
        assert_eq!(taken.json()["state"], "under_way");
        assert_eq!(ask(json!({"kind": "stop"})).await.problem(), "server-busy");
        for _ in 0..20 {
            house.work().await;
            house.clock.step(Duration::from_secs(5));
        }
        let done = look().await;
        assert_eq!(done["operations"][0]["state"], "done");
        let requests =
            json!([{"kind": "stop", "state": "done"}, {"kind": "start", "state": "done"}]);
        assert_eq!(done["operations"][0]["requests"], requests);
        for (wish, slug) in [
            (json!({"kind": "reinstall"}), "not-confirmed"),
            (json!({"kind": "reinstall", "confirm": "103.181.91.1"}), "not-confirmed"),
            (json!({"kind": "change-os", "confirm": address}), "invalid-os"),
            (json!({"kind": "change-os", "confirm": address, "os": "plan9"}), "invalid-os"),
            (json!({"kind": "stop", "os": "ubuntu"}), "invalid-os"),
            (json!({"kind": "format"}), "malformed"),
        ] {
            assert_eq!(ask(wish.clone()).await.problem(), slug, "{wish}");
        }
        let waits = house.order(&house.ada).await;
        let early = format!("/api/orders/{}/server", waits["orderId"].as_str().unwrap());
        assert_eq!(house.ask(get(&early).by(&house.ada)).await.problem(), "not-delivered");
        let audit = house.ask(get("/api/admin/audit").by(&house.sue)).await.json().to_string();
        assert!(audit.contains("operate-server") && audit.contains(&format!("restart {address}")));
    })
    .await;
}
