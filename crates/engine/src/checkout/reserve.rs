//! Units of stock are reserved: one for an order, several for a cart, and then all in one
//! transaction or none. Not for how they are paid.

use std::collections::BTreeSet;

use domain::coupon;
use domain::id::{AccountId, AttemptId, CartLineId, CheckoutId, OrderId, ProductId, order_number};
use domain::money::Money;
use domain::order::step::Refused as NotNow;
use domain::order::{Closed, Event, Sold, Stage, Standing, Terms, step};
use domain::os::Os;
use domain::package::{Pid, Ram};
use domain::product::Price;
use domain::quote::Quote;
use store::catalogue::Shown;
use store::db::Tx;
use store::order::{Cause, Extras, Order};
use store::stock::{Counted, Demand};

use crate::idempotency::Ticket;
use crate::price::{self, priced};
use crate::switches::SELLING_STOPPED;
use crate::wallet::held;
use crate::{Engine, Error, Result};

/// One server that somebody wants.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub product: ProductId,
    pub ram: Ram,
    pub os: Option<Os>,
    pub coupon: Option<String>,
    /// Where it is one of a cart.
    pub line: Option<OfLine>,
}

/// Which of a cart's line a unit is.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfLine {
    pub wanted: i64,
    /// So many of the line come before it.
    pub before: i64,
}

/// What is to be reserved together.
#[derive(Clone, Debug)]
pub(super) struct Reservation {
    pub account: AccountId,
    pub units: Vec<Unit>,
    pub checkout: Option<CheckoutId>,
    pub from_wallet: Option<Money>,
    pub from_cart: Vec<CartLineId>,
}

/// An order and what of it a wallet has put aside; the rest is for a gateway, unless it is paid.
#[derive(Clone, Debug)]
pub(super) struct ToPay {
    pub order: Order,
    pub held_minor: i64,
}

/// A new order's ids, minted before its transaction, which may run more than once.
#[derive(Clone, Debug)]
struct Minted {
    order: OrderId,
    number: String,
    attempt: AttemptId,
}

impl Unit {
    pub fn read(
        (product, memory, os): (&ProductId, &str, Option<&str>),
        coupon: Option<String>,
    ) -> Result<Unit> {
        let ram = price::memory(memory)?;
        let os = price::system(os)?;
        Ok(Unit { product: product.clone(), ram, os, coupon, line: None })
    }

    /// The same, after so many of its line.
    pub fn after(&self, before: i64) -> Unit {
        let line = self.line.map(|line| OfLine { before, ..line });
        Unit { line, ..self.clone() }
    }

    /// Why it cannot be had, in words that name its line of the cart.
    pub fn told(&self, error: Error, name: &str) -> Error {
        let Some(OfLine { wanted, before }) = self.line else { return error };
        match error {
            Error::Refused { slug: slug @ "out-of-stock", .. } => {
                Error::refused(slug, format!("{wanted} of {name} wanted, {before} left"))
            }
            Error::Invalid { slug, text } => Error::invalid(slug, format!("{name}: {text}")),
            other => other,
        }
    }
}

impl Minted {
    fn new(engine: &Engine) -> Minted {
        let (now, chance) = (engine.now(), &*engine.parts.chance);
        Minted {
            order: OrderId::mint(now, chance),
            number: order_number(chance),
            attempt: AttemptId::mint(now, chance),
        }
    }
}

