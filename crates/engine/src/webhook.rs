//! News from gateways: checked, kept, and a reason to ask. Nothing is believed of it.

use domain::refund::State;
use payment::{Hint, Topic};
use store::db::Tx;
use store::job::{Kind, NewJob, job_id};
use store::payment::Payment;

use crate::{Engine, Error, Result};

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
        let (gateway, body) = (gateway.to_owned(), body.to_vec());
        self.db()
            .write(move |tx| {
                // News of nothing that we know hurries nothing: the poll comes anyway.
                let Some(payment) = named_payment(tx, &gateway, &hint)? else { return Ok(()) };
                if tx.insert_webhook(&gateway, &hint.event, payment.id.as_str(), &body)? {
                    match hint.topic {
                        Topic::Refund => ask_for_refunds(tx, &payment)?,
                        Topic::Payment | Topic::Dispute(_) => {
                            ask_anew(tx, Kind::Poll, payment.id.as_str(), "pay", &gateway)?;
                        }
                    }
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake();
        Ok(())
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
        named = tx.captured_for(gateway, movement)?.and_then(|(_, payment)| payment);
    }
    let Some(named) = named else { return Ok(None) };
    Ok(tx.lookup_payment(&named)?.filter(|payment| payment.gateway == gateway))
}

/// Also of those that are done: a gateway may tell that one has failed after all.
fn ask_for_refunds(tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
    for refund in tx.refunds(&payment.order)? {
        let theirs = refund.payment.as_deref() == Some(payment.id.as_str());
        if theirs && matches!(refund.state, State::Requested | State::Pending | State::Done) {
            ask_anew(tx, Kind::Refund, refund.id.as_str(), "refund", &payment.gateway)?;
        }
    }
    Ok(())
}

/// Its own job may be done long since: news makes another one.
fn ask_anew(tx: &mut Tx<'_>, kind: Kind, subject: &str, lane: &str, gateway: &str) -> Result<()> {
    let (lane, run_at) = (format!("{lane}:{gateway}"), tx.now()?);
    tx.put_job_anew(&NewJob { kind, subject, lane: &lane, run_at })?;
    Ok(tx.hurry_job(&job_id(kind, subject))?)
}
