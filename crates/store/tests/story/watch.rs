//! What is asked of the shop as a whole.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, First};
use store::watch::Share;

use super::given::done;
use crate::support::for_each_database;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_shop_that_is_new_has_nothing_that_fails_and_nothing_late() {
    for_each_database(async |shop| {
        let none = Share { all: 0, bad: 0 };
        assert_eq!(done(shop, |tx| tx.entries_unavailable("smartvps")).await, none);
        let [from, until] = [0, 4_000_000_000_000_000]
            .map(|at| AttemptId::mint(Timestamp::from_micros(at), &First));
        assert_eq!(done(shop, move |tx| tx.purchases_failed(&from, &until)).await, none);
        assert_eq!(done(shop, |tx| tx.latest_job(Duration::ZERO)).await, None);
        done(shop, |tx| tx.put_notice_job("aa")).await;
        shop.clock.step(5 * MINUTE);
        assert_eq!(done(shop, |tx| tx.latest_job(6 * MINUTE)).await, None);
        let late = done(shop, |tx| tx.latest_job(4 * MINUTE)).await.unwrap();
        assert_eq!(late.id, "job_notice_aa");
    })
    .await;
}
