//! What staff do on pages: every deed is shown before it is done.

use std::time::Duration;

use domain::clock::Timestamp;
use serde_json::Value;
use sim::smartvps::{Answer, Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, form, hidden, led_to, page, text};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn sold_until(order: &Value) -> Timestamp {
    Timestamp::parse(order["soldUntil"].as_str().expect("it is delivered")).expect("a moment")
}

#[tokio::test]
async fn a_remedy_is_shown_first_and_done_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        house.upstream.next(Op::Buyvps, Lie::hand_out("103.182.44.18".parse().unwrap()));
        house.pay(&order).await;
        house.until(&order, "provisioning_failed").await;
        let path = format!("/admin/orders/{}", order["orderId"].as_str().unwrap());
        let shown = text(&house.ask(page(&path).with("cookie", &sue)).await);
        for expected in ["Buy again", "Buy something else", "Accept this server", "<b>Refund</b>"] {
            assert!(shown.contains(expected), "{expected}");
        }
        let version = hidden(&shown, "version");
        let fields = [("kind", "reprovision"), ("version", &*version), ("reason", "wrong block")];
        let deeds = format!("{path}/remedies");
        let preview = [&fields[..], &[("preview", "true")]].concat();
        let seen = text(&house.ask(form(&deeds, &preview).with("cookie", &sue)).await);
        assert!(seen.contains("What would happen"), "{seen}");
        assert!(seen.contains("planned a purchase of 103.181.91 with 8GB"));
        assert_eq!(hidden(&seen, "reason"), "wrong block");
        assert!(!seen.contains("name=\"preview\""));
        let unchanged = text(&house.ask(page(&path).with("cookie", &sue)).await);
        assert_eq!(hidden(&unchanged, "version"), version);
        let done = house.ask(form(&deeds, &fields).with("cookie", &sue)).await;
        assert_eq!(led_to(&done), format!("{path}?said=done"));
        house.until(&order, "active").await;
        assert_eq!(house.upstream.purchases(), 2);
        let again = house.ask(form(&deeds, &fields).with("cookie", &sue)).await;
        house.work().await;
        assert!(again.status == 409 || again.status == 303, "{}", text(&again));
        assert_eq!(house.upstream.purchases(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_made_good_for_everyone_with_a_server_of_its_package() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let mut ends = Vec::new();
        for _ in 0..2 {
            let order = house.order(&house.ada).await;
            house.pay(&order).await;
            let active = house.until(&order, "active").await;
            ends.push((order, sold_until(&active)));
        }
        let unpaid = house.order(&house.ada).await;
        let number = unpaid["orderNumber"].as_str().unwrap();
        let asked = text(&house.ask(page("/admin/incident").with("cookie", &sue)).await);
        let key = hidden(&asked, "key");
        let fields =
            [("kind", "extend"), ("days", "7"), ("reason", "two hours away"), ("key", &*key)];
        let whom = [("package", "103.181.91"), ("orders", number), ("apology", "We are sorry.")];
        let look = [&fields[..], &whom[..], &[("preview", "true")]].concat();
        let shown = text(&house.ask(form("/admin/incident", &look).with("cookie", &sue)).await);
        assert!(shown.contains("2 orders would get 7 days"), "{shown}");
        assert!(shown.contains("1 order gets nothing") && shown.contains("We are sorry."));
        let orders = hidden(&shown, "orders");
        let give = [&fields[..], &[("orders", &*orders), ("apology", "We are sorry.")]].concat();
        for _ in 0..2 {
            let done = text(&house.ask(form("/admin/incident", &give).with("cookie", &sue)).await);
            assert!(done.contains("2 orders got 7 days"), "{done}");
        }
        for (order, end) in ends {
            let now = sold_until(&house.until(&order, "active").await);
            assert_eq!(now.since(end), 7 * DAY, "pressed twice and given once");
        }
        let wrong = [&fields[..], &[("package", "103.181.99"), ("apology", "")]].concat();
        let refused = house.ask(form("/admin/incident", &wrong).with("cookie", &sue)).await;
        assert_eq!(refused.status, 404);
        assert!(text(&refused).contains("Nothing was given"));
    })
    .await;
}

