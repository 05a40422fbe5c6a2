//! What staff see and do: sync, one order with everything, lists, remedies, switches.

use serde_json::{Value, json};
use sim::smartvps::{Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, SOLD, TOKEN, get, patch, post};

/// Of the pool that the incident of the seeds was filled from.
const OTHER: std::net::Ipv4Addr = std::net::Ipv4Addr::new(103, 182, 44, 18);

/// The seeds' scheduler function, as it calls.
async fn scheduled(house: &House) -> crate::house::Answer {
    let ask = crate::house::Ask { body: vec![], ..post("/api/smartvps/sync", json!({})) };
    let ask = ask.with("user-agent", "AWS-Lambda-SmartVPS-Sync/1.0");
    house.ask(ask.with("x-sync-token", TOKEN)).await
}

#[tokio::test]
async fn a_sync_answers_in_the_seeds_shape() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let first = scheduled(&house).await.json();
        assert_eq!(first["success"], true);
        let summary = first["summary"].as_object().unwrap();
        for name in [
            "created",
            "updated",
            "disabled",
            "reEnabled",
            "fixed",
            "tookMs",
            "totalPackagesInAPI",
            "totalIPStockEntries",
            "held",
        ] {
            assert!(summary[name].is_u64(), "{name}");
        }
        assert_eq!((&summary["created"], &summary["totalPackagesInAPI"]), (&json!(20), &json!(20)));
        assert_eq!(first["results"].as_array().unwrap().len(), 20);
        let result = first["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["name"] == SOLD)
            .unwrap()
            .clone();
        assert_eq!(
            (&result["action"], &result["pid"], &result["qty"]),
            (&json!("created"), &json!("6"), &json!(12))
        );
        assert_eq!((&result["available"], &result["status"]), (&json!(true), &json!("active")));
        let second = scheduled(&house).await.json();
        assert!(second["results"].as_array().unwrap().iter().all(|r| r["action"] == "unchanged"));
    })
    .await;
}

#[tokio::test]
async fn a_sync_that_cannot_read_the_list_says_why() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let before = house.ask(get("/api/ipstock")).await.json();
        house.upstream.doorway(sim::smartvps::Doorway::Refuse).await;
        let failed = scheduled(&house).await;
        assert_eq!((failed.status.as_u16(), failed.problem().as_str()), (502, "outside-failed"));
        assert_eq!(house.ask(get("/api/ipstock")).await.json(), before);
    })
    .await;
}

