//! Attempts and operations: one permit each, one answer per permit, and what stays in doubt.

use domain::attempt::{Event as Did, State};
use domain::clock::Clock;
use domain::id::{AttemptId, OperationId};
use domain::money::Currency;
use domain::order::{Event, Stage};
use domain::os::Os;
use store::attempt::{Attempt, NewAnswer};
use store::operation::OperationState;

use super::given::{self, HERE, MINUTE, SHOP, done, moved, refused, stale, tried};
use crate::support::{TestDb, for_each_database};

async fn read(shop: &TestDb, id: &AttemptId) -> Attempt {
    let id = id.clone();
    done(shop, move |tx| tx.attempt(&id)).await
}

#[tokio::test]
async fn a_permit_is_given_once() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, attempt) = given::paid(shop, &given::ordered(shop, &package).await).await;
        let id = attempt.clone();
        done(shop, move |tx| tx.count_try(&id)).await;
        let planned = read(shop, &attempt).await;
        assert_eq!((planned.state, planned.tries, planned.deadline), (State::Planned, 1, None));
        assert_eq!((planned.order, planned.pid.as_str()), (order.id.clone(), "91"));
        // Of many that want to give it, one does.
        let give = |at: usize| {
            let id = attempt.clone();
            let nonce = format!("nonce{at}");
            tried(shop, move |tx| given::permit_in(tx, &id, &nonce))
        };
        let given = futures_util::future::join_all((0..8).map(give)).await;
        let winners: Vec<usize> = (0..8).filter(|&at| given[at].is_ok()).collect();
        assert_eq!(winners.len(), 1, "{given:?}");
        assert!(given.iter().filter(|one| one.is_err()).all(stale), "{given:?}");
        let found = read(shop, &attempt).await;
        assert_eq!((found.state, found.reading_number), (State::Permitted, Some(7)));
        assert_eq!(found.package_name, "103.181.91", "today's name");
        let holds = |nonce: String| {
            let id = attempt.clone();
            done(shop, move |tx| tx.permit_holds(&id, &nonce))
        };
        assert!(holds(format!("nonce{}", winners[0])).await);
        assert!(!holds("nonce8".into()).await, "known to one call alone");
        let id = attempt.clone();
        assert!(stale(&tried(shop, move |tx| tx.count_try(&id)).await), "no try after a permit");
        let id = order.id.clone();
        assert_eq!(done(shop, move |tx| tx.attempts(&id)).await.len(), 1);
        let ask = [attempt.to_string(), "att_unknown".to_owned()];
        let lacking = done(shop, move |tx| tx.permits_lacking(&ask)).await;
        assert_eq!(lacking, ["att_unknown"]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_stored_once_per_permit() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (_, attempt) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        let store = |body: &'static [u8]| {
            let id = attempt.clone();
            done(shop, move |tx| {
                tx.insert_answer(&NewAnswer {
                    permit: id.as_str(),
                    kind: "http",
                    status: Some(200),
                    body: Some(body),
                    reason: None,
                })
            })
        };
        let before = done(shop, |tx| tx.next_number()).await;
        assert!(store(b"first").await);
        assert!(!store(b"second").await);
        let id = attempt.clone();
        let answer = done(shop, move |tx| tx.answer(id.as_str())).await.expect("it was stored");
        assert_eq!(answer.body.as_deref(), Some(b"first".as_slice()));
        assert!(answer.number > before, "numbers order answers among readings");
        assert_eq!((answer.status, answer.kind.as_str()), (Some(200), "http"));
        assert!(done(shop, |tx| tx.answer("att_unknown")).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_may_have_been_bought_is_kept_in_doubt() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let since = shop.now().await;
        let (order, attempt) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        let (beside, second) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        let order = moved(shop, &order, Event::WentUnheard).await;
        assert_eq!(order.standing.stage, Stage::Unheard(attempt.clone()));
        let cost = async || {
            done(shop, move |tx| {
                let other = Currency::parse("USD").expect("a currency");
                assert_eq!(tx.stray_cost(SHOP, since, other)?, 0);
                tx.stray_cost(SHOP, since, Currency::INR)
            })
            .await
        };
        assert_eq!(cost().await, 0, "its answer may still come in time");
        shop.clock.step(4 * MINUTE);
        assert_eq!(cost().await, 99_900);
        let in_tail = async || {
            let id = beside.id.clone();
            let all = done(shop, move |tx| tx.attempts_in_tail(SHOP, &id)).await;
            all.into_iter().map(|attempt| attempt.id).collect::<Vec<_>>()
        };
        assert_eq!(in_tail().await, std::slice::from_ref(&attempt), "and not its own");
        let next = given::attempt_id(shop);
        let order = moved(shop, &order, Event::Reprovisioned { attempt: next.clone() }).await;
        assert_eq!(order.standing.stage, Stage::Planned(next));
        assert_eq!(read(shop, &attempt).await.state, State::Parked);
        assert_eq!((cost().await, in_tail().await.len()), (99_900, 1));
        let id = attempt.clone();
        done(shop, move |tx| tx.move_stray_attempt(&id, Did::Denied)).await;
        let id = attempt.clone();
        let again = tried(shop, move |tx| tx.move_stray_attempt(&id, Did::Parked)).await;
        assert!(stale(&again), "{again:?}");
        assert_eq!(cost().await, 0, "a person says that nothing was bought");
        assert_eq!(in_tail().await.len(), 1, "its answer may come all the same");
        shop.clock.step(10 * MINUTE);
        assert_eq!(in_tail().await.len(), 0);
        assert_eq!(read(shop, &second).await.state, State::Permitted);
    })
    .await;
}