impl Engine {
    /// Makes orders and reserves their units, all or none; what a wallet is to pay of them, it
    /// pays or puts aside at once.
    pub(super) async fn reserve(
        &self,
        asked: Reservation,
        ticket: Option<&Ticket>,
    ) -> Result<Vec<ToPay>> {
        let ids: Vec<Minted> = asked.units.iter().map(|_| Minted::new(self)).collect();
        let planned: Vec<AttemptId> = ids.iter().map(|ids| ids.attempt.clone()).collect();
        let products: Vec<ProductId> =
            asked.units.iter().map(|unit| unit.product.clone()).collect();
        let engine = self.clone();
        let request = ticket.map(|ticket| ticket.claim().clone());
        let own = self.own_claim();
        let claimed = own.is_some();
        let reserved = self
            .db()
            .write(move |tx| {
                let extras = Extras { claim: own.clone(), ..Extras::default() };
                let mut made = Vec::with_capacity(asked.units.len());
                if asked.checkout.is_some() {
                    engine.lock_for_cart(tx, &asked)?;
                }
                for (unit, ids) in asked.units.iter().zip(&ids) {
                    let is_first = made.is_empty();
                    let order = engine.place(tx, (&asked.account, unit), ids, is_first, &extras)?;
                    made.push((order, ids.attempt.clone()));
                }
                if let Some(checkout) = &asked.checkout {
                    check_currency(&made)?;
                    let orders: Vec<OrderId> =
                        made.iter().map(|(order, _)| order.id.clone()).collect();
                    tx.insert_checkout(checkout, &asked.account, &orders)?;
                    for line in &asked.from_cart {
                        tx.delete_cart_line(line)?;
                    }
                }
                if let Some(request) = &request
                    && let Some((first, _)) = made.first()
                {
                    let effect = asked.checkout.as_ref().map(CheckoutId::as_str);
                    tx.note_effect(request, effect.unwrap_or(first.id.as_str()))?;
                }
                let Some(most) = asked.from_wallet else {
                    let whole = |(order, _)| ToPay { order, held_minor: 0 };
                    return Ok(made.into_iter().map(whole).collect());
                };
                engine.pay_from_wallet(tx, &mut made, most, own.as_ref())?;
                with_held(tx, made)
            })
            .await;
        match reserved {
            Ok(parts) => {
                self.start_paid(&parts, &planned, claimed);
                Ok(parts)
            }
            Err(Error::Refused { slug: "product-mismatch", text }) => {
                self.tell_mismatch(products).await?;
                Err(Error::refused("product-mismatch", text))
            }
            Err(error) => Err(error),
        }
    }

    /// Locks what several units need, each kind in one order, so that two carts never wait for
    /// each other: packages, the customer, coupons.
    fn lock_for_cart(&self, tx: &mut Tx<'_>, asked: &Reservation) -> Result<()> {
        let mut packages = Vec::with_capacity(asked.units.len());
        for unit in &asked.units {
            packages.push(self.product_to_sell(tx, &unit.product)?.package.id);
        }
        tx.lock_packages(&packages)?;
        tx.lock_account(&asked.account)?;
        let code = |unit: &Unit| coupon::code(unit.coupon.as_deref()?);
        for code in asked.units.iter().filter_map(code).collect::<BTreeSet<String>>() {
            tx.lock_coupon(&code)?;
        }
        Ok(())
    }

    /// Makes one order and reserves its unit.
    fn place(
        &self,
        tx: &mut Tx<'_>,
        (account, unit): (&AccountId, &Unit),
        ids: &Minted,
        is_first: bool,
        extras: &Extras,
    ) -> Result<Order> {
        let shown = self.product_to_sell(tx, &unit.product)?;
        let name = &shown.product.name;
        let price = priced(&shown.product, unit.ram)?;
        self.check_product(&shown)?;
        // From here on under the package's lock.
        let demand = tx.count_for_order(
            (account, &shown.package.id),
            self.settings().stock_buffer,
            SELLING_STOPPED,
        )?;
        // What was made a moment ago, by the same wish, is no reservation before it.
        if is_first {
            self.check_demand(&demand)?;
        }
        self.check_stock(&demand.counted).map_err(|error| unit.told(error, name))?;
        let now = demand.counted.now;
        let asked = (unit.coupon.as_deref(), account);
        let coupon = self
            .coupon_for_order(tx, asked, (&shown.product.id, price), now)
            .map_err(|error| unit.told(error, name))?;
        let tax = self.tax_for(tx, Some(account))?;
        let quote = self.quote(price, coupon.as_ref(), tax)?;
        let mut order = self.draft(&shown, account, (price, quote, unit.os), ids)?;
        order.created_at = now;
        order.reserved_until = now + self.settings().reserve_for;
        tx.insert_order(&order, account.as_str())?;
        if order.sold.quote.total.is_zero() {
            let paid = Event::Paid { attempt: ids.attempt.clone() };
            free(tx, &mut order, paid, extras)?;
        }
        Ok(order)
    }

    fn start_paid(&self, parts: &[ToPay], planned: &[AttemptId], claimed: bool) {
        for (ToPay { order, .. }, planned) in parts.iter().zip(planned) {
            if order.paid_at.is_some() {
                self.start_planned(order, planned, claimed);
            }
        }
    }

