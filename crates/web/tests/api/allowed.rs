//! Who may do what, over every route at once, and what strangers learn.

use engine::permission::{AccountRef, Act, Role, Scope, SecondFactor, Via, Visitor};
use http::Method;
use serde_json::json;
use web::routes::Declared;
use web::rule::Asks;

use crate::database::for_each_database;
use crate::house::{Ask, House, PASSWORD, Someone, TOKEN, get, post};

fn knock(route: &Declared) -> Ask {
    let path = route.path.replace("{id}", "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let ask = Ask { method: route.method.clone(), ..post(&path, json!({})) };
    if route.method == Method::GET { get(&path) } else { ask }
}

/// What the house itself says of a role and an act.
fn may(someone: &Someone, role: Role, act: Act) -> bool {
    let chance = crate::database::Counting::default();
    let via =
        Via::Key(domain::id::ApiKeyId::mint(domain::clock::Timestamp::from_millis(0), &chance));
    let (email, name) = (String::new(), String::new());
    let (id, scopes, proved) = (someone.id.clone(), Vec::new(), true);
    let second_factor = SecondFactor::Off;
    let account = AccountRef {
        id,
        role,
        email,
        verified: true,
        name,
        scopes,
        via,
        proved,
        second_factor,
        language: None,
        acting: None,
    };
    Visitor::Account(account).may(act).is_ok()
}

#[tokio::test]
async fn every_route_keeps_out_whoever_may_not() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let people =
            [(&house.ada, Role::Customer), (&house.sam, Role::Support), (&house.sue, Role::Admin)];
        for route in &house.declared {
            let name = format!("{} {}", route.method, route.path);
            let act = match route.asks {
                // Who may read the metrics is told in `watching.rs`.
                Asks::Nothing | Asks::Anybody | Asks::Watcher => continue,
                Asks::Account => None,
                Asks::Act(act) | Asks::TokenOr(act) => Some(act),
            };
            let nobody = house.ask(knock(route)).await;
            assert_eq!(
                (nobody.status.as_u16(), nobody.problem().as_str()),
                (401, "unauthenticated"),
                "{name}"
            );
            for (someone, role) in &people {
                let answer = house.ask(knock(route).by(someone)).await;
                if act.is_none_or(|act| may(someone, *role, act)) {
                    assert!(
                        ![401, 403].contains(&answer.status.as_u16()),
                        "{name} {role:?}: {answer:?}"
                    );
                } else {
                    assert_eq!(
                        (answer.status.as_u16(), answer.problem().as_str()),
                        (403, "forbidden"),
                        "{name}"
                    );
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn another_customers_order_does_not_exist() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        let (id, number) =
            (order["orderId"].as_str().unwrap(), order["orderNumber"].as_str().unwrap());
        for name in [id, number] {
            for ask in [
                get(&format!("/api/orders/{name}")),
                post(&format!("/api/orders/{name}/pay"), json!({})),
                post(&format!("/api/orders/{name}/credentials"), json!({})),
                post(&format!("/api/orders/{name}/choice"), json!({"choice": "wait"})),
                post(&format!("/api/orders/{name}/cancel"), json!({})),
                post("/api/confirmOrder", json!({"orderId": name})),
            ] {
                let theirs = house.ask(ask.clone().by(&house.eve)).await;
                assert_eq!(
                    (theirs.status.as_u16(), theirs.problem().as_str()),
                    (404, "not-found"),
                    "{ask:?}"
                );
                let own = house.ask(ask.clone().by(&house.ada)).await;
                assert_ne!(own.status, 404, "{ask:?}");
            }
        }
        let list = house.ask(get("/api/orders").by(&house.eve)).await.json();
        assert_eq!(list["items"], json!([]));
        let all = house.ask(get("/api/orders").by(&house.sam)).await.json();
        assert_eq!(all["items"][0]["orderNumber"], number);
    })
    .await;
}

#[tokio::test]
async fn support_may_not_give_value_or_look_at_passwords() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let order = house.order(&house.ada).await;
        let id = order["orderId"].as_str().unwrap();
        let path = format!("/api/admin/orders/{id}/remedies");
        let wish = |kind: &str| json!({"kind": kind, "reason": "test", "version": 1});
        for kind in ["refund", "reprovision", "extend", "cancel", "write-off", "end", "credit"] {
            let answer = house.ask(post(&path, wish(kind)).by(&house.sam)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.problem().as_str()),
                (403, "forbidden"),
                "{kind}"
            );
        }
        for kind in ["wait", "adopt", "nothing-bought", "accept"] {
            let answer = house.ask(post(&path, wish(kind)).by(&house.sam)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.problem().as_str()),
                (409, "not-now"),
                "{kind}"
            );
        }
        let look = post(&format!("/api/orders/{id}/credentials"), json!({}));
        assert_eq!(house.ask(look.clone().by(&house.sam)).await.status, 404);
        assert_eq!(house.ask(look.by(&house.sue)).await.problem(), "not-delivered");
    })
    .await;
}

#[tokio::test]
async fn a_key_with_scopes_opens_those_alone() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let made =
            house.engine.create_api_key(&house.sue.id, &[Scope::OrdersRead], "test").await.unwrap();
        let narrow = Someone { key: made.key.expose().to_owned(), ..house.sue.clone() };
        assert_eq!(house.ask(get("/api/orders").by(&narrow)).await.status, 200);
        let refused = house.ask(get("/api/admin/products").by(&narrow)).await;
        assert_eq!(refused.problem(), "forbidden");
        assert!(refused.json()["detail"].as_str().unwrap().contains("catalogue:write"));
        assert_eq!(
            house.ask(get("/api/account").by(&narrow)).await.json()["scopes"],
            json!(["orders:read"])
        );
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_is_refused_even_beside_a_session() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let cookie = sign_in(&house).await;
        let wrong = Someone { key: format!("bk_{}", "0".repeat(64)), ..house.ada.clone() };
        assert_eq!(house.ask(get("/api/orders").with("cookie", &cookie)).await.status, 200);
        let answer = house.ask(get("/api/orders").with("cookie", &cookie).by(&wrong)).await;
        assert_eq!(answer.problem(), "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let basic = get("/api/orders").with("cookie", &cookie).with("authorization", "Basic YTpi");
        assert_eq!(house.ask(basic).await.problem(), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn the_scheduler_comes_in_with_its_token_alone() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sync = |token: &str| {
            let mut ask = post("/api/smartvps/sync", json!({})).with("x-sync-token", token);
            ask.body = b"{ this is no JSON".to_vec();
            ask
        };
        for token in ["", "undefined", "the-scheduler-knows-thi", "the-scheduler-knows-this!"] {
            assert_eq!(house.ask(sync(token)).await.problem(), "unauthenticated", "{token:?}");
        }
        assert_eq!(house.ask(sync(TOKEN)).await.status, 200);
        assert_eq!(house.ask(sync("wrong").by(&house.sue)).await.status, 200);
        assert_eq!(house.ask(sync("wrong").by(&house.ada)).await.problem(), "forbidden");
        let elsewhere = get("/api/admin/products").with("x-sync-token", TOKEN);
        assert_eq!(house.ask(elsewhere).await.problem(), "unauthenticated");
    })
    .await;
}

pub async fn sign_in(house: &House) -> String {
    let wish = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = house.ask(post("/api/account/sign-in", wish)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = answer.header("set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
