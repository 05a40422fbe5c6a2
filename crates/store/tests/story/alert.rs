//! Alerts as staff look through them, and what people call the things that they are about.

use std::collections::HashMap;
use std::time::Duration;

use store::alert::{Alert, Open, State};
use store::silence::NewSilence;

use super::given::{self, HERE, done};
use crate::support::{TestDb, for_each_database};

const SECOND: Duration = Duration::from_secs(1);

async fn raised(shop: &TestDb, kind: &'static str, subject: &'static str) {
    shop.clock.step(SECOND);
    done(shop, move |tx| tx.raise_alert(kind, subject, "a trouble")).await;
}

async fn ended(shop: &TestDb, kind: &'static str, subject: &'static str) {
    shop.clock.step(SECOND);
    done(shop, move |tx| tx.resolve_alert(kind, subject)).await;
}

fn subjects(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.subject.as_str()).collect()
}

#[tokio::test]
async fn alerts_are_found_by_where_they_stand_and_of_what_kind() {
    for_each_database(async |shop| {
        for (kind, subject) in
            [("stray", "a"), ("brake", "b"), ("stray", "c"), ("stray", "d"), ("brake", "e")]
        {
            raised(shop, kind, subject).await;
        }
        // What was told first ends last.
        ended(shop, "brake", "e").await;
        ended(shop, "stray", "a").await;
        let silence = NewSilence {
            kind: "stray".into(),
            subject: Some("d".into()),
            hours: 2,
            reason: "known".into(),
            set_by: "staff".into(),
        };
        done(shop, move |tx| tx.set_silence(&silence)).await;
        let find = async |state, kind: Option<&'static str>, after: Option<Alert>| {
            let after = after.map(|row| (row.resolved_at.unwrap_or(row.at), row.id));
            done(shop, move |tx| tx.find_alerts(state, kind, after, 2)).await
        };
        let open = find(State::Open, None, None).await;
        assert_eq!(subjects(&open), ["d", "c"], "newest first, silenced or not");
        let older = find(State::Open, None, open.last().cloned()).await;
        assert_eq!(subjects(&older), ["b"]);
        assert_eq!(subjects(&find(State::Open, Some("brake"), None).await), ["b"]);
        assert_eq!(subjects(&find(State::Silenced, None, None).await), ["d"]);
        assert!(find(State::Silenced, Some("brake"), None).await.is_empty());
        let over = find(State::Resolved, None, None).await;
        assert_eq!(subjects(&over), ["a", "e"], "by when they ended");
        assert_eq!(subjects(&find(State::Resolved, None, over.first().cloned()).await), ["e"]);
        assert_eq!(subjects(&find(State::Resolved, Some("stray"), None).await), ["a"]);
        let counted = done(shop, |tx| tx.open_alerts_by_kind()).await;
        let kind = |kind: &str, open, silenced| Open { kind: kind.into(), open, silenced };
        assert_eq!(counted, [kind("brake", 1, 0), kind("stray", 2, 1)]);
        ended(shop, "brake", "b").await;
        assert_eq!(done(shop, |tx| tx.alert_kinds()).await, ["brake", "stray"], "those over too");
        shop.clock.step(Duration::from_secs(3 * 3_600));
        assert!(find(State::Silenced, None, None).await.is_empty(), "the silence is over");
        assert_eq!(done(shop, |tx| tx.open_alerts_by_kind()).await, [kind("stray", 2, 0)]);
    })
    .await;
}

#[tokio::test]
async fn what_rows_name_by_ids_has_names_for_people_in_one_question() {
    for_each_database(async |shop| {
        let package = given::package(shop, "6", 20).await;
        let order = given::ordered(shop, &package).await;
        let (order, server) = given::verifying(shop, &order, HERE).await;
        let ids = [order.id.to_string(), order.account.to_string(), server.to_string()];
        let mut asked: Vec<String> = ids.to_vec();
        // What is twice on a page, what is nothing of ours, and what is no id.
        asked.extend([ids[0].clone(), "prd_gone".into(), "smartvps".into(), "' OR 1".into()]);
        let names = done(shop, move |tx| tx.named(asked.iter().map(String::as_str))).await;
        let email = format!("{}@example.com", order.account).to_lowercase();
        let names: HashMap<&str, &str> =
            names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let address = HERE.to_string();
        let expected = [order.number.as_str(), email.as_str(), address.as_str()];
        let expected = ids.iter().map(String::as_str).zip(expected).collect();
        assert_eq!(names, expected);
        assert!(done(shop, |tx| tx.named(["smartvps"])).await.is_empty());
    })
    .await;
}