#[tokio::test]
async fn staff_see_everything_of_an_order_and_customers_do_not() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        house.upstream.next(Op::Buyvps, Lie::hand_out(OTHER));
        let order = house.order(&house.ada).await;
        assert_eq!(house.pay(&order).await.json()["paymentStatus"], "paid");
        house.until(&order, "provisioning_failed").await;
        let id = order["orderId"].as_str().unwrap();
        let all = house.ask(get(&format!("/api/admin/orders/{id}")).by(&house.sam)).await.json();
        assert_eq!(all["servers"][0]["address"], "103.182.44.18");
        assert_eq!(
            (&all["servers"][0]["state"], &all["servers"][0]["verdict"]),
            (&json!("quarantined"), &json!("Mismatch"))
        );
        let attempt = &all["attempts"][0];
        assert_eq!(
            (&attempt["state"], &attempt["packageId"], &attempt["packageName"]),
            (&json!("answered"), &json!("6"), &json!(SOLD))
        );
        for name in ["permittedAt", "deadline", "tailEndsAt"] {
            assert!(attempt[name].is_string(), "{name}");
        }
        assert_eq!(all["servers"][0]["attemptId"], attempt["id"]);
        assert_eq!(
            (&all["frozen"]["packageName"], &all["frozen"]["packageId"]),
            (&json!(SOLD), &json!("6"))
        );
        assert!(all["nextActions"].as_array().unwrap().contains(&json!("reprovision")));
        let mut sums = std::collections::BTreeMap::<String, i64>::new();
        for row in all["ledger"].as_array().unwrap() {
            *sums.entry(row["transaction"].to_string()).or_default() +=
                row["amount"].as_i64().unwrap();
        }
        assert!(!sums.is_empty() && sums.values().all(|sum| *sum == 0), "{sums:?}");
        assert!(!all.to_string().contains("assword\":\""));
        let theirs = house.ask(get(&format!("/api/orders/{id}")).by(&house.ada)).await;
        let text = String::from_utf8(theirs.body.clone()).unwrap();
        assert!(!text.contains("103.182.44"), "{text}");
        assert_eq!(theirs.json()["status"], "provisioning_failed");
        let strays = house.ask(get("/api/admin/quarantine").by(&house.sam)).await.json();
        assert_eq!(
            (&strays["items"][0]["address"], &strays["items"][0]["orderId"]),
            (&json!("103.182.44.18"), &json!(id))
        );
        let waiting = house.ask(get("/api/admin/needs-attention").by(&house.sam)).await.json();
        assert_eq!(waiting["items"][0]["orderId"], id);
        let alerts = house.ask(get("/api/admin/alerts").by(&house.sam)).await.json();
        assert!(
            alerts["items"].as_array().unwrap().iter().any(|alert| alert["subject"] == id),
            "{alerts}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_five_checks_stand_side_by_side() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        let path =
            format!("/api/dev/check-order-ipstock?orderId={}", order["orderId"].as_str().unwrap());
        let found = house.ask(get(&path).by(&house.sue)).await.json();
        assert_eq!(found["order"]["_id"], order["orderId"]);
        assert_eq!(found["smartvpsConfig"], json!({"packagePid": "6", "packageName": SOLD}));
        assert_eq!(found["ipStock"]["displayName"], "🌊 103.181.91");
        assert_eq!(
            found["apiPackage"],
            json!({"id": "6", "name": SOLD, "ipv4": 12, "status": "active"})
        );
        assert_eq!(
            (&found["diagnosis"]["ipMatches"], &found["apiPackageFound"]),
            (&Value::Null, &json!(true))
        );
        assert_eq!(found["diagnosis"]["issue"], "✅ Perfect match");
        assert!(found["duplicates"].is_array() && found["allAvailablePackages"].is_array());
        house.upstream.doorway(sim::smartvps::Doorway::Refuse).await;
        let stored = house.ask(get(&path).by(&house.sue)).await;
        assert_eq!(stored.status, 200);
        assert!(stored.json()["apiError"].is_string() && stored.json()["apiPackage"].is_null());
    })
    .await;
}

#[tokio::test]
async fn another_package_by_hand_needs_the_customers_consent() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        house.upstream.next(Op::Buyvps, Lie::hand_out(OTHER));
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "provisioning_failed").await;
        let manual = |package: &str, consent: Value| {
            let wish = json!({
                "orderId": order["orderId"], "packageName": package, "ram": "8", "consent": consent,
                "somethingElse": true,
            });
            post("/api/smartvps/manual-provision", wish).by(&house.sue)
        };
        assert_eq!(house.ask(manual("no such", Value::Null)).await.problem(), "not-found");
        let bare = house.ask(manual("103.82.72", Value::Null)).await;
        assert_eq!((bare.status.as_u16(), bare.problem().as_str()), (422, "consent-needed"));
        let agreed = house.ask(manual("103.82.72", json!("yes, please: Ada"))).await;
        assert_eq!(agreed.status, 200, "{agreed:?}");
        assert_eq!(agreed.json()["productName"], "🌊 103.82.72");
        let active = house.until(&order, "active").await;
        let address = active["provisionedIP"].as_str().unwrap_or_default();
        assert!(address.starts_with("103.82.72."), "{active}");
    })
    .await;
}

#[tokio::test]
async fn many_orders_are_extended_at_once_each_for_itself() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let (one, two) = (house.order(&house.ada).await, house.order(&house.ada).await);
        house.pay(&one).await;
        house.until(&one, "active").await;
        let orders = json!([one["orderId"], two["orderId"]]);
        let wish = json!({"kind": "extend", "orders": orders, "days": 7, "reason": "sorry"});
        let bare = house.ask(post("/api/admin/remedies", wish.clone()).by(&house.sue)).await;
        assert_eq!(bare.problem(), "needs-version");
        let done =
            house.ask(post("/api/admin/remedies", wish).by(&house.sue).key("bulk")).await.json();
        assert_eq!(done["done"], 1);
        assert_eq!(
            (&done["results"][0]["success"], &done["results"][1]["success"]),
            (&json!(true), &json!(false))
        );
        assert!(done["results"][1]["error"].as_str().unwrap().contains("extend"));
    })
    .await;
}

