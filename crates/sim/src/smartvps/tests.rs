//! The vendor as a caller sees him: over real connections.

use std::net::Ipv4Addr;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::ask::{Call, Reply, ask};

/// A caller with the right credentials.
struct Caller(Sim);

impl Caller {
    async fn of(packages: Vec<Package>) -> Caller {
        Caller(Sim::start(Config::with(packages)).await.unwrap())
    }

    async fn send(&self, op: &str, permit: &str, body: Value) -> Result<Reply, String> {
        ask(Call {
            method: Method::POST,
            url: format!("{}/api/oceansmart/{op}", self.0.url()),
            headers: vec![
                ("authorization", Credentials::new("berth", "simulated").header()),
                ("x-berth-permit", permit.to_owned()),
            ],
            body: body.to_string().into_bytes(),
        })
        .await
    }

    async fn buy(&self, name: &str) -> Result<Reply, String> {
        self.send("buyvps", "att_1", json!({ "ip": name, "ram": "8" })).await
    }

    /// Buys and reads the address out of the vendor's sentence.
    async fn address(&self, name: &str) -> Ipv4Addr {
        let said = text(&self.buy(name).await.unwrap());
        said.rsplit("Your ip is: ").next().unwrap().parse().unwrap()
    }

    async fn status(&self, address: Ipv4Addr) -> Value {
        let reply = self.send("status", "", json!({ "ip": address })).await.unwrap();
        let inner: String = serde_json::from_slice(reply.body()).unwrap();
        serde_json::from_str(&inner).unwrap()
    }

