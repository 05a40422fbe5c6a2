//! A paid order that nobody works on is put back on its way, and never bought twice for that.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, PackageId};
use domain::money::{Currency, Money};
use domain::order::{Event, Stage, Standing, Stop, step};
use domain::package::Pid;
use engine::recover::{Recovered, Run};
use sim::smartvps::{Answer, Deed, Lie, Op, Package, Point};
use store::db::StoreError;
use store::job::Kind;
use store::order::{Cause, Extras, Order};

use crate::database::for_each_database;
use crate::support::{Machine, OTHER, SOLD, TestShop, is_delivered};

async fn recover(shop: &TestShop, run: Run) -> Vec<Recovered> {
    shop.engine.recover(run, "staff").await.unwrap()
}

fn numbers(rows: &[Recovered]) -> Vec<&str> {
    rows.iter().map(|row| row.number.as_str()).collect()
}

/// Every row of an order as it is now, in one text.
async fn all_of(shop: &TestShop, order: &Order) -> String {
    let id = order.id.clone();
    let rows = shop.db.read(move |tx| {
        let (order, listed) = (tx.order(&id)?, tx.attention_of(&id)?);
        Ok::<_, StoreError>((order.version, listed, tx.attempts(&id)?, tx.happenings(&id)?))
    });
    format!("{:?}", rows.await.unwrap())
}

async fn drop_job(shop: &TestShop, kind: Kind, subject: String) {
    shop.db.write(move |tx| tx.drop_job(kind, &subject)).await.unwrap();
}

/// An unpaid order like another one, of a package that is not in the catalogue.
async fn order_without_plan(shop: &TestShop, number: &str, paise: i64) -> Order {
    let like = shop.order_of(SOLD).await.unwrap();
    let start = Timestamp::from_millis(1_790_000_000_000);
    let mut order = Order { id: OrderId::mint(start, &Machine), number: number.into(), ..like };
    order.sold.terms.package = PackageId::mint(start, &Machine);
    order.sold.terms.pid = Pid::new("3").unwrap();
    order.sold.terms.package_name = OTHER.into();
    order.sold.product_name = format!("🌊 {OTHER}");
    order.sold.quote.total = Money::new(paise, Currency::INR);
    order.standing = Standing::new(Stage::Unpaid);
    let new = order.clone();
    shop.db.write(move |tx| tx.insert_order(&new, "import")).await.unwrap();
    order
}

/// The purchase found no plan for what was paid.
async fn plan_is_missing(shop: &TestShop, order: &Order) {
    let id = order.id.clone();
    let stop = move |tx: &mut store::db::Tx<'_>| {
        let mut order = tx.lock_order(&id)?;
        if matches!(order.standing.stage, Stage::Stopped(_)) {
            return Ok(());
        }
        let event = Event::Stopped(Stop::PlanMissing);
        let next = step(&order.standing, &event).expect("a planned order");
        let cause = Cause { key: "plan-missing".into(), actor: "worker".into(), data: "{}".into() };
        tx.record(&mut order, &[(event, next)], &cause, &Extras::default())
    };
    shop.db.write(stop).await.unwrap();
}

#[tokio::test]
async fn paid_orders_whose_plan_was_missing_end_with_two_servers() {
    for_each_database(async |db| {
        let shop = TestShop::open_with(db, crate::support::settings(), vec![(SOLD, 50)]).await;
        // Orders that came from elsewhere have prices that no list of ours has.
        shop.sabotaged();
        let first = order_without_plan(&shop, "ORD-4CIYNGEQK6", 3_953_500).await;
        let second = order_without_plan(&shop, "ORD-QM0AXMGPQV", 264_320).await;
        let together = first.sold.quote.total.plus(second.sold.quote.total).unwrap();
        assert_eq!(together.to_string(), "42178.20 INR");
        for order in [&first, &second] {
            shop.pay(order).await;
            plan_is_missing(&shop, order).await;
        }

        // Nothing can be done yet, and it is told.
        let told = recover(&shop, Run::Real).await;
        let mut found = numbers(&told);
        found.sort_unstable();
        assert_eq!(found, ["ORD-4CIYNGEQK6", "ORD-QM0AXMGPQV"]);
        assert!(told.iter().all(|row| row.what.contains("not in the catalogue")), "{told:?}");
        let alerts = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
        assert_eq!(alerts.iter().filter(|alert| alert.kind == "plan-missing").count(), 2);
        assert_eq!(shop.purchases(), 0);

        // The plan comes back under another row of our books; its PID is what it is known by.
        shop.upstream.add_package(Package::new("3", OTHER, 50));
        shop.engine.sync().await.unwrap();
        let dry = recover(&shop, Run::Dry).await;
        let real = recover(&shop, Run::Real).await;
        assert_eq!(dry, real);
        assert!(real.iter().all(|row| row.did == "planned again"), "{real:?}");
        shop.quiet().await;
        for order in [&first, &second] {
            let order = shop.order(&order.id).await;
            assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
        }
        assert_eq!(shop.purchases(), 2);
        assert!(recover(&shop, Run::Real).await.is_empty());
        let alerts = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
        assert!(alerts.iter().all(|alert| alert.kind != "plan-missing"), "{alerts:?}");
        assert!(shop.engine.books().await.unwrap().are_in_order());
    })
    .await;
}

