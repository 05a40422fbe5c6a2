//! UPIGateway (ekqr): rupees alone, a page of theirs, and a webhook that anybody could have sent.
//! Not for refunds: it has no way to give money back, so staff pay by hand.

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use crate::client::{Ask, Line, json};
use crate::{
    Abilities, Again, Asked, BadWebhook, Capture, Created, Fault, Form, Gateway, Hint, Refund,
    RefundStanding, Refunded, Return, Standing, Taken, Webhook, Wish,
};

mod map;
#[cfg(test)]
mod tests;
mod wire;

/// The name in the ledger, in settings and on pages.
pub const NAME: &str = "upi";

/// How the gateway knows us.
#[derive(Clone, Debug)]
pub struct Keys {
    pub api_key: SecretString,
}

/// Speaks to UPIGateway.
#[derive(Clone, Debug)]
pub struct Adapter {
    keys: Keys,
    line: Line,
}

impl Adapter {
    pub fn new(keys: Keys, line: Line) -> Adapter {
        Adapter { keys, line }
    }
}

fn ask<'a>(path: &'a [&'a str], body: Vec<u8>) -> Ask<'a> {
    let headers = vec![("content-type", "application/json".to_owned())];
    Ask { method: Method::POST, path, query: &[], headers, body }
}

#[async_trait]
impl Gateway for Adapter {
    fn name(&self) -> &'static str {
        NAME
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            again: Again::Taken,
            names_orders: false,
            ends: true,
            signs: false,
            captures: false,
            refunds: false,
        }
    }

    async fn create(&self, wish: &Wish) -> Created {
        let Some(order) = map::new_order(self.keys.api_key.expose_secret(), wish) else {
            return Created::Refused { reason: "it takes rupees alone".to_owned() };
        };
        match self.line.send(ask(&["api", "create_order"], json(&order))).await {
            Ok(reply) => map::created(&reply),
            Err(silence) => silence.into(),
        }
    }

    fn form(&self, _: &Wish, _: &str) -> Option<Form> {
        None
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let key = self.keys.api_key.expose_secret();
        for day in map::days(payment.created_at) {
            let question = map::question(key, payment, &day);
            let ask = ask(&["api", "check_order_status"], json(&question));
            let reply = self.line.ask(ask).await?;
            match map::standing(payment, &reply)? {
                Standing::Absent => {}
                known => return Ok(known),
            }
        }
        Ok(Standing::Absent)
    }

    async fn capture(&self, _: &Capture) -> Taken {
        Taken::Refused { reason: "it never only authorises".to_owned() }
    }

    fn read_return(&self, payment: &Asked, fields: &[(String, String)]) -> Return {
        crate::reading::returned_with("client_txn_id", &payment.payment, fields)
    }

    fn read_webhook(&self, hook: &Webhook<'_>) -> Result<Hint, BadWebhook> {
        map::hint(hook.body)
    }

    async fn refund(&self, _: &Refund) -> Refunded {
        Refunded::Refused { reason: "it cannot give money back: pay by hand".to_owned() }
    }

    async fn refund_standing(&self, _: &Refund) -> Result<RefundStanding, Fault> {
        Ok(RefundStanding::Absent)
    }
}