#[tokio::test]
async fn everyone_whom_an_incident_hit_is_given_the_money_or_a_new_server_at_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let mut hit = Vec::new();
        for address in ["103.182.44.18", "103.182.44.19"] {
            let order = house.order(&house.ada).await;
            house.upstream.next(Op::Buyvps, Lie::hand_out(address.parse().unwrap()));
            house.pay(&order).await;
            house.until(&order, "provisioning_failed").await;
            hit.push(order);
        }
        let send = async |order: &serde_json::Value, kind: &str, key: &str, preview: &str| {
            let fields = [
                ("kind", kind),
                ("orders", order["orderId"].as_str().unwrap()),
                ("reason", "the pool of 15 January"),
                ("apology", "You got an address of another block."),
                ("key", key),
                ("preview", preview),
            ];
            text(&house.ask(form("/admin/incident", &fields).with("cookie", &sue)).await)
        };
        let shown = send(&hit[0], "refund", "k1", "true").await;
        assert!(shown.contains("1 order would get the money back. Nothing has been given yet."));
        assert!(shown.contains("₹999") && shown.contains("It goes back the way it came."));
        assert!(shown.contains("You got an address of another block."), "{shown}");
        assert!(
            send(&hit[0], "refund", "k1", "").await.contains("1 order will get the money back")
        );
        house.until(&hit[0], "refund_pending").await;
        assert!(
            send(&hit[1], "reprovision", "k2", "").await.contains("1 order will be bought again")
        );
        house.until(&hit[1], "active").await;
        let single = send(&hit[1], "adopt", "k3", "").await;
        assert!(single.contains("Choose what each of them gets"), "{single}");
        let late = send(&hit[0], "reprovision", "k4", "").await;
        assert!(late.contains("1 order got nothing"), "{late}");
    })
    .await;
}

#[tokio::test]
async fn support_is_offered_no_deed_that_gives_something_away() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = house.order(&house.ada).await;
        house.upstream.next(Op::Buyvps, Lie::answering(Answer::Html));
        house.pay(&order).await;
        house.until(&order, "needs_review").await;
        let path = format!("/admin/orders/{}", order["orderId"].as_str().unwrap());
        let shown = text(&house.ask(page(&path).with("cookie", &sam)).await);
        assert!(shown.contains("Evidence") && shown.contains("Stock before"));
        assert!(shown.contains("value=\"wait\"") && !shown.contains("value=\"refund\""));
        let fields = [("kind", "refund"), ("version", "1"), ("reason", "x"), ("preview", "true")];
        let refused =
            house.ask(form(&format!("{path}/remedies"), &fields).with("cookie", &sam)).await;
        assert_eq!(refused.status, 403);
        let home = text(&house.ask(page("/admin").with("cookie", &sam)).await);
        assert!(home.contains("Nobody knows whether the purchase bought"));
        assert!(!home.contains("Stop selling"));
    })
    .await;
}

#[tokio::test]
async fn a_bank_transfer_is_booked_once_and_never_for_less() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        let path = format!("/admin/orders/{}", order["orderId"].as_str().unwrap());
        let book = |amount: &'static str, reference: &'static str| {
            let fields = [("amount", amount), ("currency", "INR"), ("reference", reference)];
            form(&format!("{path}/mark-paid"), &fields).with("cookie", &sue)
        };
        for (amount, reference, field) in [
            ("998.99", "utr-1", "amount-error"),
            ("x", "utr-1", "amount-error"),
            ("999", "", "reference-error"),
        ] {
            let answer = house.ask(book(amount, reference)).await;
            assert_eq!(answer.status, 422, "{amount}");
            let shown = text(&answer);
            assert!(shown.contains(&format!("id=\"{field}\"")), "{amount}: {shown}");
        }
        assert_eq!(
            led_to(&house.ask(book("999.00", "utr-1")).await),
            format!("{path}?said=marked-paid")
        );
        house.until(&order, "active").await;
    })
    .await;
}

#[tokio::test]
async fn a_product_that_is_taken_off_leaves_the_window() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let product = house.product("103.82.72").await;
        let path = format!("/admin/ipStock/{product}");
        let off = house.ask(form(&path, &[("published", "false")]).with("cookie", &sue)).await;
        assert_eq!(led_to(&off), "/admin/ipStock?said=done");
        assert!(!text(&house.ask(page("/")).await).contains("103.82.72"));
        house.ask(form(&path, &[("published", "true")]).with("cookie", &sue)).await;
        assert!(text(&house.ask(page("/")).await).contains("103.82.72"));
    })
    .await;
}

