//! What customers keep with us: it comes in once however often it is told, pays for orders wholly
//! or in part, is never less than nothing, and comes back when it was not needed.

use std::time::Duration;

use domain::money::Money;
use domain::order::{Closed, Remedy, Stage};
use domain::refund::State;
use engine::Error;
use engine::checkout::{NewOrder, Paying};
use engine::read::Moved;
use engine::remedy::Wish;
use engine::wallet::EntryKind;
use engine::wallet::gift::Gift;
use futures_util::future::join_all;
use sim::gateway::{Answer, Back, How, Lie, Op, Tongue};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, rupees, wish};

const MINUTE: Duration = Duration::from_secs(60);

fn gift(units: i64, key: &str) -> Gift {
    Gift {
        amount: rupees(units),
        reason: "a test gives".into(),
        public: "With our thanks".into(),
        key: Some(key.into()),
        preview: false,
    }
}

pub async fn given(shop: &TestShop, units: i64) {
    let key = format!("{:?}", shop.engine.now());
    shop.engine.give_credit(&shop.customer, gift(units, &key), "staff").await.unwrap();
}

async fn topped_up(shop: &TestShop, units: i64, how: How) -> Paying {
    let paying = shop.engine.top_up(&shop.customer, rupees(units), None).await.unwrap();
    shop.gateway.pay(paying.payment.as_str(), how);
    shop.engine.ask_gateway(&paying.payment).await.unwrap();
    paying
}

pub async fn balance(shop: &TestShop) -> Money {
    shop.engine.wallet(&shop.customer).await.unwrap().remove(0)
}

/// The lines of the statement, newest first: why, and by how much.
pub async fn lines(shop: &TestShop) -> Vec<(EntryKind, i64)> {
    let page = shop.engine.wallet_entries(&shop.customer, None, None).await.unwrap();
    page.items.iter().map(|line| (line.kind, line.amount.minor)).collect()
}

async fn wanted(shop: &TestShop, from_wallet: i64) -> NewOrder {
    let from_wallet = Some(rupees(from_wallet));
    NewOrder { from_wallet, ..shop.new_order(SOLD).await }
}

async fn begun(shop: &TestShop, from_wallet: i64) -> (Order, Paying) {
    let wish = wanted(shop, from_wallet).await;
    let (order, paying) = shop.engine.create_order(wish).await.unwrap();
    (order, paying.expect("something is left to pay"))
}

/// Pays at the gateway what was asked for there, and lets the house do its work.
async fn paid(shop: &TestShop, order: &Order, paying: &Paying) -> Order {
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
    shop.engine.ask_gateway(&paying.payment).await.unwrap();
    shop.quiet().await;
    shop.order(&order.id).await
}

/// Of 999 rupees 400 out of the wallet and 599 at the gateway; a top-up and a gift before it.
pub async fn paid_by_both(shop: &TestShop) -> Order {
    topped_up(shop, 500, How::PaySilently).await;
    given(shop, 10).await;
    let (order, paying) = begun(shop, 400).await;
    assert_eq!(paying.amount, rupees(599));
    let order = paid(shop, &order, &paying).await;
    assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
    order
}

async fn all_is_well(shop: &TestShop) {
    shop.quiet().await;
    shop.books_balance().await;
    shop.invariants_hold().await;
}

