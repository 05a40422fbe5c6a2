//! The simulated gateway: what the demo and the tests pay with. No money moves there.
//! Not for the gateway's side of it: that is in the crate `sim`, which shares nothing with this.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, Method};
use url::Url;

use crate::client::{Carrier, Network, Reply, Silence};
use crate::{Asked, BadWebhook, Created, Fault, Gateway, Hint, Standing, Wish};

mod map;
#[cfg(test)]
mod tests;
mod wire;

/// The name in the ledger, in settings and on pages.
pub const NAME: &str = "simulated";

/// Where the gateway is and how it knows us.
#[derive(Clone)]
pub struct Settings {
    pub base_url: Url,
    pub merchant_key: String,
    pub webhook_secret: String,
    pub timeout: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("base_url", &self.base_url.as_str())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Speaks to the simulated gateway.
#[derive(Clone)]
pub struct Adapter {
    settings: Settings,
    carrier: Arc<dyn Carrier>,
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Adapter {
    pub fn new(settings: Settings) -> Result<Adapter, crate::CannotBuild> {
        let cannot = |reason: String| crate::CannotBuild { gateway: NAME, reason };
        let network = Network::new(settings.timeout).map_err(cannot)?;
        Adapter::by(settings, Arc::new(network))
    }

    /// The same by another carrier than the network.
    pub fn by(
        settings: Settings,
        carrier: Arc<dyn Carrier>,
    ) -> Result<Adapter, crate::CannotBuild> {
        let cannot = |reason: String| crate::CannotBuild { gateway: NAME, reason };
        if settings.base_url.cannot_be_a_base() {
            return Err(cannot(format!("{} is no address of a server", settings.base_url)));
        }
        Ok(Adapter { settings, carrier })
    }

    /// A path below the base address, each part escaped.
    fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.settings.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    async fn send(&self, method: Method, url: &Url, body: Vec<u8>) -> Result<Reply, Silence> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(url.as_str())
            .header("x-merchant-key", &self.settings.merchant_key)
            .header("accept", "application/json");
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        // What cannot be put together has not been sent.
        let cannot = |_| Silence::NotSent { reason: "the request cannot be built".to_owned() };
        self.carrier.exchange(request.body(body).map_err(cannot)?).await
    }
}

#[async_trait]
impl Gateway for Adapter {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn create(&self, wish: &Wish) -> Created {
        // Text and numbers: there is nothing that could fail to be written.
        let body = serde_json::to_vec(&map::request(wish)).unwrap_or_default();
        match self.send(Method::POST, &self.url(&["v1", "payments"]), body).await {
            Ok(reply) => map::created(wish, reply.status, &reply.body),
            Err(Silence::NotSent { reason }) => Created::Refused { reason },
            Err(Silence::Lost { reason }) => Created::Unknown { reason },
        }
    }

    async fn poll(&self, payment: &Asked) -> Result<Standing, Fault> {
        let url = self.url(&["v1", "payments", &payment.payment]);
        match self.send(Method::GET, &url, Vec::new()).await {
            Ok(reply) => map::standing(payment, reply.status, &reply.body),
            Err(silence) => Err(Fault::Unreachable { gateway: NAME, reason: silence.reason() }),
        }
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Hint, BadWebhook> {
        map::check_signature(&self.settings.webhook_secret, headers, body)?;
        map::hint(body)
    }
}
