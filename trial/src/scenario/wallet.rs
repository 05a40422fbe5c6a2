//! Stories of wallets: money comes into one, two want it at once, it pays a part, and comes back.

use domain::id::{OrderId, PaymentId};
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use engine::Error;
use engine::checkout::NewOrder;
use engine::wallet::gift::Gift;
use sim::gateway::How;

use super::{BACK, DELIVERED, Ends, People, Told, UNPAID};
use crate::world::SOLD;

const LONG_S: u64 = 150;
/// Longer than a lost webhook takes to be made good by polling, also where a node dies.
const POLLED_S: u64 = 400;
/// A process that stood still may have made a second order, which holds its part so long.
const HELD_S: u64 = 3_000;
/// What a server costs, in rupees.
const PRICE: i64 = 999;

pub fn rupees(units: i64) -> Money {
    Money::major(units, Currency::INR)
}

impl People {
    /// Staff give credit, until they are told that it is given; it counts once.
    pub async fn given(&self, units: i64) -> Told<()> {
        let to = self.0.customer().clone();
        let given = self.ask(move |engine| {
            let to = to.clone();
            let gift = Gift {
                amount: rupees(units),
                reason: "staff decide".into(),
                public: "With our thanks".into(),
                key: Some("gift".into()),
                preview: false,
            };
            async move { engine.give_credit(&to, gift, "staff").await.map(|_| ()) }
        });
        given.await?.map_err(|error| format!("no credit was given: {error}"))
    }

    async fn in_the_wallet(&self) -> Told<i64> {
        let owner = self.0.customer().clone();
        let balance = self.look(move |tx| tx.wallet_balance(&owner, Currency::INR));
        Ok(balance.await?.minor)
    }

    pub async fn wallet_holds(&self, units: i64, seconds: u64) -> Told<()> {
        for _ in 0..seconds {
            if self.in_the_wallet().await? == rupees(units).minor {
                return Ok(());
            }
            self.0.sleep(1).await;
        }
        let holds = self.in_the_wallet().await?;
        Err(format!("the wallet holds {holds} minor units where {units} rupees should be"))
    }

    /// One order of which the wallet pays so much, or why none is taken now.
    async fn orders_from_wallet(&self, units: i64) -> Told<Result<OrderId, String>> {
        let Some(product) = self.product(SOLD).await? else {
            return Ok(Err(format!("{SOLD} is not for sale yet")));
        };
        self.places(NewOrder {
            account: self.0.customer().clone(),
            product,
            memory: "8GB".into(),
            os: None,
            coupon: None,
            payment_method: Some("simulated".into()),
            from_wallet: Some(rupees(units)),
        })
        .await
    }

    /// The same, found among all orders where whoever placed it was not told.
    async fn ordered_from_wallet(&self, units: i64) -> Told<OrderId> {
        let mut refusal = String::new();
        for _ in 0..LONG_S {
            match self.orders_from_wallet(units).await? {
                Ok(order) => return Ok(order),
                Err(why) => refusal = why,
            }
            if let Some(order) = self.orders_of_all().await?.first() {
                return Ok(order.id.clone());
            }
            self.0.sleep(1).await;
        }
        Err(format!("nothing was ordered: {refusal}"))
    }

    async fn is_delivered(&self, order: &OrderId) -> Told<()> {
        self.until(order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await.map(|_| ())
    }
}

/// No webhook ever: the poll finds the money.
pub async fn topped_up_by(people: &People, units: i64) -> Told<()> {
    let owner = people.0.customer().clone();
    let opened = people.ask(move |engine| {
        let owner = owner.clone();
        async move { engine.top_up(&owner, rupees(units), Some("simulated")).await }
    });
    let payment = opened.await?.map_err(|error| format!("nothing was opened: {error}"))?.payment;
    known_and_paid(people, &payment).await?;
    people.wallet_holds(units, POLLED_S).await
}

/// What came in buys a server without any gateway.
pub async fn topped_up(people: People) -> Told<Ends> {
    topped_up_by(&people, PRICE).await?;
    let order = people.ordered_from_wallet(PRICE).await?;
    people.is_delivered(&order).await?;
    people.wallet_holds(0, 1).await?;
    Ok(vec![(order, DELIVERED)])
}

/// Pays silently, where the gateway knows the payment; a new one is opened where it does not.
async fn known_and_paid(people: &People, payment: &PaymentId) -> Told<()> {
    let gateway = people.0.gateway();
    if gateway.payment(payment.as_str()).is_some() {
        gateway.pay(payment.as_str(), How::PaySilently);
        return Ok(());
    }
    Err(format!("the gateway does not know {payment}"))
}

/// Whichever of the two has it, the other is refused, and nothing is below nothing.
pub async fn two_draws(people: People) -> Told<Ends> {
    people.given(PRICE + 1).await?;
    for _ in 0..LONG_S {
        let (one, other) =
            futures_util::join!(people.orders_from_wallet(PRICE), people.orders_from_wallet(PRICE));
        drop((one?, other?));
        let orders = people.orders_of_all().await?;
        if let [order] = orders.as_slice() {
            people.is_delivered(&order.id).await?;
            people.wallet_holds(1, 1).await?;
            return Ok(vec![(order.id.clone(), DELIVERED)]);
        }
        if !orders.is_empty() {
            return Err(format!("{} orders were paid out of a wallet for one", orders.len()));
        }
        people.0.sleep(1).await;
    }
    Err("nothing was ordered".to_owned())
}

pub async fn mixed(people: People) -> Told<Ends> {
    people.given(500).await?;
    let order = people.ordered_from_wallet(400).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.is_delivered(&order).await?;
    people.wallet_holds(100, 1).await?;
    let pressed = people.press(&order, People::wish(Remedy::Refund, "refund")).await?;
    people.until(&order, LONG_S, |stage| *stage == Stage::Refunded).await?;
    if pressed.is_err() {
        return Ok(vec![(order, &["delivered", "refunded"])]);
    }
    people.wallet_holds(500, HELD_S).await?;
    Ok(vec![(order, BACK)])
}

/// The wallet has its part back when the reservation ends, and pays it again for the late rest.
pub async fn mixed_late(people: People) -> Told<Ends> {
    people.given(500).await?;
    people.short_sessions();
    let order = people.ordered_from_wallet(400).await?;
    people.is_over(&order).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.is_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

/// Less than was due came at the gateway: it is owed, and its owner takes it as credit.
pub async fn to_credit(people: People) -> Told<Ends> {
    use sim::gateway::{Deed, Lie, Op};
    people.0.gateway().next(Op::Pay, Lie::of(Deed::WrongAmount));
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    for _ in 0..POLLED_S {
        let id = order.clone();
        let taken = people.ask(move |engine| {
            let id = id.clone();
            async move { engine.take_as_credit(&id, "ada").await.map(|_| ()) }
        });
        match taken.await? {
            Ok(()) => break,
            Err(Error::Refused { .. }) if people.in_the_wallet().await? > 0 => break,
            Err(_) => people.0.sleep(1).await,
        }
    }
    match people.in_the_wallet().await? {
        1.. => Ok(vec![(order, UNPAID)]),
        _ => Err("what was owed is not in the wallet".to_owned()),
    }
}
