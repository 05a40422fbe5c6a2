//! Jobs: once per subject, claimed by one node, and nothing that a lost claim writes stays.

use std::time::Duration;

use domain::clock::Clock;
use domain::id::NodeId;
use store::job::{Claim, Job, Kind, NewJob, job_id};

use super::given::{MINUTE, done, stale, tried};
use crate::support::{TestDb, for_each_database};

const CLAIM_FOR: Duration = Duration::from_secs(30);

pub fn node(shop: &TestDb) -> NodeId {
    NodeId::mint(shop.clock.now(), &shop.chance)
}

async fn put(shop: &TestDb, subject: &'static str, lane: &'static str, wait: Duration) {
    done(shop, move |tx| {
        let run_at = tx.now()? + wait;
        tx.put_job(&NewJob { kind: Kind::Poll, subject, lane, run_at }, None)
    })
    .await;
}

pub async fn claimed(shop: &TestDb, node: &NodeId, full: &[&str], limit: i64) -> Vec<Job> {
    let (node, full) = (node.clone(), full.iter().map(|&lane| lane.to_owned()).collect::<Vec<_>>());
    done(shop, move |tx| tx.claim_jobs(&node, CLAIM_FOR, &full, limit)).await
}

fn subjects(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.subject.as_str()).collect()
}

#[tokio::test]
async fn a_waiting_job_tells_why_it_waits() {
    for_each_database(async |shop| {
        let waiting = shop
            .db
            .write(|tx| {
                let run_at = tx.now()?;
                let job = NewJob { kind: Kind::Poll, subject: "pay_1", lane: "pay:x", run_at };
                tx.put_job(&job, None)?;
                tx.waiting_jobs(10)
            })
            .await
            .unwrap();
        assert_eq!(waiting.len(), 1);
        assert!(waiting[0].starts_with("job_poll_pay_1 try 0"), "{waiting:?}");
    })
    .await;
}

#[tokio::test]
async fn a_job_is_put_once_and_may_be_claimed_at_birth() {
    for_each_database(async |shop| {
        let (us, other) = (node(shop), node(shop));
        let own = us.clone();
        done(shop, move |tx| {
            let run_at = tx.now()?;
            let new = NewJob { kind: Kind::Verify, subject: "a", lane: "x", run_at };
            tx.put_job(&new, Some(&(own.clone(), CLAIM_FOR)))?;
            tx.put_job(&new, None)
        })
        .await;
        assert_eq!(claimed(shop, &other, &[], 10).await.len(), 0, "it is ours already");
        let ours = Claim { job: job_id(Kind::Verify, "a"), number: 1 };
        let claim = ours.clone();
        done(shop, move |tx| tx.fence(&claim, CLAIM_FOR)).await;
        assert_eq!(done(shop, |tx| tx.next_due()).await.1, 0);
        // The process that made it died: another takes over when the claim ends.
        shop.clock.step(2 * CLAIM_FOR);
        assert_eq!(done(shop, |tx| tx.next_due()).await.1, 1);
        let taken = claimed(shop, &other, &[], 10).await;
        assert_eq!(subjects(&taken), ["a"]);
        assert_eq!(taken[0].claim.number, 2);
        assert!(stale(&tried(shop, move |tx| tx.finish_job(&ours)).await));
    })
    .await;
}

