//! What is told to whoever watches over the shop: what is open, and what has happened.

use domain::ledger::{Account, Entry};
use domain::order::{Event, Stop};
use store::figures::Figures;
use store::job::{Kind, NewJob};

use super::given::{self, MINUTE, done, rupees};
use super::job::node;
use crate::support::{TestDb, for_each_database};

const STAGES: [&str; 3] = ["unpaid", "planned", "stopped"];

async fn figures(shop: &TestDb) -> Figures {
    done(shop, |tx| tx.figures(&STAGES)).await
}

#[tokio::test]
async fn an_empty_shop_has_figures_of_nothing() {
    for_each_database(async |shop| {
        assert_eq!(figures(shop).await, Figures::default());
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_counted_with_the_age_of_what_could_run() {
    for_each_database(async |shop| {
        let now = shop.now().await;
        for (subject, run_at) in [("pay_1", now - MINUTE * 3), ("pay_2", now + MINUTE)] {
            done(shop, move |tx| {
                tx.put_job(&NewJob { kind: Kind::Poll, subject, lane: "pay:x", run_at }, None)
            })
            .await;
        }
        let queued = figures(shop).await.queued;
        let told: Vec<_> = queued.iter().map(|one| (one.kind.as_str(), one.jobs)).collect();
        assert_eq!(told, [("poll", 2)]);
        let three = i64::try_from((MINUTE * 3).as_micros()).unwrap();
        assert!(queued[0].age >= three, "{queued:?}");
        let node = node(shop);
        done(shop, move |tx| tx.claim_jobs(&node, MINUTE, &[], 10)).await;
        assert_eq!(figures(shop).await.queued[0].age, 0, "it was taken up");
    })
    .await;
}

#[tokio::test]
async fn open_troubles_and_money_owed_are_told_and_what_is_over_is_not() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (id, customer) = (order.id.clone(), order.account.clone());
        done(shop, move |tx| {
            let owed = Account::Owed(customer.clone());
            let entry = Entry::moved("x", owed, Account::Prepaid(id.clone()), rupees(699));
            tx.post(Some(&id), &entry)?;
            tx.list(&id, "owed", MINUTE)?;
            tx.raise_alert("unheard", id.as_str(), "why")
        })
        .await;
        let told = figures(shop).await;
        assert_eq!(told.owed, [rupees(699)]);
        assert_eq!(told.alerts, [("unheard".to_owned(), 1)]);
        let open = async |kind| done(shop, move |tx| tx.open_alerts_of(kind)).await;
        let [unheard]: [_; 1] = open("unheard").await.try_into().unwrap();
        assert_eq!((&*unheard.subject, &*unheard.text), (order.id.as_str(), "why"));
        assert_eq!(open("stray").await, []);
        let listed: Vec<_> = told.listed.iter().map(|one| (&*one.why, one.orders)).collect();
        assert_eq!(listed, [("owed", 1)]);
        assert_eq!(told.stages, [("unpaid".to_owned(), 1)]);
        let since = shop.now().await;
        let seen = done(shop, move |tx| tx.glance(&["unpaid"], (&[], since))).await;
        assert_eq!((seen.owed, seen.alerts, seen.listed), (told.owed, told.alerts, 1));
        assert_eq!((seen.stages, seen.mails, seen.strays), (told.stages, told.mails, told.strays));
        assert_eq!((seen.gateways, seen.about), (vec![], vec![]));
        let beside = done(shop, |tx| tx.open_alerts_beside_the_list(9)).await;
        assert_eq!(beside, (vec![], 0), "the order is on the list");
        assert_eq!(seen.jobs.0, told.queued.iter().map(|one| one.jobs).sum::<i64>());
        let (id, number) = (order.id.clone(), order.number.clone());
        done(shop, move |tx| tx.unlist(&id, "owed")).await;
        let (beside, all) = done(shop, |tx| tx.open_alerts_beside_the_list(9)).await;
        assert_eq!((&beside[0].1, beside.len(), all), (&Some(number), 1, 1), "by its number");
        let id = order.id.clone();
        done(shop, move |tx| tx.resolve_alert("unheard", id.as_str())).await;
        assert_eq!(open("unheard").await, []);
        let told = figures(shop).await;
        assert_eq!((told.owed, told.alerts, told.listed), (vec![], vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn what_happens_to_orders_is_counted_once_and_only_if_it_is_kept() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (order, _) = given::paid(shop, &order).await;
        let stopped = Event::Stopped(Stop::NoStock);
        let (mut lost, event) = (order.clone(), stopped.clone());
        let undone = given::tried(shop, move |tx| {
            given::step_in(tx, &mut lost, &event, "lost")?;
            Err::<(), _>(store::db::StoreError::Stale("on purpose"))
        });
        assert!(undone.await.is_err());
        assert_eq!(shop.db.moves().get(&("stopped", Some("no-stock"))), None);
        given::moved(shop, &order, stopped).await;
        assert_eq!(shop.db.moves().get(&("stopped", Some("no-stock"))), Some(&1));
        assert_eq!(shop.db.moves().get(&("paid", None)), Some(&1));
    })
    .await;
}
