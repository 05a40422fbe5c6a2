//! News from gateways, by their own webhooks and by browsers that come back from them: checked,
//! and a reason to ask. Nothing is believed of it.

use domain::dispute::State;
use domain::id::PaymentId;
use domain::refund::State as RefundState;
use payment::{Hint, Return, Topic};
use store::db::Tx;
use store::job::Kind;
use store::payment::{BookedFor, Payment, Purpose};
use store::webhook::{About, NewWebhook};

use crate::dispute::Charge;
use crate::pay::{asked, lock_orders, pay_lane, shares_of};
use crate::{Engine, Error, Result};

mod together;
pub(crate) use together::Together;

impl Engine {
    /// Records a genuine webhook and hurries whoever asks its gateway.
    pub async fn record_webhook(
        &self,
        gateway: &str,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> Result<()> {
        let found = self.gateway(gateway)?;
        let hook = payment::Webhook { headers, body, at: self.now() };
        let hint = found.read_webhook(&hook).map_err(|bad| match bad {
            payment::BadWebhook::Forged => Error::Unauthenticated,
            payment::BadWebhook::Unreadable(text) => Error::Malformed(text),
        })?;
        let named = |about| NewWebhook {
            gateway: gateway.to_owned(),
            event: hint.event.clone(),
            about,
            body: body.to_vec(),
        };
        match (&hint.topic, &hint.payment, &hint.gateway_order) {
            (Topic::Payment, Some(id), _) => self.take_in(named(About::Payment(id.clone()))).await,
            (Topic::Payment, None, Some(order)) => {
                self.take_in(named(About::GatewayOrder(order.clone()))).await
            }
            _ => self.take_in_alone(gateway.to_owned(), hint, body.to_vec()).await,
        }
    }

    /// Records a webhook that more hangs on than a question to its gateway.
    async fn take_in_alone(&self, gateway: String, hint: Hint, body: Vec<u8>) -> Result<()> {
        let engine = self.clone();
        self.db()
            .write(move |tx| {
                if let (Topic::Dispute(_), Some(movement)) = (&hint.topic, &hint.gateway_payment)
                    && let Some(booked) = tx.captured_for(&gateway, movement)?
                {
                    // The orders before their payment, as everywhere.
                    lock_orders(tx, &booked.orders)?;
                }
                // News of nothing that we know hurries nothing: the poll comes anyway.
                let Some(payment) = named_payment(tx, &gateway, &hint)? else { return Ok(()) };
                let new = NewWebhook {
                    gateway: gateway.clone(),
                    event: hint.event.clone(),
                    about: About::Payment(payment.id.to_string()),
                    body: body.clone(),
                };
                if !tx.insert_webhook(&new)? {
                    return Ok(());
                }
                match &hint.topic {
                    Topic::Refund => ask_for_refunds(tx, &payment),
                    Topic::Payment => {
                        let job = (payment.id.as_str(), pay_lane(&gateway));
                        Ok(tx.put_or_hurry_jobs(Kind::Poll, &[(job.0, &job.1)])?)
                    }
                    Topic::Dispute(told) => engine.hear_of_dispute(tx, &payment, &hint, told),
                }
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    /// Of disputes gateways tell by their webhooks alone: what is signed is what there is.
    fn hear_of_dispute(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        hint: &Hint,
        told: &payment::Dispute,
    ) -> Result<()> {
        let movement = hint.gateway_payment.clone().unwrap_or_default();
        let subject = payment.purpose.subject();
        let charge = Charge {
            gateway: payment.gateway.clone(),
            gateway_payment: movement.clone(),
            id: told.id.clone(),
            amount: told.amount,
            state: match told.state {
                payment::DisputeState::Open => State::Open,
                payment::DisputeState::Won => State::Won,
                payment::DisputeState::Lost => State::Lost,
            },
        };
        if let Purpose::TopUp(account) = &payment.purpose {
            return self.book_top_up_dispute(tx, account, &charge);
        }
        let booked = tx.captured_for(&payment.gateway, &movement)?;
        let theirs = |booked: &BookedFor| booked.payment.as_deref() == Some(payment.id.as_str());
        let Some(booked) = booked.filter(theirs) else {
            let text = format!("{} disputes {movement}, which is not booked", payment.gateway);
            return Ok(tx.raise_alert_once("payment-mismatch", subject, &text)?);
        };
        self.book_dispute(tx, &booked.orders, &charge)
    }

    /// Whether what a browser brought back from a gateway can be about this payment of ours. It
    /// proves nothing else.
    pub async fn fits_return(&self, id: &PaymentId, fields: &[(String, String)]) -> Result<bool> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        let payment = found.ok_or_else(|| Error::missing("payment", id))?;
        let gateway = self.gateway(&payment.gateway)?;
        Ok(match gateway.read_return(&asked(&payment), fields) {
            Return::Fits => true,
            Return::GaveUp { reason } => {
                tracing::info!(
                    "a browser came back from {} without paying: {reason}",
                    payment.gateway
                );
                true
            }
            Return::Foreign => {
                tracing::warn!("a browser brought back what is not about {id}");
                false
            }
        })
    }
}

/// The payment that a webhook is about, by the first of its names that we know.
fn named_payment(tx: &mut Tx<'_>, gateway: &str, hint: &Hint) -> Result<Option<Payment>> {
    let mut named = hint.payment.clone();
    if named.is_none()
        && let Some(order) = &hint.gateway_order
    {
        named = tx.payment_of_gateway_order(gateway, order)?;
    }
    if named.is_none()
        && let Some(movement) = &hint.gateway_payment
    {
        named = match tx.captured_for(gateway, movement)? {
            Some(booked) => booked.payment,
            None => tx.topped_up_by(gateway, movement)?,
        };
    }
    let Some(named) = named else { return Ok(None) };
    Ok(tx.lookup_payment(&named)?.filter(|payment| payment.gateway == gateway))
}

/// Also of those that are done: a gateway may tell that one has failed after all.
fn ask_for_refunds(tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
    let mut refunds = Vec::new();
    for share in shares_of(tx, payment)? {
        refunds.extend(tx.refunds(&share.order)?);
    }
    for refund in refunds {
        let theirs = refund.payment.as_deref() == Some(payment.id.as_str());
        if theirs
            && !refund.to_wallet
            && matches!(
                refund.state,
                RefundState::Requested | RefundState::Pending | RefundState::Done
            )
        {
            let lane = format!("refund:{}", payment.gateway);
            tx.put_or_hurry_jobs(Kind::Refund, &[(refund.id.as_str(), &lane)])?;
        }
    }
    Ok(())
}
