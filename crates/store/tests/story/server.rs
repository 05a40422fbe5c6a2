//! Servers: an address lives once at a time, and is judged only as it was when it was looked at.

use std::net::Ipv4Addr;

use domain::block::Verdict;
use domain::id::ServerId;
use domain::order::{Event, Stage};
use domain::os::Os;
use domain::package::Ram;
use domain::server::{Event as Did, State};
use store::db::Tx;
use store::server::{NewServer, NewVerdict, Server, Told};

use super::given::{self, HERE, MINUTE, done, moved, refused, rupees, stale, stray, tried};
use crate::support::{TestDb, for_each_database};

async fn read(shop: &TestDb, id: &ServerId) -> Server {
    let id = id.clone();
    done(shop, move |tx| tx.server(&id)).await
}

async fn live(shop: &TestDb) -> Option<ServerId> {
    done(shop, |tx| tx.live_server(HERE)).await.map(|server| server.id)
}

async fn strayed(shop: &TestDb, address: Ipv4Addr) -> store::db::Result<ServerId> {
    let id = given::server_id(shop);
    let new = id.clone();
    tried(shop, move |tx| tx.insert_server(&stray(&new, address, State::Quarantined))).await?;
    Ok(id)
}

async fn ended(shop: &TestDb, id: &ServerId, event: Did) -> store::db::Result<()> {
    let id = id.clone();
    tried(shop, move |tx| tx.end_stray(&id, event)).await
}

#[tokio::test]
async fn a_live_address_exists_once_and_may_live_again_after_it_ended() {
    for_each_database(async |shop| {
        assert_eq!(live(shop).await, None);
        let first = strayed(shop, HERE).await.unwrap();
        assert_eq!(live(shop).await, Some(first.clone()));
        let second = strayed(shop, HERE).await;
        assert!(refused(&second), "{second:?}");
        strayed(shop, Ipv4Addr::new(103, 181, 91, 51)).await.expect("another address");
        for event in [Did::Ended, Did::Lapsed, Did::WrittenOff] {
            let id = live(shop).await.expect("it lives");
            ended(shop, &id, event).await.unwrap();
            assert_eq!(live(shop).await, None);
            assert!(stale(&ended(shop, &id, event).await), "it ends once");
            let next = strayed(shop, HERE).await.expect("it may live again");
            assert_eq!(live(shop).await, Some(next));
        }
        assert_eq!(read(shop, &first).await.state, State::Ended);
        let held = done(shop, |tx| tx.servers_in(State::Quarantined, "", 10)).await;
        assert_eq!(held.len(), 2);
        let rest =
            done(shop, move |tx| tx.servers_in(State::Quarantined, held[0].id.as_str(), 10)).await;
        assert_eq!(rest.len(), 1);
        assert_eq!(done(shop, |tx| tx.quarantine_total()).await, (2, 2 * 99_900));
    })
    .await;
}

