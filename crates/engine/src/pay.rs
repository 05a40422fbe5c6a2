//! Money comes in: staff's receipts, webhooks and polls end in one step that books each once.
//! Not for when gateways are asked: that is `pay/poll.rs`.

mod book;
mod poll;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::{AttemptId, OrderId, PaymentId};
use domain::money::{Currency, Money};
use domain::order::Stage;
use payment::{Asked, Capture, Gateway, Standing as PaymentStanding, Taken};
use store::db::{StoreError, Tx};
use store::job::{Job, Kind};
use store::order::Order;
use store::payment::{Payment, PaymentState};

pub(crate) use book::{Incoming, Part, book_fee, parts_of, shares_of, till};
pub use store::payment::Purpose;

use crate::idempotency::Ticket;
use crate::wallet::held;
use crate::worker::After;
use crate::{Engine, Error, Result};

/// Money received outside any gateway.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub amount: Money,
    /// Unique for ever: the bank's number of the transfer.
    pub reference: String,
}

/// The gateway's name for money that staff received.
pub(crate) const BANK: &str = "bank";
/// The gateway's name for money out of the customer's own wallet.
pub(crate) const WALLET: &str = "wallet";
pub const REFERENCE_MAX: usize = 120;

/// Payments of one gateway wait for each other alone.
pub(crate) fn pay_lane(gateway: &str) -> String {
    format!("pay:{gateway}")
}

impl Engine {
    /// Books money that staff received, and sends the order on its way.
    pub async fn mark_paid(&self, id: &OrderId, receipt: Receipt, actor: &str) -> Result<Order> {
        self.mark_paid_once(id, receipt, actor, None).await
    }

    /// The same for a request with an idempotency key: its ticket notes what it brought about.
    pub async fn mark_paid_once(
        &self,
        id: &OrderId,
        receipt: Receipt,
        actor: &str,
        ticket: Option<&Ticket>,
    ) -> Result<Order> {
        let reference = reference_of(&receipt.reference)?;
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let planned = attempt.clone();
        let claim = self.own_claim();
        let claimed = claim.is_some();
        let request = ticket.map(|ticket| ticket.claim().clone());
        let order = self
            .db()
            .write(move |tx| {
                let order = engine.lock_with_package(tx, &id)?;
                check_receipt(&order, held(tx, &order)?, &receipt)?;
                let incoming = Incoming {
                    gateway: BANK,
                    gateway_payment: &reference,
                    payment: None,
                    actor: &actor,
                    claim: claim.clone(),
                };
                let (amount, attempt) = (receipt.amount, attempt.clone());
                let part = Part { order, amount, asked: None, attempt };
                let booked = engine.book(tx, &incoming, vec![part])?;
                let booked = booked.and_then(|mut orders| orders.pop()).ok_or_else(|| {
                    Error::refused(
                        "reference-used",
                        format!("reference {reference:?} was booked before"),
                    )
                })?;
                if let Some(request) = &request {
                    tx.note_effect(request, booked.id.as_str())?;
                }
                Ok::<_, Error>(booked)
            })
            .await?;
        self.start_planned(&order, &planned, claimed);
        Ok(order)
    }

    /// Locks the package before the order, as every transaction that raises a promise does.
    pub(crate) fn lock_with_package(&self, tx: &mut Tx<'_>, id: &OrderId) -> Result<Order> {
        // Its unit is promised already: nothing is raised, so no package lock is needed.
        if let Some(order) = tx.lock_order_if_reserved(id)? {
            let raises = match &order.standing.stage {
                Stage::Unpaid => order.reserved_until <= tx.now()?,
                Stage::Closed(_) => true,
                _ => false,
            };
            if raises {
                // Its package comes first, and is not to be waited for under its own lock.
                let text = format!("the reservation of {} ended at this moment", order.number);
                return Err(StoreError::Busy(text).into());
            }
            return Ok(order);
        }
        let seen = tx.order(id)?;
        let terms = tx.terms_in_force(&seen)?;
        tx.lock_packages(&[terms.package])?;
        Ok(tx.lock_order(id)?)
    }

