//! Failure points: what becomes of a transaction whose commit a test lets fail.

use std::sync::Arc;
use std::task::Waker;

use store::db::StoreError;
use store::point::{Fate, Life, Plan, Point, Points, Reached};

use crate::support::for_each_database;

const WORD: &str = "trial";

/// Fails every commit in one way.
struct Always(Fate);

impl Plan for Always {
    fn reach(&self, point: Point) -> Reached<'_> {
        let fate = if matches!(point, Point::Write(_)) { self.0 } else { Fate::Runs };
        Box::pin(std::future::ready(fate))
    }

    fn life(&self, _: &Waker) -> Life {
        Life::Runs
    }

    fn keeps_time_still(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_commit_that_nobody_knows_of_may_have_happened_or_not() {
    for_each_database(async |test| {
        for (fate, happened) in [
            (Fate::Fails, false),
            (Fate::UnknownUndone, false),
            (Fate::UnknownDone, true),
            (Fate::Runs, true),
        ] {
            let db = Arc::into_inner(test.another_node().await)
                .unwrap()
                .with(Points::planned(Arc::new(Always(fate))));
            let wrote = db.write(|tx| tx.insert_setting(WORD, "1", "a test").map(|_| ())).await;
            match fate {
                Fate::Runs => assert!(wrote.is_ok(), "{wrote:?}"),
                Fate::Fails => assert!(matches!(wrote, Err(StoreError::Unavailable(_)))),
                _ => assert!(matches!(wrote, Err(StoreError::CommitUnknown(_))), "{fate:?}"),
            }
            let there = test.db.read(|tx| tx.setting(WORD)).await.unwrap().is_some();
            assert_eq!(there, happened, "{fate:?}");
            db.points().reach("nowhere").await;
            db.close();
        }
    })
    .await;
}
