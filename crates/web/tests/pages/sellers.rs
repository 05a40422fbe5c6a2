//! Those we buy from and those who take money for us: how they stand, asking them, switching them.

use std::time::Duration;

use engine::provider::NewByHand;
use serde_json::json;
use sim::gateway::{How, Lie as GatewayLie, Op as GatewayOp};
use sim::smartvps::{Answer as Spoken, Lie, Op};

use crate::database::for_each_database;
use crate::house::{Answer, House, get, post};
use crate::{browser_of, form, led_to, page, text};

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

async fn press(house: &House, by: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    house.ask(form(path, fields).with("cookie", by)).await
}

async fn rack(house: &House) -> String {
    let (name, due_within) = ("Frankfurt rack".to_owned(), Duration::from_secs(4 * 3_600));
    let rack = NewByHand { name, due_within, note: String::new() };
    house.engine.add_by_hand(rack, "acc_sue").await.unwrap().id
}

fn is_shown(page: &str, all: &[&str]) {
    for expected in all {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[tokio::test]
async fn a_provider_shows_what_it_is_to_be_trusted_with() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        rack(&house).await;
        seen(&house, &sam, "/admin/providers").await;
        house.work().await;
        let shown = seen(&house, &sam, "/admin/providers").await;
        is_shown(&shown, &["Nothing was bought there in the last 30 days", "Frankfurt rack"]);
        is_shown(&shown, &["Unheard in a row</dt><dd>0 of 5", "₹0 of ₹25,000", "4 hours"]);
        assert!(!shown.contains("Test the connection") && !shown.contains(">Pause<"));
        let lies = [
            None,
            Some(Lie::hand_out("103.182.44.18".parse().unwrap())),
            Some(Lie::answering(Spoken::Html)),
        ];
        for (lie, status) in lies.into_iter().zip(["active", "provisioning_failed", "needs_review"])
        {
            if let Some(lie) = lie {
                house.upstream.next(Op::Buyvps, lie);
            }
            let order = house.order(&house.ada).await;
            house.pay(&order).await;
            house.until(&order, status).await;
        }
        house.clock.step(Duration::from_secs(61));
        seen(&house, &sam, "/admin/providers").await;
        house.work().await;
        let shown = seen(&house, &sam, "/admin/providers").await;
        is_shown(
            &shown,
            &[
                "Purchases</dt><dd>3</dd>",
                "Verified</dt><dd>1</dd>",
                "Another than sold</dt><dd>1 <span class=\"badge bad\">50.0 %",
                "Unheard</dt><dd>1 <span class=\"badge warn\">33.3 %",
                "95 % answered within</dt><dd>under 0.1 s",
                "Unheard in a row</dt><dd>1 of 5",
                "₹999 of ₹25,000",
            ],
        );
        let told = house.ask(get("/api/admin/trust").by(&house.sam)).await.json();
        let (machine, hand) = (&told["items"][0], &told["items"][1]);
        assert_eq!((&machine["id"], &hand["byHand"]), (&json!("smartvps"), &json!(true)));
        let trust = &machine["trust"];
        let counts = [&trust["purchases"], &trust["verified"], &trust["mismatched"]];
        assert_eq!(counts, [&json!(3), &json!(1), &json!(1)]);
        assert_eq!((&machine["strays"]["amount"], &hand["trust"]), (&json!(99_900), &json!(null)));
        assert!(told["trustCountedAt"].is_string());
    })
    .await;
}

