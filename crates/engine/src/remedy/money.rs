//! Giving back: what was paid moves to owed, and whatever was bought becomes ours.
//! Sending the money itself is the gateways' work.

use domain::ledger::{Account, Entry, Posting};
use domain::order::{Event, Stage};
use store::db::Tx;
use store::order::Extras;

use super::Bench;
use crate::{Error, Result};

impl Bench<'_> {
    /// All money back, by the staff's decision or as a cancellation.
    pub(super) fn refund(&mut self, tx: &mut Tx<'_>, event: Event) -> Result<()> {
        let unpaid = matches!(self.order.standing.stage, Stage::Unpaid);
        let taken: Vec<_> = [
            self.order.standing.stage.awaited_server().cloned(),
            self.order.standing.replaces.clone(),
            match &self.order.standing.stage {
                Stage::Delivered(id) => Some(id.clone()),
                _ => None,
            },
        ]
        .into_iter()
        .flatten()
        .collect();
        let parked = matches!(self.order.standing.stage, Stage::Unheard(_));
        let owed_already = matches!(self.order.standing.stage, Stage::Unrevived);
        self.record(tx, event, &Extras { error: Some(None), ..Extras::default() })?;
        if unpaid {
            self.say("cancelled; nothing was paid");
            return Ok(());
        }
        for id in taken {
            self.stray_now(tx, &id, "the order was refunded")?;
        }
        if parked {
            self.say("the unheard purchase is parked: if it bought, the server is ours");
        }
        if owed_already {
            self.say("the money was owed already");
            return Ok(());
        }
        self.book_as_owed(tx)
    }

    fn book_as_owed(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let order = &self.order;
        let prepaid = -tx.balance_of_order(&order.id, "prepaid:")?;
        let revenue = -tx.balance_of_order(&order.id, "revenue")?;
        let total = prepaid + revenue;
        if total <= 0 {
            return Err(Error::refused(
                "nothing-to-refund",
                "nothing that was paid is left to give back",
            ));
        }
        let currency = order.sold.total.currency;
        let entry = Entry::new(
            // Keys and versions are alike among orders; money is booked once for each of them.
            format!("refund:{}:{}", order.id, self.cause.key),
            currency,
            vec![
                Posting { account: Account::Prepaid(order.id.clone()), minor: prepaid },
                Posting { account: Account::Revenue, minor: revenue },
                Posting { account: Account::Owed(order.account.clone()), minor: -total },
            ],
        )?;
        tx.post(Some(&order.id), &entry)?;
        let text = format!(
            "{} of {} is owed to the customer; pay it back by hand until refunds are connected",
            domain::money::Money::new(total, currency),
            order.number
        );
        tx.raise_alert("money-owed", order.id.as_str(), &text)?;
        self.say(text);
        Ok(())
    }
}
