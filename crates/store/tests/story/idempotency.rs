//! Requests that come twice: one does the work, the other gets its answer.

use std::time::Duration;

use store::db::StoreError;
use store::idempotency::{AnswerClaim, Claimed, SavedAnswer};

use super::given::{done, tried};
use crate::support::{TestDb, for_each_database};

const HOUR: Duration = Duration::from_secs(60 * 60);
const CLAIM_FOR: Duration = Duration::from_secs(30);

fn claim(key: &str, nonce: &str) -> AnswerClaim {
    let (account, route) = ("acc_1".to_owned(), "POST /api/createOrder".to_owned());
    AnswerClaim { account, route, key: key.into(), nonce: nonce.into() }
}

async fn claimed(shop: &TestDb, claim: &AnswerClaim, body: &'static str) -> Claimed {
    let claim = claim.clone();
    done(shop, move |tx| tx.claim_answer(&claim, body, CLAIM_FOR)).await
}

fn answer(status: u16) -> SavedAnswer {
    SavedAnswer { status, content_type: "application/json".into(), body: b"{\0}".to_vec() }
}

#[tokio::test]
async fn a_request_that_comes_twice_is_answered_once() {
    for_each_database(async |shop| {
        let (one, two) = (claim("k", "one"), claim("k", "two"));
        assert_eq!(claimed(shop, &one, "a").await, Claimed::Ours { effect: None });
        assert_eq!(claimed(shop, &two, "a").await, Claimed::Busy);
        assert_eq!(claimed(shop, &two, "b").await, Claimed::OtherBody);
        let late = two.clone();
        let stale = tried(shop, move |tx| tx.save_answer(&late, &answer(500))).await;
        assert!(matches!(stale, Err(StoreError::Stale(_))), "{stale:?}");

        let mine = one.clone();
        done(shop, move |tx| tx.save_answer(&mine, &answer(201))).await;
        assert_eq!(claimed(shop, &two, "a").await, Claimed::Answered(answer(201)));
        assert_eq!(claimed(shop, &two, "b").await, Claimed::OtherBody);
        let twice = tried(shop, move |tx| tx.save_answer(&one, &answer(200))).await;
        assert!(matches!(twice, Err(StoreError::Stale(_))), "{twice:?}");

        let secret = claim("s", "one");
        assert_eq!(claimed(shop, &secret, "a").await, Claimed::Ours { effect: None });
        let mine = secret.clone();
        done(shop, move |tx| tx.save_secret_answer(&mine, 200)).await;
        assert_eq!(claimed(shop, &secret, "a").await, Claimed::AnsweredSecret);
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_does_the_work() {
    for_each_database(async |shop| {
        let nodes = [shop.db.clone(), shop.another_node().await];
        let tries = (0..20).map(|number| {
            let claim = claim("k", &format!("nonce {number}"));
            nodes[number % 2].write(move |tx| tx.claim_answer(&claim, "a", CLAIM_FOR))
        });
        let outcomes = futures_util::future::join_all(tries).await;
        let outcomes: Vec<Claimed> = outcomes.into_iter().map(|it| it.expect(shop.kind)).collect();
        nodes[1].close();
        let ours = |outcome: &&Claimed| matches!(outcome, Claimed::Ours { .. });
        assert_eq!(outcomes.iter().filter(ours).count(), 1, "{}", shop.kind);
        let busy = |outcome: &&Claimed| matches!(outcome, Claimed::Busy);
        assert_eq!(outcomes.iter().filter(busy).count(), 19, "{}", shop.kind);
    })
    .await;
}

#[tokio::test]
async fn a_dead_holder_leaves_its_effect_and_can_add_none() {
    for_each_database(async |shop| {
        let (dead, next) = (claim("k", "dead"), claim("k", "next"));
        assert_eq!(claimed(shop, &dead, "a").await, Claimed::Ours { effect: None });
        shop.clock.step(CLAIM_FOR + Duration::from_secs(1));
        assert_eq!(claimed(shop, &next, "a").await, Claimed::Ours { effect: None });

        // Its work is undone with the note that it could not leave.
        let late = dead.clone();
        let work = tried(shop, move |tx| {
            tx.set_setting("done by the dead", "yes", "test")?;
            tx.note_effect(&late, "ord_1")
        });
        assert!(matches!(work.await, Err(StoreError::Stale(_))));
        assert_eq!(done(shop, |tx| tx.setting("done by the dead")).await, None);

        let mine = next.clone();
        done(shop, move |tx| tx.note_effect(&mine, "ord_2")).await;
        let (mine, late) = (next.clone(), dead.clone());
        done(shop, move |tx| tx.release_answer(&mine)).await;
        done(shop, move |tx| tx.release_answer(&late)).await;
        let noted = Claimed::Ours { effect: Some("ord_2".into()) };
        assert_eq!(claimed(shop, &dead, "a").await, noted);

        // Without an effect a release leaves nothing behind.
        let free = claim("free", "one");
        claimed(shop, &free, "a").await;
        let mine = free.clone();
        done(shop, move |tx| tx.release_answer(&mine)).await;
        assert_eq!(claimed(shop, &free, "b").await, Claimed::Ours { effect: None });

        shop.clock.step(HOUR);
        assert_eq!(done(shop, |tx| tx.prune_answers(2 * HOUR, 50)).await, 0);
        assert_eq!(done(shop, |tx| tx.prune_answers(HOUR / 2, 1)).await, 1);
        assert_eq!(done(shop, |tx| tx.prune_answers(HOUR / 2, 50)).await, 1);
    })
    .await;
}
