//! Stripe Checkout: sessions in minor units, a hosted page, form-encoded questions. Not for cards
//! on our own pages, and not for money that is captured later.

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use crate::client::{Ask, Line, Reply, Silence};
use crate::reading::unusable;
use crate::{
    Abilities, Again, Asked, BadWebhook, Capture, Created, Fault, Form, Gateway, Hint, Refund,
    RefundStanding, Refunded, Return, Standing, Taken, Webhook, Wish,
};

mod map;
#[cfg(test)]
mod tests;
mod wire;

/// The name in the ledger, in settings and on pages.
pub const NAME: &str = "stripe";
/// Pinned: their shapes change with it.
const VERSION: &str = "2024-06-20";
/// So many pages of a hundred sessions are looked through for one whose answer was lost.
const PAGES_MAX: usize = 20;

/// How the gateway knows us.
#[derive(Clone, Debug)]
pub struct Keys {
    pub secret_key: SecretString,
    pub webhook_secret: SecretString,
}

/// Speaks to Stripe.
#[derive(Clone, Debug)]
pub struct Adapter {
    keys: Keys,
    line: Line,
}

impl Adapter {
    pub fn new(keys: Keys, line: Line) -> Adapter {
        Adapter { keys, line }
    }

    fn keys(&self) -> Vec<(&'static str, String)> {
        let key = self.keys.secret_key.expose_secret();
        vec![("authorization", format!("Bearer {key}")), ("stripe-version", VERSION.to_owned())]
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Reply, Fault> {
        let ask = Ask { method: Method::GET, path, query, headers: self.keys(), body: vec![] };
        self.line.ask(ask).await
    }

    /// Posts something that is done once, however often it is posted under this name.
    async fn post(&self, path: &[&str], once: &str, body: String) -> Result<Reply, Silence> {
        let mut headers = self.keys();
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        headers.push(("idempotency-key", once.to_owned()));
        let body = body.into_bytes();
        self.line.send(Ask { method: Method::POST, path, query: &[], headers, body }).await
    }

    /// The session of a payment: by its id, or among those of the minutes in which we asked.
    async fn session(&self, payment: &Asked) -> Result<Option<wire::Session>, Fault> {
        if let Some(known) = &payment.gateway_order {
            let reply = self.get(&["checkout", "sessions", known], &[]).await?;
            return map::session(payment, &reply).map(Some);
        }
        let (from, to) = map::window(payment);
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", "100"), ("created[gte]", &from), ("created[lte]", &to)];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let reply = self.get(&["checkout", "sessions"], &query).await?;
            match map::search(payment, &reply)? {
                map::Search::Found(session) => return Ok(Some(*session)),
                map::Search::Over => return Ok(None),
                map::Search::GoesOn(last) => after = Some(last),
            }
        }
        Err(unusable(NAME, "too many sessions to find this one among"))
    }
}

#[async_trait]
impl Gateway for Adapter {
    fn name(&self) -> &'static str {
        NAME
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            again: Again::Same,
            names_orders: true,
            ends: true,
            signs: true,
            captures: false,
            refunds: true,
        }
    }

    async fn create(&self, wish: &Wish) -> Created {
        let body = map::new_session(wish);
        match self.post(&["checkout", "sessions"], &wish.payment, body).await {
            Ok(reply) => map::created(wish, &reply),
            Err(silence) => silence.into(),
        }
    }

    fn form(&self, _: &Wish, _: &str) -> Option<Form> {
        None
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let Some(session) = self.session(payment).await? else { return Ok(Standing::Absent) };
        let Some(intent) = session.payment_intent.clone() else {
            return map::unpaid(&session);
        };
        let expand = [("expand[]", "latest_charge.balance_transaction")];
        let reply = self.get(&["payment_intents", &intent], &expand).await?;
        map::standing(&session, &reply)
    }

    async fn capture(&self, _: &Capture) -> Taken {
        Taken::Refused { reason: "checkout sessions capture by themselves".to_owned() }
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        match &payment.gateway_order {
            Some(known) => crate::reading::returned_with("session_id", known, fields),
            None => crate::reading::returned_with("client_txn_id", &payment.payment, fields),
        }
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        map::check_signature(self.keys.webhook_secret.expose_secret(), hook)?;
        map::hint(hook.body)
    }

    async fn refund(&self, refund: &Refund) -> Refunded {
        match self.post(&["refunds"], &refund.refund, map::new_refund(refund)).await {
            Ok(reply) => map::refunded(refund, &reply),
            Err(silence) => silence.into(),
        }
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, Fault> {
        let query = [("payment_intent", refund.gateway_payment.as_str()), ("limit", "100")];
        let reply = self.get(&["refunds"], &query).await?;
        map::refund_standing(refund, &reply)
    }
}
