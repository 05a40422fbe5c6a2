//! The simulated gateway: what the demo and the tests pay with. No money moves there.
//! Not for the gateway's side of it: that is in the crate `sim`, which shares nothing with this.

use async_trait::async_trait;
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
pub const NAME: &str = "simulated";

/// How the gateway knows us.
#[derive(Clone, Debug)]
pub struct Keys {
    pub merchant_key: SecretString,
    pub webhook_secret: SecretString,
}

/// Speaks to the simulated gateway.
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
        let key = self.keys.merchant_key.expose_secret().to_owned();
        let mut headers = vec![("x-merchant-key", key)];
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Ask { method, path, query: &[], headers, body }
    }

    async fn get(&self, path: &[&str]) -> Result<Reply, Fault> {
        self.line.ask(self.ask(Method::GET, path, Vec::new())).await
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
        let body = json(&map::request(wish));
        match self.line.send(self.ask(Method::POST, &["v1", "payments"], body)).await {
            Ok(reply) => map::created(wish, reply.status, &reply.body),
            Err(silence) => silence.into(),
        }
    }

    fn form(&self, _: &Wish, _: &str) -> Option<Form> {
        None
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let reply = self.get(&["v1", "payments", &payment.payment]).await?;
        map::standing(payment, reply.status, &reply.body)
    }

    async fn capture(&self, _: &Capture) -> Taken {
        Taken::Refused { reason: "it never only authorises".to_owned() }
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        crate::reading::returned_with("client_txn_id", &payment.payment, fields)
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        let secret = self.keys.webhook_secret.expose_secret();
        map::check_signature(secret, hook.headers, hook.body)?;
        map::hint(hook.body)
    }

    async fn refund(&self, refund: &Refund) -> Refunded {
        let body = json(&map::new_refund(refund));
        match self.line.send(self.ask(Method::POST, &["v1", "refunds"], body)).await {
            Ok(reply) => map::refunded(refund, reply.status, &reply.body),
            Err(silence) => silence.into(),
        }
    }

    async fn refund_standing(&self, refund: &Refund) -> Result<RefundStanding, Fault> {
        let reply = self.get(&["v1", "refunds", &refund.refund]).await?;
        map::refund_standing(refund, reply.status, &reply.body)
    }
}
