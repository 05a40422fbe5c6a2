//! The one place where a client for gateways is built, and where an exchange with one ends in
//! either a whole answer or an honest reason why there is none.
//! Not for meaning: what an answer says is read in each gateway's `map.rs`.
//! A world that runs inside one process brings a carrier of its own.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request, retry};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::{CannotBuild, Created, Fault, Refunded, Taken};

mod outward;

/// A whole answer, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// How long whoever answered wants to be left alone: its `Retry-After`.
    pub retry_after: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no whole answer.
#[derive(Debug, Clone)]
pub enum Silence {
    /// Provably no byte of the request left.
    NotSent { reason: String },
    /// The request may have arrived.
    Lost { reason: String },
}

impl Silence {
    pub fn reason(self) -> String {
        match self {
            Silence::NotSent { reason } | Silence::Lost { reason } => reason,
        }
    }
}

// What a silence means for each thing that is asked for: only what never left was certainly not
// done.

impl From<Silence> for Created {
    fn from(silence: Silence) -> Created {
        match silence {
            Silence::NotSent { reason } => Created::Refused { reason },
            Silence::Lost { reason } => Created::Unknown { reason },
        }
    }
}

impl From<Silence> for Taken {
    fn from(silence: Silence) -> Taken {
        match silence {
            Silence::NotSent { reason } => Taken::Refused { reason },
            Silence::Lost { reason } => Taken::Unknown { reason },
        }
    }
}

impl From<Silence> for Refunded {
    fn from(silence: Silence) -> Refunded {
        match silence {
            Silence::NotSent { reason } => Refunded::Refused { reason },
            Silence::Lost { reason } => Refunded::Unknown { reason },
        }
    }
}

/// Takes one request to a gateway, once, and brings the whole answer.
#[async_trait]
pub trait Carrier: Send + Sync {
    async fn exchange(&self, request: http::Request<Vec<u8>>) -> Result<Reply, Silence>;
}

/// The carrier of every shop: a fresh connection over the network.
pub struct Network(Client);

impl Network {
    pub fn new(timeout: Duration) -> Result<Network, String> {
        finish(build(timeout)?).map(Network)
    }

    /// One that a public name does not lead into a network of our own.
    pub fn outward(timeout: Duration) -> Result<Network, String> {
        finish(build(timeout)?.dns_resolver(Arc::new(outward::Names))).map(Network)
    }
}

#[async_trait]
impl Carrier for Network {
    async fn exchange(&self, request: http::Request<Vec<u8>>) -> Result<Reply, Silence> {
        let cannot = |error: reqwest::Error| Silence::NotSent { reason: words(&error) };
        exchange(&self.0, Request::try_from(request).map_err(cannot)?).await
    }
}

/// A gateway's address, and the way there.
#[derive(Clone)]
pub struct Line {
    gateway: &'static str,
    base: Url,
    carrier: Arc<dyn Carrier>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Line").field(&self.base.as_str()).finish()
    }
}

/// One request to a gateway: headers and body as it wants them.
pub(crate) struct Ask<'a> {
    pub method: http::Method,
    pub path: &'a [&'a str],
    pub query: &'a [(&'a str, &'a str)],
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Line {
    /// The line over the network.
    pub fn network(
        gateway: &'static str,
        base: Url,
        timeout: Duration,
    ) -> Result<Line, CannotBuild> {
        let network = Network::new(timeout).map_err(|reason| CannotBuild { gateway, reason })?;
        Line::by(gateway, base, Arc::new(network))
    }

    /// The same by another carrier than the network.
    pub fn by(
        gateway: &'static str,
        base: Url,
        carrier: Arc<dyn Carrier>,
    ) -> Result<Line, CannotBuild> {
        if base.cannot_be_a_base() {
            let reason = format!("{base} is no address of a server");
            return Err(CannotBuild { gateway, reason });
        }
        Ok(Line { gateway, base, carrier })
    }

    /// A path below the base address, each part escaped.
    pub(crate) fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Reply, Silence> {
        let mut url = self.url(ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        let mut request = http::Request::builder().method(ask.method).uri(url.as_str());
        request = request.header("accept", "application/json");
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        // What cannot be put together has not been sent; the reason must not show a header.
        let cannot = |_| Silence::NotSent { reason: "the request cannot be built".to_owned() };
        self.carrier.exchange(request.body(ask.body).map_err(cannot)?).await
    }

    /// For what only asks: it may be asked again, so that a silence is a fault like any other.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<Reply, Fault> {
        let unreachable = |silence: Silence| {
            let reason = silence.reason();
            Fault::Unreachable { gateway: self.gateway, reason }
        };
        self.send(ask).await.map_err(unreachable)
    }
}

/// A question's body. Text and numbers: there is nothing in it that could fail to be written.
pub(crate) fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// No gateway has that much to say.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// Builds a client that follows no redirect, asks no proxy, repeats nothing, and opens a fresh
/// connection for every request: a kept one may be dead, and then nobody knows what was read.
fn build(timeout: Duration) -> Result<ClientBuilder, String> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .retry(retry::never())
        .pool_max_idle_per_host(0)
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .timeout(timeout)
        .user_agent(concat!("berth/", env!("CARGO_PKG_VERSION")));
    Ok(client)
}

fn finish(client: ClientBuilder) -> Result<Client, String> {
    client.build().map_err(|error| words(&error))
}

/// Sends a request once and reads the whole answer.
async fn exchange(client: &Client, request: Request) -> Result<Reply, Silence> {
    let lost = |error: &reqwest::Error| Silence::Lost { reason: words(error) };
    let mut response = client.execute(request).await.map_err(|error| match error.is_connect() {
        true => Silence::NotSent { reason: words(&error) },
        false => lost(&error),
    })?;
    let status = response.status().as_u16();
    let retry_after = response.headers().get(http::header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + part.len() > REPLY_BYTES_MAX {
            return Err(Silence::Lost { reason: "the answer is too long".to_owned() });
        }
        body.extend_from_slice(&part);
    }
    Ok(Reply { status, retry_after, body })
}

/// The deepest cause says most; the address is known to whoever reads this.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|cause| cause.source()) {
        cause = Some(deeper);
    }
    match cause {
        Some(cause) => cause.to_string(),
        None => "the request failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_no_server_can_have_is_refused_at_the_start() {
        let base = "mailto:ada@example.org".parse().unwrap();
        let refused = Line::network("simulated", base, Duration::from_secs(1)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the gateway simulated cannot be used: mailto:ada@example.org is no address of a server"
        );
    }
}
