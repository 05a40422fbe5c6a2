//! The one step in which money is booked: a whole movement in one transaction, each order that it
//! is for its share, once. Not for where news of it comes from.

use std::time::Duration;

use domain::id::{AccountId, AttemptId, NodeId, OrderId, PaymentId};
use domain::ledger::{self, Account, Entry, Pays};
use domain::money::Money;
use domain::order::{Event, Stage, step};
use domain::share::{named, spread};
use payment::Capture;
use store::checkout::Share;
use store::db::Tx;
use store::order::{Cause, Extras, Order};
use store::payment::{BookedFor, NewCapture, Payment, Purpose};

use super::{BANK, WALLET};
use crate::wallet::{draw_out, held};
use crate::{Engine, Error, Result};

/// Money on its way into the books.
#[derive(Clone, Debug)]
pub(crate) struct Incoming<'a> {
    pub gateway: &'a str,
    /// The movement's id there: staff's reference, or the draw's own id.
    pub gateway_payment: &'a str,
    /// The payment of ours that asked for it, at a gateway.
    pub payment: Option<&'a PaymentId>,
    pub actor: &'a str,
    /// The process that claims the purchases that it sets off.
    pub claim: Option<(NodeId, Duration)>,
}

/// What of it is for one order.
#[derive(Debug)]
pub(crate) struct Part {
    pub order: Order,
    pub amount: Money,
    /// What a gateway was asked to take for it. Nothing else pays.
    pub asked: Option<Money>,
    /// Of the purchase that it sets off.
    pub attempt: AttemptId,
}

/// What incoming money does to an order.
struct Does {
    event: Option<Event>,
    /// What a wallet has put aside for it.
    held_minor: i64,
}

impl Engine {
    /// Books a movement once; nothing when it was booked before.
    pub(crate) fn book(
        &self,
        tx: &mut Tx<'_>,
        incoming: &Incoming<'_>,
        parts: Vec<Part>,
    ) -> Result<Option<Vec<Order>>> {
        if let Some(before) = tx.captured_for(incoming.gateway, incoming.gateway_payment)? {
            tell_if_used_elsewhere(tx, incoming, &parts, &before)?;
            return Ok(None);
        }
        let mut booked = Vec::with_capacity(parts.len());
        for (share, part) in (0_i64..).zip(parts) {
            booked.push(self.book_share(tx, incoming, (share, part))?);
        }
        Ok(Some(booked))
    }

    fn book_share(
        &self,
        tx: &mut Tx<'_>,
        incoming: &Incoming<'_>,
        (share, part): (i64, Part),
    ) -> Result<Order> {
        let Does { event, held_minor } = self.what_money_does(tx, &part)?;
        let is_paid = matches!(event, Some(Event::Paid { .. }));
        let Incoming { gateway, gateway_payment, payment, .. } = *incoming;
        let Part { mut order, amount, .. } = part;
        let booked_as = if is_paid { "paid" } else { "owed" };
        let id = &order.id;
        let new =
            NewCapture { gateway, gateway_payment, payment, share, order: id, amount, booked_as };
        if !tx.insert_capture(&new)? {
            let why = format!("{gateway_payment} came in for two payments at once");
            return Err(Error::Bug(why));
        }
        let cause = new.cause();
        let paid = is_paid.then_some(Pays { quote: &order.sold.quote, held_minor });
        let due = paid.map_or(0, |pays| pays.due_minor());
        let into = till(gateway, &order.account);
        let entry = ledger::received(&cause, into, &order.id, &order.account, (amount, paid))?;
        match gateway {
            WALLET => draw_out(tx, &order, &entry)?,
            _ => tx.post(Some(&order.id), &entry)?,
        }
        if amount.minor > due {
            let text = format!("{amount} came in for {} and is owed", order.number);
            tx.raise_alert("money-owed", order.id.as_str(), &text)?;
            tx.list(&order.id, "owed", Duration::from_secs(24 * 3_600))?;
        }
        if let Some(event) = event {
            let next = step(&order.standing, &event)?;
            let actor = incoming.actor.to_owned();
            let cause = Cause { key: cause, actor, data: "{}".into() };
            let extras = Extras { claim: incoming.claim.clone(), ..Extras::default() };
            tx.record(&mut order, &[(event, next)], &cause, &extras)?;
        }
        Ok(order)
    }

