//! Genuine webhooks as they came, each kept once. Not for what they set off.

use domain::id::PaymentId;

use crate::db::{Result, Row, Tx, Value};
use crate::order::inconsistent;

/// A genuine webhook that names a payment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewWebhook {
    pub gateway: String,
    pub event: String,
    pub about: About,
    pub body: Vec<u8>,
}

/// How a webhook names its payment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// By our own id.
    Payment(String),
    /// By the gateway's order.
    GatewayOrder(String),
}

impl Tx<'_> {
    /// Keeps webhooks, and tells of which payments, by gateway, they are news. What names no
    /// payment of ours is not kept, and an event that is kept already is none.
    pub fn insert_webhooks(&mut self, new: &[NewWebhook]) -> Result<Vec<(String, PaymentId)>> {
        let (ours, theirs): (Vec<_>, Vec<_>) =
            new.iter().partition(|hook| matches!(hook.about, About::Payment(_)));
        let mut news = self.insert_webhooks_by("id", &ours)?;
        news.extend(self.insert_webhooks_by("gateway_order", &theirs)?);
        Ok(news)
    }

    fn insert_webhooks_by(
        &mut self,
        name: &str,
        new: &[&NewWebhook],
    ) -> Result<Vec<(String, PaymentId)>> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let row = |at: usize| {
            let [gateway, event, name, body] = [1, 2, 3, 4].map(|column| at * 4 + column);
            format!("(${gateway}, ${event}, ${name}, CAST(${body} AS {{bytes}}))")
        };
        let rows: Vec<String> = (0..new.len()).map(row).collect();
        let sql = format!(
            "INSERT INTO webhook (gateway, event, payment_id, body, received_at) \
             SELECT column1, column2, payment.id, column4, {{now}} FROM (VALUES {}) AS told \
             JOIN payment ON payment.gateway = column1 AND payment.{name} = column3 WHERE true \
             ON CONFLICT (gateway, event) DO NOTHING RETURNING gateway, payment_id",
            rows.join(", ")
        );
        let values: Vec<Value> = new.iter().flat_map(|hook| values_of(hook)).collect();
        self.rows(&sql, &values)?.iter().map(read_news).collect()
    }
}

fn values_of(hook: &NewWebhook) -> [Value; 4] {
    let (About::Payment(name) | About::GatewayOrder(name)) = &hook.about;
    let (gateway, event) = (hook.gateway.as_str(), hook.event.as_str());
    [gateway.into(), event.into(), name.into(), hook.body.as_slice().into()]
}

fn read_news(row: &Row) -> Result<(String, PaymentId)> {
    let id = PaymentId::parse(row.text(1)?).map_err(|error| inconsistent("webhook", error))?;
    Ok((row.text(0)?.to_owned(), id))
}
