//! Charge-backs: a payer's bank takes money back that came in. It is our expense, and while it is
//! open nothing of that movement goes back otherwise. The payer's bank decides, and gateways
//! cannot be asked: their signed message is what there is; elsewhere staff enter what they read.

mod top_up;

use std::time::Duration;

use domain::dispute::State;
use domain::id::OrderId;
use domain::ledger::{Account, Entry};
use domain::money::Money;
use domain::share::{named, spread};
use store::db::Tx;
use store::dispute::{Dispute, NewDispute};
use store::order::Order;

use crate::pay::{lock_orders, reference_of};
use crate::{Engine, Error, Result};

/// What is known of a dispute.
#[derive(Clone, Debug)]
pub struct Charge {
    pub gateway: String,
    /// The gateway's id of the movement that is taken back.
    pub gateway_payment: String,
    /// The gateway's or the bank's number of the dispute.
    pub id: String,
    pub amount: Money,
    pub state: State,
}

const DUE_WITHIN: Duration = Duration::from_secs(24 * 3_600);
const DISPUTED: &str = "disputed";

impl Engine {
    /// Staff enter a dispute, or how one has ended.
    pub async fn enter_dispute(&self, id: &OrderId, charge: Charge, actor: &str) -> Result<()> {
        let charge = Charge { id: reference_of(&charge.id)?, ..charge };
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let Charge { gateway, gateway_payment, .. } = &charge;
                let booked = tx.captured_for(gateway, gateway_payment)?;
                let Some(booked) = booked.filter(|booked| booked.orders.contains(&id)) else {
                    let text = format!("{gateway} took no {gateway_payment} here");
                    return Err(Error::invalid("invalid-reference", text));
                };
                lock_orders(tx, &booked.orders)?;
                let left: i64 = left_of(tx, &booked.orders, &charge)?.iter().sum();
                let is_known = !tx.dispute(gateway, &charge.id)?.is_empty();
                if !is_known && left < charge.amount.minor {
                    let left = Money::new(left, charge.amount.currency);
                    let text = format!("{left} of it are left to be disputed");
                    return Err(Error::invalid("invalid-amount", text));
                }
                engine.book_dispute(tx, &booked.orders, &charge)?;
                let detail = format!("{} {} {}", charge.id, charge.state.as_str(), charge.amount);
                Ok(tx.audit(&actor, "dispute", id.as_str(), &detail)?)
            })
            .await
    }

    /// Books what a dispute has done so far, once, in whatever order the news comes. Of orders
    /// that were paid together it takes what is left of each, in proportion.
    pub(crate) fn book_dispute(
        &self,
        tx: &mut Tx<'_>,
        orders: &[OrderId],
        charge: &Charge,
    ) -> Result<()> {
        let known = tx.dispute(&charge.gateway, &charge.id)?;
        if known.is_empty() {
            let parts = spread(charge.amount.minor, &left_of(tx, orders, charge)?);
            for (share, (order, minor)) in (0_i64..).zip(orders.iter().zip(parts)) {
                if minor > 0 {
                    let order = tx.order(order)?;
                    let amount = Money::new(minor, charge.amount.currency);
                    let cause = named(&about(charge), share, &order.id);
                    open_dispute(tx, &order, &Charge { amount, ..charge.clone() }, &cause)?;
                }
            }
        }
        for of_order in &known {
            if charge.state != State::Open && tx.end_dispute(of_order, charge.state)? {
                let share = orders.iter().position(|order| *order == of_order.order);
                let share = share.and_then(|at| i64::try_from(at).ok()).unwrap_or_default();
                let cause = named(&about(charge), share, &of_order.order);
                dispute_ended(tx, of_order, charge.state, &cause)?;
            }
        }
        for id in orders {
            if !tx.disputes(id)?.iter().any(|dispute| dispute.state == State::Open) {
                tx.unlist(id, DISPUTED)?;
                tx.resolve_alert(DISPUTED, id.as_str())?;
            }
        }
        Ok(())
    }
}

/// The dispute's name, at its gateway.
fn about(charge: &Charge) -> String {
    format!("{}:{}", charge.gateway, charge.id)
}

fn till_of(gateway: &str) -> Account {
    match gateway {
        crate::pay::BANK => Account::Bank,
        name => Account::Gateway(name.to_owned()),
    }
}

/// What is left of a disputed movement, order by order.
fn left_of(tx: &mut Tx<'_>, orders: &[OrderId], charge: &Charge) -> Result<Vec<i64>> {
    let mut left = Vec::with_capacity(orders.len());
    for order in orders {
        let captures = tx.returnable(order, charge.amount.currency)?;
        let of_it = captures.iter().find(|capture| {
            (&capture.gateway, &capture.gateway_payment)
                == (&charge.gateway, &charge.gateway_payment)
        });
        left.push(of_it.map_or(0, |capture| capture.left.minor.max(0)));
    }
    Ok(left)
}

fn open_dispute(tx: &mut Tx<'_>, order: &Order, charge: &Charge, name: &str) -> Result<()> {
    let Charge { gateway, gateway_payment, id, amount, state } = charge;
    let (amount, state) = (*amount, *state);
    let order_id = &order.id;
    let new = NewDispute { gateway, id, order: order_id, gateway_payment, amount, state };
    if !tx.insert_dispute(&new)? || state == State::Won {
        return Ok(());
    }
    let cause = format!("dispute:{name}");
    let taken = Entry::moved(cause, till_of(gateway), Account::Disputes, amount);
    tx.post(Some(order_id), &taken)?;
    let text = format!(
        "{amount} of {} are taken back by the payer's bank ({}): answer it there",
        order.number,
        about(charge)
    );
    tx.raise_alert(DISPUTED, order_id.as_str(), &text)?;
    Ok(tx.list(order_id, DISPUTED, DUE_WITHIN)?)
}

/// One that was won brings back what it had taken.
fn dispute_ended(tx: &mut Tx<'_>, of_order: &Dispute, state: State, name: &str) -> Result<()> {
    if state == State::Won {
        let (cause, till) = (format!("dispute-won:{name}"), till_of(&of_order.gateway));
        let back = Entry::moved(cause, Account::Disputes, till, of_order.amount);
        tx.post(Some(&of_order.order), &back)?;
    }
    Ok(())
}