    /// What incoming money does to an order: pays it, comes too late, or only is owed.
    fn what_money_does(&self, tx: &mut Tx<'_>, part: &Part) -> Result<Does> {
        let Part { order, amount: came, asked, attempt } = part;
        let total = order.sold.quote.total;
        let nothing = |event| Does { event, held_minor: 0 };
        // A share of nothing leaves nothing to give back.
        let too_late = (!came.is_zero()).then_some(Event::PaidTooLate);
        let is_open = match &order.standing.stage {
            Stage::Unpaid => order.reserved_until > tx.now()?,
            Stage::Closed(_) => false,
            _ => return Ok(nothing(None)),
        };
        let held_minor = held(tx, order)?;
        // Staff look at what they received; a gateway must have taken exactly what was asked for,
        // and the wallet pays what that leaves.
        let from_wallet = match asked {
            Some(asked) if asked != came => None,
            Some(_) => Some(total.minor - came.minor).filter(|rest| *rest >= 0),
            None => Some(held_minor).filter(|held| came.minor >= total.minor - held),
        };
        let Some(from_wallet) = from_wallet.filter(|_| came.currency == total.currency) else {
            return Ok(nothing(None));
        };
        if !is_open && !self.may_revive(tx, order)? {
            return Ok(nothing(too_late));
        }
        if !self.hold(tx, order, from_wallet)? {
            return Ok(nothing(too_late.filter(|_| !is_open)));
        }
        let event = Some(Event::Paid { attempt: attempt.clone() });
        Ok(Does { event, held_minor: from_wallet })
    }

    /// Whether late money still buys: by the rules for a new order, at the frozen price.
    fn may_revive(&self, tx: &mut Tx<'_>, order: &Order) -> Result<bool> {
        Ok(self.saleable(tx, order)?.is_ok())
    }
}

/// What a movement brings each order that its payment is for. One that is not what was asked for
/// pays none of them: it is owed as a whole, with the first.
pub(crate) fn parts_of(
    (payment, capture): (&Payment, &Capture),
    shares: &[Share],
    (orders, attempts): (Vec<Order>, &[AttemptId]),
) -> Vec<Part> {
    let is_asked_for = capture.amount == payment.amount;
    let part = |((share, order), attempt): ((&Share, Order), &AttemptId)| {
        let share = Money::new(share.minor, payment.amount.currency);
        let (amount, asked) = match is_asked_for {
            true => (share, share),
            false => (capture.amount, payment.amount),
        };
        Part { order, amount, asked: Some(asked), attempt: attempt.clone() }
    };
    let several = if is_asked_for { shares.len() } else { 1 };
    shares.iter().zip(orders).zip(attempts).map(part).take(several).collect()
}

/// Which orders a payment is for, and how much each gets of it; none for a wallet.
pub(crate) fn shares_of(tx: &mut Tx<'_>, payment: &Payment) -> Result<Vec<Share>> {
    Ok(match &payment.purpose {
        Purpose::TopUp(_) => Vec::new(),
        Purpose::Order(order) => {
            vec![Share { order: order.clone(), minor: payment.amount.minor }]
        }
        Purpose::Checkout(_) => tx.shares(&payment.id)?,
    })
}

/// Where money stands that came in by a gateway.
pub(crate) fn till(gateway: &str, customer: &AccountId) -> Account {
    match gateway {
        BANK => Account::Bank,
        WALLET => Account::Wallet(customer.clone()),
        name => Account::Gateway(name.to_owned()),
    }
}

/// A gateway's id of a movement belongs to one payment for ever.
fn tell_if_used_elsewhere(
    tx: &mut Tx<'_>,
    incoming: &Incoming<'_>,
    parts: &[Part],
    before: &BookedFor,
) -> Result<()> {
    let Some(Part { order, .. }) = parts.first() else { return Ok(()) };
    if before.payment.as_deref() != incoming.payment.map(PaymentId::as_str) {
        let other: Vec<&str> = before.orders.iter().map(OrderId::as_str).collect();
        let text = format!(
            "{} names {} for {}, which was booked for {}: nothing was booked",
            incoming.gateway,
            incoming.gateway_payment,
            order.number,
            other.join(", ")
        );
        tx.raise_alert_once("payment-mismatch", order.id.as_str(), &text)?;
    }
    Ok(())
}

/// What a gateway keeps of what it took, as soon as it tells: some do so long after the payment.
/// Orders that were paid together bear it together.
pub(crate) fn book_fee(tx: &mut Tx<'_>, payment: &Payment, capture: &Capture) -> Result<()> {
    let Some(fee) = capture.fee.filter(|fee| fee.minor > 0) else { return Ok(()) };
    let cause = format!("fee:{}:{}", payment.gateway, capture.gateway_payment);
    let shares = shares_of(tx, payment)?;
    let rooms: Vec<i64> = shares.iter().map(|share| share.minor).collect();
    let of_share = |((at, share), minor): ((i64, &Share), i64)| {
        (Some(share.order.clone()), named(&cause, at, &share.order), minor)
    };
    let mut parts: Vec<(Option<OrderId>, String, i64)> =
        (0..).zip(&shares).zip(spread(fee.minor, &rooms)).map(of_share).collect();
    if parts.is_empty() {
        parts.push((None, cause, fee.minor));
    }
    for (order, cause, minor) in parts {
        if !tx.is_booked(&cause)? {
            let (gateway, kept) =
                (Account::Gateway(payment.gateway.clone()), Money::new(minor, fee.currency));
            tx.post(order.as_ref(), &Entry::moved(cause, gateway, Account::Fees, kept))?;
        }
    }
    Ok(())
}
