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
        let Some((_, came)) = tx.top_up_of(&charge.gateway, &charge.gateway_payment)? else {
            let text =
                format!("{} disputes {}, which is not booked", charge.gateway, about(charge));
            return Ok(tx.raise_alert_once("payment-mismatch", account.as_str(), &text)?);
        };
        let amount = Money::new(charge.amount.minor.min(came.minor), came.currency);
        let named = TopUpDispute {
            gateway: charge.gateway.clone(),
            id: charge.id.clone(),
            gateway_payment: charge.gateway_payment.clone(),
            account: account.clone(),
            amount,
            state: charge.state,
        };
        let (till, name) = (till_of(&charge.gateway), about(charge));
        if tx.insert_top_up_dispute(&named)? {
            if charge.state != State::Won {
                let cause = format!("dispute:{name}");
                tx.post(None, &Entry::moved(cause, till, Account::Disputes, amount))?;
                let text = format!(
                    "{amount} of a top-up are taken back by the payer's bank ({name}): answer it \
                     there, and settle with the customer what is in their wallet"
                );
                tx.raise_alert(DISPUTED, account.as_str(), &text)?;
            }
        } else if charge.state != State::Open
            && tx.end_top_up_dispute(&named, charge.state)?
            && charge.state == State::Won
        {
            let known = tx.top_up_disputes(account)?;
            let taken =
                known.iter().find(|one| (&one.gateway, &one.id) == (&named.gateway, &named.id));
            let back = taken.map_or(amount, |dispute| dispute.amount);
            let cause = format!("dispute-won:{name}");
            tx.post(None, &Entry::moved(cause, Account::Disputes, till, back))?;
        }
        if !tx.top_up_disputes(account)?.iter().any(|dispute| dispute.state == State::Open) {
            tx.resolve_alert(DISPUTED, account.as_str())?;
        }
        Ok(())
    }
}
