//! Cashfree: orders in rupees with decimals, under our own ids, and a page of theirs that the
//! buyer is led to. Not for its Payment Links or its script: everything goes through Orders.

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use crate::client::{Ask, Line, Reply, Silence, json};
use crate::{
    Abilities, Again, Asked, BadWebhook, Capture, Created, Fault, Form, Gateway, Hint, Refund,
    RefundStanding, Refunded, Return, Standing, Taken, Webhook, Wish,
};

mod map;
#[cfg(test)]
mod tests;
mod wire;

/// The name in the ledger, in settings and on pages.
pub const NAME: &str = "cashfree";
const VERSION: &str = "2023-08-01";

/// How the gateway knows us.
#[derive(Clone, Debug)]
pub struct Keys {
    pub app_id: String,
    /// Also signs webhooks.
    pub secret_key: SecretString,
}

/// Speaks to Cashfree.
#[derive(Clone, Debug)]
pub struct Adapter {
    keys: Keys,
    line: Line,
}

impl Adapter {
    pub fn new(keys: Keys, line: Line) -> Adapter {
        Adapter { keys, line }
    }

    async fn get(&self, path: &[&str]) -> Result<Reply, Fault> {
        let ask = Ask { method: Method::GET, path, query: &[], headers: self.keys(), body: vec![] };
        self.line.ask(ask).await
    }

    /// Posts something that is done once, however often it is posted under this name.
    async fn post(&self, path: &[&str], once: &str, body: Vec<u8>) -> Result<Reply, Silence> {
        let mut headers = self.keys();
        headers.push(("content-type", "application/json".to_owned()));
        headers.push(("x-idempotency-key", map::uuid_of(once)));
        self.line.send(Ask { method: Method::POST, path, query: &[], headers, body }).await
    }

    fn keys(&self) -> Vec<(&'static str, String)> {
        vec![
            ("x-client-id", self.keys.app_id.clone()),
            ("x-client-secret", self.keys.secret_key.expose_secret().to_owned()),
            ("x-api-version", VERSION.to_owned()),
        ]
    }

    /// The page of an order that is open.
    async fn page_of(&self, opened: &map::Opened) -> Created {
        let body = json(&map::new_session(opened));
        let once = format!("session-{}", opened.session);
        match self.post(&["orders", "sessions"], &once, body).await {
            Ok(reply) => map::page(opened, &reply),
            // The order is open, and polled until it ends.
            Err(silence) => Created::Unknown { reason: silence.reason() },
        }
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
        let body = json(&map::new_order(wish));
        match self.post(&["orders"], &wish.payment, body).await {
            Ok(reply) => match map::created(wish, &reply) {
                Ok(opened) => self.page_of(&opened).await,
                Err(no) => no,
            },
            Err(silence) => silence.into(),
        }
    }

    fn form(&self, _: &Wish, _: &str) -> Option<Form> {
        None
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let reply = self.get(&["orders", &payment.payment]).await?;
        let Some(order) = map::order(payment, &reply)? else { return Ok(Standing::Absent) };
        let reply = self.get(&["orders", &payment.payment, "payments"]).await?;
        map::standing(&order, &reply)
    }

    async fn capture(&self, _: &Capture) -> Taken {
        let reason = "money that is only authorised is taken in their dashboard".to_owned();
        Taken::Refused { reason }
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        crate::reading::returned_with("order_id", &payment.payment, fields)
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        map::check_signature(self.keys.secret_key.expose_secret(), hook)?;
        map::hint(hook.body)
    }

    async fn refund(&self, refund: &Refund) -> Refunded {
        let body = json(&map::new_refund(refund));
        match self.post(&["orders", &refund.payment, "refunds"], &refund.refund, body).await {
            Ok(reply) => map::refunded(refund, &reply),
            Err(silence) => silence.into(),
        }
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, Fault> {
        let id = map::refund_id(refund);
        let reply = self.get(&["orders", &refund.payment, "refunds", &id]).await?;
        map::refund_standing(refund, &reply)
    }
}
