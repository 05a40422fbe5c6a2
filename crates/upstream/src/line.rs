//! The one HTTP client of this room: connect, be silent, ask once. No redirects, no retries, no
//! proxy, and never in doubt about whether a byte was sent. Not for what an answer means.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::{Answer, Guard};
use gate::{Gate, Tap, Watch};

mod gate;
#[cfg(test)]
mod tests;

/// How much of an announced body is believed in before it comes.
const BODY_START: usize = 1 << 20;

/// Opens connections to one host.
pub struct Dialer {
    host: Host<String>,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    connect_timeout: Duration,
    /// Nothing: over the network.
    road: Option<Arc<dyn Road>>,
}

/// Another way to a host than the network: for worlds that run inside one process.
pub trait Road: Send + Sync {
    /// Takes one caller there, or is refused.
    fn go(&self) -> io::Result<Box<dyn Duplex>>;
}

/// Why a base address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    #[error("the address must begin with http:// or https://")]
    Scheme,
    #[error("the address names no host")]
    NoHost,
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// Why no connection came about. Proves that nothing was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoLine(pub String);

impl Dialer {
    /// Prepares connections to the host of `base`; its path does not matter here.
    pub fn new(base: &Url, connect_timeout: Duration) -> Result<Dialer, BadAddress> {
        let tls = match base.scheme() {
            "http" => None,
            "https" => Some(Arc::new(public_trust()?)),
            _ => return Err(BadAddress::Scheme),
        };
        let host = base.host().ok_or(BadAddress::NoHost)?.to_owned();
        let port = base.port_or_known_default().ok_or(BadAddress::NoHost)?;
        Ok(Dialer { host, port, tls, connect_timeout, road: None })
    }

    /// Takes this road instead of the network.
    #[must_use]
    pub fn by(self, road: Arc<dyn Road>) -> Dialer {
        Dialer { road: Some(road), ..self }
    }

    /// Connects: name lookup, TCP, TLS. The connection is silent until something is asked on it.
    pub async fn dial(&self) -> Result<Silent, NoLine> {
        let deadline = Instant::now() + self.connect_timeout;
        let taken = Arc::new(AtomicU64::new(0));
        let tap = Tap::new(self.wire(deadline).await?, taken.clone());
        let stream: Box<dyn Duplex> = match &self.tls {
            None => Box::new(tap),
            Some(config) => {
                let name = self.server_name()?;
                let greeting = TlsConnector::from(config.clone()).connect(name, tap);
                Box::new(stage(deadline, "TLS", greeting).await?)
            }
        };
        Ok(Silent { stream, taken })
    }

    /// The bare connection, below TLS.
    async fn wire(&self, deadline: Instant) -> Result<Box<dyn Duplex>, NoLine> {
        if let Some(road) = &self.road {
            return road.go().map_err(|error| NoLine(format!("connection: {error}")));
        }
        let addresses = stage(deadline, "name lookup", self.look_up()).await?;
        Ok(Box::new(self.reach(&addresses, deadline).await?))
    }

    async fn look_up(&self) -> io::Result<Vec<SocketAddr>> {
        match &self.host {
            Host::Ipv4(address) => Ok(vec![SocketAddr::new(IpAddr::V4(*address), self.port)]),
            Host::Ipv6(address) => Ok(vec![SocketAddr::new(IpAddr::V6(*address), self.port)]),
            Host::Domain(name) => {
                Ok(tokio::net::lookup_host((name.as_str(), self.port)).await?.collect())
            }
        }
    }

