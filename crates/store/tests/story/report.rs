//! Reports: an answer is kept until a later one, and what counts long holds up nobody.

use std::sync::mpsc;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::ledger::{Account, Entry};
use store::db::StoreError;
use store::job::{Kind, NewJob};
use store::report::{Counted, NewAnswer, Part, Report};

use super::given::{done, rupees};
use crate::support::{TestDb, for_each_database};

const DAY: Duration = Duration::from_secs(86_400);

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

async fn known(shop: &TestDb, name: &str, part: Part) -> Report {
    let ids = ids(&[name]);
    done(shop, move |tx| tx.reports(&ids, part)).await.remove(0)
}

async fn kept(shop: &TestDb, name: &'static str, at: Timestamp, text: &str) {
    let (summary, whole) = (format!("{text}, in short"), text.to_owned());
    let new = NewAnswer { at, took: Duration::from_millis(3), summary, whole };
    done(shop, move |tx| tx.keep_report(name, &new)).await;
}

#[tokio::test]
async fn an_answer_is_kept_until_a_later_one_and_outlives_a_count_that_fails() {
    for_each_database(async |shop| {
        assert_eq!(known(shop, "a", Part::Whole).await, Report::default());
        let both = ids(&["b", "a"]);
        done(shop, move |tx| {
            tx.ask_for_reports(&both)?;
            let run_at = tx.now()?;
            tx.put_job_anew(&NewJob { kind: Kind::Report, subject: "a", lane: "report", run_at })
        })
        .await;
        let now = shop.now().await;
        let asked = known(shop, "a", Part::Whole).await;
        assert!(asked.is_counting && asked.counted.is_none() && asked.asked_at.is_some());
        assert!(!known(shop, "b", Part::Whole).await.is_counting);
        kept(shop, "a", now, "two").await;
        kept(shop, "a", now - DAY, "one").await;
        done(shop, |tx| tx.drop_job(Kind::Report, "a")).await;
        done(shop, |tx| tx.fail_report("a", "no room")).await;
        let found = known(shop, "a", Part::Summary).await;
        let took = Duration::from_millis(3);
        let text = "two, in short".to_owned();
        assert_eq!(found.counted, Some(Counted { at: now, took, text }));
        assert_eq!(found.fault.map(|(_, why)| why).as_deref(), Some("no room"));
        kept(shop, "a", now + DAY, "three").await;
        let places = ids(&["c", "a", "b"]);
        let all = done(shop, move |tx| tx.reports(&places, Part::Whole)).await;
        let texts: Vec<_> =
            all.iter().map(|one| one.counted.as_ref().map(|kept| kept.text.as_str())).collect();
        assert_eq!(texts, [None, Some("three"), None]);
        assert!(all.iter().all(|one| one.fault.is_none() && !one.is_counting));
        assert!(done(shop, |tx| tx.reports(&[], Part::Whole)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_nobody_asks_for_is_forgotten() {
    for_each_database(async |shop| {
        let (both, one) = (ids(&["a", "b"]), ids(&["b"]));
        done(shop, move |tx| tx.ask_for_reports(&both)).await;
        shop.clock.step(20 * DAY);
        done(shop, move |tx| tx.ask_for_reports(&one)).await;
        shop.clock.step(15 * DAY);
        assert_eq!(done(shop, |tx| tx.prune_reports(30 * DAY, 10)).await, 1);
        assert!(known(shop, "a", Part::Whole).await.asked_at.is_none());
        assert!(known(shop, "b", Part::Whole).await.asked_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn it_is_known_whether_anything_was_booked_in_a_time() {
    for_each_database(async |shop| {
        assert_eq!(done(shop, |tx| tx.first_booked_at()).await, None);
        let entry = Entry::moved("lost:1", Account::Stray, Account::Loss, rupees(50));
        done(shop, move |tx| tx.post(None, &entry)).await;
        let at = done(shop, |tx| tx.first_booked_at()).await.expect("it was booked");
        let booked =
            async |from, until| done(shop, move |tx| tx.is_booked_between(from, until)).await;
        assert!(booked(at, at + DAY).await);
        assert!(!booked(at - DAY, at).await && !booked(at + DAY, at).await);
    })
    .await;
}

#[tokio::test]
async fn a_count_holds_up_neither_who_reads_nor_who_writes() {
    for_each_database(async |shop| {
        let (go_on, wait) = mpsc::channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let mut begun = Some(begun);
        let count = shop.db.count::<_, StoreError, _>(move |tx| {
            let now = tx.now()?;
            begun.take().into_iter().for_each(|begun| begun.send(()).expect("somebody waits"));
            wait.recv().expect("it is let go on");
            Ok(now)
        });
        let others = async {
            begins.await.expect("it begins");
            // More than there are threads of any kind.
            for at in 0..20 {
                let asked = ids(&[&format!("r{at}")]);
                done(shop, move |tx| tx.ask_for_reports(&asked)).await;
                shop.now().await;
            }
            go_on.send(()).expect("it waits");
        };
        let (counted, ()) = futures_util::join!(count, others);
        counted.expect(shop.kind);
    })
    .await;
}
