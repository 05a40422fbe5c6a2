//! A wish becomes an order: checked, frozen, reserved, and a way to pay opened. Of many at once
//! `checkout/cart.rs` knows, and both are made by `checkout/reserve.rs`.

use domain::id::{AccountId, OrderId, PaymentId, ProductId};
use domain::money::Money;
use domain::order::{Event, Stage, step};
use store::checkout::Share;
use store::order::{Cause, Extras};
use store::payment::Purpose;

pub use store::order::Order;

use self::reserve::{Reservation, ToPay, Unit};
use crate::idempotency::Ticket;
use crate::{Engine, Error, Result};

pub mod cart;
mod gateway;
pub(crate) mod open;
pub(crate) mod reserve;

/// What a customer asks for. Nothing of it sets a price.
#[derive(Clone, Debug)]
pub struct NewOrder {
    pub account: AccountId,
    pub product: ProductId,
    pub memory: String,
    pub os: Option<String>,
    pub coupon: Option<String>,
    pub payment_method: Option<String>,
    /// At most so much is taken out of the customer's wallet, at once.
    pub from_wallet: Option<Money>,
}

/// How an order can be paid now.
#[derive(Clone, Debug)]
pub struct Paying {
    pub payment: PaymentId,
    pub method: String,
    /// What is to be paid there: all, or what the wallet leaves.
    pub amount: Money,
    /// Nothing while it is not certain whether the gateway took it; it is polled.
    pub url: Option<String>,
}

/// What somebody is led to a gateway to pay.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub purpose: Purpose,
    pub account: AccountId,
    pub amount: Money,
    /// Of a checkout: which order gets how much of it.
    pub shares: Vec<Share>,
    /// What it is for, as the buyer reads it there.
    pub words: String,
}

impl Engine {
    /// Makes an order and reserves its unit of stock; then opens a payment where a gateway is on.
    pub async fn create_order(&self, wish: NewOrder) -> Result<(Order, Option<Paying>)> {
        self.create_order_once(wish, None).await
    }

    /// As `create_order`, for a request that counts once: the ticket's next holder, should this
    /// one die before it answers, finds the order that was made.
    pub async fn create_order_once(
        &self,
        wish: NewOrder,
        ticket: Option<&Ticket>,
    ) -> Result<(Order, Option<Paying>)> {
        let NewOrder { account, product, memory, os, coupon, payment_method, from_wallet } = wish;
        let unit = Unit::read((&product, &memory, os.as_deref()), coupon)?;
        let method = payment_method.as_deref();
        if let Some(method) = method {
            self.offered_gateway(method)?;
        }
        let asked = Reservation {
            account,
            units: vec![unit],
            checkout: None,
            from_wallet,
            from_cart: vec![],
        };
        let mut parts = self.reserve(asked, ticket).await?;
        for ToPay { order, .. } in &parts {
            tracing::info!(order = %order.id, "{} {}", order.number, order.sold.receipt());
        }
        let paying = self.open_payment_of(None, &mut parts, method).await?;
        Ok((only(parts)?, paying))
    }

    /// Starts another payment for an unpaid order; after its reservation it reserves anew. Of the
    /// wallet it uses what is said here, or what it used before.
    pub async fn pay_again(
        &self,
        id: &OrderId,
        method: Option<&str>,
        from_wallet: Option<Money>,
    ) -> Result<(Order, Option<Paying>)> {
        if let Some(method) = method {
            self.offered_gateway(method)?;
        }
        let mut parts = self.reserve_again(vec![id.clone()], from_wallet).await?;
        let paying = self.open_payment_of(None, &mut parts, method).await?;
        Ok((only(parts)?, paying))
    }

    /// Goes on for whoever made an order and was not answered: it may be paid by now.
    pub async fn go_on_paying(
        &self,
        id: &OrderId,
        method: Option<&str>,
    ) -> Result<(Order, Option<Paying>)> {
        let order = self.order(id).await?;
        match order.standing.stage {
            Stage::Unpaid => self.pay_again(id, method, None).await,
            _ => Ok((order, None)),
        }
    }

    /// Cancels an order of the customer's that was never paid.
    pub async fn cancel_unpaid(&self, id: &OrderId, actor: &str) -> Result<Order> {
        let (engine, wanted, actor) = (self.clone(), id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let mut order = tx.lock_order(&wanted)?;
                if order.standing.stage != Stage::Unpaid {
                    return Err(Error::refused(
                        "not-now",
                        "only an unpaid order can be cancelled here",
                    ));
                }
                let next = step(&order.standing, &Event::Cancelled)?;
                let key = format!("cancelled:{}", order.version);
                let cause = Cause { key, actor: actor.clone(), data: "{}".into() };
                engine.hold(tx, &order, 0)?;
                tx.record(&mut order, &[(Event::Cancelled, next)], &cause, &Extras::default())?;
                Ok(order)
            })
            .await
    }
}

/// The order of somebody who asked for one.
fn only(parts: Vec<ToPay>) -> Result<Order> {
    let part = parts.into_iter().next();
    part.map(|part| part.order).ok_or_else(|| Error::Bug("an order was made of nothing".into()))
}
