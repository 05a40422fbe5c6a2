//! Genuine webhooks as they came, each kept once. and whoever asks their gateways.

use crate::db::{Result, Tx, Value};
use crate::job::Kind;

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

/// The gateway's own word, ours for its payment, the bytes, and the lane of what asks about it.
const VALUES_EACH: usize = 4;

impl Tx<'_> {
    /// Keeps webhooks about payments, and has their gateways asked about each payment that one
    /// is news of, in the lane that `lane` names for a gateway. What names no payment of ours is
    /// not kept, and an event that is kept already asks nothing.
    pub fn take_webhooks(
        &mut self,
        new: &[NewWebhook],
        lane: impl Fn(&str) -> String,
    ) -> Result<()> {
        let (ours, theirs): (Vec<_>, Vec<_>) =
            new.iter().partition(|hook| matches!(hook.about, About::Payment(_)));
        for (name, hooks) in [("id", ours), ("gateway_order", theirs)] {
            let Some(hooks) = filled(hooks) else { continue };
            let lanes: Vec<Value> = hooks.iter().map(|hook| lane(&hook.gateway).into()).collect();
            // Before they are kept: what is kept is no news. Each is looked up by itself: a plan
            // from when there were few would read them all.
            let news = format!(
                "SELECT DISTINCT payment.id AS subject, column4 AS lane FROM {} WHERE \
                 (SELECT w.received_at FROM webhook w \
                 WHERE w.gateway = column1 AND w.event = column2) IS NULL ORDER BY subject",
                told(name, hooks.len(), "TEXT")
            );
            self.put_or_hurry_found(Kind::Poll, (&news, &values(&hooks, lanes)))?;
            self.later(&kept(name, hooks.len()), &values(&hooks, bodies(&hooks)))?;
        }
        Ok(())
    }

    /// Keeps a webhook about a payment of ours; false where it is kept already.
    pub fn insert_webhook(&mut self, new: &NewWebhook) -> Result<bool> {
        let name = match new.about {
            About::Payment(_) => "id",
            About::GatewayOrder(_) => "gateway_order",
        };
        let (sql, one) = (kept(name, 1), [new]);
        Ok(self.run(&sql, &values(&one, bodies(&one)))? == 1)
    }
}

/// As many as a power of two, the last of them several times: it counts once, and the database
/// plans a statement for few numbers of webhooks and not for each.
fn filled(mut hooks: Vec<&NewWebhook>) -> Option<Vec<&NewWebhook>> {
    let last = *hooks.last()?;
    hooks.resize(hooks.len().next_power_of_two(), last);
    Some(hooks)
}

fn kept(name: &str, hooks: usize) -> String {
    format!(
        "INSERT INTO webhook (gateway, event, payment_id, body, received_at) \
         SELECT column1, column2, payment.id, column4, {{now}} FROM {} WHERE true \
         ON CONFLICT (gateway, event) DO NOTHING",
        told(name, hooks, "{bytes}")
    )
}

/// Webhooks beside the payments that they name, the last of each one's values of a type.
fn told(name: &str, hooks: usize, last: &str) -> String {
    let row = |at: usize| {
        let [gateway, event, name, other] = [1, 2, 3, 4].map(|column| at * VALUES_EACH + column);
        format!("(${gateway}, ${event}, ${name}, CAST(${other} AS {last}))")
    };
    let rows: Vec<String> = (0..hooks).map(row).collect();
    format!(
        "(VALUES {}) AS told JOIN payment ON payment.gateway = column1 AND payment.{name} = column3",
        rows.join(", ")
    )
}

fn bodies(hooks: &[&NewWebhook]) -> Vec<Value> {
    hooks.iter().map(|hook| hook.body.as_slice().into()).collect()
}

fn values(hooks: &[&NewWebhook], others: Vec<Value>) -> Vec<Value> {
    let row = |(hook, other): (&&NewWebhook, Value)| -> [Value; VALUES_EACH] {
        let (About::Payment(name) | About::GatewayOrder(name)) = &hook.about;
        [hook.gateway.as_str().into(), hook.event.as_str().into(), name.as_str().into(), other]
    };
    hooks.iter().zip(others).flat_map(row).collect()
}
