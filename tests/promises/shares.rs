//! Orders that were paid together live alone: whatever comes in, goes back or is disputed of their
//! one movement, each has its share of it, and the shares are the whole.

use std::time::Duration;

use domain::order::{Remedy, Stage};
use domain::paper::Kind;
use engine::checkout::cart::NewCheckout;
use engine::pay::Receipt;
use engine::remedy::Wish;
use futures_util::future::join_all;
use sim::gateway::{Answer, Deed, How, Lie, Op, Tongue};
use store::order::Order;

use super::carts::{all_is_well, as_they_stand, begun, line, paid, stages, three, two_of};
use super::disputes::{listed, told};
use super::papers::{numbered, papers, taxed};
use super::wallets::{balance, given};
use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, rupees, settings, wish};

const MINUTE: Duration = Duration::from_secs(60);

async fn owed(shop: &TestShop, orders: &[Order]) -> Vec<i64> {
    let mut owed = Vec::new();
    for order in orders {
        owed.push(shop.owed(order).await);
    }
    owed
}

/// What the gateway gave back, in minor units.
fn given_back(shop: &TestShop) -> Vec<i64> {
    let mut back: Vec<i64> = shop.gateway.refunds().iter().map(|one| one.amount_minor).collect();
    back.sort_unstable();
    back
}

