//! UPIGateway (ekqr): rupees alone, a page of theirs, and a webhook that anybody could have sent.
//! Not for refunds: it has no way to give money back, so staff pay by hand.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::client::{Ask, Built, Carrier, Line, Reply, Silence};
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

/// Where the gateway is and how it knows us.
#[derive(Clone, Debug)]
pub struct Settings {
    pub base_url: Url,
    pub api_key: SecretString,
    pub timeout: Duration,
}

/// Speaks to UPIGateway.
#[derive(Clone, Debug)]
pub struct Adapter {
    settings: Settings,
    line: Line,
}

impl Adapter {
    pub fn new(settings: Settings) -> Built<Adapter> {
        let line = Line::network(NAME, &settings.base_url, settings.timeout)?;
        Ok(Adapter { settings, line })
    }

    /// The same by another carrier than the network.
    pub fn by(settings: Settings, carrier: Arc<dyn Carrier>) -> Built<Adapter> {
        let line = Line::by(NAME, &settings.base_url, carrier)?;
        Ok(Adapter { settings, line })
    }

    async fn post(&self, what: &str, body: Vec<u8>) -> Result<Reply, Silence> {
        let headers = vec![("content-type", "application/json".to_owned())];
        let path = ["api", what];
        let ask = Ask { method: Method::POST, path: &path, query: &[], headers, body };
        self.line.send(ask).await
    }
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
        let Some(order) = map::new_order(self.settings.api_key.expose_secret(), wish) else {
            return Created::Refused { reason: "it takes rupees alone".to_owned() };
        };
        let body = serde_json::to_vec(&order).unwrap_or_default();
        match self.post("create_order", body).await {
            Ok(reply) => map::created(&reply),
            Err(Silence::NotSent { reason }) => Created::Refused { reason },
            Err(Silence::Lost { reason }) => Created::Unknown { reason },
        }
    }

    fn form(&self, _: &Wish, _: &str) -> Option<Form> {
        None
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let key = self.settings.api_key.expose_secret();
        for day in map::days(payment.created_at) {
            let question = map::question(key, payment, &day);
            let body = serde_json::to_vec(&question).unwrap_or_default();
            let unreachable =
                |silence: Silence| Fault::Unreachable { gateway: NAME, reason: silence.reason() };
            let reply = self.post("check_order_status", body).await.map_err(unreachable)?;
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
