//! Razorpay: orders in paise, a checkout page of theirs that our buyer's browser posts to, and a
//! signed way back. Not for its Payment Links: everything goes through Orders.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use crate::client::{Ask, Line, Reply, json};
use crate::{
    Abilities, Again, Asked, BadWebhook, Capture, Created, Fault, Form, Gateway, Hint, Refund,
    RefundStanding, Refunded, Return, Standing, Taken, Webhook, Wish,
};

mod map;
#[cfg(test)]
mod tests;
mod wire;

/// The name in the ledger, in settings and on pages.
pub const NAME: &str = "razorpay";

/// How the gateway knows us.
#[derive(Clone, Debug)]
pub struct Keys {
    pub key_id: String,
    /// Also signs what a browser brings back.
    pub key_secret: SecretString,
    pub webhook_secret: SecretString,
}

/// Speaks to Razorpay.
#[derive(Clone, Debug)]
pub struct Adapter {
    keys: Keys,
    line: Line,
}

impl Adapter {
    pub fn new(keys: Keys, line: Line) -> Adapter {
        Adapter { keys, line }
    }

    fn ask<'a>(&self, method: Method, path: &'a [&'a str], body: Vec<u8>) -> Ask<'a> {
        let pair = format!("{}:{}", self.keys.key_id, self.keys.key_secret.expose_secret());
        let mut headers = vec![("authorization", format!("Basic {}", STANDARD.encode(pair)))];
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Ask { method, path, query: &[], headers, body }
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Reply, Fault> {
        let ask = Ask { query, ..self.ask(Method::GET, path, Vec::new()) };
        self.line.ask(ask).await
    }

    /// The orders that stand for a payment: one, or more where an answer was lost.
    async fn orders(&self, payment: &Asked) -> Result<Vec<wire::OrderRow>, Fault> {
        if let Some(order) = &payment.gateway_order {
            let reply = self.get(&["orders", order], &[]).await?;
            return Ok(vec![map::order(payment, &reply)?]);
        }
        let reply = self.get(&["orders"], &[("receipt", &payment.payment)]).await?;
        map::orders(payment, &reply)
    }
}

#[async_trait]
impl Gateway for Adapter {
    fn name(&self) -> &'static str {
        NAME
    }

    fn abilities(&self) -> Abilities {
        // An order has no end, and a receipt may be used for many orders.
        Abilities {
            again: Again::Another,
            names_orders: true,
            ends: false,
            signs: true,
            captures: true,
            refunds: true,
        }
    }

    async fn create(&self, wish: &Wish) -> Created {
        let body = json(&map::new_order(wish));
        match self.line.send(self.ask(Method::POST, &["orders"], body)).await {
            Ok(reply) => map::created(wish, &reply),
            Err(silence) => silence.into(),
        }
    }

    fn form(&self, wish: &Wish, gateway_order: &str) -> Option<Form> {
        let action = self.line.url(&["checkout", "embedded"]);
        Some(map::form(&self.keys.key_id, action, wish, gateway_order))
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let mut found = Vec::new();
        for order in self.orders(payment).await? {
            let reply = self.get(&["orders", &order.id, "payments"], &[]).await?;
            let rows = map::payments(&reply)?;
            found.push((order, rows));
        }
        map::standing(&found)
    }

    async fn capture(&self, held: &Capture) -> Taken {
        let body = json(&map::take(held));
        let path = ["payments", held.gateway_payment.as_str(), "capture"];
        match self.line.send(self.ask(Method::POST, &path, body)).await {
            Ok(reply) => map::taken(held, &reply),
            Err(silence) => silence.into(),
        }
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        map::returned(self.keys.key_secret.expose_secret(), payment, fields)
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        map::check_signature(self.keys.webhook_secret.expose_secret(), hook)?;
        map::hint(hook.body)
    }

    async fn refund(&self, refund: &Refund) -> Refunded {
        let body = json(&map::new_refund(refund));
        let path = ["payments", refund.gateway_payment.as_str(), "refund"];
        let mut ask = self.ask(Method::POST, &path, body);
        ask.headers.push(("x-refund-idempotency", refund.refund.clone()));
        match self.line.send(ask).await {
            Ok(reply) => map::refunded(refund, &reply),
            Err(silence) => silence.into(),
        }
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, Fault> {
        let path = ["payments", refund.gateway_payment.as_str(), "refunds"];
        let reply = self.get(&path, &[("count", "100")]).await?;
        map::refund_standing(refund, &reply)
    }
}