#[tokio::test]
async fn a_server_has_one_operation_at_a_time_and_its_permit_is_given_once() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (_, server) = given::verifying(shop, &given::ordered(shop, &package).await, HERE).await;
        let plan = |kind: &'static str| {
            let id = OperationId::mint(shop.clock.now(), &shop.chance);
            let (new, server) = (id.clone(), server.clone());
            async move {
                let os = Some(Os::Ubuntu22);
                tried(shop, move |tx| tx.insert_operation(&new, &server, (kind, os), "ada"))
                    .await
                    .map(|()| id)
            }
        };
        let first = plan("format").await.unwrap();
        let second = plan("stop").await;
        assert!(refused(&second), "{second:?}");
        let id = first.clone();
        done(shop, move |tx| tx.count_operation_try(&id)).await;
        let permit = |nonce: &'static str| {
            let id = first.clone();
            tried(shop, move |tx| {
                let now = tx.now()?;
                tx.permit_operation(&id, nonce, now + 3 * MINUTE, now + 13 * MINUTE)
            })
        };
        permit("one").await.unwrap();
        assert!(stale(&permit("two").await));
        let id = first.clone();
        let holds = done(shop, move |tx| {
            Ok([tx.operation_permit_holds(&id, "one")?, tx.operation_permit_holds(&id, "two")?])
        })
        .await;
        assert_eq!(holds, [true, false]);
        let ask = [first.to_string()];
        assert!(done(shop, move |tx| tx.permits_lacking(&ask)).await.is_empty());
        let end = |state: OperationState| {
            let id = first.clone();
            tried(shop, move |tx| tx.end_operation(&id, state, Some("told")))
        };
        end(OperationState::Unheard).await.unwrap();
        let third = plan("stop").await.unwrap();
        end(OperationState::Done).await.expect("a late answer still counts");
        assert!(stale(&end(OperationState::Refused).await), "what is certain stays");
        let id = first.clone();
        let found =
            done(shop, move |tx| tx.lookup_operation(id.as_str())).await.expect("it is there");
        assert_eq!((found.state, found.tries), (OperationState::Done, 2));
        assert_eq!((found.os, found.detail.as_deref()), (Some(Os::Ubuntu22), Some("told")));
        let of = server.clone();
        let all = done(shop, move |tx| tx.operations(&of)).await;
        assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&first, &third]);
    })
    .await;
}
