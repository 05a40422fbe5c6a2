//! Errands: one at a time per server, each of their requests once, and what is known of power.

use domain::clock::Clock;
use domain::errand::{Outcome, Wish};
use domain::id::{ErrandId, OperationId, OrderId, ServerId};
use domain::order::Event;
use domain::os::Os;
use domain::power::{Look, Power};
use store::errand::{NewErrand, UnderWay};
use store::job::{Kind, NewJob};
use store::operation::OperationState;
use store::server::{NewVerdict, Told};

use super::given::{self, HERE, done, moved, refused, stale, tried};
use crate::support::{TestDb, for_each_database};

async fn delivered(shop: &TestDb) -> (OrderId, ServerId) {
    let package = given::package(shop, "91", 9).await;
    let (order, server) = given::verifying(shop, &given::ordered(shop, &package).await, HERE).await;
    let id = server.clone();
    done(shop, move |tx| {
        let read = tx.server(&id)?;
        let told = Told { credentials: Some(vec![1, 2, 3]), ..Told::default() };
        let verdict = domain::block::Verdict::Match;
        tx.judge_server(&read, &NewVerdict { verdict, why: None, told: &told, doubted: false })
    })
    .await;
    let order = moved(shop, &order, Event::Matched).await;
    let order = moved(shop, &order, Event::Delivered).await;
    (order.id, server)
}

/// Asks for something to be done; refused while something else is.
async fn asked(
    shop: &TestDb,
    (order, server): &(OrderId, ServerId),
    wish: Wish,
) -> store::db::Result<ErrandId> {
    let id = ErrandId::mint(shop.clock.now(), &shop.chance);
    let (new, order, server) = (id.clone(), order.clone(), server.clone());
    let insert = move |tx: &mut store::db::Tx<'_>| {
        tx.insert_errand(&NewErrand {
            id: &new,
            server: &server,
            order: &order,
            wish,
            os: Some(Os::Centos7),
            chooses_os: true,
            sign_in_stood: true,
            asked_by: "acc_ada",
        })
    };
    tried(shop, insert).await.map(|()| id)
}

async fn under_way(shop: &TestDb, id: &ErrandId) -> UnderWay {
    let id = id.to_string();
    done(shop, move |tx| tx.errand_under_way(&id)).await.expect("it is there")
}

