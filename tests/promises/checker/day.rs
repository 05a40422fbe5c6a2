//! A shop's day with one order of every kind: the ground on which violations are planted.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::errand;
use domain::order::{Remedy, Stage, Stop};
use engine::remedy::Wish;
use sim::gateway::How;
use sim::smartvps::{Answer, Lie, Op, Point};
use store::order::Order;

use crate::promises::{by_hand, carts, errands, wallets};
use crate::support::{OTHER, SOLD, TestShop, is_delivered, wish};

pub const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);
const ALSO_WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 19);

/// What became of each order.
pub struct Day {
    /// Paid by hand and delivered.
    pub good: Order,
    /// Paid at the gateway, twice.
    pub twice: Order,
    /// Stopped: the upstream sold from another block.
    pub wrong: Order,
    /// Its answer was lost, and nobody knows.
    pub unheard: Order,
    /// Its answer was lost, it was given up and bought again.
    pub given_up: Order,
    /// Its answer came after the deadline.
    pub late: Order,
    /// Delivered, and then replaced by another server.
    pub replaced: Order,
    /// Delivered, and then refunded.
    pub refunded: Order,
    /// Paid at the gateway, delivered, and all of it given back.
    pub returned: Order,
    /// Paid partly by the wallet and partly at the gateway.
    pub mixed: Order,
    /// One of two that were paid together.
    pub cart: Order,
    /// Another system was installed; restarted and installed anew by its customer.
    pub installed: Order,
    /// Delivered by hand.
    pub by_hand: Order,
    /// A person is to deliver it.
    pub waits: Order,
    /// Bought wrong, taken all the same for less, and given days and a code on top.
    pub accepted: Order,
}

impl Day {
    pub async fn lived(shop: &TestShop) -> Day {
        let late = late(shop).await;
        shop.later(Duration::from_secs(1));
        let good = shop.buy(SOLD).await;
        assert!(is_delivered(&good), "{:?} {:?}", good.standing, good.error);
        shop.engine.reveal_credentials(&good.id, "ada").await.unwrap();
        // Those two have their invoices; whatever comes later still waits for its own.
        shop.later(Duration::from_secs(16));
        shop.tended().await;
        let twice = paid_at_the_gateway(shop, How::PayTwice).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let wrong = shop.buy(SOLD).await;
        assert_eq!(wrong.standing.stage, Stage::Stopped(Stop::WrongServer));
        let given_up = given_up(shop).await;
        let replaced = shop.buy(OTHER).await;
        shop.remedy(&replaced, wish(Remedy::Reprovision)).await.unwrap();
        shop.quiet().await;
        let refunded = shop.buy(OTHER).await;
        shop.remedy(&refunded, wish(Remedy::Refund)).await.unwrap();
        let returned = paid_at_the_gateway(shop, How::PaySilently).await;
        shop.remedy(&returned, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(shop.order(&returned.id).await.standing.stage, Stage::Refunded);
        let mixed = wallets::paid_by_both(shop).await;
        let cart = carts::two_paid_together(shop).await;
        let installed = installed(shop).await;
        let plan = by_hand::sells(shop, by_hand::plan("G.8GB", 2_240)).await;
        let waits = by_hand::waiting(shop, &plan).await;
        let by_hand = by_hand::waiting(shop, &plan).await;
        by_hand::delivered(shop, &by_hand, "203.0.113.7").await.unwrap();
        let accepted = accepted(shop).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let unheard = shop.buy(SOLD).await;
        assert!(matches!(unheard.standing.stage, Stage::Unheard(_)));
        Day {
            good,
            twice,
            wrong,
            unheard,
            given_up,
            late,
            replaced,
            refunded,
            returned,
            mixed,
            cart,
            installed,
            by_hand,
            waits,
            accepted,
        }
    }
}

async fn accepted(shop: &TestShop) -> Order {
    shop.price(OTHER, 699).await;
    shop.cost(SOLD, 600).await;
    shop.upstream.next(Op::Buyvps, Lie::hand_out(ALSO_WRONG));
    let order = shop.buy(SOLD).await;
    let consent = Some("Ada agreed by mail".into());
    shop.remedy(&order, Wish { consent, ..wish(Remedy::Accept) }).await.unwrap();
    shop.quiet().await;
    delivered(shop, &order).await;
    shop.another_customer().await;
    let sorry = Wish { days: Some(7), percent: Some(10), ..wish(Remedy::Extend) };
    shop.remedy(&order, sorry).await.unwrap();
    order
}

async fn late(shop: &TestShop) -> Order {
    shop.upstream.hold(Op::Buyvps, Point::After, Some(1));
    let order = shop.order_of(SOLD).await.unwrap();
    shop.pay(&order).await;
    shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
    shop.upstream.release();
    shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
    order
}

async fn paid_at_the_gateway(shop: &TestShop, how: How) -> Order {
    let (order, paying) = shop.checkout(SOLD).await;
    let payment = paying.payment;
    shop.gateway.pay(payment.as_str(), how);
    shop.engine.ask_gateway(&payment).await.unwrap();
    shop.quiet().await;
    delivered(shop, &order).await;
    order
}

/// Says why not, if it is not.
async fn delivered(shop: &TestShop, order: &Order) {
    let now = shop.order(&order.id).await;
    assert!(is_delivered(&now), "{:?} {:?} {:?}", now.standing, now.error, shop.jobs().await);
}

async fn given_up(shop: &TestShop) -> Order {
    shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
    let order = shop.buy(SOLD).await;
    shop.later(Duration::from_secs(30));
    shop.engine.sync().await.unwrap();
    let mut again = wish(Remedy::Reprovision);
    again.give_up = true;
    shop.remedy(&order, again).await.unwrap();
    shop.quiet().await;
    delivered(shop, &order).await;
    order
}

async fn installed(shop: &TestShop) -> Order {
    let order = shop.order_with_os(SOLD, "ubuntu").await;
    shop.pay(&order).await;
    let delivered = async || {
        shop.later(Duration::from_millis(100));
        is_delivered(&shop.order(&order.id).await)
    };
    shop.until(delivered).await;
    shop.quiet().await;
    for wish in [errand::Wish::Restart, errand::Wish::Reinstall] {
        errands::done(shop, &order, wish).await;
    }
    order
}
