//! A payer's bank takes back what came in for a wallet. It is our expense, as of an order; what the
//! customer still has in the wallet, staff settle with them.

use domain::dispute::State;
use domain::id::AccountId;
use domain::ledger::{Account, Entry};
use domain::money::Money;
use store::db::Tx;
use store::dispute::TopUpDispute;

use super::{Charge, DISPUTED, about, till_of};
use crate::pay::reference_of;
use crate::{Engine, Error, Result};

impl Engine {
    /// Staff enter a dispute about a top-up, or how one has ended.
    pub async fn enter_top_up_dispute(
        &self,
        account: &AccountId,
        charge: Charge,
        actor: &str,
    ) -> Result<()> {
        let charge = Charge { id: reference_of(&charge.id)?, ..charge };
        let (engine, account, actor) = (self.clone(), account.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let Charge { gateway, gateway_payment, amount, .. } = &charge;
                let found = tx.top_up_of(gateway, gateway_payment)?;
                let Some((_, came)) = found.filter(|(whose, _)| *whose == account) else {
                    let text = format!("{gateway} took no {gateway_payment} for this wallet");
                    return Err(Error::invalid("invalid-reference", text));
                };
                if amount.currency != came.currency || amount.minor > came.minor {
                    let text = format!("{came} of it came in: no more can be disputed");
                    return Err(Error::invalid("invalid-amount", text));
                }
                engine.book_top_up_dispute(tx, &account, &charge)?;
                let detail = format!("{} {} {amount}", charge.id, charge.state.as_str());
                Ok(tx.audit(&actor, "dispute", account.as_str(), &detail)?)
            })
            .await
    }

    /// Books what a dispute has done so far, once, in whatever order the news comes.
    pub(crate) fn book_top_up_dispute(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountId,
        charge: &Charge,
    ) -> Result<()> {
        let known = tx
            .top_up_disputes(account)?
            .into_iter()
            .find(|known| (&known.gateway, &known.id) == (&charge.gateway, &charge.id));
        match known {
            None => open(tx, account, charge)?,
            Some(known) if charge.state != State::Open => end(tx, &known, charge)?,
            Some(_) => {}
        }
        if !tx.top_up_disputes(account)?.iter().any(|dispute| dispute.state == State::Open) {
            tx.resolve_alert(DISPUTED, account.as_str())?;
        }
        Ok(())
    }
}

/// No more is taken back than came in.
fn open(tx: &mut Tx<'_>, account: &AccountId, charge: &Charge) -> Result<()> {
    let Charge { gateway, gateway_payment, id, amount, state } = charge;
    let name = about(charge);
    let Some((_, came)) = tx.top_up_of(gateway, gateway_payment)? else {
        let text = format!("{name} disputes {gateway_payment}, which is not booked");
        return Ok(tx.raise_alert_once("payment-mismatch", account.as_str(), &text)?);
    };
    let new = TopUpDispute {
        gateway: gateway.clone(),
        id: id.clone(),
        gateway_payment: gateway_payment.clone(),
        account: account.clone(),
        amount: Money::new(amount.minor.min(came.minor), came.currency),
        state: *state,
    };
    if !tx.insert_top_up_dispute(&new)? || *state == State::Won {
        return Ok(());
    }
    let (cause, taken) = (format!("dispute:{name}"), new.amount);
    tx.post(None, &Entry::moved(cause, till_of(gateway), Account::Disputes, taken))?;
    let text = format!(
        "{taken} of a top-up are taken back by the payer's bank ({name}): answer it there, and \
         settle with the customer what is in their wallet"
    );
    Ok(tx.raise_alert(DISPUTED, account.as_str(), &text)?)
}

/// One that was won brings back what it had taken.
fn end(tx: &mut Tx<'_>, known: &TopUpDispute, charge: &Charge) -> Result<()> {
    if tx.end_top_up_dispute(known, charge.state)? && charge.state == State::Won {
        let (cause, till) = (format!("dispute-won:{}", about(charge)), till_of(&known.gateway));
        tx.post(None, &Entry::moved(cause, Account::Disputes, till, known.amount))?;
    }
    Ok(())
}