#[tokio::test]
async fn a_server_has_one_errand_at_a_time_and_what_has_ended_stays() {
    for_each_database(async |shop| {
        let theirs = delivered(shop).await;
        let first = asked(shop, &theirs, Wish::ChangeOs).await.unwrap();
        let second = asked(shop, &theirs, Wish::Stop).await;
        assert!(refused(&second), "{second:?}");
        let stranded = done(shop, |tx| tx.stranded_errands("", 10)).await;
        assert_eq!((stranded[0].id.as_str(), &stranded[0].order), (first.as_str(), &theirs.0));
        let after = first.to_string();
        assert!(done(shop, move |tx| tx.stranded_errands(&after, 10)).await.is_empty());
        let end = |outcome: Outcome| {
            let id = first.clone();
            tried(shop, move |tx| tx.end_errand(&id, &outcome, Some("seen twice")))
        };
        let id = first.clone();
        done(shop, move |tx| tx.doubt_errand(&id)).await;
        end(Outcome::Wrong(String::new())).await.unwrap();
        assert!(stale(&end(Outcome::Done).await));
        let id = first.clone();
        assert!(stale(&tried(shop, move |tx| tx.doubt_errand(&id)).await));
        let third = asked(shop, &theirs, Wish::Stop).await.unwrap();
        let server = theirs.1.clone();
        let all = done(shop, move |tx| tx.errands(&server, 10)).await;
        assert_eq!(all.len(), 2);
        let ended = all.iter().find(|one| one.id == first).expect("it is there");
        assert_eq!(ended.outcome, Some(Outcome::Wrong("seen twice".into())));
        assert!(ended.doubted_at.is_some() && ended.ended_at.is_some());
        assert!(all.iter().any(|one| one.id == third && one.outcome.is_none()));
        assert!(done(shop, |tx| tx.errand_under_way("err_unknown")).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn each_request_of_an_errand_is_planned_once_and_one_at_a_time() {
    for_each_database(async |shop| {
        let theirs = delivered(shop).await;
        let id = asked(shop, &theirs, Wish::ChangeOs).await.unwrap();
        let found = under_way(shop, &id).await;
        assert_eq!((found.errand.wish, found.errand.os), (Wish::ChangeOs, Some(Os::Centos7)));
        assert!(found.errand.chooses_os && found.errand.sign_in_stood);
        assert!(found.errand.outcome.is_none() && found.operations.is_empty());
        let plan = |step: usize, kind: &'static str| {
            let new = OperationId::mint(shop.clock.now(), &shop.chance);
            let (errand, id) = (found.errand.clone(), new.clone());
            async move {
                let os = Some(Os::Centos7);
                let insert = move |tx: &mut store::db::Tx<'_>| {
                    tx.insert_step(&new, (&errand, step), (kind, os))
                };
                tried(shop, insert).await.map(|()| id)
            }
        };
        let chosen = plan(0, "changeos").await.unwrap();
        assert!(refused(&plan(1, "format").await), "one request at a time");
        done(shop, move |tx| tx.end_operation(&chosen, OperationState::Done, None)).await;
        assert!(refused(&plan(0, "changeos").await), "no request a second time");
        plan(1, "format").await.unwrap();
        let planned = under_way(shop, &id).await.operations;
        let steps: Vec<_> = planned.into_iter().map(|one| (one.step, one.kind)).collect();
        assert_eq!(steps, [(Some(0), "changeos".into()), (Some(1), "format".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_in_doubt_stands_again_only_where_it_was_not_renewed() {
    for_each_database(async |shop| {
        let (_, server) = delivered(shop).await;
        let id = server.clone();
        done(shop, move |tx| tx.doubt_sign_in(&id, Some("old"))).await;
        let id = server.clone();
        let doubted = done(shop, move |tx| tx.server(&id)).await;
        assert_eq!((doubted.verdict, doubted.password_before.as_deref()), (None, Some("old")));
        assert!(doubted.credentials.is_some(), "kept, should nothing come of it");
        let read = doubted.clone();
        done(shop, move |tx| tx.trust_sign_in(&read)).await;
        assert!(stale(&tried(shop, move |tx| tx.trust_sign_in(&doubted)).await));
        let trusted = done(shop, move |tx| tx.server(&server)).await;
        assert_eq!(trusted.verdict, Some(domain::block::Verdict::Match));
        assert_eq!(trusted.password_before, None);
    })
    .await;
}

#[tokio::test]
async fn of_two_looks_at_power_the_later_question_counts() {
    for_each_database(async |shop| {
        let (_, server) = delivered(shop).await;
        let note = async |power, seconds: i64, fault: Option<&'static str>| {
            let id = server.clone();
            let at = domain::clock::Timestamp::from_millis(seconds * 1_000);
            done(shop, move |tx| tx.note_power(&id, (power, at), fault)).await;
            let id = server.clone();
            done(shop, move |tx| tx.power(&id)).await.look
        };
        let id = server.clone();
        let nothing = done(shop, move |tx| tx.power(&id)).await;
        assert!(nothing.look.is_none() && !nothing.asking);
        let id = server.clone();
        let asking = done(shop, move |tx| {
            let run_at = tx.now()?;
            let subject = id.as_str();
            tx.put_job(&NewJob { kind: Kind::Power, subject, lane: "power", run_at }, None)?;
            tx.power(&id)
        });
        assert!(asking.await.asking);
        let at = |seconds: i64| domain::clock::Timestamp::from_millis(seconds * 1_000);
        let running = Some(Look { power: Power::Running, asked_at: at(20) });
        assert_eq!(note(Power::Running, 20, None).await, running);
        assert_eq!(note(Power::Stopped, 10, None).await, running);
        let unknown = Some(Look { power: Power::Unknown, asked_at: at(30) });
        assert_eq!(note(Power::Unknown, 30, Some("nobody answered")).await, unknown);
    })
    .await;
}
