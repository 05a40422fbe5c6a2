//! What people do at their desk: the list of orders to look at, and a provider's switches.

use domain::order::{Event, Stop};
use store::attention::{Attention, Owner, Wanted};

use super::given::{self, MINUTE, SHOP, done, moved};
use crate::support::{TestDb, for_each_database};

async fn listed(shop: &TestDb) -> Vec<Attention> {
    let rows = done(shop, |tx| tx.attention(&Wanted::default(), None, 100)).await;
    assert!(rows.iter().all(|(row, order)| row.order == order.id));
    rows.into_iter().map(|(row, _)| row).collect()
}

#[tokio::test]
async fn an_order_is_listed_once_per_reason_until_it_is_settled() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let urgent = given::ordered(shop, &package).await.id;
        let later = given::ordered(shop, &package).await.id;
        for (order, why, minutes) in
            [(&later, "slow", 60), (&later, "slow", 1), (&urgent, "slow", 30), (&later, "owed", 90)]
        {
            let order = order.clone();
            done(shop, move |tx| tx.list(&order, why, minutes * MINUTE)).await;
        }
        let all = listed(shop).await;
        let told: Vec<_> = all.iter().map(|row| (&row.order, row.why.as_str())).collect();
        assert_eq!(told, [(&urgent, "slow"), (&later, "slow"), (&later, "owed")]);
        let after = (all[0].due_at, all[0].id);
        let wanted = Wanted::default();
        let rest = done(shop, move |tx| tx.attention(&wanted, Some(after), 1)).await;
        assert_eq!(rest.iter().map(|(row, _)| row.id).collect::<Vec<_>>(), [all[1].id]);
        let ids = async |why: Option<&str>, owner: Owner, overdue: bool| {
            let wanted = Wanted { why: why.map(str::to_owned), owner, overdue };
            let found = done(shop, move |tx| tx.attention(&wanted, None, 9)).await;
            found.into_iter().map(|(row, _)| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(Some("owed"), Owner::Anybody, false).await, [all[2].id]);
        assert_eq!(ids(None, Owner::Nobody, false).await.len(), 3);
        assert!(ids(None, Owner::Anybody, true).await.is_empty(), "nothing is due yet");
        let kinds = done(shop, |tx| tx.attention_kinds()).await;
        let counted = |kind: &store::attention::Kind| (kind.why.clone(), kind.orders, kind.overdue);
        let counted: Vec<_> = kinds.iter().map(counted).collect();
        assert_eq!(counted, [("slow".into(), 2, 0), ("owed".into(), 1, 0)]);
        assert_eq!(kinds[1].oldest, all[2].since);
        let (id, due) = (later.clone(), shop.now().await);
        assert_eq!(done(shop, move |tx| tx.take_over_order(&id, "bob", due)).await, 2);
        let first = listed(shop).await.remove(0);
        assert_eq!((first.order, first.owner.as_deref()), (later.clone(), Some("bob")));
        let bob = || Owner::One("bob".into());
        assert_eq!(ids(None, bob(), false).await, [all[1].id, all[2].id]);
        assert_eq!(ids(Some("owed"), bob(), false).await, [all[2].id]);
        assert_eq!(ids(None, Owner::Nobody, false).await, [all[0].id]);
        shop.clock.step(MINUTE);
        assert_eq!(ids(None, Owner::Anybody, true).await, [all[1].id, all[2].id]);
        let id = later.clone();
        done(shop, move |tx| tx.unlist(&id, "owed")).await;
        let left: Vec<String> = listed(shop).await.into_iter().map(|row| row.why).collect();
        assert_eq!(left, ["slow", "slow"]);
        let id = later.clone();
        done(shop, move |tx| tx.settle(&id)).await;
        let id = later.clone();
        assert_eq!(done(shop, move |tx| tx.attention_of(&id)).await.len(), 0);
        assert_eq!(listed(shop).await.len(), 1);
        let id = later.clone();
        assert_eq!(done(shop, move |tx| tx.take_over_order(&id, "bob", due)).await, 0);
        let id = later.clone();
        done(shop, move |tx| tx.list(&id, "slow", MINUTE)).await;
        let id = later.clone();
        let again = done(shop, move |tx| tx.attention_of(&id)).await;
        assert_eq!((again.len(), again[0].owner.as_deref()), (1, None), "a new row");
    })
    .await;
}

#[tokio::test]
async fn what_is_paid_and_slow_and_on_no_list_is_found() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, _) = given::paid(shop, &given::ordered(shop, &package).await).await;
        given::ordered(shop, &package).await;
        let found = async || {
            done(shop, |tx| {
                let before = tx.now()? - 15 * MINUTE;
                tx.unsettled_and_unlisted(before)
            })
            .await
        };
        assert_eq!(found().await, []);
        shop.clock.step(16 * MINUTE);
        assert_eq!(found().await, std::slice::from_ref(&order.id));
        moved(shop, &order, Event::Stopped(Stop::NoStock)).await;
        assert_eq!(found().await, [], "its stop has put it on the list");
        assert_eq!(listed(shop).await[0].why, "no-stock");
    })
    .await;
}

#[tokio::test]
async fn a_provider_is_paused_once_and_resumed_with_a_clean_count() {
    for_each_database(async |shop| {
        done(shop, |tx| tx.ensure_provider(SHOP)).await;
        let why = async || done(shop, |tx| tx.provider_pause(SHOP)).await;
        assert_eq!(why().await, None);
        let counts = [
            done(shop, |tx| tx.count_unheard(SHOP)).await,
            done(shop, |tx| tx.count_unheard(SHOP)).await,
        ];
        assert_eq!(counts, [1, 2]);
        done(shop, |tx| tx.reset_unheard(SHOP)).await;
        assert_eq!(done(shop, |tx| tx.count_unheard(SHOP)).await, 1, "an answer broke the row");
        assert!(done(shop, |tx| tx.pause_provider(SHOP, "two unheard")).await);
        assert!(!done(shop, |tx| tx.pause_provider(SHOP, "another")).await);
        assert_eq!(why().await.as_deref(), Some("two unheard"));
        done(shop, |tx| tx.resume_provider(SHOP)).await;
        assert_eq!(why().await, None);
        assert_eq!(done(shop, |tx| tx.count_unheard(SHOP)).await, 1, "counted anew");
    })
    .await;
}

#[tokio::test]
async fn losses_count_anew_from_when_the_budget_was_lifted() {
    for_each_database(async |shop| {
        assert_eq!(done(shop, |tx| tx.budget_lifted_at()).await, None);
        let now = shop.now().await;
        done(shop, move |tx| tx.lift_budget(now, "ada")).await;
        assert_eq!(done(shop, |tx| tx.budget_lifted_at()).await, Some(now));
    })
    .await;
}