    /// Locks several orders, and before them their packages, each kind in the order of its ids.
    pub(crate) fn lock_with_packages(
        &self,
        tx: &mut Tx<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<Order>> {
        if let [id] = ids {
            return Ok(vec![self.lock_with_package(tx, id)?]);
        }
        let mut packages = Vec::with_capacity(ids.len());
        for id in ids {
            let seen = tx.order(id)?;
            packages.push(tx.terms_in_force(&seen)?.package);
        }
        tx.lock_packages(&packages)?;
        let mut orders = lock_orders(tx, ids)?;
        ids.iter().map(|id| orders.remove(id).ok_or_else(|| Error::missing("order", id))).collect()
    }

    /// Starts the purchase that a transaction of this process has planned. Where an earlier
    /// payment planned one, somebody else holds its claim.
    pub(crate) fn start_planned(&self, order: &Order, planned: &AttemptId, claimed: bool) {
        if let Stage::Planned(attempt) = &order.standing.stage
            && attempt == planned
        {
            let lane = format!("buy:{}", order.sold.terms.package);
            // An amended order may buy another package; its job then keeps the lane it has.
            if order.amendments == 0 {
                self.start_own(Kind::Purchase, attempt.as_str(), lane, claimed);
            } else {
                self.hub().wake();
            }
        }
    }

    /// Asks a payment's gateway what became of it, and books what it says. Safe to repeat.
    pub async fn ask_gateway(&self, id: &PaymentId) -> Result<Payment> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        let payment = found.ok_or_else(|| Error::missing("payment", id))?;
        self.ask_about(&payment).await?;
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        found.ok_or_else(|| Error::missing("payment", id))
    }

    /// Asks about a payment, books what its gateway says, and tells it in a word.
    async fn ask_about(&self, payment: &Payment) -> Result<&'static str> {
        let gateway = self.gateway(&payment.gateway)?;
        self.point("poll-asked").await;
        let standing = gateway.poll(&asked(payment)).await;
        self.point("poll-read").await;
        let standing = standing.map_err(|fault| Error::Outside(fault.to_string()))?;
        Ok(match standing {
            PaymentStanding::Captured { captures } => {
                for capture in captures {
                    self.book_capture(payment, &capture).await?;
                }
                "captured"
            }
            PaymentStanding::Authorised { held } => {
                self.take_authorised(payment, held).await?;
                "authorised"
            }
            PaymentStanding::Failed { reason } => {
                self.payment_failed(payment, reason).await?;
                "failed"
            }
            PaymentStanding::Pending => "pending",
            PaymentStanding::Absent => "absent",
        })
    }

    /// Takes money that a gateway only holds, where it is exactly what was asked for. Anything else
    /// goes back by itself, and what is not certain is polled again.
    async fn take_authorised(&self, payment: &Payment, held: Vec<Capture>) -> Result<()> {
        let gateway = self.gateway(&payment.gateway)?;
        let ours = |held: &&Capture| is_for(held, payment) && held.amount == payment.amount;
        if let Some(held) = held.iter().find(ours)
            && let Taken::Captured(capture) = gateway.capture(held).await
        {
            self.book_capture(payment, &capture).await?;
        }
        Ok(())
    }

    /// Books one movement that the gateway itself told of, bound to our own payment.
    async fn book_capture(&self, payment: &Payment, capture: &Capture) -> Result<()> {
        if !is_for(capture, payment) {
            let text = format!(
                "{} names payment {} where {} was asked for",
                payment.gateway, capture.payment, payment.id
            );
            tracing::error!("{text}");
            let subject = payment.purpose.subject().to_owned();
            self.db()
                .write(move |tx| tx.raise_alert_once("payment-mismatch", &subject, &text))
                .await?;
            return Ok(());
        }
        match &payment.purpose {
            Purpose::Order(_) | Purpose::Checkout(_) => {
                self.book_for_orders(payment, capture).await
            }
            Purpose::TopUp(account) => self.book_top_up(account, payment, capture).await,
        }
    }

    /// Books a movement as a whole: each order that its payment is for gets its share.
    async fn book_for_orders(&self, payment: &Payment, capture: &Capture) -> Result<()> {
        let wanted = payment.clone();
        let shares = self.db().read(move |tx| shares_of(tx, &wanted)).await?;
        let mint = |_| AttemptId::mint(self.now(), &*self.parts.chance);
        let attempts: Vec<AttemptId> = shares.iter().map(mint).collect();
        let planned = attempts.clone();
        let (engine, payment, capture) = (self.clone(), payment.clone(), capture.clone());
        let claim = self.own_claim();
        let claimed = claim.is_some();
        let booked = self
            .db()
            .write(move |tx| {
                let ids: Vec<OrderId> = shares.iter().map(|share| share.order.clone()).collect();
                let orders = engine.lock_with_packages(tx, &ids)?;
                let incoming = Incoming {
                    gateway: &payment.gateway,
                    gateway_payment: &capture.gateway_payment,
                    payment: Some(&payment.id),
                    actor: "gateway",
                    claim: claim.clone(),
                };
                let parts = parts_of((&payment, &capture), &shares, (orders, &attempts));
                let booked = engine.book(tx, &incoming, parts)?;
                book_fee(tx, &payment, &capture)?;
                tx.end_payment(&payment.id, PaymentState::Captured, None)?;
                Ok::<_, Error>(booked)
            })
            .await?;
        for (order, planned) in booked.iter().flatten().zip(&planned) {
            tracing::info!("{} paid {} by {}", order.account, order.number, payment_name(order));
            self.start_planned(order, planned, claimed);
        }
        Ok(())
    }

    async fn payment_failed(&self, payment: &Payment, reason: String) -> Result<()> {
        let id = payment.id.clone();
        self.db().write(move |tx| tx.end_payment(&id, PaymentState::Failed, Some(&reason))).await?;
        Ok(())
    }

    /// Ends a job that has nothing left to do.
    pub(crate) async fn finish_job(&self, job: &Job) -> Result<After> {
        let claim = job.claim.clone();
        self.db().write(move |tx| tx.finish_job(&claim)).await?;
        Ok(After::Finished)
    }

    /// A gateway that is on, whether buyers are offered it or not.
    pub(crate) fn gateway(&self, name: &str) -> Result<Arc<dyn Gateway>> {
        named(&self.parts.gateways, name)
    }

    /// A gateway that a buyer may choose.
    pub(crate) fn offered_gateway(&self, name: &str) -> Result<Arc<dyn Gateway>> {
        named(&self.offered(), name)
    }

    /// The gateways that a buyer may choose from, first choice first.
    pub(crate) fn offered(&self) -> Vec<Arc<dyn Gateway>> {
        let on = &self.parts.gateways;
        let Some(names) = &self.settings().gateways_offered else { return on.clone() };
        names.iter().filter_map(|name| named(on, name).ok()).collect()
    }
}

