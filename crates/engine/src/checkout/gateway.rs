//! What a gateway is told of what is to be paid there, and asked of its payments. Not for
//! which gateway it is, and what follows from its answer.

use std::time::Duration;

use domain::id::{OrderId, PaymentId};
use payment::{Form, Wish};
use store::db::Tx;
use store::payment::{Payment, PaymentState, Purpose};

use super::Due;
use super::open::words_of;
use crate::pay::shares_of;
use crate::wallet::top_up::TOP_UP;
use crate::{Engine, Error, Result};

/// How long a buyer may take at a gateway that can end it: within what holds the unit.
const PAY_WITHIN: Duration = Duration::from_secs(35 * 60);

impl Engine {
    /// What the buyer's browser posts to pay, at a gateway that wants a form and has it open.
    pub async fn payment_form(&self, id: &PaymentId) -> Result<Form> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        let payment = found.ok_or_else(|| Error::missing("payment", id))?;
        let due = self.due_of(&payment).await?;
        let wish = self.wish(&due, id, &payment.gateway).await?;
        let gateway = self.gateway(&payment.gateway)?;
        let form = payment.gateway_order.and_then(|known| gateway.form(&wish, &known));
        match (payment.state, form) {
            (PaymentState::Open, Some(form)) => Ok(form),
            _ => Err(Error::refused("not-now", "this payment is not open any more")),
        }
    }

    /// What a payment was opened for.
    async fn due_of(&self, payment: &Payment) -> Result<Due> {
        let (purpose, amount) = (payment.purpose.clone(), payment.amount);
        let (account, words) = match &purpose {
            Purpose::TopUp(account) => (account.clone(), TOP_UP.to_owned()),
            Purpose::Order(_) | Purpose::Checkout(_) => {
                let wanted = payment.clone();
                let of_shares = move |tx: &mut Tx<'_>| {
                    let shares = shares_of(tx, &wanted)?;
                    let first =
                        shares.first().ok_or_else(|| Error::missing("order", &wanted.id))?;
                    Ok::<_, Error>((tx.order(&first.order)?, shares.len() - 1))
                };
                let (first, others) = self.db().read(of_shares).await?;
                (first.account.clone(), words_of(&first, others))
            }
        };
        Ok(Due { purpose, account, amount, shares: Vec::new(), words })
    }

    pub(super) async fn wish(&self, due: &Due, payment: &PaymentId, gateway: &str) -> Result<Wish> {
        let account = due.account.clone();
        let buyer = self.db().read(move |tx| tx.account(&account)).await?;
        let app_url = &self.settings().app_url;
        Ok(Wish {
            payment: payment.to_string(),
            amount: due.amount,
            purpose: due.words.clone(),
            buyer_name: buyer.name,
            buyer_email: buyer.email,
            return_url: format!("{app_url}/payment/return?client_txn_id={payment}"),
            buyer_phone: None,
            notify_url: match gateway {
                "cashfree" => format!("{app_url}/api/payment/webhook"),
                name => format!("{app_url}/api/payment/{name}-webhook"),
            },
            expires_at: self.now() + PAY_WITHIN,
        })
    }

    /// Asks every open payment's gateway, now.
    pub async fn confirm_order(&self, id: &OrderId) -> Result<()> {
        let wanted = id.clone();
        let payments: Vec<Payment> = self.db().read(move |tx| tx.payments(&wanted)).await?;
        self.ask_open(&payments).await;
        Ok(())
    }

    pub(super) async fn ask_open(&self, payments: &[Payment]) {
        for payment in payments.iter().filter(|p| p.state == PaymentState::Open) {
            if let Err(error) = self.ask_gateway(&payment.id).await {
                tracing::warn!(
                    "{} could not be asked for {}: {error}",
                    payment.gateway,
                    payment.id
                );
            }
        }
    }
}