    /// Tries the addresses in turn. Each gets its share of the time that is left, so that one
    /// that swallows packets does not use up the time of the others.
    async fn reach(&self, to: &[SocketAddr], deadline: Instant) -> Result<TcpStream, NoLine> {
        let mut last = NoLine("name lookup: the name has no address".to_owned());
        for (nth, address) in to.iter().enumerate() {
            let now = Instant::now();
            let others = u32::try_from(to.len() - nth).unwrap_or(u32::MAX);
            let share = deadline.saturating_duration_since(now) / others;
            let what = format!("connection to {address}");
            match stage(now + share, &what, TcpStream::connect(address)).await {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(|error| NoLine(chain(&error)))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn server_name(&self) -> Result<ServerName<'static>, NoLine> {
        match &self.host {
            Host::Ipv4(address) => Ok(ServerName::from(IpAddr::V4(*address))),
            Host::Ipv6(address) => Ok(ServerName::from(IpAddr::V6(*address))),
            Host::Domain(name) => ServerName::try_from(name.clone())
                .map_err(|_| NoLine(format!("TLS: {name:?} is no server name"))),
        }
    }
}

/// Trusts what browsers trust, with a cipher suite that is named rather than found.
fn public_trust() -> Result<ClientConfig, BadAddress> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    trust(roots).map_err(|error| BadAddress::Tls(error.to_string()))
}

fn trust(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Runs one step of connecting, and names it when it fails.
async fn stage<T>(
    deadline: Instant,
    what: &str,
    step: impl Future<Output = io::Result<T>>,
) -> Result<T, NoLine> {
    match timeout_at(deadline, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(NoLine(format!("{what}: {}", chain(&error)))),
        Err(_) => Err(NoLine(format!("{what}: took too long"))),
    }
}

/// A stream of bytes in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// An open connection on which nothing has been sent.
pub struct Silent {
    stream: Box<dyn Duplex>,
    taken: Arc<AtomicU64>,
}

/// Under what conditions one request is sent and its answer read.
pub struct Terms {
    guard: Option<Guard>,
    listen_for: Duration,
    body_max: usize,
}

impl Terms {
    /// The terms of a question, which may be asked at any time.
    pub fn question(listen_for: Duration, body_max: usize) -> Terms {
        Terms { guard: None, listen_for, body_max }
    }

    /// The terms of a permitted request: its guard decides when it may leave.
    pub fn permitted(guard: Guard, body_max: usize) -> Terms {
        Terms { listen_for: guard.listen_for, guard: Some(guard), body_max }
    }
}

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The whole body arrived, with whatever status.
    Whole { status: u16, body: Vec<u8> },
    /// Provably no byte of the request left.
    NotSent(String),
    /// The request may have left; the time to listen is over.
    Silence(String),
    /// The request may have left; its answer broke off, is too long or is no HTTP.
    Broken(String),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        match reply {
            Reply::Whole { status, body } => Answer::Http { status, body },
            Reply::NotSent(reason) => Answer::NotSent { reason },
            Reply::Silence(reason) | Reply::Broken(reason) => Answer::Lost { reason },
        }
    }
}

impl Silent {
    /// Sends one request, once, and reads its whole answer. Dropping the future closes the
    /// connection; so does its end.
    pub async fn ask(self, request: Request<Full<Bytes>>, terms: Terms) -> Reply {
        // The runtime looks at its sockets here: a peer that hung up while we were silent is
        // noticed before the request goes out rather than after.
        tokio::task::yield_now().await;
        let watch = Arc::new(Watch::new(terms.guard, self.taken));
        let gate = Gate::new(self.stream, watch.clone());
        let heard = timeout(terms.listen_for, exchange(gate, request, terms.body_max)).await;
        let trouble = match heard {
            Ok(Ok((status, body))) => return Reply::Whole { status, body },
            Ok(Err(reason)) => Some(reason),
            Err(_) => None,
        };
        if let Some(refusal) = watch.refusal() {
            return Reply::NotSent(refusal.to_owned());
        }
        let waited = || format!("no answer within {} ms", terms.listen_for.as_millis());
        if !watch.left() {
            let reason = trouble.unwrap_or_else(waited);
            return Reply::NotSent(format!("the connection took nothing: {reason}"));
        }
        trouble.map_or_else(|| Reply::Silence(waited()), Reply::Broken)
    }
}

/// Talks HTTP on one connection. Connection and request are polled together by the caller, so
/// that nothing outlives it.
async fn exchange(
    gate: Gate<Box<dyn Duplex>>,
    request: Request<Full<Bytes>>,
    body_max: usize,
) -> Result<(u16, Vec<u8>), String> {
    let (sender, connection) =
        http1::handshake(TokioIo::new(gate)).await.map_err(|error| chain(&error))?;
    let mut talk = pin!(talk(sender, request, body_max));
    tokio::select! {
        biased;
        heard = &mut talk => return heard,
        // Dropped here, so that a request which it never took up is given back as an error.
        _ = connection => {}
    }
    talk.await
}

async fn talk(
    mut sender: http1::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    body_max: usize,
) -> Result<(u16, Vec<u8>), String> {
    let too_long = || format!("the answer is too long: more than {body_max} bytes");
    let response = sender.send_request(request).await.map_err(|error| chain(&error))?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > body_max {
        return Err(too_long());
    }
    let mut whole = Vec::with_capacity(announced.min(BODY_START));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| chain(&error))?;
        if let Some(part) = frame.data_ref() {
            if part.len() > body_max - whole.len() {
                return Err(too_long());
            }
            whole.extend_from_slice(part);
        }
    }
    Ok((status, whole))
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
