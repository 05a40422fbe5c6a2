//! Notices: each end of a trouble is taken once, waits for its target, and is silent for a time.

use std::time::Duration;

use store::notice::{News, NoticeFacts};
use store::silence::NewSilence;

use super::given::done;
use crate::support::for_each_database;

#[tokio::test]
async fn each_end_of_a_trouble_is_taken_once() {
    for_each_database(async |shop| {
        assert!(!done(shop, |tx| tx.has_unnoticed_alerts()).await);
        done(shop, |tx| tx.raise_alert("stray", "srv_1", "a server")).await;
        done(shop, |tx| tx.raise_alert("brake", "smartvps", "many")).await;
        // What is over before anybody was told is nothing to tell.
        done(shop, |tx| tx.resolve_alert("brake", "smartvps")).await;
        let over = done(shop, |tx| tx.take_unnoticed_alerts(News::Over, 9)).await;
        assert!(over.is_empty(), "{over:?}");
        assert!(done(shop, |tx| tx.has_unnoticed_alerts()).await);
        let raised = done(shop, |tx| tx.take_unnoticed_alerts(News::Raised, 9)).await;
        assert_eq!(raised.iter().map(|fact| &*fact.kind).collect::<Vec<_>>(), ["stray"]);
        assert!(!done(shop, |tx| tx.has_unnoticed_alerts()).await);
        done(shop, |tx| tx.resolve_alert("stray", "srv_1")).await;
        assert!(done(shop, |tx| tx.has_unnoticed_alerts()).await);
        let over = done(shop, |tx| tx.take_unnoticed_alerts(News::Over, 9)).await;
        assert_eq!((over[0].kind.as_str(), over[0].subject.as_str()), ("stray", "srv_1"));
        assert!(!done(shop, |tx| tx.has_unnoticed_alerts()).await);
    })
    .await;
}

#[tokio::test]
async fn a_notice_waits_in_line_until_its_target_has_it() {
    for_each_database(async |shop| {
        let many = NoticeFacts::Many([("stray".to_owned(), 12)].into());
        let (first, second) = (many.clone(), many.clone());
        done(shop, move |tx| tx.add_notice("aa", News::Raised, &first)).await;
        done(shop, move |tx| tx.add_notice("aa", News::Over, &second)).await;
        assert_eq!(done(shop, |tx| tx.targets_without_job()).await, ["aa"]);
        done(shop, |tx| tx.put_notice_job("aa")).await;
        assert!(done(shop, |tx| tx.targets_without_job()).await.is_empty());
        let next = done(shop, |tx| tx.next_notice("aa")).await.unwrap();
        assert_eq!((next.news, next.tries, &next.facts), (News::Raised, 0, &many));
        done(shop, move |tx| tx.notice_failed(next.id, "busy")).await;
        let again = done(shop, |tx| tx.next_notice("aa")).await.unwrap();
        assert_eq!((again.id, again.tries), (next.id, 1));
        let busy = (2, Some("busy".to_owned()));
        assert_eq!(done(shop, |tx| tx.notices_waiting("aa")).await, busy);
        assert_eq!(done(shop, |tx| tx.notices_waiting("bb")).await, (0, None));
        done(shop, move |tx| tx.end_notice(next.id)).await;
        assert_eq!(done(shop, |tx| tx.next_notice("aa")).await.unwrap().news, News::Over);
        assert_eq!(done(shop, |tx| tx.drop_notices("aa")).await, 1);
        assert_eq!(done(shop, |tx| tx.next_notice("aa")).await, None);
    })
    .await;
}

fn silence(kind: &str, subject: Option<&str>, hours: u32) -> NewSilence {
    NewSilence {
        kind: kind.to_owned(),
        subject: subject.map(ToOwned::to_owned),
        hours,
        reason: "known".to_owned(),
        set_by: "staff".to_owned(),
    }
}

#[tokio::test]
async fn a_silence_keeps_its_trouble_quiet_until_it_ends() {
    for_each_database(async |shop| {
        done(shop, |tx| tx.raise_alert("stray", "srv_1", "a server")).await;
        done(shop, |tx| tx.raise_alert("stray", "srv_2", "a server")).await;
        let one = silence("stray", Some("srv_1"), 1);
        let one = done(shop, move |tx| tx.set_silence(&one)).await;
        assert_eq!((one.open, one.email.as_deref(), &*one.set_by), (1, None, "staff"));
        let told = done(shop, |tx| tx.take_unnoticed_alerts(News::Raised, 9)).await;
        assert_eq!(told.iter().map(|fact| &*fact.subject).collect::<Vec<_>>(), ["srv_2"]);
        assert_eq!(done(shop, |tx| tx.take_unmailed_alerts(9)).await.len(), 1);
        // The newest word on one trouble counts, and one on another stands beside it.
        let (again, all) = (silence("stray", Some("srv_1"), 3), silence("stray", None, 2));
        let again = done(shop, move |tx| tx.set_silence(&again)).await;
        let all = done(shop, move |tx| tx.set_silence(&all)).await;
        assert_eq!((again.id, all.open), (one.id, 2));
        let lasting = done(shop, |tx| tx.silences(9)).await;
        assert_eq!(lasting, [all.clone(), again.clone()], "the one that ends first at the head");
        assert!(done(shop, move |tx| tx.end_silence(all.id)).await);
        assert!(!done(shop, move |tx| tx.end_silence(all.id)).await, "it has ended");
        assert!(!done(shop, |tx| tx.has_unnoticed_alerts()).await);
        shop.clock.step(Duration::from_secs(3 * 3_600));
        assert_eq!(done(shop, move |tx| tx.silence(again.id)).await, None);
        assert!(!done(shop, move |tx| tx.end_silence(again.id)).await);
        let told = done(shop, |tx| tx.take_unnoticed_alerts(News::Raised, 9)).await;
        assert_eq!(told.iter().map(|fact| &*fact.subject).collect::<Vec<_>>(), ["srv_1"]);
    })
    .await;
}
