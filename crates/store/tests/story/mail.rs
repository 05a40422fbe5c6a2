//! Mail: written with what it tells of, once; queued, sent or refused, and sent again.

use domain::id::OrderId;
use domain::order::Event;
use store::job::{Kind, job_id};
use store::mail::text::TextWords;
use store::mail::{AccountFacts, Addressed, Mail, OrderFacts, StaffFact, State, Worded};

use super::given::{self, done, refused, stale, tried};
use crate::support::{TestDb, for_each_database};

async fn all(shop: &TestDb) -> Vec<Mail> {
    let mut mails = done(shop, |tx| tx.mails(None, None, 100)).await;
    mails.reverse();
    mails
}

async fn kinds_about(shop: &TestDb, order: &OrderId) -> Vec<String> {
    let about = |mail: &Mail| mail.order.as_ref() == Some(order);
    all(shop).await.into_iter().filter(about).map(|mail| mail.kind).collect()
}

fn words() -> Worded {
    Worded { subject: "Paid".into(), text: "Thank you".into(), html: "<p>Thank you</p>".into() }
}

#[tokio::test]
async fn a_mail_is_written_with_what_it_tells_of_or_not_at_all() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (id, attempt) = (order.id.clone(), given::attempt_id(shop));
        let undone = tried(shop, move |tx| {
            let mut order = tx.lock_order(&id)?;
            given::step_in(tx, &mut order, &Event::Paid { attempt: attempt.clone() }, "paid")?;
            // The same cause twice: the database refuses, and nothing of it happened.
            given::step_in(tx, &mut order, &Event::Permitted, "paid")
        });
        assert!(refused(&undone.await), "{}", shop.kind);
        assert_eq!(kinds_about(shop, &order.id).await, ["ordered"]);
        let (order, _) = given::paid(shop, &order).await;
        assert_eq!(kinds_about(shop, &order.id).await, ["ordered", "paid"]);
        let (id, first) = (order.id.clone(), all(shop).await[0].id);
        let later = done(shop, move |tx| tx.mails_about(&id, first)).await;
        assert_eq!(later.iter().map(|mail| &*mail.kind).collect::<Vec<_>>(), ["paid"]);
        let mail = all(shop).await.remove(0);
        assert_eq!(mail.email, format!("{}@example.com", order.account).to_lowercase());
        assert_eq!((mail.name.as_str(), mail.state), ("Ada", State::Waiting));
        let facts: OrderFacts = serde_json::from_str(&mail.facts).unwrap();
        assert_eq!(facts, OrderFacts::of(&order));
        // Told of the same cause again: it is one mail.
        let (told, facts) = (order.clone(), facts.with_amount(given::rupees(1)));
        done(shop, move |tx| tx.tell_customer(&told, "paid", &mail.cause, &facts)).await;
        assert_eq!(all(shop).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_mail_leaves_once_and_again_when_somebody_wants_it() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        given::ordered(shop, &package).await;
        assert!(done(shop, |tx| tx.mail_waits()).await);
        assert_eq!(done(shop, |tx| tx.count_unsent_mails()).await, 1);
        assert_eq!(done(shop, |tx| tx.queue_mails(10)).await, 1);
        assert_eq!(done(shop, |tx| tx.queue_mails(10)).await, 0);
        assert!(!done(shop, |tx| tx.mail_waits()).await);
        let id = all(shop).await[0].id;
        let job = job_id(Kind::Mail, &id.to_string());
        let known = job.clone();
        assert!(done(shop, move |tx| tx.has_job(&known)).await);
        done(shop, move |tx| tx.mail_failed(id, State::Queued, "later")).await;
        let again = done(shop, move |tx| tx.send_mail_again(id)).await;
        assert!(!again, "it is on its way");
        done(shop, move |tx| tx.mail_sent(id, &words())).await;
        let sent = done(shop, move |tx| tx.lookup_mail(id)).await.unwrap();
        assert_eq!((sent.state, sent.tries, sent.error.as_deref()), (State::Sent, 2, None));
        assert!(sent.words == Some(words()) && sent.sent_at.is_some(), "{}", shop.kind);
        assert_eq!(done(shop, |tx| tx.count_unsent_mails()).await, 0);
        assert!(stale(&tried(shop, move |tx| tx.mail_sent(id, &words())).await));
        assert!(stale(&tried(shop, move |tx| tx.mail_failed(id, State::Refused, "no")).await));

        for (again, is_news) in [(9, false), (0, true), (0, false)] {
            let back = done(shop, move |tx| tx.mail_returned(id, again, "5.1.1")).await;
            assert_eq!(back, is_news, "{}: of try {again}", shop.kind);
        }
        let back = done(shop, move |tx| tx.lookup_mail(id)).await.unwrap();
        assert_eq!((back.state, back.error.as_deref()), (State::Refused, Some("5.1.1")));

        done(shop, move |tx| tx.drop_job(Kind::Mail, &id.to_string())).await;
        assert!(done(shop, move |tx| tx.send_mail_again(id)).await);
        assert_eq!(done(shop, |tx| tx.queue_mails(10)).await, 1);
        done(shop, move |tx| tx.mail_failed(id, State::Refused, "550 no")).await;
        let refused = done(shop, |tx| tx.mails(Some(State::Refused), None, 10)).await;
        assert_eq!((refused.len(), refused[0].again, refused[0].tries), (1, 1, 1));
        assert_eq!(refused[0].error.as_deref(), Some("550 no"));
        let none = done(shop, move |tx| tx.mails(None, Some(id), 10)).await;
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test]
async fn staff_are_told_of_each_trouble_once_and_of_low_stock_apart() {
    for_each_database(async |shop| {
        assert!(!done(shop, |tx| tx.has_unmailed_alerts()).await);
        for (kind, subject) in [
            ("wrong-server", "ord_1"),
            ("low-stock-10", "prd_1"),
            ("low-stock-5", "prd_2"),
            ("low-stock-10", "prd_2"),
            ("mail-refused", "7"),
            ("money-owed", "ord_2"),
            ("over", "ord_3"),
        ] {
            done(shop, move |tx| tx.raise_alert(kind, subject, "something")).await;
        }
        done(shop, |tx| tx.resolve_alert("over", "ord_3")).await;
        assert!(done(shop, |tx| tx.has_unmailed_alerts()).await);
        let kinds = |facts: Vec<(i64, StaffFact)>| -> Vec<String> {
            facts.into_iter().map(|(_, fact)| fact.kind).collect()
        };
        let first = done(shop, |tx| tx.take_unmailed_alerts(1)).await;
        assert_eq!(kinds(first), ["wrong-server"]);
        let rest = done(shop, |tx| tx.take_unmailed_alerts(10)).await;
        assert_eq!(kinds(rest), ["money-owed"]);
        assert!(!done(shop, |tx| tx.has_unmailed_alerts()).await);
        let low = done(shop, |tx| tx.low_stock_alerts(10)).await;
        let subjects: Vec<&str> = low.iter().map(|fact| fact.subject.as_str()).collect();
        assert_eq!(subjects, ["prd_2", "prd_1"]);
        let told = low.clone();
        let tell = move |tx: &mut store::db::Tx<'_>| {
            tx.tell_staff("ops@example.com", "low-stock", "low-stock/1", &told)
        };
        done(shop, tell.clone()).await;
        done(shop, tell).await;
        let mails = all(shop).await;
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].email.as_str(), mails[0].order.as_ref()), ("ops@example.com", None));
        let facts: Vec<StaffFact> = serde_json::from_str(&mails[0].facts).unwrap();
        assert_eq!(facts, low);
        let waits = async || done(shop, |tx| tx.staff_mails_waiting("ops@example.com")).await;
        assert_eq!(waits().await, (1, None));
        let (id, why) = (mails[0].id, "no such user");
        done(shop, |tx| tx.queue_mails(9)).await;
        done(shop, move |tx| tx.mail_failed(id, State::Refused, why)).await;
        assert_eq!(waits().await, (0, Some(why.to_owned())));
    })
    .await;
}

