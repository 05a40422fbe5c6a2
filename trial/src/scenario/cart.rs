//! Stories of carts: all of it or none, one payment with a wallet's part, and each order alone
//! after that.

use domain::id::{CheckoutId, OrderId, PaymentId};
use domain::order::{Remedy, Stage};
use engine::Error;
use engine::checkout::cart::{NewCheckout, Wanted};
use sim::gateway::{Deed, How, Lie, Op};
use sim::smartvps::Listing;

use super::wallet::rupees;
use super::{BACK, DELIVERED, Ends, People, Told};
use crate::world::{OTHER, SOLD};

const LONG_S: u64 = 150;

impl People {
    /// Orders a cart at once, or tells why none of it is taken.
    pub async fn checks_out(&self, wish: NewCheckout) -> Told<Result<CheckoutId, String>> {
        let made = self.ask(move |engine| {
            let wish = wish.clone();
            async move { engine.check_out(wish, None).await }
        });
        Ok(match made.await? {
            Ok((checkout, _)) => Ok(checkout.id),
            Err(Error::NoWayToPay { order, .. }) => {
                CheckoutId::parse(&order).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        })
    }

    /// One line of a cart; nothing while the package is not for sale.
    pub async fn line(&self, package: &str, quantity: i64) -> Told<Option<Wanted>> {
        let product = self.product(package).await?;
        let memory = "8GB".to_owned();
        let line = |product| Wanted { product, memory, os: None, coupon: None, quantity };
        Ok(product.map(line))
    }

    /// Two of one package and one of another, with some of the wallet; found among all orders
    /// where whoever placed them was not told.
    async fn three(&self, from_wallet: i64) -> Told<(CheckoutId, Vec<OrderId>)> {
        let mut refusal = String::new();
        for _ in 0..LONG_S {
            let lines = [self.line(SOLD, 2).await?, self.line(OTHER, 1).await?];
            let made = match lines {
                [Some(two), Some(one)] => {
                    let cart = NewCheckout {
                        account: self.0.customer().clone(),
                        lines: vec![two, one],
                        payment_method: Some("simulated".into()),
                        from_wallet: Some(rupees(from_wallet)),
                        from_cart: Vec::new(),
                    };
                    self.checks_out(cart).await?
                }
                _ => Err("not all of it is for sale yet".to_owned()),
            };
            let made = match (made, self.orders_of_all().await?.first()) {
                (Ok(checkout), _) => Some(checkout),
                (Err(_), Some(order)) => {
                    let order = order.id.clone();
                    self.look(move |tx| tx.checkout_of(&order)).await?
                }
                (Err(why), None) => {
                    refusal = why;
                    None
                }
            };
            if let Some(checkout) = made {
                let orders = self.orders_in(&checkout).await?;
                return match orders.len() {
                    3 => Ok((checkout, orders)),
                    some => Err(format!("{some} of three were ordered")),
                };
            }
            self.0.sleep(1).await;
        }
        Err(format!("nothing was ordered: {refusal}"))
    }

    pub async fn orders_in(&self, checkout: &CheckoutId) -> Told<Vec<OrderId>> {
        let wanted = checkout.clone();
        let found = self.look(move |tx| tx.lookup_checkout(&wanted)).await?;
        Ok(found.map(|checkout| checkout.orders).unwrap_or_default())
    }

    /// The newest payment for a cart that the gateway knows; where there is none, the customer
    /// asks for another one.
    async fn payment_for_all(&self, checkout: &CheckoutId) -> Told<PaymentId> {
        for _ in 0..30 {
            let wanted = checkout.clone();
            let payments = self.look(move |tx| tx.payments_for_checkout(&wanted)).await?;
            let known = |payment: &&store::payment::Payment| {
                self.0.gateway().payment(payment.id.as_str()).is_some()
            };
            if let Some(payment) = payments.iter().rev().find(known) {
                return Ok(payment.id.clone());
            }
            let wanted = checkout.clone();
            let again =
                self.ask(move |engine| {
                    let wanted = wanted.clone();
                    async move {
                        engine.pay_checkout(&wanted, Some("simulated"), None).await.map(|_| ())
                    }
                });
            drop(again.await?);
            self.0.sleep(1).await;
        }
        Err("no payment was ever opened".to_owned())
    }

    /// The customer does something on the gateway's page for a whole cart.
    pub async fn pays_for_all(&self, checkout: &CheckoutId, how: How) -> Told<()> {
        let payment = self.payment_for_all(checkout).await?;
        self.0.gateway().pay(payment.as_str(), how);
        Ok(())
    }

    /// As `wallet_holds`, unless a request that nobody was told of has made another cart late.
    async fn one_cart_leaves(&self, units: i64, seconds: u64) -> Told<()> {
        let holds = self.wallet_holds(units, seconds).await;
        match self.orders_of_all().await?.len() {
            3 => holds,
            all if all % 3 == 0 => Ok(()),
            all => Err(format!("{all} orders are there, and carts are of three")),
        }
    }

    async fn are_delivered(&self, orders: &[OrderId]) -> Told<()> {
        for order in orders {
            self.until(order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
        }
        Ok(())
    }
}

/// Paid by wallet and gateway, told twice; then the money of one goes back, and of no other.
pub async fn paid_together(people: People) -> Told<Ends> {
    people.given(500).await?;
    people.0.gateway().next(Op::Hook, Lie::of(Deed::Twice));
    let (checkout, orders) = people.three(300).await?;
    people.pays_for_all(&checkout, How::Pay).await?;
    people.are_delivered(&orders).await?;
    people.one_cart_leaves(200, 1).await?;
    let pressed = people.press(&orders[0], People::wish(Remedy::Refund, "refund")).await?;
    people.until(&orders[0], LONG_S, |stage| *stage == Stage::Refunded).await?;
    let first = if pressed.is_err() { &["delivered", "refunded"] } else { BACK };
    if pressed.is_ok() {
        people.one_cart_leaves(300, 1).await?;
    }
    Ok(vec![
        (orders[0].clone(), first),
        (orders[1].clone(), DELIVERED),
        (orders[2].clone(), DELIVERED),
    ])
}

/// The money comes when nothing is held any more, and one of the packages is gone: what can be
/// had is bought, and the share of the rest becomes credit.
pub async fn paid_late(people: People) -> Told<Ends> {
    people.given(500).await?;
    people.short_sessions();
    let (checkout, orders) = people.three(300).await?;
    // The page stays open in their browser.
    let payment = people.payment_for_all(&checkout).await?;
    for order in &orders {
        people.is_over(order).await?;
    }
    people.one_cart_leaves(500, LONG_S).await?;
    people.0.upstream().list("2", Listing::Hidden);
    people.until_unlisted(OTHER).await?;
    people.0.gateway().pay(payment.as_str(), How::Pay);
    people.are_delivered(&orders[..2]).await?;
    let gone = &orders[2];
    people.until(gone, LONG_S, |stage| *stage == Stage::Unrevived).await?;
    people.one_cart_leaves(300, LONG_S).await?;
    for _ in 0..LONG_S {
        let id = gone.clone();
        let taken = people.ask(move |engine| {
            let id = id.clone();
            async move { engine.take_as_credit(&id, "ada").await.map(|_| ()) }
        });
        match taken.await? {
            Ok(()) => break,
            Err(_) if people.stage(gone).await? == Stage::Refunded => break,
            Err(_) => people.0.sleep(1).await,
        }
    }
    Ok(vec![(orders[0].clone(), DELIVERED), (orders[1].clone(), DELIVERED), (gone.clone(), BACK)])
}

impl People {
    /// The shop has seen that a package is not listed any more.
    async fn until_unlisted(&self, package: &'static str) -> Told<()> {
        for _ in 0..LONG_S {
            let synced = self.ask(|engine| async move { engine.sync().await.map(|_| ()) });
            drop(synced.await?);
            let listed = self.look(move |tx| {
                let packages = tx.packages_named("smartvps", package)?;
                let Some(package) = packages.first() else { return Ok(false) };
                let shown = tx.products_of_package(&package.id)?;
                Ok(shown.iter().any(|shown| shown.available))
            });
            if !listed.await? {
                return Ok(());
            }
            self.0.sleep(2).await;
        }
        Err(format!("{package} is gone, and is sold all the same"))
    }
}
