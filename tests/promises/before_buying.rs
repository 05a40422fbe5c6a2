//! What keeps the house from buying: the provider's own list, its door, losses, and orders that are
//! served before. Nothing is bought by it, and everybody reads why in words that people know.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage, Stop};
use engine::Settings;
use engine::recover::Run;
use sim::smartvps::{Answer, Change, Doorway, Lie, Op, Point};
use store::attempt::Attempt;
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, settings, wish};

const SECOND: Duration = Duration::from_secs(1);
/// The list of before is too old to buy by.
const A_NEW_LIST: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn stage(shop: &TestShop, order: &Order) -> Stage {
    shop.order(&order.id).await.standing.stage
}

async fn attempt(shop: &TestShop, order: &Order) -> Attempt {
    let id = order.id.clone();
    shop.db.read(move |tx| tx.attempts(&id)).await.unwrap().remove(0)
}

/// What staff and the customer read of it.
async fn words(shop: &TestShop, order: &Order) -> (String, String) {
    let order = shop.order(&order.id).await;
    (order.error.unwrap_or_default(), order.public_error.unwrap_or_default())
}

async fn is_alerted(shop: &TestShop, kind: &str) -> bool {
    let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    alerts.iter().any(|alert| alert.kind == kind)
}

#[tokio::test]
async fn what_two_lists_say_of_a_package_stops_its_purchase_in_words_that_people_know() {
    for_each_database(async |test| {
        let names = ["103.181.91", "103.181.92", "103.181.93", "103.181.94"];
        let packages = names.map(|name| (name, 50)).to_vec();
        let kept_back = Settings { stock_buffer: 3, ..settings() };
        let shop = TestShop::open_with(test, kept_back, packages).await;
        let mut orders = Vec::new();
        for name in names {
            orders.push(shop.order_of(name).await.unwrap());
        }
        shop.upstream.set_status("1", "suspended");
        shop.upstream.set_stock("2", 0);
        shop.upstream.set_stock("3", 2);
        let gone = Change { listed: Some(false), ..Change::default() };
        shop.upstream.change_package("4", &gone);
        shop.later(A_NEW_LIST);
        for order in &orders {
            shop.pay(order).await;
        }
        shop.quiet().await;
        for order in &orders {
            assert!(
                matches!(stage(&shop, order).await, Stage::Planned(_)),
                "one list is not enough"
            );
        }
        shop.later(11 * SECOND);
        let expected = [
            (Stop::Inactive, "Package \"103.181.91\" (PID: 1) is not active. Status: suspended"),
            (Stop::NoStock, "Package \"103.181.92\" (PID: 2) has no available IPs. IPv4 count: 0"),
            (
                Stop::AtCapacity,
                "Package \"103.181.93\" is at capacity (2 IPs remaining). Please choose another \
                 package or contact support.",
            ),
            (
                Stop::PidGone,
                "Package (PID: 4, Name: 103.181.94) no longer available in SmartVPS API. Customer \
                 ordered product that is now unavailable.",
            ),
        ];
        for (order, (stop, text)) in orders.iter().zip(expected) {
            shop.until_stage(order, |stage| *stage == Stage::Stopped(stop)).await;
            assert_eq!(words(&shop, order).await, (text.to_owned(), text.to_owned()));
        }
        assert_eq!(shop.purchases(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_stopped_a_purchase_is_forgotten_when_the_next_one_leaves() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.rename("1", "198.51.100");
        shop.later(A_NEW_LIST);
        shop.pay(&order).await;
        shop.quiet().await;
        assert_eq!(stage(&shop, &order).await, Stage::Stopped(Stop::OtherBlock));
        let (staff, customer) = words(&shop, &order).await;
        assert!(staff.contains("was sold as 103.181.91 and is now called 198.51.100"), "{staff}");
        assert_eq!(
            customer,
            "The provider changed this package, so nothing was bought. Our staff look at your order."
        );
        shop.upstream.rename("1", SOLD);
        shop.engine.sync().await.unwrap();
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        shop.remedy(&order, wish(Remedy::Reprovision)).await.unwrap();
        shop.upstream.wait_for_held(1).await;
        assert_eq!(words(&shop, &order).await, (String::new(), String::new()));
        shop.upstream.release();
        shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_nobody_reaches_is_tried_three_times_ever_more_seldom() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.upstream.doorway(Doorway::Refuse).await;
        shop.pay(&order).await;
        for (tries, pause) in [(1, 5), (2, 15)] {
            shop.until(async || attempt(&shop, &order).await.tries == tries).await;
            shop.quiet().await;
            shop.later((pause - 1) * SECOND);
            shop.quiet().await;
            assert_eq!(attempt(&shop, &order).await.tries, tries, "not before {pause} s");
            assert!(matches!(stage(&shop, &order).await, Stage::Planned(_)), "{tries} tries");
            shop.later(2 * SECOND);
        }
        let is_over = |stage: &Stage| *stage == Stage::Stopped(Stop::ConnectFailed);
        shop.until_stage(&order, is_over).await;
        let (staff, customer) = words(&shop, &order).await;
        assert!(staff.starts_with("could not connect to the provider in 3 tries: "), "{staff}");
        assert!(
            customer.starts_with("Your server could not be bought at the moment."),
            "{customer}"
        );
        assert_eq!(shop.purchases(), 0);
        shop.upstream.doorway(Doorway::Open).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_bought_while_the_losses_of_a_day_are_over_their_budget() {
    for_each_database(async |test| {
        let loss_budget = Some(Money::major(100, Currency::INR));
        let settings = Settings { loss_budget, ..settings() };
        let shop = TestShop::open_with(test, settings, vec![(SOLD, 50), (OTHER, 50)]).await;
        shop.cost(SOLD, 100).await;
        for (host, over) in [(18, false), (19, true)] {
            shop.upstream.next(Op::Buyvps, Lie::hand_out(Ipv4Addr::new(103, 182, 44, host)));
            let wrong = shop.buy(SOLD).await;
            assert_eq!(wrong.standing.stage, Stage::Stopped(Stop::WrongServer));
            let told = shop.engine.today().await.unwrap().over_budget;
            let used_up = "the loss budget of 100.00 INR for 24 hours is used up";
            assert_eq!(told.as_deref(), over.then_some(used_up), "what is lost is all there is");
        }
        shop.engine.sync().await.unwrap();
        let waits = shop.buy(SOLD).await;
        assert!(is_alerted(&shop, "loss-budget").await);
        shop.later(23 * HOUR);
        shop.engine.sync().await.unwrap();
        shop.quiet().await;
        assert!(matches!(stage(&shop, &waits).await, Stage::Planned(_)));
        assert_eq!(shop.purchases(), 2);
        shop.later(2 * HOUR);
        shop.engine.sync().await.unwrap();
        shop.until_stage(&waits, |stage| matches!(stage, Stage::Delivered(_))).await;
        assert_eq!(shop.engine.today().await.unwrap().over_budget, None);
        assert_eq!(shop.purchases(), 3);
        shop.engine.sweep().await.unwrap();
        assert!(!is_alerted(&shop, "loss-budget").await, "what lifts by itself is over by itself");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_may_have_been_bought_for_one_order_is_not_counted_on_for_another() {
    for_each_database(async |test| {
        let settings = Settings { stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(test, settings, vec![(SOLD, 2)]).await;
        let first = shop.order_of(SOLD).await.unwrap();
        let second = shop.order_of(SOLD).await.unwrap();
        // Somebody else buys one of the two, and nobody hears what became of the other.
        shop.upstream.set_stock("1", 1);
        shop.later(A_NEW_LIST);
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost).without_the_deed());
        shop.pay(&first).await;
        shop.until_stage(&first, |stage| matches!(stage, Stage::Unheard(_))).await;
        assert!(!is_alerted(&shop, "loss-budget").await, "nothing is lost yet");
        shop.pay(&second).await;
        let waits = "waiting for stock: 1 free, 1 under way, 0 kept back";
        shop.until(async || shop.jobs().await.join("\n").contains(waits)).await;
        assert_eq!(shop.purchases(), 1);
        // Staff have looked: nothing was bought.
        shop.later(HOUR);
        shop.remedy(&first, wish(Remedy::NothingBought)).await.unwrap();
        shop.quiet().await;
        let ends = [stage(&shop, &first).await, stage(&shop, &second).await];
        let delivered = ends.iter().filter(|stage| matches!(stage, Stage::Delivered(_)));
        assert_eq!(delivered.count(), 1, "{ends:?}");
        assert_eq!(shop.purchases(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_purchase_that_its_process_forgot_is_unheard_at_its_deadline_and_not_before() {
    for_each_database(async |test| {
        // Longer than this test: whoever sent the request says nothing meanwhile.
        let patience = Duration::from_secs(180);
        let settings = Settings { purchase_timeout: patience, ..settings() };
        let shop = TestShop::open_with(test, settings, vec![(SOLD, 50)]).await;
        shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.upstream.wait_for_held(1).await;
        let permitted = stage(&shop, &order).await;
        let Stage::Permitted(attempt) = &permitted else { panic!("{permitted:?}") };
        let job = attempt.to_string();
        shop.db.write(move |tx| tx.drop_job(store::job::Kind::Purchase, &job)).await.unwrap();
        let found = shop.engine.recover(Run::Real, "staff").await.unwrap();
        assert_eq!(found[0].did, "its deadline is watched");
        shop.until(async || {
            shop.jobs().await.join("\n").contains("permitted by another process; waiting")
        })
        .await;
        shop.later(patience - 5 * SECOND);
        shop.quiet().await;
        assert_eq!(stage(&shop, &order).await, permitted);
        shop.later(6 * SECOND);
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        let (staff, customer) = words(&shop, &order).await;
        assert_eq!(staff, "the purchase's outcome is not known: no answer before the deadline");
        assert!(customer.starts_with("We do not know yet whether your server was bought."));
        // Whoever sent it still listens.
        shop.upstream.release();
        shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}
