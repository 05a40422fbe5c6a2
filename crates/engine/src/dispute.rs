//! Charge-backs: a payer's bank takes money back that came in. It is our expense, and while it is
//! open nothing of that movement goes back otherwise. The payer's bank decides, and gateways
//! cannot be asked: their signed message is what there is; elsewhere staff enter what they read.

use std::time::Duration;

use domain::dispute::State;
use domain::id::OrderId;
use domain::ledger::{Account, Entry};
use domain::money::Money;
use store::db::Tx;
use store::dispute::NewDispute;
use store::order::Order;

use crate::pay::reference_of;
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
                let order = tx.lock_order(&id)?;
                let captures = tx.returnable(&id, charge.amount.currency)?;
                let found = captures.iter().find(|capture| {
                    capture.gateway == charge.gateway
                        && capture.gateway_payment == charge.gateway_payment
                });
                let known = tx
                    .disputes(&id)?
                    .iter()
                    .any(|known| known.gateway == charge.gateway && known.id == charge.id);
                let Some(capture) = found else {
                    let text =
                        format!("{} took no {} here", charge.gateway, charge.gateway_payment);
                    return Err(Error::invalid("invalid-reference", text));
                };
                if !known && capture.left.minor < charge.amount.minor {
                    let text = format!("{} of it are left to be disputed", capture.left);
                    return Err(Error::invalid("invalid-amount", text));
                }
                engine.book_dispute(tx, &order, &charge)?;
                let detail = format!("{} {} {}", charge.id, charge.state.as_str(), charge.amount);
                Ok(tx.audit(&actor, "dispute", id.as_str(), &detail)?)
            })
            .await
    }

    /// Books what a dispute has done so far, once, in whatever order the news comes.
    pub(crate) fn book_dispute(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        charge: &Charge,
    ) -> Result<()> {
        let Charge { gateway, gateway_payment, id, amount, state } = charge;
        let new = NewDispute {
            gateway,
            id,
            order: &order.id,
            gateway_payment,
            amount: *amount,
            state: *state,
        };
        let till = match gateway.as_str() {
            crate::pay::BANK => Account::Bank,
            name => Account::Gateway(name.to_owned()),
        };
        let about = format!("{gateway}:{id}");
        if tx.insert_dispute(&new)? {
            if *state == State::Won {
                return Ok(());
            }
            let cause = format!("dispute:{about}");
            tx.post(Some(&order.id), &Entry::moved(cause, till, Account::Disputes, *amount))?;
            let text = format!(
                "{amount} of {} are taken back by the payer's bank ({about}): answer it there",
                order.number
            );
            tx.raise_alert(DISPUTED, order.id.as_str(), &text)?;
            tx.list(&order.id, DISPUTED, DUE_WITHIN)?;
        } else if *state != State::Open && tx.end_dispute(gateway, id, *state)? {
            self.dispute_ended(tx, order, charge, till)?;
        }
        if !tx.disputes(&order.id)?.iter().any(|dispute| dispute.state == State::Open) {
            tx.unlist(&order.id, DISPUTED)?;
            tx.resolve_alert(DISPUTED, order.id.as_str())?;
        }
        Ok(())
    }

    /// One that was won brings back what it had taken.
    fn dispute_ended(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        charge: &Charge,
        till: Account,
    ) -> Result<()> {
        let ours = tx
            .disputes(&order.id)?
            .into_iter()
            .find(|dispute| dispute.gateway == charge.gateway && dispute.id == charge.id);
        if let Some(won) = ours.filter(|dispute| dispute.state == State::Won) {
            let cause = format!("dispute-won:{}:{}", won.gateway, won.id);
            tx.post(Some(&order.id), &Entry::moved(cause, Account::Disputes, till, won.amount))?;
        }
        Ok(())
    }
}
