//! Orders that were made together, and a payment for them that each has its share of.

use domain::clock::Clock;
use domain::id::{CheckoutId, OrderId, PaymentId};
use domain::order::Event;
use store::checkout::Share;
use store::payment::{NewCapture, Purpose};

use super::given::{broken, done, moved, ordered, package, rupees, tried};
use crate::support::{TestDb, for_each_database};

async fn two_orders(shop: &TestDb) -> (CheckoutId, Vec<OrderId>) {
    let package = package(shop, "91", 9).await;
    let (first, second) = (ordered(shop, &package).await, ordered(shop, &package).await);
    let id = CheckoutId::mint(shop.clock.now(), &shop.chance);
    let orders = vec![second.id, first.id];
    let (new, all, account) = (id.clone(), orders.clone(), first.account);
    done(shop, move |tx| {
        tx.lock_account(&account)?;
        tx.insert_checkout(&new, &account, &all)
    })
    .await;
    (id, orders)
}

#[tokio::test]
async fn a_checkout_knows_its_orders_in_the_order_of_the_cart_and_they_know_it() {
    for_each_database(async |shop| {
        let (id, orders) = two_orders(shop).await;
        let wanted = id.clone();
        let found = done(shop, move |tx| tx.lookup_checkout(&wanted)).await.unwrap();
        assert_eq!((&found.id, &found.orders), (&id, &orders));
        let wanted = id.clone();
        let together = done(shop, move |tx| tx.orders_together(&wanted)).await;
        assert_eq!(together.into_iter().map(|order| order.id).collect::<Vec<_>>(), orders);
        let order = orders[1].clone();
        assert_eq!(done(shop, move |tx| tx.checkout_of(&order)).await, Some(id));
        let nobody = CheckoutId::mint(shop.clock.now(), &shop.chance);
        assert_eq!(done(shop, move |tx| tx.lookup_checkout(&nobody)).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_a_wallet_puts_aside_for_a_checkout_is_that_of_its_unpaid_orders() {
    for_each_database(async |shop| {
        let (checkout, orders) = two_orders(shop).await;
        let put_aside = async |at: usize, units: i64| {
            let (order, id) = (orders[at].clone(), format!("d{at}"));
            let part = done(shop, move |tx| {
                tx.insert_capture(&NewCapture {
                    gateway: "wallet",
                    gateway_payment: &id,
                    payment: None,
                    share: 0,
                    order: &order,
                    amount: rupees(units),
                    booked_as: "part",
                })
            });
            assert!(part.await);
        };
        let together = async || {
            let wanted = checkout.clone();
            done(shop, move |tx| tx.set_aside_together(&wanted)).await
        };
        assert_eq!(together().await, 0);
        put_aside(0, 100).await;
        put_aside(1, 50).await;
        assert_eq!(together().await, 15_000);
        let first = orders[0].clone();
        let first = done(shop, move |tx| tx.order(&first)).await;
        moved(shop, &first, Event::Cancelled).await;
        assert_eq!(together().await, 5_000);
    })
    .await;
}

#[tokio::test]
async fn a_payment_for_a_checkout_is_shared_and_a_movement_counts_once_for_each_share() {
    for_each_database(async |shop| {
        let (checkout, orders) = two_orders(shop).await;
        let id = PaymentId::mint(shop.clock.now(), &shop.chance);
        let share = |at: usize, units: i64| Share { order: orders[at].clone(), minor: units * 100 };
        let shares = vec![share(0, 600), share(1, 399)];
        let (new, of, all) = (id.clone(), Purpose::Checkout(checkout.clone()), shares.clone());
        done(shop, move |tx| {
            tx.insert_payment(&new, &of, "upi", rupees(999))?;
            tx.insert_shares(&new, &all)
        })
        .await;
        let payment = id.clone();
        assert_eq!(done(shop, move |tx| tx.shares(&payment)).await, shares);
        let of = checkout.clone();
        let found = done(shop, move |tx| tx.payments_for_checkout(&of)).await;
        assert_eq!(found[0].purpose, Purpose::Checkout(checkout));
        let order = orders[1].clone();
        assert_eq!(done(shop, move |tx| tx.payments(&order)).await.len(), 1);
        let captured = async |at: usize, share: i64| {
            let (payment, order) = (id.clone(), orders[at].clone());
            done(shop, move |tx| {
                tx.insert_capture(&NewCapture {
                    gateway: "upi",
                    gateway_payment: "m1",
                    payment: Some(&payment),
                    share,
                    order: &order,
                    amount: rupees(600 - 201 * share),
                    booked_as: "paid",
                })
            })
            .await
        };
        assert!(captured(0, 0).await);
        assert!(!captured(1, 0).await, "share zero is taken: nobody else has this movement");
        assert!(!captured(0, 1).await, "one order has one share");
        let is_half = ("capture-not-as-shared", "m1".to_owned());
        assert!(broken(shop).await.contains(&is_half));
        assert!(captured(1, 1).await);
        assert!(!broken(shop).await.contains(&is_half));
        let booked = done(shop, |tx| tx.captured_for("upi", "m1")).await.unwrap();
        assert_eq!((booked.orders, booked.payment), (orders.clone(), Some(id.to_string())));
        let twice = share(0, 1);
        let twice = tried(shop, move |tx| tx.insert_shares(&id, std::slice::from_ref(&twice)));
        assert!(twice.await.is_err(), "a payment is shared once");
    })
    .await;
}
