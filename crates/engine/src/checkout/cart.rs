//! A cart becomes orders: all of them or none, with one payment for what is not paid at once. Each
//! order then lives alone. Not for what lies in a cart before.

use domain::cart::{QUANTITY_MAX, SERVERS_MAX};
use domain::clock::Timestamp;
use domain::id::{AccountId, CartLineId, CheckoutId, OrderId, ProductId};
use domain::money::Money;
use domain::order::Stage;
use store::checkout::CheckoutRow;
use store::payment::PaymentState;

use super::reserve::{OfLine, Reservation, Unit};
use super::{Order, Paying};
use crate::idempotency::Ticket;
use crate::{Engine, Error, Result};

/// One line of a cart. Nothing of it sets a price.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub product: ProductId,
    pub memory: String,
    pub os: Option<String>,
    pub coupon: Option<String>,
    /// 1 to `QUANTITY_MAX`; each becomes an order.
    pub quantity: i64,
}

/// What a customer asks for at once.
#[derive(Clone, Debug)]
pub struct NewCheckout {
    pub account: AccountId,
    pub lines: Vec<Wanted>,
    pub payment_method: Option<String>,
    /// At most so much is taken out of the customer's wallet, at once.
    pub from_wallet: Option<Money>,
    /// The lines of their cart that this was: they leave it with the order, or stay.
    pub from_cart: Vec<CartLineId>,
}

/// A cart that became orders.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub id: CheckoutId,
    pub account: AccountId,
    pub created_at: Timestamp,
    /// In the order of the lines.
    pub orders: Vec<Order>,
    /// Where what is unpaid of it can be paid now, if somewhere.
    pub paying: Option<Paying>,
}

impl Checkout {
    /// What its orders cost together.
    pub fn total(&self) -> Option<Money> {
        sum(self.orders.iter().map(|order| order.sold.quote.total))
    }

    /// The orders that can still be paid with it.
    pub fn unpaid(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(|order| order.standing.stage == Stage::Unpaid)
    }
}

/// Adds amounts of one currency up; nothing of nothing, and of what cannot be added.
fn sum(amounts: impl Iterator<Item = Money>) -> Option<Money> {
    let mut amounts = amounts;
    let first = amounts.next()?;
    amounts.try_fold(first, |sum, amount| sum.plus(amount).ok())
}

impl Engine {
    /// Makes the orders of a cart and reserves their units, all or none; then opens one payment
    /// for all that the wallet leaves.
    pub async fn check_out(
        &self,
        wish: NewCheckout,
        ticket: Option<&Ticket>,
    ) -> Result<(Checkout, Option<Paying>)> {
        let units = units_of(&wish.lines)?;
        let method = wish.payment_method.as_deref();
        if let Some(method) = method {
            self.offered_gateway(method)?;
        }
        let id = CheckoutId::mint(self.now(), &*self.parts.chance);
        let asked = Reservation {
            account: wish.account,
            units,
            checkout: Some(id.clone()),
            from_wallet: wish.from_wallet,
            from_cart: wish.from_cart,
        };
        let mut parts = self.reserve(asked, ticket).await?;
        tracing::info!(checkout = %id, "{} orders were made together", parts.len());
        let paying = self.open_payment_of(Some(&id), &mut parts, method).await?;
        Ok((self.checkout(&id).await?, paying))
    }

    /// A checkout with its orders as they stand now.
    pub async fn checkout(&self, id: &CheckoutId) -> Result<Checkout> {
        let wanted = id.clone();
        self.db()
            .read(move |tx| {
                let row = tx.lookup_checkout(&wanted)?;
                let row = row.ok_or_else(|| Error::missing("checkout", &wanted))?;
                let CheckoutRow { id, account, created_at, .. } = row;
                let orders = tx.orders_together(&id)?;
                let payments = tx.payments_for_checkout(&id)?;
                let is_unpaid = orders.iter().any(|order| order.standing.stage == Stage::Unpaid);
                let open = payments.into_iter().rfind(|one| one.state == PaymentState::Open);
                let paying = open.filter(|_| is_unpaid).map(|payment| Paying {
                    payment: payment.id,
                    method: payment.gateway,
                    amount: payment.amount,
                    url: payment.pay_url,
                });
                Ok(Checkout { id, account, created_at, orders, paying })
            })
            .await
    }