/// Locks orders in the order of their ids, as every transaction that holds several does.
pub(crate) fn lock_orders(tx: &mut Tx<'_>, ids: &[OrderId]) -> Result<BTreeMap<OrderId, Order>> {
    let sorted: BTreeSet<&OrderId> = ids.iter().collect();
    sorted.into_iter().map(|id| Ok((id.clone(), tx.lock_order(id)?))).collect()
}

fn named(gateways: &[Arc<dyn Gateway>], name: &str) -> Result<Arc<dyn Gateway>> {
    let found = gateways.iter().find(|gateway| gateway.name() == name);
    found.cloned().ok_or_else(|| {
        Error::invalid("unknown-gateway", format!("{name:?} is not a way to pay here"))
    })
}

/// How a gateway is asked for a payment.
pub(crate) fn asked(payment: &Payment) -> Asked {
    Asked {
        payment: payment.id.to_string(),
        gateway_order: payment.gateway_order.clone(),
        created_at: payment.created_at,
    }
}

/// Whether a movement is bound to a payment of ours by all the ids that we know.
fn is_for(capture: &Capture, payment: &Payment) -> bool {
    capture.payment == payment.id.as_str()
        && payment.gateway_order.as_ref().is_none_or(|known| *known == capture.gateway_order)
}

fn payment_name(order: &Order) -> String {
    format!("{} for {}", order.sold.quote.total, order.sold.product_name)
}

/// What a bank calls a transfer, as a person typed it.
pub(crate) fn reference_of(text: &str) -> Result<String> {
    let reference = text.trim().to_owned();
    if reference.is_empty() || reference.len() > REFERENCE_MAX {
        return Err(Error::invalid(
            "invalid-reference",
            format!("reference must be 1 to {REFERENCE_MAX} characters: the bank's number"),
        ));
    }
    Ok(reference)
}

/// What the wallet has put aside for an order is not due any more.
fn check_receipt(order: &Order, held_minor: i64, receipt: &Receipt) -> Result<()> {
    let total = order.sold.quote.total;
    let due = Money::new(total.minor - held_minor, total.currency);
    if receipt.amount.currency != due.currency {
        return Err(Error::invalid(
            "wrong-currency",
            format!(
                "{} is due in {}, not in {}",
                order.number, due.currency, receipt.amount.currency
            ),
        ));
    }
    if receipt.amount.minor < due.minor {
        return Err(Error::invalid(
            "too-little",
            format!("{} is due for {}; {} is less", due, order.number, receipt.amount),
        ));
    }
    Ok(())
}

/// Reads an amount that a program sent.
pub fn read_amount(minor: i64, currency: &str) -> Result<Money> {
    let currency = Currency::parse(currency)
        .map_err(|error| Error::invalid("wrong-currency", error.to_string()))?;
    if minor <= 0 {
        return Err(Error::invalid("invalid-amount", "amount must be a whole number above zero"));
    }
    Ok(Money::new(minor, currency))
}
