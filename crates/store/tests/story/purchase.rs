//! What the steps of a purchase ask for in one go: the same as if they asked one by one.

use std::time::Duration;

use domain::attempt::State;
use domain::ledger::{Account, Entry};
use domain::money::Currency;
use domain::order::{Event, Stage};
use store::attempt::NewAnswer;
use store::db::{Counts, StoreError};

use super::given::{self, HERE, MINUTE, SHOP, done, moved, rupees, tried};
use crate::support::for_each_database;

const DAY: Duration = Duration::from_secs(24 * 3_600);

#[tokio::test]
async fn a_planned_attempt_is_read_with_what_stands_in_its_way() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, attempt) = given::paid(shop, &given::ordered(shop, &package).await).await;
        let begin = async || {
            let id = attempt.to_string();
            let begun = done(shop, move |tx| tx.begin_purchase(&id, (SHOP, "latch"))).await;
            begun.expect("it was planned")
        };
        let begun = begin().await;
        assert_eq!((begun.attempt.id, begun.attempt.state), (attempt.clone(), State::Planned));
        assert_eq!((begun.order.id, begun.order.version), (order.id.clone(), order.version));
        assert_eq!((begun.latched, begun.paused), (None, None));
        done(shop, |tx| {
            tx.pause_provider(SHOP, "HTTP 401")?;
            tx.set_setting("latch", "restored from a copy", "test")
        })
        .await;
        let begun = begin().await;
        assert_eq!(begun.latched.as_deref(), Some("restored from a copy"));
        assert_eq!(begun.paused.as_deref(), Some("HTTP 401"));
        let unknown = done(shop, |tx| tx.begin_purchase("att_unknown", (SHOP, "latch"))).await;
        assert!(unknown.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_permit_is_weighed_by_everything_at_once() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, _) = given::paid(shop, &given::ordered(shop, &package).await).await;
        let weighed = async || {
            let (order, package) = (order.id.clone(), package.id.clone());
            let budget = (Currency::INR, DAY);
            done(shop, move |tx| tx.count_for_permit((&order, &package), 2, "latch", budget)).await
        };
        let grounds = weighed().await;
        let stock = grounds.counted.stock;
        assert_eq!((stock.free, stock.taken, stock.promised, stock.buffer), (9, 0, 1, 2));
        assert_eq!(grounds.order.standing.stage, order.standing.stage);
        assert_eq!((grounds.latched, grounds.paused, grounds.strays_minor), (None, None, 0));
        // What nobody knows the outcome of costs what it was sold for, once it is overdue.
        let lost = given::ordered(shop, &package).await;
        let (lost, _) = given::permitted(shop, &lost).await;
        moved(shop, &lost, Event::WentUnheard).await;
        assert_eq!(weighed().await.strays_minor, 0, "its answer may still come in time");
        shop.clock.step(4 * MINUTE);
        let grounds = weighed().await;
        assert_eq!((grounds.strays_minor, grounds.counted.stock.taken), (rupees(999).minor, 1));
        let now = shop.now().await;
        done(shop, move |tx| {
            tx.lift_budget(now, "ada")?;
            tx.pause_provider(SHOP, "HTTP 403").map(drop)
        })
        .await;
        let grounds = weighed().await;
        assert_eq!((grounds.strays_minor, grounds.paused.as_deref()), (0, Some("HTTP 403")));
    })
    .await;
}

#[tokio::test]
async fn a_customers_demand_is_counted_under_the_packages_lock() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (account, id) = (order.account.clone(), package.id.clone());
        let demand = async || {
            let (account, id) = (account.clone(), id.clone());
            done(shop, move |tx| tx.count_for_order((&account, &id), 0, "stopped")).await
        };
        let first = demand().await;
        assert_eq!((first.reserved, first.counted.stock.promised), (1, 1));
        assert_eq!(first.selling_stopped, None);
        done(shop, |tx| tx.set_setting("stopped", "wrong prices", "ada")).await;
        assert_eq!(demand().await.selling_stopped.as_deref(), Some("wrong prices"));
        // Only an order inside its reservation is held without its package.
        let reserved = async || {
            let id = order.id.clone();
            done(shop, move |tx| tx.lock_order_if_reserved(&id)).await.is_some()
        };
        assert!(reserved().await);
        shop.clock.step(16 * MINUTE);
        assert!(!reserved().await);
        assert_eq!(demand().await.reserved, 0);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_read_with_its_attempt_and_applied_under_its_orders_lock() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let other = given::ordered(shop, &package).await;
        given::verifying(shop, &other, HERE).await;
        let (order, attempt) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        let read = async || {
            let permit = attempt.to_string();
            done(shop, move |tx| tx.answered_attempt(&permit)).await
        };
        assert!(read().await.is_none(), "no answer yet");
        let permit = attempt.to_string();
        done(shop, move |tx| {
            let (kind, reason) = ("lost", Some("reset"));
            tx.insert_answer(&NewAnswer { permit: &permit, kind, status: None, body: None, reason })
        })
        .await;
        let (answer, found) = read().await.expect("both");
        assert_eq!((answer.kind.as_str(), found.id.clone()), ("lost", attempt.clone()));
        let locked = async |named| {
            let found = found.clone();
            done(shop, move |tx| tx.lock_answered(&found, named)).await
        };
        let (same, again, live) = locked(None).await;
        assert_eq!((same.id, again.state), (order.id.clone(), State::Permitted));
        assert!(live.is_none());
        let (_, _, live) = locked(Some(HERE)).await;
        assert_eq!(live.expect("it is live").order, Some(other.id.clone()));
    })
    .await;
}

#[tokio::test]
async fn a_verdict_is_read_whole_and_delivery_knows_what_was_prepaid() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (order, server) = given::verifying(shop, &order, HERE).await;
        let (id, of) = (server.clone(), order.id.clone());
        done(shop, move |tx| {
            let prepaid = Account::Prepaid(of.clone());
            let entry = Entry::moved("came", prepaid, Account::Bank, rupees(999));
            tx.post(Some(&of), &entry)
        })
        .await;
        let found = done(shop, move |tx| tx.server_under_check(&id)).await;
        assert_eq!((found.server.id, found.server.address), (server.clone(), HERE));
        let stage = found.order.expect("it is somebody's").standing.stage;
        assert_eq!(stage, Stage::Verifying(server));
        assert!(found.operations.is_empty());
        assert_eq!(found.earlier_expiry, None);
        assert!(found.now <= shop.now().await);
        let id = order.id.clone();
        let (same, prepaid) = done(shop, move |tx| tx.lock_order_with_prepaid(&id)).await;
        assert_eq!((same.version, prepaid), (order.version, rupees(999).minor));
        let unknown = given::server_id(shop);
        let missing = tried(shop, move |tx| tx.server_under_check(&unknown)).await;
        assert!(matches!(missing, Err(StoreError::Missing { what: "server", .. })));
    })
    .await;
}

#[tokio::test]
async fn work_is_counted_by_its_kind() {
    for_each_database(async |shop| {
        let before = shop.db.counts();
        done(shop, |tx| tx.next_number()).await;
        shop.db.read(|tx| tx.setting("latch")).await.expect(shop.kind);
        let Counts { writes, reads, statements } = shop.db.counts();
        assert_eq!((writes - before.writes, reads - before.reads), (1, 1));
        assert_eq!(statements - before.statements, 2);
    })
    .await;
}