#[tokio::test]
async fn a_top_up_is_in_the_wallet_once_however_often_it_is_told() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let paying = topped_up(&shop, 500, How::Pay).await;
        for _ in 0..3 {
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
        }
        assert_eq!(balance(&shop).await, rupees(500));
        assert_eq!(lines(&shop).await, [(EntryKind::TopUp, 50_000)]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_top_up_whose_webhook_is_lost_is_found_by_polling() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let paying = shop.engine.top_up(&shop.customer, rupees(500), None).await.unwrap();
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.later(MINUTE);
        shop.until(async || balance(&shop).await == rupees(500)).await;
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_paid_in_twice_late_or_by_another_amount_is_the_customers() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        topped_up(&shop, 500, How::PayTwice).await;
        assert_eq!(balance(&shop).await, rupees(1_000));
        let late = shop.engine.top_up(&shop.customer, rupees(200), None).await.unwrap();
        shop.later(Duration::from_secs(36 * 3_600));
        shop.gateway.pay(late.payment.as_str(), How::PaySilently);
        shop.engine.ask_gateway(&late.payment).await.unwrap();
        assert_eq!(balance(&shop).await, rupees(1_200));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_is_topped_up_at_every_gateway() {
    for tongue in [Tongue::Razorpay, Tongue::Cashfree, Tongue::Stripe, Tongue::Ekqr] {
        for_each_database(async |db| {
            let shop = TestShop::paid_by(db, &[tongue]).await;
            topped_up(&shop, 500, How::PaySilently).await;
            assert_eq!(balance(&shop).await, rupees(500), "{tongue:?}");
            all_is_well(&shop).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_wallet_that_holds_enough_pays_an_order_at_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 1_000).await;
        let wish = wanted(&shop, 5_000).await;
        let (order, paying) = shop.engine.create_order(wish).await.unwrap();
        assert!(paying.is_none(), "no gateway is asked");
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(balance(&shop).await, rupees(1));
        assert_eq!(lines(&shop).await[0], (EntryKind::Draw, -99_900));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn of_an_order_the_wallet_pays_a_part_and_the_gateway_the_rest() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = paid_by_both(&shop).await;
        assert_eq!(balance(&shop).await, rupees(110));
        assert_eq!(shop.balance(&order, "revenue").await, -99_900);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_that_holds_less_than_it_was_to_pay_orders_nothing() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 100).await;
        let wish = wanted(&shop, 400).await;
        let refused = shop.engine.create_order(wish).await.map(|_| ()).unwrap_err();
        assert!(matches!(refused, Error::Refused { slug: "wallet-too-low", .. }), "{refused:?}");
        let orders = shop.db.read(|tx| tx.orders(None, None, 5)).await.unwrap();
        assert!(orders.is_empty());
        assert_eq!(balance(&shop).await, rupees(100));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn two_draws_at_once_on_several_nodes_take_no_more_than_is_there() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 1_500).await;
        let mut nodes = vec![shop.engine.clone()];
        let other = shop.another_node(db).await;
        let third = shop.another_node(db).await;
        nodes.extend([other.engine.clone(), third.engine.clone()]);
        let wish = wanted(&shop, 999).await;
        let tries = (0..6).map(|at| nodes[at % nodes.len()].create_order(wish.clone()));
        let done = join_all(tries).await;
        let paid = done.iter().filter(|one| one.is_ok()).count();
        assert_eq!(paid, 1, "{done:?}");
        shop.quiet().await;
        assert_eq!(balance(&shop).await, rupees(501));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_wallet_set_aside_comes_back_when_the_rest_is_not_paid() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 500).await;
        let (over, _) = begun(&shop, 200).await;
        let (cancelled, _) = begun(&shop, 300).await;
        assert_eq!(balance(&shop).await, rupees(0));
        shop.invariants_hold().await;
        shop.engine.cancel_unpaid(&cancelled.id, "ada").await.unwrap();
        assert_eq!(balance(&shop).await, rupees(300));
        shop.later(60 * MINUTE);
        shop.tended().await;
        let stage = shop.order(&over.id).await.standing.stage;
        assert_eq!(stage, Stage::Closed(Closed::ReservationOver));
        assert_eq!(balance(&shop).await, rupees(500));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_late_for_the_rest_takes_the_wallets_part_again() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 500).await;
        let (order, paying) = begun(&shop, 400).await;
        shop.later(60 * MINUTE);
        shop.tended().await;
        shop.engine.sync().await.unwrap();
        assert_eq!(balance(&shop).await, rupees(500));
        let order = paid(&shop, &order, &paying).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        assert_eq!(balance(&shop).await, rupees(100));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn late_money_is_owed_where_the_wallet_was_emptied_and_can_become_credit() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 999).await;
        let (order, paying) = begun(&shop, 400).await;
        shop.later(60 * MINUTE);
        shop.tended().await;
        shop.engine.sync().await.unwrap();
        let whole = wanted(&shop, 999).await;
        shop.engine.create_order(whole).await.unwrap();
        let order = paid(&shop, &order, &paying).await;
        assert_eq!(order.standing.stage, Stage::Unrevived);
        assert_eq!(shop.owed(&order).await, 59_900);
        all_is_well(&shop).await;
        let order = shop.engine.take_as_credit(&order.id, "ada").await.unwrap();
        assert_eq!(order.standing.stage, Stage::Refunded);
        assert_eq!((balance(&shop).await, shop.owed(&order).await), (rupees(599), 0));
        let nothing = shop.engine.take_as_credit(&order.id, "ada").await.unwrap_err();
        assert!(matches!(nothing, Error::Refused { slug: "nothing-to-refund", .. }), "{nothing:?}");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn another_payment_may_use_more_of_the_wallet_or_none() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 500).await;
        let (order, first) = begun(&shop, 100).await;
        let again = async |units| {
            let most = Some(rupees(units));
            let (_, paying) = shop.engine.pay_again(&order.id, None, most).await.unwrap();
            paying.expect("something is left to pay").amount
        };
        assert_eq!(again(500).await, rupees(499));
        assert_eq!(balance(&shop).await, rupees(0));
        assert_eq!(again(0).await, rupees(999));
        assert_eq!(balance(&shop).await, rupees(500));
        // The oldest page is paid: the wallet pays what that one left.
        let order = paid(&shop, &order, &first).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        assert_eq!(balance(&shop).await, rupees(400));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn of_a_mixed_order_the_gateways_part_goes_back_first() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = paid_by_both(&shop).await;
        let part = Wish { amount: Some(rupees(700)), ..wish(Remedy::Refund) };
        shop.remedy(&order, part).await.unwrap();
        shop.quiet().await;
        let id = order.id.clone();
        let refunds = shop.db.read(move |tx| tx.refunds(&id)).await.unwrap();
        let told = refunds.iter().map(|one| (one.amount.minor, one.state, one.to_wallet));
        let mut told: Vec<_> = told.collect();
        // Both were decided in the same moment.
        told.sort_by_key(|(.., to_wallet)| *to_wallet);
        assert_eq!(told, [(59_900, State::Done, false), (10_100, State::Done, true)]);
        assert_eq!(balance(&shop).await, rupees(211));
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Refunded);
        assert_eq!(balance(&shop).await, rupees(510));
        let back = shop.gateway.refunds();
        assert_eq!(back.iter().filter(|one| one.state == Back::Done).count(), 1);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_only_staff_could_send_back_the_customer_may_take_as_credit() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(shop.owed(&order).await, 99_900);
        let order = shop.engine.take_as_credit(&order.id, "ada").await.unwrap();
        assert_eq!(order.standing.stage, Stage::Refunded);
        assert_eq!(balance(&shop).await, rupees(999));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn staff_turn_a_part_of_an_order_into_credit_and_it_stays_where_it_stands() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let part = Wish { amount: Some(rupees(99)), ..wish(Remedy::Credit) };
        let done = shop.remedy(&order, part).await.unwrap();
        assert!(done.did.iter().any(|did| did.contains("wallet")), "{:?}", done.did);
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!((balance(&shop).await, shop.owed(&order).await), (rupees(99), 0));
        let unsaid = shop.remedy(&order, wish(Remedy::Credit)).await.unwrap_err();
        assert!(matches!(unsaid, Error::Invalid { slug: "invalid-amount", .. }), "{unsaid:?}");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn credit_that_staff_give_counts_once_and_a_preview_gives_none() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let to = shop.customer.clone();
        let shown = Gift { preview: true, key: None, ..gift(100, "a") };
        let shown = shop.engine.give_credit(&to, shown, "staff").await.unwrap();
        assert_eq!((shown.balance, balance(&shop).await), (rupees(100), rupees(0)));
        let keyless = Gift { key: None, ..gift(100, "a") };
        let keyless = shop.engine.give_credit(&to, keyless, "staff").await.unwrap_err();
        assert!(matches!(keyless, Error::NeedsVersion(_)), "{keyless:?}");
        for _ in 0..2 {
            shop.engine.give_credit(&to, gift(100, "a"), "staff").await.unwrap();
        }
        assert_eq!(balance(&shop).await, rupees(100));
        assert_eq!(lines(&shop).await, [(EntryKind::Gift, 10_000)]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_and_never_answered_tops_nothing_up_and_is_polled() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.gateway.next(Op::Create, Lie::answering(Answer::Lost));
        let paying = shop.engine.top_up(&shop.customer, rupees(500), None).await.unwrap();
        assert_eq!(paying.url, None);
        assert_eq!(balance(&shop).await, rupees(0));
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.later(MINUTE);
        shop.until(async || balance(&shop).await == rupees(500)).await;
        all_is_well(&shop).await;
    })
    .await;
}

/// What the wallet pays or takes back is the customer's own: it is no movement between the two.
#[tokio::test]
async fn a_statement_of_account_sums_to_the_wallet_and_what_is_owed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = paid_by_both(&shop).await;
        let mut part = wish(Remedy::Refund);
        part.amount = Some(rupees(650));
        shop.remedy(&order, part).await.unwrap();
        shop.later(Duration::from_secs(60));
        shop.tended().await;
        let told = shop.engine.statement(&shop.customer, None, None).await.unwrap();
        let signed = told.rows.items.iter().map(|row| match row.moved {
            Moved::TopUp(_) | Moved::Gift | Moved::In(_) | Moved::CreditNote(_) => row.amount.minor,
            Moved::Invoice(_) | Moved::Out(_) => -row.amount.minor,
        });
        let ours = told.wallet.iter().chain(&told.owed).map(|money| money.minor).sum::<i64>();
        assert_eq!(signed.sum::<i64>(), ours, "{:?}", told.rows.items);
        assert_eq!(told.rows.items.len(), 6, "{:?}", told.rows.items);
        all_is_well(&shop).await;
    })
    .await;
}