#[tokio::test]
async fn the_switches_answer_how_they_stand() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        for (path, body, expected) in [
            (
                "/api/admin/providers/smartvps/pause",
                json!({"reason": "test"}),
                json!({"provider": "smartvps", "paused": true}),
            ),
            (
                "/api/admin/providers/smartvps/resume",
                json!({}),
                json!({"provider": "smartvps", "paused": false}),
            ),
            ("/api/admin/selling/stop", json!({}), json!({"selling": false})),
            ("/api/admin/selling/start", json!({}), json!({"selling": true})),
            (
                "/api/admin/purchasing/resume",
                json!({"reason": "looked"}),
                json!({"purchasing": true}),
            ),
        ] {
            let answer = house.ask(post(path, body).by(&house.sue)).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (200, expected), "{path}");
        }
        let audit = house.ask(get("/api/admin/audit?limit=500").by(&house.sue)).await.json();
        let text = audit.to_string();
        for action in [
            "pause-provider",
            "resume-provider",
            "selling-stop",
            "selling-start",
            "resume-purchasing",
        ] {
            assert!(text.contains(action), "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_product_is_changed_whole_or_not_at_all() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let path = format!("/api/admin/products/{}", house.product("Premium VPS").await);
        let half = json!({"displayName": "Premium", "published": true});
        assert_eq!(house.ask(patch(&path, half).by(&house.sue)).await.problem(), "invalid-product");
        let (cidrs, costs) =
            (["172.111.48.0/24"], json!({"8GB": {"amount": 50_000, "currency": "INR"}}));
        let whole = json!({"displayName": "Premium", "cidrs": cidrs, "costs": costs});
        let changed = house.ask(patch(&path, whole).by(&house.sue)).await.json();
        assert_eq!(
            (&changed["displayName"], &changed["published"]),
            (&json!("Premium"), &json!(true))
        );
        assert_eq!(changed["costs"]["8GB"], json!({"amount": 50_000, "currency": "INR"}));
        let stale = json!({"displayName": "Other", "version": 1});
        assert_eq!(house.ask(patch(&path, stale).by(&house.sue)).await.problem(), "stale-version");
    })
    .await;
}

#[tokio::test]
async fn a_stray_that_staff_found_is_ours_and_on_the_list() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish =
            json!({"provider": "smartvps", "address": "103.182.44.99", "reason": "on the invoice"});
        let made = house.ask(post("/api/admin/quarantine", wish.clone()).by(&house.sue)).await;
        assert_eq!(made.status, 201, "{made:?}");
        let list = house.ask(get("/api/admin/quarantine").by(&house.sue)).await.json();
        assert_eq!(list["items"][0]["address"], "103.182.44.99");
        assert_eq!(
            house.ask(post("/api/admin/quarantine", wish).by(&house.sue)).await.problem(),
            "address-in-use"
        );
    })
    .await;
}

#[tokio::test]
async fn a_trouble_that_only_a_person_can_judge_ends_by_a_persons_word() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let settle = |kind: &str, subject: &str, reason: &str| {
            let wish = json!({"kind": kind, "subject": subject, "reason": reason});
            post("/api/admin/alerts/settle", wish)
        };
        let looked = || settle("packages-new", "smartvps", "prices are right");
        assert_eq!(house.ask(looked().by(&house.ada)).await.status, 403);
        let mute = house.ask(settle("packages-new", "smartvps", " ").by(&house.sam)).await;
        assert_eq!((mute.status.as_u16(), mute.problem()), (422, "invalid-reason".into()));
        let settled = house.ask(looked().by(&house.sam)).await.json();
        assert!(settled["resolvedAt"].is_string(), "{settled}");
        let alerts = house.ask(get("/api/admin/alerts").by(&house.sam)).await.json();
        let rows = alerts["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["kind"] == "packages-new").unwrap();
        assert!(row["resolvedAt"].is_string());
        let audit = house.ask(get("/api/admin/audit").by(&house.sue)).await.json();
        assert_eq!(audit["items"][0]["action"], "settle-alert");
        assert!(audit["items"][0].to_string().contains("packages-new: prices are right"));
        assert_eq!(house.ask(looked().by(&house.sam)).await.problem(), "not-found");
        // What has an end of its own is not talked away.
        house.engine.selling_stop("sue", "stocktaking").await.unwrap();
        let refused = house.ask(settle("selling-stopped", "shop", "x").by(&house.sue)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "not-now".into()));
    })
    .await;
}

