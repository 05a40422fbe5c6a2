//! What a gateway is told of an order that is to be paid there, and asked of its payments. Not for
//! which gateway it is, and what follows from its answer.

use std::time::Duration;

use domain::id::{OrderId, PaymentId};
use payment::{Form, Wish};
use store::order::Order;
use store::payment::{Payment, PaymentState};

use crate::{Engine, Error, Result};

/// How long a buyer may take at a gateway that can end it: within what holds the unit.
const PAY_WITHIN: Duration = Duration::from_secs(35 * 60);

impl Engine {
    /// What the buyer's browser posts to pay, at a gateway that wants a form and has it open.
    pub async fn payment_form(&self, id: &PaymentId) -> Result<Form> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        let payment = found.ok_or_else(|| Error::missing("payment", id))?;
        let wanted = payment.order.clone();
        let order = self.db().read(move |tx| tx.order(&wanted)).await?;
        let wish = self.wish(&order, id, &payment.gateway).await?;
        let gateway = self.gateway(&payment.gateway)?;
        let form = payment.gateway_order.and_then(|known| gateway.form(&wish, &known));
        match (payment.state, form) {
            (PaymentState::Open, Some(form)) => Ok(form),
            _ => Err(Error::refused("not-now", "this payment is not open any more")),
        }
    }

    pub(super) async fn wish(
        &self,
        order: &Order,
        payment: &PaymentId,
        gateway: &str,
    ) -> Result<Wish> {
        let account = order.account.clone();
        let buyer = self.db().read(move |tx| tx.account(&account)).await?;
        let app_url = &self.settings().app_url;
        Ok(Wish {
            payment: payment.to_string(),
            amount: order.sold.quote.total,
            purpose: format!("{} {}", order.number, order.sold.product_name),
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
        for payment in payments.iter().filter(|p| p.state == PaymentState::Open) {
            if let Err(error) = self.ask_gateway(&payment.id).await {
                tracing::warn!(
                    "{} could not be asked for {}: {error}",
                    payment.gateway,
                    payment.id
                );
            }
        }
        Ok(())
    }
}
