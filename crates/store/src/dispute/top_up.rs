//! Charge-backs of what came in for a wallet. No order has it: the wallet keeps what its owner has,
//! and the loss is the shop's until somebody settles it with them.

use domain::dispute::State;
use domain::id::AccountId;
use domain::money::Money;

use crate::db::{Result, Row, Tx};
use crate::order::read_currency;
use crate::wallet::account_id;

/// What one charge-back takes of a top-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUpDispute {
    pub gateway: String,
    /// The gateway's number of it, or the bank's.
    pub id: String,
    /// The movement that is taken back.
    pub gateway_payment: String,
    pub account: AccountId,
    pub amount: Money,
    pub state: State,
}

impl Tx<'_> {
    /// Writes a dispute down; false when it is known.
    pub fn insert_top_up_dispute(&mut self, new: &TopUpDispute) -> Result<bool> {
        let inserted = self.run(
            "INSERT INTO top_up_dispute (gateway, id, gateway_payment, account_id, amount_minor, \
             currency, state, opened_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, \
             CASE WHEN CAST($7 AS TEXT) = 'open' THEN NULL ELSE {now} END) \
             ON CONFLICT (gateway, id) DO NOTHING",
            args![
                &new.gateway,
                &new.id,
                &new.gateway_payment,
                new.account.as_str(),
                new.amount.minor,
                new.amount.currency.code(),
                new.state.as_str(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Ends one that is open; false when it is not.
    pub fn end_top_up_dispute(&mut self, of: &TopUpDispute, state: State) -> Result<bool> {
        let ended = self.run(
            "UPDATE top_up_dispute SET state = $3, ended_at = {now} \
             WHERE gateway = $1 AND id = $2 AND state = 'open'",
            args![&of.gateway, &of.id, state.as_str()],
        )?;
        Ok(ended == 1)
    }

    /// All of one customer's, by gateway and number.
    pub fn top_up_disputes(&mut self, account: &AccountId) -> Result<Vec<TopUpDispute>> {
        let rows = self.rows(
            "SELECT gateway, id, gateway_payment, account_id, amount_minor, currency, state \
             FROM top_up_dispute WHERE account_id = $1 ORDER BY gateway, id",
            args![account.as_str()],
        )?;
        rows.iter().map(read).collect()
    }

    /// Whose wallet a movement at a gateway came in for, and how much it was.
    pub fn top_up_of(
        &mut self,
        gateway: &str,
        movement: &str,
    ) -> Result<Option<(AccountId, Money)>> {
        let row = self.lookup(
            "SELECT account_id, amount_minor, currency FROM top_up \
             WHERE gateway = $1 AND gateway_payment = $2",
            args![gateway, movement],
        )?;
        row.map(|row| {
            let amount = Money::new(row.int(1)?, read_currency(row.text(2)?)?);
            Ok((account_id(row.text(0)?)?, amount))
        })
        .transpose()
    }
}

fn read(row: &Row) -> Result<TopUpDispute> {
    Ok(TopUpDispute {
        gateway: row.text(0)?.into(),
        id: row.text(1)?.into(),
        gateway_payment: row.text(2)?.into(),
        account: account_id(row.text(3)?)?,
        amount: Money::new(row.int(4)?, read_currency(row.text(5)?)?),
        state: super::read_state(row.text(6)?)?,
    })
}