/// How many rows a statement has that is read row by row: many are of one moment.
async fn statement_by_one(shop: &TestShop) -> usize {
    let (mut after, mut rows) = (None, 0);
    loop {
        let page = shop.engine.statement(&shop.customer, after.as_deref(), Some(1)).await.unwrap();
        rows += page.rows.items.len();
        match page.rows.next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

#[tokio::test]
async fn a_cart_is_paid_and_given_back_in_parts_at_every_gateway() {
    for tongue in [Tongue::Razorpay, Tongue::Cashfree, Tongue::Stripe] {
        for_each_database(async |db| {
            let shop = TestShop::paid_by(db, &[tongue]).await;
            shop.price(OTHER, 500).await;
            let (checkout, paying) = begun(&shop, three(&shop).await).await;
            let orders = paid(&shop, &checkout, &paying).await;
            assert_eq!(stages(&orders), ["delivered"; 3], "{tongue:?}");
            for order in &orders {
                shop.remedy(order, wish(Remedy::Refund)).await.unwrap();
                shop.quiet().await;
                shop.later(Duration::from_secs(16));
                shop.quiet().await;
                shop.invariants_hold().await;
            }
            let orders = as_they_stand(&shop, &checkout).await;
            assert_eq!(stages(&orders), ["refunded"; 3], "{tongue:?}");
            assert_eq!(given_back(&shop), [50_000, 99_900, 99_900]);
            all_is_well(&shop).await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_order_of_a_cart_gives_back_its_own_share_and_not_the_others() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 500).await;
        let from_wallet = Some(rupees(500));
        let wish_of = NewCheckout { from_wallet, ..two_of(&shop, SOLD).await };
        let (checkout, paying) = begun(&shop, wish_of).await;
        let orders = paid(&shop, &checkout, &paying).await;
        let much = Wish { amount: Some(rupees(1_000)), ..wish(Remedy::Refund) };
        assert!(shop.remedy(&orders[0], much).await.is_err(), "it never cost that much");
        // Many press at once: it goes back once.
        let presses = (0..4).map(|_| shop.remedy(&orders[0], wish(Remedy::Refund)));
        assert!(join_all(presses).await.iter().any(Result::is_ok));
        shop.quiet().await;
        assert_eq!(given_back(&shop), [74_900], "the gateway's part first, then the wallet's");
        assert_eq!(balance(&shop).await, rupees(250));
        let orders = as_they_stand(&shop, &checkout).await;
        assert_eq!(stages(&orders), ["refunded", "delivered"]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_success_is_owed_share_by_share() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.price(OTHER, 500).await;
        let (checkout, paying) = begun(&shop, three(&shop).await).await;
        shop.gateway.pay(paying.payment.as_str(), How::PayTwice);
        for _ in 0..3 {
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
        }
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert_eq!(stages(&orders), ["delivered"; 3]);
        assert_eq!(owed(&shop, &orders).await, [99_900, 99_900, 50_000]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn another_amount_pays_nothing_of_a_cart_and_is_owed_as_a_whole() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let (checkout, paying) = begun(&shop, two_of(&shop, SOLD).await).await;
        // Half of it: exactly what one of the two costs.
        shop.gateway.next(Op::Pay, Lie::of(Deed::WrongAmount));
        let orders = paid(&shop, &checkout, &paying).await;
        assert_eq!(stages(&orders), ["unpaid"; 2]);
        assert_eq!(owed(&shop, &orders).await, [99_900, 0]);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn late_money_revives_what_can_be_had_of_a_cart_and_owes_the_rest() {
    for_each_database(async |db| {
        let few = vec![(SOLD, 50), (OTHER, 2)];
        let settings = engine::Settings { stock_buffer: 1, stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(db, settings, few).await;
        let (checkout, paying) = begun(&shop, three(&shop).await).await;
        shop.later(60 * MINUTE);
        shop.tended().await;
        shop.engine.sync().await.unwrap();
        // Somebody else has the only one of the other package.
        shop.buy(OTHER).await;
        shop.gateway.pay(paying.payment.as_str(), How::Pay);
        for _ in 0..4 {
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
        }
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert_eq!(stages(&orders), ["delivered", "delivered", "unrevived"]);
        assert_eq!(owed(&shop, &orders).await, [0, 0, 99_900]);
        all_is_well(&shop).await;
        let order = shop.engine.take_as_credit(&orders[2].id, "ada").await.unwrap();
        assert_eq!(order.standing.stage, Stage::Refunded);
        assert_eq!(balance(&shop).await, rupees(999));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn orders_that_were_cancelled_or_paid_by_themselves_leave_their_shares_owed() {
    for_each_database(async |db| {
        let few = vec![(SOLD, 50), (OTHER, 2)];
        let settings = engine::Settings { stock_buffer: 1, stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(db, settings, few).await;
        let lines = vec![line(&shop, SOLD, 2).await, line(&shop, OTHER, 1).await];
        let wish_of = NewCheckout { lines, ..three(&shop).await };
        let (checkout, paying) = begun(&shop, wish_of).await;
        let [_, by_itself, cancelled] = &checkout.orders[..] else { panic!("three orders") };
        let amount = by_itself.sold.quote.total;
        let receipt = Receipt { amount, reference: "utr-1".into() };
        shop.engine.mark_paid(&by_itself.id, receipt, "staff").await.unwrap();
        shop.engine.cancel_unpaid(&cancelled.id, "ada").await.unwrap();
        shop.buy(OTHER).await;
        let orders = paid(&shop, &checkout, &paying).await;
        assert_eq!(stages(&orders), ["delivered", "delivered", "unrevived"]);
        assert_eq!(owed(&shop, &orders).await, [0, 99_900, 99_900]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_refuses_or_is_silent_leaves_a_cart_unpaid_and_whole() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.gateway.next(Op::Create, Lie::of(Deed::Refuse));
        let refused = shop.engine.check_out(three(&shop).await, None).await;
        let Err(engine::Error::NoWayToPay { order: checkout, .. }) = refused else {
            panic!("{refused:?}");
        };
        let id = domain::id::CheckoutId::parse(&checkout).unwrap();
        shop.gateway.next(Op::Create, Lie::answering(Answer::Lost));
        let (checkout, paying) = shop.engine.pay_checkout(&id, None, None).await.unwrap();
        let paying = paying.unwrap();
        assert!(paying.url.is_none(), "nobody knows whether it took it");
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.engine.confirm_checkout(&id).await.unwrap();
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert_eq!(stages(&orders), ["delivered"; 3]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_takes_what_is_left_of_each_share_and_tells_each_order() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Stripe]).await;
        shop.price(OTHER, 500).await;
        let (checkout, paying) = begun(&shop, three(&shop).await).await;
        let orders = paid(&shop, &checkout, &paying).await;
        shop.remedy(&orders[0], wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        let movement = shop.gateway.captures()[0].id.clone();
        let disputed = async || {
            let mut disputed = Vec::new();
            for order in &orders {
                let minor = shop.balance(order, "disputes").await;
                disputed.push((minor, listed(&shop, order).await));
            }
            disputed
        };
        // 999 and 500 are left: of 300 they bear 199.93 and 100.07.
        for event in ["evt_1", "evt_1", "evt_2"] {
            told(&shop, event, &movement, rupees(300), "needs_response").await;
        }
        assert_eq!(disputed().await, [(0, false), (19_994, true), (10_006, true)]);
        let blocked = shop.remedy(&orders[2], wish(Remedy::Refund)).await.map(|_| ());
        assert!(blocked.is_err(), "{blocked:?}");
        all_is_well(&shop).await;
        told(&shop, "evt_3", &movement, rupees(300), "won").await;
        assert_eq!(disputed().await, [(0, false); 3]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_keeps_of_a_cart_is_laid_on_its_orders_once() {
    for_each_database(async |db| {
        let shop = TestShop::paid_by(db, &[Tongue::Razorpay]).await;
        let (checkout, paying) = begun(&shop, three(&shop).await).await;
        let orders = paid(&shop, &checkout, &paying).await;
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        let mut fees = Vec::new();
        for order in &orders {
            fees.push(shop.balance(order, "fees").await);
        }
        // 2.36 % of 2997.
        assert_eq!(fees.iter().sum::<i64>(), 299_700 * 236 / 10_000);
        assert_eq!(fees[1], fees[2]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn each_order_of_a_cart_has_its_own_invoice_with_its_own_tax() {
    for_each_database(async |db| {
        let shop = taxed(db).await;
        given(&shop, 700).await;
        let from_wallet = Some(rupees(700));
        let wish_of = NewCheckout { from_wallet, ..three(&shop).await };
        let (checkout, paying) = begun(&shop, wish_of).await;
        // 999 and 18 % are 1178.82, and 1179 in whole rupees.
        assert_eq!(checkout.total(), Some(rupees(3 * 1_179)));
        assert_eq!(paying.amount, rupees(3 * 1_179 - 700));
        let orders = paid(&shop, &checkout, &paying).await;
        numbered(&shop).await;
        for order in &orders {
            let found = papers(&shop, order).await;
            let [invoice] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!(invoice.kind, Kind::Invoice);
            assert_eq!(invoice.sums.total(), rupees(1_179).minor);
        }
        assert_eq!(statement_by_one(&shop).await, 3 + 3 + 1, "payments, invoices, a gift");
        shop.remedy(&orders[0], wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        numbered(&shop).await;
        let kinds: Vec<Kind> = papers(&shop, &orders[0]).await.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::Invoice, Kind::CreditNote]);
        all_is_well(&shop).await;
    })
    .await;
}
