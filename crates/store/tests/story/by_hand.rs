//! Providers without an API: who they are, what staff count of theirs, and who waits for a person.

use std::time::Duration;

use domain::id::PackageId;
use domain::package::Package;
use domain::provider::ByHand;
use domain::stock::Stock;
use store::by_hand::{LISTED_AS, Shelf, Waiting};
use store::job::Kind;

use super::given::{self, MINUTE, done};
use crate::support::{TestDb, for_each_database};

fn rack() -> ByHand {
    ByHand {
        id: "hand-rack".into(),
        name: "Rack".into(),
        due_within: Duration::from_secs(4 * 3_600),
        note: "ask Bea".into(),
    }
}

async fn left(shop: &TestDb, package: &PackageId) -> (i64, bool) {
    let id = package.clone();
    let counted = done(shop, move |tx| tx.count_stock(&id, 3)).await;
    assert_eq!(counted.stock.buffer, 0, "nothing is kept back of what staff count");
    (counted.stock.saleable(), counted.is_by_hand)
}

#[tokio::test]
async fn a_provider_without_an_api_is_entered_once_and_changed() {
    for_each_database(async |shop| {
        assert!(done(shop, |tx| tx.add_by_hand(&rack())).await);
        assert!(!done(shop, |tx| tx.add_by_hand(&rack())).await, "the id is taken");
        let changed = ByHand { name: "Rack 2".into(), due_within: MINUTE, ..rack() };
        let new = changed.clone();
        done(shop, move |tx| tx.change_by_hand(&new)).await;
        assert_eq!(done(shop, |tx| tx.by_hand("hand-rack")).await, Some(changed.clone()));
        assert_eq!(done(shop, |tx| tx.lock_by_hand("hand-rack")).await, Some(changed.clone()));
        assert_eq!(done(shop, |tx| tx.lock_by_hand("hand-other")).await, None);
        assert_eq!(done(shop, |tx| tx.provider_pause("hand-rack")).await, None);
        assert_eq!(done(shop, |tx| tx.all_by_hand()).await, [(changed, None)]);
    })
    .await;
}

#[tokio::test]
async fn what_staff_count_goes_down_with_every_delivery_and_never_without_an_end() {
    for_each_database(async |shop| {
        assert!(done(shop, |tx| tx.add_by_hand(&rack())).await);
        let package = given::package_of(shop, "hand-rack", "91", 2).await;
        assert_eq!(left(shop, &package.id).await, (2, true));
        let id = package.id.clone();
        done(shop, move |tx| tx.take_from_count(&id, "hand-rack")).await;
        assert_eq!(left(shop, &package.id).await, (1, true));
        let id = package.id.clone();
        done(shop, move |tx| tx.set_count(&id, Stock::NO_END)).await;
        let id = package.id.clone();
        done(shop, move |tx| tx.take_from_count(&id, "hand-rack")).await;
        assert_eq!(left(shop, &package.id).await, (Stock::NO_END, true));
        let id = package.id.clone();
        let read = done(shop, move |tx| tx.package(&id)).await.unwrap();
        assert_eq!((read.stock, read.unlimited, read.left()), (0, true, Stock::NO_END));
        given::package(shop, "92", 9).await;
        let shelf = done(shop, |tx| tx.products_of(&["hand-rack"])).await;
        assert_eq!(
            shelf.iter().map(|s| (&s.package.id, s.available)).collect::<Vec<_>>(),
            [(&package.id, true)]
        );
        let id = package.id.clone();
        done(shop, move |tx| tx.set_count(&id, 0)).await;
        assert!(!done(shop, |tx| tx.products_of(&["hand-rack"])).await[0].available);
        assert!(done(shop, |tx| tx.products_of(&[])).await.is_empty());
        assert_eq!(left(shop, &package.id).await, (0, true));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_waits_for_a_person_has_not_lost_its_way() {
    for_each_database(async |shop| {
        assert!(done(shop, |tx| tx.add_by_hand(&rack())).await);
        let package = given::package_of(shop, "hand-rack", "91", 9).await;
        let (order, attempt) = given::paid(shop, &given::ordered(shop, &package).await).await;
        done(shop, move |tx| tx.drop_job(Kind::Purchase, attempt.as_str())).await;
        assert_eq!(done(shop, |tx| tx.stranded_orders("", 9)).await.len(), 1);
        assert_eq!(done(shop, |tx| tx.waiting_by_hand()).await, Waiting::default());
        let shelf = async |of: &Package| {
            let of = of.clone();
            done(shop, move |tx| tx.shelf(&of, 9)).await
        };
        let calm = Shelf { seller: rack(), waiting: vec![], waiting_in_all: 0 };
        assert_eq!(shelf(&package).await, Some(calm.clone()));
        let id = order.id.clone();
        done(shop, move |tx| tx.list(&id, LISTED_AS, MINUTE)).await;
        let Shelf { seller, waiting, waiting_in_all } = shelf(&package).await.expect(shop.kind);
        let due = &waiting[0];
        assert_eq!((seller, waiting.len(), waiting_in_all), (rack(), 1, 1));
        assert_eq!((&due.order, &due.number, &due.owner), (&order.id, &order.number, &None));
        assert!(due.due_at > shop.now().await);
        let other = given::package_of(shop, "hand-rack", "92", 9).await;
        assert_eq!(shelf(&other).await, Some(calm));
        assert_eq!(shelf(&given::package(shop, "93", 9).await).await, None);
        assert_eq!(done(shop, |tx| tx.stranded_orders("", 9)).await, []);
        let waiting = done(shop, |tx| tx.waiting_by_hand()).await;
        assert_eq!((waiting.orders, waiting.overdue), (1, 0));
        shop.clock.step(2 * MINUTE);
        let waiting = done(shop, |tx| tx.waiting_by_hand()).await;
        assert_eq!((waiting.orders, waiting.overdue, waiting.next_due.is_some()), (1, 1, true));
    })
    .await;
}