#[tokio::test]
async fn the_switches_say_why_and_are_switched_back() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let press = async |path: &str, reason: &str| {
            let answer = house.ask(form(path, &[("reason", reason)]).with("cookie", &sue)).await;
            (answer.status.as_u16(), answer.header("location").unwrap_or_default().to_owned())
        };
        let home = async || text(&house.ask(page("/admin").with("cookie", &sue)).await);
        let said = |word: &str| (303, format!("/admin?said={word}"));
        assert_eq!(press("/admin/selling/stop", "stocktaking").await, said("selling-stopped"));
        assert!(home().await.contains("stocktaking"));
        assert!(text(&house.ask(page("/")).await).contains("takes no orders at the moment"));
        assert_eq!(press("/admin/selling/start", "").await, said("selling-started"));
        assert_eq!(press("/admin/provider/pause", " ").await.0, 422);
        assert_eq!(press("/admin/provider/pause", "they moved house").await, said("paused"));
        assert!(home().await.contains("they moved house"));
        assert_eq!(press("/admin/provider/resume", "they are back").await, said("resumed"));
        assert!(!home().await.contains("Purchasing is paused"));
        assert_eq!(press("/admin/purchasing/resume", "looked at it").await, said("resumed"));
    })
    .await;
}

#[tokio::test]
async fn an_order_is_found_by_its_number_and_by_its_stage() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let order = house.order(&house.ada).await;
        let number = order["orderNumber"].as_str().unwrap();
        let find = |query: String| page(&format!("/admin/orders?{query}")).with("cookie", &sam);
        let found = house.ask(find(format!("q={number}"))).await;
        assert_eq!(led_to(&found), format!("/admin/orders/{}", order["orderId"].as_str().unwrap()));
        let missing = text(&house.ask(find("q=ORD-NOTTHERE22".into())).await);
        assert!(missing.contains("No such orders"));
        for (stage, is_there) in
            [("unpaid", true), ("delivered", false), ("", true), ("nonsense", true)]
        {
            let shown = text(&house.ask(find(format!("stage={stage}"))).await);
            assert_eq!(shown.contains(number), is_there, "{stage}");
        }
        let api = house.ask(get("/api/admin/alerts").by(&house.sam)).await;
        assert_eq!(api.status, 200);
    })
    .await;
}

#[tokio::test]
async fn staff_settle_on_the_page_what_only_a_person_can_judge() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let shown = text(&house.ask(page("/admin/alerts").with("cookie", &sam)).await);
        assert_eq!(hidden(&shown, "kind"), "packages-new");
        let (kind, subject) = (hidden(&shown, "kind"), hidden(&shown, "subject"));
        let fields = [("kind", &*kind), ("subject", &*subject), ("reason", "looked at all")];
        let settled = house.ask(form("/admin/alerts", &fields).with("cookie", &sam)).await;
        assert_eq!(led_to(&settled), "/admin/alerts?said=done");
        let shown = text(&house.ask(page("/admin/alerts").with("cookie", &sam)).await);
        assert!(shown.contains("over since") && !shown.contains("name=\"kind\" value"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn staff_silence_an_alert_on_a_page_of_its_own_and_end_that() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let see = async |path: &str| text(&house.ask(page(path).with("cookie", &sam)).await);
        let link = "/admin/alerts/silence?kind=packages-new&#38;subject=smartvps";
        assert!(see("/admin/alerts").await.contains(link));
        let shown = see(&link.replace("&#38;", "&")).await;
        let fields = [("kind", &*hidden(&shown, "kind")), ("subject", &*hidden(&shown, "subject"))];
        let send = async |reason: &str| {
            let more = [("which", "this"), ("hours", "4"), ("reason", reason)];
            let fields = [&fields[..], &more[..]].concat();
            house.ask(form("/admin/alerts/silence", &fields).with("cookie", &sam)).await
        };
        let mute = send(" ").await;
        assert_eq!(mute.status, 422);
        assert!(text(&mute).contains("Say why"));
        assert_eq!(led_to(&send("the provider told us").await), "/admin/alerts?said=done");
        let shown = see("/admin/alerts").await;
        let of = "Of <a href=\"/admin/ipStock\">smartvps</a>, until";
        assert!(shown.contains(of) && shown.contains("the provider told us"), "{shown}");
        assert!(shown.contains("sam@example.com") && !shown.contains(link), "{shown}");
        let (_, end) = shown.split_once("action=\"/admin/alerts/silences/").unwrap();
        let end = format!("/admin/alerts/silences/{}", end.split('"').next().unwrap());
        let ended = house.ask(form(&end, &[]).with("cookie", &sam)).await;
        assert_eq!(led_to(&ended), "/admin/alerts?said=done");
        assert!(see("/admin/alerts").await.contains(link));
    })
    .await;
}