#[tokio::test]
async fn staff_silence_alerts_for_a_time_and_end_that() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = |hours: u32| json!({"kind": "packages-new", "hours": hours, "reason": "known"});
        let ask = |hours: u32| post("/api/admin/alerts/silences", wish(hours));
        assert_eq!(house.ask(ask(2).by(&house.ada)).await.status, 403);
        let wrong = house.ask(ask(169).by(&house.sam)).await;
        assert_eq!((wrong.status.as_u16(), wrong.problem()), (422, "invalid-hours".into()));
        let set = house.ask(ask(2).by(&house.sam)).await;
        assert_eq!(set.status, 201);
        let set = set.json();
        assert_eq!((&set["open"], &set["subject"]), (&json!(1), &json!(null)), "{set}");
        let list = house.ask(get("/api/admin/alerts/silences").by(&house.sue)).await.json();
        assert_eq!(list["items"], json!([set]));
        let end = format!("/api/admin/alerts/silences/{}/end", set["id"].as_str().unwrap());
        assert_eq!(house.ask(post(&end, json!({})).by(&house.sue)).await.status, 204);
        assert_eq!(house.ask(post(&end, json!({})).by(&house.sue)).await.problem(), "not-found");
        let list = house.ask(get("/api/admin/alerts/silences").by(&house.sue)).await.json();
        assert_eq!(list["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn money_goes_back_in_part_and_staff_enter_what_they_paid_by_hand() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let id = order["orderId"].as_str().unwrap();
        let remedies = format!("/api/admin/orders/{id}/remedies");
        let refund = |more: Value| {
            let mut wish = json!({"kind": "refund", "reason": "slow"});
            wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            post(&remedies, wish).by(&house.sue)
        };
        let half = house.ask(refund(json!({"amount": 5000})).key("half-said")).await;
        assert_eq!(half.problem(), "invalid-amount", "{half:?}");
        let much = json!({"amount": 9_900_000, "currency": "INR"});
        assert_eq!(house.ask(refund(much).key("much")).await.problem(), "invalid-amount");
        let done =
            house.ask(refund(json!({"amount": 5000, "currency": "INR"})).key("part")).await.json();
        assert_eq!(done["order"]["status"], "active", "{done}");

        let shown =
            async || house.ask(get(&format!("/api/admin/orders/{id}")).by(&house.sue)).await.json();
        let planned = shown().await["refunds"][0].clone();
        let told = ["state", "amount", "currency", "gateway"].map(|name| planned[name].clone());
        assert_eq!(told, [json!("by_hand"), json!(5000), json!("INR"), json!("bank")]);
        let path = format!("/api/admin/refunds/{}/paid-by-hand", planned["id"].as_str().unwrap());
        let paid = |by| post(&path, json!({"reference": "UTR-1"})).by(by);
        assert_eq!(house.ask(paid(&house.sam)).await.status, 403);
        let answer = house.ask(paid(&house.sue)).await.json();
        assert_eq!(answer["paymentStatus"], "partly_refunded", "{answer}");
        assert_eq!(shown().await["refunds"][0]["reference"], "UTR-1");
        let unknown = post("/api/admin/refunds/rfd_none/paid-by-hand", json!({"reference": "x"}));
        assert_eq!(house.ask(unknown.by(&house.sue)).await.status, 404);
    })
    .await;
}