#[tokio::test]
async fn a_rejected_order_is_planned_again_and_a_dry_run_only_says_so() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let text = Some("error|Out of stock".to_owned());
        let refusal = Lie { text, ..Lie::of(Deed::Refuse) };
        shop.upstream.next(Op::Buyvps, refusal);
        let order = shop.buy(SOLD).await;
        assert_eq!(order.standing.stage, Stage::Stopped(Stop::Rejected));
        let before = all_of(&shop, &order).await;
        let dry = recover(&shop, Run::Dry).await;
        assert_eq!(all_of(&shop, &order).await, before);
        let real = recover(&shop, Run::Real).await;
        assert_eq!(dry, real);
        assert_eq!(numbers(&real), [order.number.as_str()]);
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_may_have_been_bought_is_left_to_a_person() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let unheard = shop.buy(SOLD).await;
        assert!(matches!(unheard.standing.stage, Stage::Unheard(_)));
        shop.upstream.next(Op::Buyvps, Lie::hand_out(Ipv4Addr::new(103, 182, 44, 18)));
        let wrong = shop.buy(SOLD).await;
        assert_eq!(wrong.standing.stage, Stage::Stopped(Stop::WrongServer));
        let good = shop.buy(SOLD).await;
        assert!(is_delivered(&good));
        let unpaid = shop.order_of(SOLD).await.unwrap();
        assert!(recover(&shop, Run::Real).await.is_empty());

        // On nobody's list: found, and put on it, and nothing else.
        let id = unheard.id.clone();
        shop.db.write(move |tx| tx.settle(&id)).await.unwrap();
        shop.later(Duration::from_secs(1));
        let real = recover(&shop, Run::Real).await;
        assert_eq!(numbers(&real), [unheard.number.as_str()]);
        assert_eq!(real[0].did, "put on the list for a person");
        let listed = shop.engine.needs_attention(None, None).await.unwrap();
        assert!(listed.items.iter().any(|row| row.order == unheard.id && row.why == "unheard"));
        shop.quiet().await;
        assert_eq!(shop.purchases(), 3);
        assert_eq!(shop.order(&unpaid.id).await.standing.stage, Stage::Unpaid);
    })
    .await;
}

#[tokio::test]
async fn a_planned_order_that_lost_its_job_is_bought_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.engine.pause_provider("smartvps", "a test", "staff").await.unwrap();
        let order = shop.order_of(SOLD).await.unwrap();
        let order = shop.pay(&order).await;
        let Stage::Planned(attempt) = &order.standing.stage else { panic!("{order:?}") };
        drop_job(&shop, Kind::Purchase, attempt.to_string()).await;
        shop.engine.resume_provider("smartvps", "a test", "staff").await.unwrap();
        let dry = recover(&shop, Run::Dry).await;
        assert_eq!(numbers(&dry), [order.number.as_str()]);
        assert_eq!(recover(&shop, Run::Real).await, dry);
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_check_that_lost_its_job_goes_on() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.always(Op::Status, Lie::of(Deed::NoPassword));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Verifying(_))).await;
        shop.quiet().await;
        let stage = shop.order(&order.id).await.standing.stage;
        let Stage::Verifying(server) = &stage else { panic!("{stage:?}") };
        drop_job(&shop, Kind::Verify, server.to_string()).await;
        shop.upstream.honest_again().await;
        shop.later(Duration::from_secs(60));
        shop.quiet().await;
        assert!(!is_delivered(&shop.order(&order.id).await));
        let real = recover(&shop, Run::Real).await;
        assert_eq!(real[0].did, "the check goes on");
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_permit_that_nobody_watches_is_watched_and_not_used_again() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.upstream.wait_for_held(1).await;
        let stage = shop.order(&order.id).await.standing.stage;
        let Stage::Permitted(attempt) = &stage else { panic!("{stage:?}") };
        drop_job(&shop, Kind::Purchase, attempt.to_string()).await;
        let real = recover(&shop, Run::Real).await;
        assert_eq!(real[0].did, "its deadline is watched");
        shop.upstream.release();
        shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
        assert_eq!(shop.purchases(), 1);
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
    })
    .await;
}

#[tokio::test]
async fn a_stored_answer_that_was_never_read_is_read() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        // One node stores the answer; its worker has stopped before anybody understands it.
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        shop.pay(&order).await;
        shop.upstream.wait_for_held(1).await;
        let stage = shop.order(&order.id).await.standing.stage;
        let Stage::Permitted(attempt) = &stage else { panic!("{stage:?}") };
        store_unread_answer(&shop, attempt).await;
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.standing.stage, stage);
        assert_eq!(kinds(&shop).await, ["paid-and-forgotten", "answer-unread"]);
        let real = recover(&shop, Run::Real).await;
        assert_eq!(real[0].did, "it is read now");
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        assert_eq!(shop.purchases(), 1);
        shop.upstream.release();
    })
    .await;
}

async fn kinds(shop: &TestShop) -> Vec<&'static str> {
    shop.engine.books().await.unwrap().rows.iter().map(|row| row.kind).collect()
}

/// The answer row alone, without the job that classifies it and without the one that waits.
async fn store_unread_answer(shop: &TestShop, attempt: &AttemptId) {
    let attempt = attempt.clone();
    let store = move |tx: &mut store::db::Tx<'_>| {
        let answer = store::attempt::NewAnswer {
            permit: attempt.as_str(),
            kind: "lost",
            status: None,
            body: None,
            reason: Some("the connection ended"),
        };
        assert!(tx.insert_answer(&answer)?);
        tx.drop_job(Kind::Purchase, attempt.as_str())
    };
    shop.db.write(store).await.unwrap();
}