#[tokio::test]
async fn a_verdict_counts_for_what_was_looked_at() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (order, id) = given::verifying(shop, &order, HERE).await;
        let seen = read(shop, &id).await;
        let judge = |seen: Server, verdict: Verdict, doubted: bool| {
            tried(shop, move |tx| {
                let told = Told {
                    ram: doubted.then(|| Ram::gb(8)),
                    credentials: Some(b"sealed".to_vec()),
                    ..Told::default()
                };
                let new = NewVerdict { verdict, why: Some("looked"), told: &told, doubted };
                tx.judge_server(&seen, &new)
            })
        };
        judge(seen.clone(), Verdict::Mismatch, true).await.unwrap();
        let first = read(shop, &id).await;
        assert_eq!((first.verdict, first.ram), (Some(Verdict::Mismatch), Some(Ram::gb(8))));
        assert!(stale(&judge(seen, Verdict::Match, false).await), "it was changed meanwhile");
        shop.clock.step(MINUTE);
        judge(first.clone(), Verdict::Mismatch, true).await.unwrap();
        let second = read(shop, &id).await;
        assert_eq!(second.doubted_at, first.doubted_at, "since it was first seen");
        judge(second, Verdict::Match, false).await.unwrap();
        let third = read(shop, &id).await;
        assert_eq!((third.verdict, third.doubted_at), (Some(Verdict::Match), None));
        assert_eq!((third.ram, third.verdict_why.as_deref()), (Some(Ram::gb(8)), Some("looked")));
        // A reinstall makes what was seen worthless.
        let server = id.clone();
        done(shop, move |tx| tx.expect_new_password(&server, Some("print"), Some(Os::Ubuntu22)))
            .await;
        let fresh = read(shop, &id).await;
        assert_eq!((fresh.verdict, fresh.credentials), (None, None));
        assert_eq!(
            (fresh.password_before.as_deref(), fresh.os_wanted),
            (Some("print"), Some(Os::Ubuntu22))
        );
        assert!(stale(&judge(third, Verdict::Match, false).await));
        let server = id.clone();
        done(shop, move |tx| tx.want_os(&server, None)).await;
        assert_eq!(read(shop, &id).await.os_wanted, None);
        let of = order.id.clone();
        let all = done(shop, move |tx| tx.servers(&of)).await;
        assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&id]);
    })
    .await;
}

#[tokio::test]
async fn a_package_is_being_checked_until_its_server_is_judged() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let checked = async || {
            let id = package.id.clone();
            done(shop, move |tx| tx.package_is_being_checked(id.as_str())).await
        };
        assert!(!checked().await);
        let order = given::ordered(shop, &package).await;
        let (order, _) = given::verifying(shop, &order, HERE).await;
        assert!(checked().await);
        let order = moved(shop, &order, Event::Held).await;
        assert!(checked().await, "also while a person decides");
        let order = moved(shop, &order, Event::RangesConfirmed).await;
        assert!(checked().await);
        moved(shop, &order, Event::Matched).await;
        assert!(!checked().await);
    })
    .await;
}

#[tokio::test]
async fn a_stray_is_given_to_an_order_and_checked_anew() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (order, wrong) = given::verifying(shop, &order, HERE).await;
        let order = moved(shop, &order, Event::Mismatched).await;
        let found = read(shop, &wrong).await;
        assert_eq!(found.state, State::Quarantined);
        assert!(found.quarantined_at.is_some());
        let stray = strayed(shop, Ipv4Addr::new(103, 181, 91, 51)).await.unwrap();
        let (of, attempt, entered) = (order.id.clone(), found.attempt, read(shop, &stray).await);
        let given = entered.clone();
        let give = move |tx: &mut Tx<'_>| {
            let server = self::stray(&given.id, given.address, State::Verifying);
            let (os_wanted, cost) = (Some(Os::Ubuntu22), Some(rupees(500)));
            let (order, attempt) = (Some(&of), attempt.as_ref());
            tx.give_stray(&given, &NewServer { order, attempt, os_wanted, cost, ..server })
        };
        let id = stray.clone();
        done(shop, move |tx| tx.explain_server(&id, "found in the panel")).await;
        done(shop, give.clone()).await;
        let order = moved(shop, &order, Event::Accepted { server: stray.clone() }).await;
        assert_eq!(order.standing.stage, Stage::Verifying(stray.clone()));
        let found = read(shop, &stray).await;
        assert_eq!((found.state, found.quarantined_at), (State::Verifying, None));
        assert_eq!((found.order, found.os_wanted), (Some(order.id.clone()), Some(Os::Ubuntu22)));
        assert_eq!(found.reason.as_deref(), Some("found in the panel"));
        assert!(entered.attempt.is_none() && found.attempt.is_some(), "it came from that purchase");
        assert_eq!((entered.cost, found.cost), (None, Some(rupees(500))));
        let again = tried(shop, give).await;
        assert!(stale(&again), "only out of quarantine: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_expiry_of_an_address_before_is_remembered() {
    for_each_database(async |shop| {
        let old = strayed(shop, HERE).await.unwrap();
        let (seen, until) = (read(shop, &old).await, shop.now().await + 60 * MINUTE);
        done(shop, move |tx| tx.note_expiry(&seen, until, Some("soon"))).await;
        ended(shop, &old, Did::Lapsed).await.unwrap();
        let new = given::server_id(shop);
        let id = new.clone();
        let expiry = done(shop, move |tx| {
            let server = stray(&id, HERE, State::Quarantined);
            tx.insert_server(&NewServer { adopted_by: Some("bob"), ..server })?;
            Ok(tx.server_under_check(&id)?.earlier_expiry)
        })
        .await;
        assert_eq!(expiry, Some(until));
        assert_eq!(read(shop, &new).await.adopted_by.as_deref(), Some("bob"));
        let none = done(shop, move |tx| tx.server_under_check(&old)).await;
        assert_eq!(none.earlier_expiry, None, "the new one has told none yet");
    })
    .await;
}