#[tokio::test]
async fn a_lost_claim_changes_nothing() {
    for_each_database(async |shop| {
        let (us, other) = (node(shop), node(shop));
        put(shop, "a", "x", Duration::ZERO).await;
        let ours = claimed(shop, &us, &[], 1).await.remove(0);
        shop.clock.step(2 * CLAIM_FOR);
        let theirs = claimed(shop, &other, &[], 1).await.remove(0);
        let lost = ours.claim.clone();
        let write = tried(shop, move |tx| {
            tx.raise_alert("by-the-late-one", "a", "must not stay")?;
            tx.finish_job(&lost)
        })
        .await;
        assert!(stale(&write), "{write:?}");
        let lost = ours.claim.clone();
        let write = tried(shop, move |tx| {
            tx.fence(&lost, CLAIM_FOR)?;
            tx.raise_alert("by-the-late-one", "a", "must not stay")
        })
        .await;
        assert!(stale(&write), "{write:?}");
        let lost = ours.claim.clone();
        let write = tried(shop, move |tx| tx.put_off_job(&lost, MINUTE, "late")).await;
        assert!(stale(&write), "{write:?}");
        assert_eq!(done(shop, |tx| tx.open_alerts(500)).await.len(), 0);
        let both = [ours.claim, theirs.claim.clone()];
        let held = done(shop, move |tx| tx.renew_claims(&both, CLAIM_FOR)).await;
        assert_eq!(held, std::slice::from_ref(&theirs.claim));
        done(shop, move |tx| tx.finish_job(&theirs.claim)).await;
        let job = job_id(Kind::Poll, "a");
        assert!(!done(shop, move |tx| tx.has_job(&job)).await);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_is_renewed_is_taken_by_nobody() {
    for_each_database(async |shop| {
        let (us, other) = (node(shop), node(shop));
        put(shop, "a", "x", Duration::ZERO).await;
        let ours = claimed(shop, &us, &[], 1).await.remove(0);
        for _ in 0..4 {
            shop.clock.step(CLAIM_FOR / 2);
            let claims = [ours.claim.clone()];
            let held = done(shop, move |tx| tx.renew_claims(&claims, CLAIM_FOR)).await;
            assert_eq!(held.len(), 1);
            assert_eq!(claimed(shop, &other, &[], 10).await.len(), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn what_only_a_newer_node_knows_is_left_to_it_and_holds_up_nothing() {
    for_each_database(async |shop| {
        put(shop, "newer", "x", Duration::ZERO).await;
        shop.by_hand("UPDATE job SET kind = 'of-a-newer-version'").await;
        put(shop, "known", "x", Duration::ZERO).await;
        let us = node(shop);
        assert_eq!(subjects(&claimed(shop, &us, &[], 10).await), ["known"]);
        assert!(claimed(shop, &us, &["y"], 10).await.is_empty());
        shop.by_hand("UPDATE job SET kind = 'poll' WHERE subject = 'newer'").await;
        assert_eq!(claimed(shop, &us, &[], 10).await[0].claim.number, 1);
    })
    .await;
}

#[tokio::test]
async fn two_nodes_never_claim_the_same_job() {
    for_each_database(async |shop| {
        const JOBS: usize = 40;
        for number in 0..JOBS {
            let subject = format!("s{number}");
            done(shop, move |tx| {
                let run_at = tx.now()?;
                let new = NewJob { kind: Kind::Poll, subject: &subject, lane: "x", run_at };
                tx.put_job(&new, None)
            })
            .await;
        }
        // On a file there is one process; its own calls compete all the same.
        let second = match shop.db.is_shared_by_nodes() {
            true => shop.another_node().await,
            false => shop.db.clone(),
        };
        let ask = |at: usize| {
            let db = if at.is_multiple_of(2) { shop.db.clone() } else { second.clone() };
            let node = node(shop);
            async move { db.write(move |tx| tx.claim_jobs(&node, CLAIM_FOR, &[], 7)).await }
        };
        let all = futures_util::future::join_all((0..20).map(ask)).await;
        let mut got: Vec<String> = all
            .into_iter()
            .flat_map(|jobs| jobs.expect(shop.kind))
            .map(|job| job.subject)
            .collect();
        let claims = got.len();
        got.sort();
        got.dedup();
        assert_eq!((claims, got.len()), (JOBS, JOBS));
        if shop.db.is_shared_by_nodes() {
            second.close();
        }
    })
    .await;
}

#[tokio::test]
async fn a_full_lane_does_not_hold_up_others() {
    for_each_database(async |shop| {
        let us = node(shop);
        for subject in ["a1", "a2", "a3"] {
            put(shop, subject, "buy:a", Duration::ZERO).await;
        }
        shop.clock.step(MINUTE);
        put(shop, "b1", "buy:b", Duration::ZERO).await;
        assert_eq!(subjects(&claimed(shop, &us, &["buy:a"], 1).await), ["b1"]);
        assert_eq!(claimed(shop, &us, &["buy:a", "buy:b"], 10).await.len(), 0);
        let mut rest = claimed(shop, &us, &["buy:b"], 10).await;
        rest.sort_by(|a, b| a.subject.cmp(&b.subject));
        assert_eq!(subjects(&rest), ["a1", "a2", "a3"]);
    })
    .await;
}

#[tokio::test]
async fn beside_a_full_lane_the_others_are_served_in_the_order_in_which_they_wait() {
    for_each_database(async |shop| {
        let us = node(shop);
        for subject in ["full-1", "full-2"] {
            put(shop, subject, "full", Duration::ZERO).await;
        }
        for (subject, lane) in [("b-1", "b"), ("c-1", "c"), ("a-1", "a"), ("b-2", "b")] {
            shop.clock.step(Duration::from_secs(1));
            put(shop, subject, lane, Duration::ZERO).await;
        }
        put(shop, "later", "d", MINUTE).await;
        assert_eq!(subjects(&claimed(shop, &us, &["full"], 1).await), ["b-1"]);
        let rest = claimed(shop, &us, &["full"], 10).await;
        assert_eq!(subjects(&rest), ["c-1", "a-1", "b-2"]);
        assert_eq!(claimed(shop, &us, &["full"], 10).await.len(), 0, "the others wait or are full");
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_job_waits_for_its_time_unless_it_is_hurried() {
    for_each_database(async |shop| {
        let us = node(shop);
        put(shop, "a", "x", 10 * MINUTE).await;
        put(shop, "b", "x", 20 * MINUTE).await;
        put(shop, "c", "x", 30 * MINUTE).await;
        let (first, due) = done(shop, |tx| tx.next_due()).await;
        assert!(first.is_some_and(|at| at > shop.clock.now()));
        assert_eq!((due, claimed(shop, &us, &[], 10).await.len()), (0, 0));
        done(shop, |tx| tx.hurry_job(&job_id(Kind::Poll, "b"))).await;
        let ours = claimed(shop, &us, &[], 10).await.remove(0);
        assert_eq!((ours.subject.as_str(), ours.tries, ours.note.as_deref()), ("b", 0, None));
        done(shop, move |tx| tx.put_off_job(&ours.claim, 5 * MINUTE, "not yet")).await;
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 0);
        shop.clock.step(6 * MINUTE);
        let again = claimed(shop, &us, &[], 10).await.remove(0);
        assert_eq!((again.subject.as_str(), again.tries), ("b", 1));
        assert_eq!(again.note.as_deref(), Some("not yet"));
        done(shop, |tx| tx.hurry_jobs(Kind::Verify)).await;
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 0, "another kind");
        done(shop, |tx| tx.hurry_jobs(Kind::Poll)).await;
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn news_makes_the_job_that_waits_due_and_puts_one_where_there_is_none() {
    for_each_database(async |shop| {
        let us = node(shop);
        let heard = async || {
            done(shop, |tx| tx.put_or_hurry_jobs(Kind::Poll, &[("a", "x")])).await;
        };
        heard().await;
        let first = claimed(shop, &us, &[], 10).await.remove(0);
        heard().await;
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 0, "it runs already");
        let (held, ended) = (first.claim.clone(), first.claim.clone());
        done(shop, move |tx| tx.put_off_job(&held, 5 * MINUTE, "not yet")).await;
        assert_eq!(claimed(shop, &us, &[], 10).await.len(), 0, "it waits");
        heard().await;
        let again = claimed(shop, &us, &[], 10).await.remove(0);
        assert_eq!(again.claim.number, first.claim.number + 1, "the same job");
        done(shop, move |tx| tx.finish_job(&again.claim)).await;
        heard().await;
        let anew = claimed(shop, &us, &[], 10).await.remove(0);
        assert!(anew.claim.number > first.claim.number + 1, "no old claim holds it");
        assert!(stale(&tried(shop, move |tx| tx.finish_job(&ended)).await));
    })
    .await;
}
