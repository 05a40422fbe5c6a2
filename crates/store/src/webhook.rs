//! Genuine webhooks as they came, each kept once, and which of them nobody has asked about yet.

use std::collections::BTreeSet;

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

/// The gateway's own word, ours for its payment, and the bytes.
const VALUES_EACH: usize = 4;

impl Tx<'_> {
    /// Keeps webhooks about payments, each as news that nobody has asked about. What names no
    /// payment of ours is not kept, and an event that is kept already is no news.
    pub fn take_webhooks(&mut self, new: &[NewWebhook]) -> Result<()> {
        let (ours, theirs): (Vec<_>, Vec<_>) =
            new.iter().partition(|hook| matches!(hook.about, About::Payment(_)));
        for (name, hooks) in [("id", ours), ("gateway_order", theirs)] {
            if let Some(hooks) = filled(hooks) {
                self.later(&kept(name, hooks.len(), "CAST(NULL AS BIGINT)"), &values(&hooks))?;
            }
        }
        Ok(())
    }

    /// Has a gateway asked about what its webhooks were news of, the longest waiting first: about
    /// so many, since those that were written together go together. Tells whether there may be
    /// more.
    pub fn ask_about_webhooks(&mut self, gateway: &str, lane: &str, limit: usize) -> Result<bool> {
        // By the time up to which they came and not by their names: a plan from when there were few
        // would look for names among all webhooks there ever were.
        let sql = format!(
            "UPDATE webhook SET asked_at = {{now}} WHERE gateway = $1 AND asked_at IS NULL \
             AND received_at <= (SELECT MAX(received_at) FROM (SELECT received_at FROM webhook \
             WHERE gateway = $1 AND asked_at IS NULL ORDER BY received_at LIMIT {limit}) AS next) \
             RETURNING payment_id"
        );
        let told = self.rows(&sql, args![gateway])?;
        // Each once, and in one order: two nodes that are told the same do not wait for each other.
        let payments: BTreeSet<&str> = told.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        let jobs: Vec<(&str, &str)> = payments.into_iter().map(|id| (id, lane)).collect();
        self.put_or_hurry_jobs(Kind::Poll, &jobs)?;
        Ok(told.len() >= limit)
    }

    /// Keeps a webhook about a payment of ours that is acted upon at once; false where it is kept
    /// already.
    pub fn insert_webhook(&mut self, new: &NewWebhook) -> Result<bool> {
        let name = match new.about {
            About::Payment(_) => "id",
            About::GatewayOrder(_) => "gateway_order",
        };
        Ok(self.run(&kept(name, 1, "{now}"), &values(&[new]))? == 1)
    }
}

/// As many as a power of two, the last of them several times: it counts once, and the database
/// plans a statement for few numbers of webhooks and not for each.
fn filled(mut hooks: Vec<&NewWebhook>) -> Option<Vec<&NewWebhook>> {
    let last = *hooks.last()?;
    hooks.resize(hooks.len().next_power_of_two(), last);
    Some(hooks)
}

/// Keeps those whose payments we know by what they call them.
fn kept(name: &str, hooks: usize, asked_at: &str) -> String {
    let row = |at: usize| {
        let [gateway, event, name, body] = [1, 2, 3, 4].map(|column| at * VALUES_EACH + column);
        format!("(${gateway}, ${event}, ${name}, CAST(${body} AS {{bytes}}))")
    };
    let rows: Vec<String> = (0..hooks).map(row).collect();
    format!(
        "INSERT INTO webhook (gateway, event, payment_id, body, received_at, asked_at) \
         SELECT column1, column2, payment.id, column4, {{now}}, {asked_at} FROM (VALUES {}) AS told \
         JOIN payment ON payment.gateway = column1 AND payment.{name} = column3 WHERE true \
         ON CONFLICT (gateway, event) DO NOTHING",
        rows.join(", ")
    )
}

fn values(hooks: &[&NewWebhook]) -> Vec<Value> {
    let row = |hook: &&NewWebhook| -> [Value; VALUES_EACH] {
        let (About::Payment(name) | About::GatewayOrder(name)) = &hook.about;
        let [gateway, event, name] = [&hook.gateway, &hook.event, name].map(Value::from);
        [gateway, event, name, hook.body.as_slice().into()]
    };
    hooks.iter().flat_map(row).collect()
}