#[tokio::test]
async fn a_person_is_told_of_their_account_once_per_cause() {
    for_each_database(async |shop| {
        let facts =
            AccountFacts { sealed: Some("00".into()), until: Some(1), ..AccountFacts::default() };
        for _ in 0..2 {
            let facts = facts.clone();
            done(shop, move |tx| {
                let (email, kind) = ("ada@example.com", "reset-password");
                let to =
                    Addressed { email, name: "Ada", language: Some("hi"), kind, cause: "reset/1" };
                tx.tell_person(to, &facts)
            })
            .await;
        }
        let told = all(shop).await;
        assert_eq!((told.len(), told[0].name.as_str()), (1, "Ada"));
        let kept: AccountFacts = serde_json::from_str(&told[0].facts).unwrap();
        assert_eq!(kept, AccountFacts { language: Some("hi".into()), ..facts });
    })
    .await;
}

#[tokio::test]
async fn every_version_of_a_mails_text_is_kept_and_the_last_one_holds() {
    for_each_database(async |shop| {
        let words = TextWords {
            subject: "Paid: {number}".into(),
            heading: "Paid".into(),
            body: "{price} has come.".into(),
        };
        let (kept, at) = (words.clone(), ("paid", "en"));
        done(shop, move |tx| {
            assert!(tx.mail_texts_held()?.is_empty());
            assert!(tx.add_mail_text(at, 0, Some(&kept), "sue")?);
            assert!(!tx.add_mail_text(at, 0, None, "sam")?, "somebody was faster");
            assert!(tx.add_mail_text(("paid", "hi"), 0, Some(&kept), "sue")?);
            assert!(tx.add_mail_text(at, 1, None, "sam")?);
            Ok(())
        })
        .await;
        let versions = done(shop, |tx| tx.mail_texts("paid", "en", 10)).await;
        let told: Vec<_> = versions.iter().map(|v| (v.number, &*v.actor, &v.words)).collect();
        assert_eq!(told, [(2, "sam", &None), (1, "sue", &Some(words.clone()))]);
        assert_eq!(done(shop, |tx| tx.mail_texts("paid", "en", 1)).await.len(), 1);
        let held = done(shop, |tx| tx.mail_texts_held()).await;
        let told: Vec<_> = held.iter().map(|one| (&*one.language, one.words.is_some())).collect();
        assert_eq!(told, [("en", false), ("hi", true)]);
    })
    .await;
}

#[tokio::test]
async fn mails_to_one_address_are_found_newest_first_and_by_state() {
    for_each_database(async |shop| {
        for (email, cause) in
            [("ada@example.com", "1"), ("eve@example.com", "2"), ("ada@example.com", "3")]
        {
            done(shop, move |tx| tx.tell_staff(email, "alerts", cause, &[])).await;
        }
        let found = async |email, state, after| {
            let mails = done(shop, move |tx| tx.mails_to_address(email, state, after, 9)).await;
            mails.into_iter().map(|mail| (mail.id, mail.cause)).collect::<Vec<_>>()
        };
        let all = found("ada@example.com", None, None).await;
        let causes: Vec<_> = all.iter().map(|(_, cause)| cause.as_str()).collect();
        assert_eq!(causes, ["3", "1"], "{}", shop.kind);
        assert_eq!(found("ada@example.com", None, Some(all[0].0)).await, all[1..]);
        assert_eq!(found("ada@example.com", Some(State::Waiting), None).await, all);
        assert_eq!(found("ada@example.com", Some(State::Sent), None).await, []);
        assert_eq!(found("ada@example", None, None).await, []);
    })
    .await;
}
