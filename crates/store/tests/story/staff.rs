//! Whoever works for the shop: who they are, as whom they see it, and what they did.

use std::time::Duration;

use domain::clock::Clock;
use domain::id::SessionId;
use store::account::Account;
use store::audit::Among;
use store::session::NewSession;

use super::given::done;
use super::people::{ada, person};
use crate::support::for_each_database;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn staff_are_listed_with_when_they_were_last_seen_and_change_their_role() {
    for_each_database(async |shop| {
        let now = shop.clock.now();
        let mut ids = Vec::new();
        for (email, role, verified_at) in [
            ("sam@example.com", "support", Some(now)),
            ("sue@example.com", "admin", Some(now)),
            ("new@example.com", "admin", None),
            ("ada@example.com", "customer", Some(now)),
        ] {
            let row = Account { role: role.into(), verified_at, ..person(shop, email) };
            ids.push(row.id.clone());
            assert!(done(shop, move |tx| tx.insert_account(&row)).await);
        }
        let sam = ids[0].clone();
        done(shop, move |tx| tx.audit(sam.as_str(), "accept", "ord_1", "")).await;
        let told = async || {
            let staff = done(shop, |tx| tx.staff(9)).await;
            let one = |row: store::staff::StaffRow| {
                format!("{} {}", &row.account.email[..3], row.seen_at.is_some())
            };
            staff.into_iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(told().await, ["sue false", "new false", "sam true"]);
        // Whoever has not followed the link cannot do an admin's work.
        assert_eq!(done(shop, |tx| tx.lock_admins()).await, ids[1..2]);
        let (ada, sam) = (ids[3].clone(), ids[0].clone());
        done(shop, move |tx| {
            tx.set_role(&ada, "support")?;
            tx.set_role(&sam, "customer")
        })
        .await;
        assert_eq!(told().await, ["sue false", "new false", "ada false"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_acts_for_somebody_until_it_is_told_to_stop() {
    for_each_database(async |shop| {
        let sue = person(shop, "sue@example.com");
        let customer = ada(shop).await;
        let row = sue.clone();
        assert!(done(shop, move |tx| tx.insert_account(&row)).await);
        let session = NewSession {
            id: SessionId::mint(shop.clock.now(), &shop.chance),
            token_hash: "one".into(),
            account: sue.id.clone(),
            agent: "Firefox".into(),
            address: "192.0.2.1".into(),
            lasts: HOUR,
        };
        let (id, whom) = (session.id.clone(), customer.id.clone());
        done(shop, move |tx| {
            tx.insert_session(&session)?;
            tx.act_for(&session.id, (&whom, HOUR), "two")
        })
        .await;
        assert_eq!(done(shop, |tx| tx.session_by_token("one")).await, None);
        let (acting, owner) = done(shop, |tx| tx.session_by_token("two")).await.expect(shop.kind);
        let (whom, until) = acting.acts_for.clone().expect(shop.kind);
        assert_eq!((&owner.id, &whom), (&sue.id, &customer.id));
        assert!(until > acting.created_at && until <= acting.read_at + HOUR);
        // It is not one of theirs.
        let of = customer.id.clone();
        assert_eq!(done(shop, move |tx| tx.list_sessions(&of, 9)).await, []);
        done(shop, move |tx| tx.stop_acting(&id)).await;
        let (own, _) = done(shop, |tx| tx.session_by_token("two")).await.expect(shop.kind);
        assert_eq!(own.acts_for, None);
    })
    .await;
}

#[tokio::test]
async fn the_audit_is_searched_by_who_what_about_and_when() {
    for_each_database(async |shop| {
        for (actor, action, subject) in [
            ("acc_1", "accept", "ord_1"),
            ("acc_2", "refund", "ord_1"),
            ("acc_1", "refund", "ord_2"),
            ("worker", "accept", "ord_2"),
        ] {
            shop.clock.step(HOUR);
            done(shop, move |tx| tx.audit(actor, action, subject, "")).await;
        }
        let found = async |among: Among| {
            let mut after = None;
            let mut found = Vec::new();
            loop {
                let among = among.clone();
                let page = done(shop, move |tx| tx.find_audit(&among, after, 2)).await;
                found.extend(page.iter().map(|row| format!("{} {}", row.actor, row.action)));
                let Some(last) = page.last() else { return found };
                after = Some((last.at, last.id));
            }
        };
        let all = ["worker accept", "acc_1 refund", "acc_2 refund", "acc_1 accept"];
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let which = |nth: &[usize]| nth.iter().map(|nth| all[*nth].to_owned()).collect::<Vec<_>>();
        let any = Among::default();
        let action = Some("refund".to_owned());
        // By the database's own clock, newest first.
        let rows = done(shop, |tx| tx.find_audit(&Among::default(), None, 9)).await;
        let span = |from: usize, until: usize| Among {
            from: Some(rows[from].at),
            until: Some(rows[until].at),
            ..Among::default()
        };
        for (among, expected) in [
            (any.clone(), &[0, 1, 2, 3][..]),
            (Among { actors: texts(&["acc_1"]), ..any.clone() }, &[1, 3]),
            (Among { actors: texts(&["acc_1", "acc_2"]), ..any.clone() }, &[1, 2, 3]),
            (Among { action: action.clone(), ..any.clone() }, &[1, 2]),
            (Among { subjects: texts(&["ord_1"]), ..any.clone() }, &[2, 3]),
            (Among { action, subjects: texts(&["ord_2"]), ..any.clone() }, &[1]),
            (Among { actors: texts(&["acc_3"]), ..any.clone() }, &[]),
            (span(2, 0), &[1, 2]),
        ] {
            let told = format!("{}: {among:?}", shop.kind);
            assert_eq!(found(among).await, which(expected), "{told}");
        }
        assert_eq!(done(shop, |tx| tx.audit_actions()).await, ["accept", "refund"]);
    })
    .await;
}
