//! What was ordered together, as its customer sees it: the orders, each with its own state, and
//! what is still to pay of them. Not for how it is paid: that is `checkout/cart.rs`.

use domain::clock::Timestamp;
use domain::id::{AccountId, CheckoutId};
use domain::money::Money;
use domain::order::Stage;
use domain::order::seen::Paying;
use domain::quote::Quote;
use store::order::Order;
use store::payment::Payment;

use super::Viewer;
use super::beside::Beside;
use super::order::{OrderView, PayLink, pay_link, paying};
use crate::Engine;
use crate::checkout::reserve::is_payable;
use crate::error::{Error, Result};

/// A checkout with its orders, in the order of the cart.
#[derive(Clone, Debug)]
pub struct CheckoutView {
    pub id: CheckoutId,
    pub created_at: Timestamp,
    pub orders: Vec<OrderView>,
    /// What all of it cost.
    pub quote: Option<Quote>,
    /// What can still be paid; none where nothing can.
    pub due: Option<CheckoutDue>,
}

/// What is still to pay of a checkout.
#[derive(Clone, Debug)]
pub struct CheckoutDue {
    /// How many orders can still be paid.
    pub count: usize,
    /// What they cost.
    pub total: Money,
    /// What of that the wallet has set aside.
    pub held: Money,
    /// Until when all of them are held; over, where one is not held any more.
    pub held_until: Timestamp,
    pub paying: Paying,
    /// The gateway's page, where it takes exactly what the wallet leaves.
    pub link: Option<PayLink>,
}

impl Engine {
    /// Whether a customer made a checkout.
    pub async fn is_checkout_of(&self, id: &CheckoutId, account: &AccountId) -> Result<bool> {
        let (wanted, account) = (id.clone(), account.clone());
        let found = self.db().read(move |tx| tx.lookup_checkout(&wanted)).await?;
        Ok(found.is_some_and(|found| found.account == account))
    }

    /// One checkout. Another customer's does not exist.
    pub async fn checkout_view(&self, id: &CheckoutId, viewer: &Viewer) -> Result<CheckoutView> {
        let (wanted, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                let missing = || Error::missing("checkout", &wanted);
                let found = tx.lookup_checkout(&wanted)?.ok_or_else(missing)?;
                if matches!(&viewer, Viewer::Owner(account) if *account != found.account) {
                    return Err(missing());
                }
                let orders = tx.orders_together(&wanted)?;
                let beside = Beside::of(tx, &orders)?;
                let held = tx.set_aside_together(&wanted)?;
                let payments = tx.payments_for_checkout(&wanted)?;
                let sum = Quote::sum(orders.iter().map(|order| (&order.sold.quote, 1)));
                let quote = sum.map_err(|error| Error::Bug(format!("{wanted}: {error}")))?;
                Ok(CheckoutView {
                    id: wanted.clone(),
                    created_at: found.created_at,
                    quote,
                    due: due(&orders, held, &payments),
                    orders: orders.iter().map(|order| beside.view(order, &viewer)).collect(),
                })
            })
            .await
    }
}

fn due(orders: &[Order], held_minor: i64, payments: &[Payment]) -> Option<CheckoutDue> {
    let payable = || orders.iter().filter(|order| is_payable(order));
    let currency = payable().next()?.sold.quote.total.currency;
    let minor = payable().map(|order| order.sold.quote.total.minor).sum();
    let (total, held) = (Money::new(minor, currency), Money::new(held_minor, currency));
    let over = Timestamp::from_micros(0);
    let until = |order: &Order| match order.standing.stage {
        Stage::Unpaid => order.reserved_until,
        _ => over,
    };
    Some(CheckoutDue {
        count: payable().count(),
        total,
        held,
        held_until: payable().map(until).min().unwrap_or(over),
        paying: paying(payments),
        link: pay_link(payments).filter(|link| link.amount.minor == minor - held_minor),
    })
}