    /// The refusal itself undid its transaction; staff are told in another one.
    async fn tell_mismatch(&self, products: Vec<ProductId>) -> Result<()> {
        let engine = self.clone();
        let kind = crate::sync::news::MISMATCH;
        self.db()
            .write(move |tx| {
                for product in &products {
                    let found = engine.product_to_sell(tx, product);
                    if let Err(Error::Refused { slug: "product-mismatch", text }) =
                        found.and_then(|shown| engine.check_product(&shown))
                    {
                        tx.raise_alert(kind, product.as_str(), &text)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Of one customer's reservations, and of all.
    fn check_demand(&self, demand: &Demand) -> Result<()> {
        if demand.selling_stopped.is_some() {
            return Err(Error::refused("selling-stopped", "the shop takes no orders now"));
        }
        if demand.reserved >= self.settings().reserve_max {
            return Err(Error::refused(
                "too-many-reservations",
                "pay or cancel one of your open orders first; each holds a server for you",
            ));
        }
        Ok(())
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
    pub(crate) fn check_product(&self, shown: &Shown) -> Result<()> {
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
    pub(crate) fn check_stock(&self, counted: &Counted) -> Result<()> {
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

    /// Takes orders up again that can still be paid: each keeps its unit, or reserves it anew. Of
    /// the wallet they use what is said here, or what they used before.
    pub(super) async fn reserve_again(
        &self,
        ids: Vec<OrderId>,
        from_wallet: Option<Money>,
    ) -> Result<Vec<ToPay>> {
        let mint = |_| AttemptId::mint(self.now(), &*self.parts.chance);
        let attempts: Vec<AttemptId> = ids.iter().map(mint).collect();
        let planned = attempts.clone();
        let own = self.own_claim();
        let claimed = own.is_some();
        let engine = self.clone();
        let parts = self
            .db()
            .write(move |tx| {
                let mut orders = engine.lock_with_packages(tx, &ids)?;
                // Of several some may be paid or cancelled: the others are taken up.
                if orders.iter().any(is_payable) {
                    orders.retain(is_payable);
                }
                for order in &mut orders {
                    engine.keep_reserved(tx, order)?;
                }
                let mut orders: Vec<_> = orders.into_iter().zip(attempts.iter().cloned()).collect();
                if let Some(most) = from_wallet {
                    engine.pay_from_wallet(tx, &mut orders, most, own.as_ref())?;
                }
                with_held(tx, orders)
            })
            .await?;
        self.start_paid(&parts, &planned, claimed);
        Ok(parts)
    }

    /// Leaves a reservation as it is, or makes it anew by the rules for a new order.
    fn keep_reserved(&self, tx: &mut Tx<'_>, order: &mut Order) -> Result<()> {
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
}

/// One payment has one currency.
fn check_currency(orders: &[(Order, AttemptId)]) -> Result<()> {
    let mut all = orders.iter().map(|(order, _)| order.sold.quote.total.currency);
    let first = all.next();
    match all.find(|other| Some(*other) != first) {
        None => Ok(()),
        Some(other) => {
            let first = first.map_or("nothing", |first| first.code());
            let text =
                format!("a cart is paid at once: order what costs {first} and {other} apart");
            Err(Error::invalid("wrong-currency", text))
        }
    }
}

/// With what a wallet holds for each.
fn with_held(tx: &mut Tx<'_>, orders: Vec<(Order, AttemptId)>) -> Result<Vec<ToPay>> {
    let read = |(order, _)| Ok(ToPay { held_minor: held(tx, &order)?, order });
    orders.into_iter().map(read).collect()
}

pub(crate) fn is_payable(order: &Order) -> bool {
    matches!(order.standing.stage, Stage::Unpaid | Stage::Closed(Closed::ReservationOver))
}

/// A coupon leaves nothing to pay: the order is paid as it is made.
fn free(tx: &mut Tx<'_>, order: &mut Order, paid: Event, extras: &Extras) -> Result<()> {
    let next = step(&order.standing, &paid)?;
    let data = serde_json::json!({ "coupon": order.sold.quote.coupon }).to_string();
    let cause = Cause { key: "free".into(), actor: order.account.to_string(), data };
    Ok(tx.record(order, &[(paid, next)], &cause, extras)?)
}