    async fn list(&self) -> Value {
        let reply = self.send("ipstock", "", Value::Null).await.unwrap();
        let inner: String = serde_json::from_slice(reply.body()).unwrap();
        serde_json::from_str(&inner).unwrap()
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/control/{path}", self.0.control_url());
        let reply =
            ask(Call { method: Method::POST, url, headers: vec![], body: body.to_string().into() })
                .await
                .unwrap();
        serde_json::from_slice(reply.body()).unwrap()
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(reply.body()).into_owned()
}

fn two_packages() -> Vec<Package> {
    vec![Package::new("6", "103.181.91", 1), Package::new("11", "103.182.44", 5)]
}

#[tokio::test]
async fn a_purchase_takes_an_address_out_of_the_named_pool_and_one_off_the_stock() {
    let caller = Caller::of(two_packages()).await;
    let address = caller.address("103.181.91").await;
    assert_eq!(address.octets()[..3], [103, 181, 91]);
    assert_eq!(caller.list().await["packages"][0]["ipv4"], 0);
    let sold = caller.0.sold();
    assert_eq!((sold[0].address, sold[0].pid.as_str()), (address, "6"));
    assert_eq!(sold[0].permit.as_deref(), Some("att_1"));
}

#[tokio::test]
async fn an_exhausted_package_sells_another_and_calls_it_success() {
    let caller = Caller::of(two_packages()).await;
    caller.address("103.181.91").await;
    let wrong = caller.address("103.181.91").await;
    assert_eq!(wrong.octets()[..3], [103, 182, 44]);
    assert_eq!(caller.0.sold()[1].asked_for, "103.181.91");
    assert_eq!(caller.0.sold()[1].name, "103.182.44");

    caller.0.set(|settings| settings.when_empty = WhenEmpty::Refuse);
    let said = text(&caller.buy("103.181.91").await.unwrap());
    assert_eq!(said, "error|103.181.91 out of stock");
    assert_eq!(caller.0.requests_per_permit()["att_1"], 3);
}

#[tokio::test]
async fn the_incident_can_be_played_again() {
    let caller = Caller::of(demo::packages()).await;
    caller.command("lie", json!({ "lie": "the-incident", "only": "103.181.91" })).await;
    assert_eq!(caller.address("103.182.44").await.octets()[..3], [103, 182, 44]);
    assert_eq!(caller.address("103.181.91").await, Ipv4Addr::new(103, 182, 44, 18));
    assert_eq!(caller.address("103.181.91").await.octets()[..3], [103, 181, 91]);
}

#[tokio::test]
async fn a_lost_answer_has_sold_a_server_all_the_same() {
    let caller = Caller::of(two_packages()).await;
    for answer in [Answer::Lost, Answer::Reset, Answer::Truncated] {
        caller.0.next(Op::Buyvps, Lie::answering(answer));
        assert!(caller.buy("103.182.44").await.is_err(), "{answer:?}");
    }
    assert_eq!(caller.0.sold().len(), 3);
    assert_eq!(caller.0.purchases(), 3);
}

#[tokio::test]
async fn a_broken_off_answer_arrives_as_far_as_it_goes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let caller = Caller::of(two_packages()).await;
    caller.0.set_credentials(None);
    caller.0.next(Op::Buyvps, Lie::answering(Answer::Truncated));
    let address = caller.0.url().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let body = r#"{"ip":"103.182.44","ram":"8"}"#;
    let request = format!(
        "POST /api/oceansmart/buyvps HTTP/1.1\r\nhost: sim\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).await.unwrap();
    assert!(received.contains("success|Congr"), "{received}");
    assert!(!received.contains("Your ip is"), "{received}");
}

#[tokio::test]
async fn spoilt_answers_come_with_their_status_and_sell_only_where_they_say_so() {
    let caller = Caller::of(two_packages()).await;
    for (name, status, sells) in [
        ("html", 200, true),
        ("garbage", 200, true),
        ("empty", 200, true),
        ("sold-500", 500, true),
        ("sold-502", 502, true),
        ("unsold-500", 500, false),
        ("unauthorized", 401, false),
        ("forbidden", 403, false),
        ("redirect", 302, false),
        ("refusal", 200, false),
        ("unknown-error", 200, false),
    ] {
        caller.0.reset().await;
        caller.0.next(Op::Buyvps, Lie::named(name).unwrap());
        let reply = caller.buy("103.182.44").await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{name}");
        assert_eq!(caller.0.sold().len(), usize::from(sells), "{name}");
        assert!(!text(&reply).contains("Your ip is"), "{name}");
    }
}

#[tokio::test]
async fn addresses_in_an_answer_can_be_two_none_or_an_old_one() {
    let caller = Caller::of(two_packages()).await;
    let old = caller.address("103.182.44").await;
    let mut said = Vec::new();
    for deed in [Deed::TwoNamed, Deed::TwoSold, Deed::NoAddress, Deed::Replay] {
        caller.0.next(Op::Buyvps, Lie { address: Some(old), ..Lie::of(deed) });
        said.push(text(&caller.buy("103.182.44").await.unwrap()));
    }
    let named: Vec<usize> = said.iter().map(|text| text.matches("Your ip is").count()).collect();
    assert_eq!(named, [2, 2, 0, 1]);
    assert!(said[3].ends_with(&old.to_string()));
    assert_eq!(caller.0.sold().len(), 5);
}

#[tokio::test]
async fn a_held_purchase_waits_for_its_release_and_can_be_awaited() {
    let caller = Caller::of(two_packages()).await;
    caller.command("hold", json!({})).await;
    let (reply, ()) = tokio::join!(caller.buy("103.181.91"), async {
        caller.0.wait_for_purchases(1).await;
        caller.0.wait_for_held(1).await;
        assert_eq!(caller.0.sold().len(), 1, "done, but not answered");
        assert_eq!(caller.command("release", json!({})).await["released"], 1);
    });
    assert!(text(&reply.unwrap()).contains("103.181.91."));
}

#[tokio::test]
async fn a_purchase_is_carried_out_though_the_caller_has_hung_up() {
    let caller = Caller::of(two_packages()).await;
    caller.0.hold(Op::Buyvps, Point::Before, Some(1));
    tokio::select! {
        _ = caller.buy("103.181.91") => panic!("it should be held"),
        () = caller.0.wait_for_held(1) => {}
    }
    assert!(caller.0.sold().is_empty());
    caller.0.release();
    caller.0.wait_for_sold(1).await;
    assert_eq!(caller.0.sold()[0].name, "103.181.91");
}

#[tokio::test]
async fn wrong_credentials_do_nothing_and_use_up_no_lie() {
    let caller = Caller::of(two_packages()).await;
    caller.0.next(Op::Buyvps, Lie::answering(Answer::Html));
    caller.0.set_credentials(Some(Credentials::new("berth", "changed")));
    assert_eq!(caller.buy("103.181.91").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert!(caller.0.sold().is_empty());
    caller.command("credentials", Value::Null).await;
    assert!(text(&caller.buy("103.181.91").await.unwrap()).contains("<html>"));
}

#[tokio::test]
async fn a_shut_door_refuses_drops_or_resets_and_opens_again() {
    let caller = Caller::of(two_packages()).await;
    for word in ["refuse", "drop", "reset", "refuse"] {
        caller.command("door", json!({ "to": word })).await;
        assert!(caller.buy("103.182.44").await.is_err(), "{word}");
        assert_eq!(caller.0.purchases(), 0);
    }
    caller.command("door", json!({ "to": "open" })).await;
    caller.buy("103.182.44").await.unwrap();
    assert_eq!(caller.0.sold().len(), 1);
}

#[tokio::test]
async fn a_password_appears_after_its_time_and_its_questions() {
    let caller = Caller::of(two_packages()).await;
    caller.0.set(|settings| {
        settings.password_delay_ms = 60_000;
        settings.password_after_polls = 2;
    });
    let address = caller.address("103.182.44").await;
    for _ in 0..3 {
        assert_eq!(caller.status(address).await["Password"], "");
    }
    caller.0.advance(60_000);
    let status = caller.status(address).await;
    assert!(status["Password"].as_str().unwrap().starts_with("Sim-"));
    assert_eq!(status["Usernane"], "Administrator");
    assert_eq!(status["OS"], "Windows Server 2022");
    assert_eq!(status["RAM"], "8");
}

#[tokio::test]
async fn a_chosen_system_is_installed_by_the_next_format_with_a_new_password() {
    let caller = Caller::of(two_packages()).await;
    let address = caller.address("103.182.44").await;
    let before = caller.status(address).await;
    caller.send("changeos", "opr_1", json!({ "ip": address, "os": "ubuntu" })).await.unwrap();
    assert_eq!(caller.status(address).await, before);
    let lost = Lie::answering(Answer::Lost);
    caller.0.next(Op::Format, lost);
    assert!(caller.send("format", "opr_2", json!({ "ip": address })).await.is_err());
    let after = caller.status(address).await;
    assert_eq!((&after["OS"], &after["Usernane"]), (&json!("Ubuntu 22"), &json!("root")));
    assert_ne!(after["Password"], before["Password"]);
    caller.send("stop", "opr_3", json!({ "ip": address })).await.unwrap();
    assert_eq!(caller.status(address).await["PowerStatus"], "Offline");
}

#[tokio::test]
async fn status_lies_about_address_system_memory_and_password() {
    let caller = Caller::of(two_packages()).await;
    let address = caller.address("103.182.44").await;
    for (deed, key, honest) in [
        (Deed::OtherAddress, "IP", json!(address)),
        (Deed::OtherOs, "OS", json!("Windows Server 2022")),
        (Deed::SmallerRam, "RAM", json!("8")),
    ] {
        caller.0.next_for(Op::Status, address.to_string(), Lie::of(deed));
        assert_ne!(caller.status(address).await[key], honest, "{key}");
        assert_eq!(caller.status(address).await[key], honest, "{key}");
    }
}

#[tokio::test]
async fn the_list_can_be_spoilt_in_every_way() {
    let caller = Caller::of(two_packages()).await;
    let about = |deed| Lie { pid: Some("11".to_owned()), ..Lie::of(deed) };
    for (lie, rows, last) in [
        (Lie::of(Deed::NoPackages), 0, Value::Null),
        (Lie::of(Deed::Duplicates), 4, json!("103.182.44")),
        (about(Deed::SharedPid), 3, json!("103.252.9")),
        (about(Deed::SameName), 3, json!("103.182.44")),
        (about(Deed::Renamed), 2, json!("103.252.9")),
        (about(Deed::Vanished), 1, json!("103.181.91")),
        (Lie::of(Deed::GarbageRow), 3, json!("103.182.44")),
    ] {
        let deed = lie.deed;
        caller.0.next(Op::Ipstock, lie);
        let list = caller.list().await;
        let list = list["packages"].as_array().unwrap();
        assert_eq!(list.len(), rows, "{deed:?}");
        assert_eq!(list.last().map_or(Value::Null, |row| row["name"].clone()), last, "{deed:?}");
    }
    caller.address("103.182.44").await;
    caller.0.next(Op::Ipstock, Lie::of(Deed::Stale));
    assert_eq!(caller.list().await["packages"][1]["ipv4"], 5);
    assert_eq!(caller.list().await["packages"][1]["ipv4"], 4);
}

#[tokio::test]
async fn packages_change_by_command_and_others_buy_too() {
    let caller = Caller::of(two_packages()).await;
    caller
        .command("package", json!({ "pid": "11", "name": "NEW-103.182.44", "reports": 99 }))
        .await;
    caller.command("package", json!({ "pid": "30", "name": "103.15.xx", "stock": 7 })).await;
    caller.command("stray", json!({ "pid": "30", "count": 2 })).await;
    let list = caller.list().await;
    assert_eq!(
        list["packages"][1],
        json!({ "id": 11, "name": "NEW-103.182.44", "ipv4": 99, "status": "active" })
    );
    assert_eq!(list["packages"][2]["ipv4"], 5);
    assert_eq!(caller.address("NEW-103.182.44").await.octets()[..3], [103, 182, 44]);
    assert!(caller.0.sold().len() == 1, "what others bought is not ours");
}

#[tokio::test]
async fn a_lapsed_address_is_sold_again_first() {
    let caller = Caller::of(two_packages()).await;
    let address = caller.address("103.182.44").await;
    caller.command("lapse", json!({ "address": address })).await;
    let gone = caller.send("status", "", json!({ "ip": address })).await.unwrap();
    assert!(text(&gone).contains("error|no such server"));
    assert_eq!(caller.address("103.182.44").await, address);
}

#[tokio::test]
async fn waiting_over_http_ends_when_the_purchase_comes_or_the_time_is_over() {
    let caller = Caller::of(two_packages()).await;
    let wait = |query: &str| Call {
        method: Method::GET,
        url: format!("{}/control/wait?{query}", caller.0.url()),
        headers: vec![],
        body: vec![],
    };
    let (waited, bought) = tokio::join!(ask(wait("purchases=1")), caller.buy("103.181.91"));
    bought.unwrap();
    assert!(text(&waited.unwrap()).contains(r#""reached":true"#));
    let waited = ask(wait("sold=2&timeoutMs=1")).await.unwrap();
    assert!(text(&waited).contains(r#""reached":false"#));
}

#[tokio::test]
async fn commands_that_make_no_sense_are_refused_with_a_reason() {
    let caller = Caller::of(two_packages()).await;
    for (path, body) in [
        ("lie", json!({ "lie": "no-such-lie" })),
        ("lie", json!({ "lie": { "deed": "juggle" } })),
        ("lie", json!({ "op": "dance", "lie": "html" })),
        ("settings", json!({ "encodign": "plain" })),
        ("server", json!({ "address": "1.2.3.4" })),
        ("door", json!({ "to": "shut" })),
    ] {
        let answer = caller.command(path, body.clone()).await;
        assert!(answer["error"].is_string(), "{path} {body} answered {answer}");
    }
}

#[tokio::test]
async fn a_hundred_thousand_packages_are_listed_whole() {
    let caller = Caller::of(demo::many(100_000, 9)).await;
    let list = caller.list().await;
    assert_eq!(list["packages"].as_array().unwrap().len(), 100_000);
    let address = caller.address("12.100.7").await;
    assert_eq!(address.octets()[..3], [12, 100, 7]);
}

#[tokio::test]
async fn the_same_seed_hands_out_the_same_servers() {
    let mut worlds = Vec::new();
    for _ in 0..2 {
        let caller = Caller::of(demo::packages()).await;
        caller.0.by_chance(Op::Buyvps, 500, Lie::of(Deed::Fallback));
        for _ in 0..20 {
            caller.buy("103.82.72").await.unwrap();
        }
        let sold = caller.0.sold();
        worlds.push(sold.into_iter().map(|sold| (sold.address, sold.pid)).collect::<Vec<_>>());
    }
    assert_eq!(worlds[0], worlds[1]);
    assert!(worlds[0].iter().any(|(_, pid)| pid != "5"));
}

#[tokio::test]
async fn a_dropped_simulator_is_gone() {
    let caller = Caller::of(two_packages()).await;
    let url = caller.0.url();
    caller.0.hold(Op::Buyvps, Point::After, None);
    tokio::select! {
        _ = caller.buy("103.181.91") => panic!("it should be held"),
        () = caller.0.wait_for_held(1) => {}
    }
    drop(caller);
    let knock =
        || ask(Call { method: Method::GET, url: url.clone(), headers: vec![], body: vec![] });
    while knock().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