#[tokio::test]
async fn a_provider_is_asked_once_and_says_what_is_wrong_in_words() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let hand = rack(&house).await;
        let test =
            async |id: &str| press(&house, &sue, &format!("/admin/providers/{id}/test"), &[]).await;
        let answered = test("smartvps").await;
        assert_eq!(answered.status, 200);
        is_shown(&text(&answered), &["it lists 20 packages", "notice good"]);
        house.upstream.next(Op::Ipstock, Lie::status(500));
        is_shown(&text(&test("smartvps").await), &["Failed after", "500", "notice bad"]);
        let nobody = test(&hand).await;
        assert_eq!(nobody.status, 409);
        is_shown(&text(&nobody), &["Nobody can be asked there: staff deliver by hand."]);
        assert_eq!(test("nobody").await.status, 404);
        let api = post("/api/admin/providers/smartvps/test", json!({})).by(&house.sue);
        let told = house.ask(api).await.json();
        assert_eq!(
            (&told["answered"], &told["detail"]),
            (&json!(true), &json!("it lists 20 packages"))
        );
        let noted = house.engine.list_audit(Some("smartvps"), None, 10).await.unwrap();
        let tests = noted.iter().filter(|row| row.action == "try-provider" && row.email.is_some());
        let failed: Vec<bool> = tests.map(|row| row.detail.starts_with("failed: ")).collect();
        assert_eq!(failed, [false, true, false], "newest first, each with who asked");
    })
    .await;
}

#[tokio::test]
async fn a_provider_is_paused_and_resumed_with_a_reason_that_stands_beside_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let hand = rack(&house).await;
        let unsaid =
            press(&house, &sue, "/admin/providers/smartvps/pause", &[("reason", " ")]).await;
        assert_eq!(unsaid.status, 422);
        is_shown(&text(&unsaid), &["Nothing was changed:", "Say why"]);
        for id in ["smartvps", &hand] {
            let path = format!("/admin/providers/{id}");
            let switch = async |what: &str| {
                press(&house, &sue, &format!("{path}/{what}"), &[("reason", "stocktaking")]).await
            };
            assert_eq!(led_to(&switch("pause").await), "/admin/providers?said=paused");
            let shown = seen(&house, &sue, "/admin/providers").await;
            is_shown(&shown, &[": stocktaking</p>", &*format!("action=\"{path}/resume\"")]);
            assert_eq!(led_to(&switch("resume").await), "/admin/providers?said=resumed");
            assert!(!seen(&house, &sue, "/admin/providers").await.contains("stocktaking"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_gateway_shows_what_is_open_there_and_answers_when_it_is_asked() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let quiet = seen(&house, &sue, "/admin/gateways").await;
        is_shown(
            &quiet,
            &[">Simulated gateway</h2>", "quiet", "none yet", "buyers see it as number 1"],
        );
        let order = house.order(&house.ada).await;
        let shown = seen(&house, &sue, "/admin/gateways").await;
        let list = "/admin/payments?gateway=simulated&state=open";
        is_shown(&shown, &[&*format!("<a href=\"{}\">1<", list.replace('&', "&#38;"))]);
        is_shown(&shown, &["</a>, the oldest of"]);
        let payment = order["clientTxnId"].as_str().unwrap();
        let open = seen(&house, &sue, list).await;
        is_shown(&open, &[payment, order["orderNumber"].as_str().unwrap(), "Simulated gateway"]);
        let failed = seen(&house, &sue, &list.replace("open", "failed")).await;
        is_shown(&failed, &["No such payments"]);
        house.gateway.pay(payment, How::PaySilently);
        house.clock.step(Duration::from_secs(60));
        house.until(&order, "active").await;
        let shown = seen(&house, &sue, "/admin/gateways").await;
        is_shown(&shown, &["state=captured\">1<", "Open payments</dt><dd>0</dd>"]);
        is_shown(&shown, &["takes payments"]);
        let captured = seen(&house, &sue, "/admin/payments?state=captured").await;
        is_shown(&captured, &[payment]);
        let test =
            async |id: &str| press(&house, &sue, &format!("/admin/gateways/{id}/test"), &[]).await;
        is_shown(&text(&test("simulated").await), &["it answers, and takes our keys"]);
        house.gateway.next(GatewayOp::Poll, GatewayLie::status(401));
        is_shown(&text(&test("simulated").await), &["Failed after", "notice bad"]);
        assert_eq!(test("stripe").await.status, 404);
        let told = house.ask(get("/api/admin/gateways").by(&house.sam)).await.json();
        let one = &told["items"][0];
        assert_eq!((&one["id"], &one["captured"]), (&json!("simulated"), &json!(1)));
        assert_eq!((&one["openPayments"], &one["silent"]), (&json!(0), &json!(null)));
    })
    .await;
}
