//! A wish becomes an order: checked, frozen, reserved, and a way to pay opened.

use domain::id::{AccountId, AttemptId, OrderId, PaymentId, ProductId, order_number};
use domain::money::Money;
use domain::order::step::Refused as NotNow;
use domain::order::{Event, Sold, Stage, Standing, Terms, step};
use domain::os::Os;
use domain::package::{Pid, Ram};
use domain::product::Price;
use domain::quote::Quote;
use domain::wallet;
use store::catalogue::Shown;
use store::db::Tx;
use store::order::{Cause, Extras};
use store::payment::Purpose;

pub use store::order::Order;

use crate::idempotency::Ticket;
use crate::price::{self, priced};
use crate::switches::SELLING_STOPPED;
use crate::wallet::held;
use crate::{Engine, Error, Result};

mod gateway;
pub(crate) mod open;

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

/// A new order's ids, minted before its transaction, which may run more than once.
#[derive(Clone, Debug)]
struct Minted {
    order: OrderId,
    number: String,
    attempt: AttemptId,
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
        let ram = price::memory(&wish.memory)?;
        let os = match wish.os.as_deref() {
            None | Some("" | "any") => None,
            Some(text) => Some(
                Os::read(text).map_err(|error| Error::invalid("invalid-os", error.to_string()))?,
            ),
        };
        if let Some(method) = &wish.payment_method {
            self.offered_gateway(method)?;
        }
        let mut order = match self.reserve(&wish, (ram, os), ticket).await {
            Err(Error::Refused { slug: "product-mismatch", text }) => {
                return Err(self.tell_mismatch(&wish.product, text).await?);
            }
            reserved => reserved?,
        };
        tracing::info!(order = %order.id, "{} {}", order.number, order.sold.receipt());
        let total = order.sold.quote.total;
        let held_minor = wish.from_wallet.map_or(0, |most| wallet::part(total, most).minor);
        let method = wish.payment_method.as_deref();
        let paying = self.open_payment_of(&mut order, held_minor, method).await?;
        Ok((order, paying))
    }

    /// The refusal itself undid its transaction; staff are told in another one.
    async fn tell_mismatch(&self, product: &ProductId, text: String) -> Result<Error> {
        let (product, told) = (product.clone(), text.clone());
        let kind = crate::sync::news::MISMATCH;
        self.db().write(move |tx| tx.raise_alert(kind, product.as_str(), &told)).await?;
        Ok(Error::refused("product-mismatch", text))
    }

    async fn reserve(
        &self,
        wish: &NewOrder,
        (ram, os): (Ram, Option<Os>),
        ticket: Option<&Ticket>,
    ) -> Result<Order> {
        let ids = Minted {
            order: OrderId::mint(self.now(), &*self.parts.chance),
            number: order_number(&*self.parts.chance),
            attempt: AttemptId::mint(self.now(), &*self.parts.chance),
        };
        let planned = ids.attempt.clone();
        let (engine, wish) = (self.clone(), wish.clone());
        let claim = ticket.map(|ticket| ticket.claim().clone());
        let own = self.own_claim();
        let claimed = own.is_some();
        let order = self
            .db()
            .write(move |tx| {
                let shown = engine.product_to_sell(tx, &wish.product)?;
                let price = priced(&shown.product, ram)?;
                engine.check_product(&shown)?;
                // From here on under the package's lock.
                let demand = tx.count_for_order(
                    (&wish.account, &shown.package.id),
                    engine.settings().stock_buffer,
                    SELLING_STOPPED,
                )?;
                if demand.selling_stopped.is_some() {
                    return Err(Error::refused("selling-stopped", "the shop takes no orders now"));
                }
                engine.check_stock(&demand.counted)?;
                if demand.reserved >= engine.settings().reserve_max {
                    return Err(Error::refused(
                        "too-many-reservations",
                        "pay or cancel one of your open orders first; each holds a server for you",
                    ));
                }
                let now = demand.counted.now;
                let asked = (wish.coupon.as_deref(), &wish.account);
                let coupon = engine.coupon_for_order(tx, asked, (&shown.product.id, price), now)?;
                let tax = engine.tax_for(tx, Some(&wish.account))?;
                let quote = engine.quote(price, coupon.as_ref(), tax)?;
                let mut order = engine.draft(&shown, &wish.account, (price, quote, os), &ids)?;
                order.created_at = now;
                order.reserved_until = now + engine.settings().reserve_for;
                tx.insert_order(&order, wish.account.as_str())?;
                let extras = Extras { claim: own.clone(), ..Extras::default() };
                if order.sold.quote.total.is_zero() {
                    let paid = Event::Paid { attempt: ids.attempt.clone() };
                    free(tx, &mut order, paid, &extras)?;
                } else if let Some(most) = wish.from_wallet {
                    order = engine.pay_from_wallet(tx, order, most, (&ids.attempt, extras))?;
                }
                if let Some(claim) = &claim {
                    tx.note_effect(claim, order.id.as_str())?;
                }
                Ok::<_, Error>(order)
            })
            .await?;
        if order.paid_at.is_some() {
            self.start_planned(&order, &planned, claimed);
        }
        Ok(order)
    }

    /// Puts the frozen copy together from what the shop itself knows.
    fn draft(
        &self,
        shown: &Shown,
        account: &AccountId,
        (price, quote, os): (&Price, Quote, Option<Os>),
        ids: &Minted,
    ) -> Result<Order> {
        let (product, package) = (&shown.product, &shown.package);
        let pid = Pid::new(package.pid.as_str())
            .ok_or_else(|| Error::Bug("a package without PID".into()))?;
        let sold = Sold {
            terms: Terms {
                provider: package.provider.clone(),
                package: package.id.clone(),
                pid,
                package_name: package.name.clone(),
                cidrs: product.cidrs.clone(),
                ram: price.ram,
                os,
            },
            product: product.id.clone(),
            product_name: product.name.clone(),
            quote,
            cost: price.cost,
            days: package.days,
        };
        // The database's own time comes with the stock.
        let now = self.now();
        Ok(Order {
            id: ids.order.clone(),
            number: ids.number.clone(),
            account: account.clone(),
            version: 1,
            standing: Standing::new(Stage::Unpaid),
            sold,
            amendments: 0,
            created_at: now,
            reserved_until: now,
            paid_at: None,
            delivered_at: None,
            sold_until: None,
            error: None,
            public_error: None,
            offered_at: None,
        })
    }

    pub(crate) fn product_to_sell(&self, tx: &mut Tx<'_>, id: &ProductId) -> Result<Shown> {
        tx.product(id)?.ok_or_else(|| Error::missing("product", id))
    }

    /// Published, available, and called what it is.
    fn check_product(&self, shown: &Shown) -> Result<()> {
        if !shown.product.published || !shown.available {
            return Err(Error::refused(
                "unavailable",
                format!("{} is not available at the moment", shown.product.name),
            ));
        }
        match shown.product.contradiction(&shown.package.name) {
            None => Ok(()),
            Some(token) => Err(Error::refused(
                "product-mismatch",
                format!(
                    "{} names {token}, but its package is {}; our staff are told",
                    shown.product.name, shown.package.name
                ),
            )),
        }
    }

    /// The stock formula for something new.
    fn check_stock(&self, counted: &store::stock::Counted) -> Result<()> {
        let settings = self.settings();
        let is_stale = counted.now.since(counted.reading_stored_at) > settings.reading_valid_for();
        if is_stale && !counted.is_by_hand {
            return Err(Error::refused(
                "unavailable",
                "the stock was not confirmed recently; try again in a few minutes",
            ));
        }
        let name = &counted.name;
        let is_low = counted.listed_stock <= settings.stock_disable_at && !counted.is_by_hand;
        if is_low || counted.stock.saleable() < 1 {
            return Err(Error::refused(
                "out-of-stock",
                format!("{name} has no server left to sell; choose another product"),
            ));
        }
        Ok(())
    }

    /// Whether an order that holds nothing may be sold again at its frozen price.
    pub(crate) fn saleable(&self, tx: &mut Tx<'_>, order: &Order) -> Result<Result<()>> {
        let found = self.product_to_sell(tx, &order.sold.product);
        if let Err(error) = found.and_then(|shown| self.check_product(&shown)) {
            return match error {
                Error::Refused { .. } | Error::Missing { .. } => Ok(Err(error)),
                other => Err(other),
            };
        }
        let buffer = self.settings().stock_buffer;
        let counted =
            tx.count_stock_without(&order.sold.terms.package, buffer, order.id.as_str())?;
        Ok(self.check_stock(&counted))
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
        let attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let planned = attempt.clone();
        let own = self.own_claim();
        let claimed = own.is_some();
        let (engine, wanted) = (self.clone(), id.clone());
        let (mut order, held_minor) = self
            .db()
            .write(move |tx| {
                let mut order = engine.lock_with_package(tx, &wanted)?;
                engine.reserve_again(tx, &mut order)?;
                if let Some(most) = from_wallet {
                    let extras = Extras { claim: own.clone(), ..Extras::default() };
                    order = engine.pay_from_wallet(tx, order, most, (&attempt, extras))?;
                }
                let held_minor = held(tx, &order)?;
                Ok::<_, Error>((order, held_minor))
            })
            .await?;
        if order.paid_at.is_some() {
            self.start_planned(&order, &planned, claimed);
        }
        let paying = self.open_payment_of(&mut order, held_minor, method).await?;
        Ok((order, paying))
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

    fn reserve_again(&self, tx: &mut Tx<'_>, order: &mut Order) -> Result<()> {
        let now = tx.now()?;
        if order.standing.stage == Stage::Unpaid && order.reserved_until > now {
            return Ok(());
        }
        let event = Event::ReservedAgain;
        let next = step(&order.standing, &event).map_err(|NotNow { stage, .. }| {
            Error::refused(
                "not-payable",
                format!("an order that is {} cannot be paid", stage.word()),
            )
        })?;
        self.saleable(tx, order)??;
        tx.reserve_until(order, now + self.settings().reserve_for)?;
        let cause = Cause {
            key: format!("reserved-again:{}", order.version),
            actor: order.account.to_string(),
            data: "{}".into(),
        };
        tx.record(order, &[(event, next)], &cause, &Extras::default())?;
        Ok(())
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

/// A coupon leaves nothing to pay: the order is paid as it is made.
fn free(tx: &mut Tx<'_>, order: &mut Order, paid: Event, extras: &Extras) -> Result<()> {
    let next = step(&order.standing, &paid)?;
    let data = serde_json::json!({ "coupon": order.sold.quote.coupon }).to_string();
    let cause = Cause { key: "free".into(), actor: order.account.to_string(), data };
    Ok(tx.record(order, &[(paid, next)], &cause, extras)?)
}