#[tokio::test]
async fn a_cost_that_staff_enter_is_that_of_what_was_bought_without_one() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, server) =
            given::verifying(shop, &given::ordered(shop, &package).await, HERE).await;
        let asked = async || done(shop, |tx| tx.costs_entered(10)).await;
        assert_eq!(asked().await, []);
        let unknown = async || done(shop, |tx| tx.count_of_unknown_cost(10)).await;
        assert_eq!(unknown().await, 1);
        let price = |cost| {
            format!(
                "INSERT INTO price (product_id, ram_gb, price_minor, cost_minor, currency) \
                 SELECT id, 8, 99900, {cost}, 'INR' FROM product WHERE package_id = '{}'",
                package.id
            )
        };
        shop.by_hand(&price("NULL")).await;
        assert_eq!(asked().await, [], "a price tells no cost");
        shop.by_hand("UPDATE price SET cost_minor = 50000").await;
        let [entered] = &asked().await[..] else { panic!("{}", shop.kind) };
        assert_eq!((&entered.order, &entered.server), (&order.id, &server));
        let known = async || {
            let entered = entered.clone();
            done(shop, move |tx| tx.enter_cost(&entered)).await
        };
        assert!(known().await && !known().await, "{}", shop.kind);
        assert_eq!(read(shop, &server).await.cost, Some(rupees(500)));
        assert_eq!(unknown().await, 0);
        assert_eq!(asked().await, []);
    })
    .await;
}

#[tokio::test]
async fn wrong_servers_of_a_time_are_found_with_what_was_answered() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let mut made = Vec::new();
        for last in 50..53 {
            shop.clock.step(MINUTE);
            let order = given::ordered(shop, &package).await;
            let address = Ipv4Addr::new(103, 181, 91, last);
            made.push(given::verifying(shop, &order, address).await.1);
        }
        for id in [made[0].clone(), made[2].clone()] {
            done(shop, move |tx| {
                let server = tx.server(&id)?;
                let (told, why) = (Told::default(), Some("elsewhere"));
                let verdict = Verdict::Mismatch;
                tx.judge_server(&server, &NewVerdict { verdict, why, told: &told, doubted: false })
            })
            .await;
        }
        let wrong = async |from: usize, until: ServerId| {
            let from = made[from].clone();
            let found = done(shop, move |tx| tx.wrong_servers((&from, &until), 10)).await;
            found.into_iter().map(|server| server.id).collect::<Vec<_>>()
        };
        shop.clock.step(MINUTE);
        let end = given::server_id(shop);
        assert_eq!(wrong(0, end.clone()).await, [made[2].clone(), made[0].clone()]);
        assert_eq!(wrong(1, end).await, [made[2].clone()]);
        assert_eq!(wrong(0, made[2].clone()).await, [made[0].clone()]);
        let id = made[0].clone();
        let bought = done(shop, move |tx| tx.server(&id)).await.attempt.unwrap();
        let asked = [bought.clone()];
        let answered = done(shop, move |tx| tx.answered_of(&asked)).await;
        assert_eq!(answered.len(), 1);
        assert!(answered[0].0.id == bought && answered[0].1.is_none());
        assert!(done(shop, |tx| tx.answered_of(&[])).await.is_empty());
    })
    .await;
}