    /// The checkout that an order was made in, if it was made in one.
    pub async fn checkout_of(&self, order: &OrderId) -> Result<Option<CheckoutId>> {
        let order = order.clone();
        Ok(self.db().read(move |tx| tx.checkout_of(&order)).await?)
    }

    /// Starts another payment for what is still unpaid of a checkout; what is not reserved any
    /// more is reserved anew, all or none.
    pub async fn pay_checkout(
        &self,
        id: &CheckoutId,
        method: Option<&str>,
        from_wallet: Option<Money>,
    ) -> Result<(Checkout, Option<Paying>)> {
        if let Some(method) = method {
            self.offered_gateway(method)?;
        }
        let orders = self.checkout(id).await?.orders;
        let ids = orders.into_iter().map(|order| order.id).collect();
        let mut parts = self.reserve_again(ids, from_wallet).await?;
        let paying = self.open_payment_of(Some(id), &mut parts, method).await?;
        Ok((self.checkout(id).await?, paying))
    }

    /// Goes on for whoever made a checkout and was not answered: it may be paid by now.
    pub async fn go_on_checking_out(
        &self,
        id: &CheckoutId,
        method: Option<&str>,
    ) -> Result<(Checkout, Option<Paying>)> {
        let checkout = self.checkout(id).await?;
        if checkout.unpaid().next().is_none() {
            return Ok((checkout, None));
        }
        self.pay_checkout(id, method, None).await
    }

    /// Cancels what is unpaid of a checkout; what is paid lives on.
    pub async fn cancel_checkout(&self, id: &CheckoutId, actor: &str) -> Result<Checkout> {
        for order in self.checkout(id).await?.unpaid() {
            match self.cancel_unpaid(&order.id, actor).await {
                // Paid meanwhile.
                Ok(_) | Err(Error::Refused { slug: "not-now", .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.checkout(id).await
    }

    /// Asks the gateways of all payments that are open for a checkout, now.
    pub async fn confirm_checkout(&self, id: &CheckoutId) -> Result<()> {
        let wanted = id.clone();
        let payments = self.db().read(move |tx| tx.payments_for_checkout(&wanted)).await?;
        self.ask_open(&payments).await;
        Ok(())
    }
}

impl Wanted {
    /// The first of the servers that it asks for.
    fn unit(&self) -> Result<Unit> {
        if !(1..=QUANTITY_MAX).contains(&self.quantity) {
            let text = format!("a line of a cart holds 1 to {QUANTITY_MAX} servers");
            return Err(Error::invalid("invalid-quantity", text));
        }
        let kind = (&self.product, self.memory.as_str(), self.os.as_deref());
        let unit = Unit::read(kind, self.coupon.clone())?;
        Ok(Unit { line: Some(OfLine { wanted: self.quantity, before: 0 }), ..unit })
    }
}

/// The servers that the lines of a cart ask for, one by one.
fn units_of(lines: &[Wanted]) -> Result<Vec<Unit>> {
    let mut units = Vec::new();
    for line in lines {
        let unit = line.unit()?;
        units.extend((0..line.quantity).map(|before| unit.after(before)));
    }
    match units.len() {
        0 => Err(Error::invalid("empty-cart", "there is nothing in the cart")),
        some if i64::try_from(some).is_ok_and(|some| some <= SERVERS_MAX) => Ok(units),
        _ => {
            let text = format!("at most {SERVERS_MAX} servers are ordered at once");
            Err(Error::invalid("invalid-quantity", text))
        }
    }
}
