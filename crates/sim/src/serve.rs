//! A door on loopback, or in memory, that can be shut in a caller's face: listens, lets a counter
//! serve whoever comes, cuts connections on purpose. Tasks of this crate are started here alone.
//! Not for deciding which answer to give: that is the simulators' own matter.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

/// How a door receives callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doorway {
    Open,
    /// Nobody listens: connections are refused, open ones end.
    Refuse,
    /// Takes the connection and closes it before reading.
    Drop,
    /// Takes the connection and resets it before reading.
    Reset,
    /// For good: the simulator is gone.
    Shut,
}

/// Put into a response's extensions: the bytes never leave, the connection ends instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Close,
    Reset,
}

/// Why a connection ended by command.
#[derive(Debug, thiserror::Error)]
#[error("cut by command: {0:?}")]
struct CutOff(Cut);

/// The one who is told how to receive callers, and does so.
#[derive(Debug, Clone)]
pub struct Doorman {
    told: watch::Sender<Doorway>,
    stands: watch::Sender<Doorway>,
}

impl Doorman {
    pub fn new() -> Doorman {
        Doorman {
            told: watch::Sender::new(Doorway::Open),
            stands: watch::Sender::new(Doorway::Open),
        }
    }

    pub fn word(&self) -> Doorway {
        *self.told.borrow()
    }

    /// Returns when the door stands as told, so that the next caller finds it so.
    pub async fn tell(&self, word: Doorway) {
        self.told.send_if_modified(|now| {
            let changes = *now != Doorway::Shut && *now != word;
            if changes {
                *now = word;
            }
            changes
        });
        let mut stands = self.stands.subscribe();
        // Somebody may have said another word meanwhile: then that one counts.
        _ = stands.wait_for(|stands| *stands == self.word()).await;
    }

    /// For good.
    pub fn shut(&self) {
        self.told.send_replace(Doorway::Shut);
    }
}

/// Who serves callers behind the door.
#[derive(Debug, Clone)]
pub enum Counter {
    Http(Router),
    /// Something else than HTTP, line by line.
    Lines(Arc<dyn Lines>),
}

impl From<Router> for Counter {
    fn from(router: Router) -> Counter {
        Counter::Http(router)
    }
}

/// A talk that is not HTTP. It may be cut at any moment.
pub trait Lines: fmt::Debug + Send + Sync {
    fn talk(&self, caller: Box<dyn Caller>) -> BoxFuture<'static, ()>;
}

/// One who has come in.
pub trait Caller: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Caller for T {}

/// Serves callers on loopback until the doorman shuts; port 0 lets the system choose.
/// Returns where.
pub async fn open(
    port: u16,
    counter: impl Into<Counter>,
    doorman: &Doorman,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let (told, stands) = (doorman.told.subscribe(), doorman.stands.clone());
    let door = Door { address, counter: counter.into(), told, stands };
    detached(door.keep(listener));
    Ok(address)
}

/// Starts work that goes on even if the one who asked for it has hung up: an upstream that
/// has read a purchase carries it out whether or not the shop is still there.
#[allow(clippy::disallowed_methods)] // The outside world does not wait for us to be tidy.
pub fn detached<F>(work: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(work)
}

/// A connection that can be ended rudely.
trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Says that the end shall be a reset.
    fn will_be_reset(&self);
}

impl Socket for TcpStream {
    fn will_be_reset(&self) {
        // Failing to set the option only turns the reset into a plain close.
        _ = self.set_zero_linger();
    }
}

impl Socket for DuplexStream {
    /// In memory every end looks the same: nothing more comes, and nothing more is taken.
    fn will_be_reset(&self) {}
}

/// So many bytes travel in memory before the sender has to wait.
const IN_MEMORY_BYTES: usize = 1 << 16;

/// A door without a network: callers are let in by hand.
#[derive(Debug, Clone)]
pub struct Entrance {
    counter: Counter,
    told: watch::Receiver<Doorway>,
}

/// Serves callers in memory, until the doorman shuts.
pub fn open_in_memory(counter: impl Into<Counter>, doorman: &Doorman) -> Entrance {
    let (told, stands) = (doorman.told.subscribe(), doorman.stands.clone());
    let mut news = told.clone();
    // Whatever is told is so at once.
    detached(async move {
        while news.changed().await.is_ok() {
            stands.send_replace(*news.borrow_and_update());
        }
    });
    Entrance { counter: counter.into(), told }
}

impl Entrance {
    /// The caller's end of a new connection, received as the doorman was told.
    pub fn call(&self) -> io::Result<DuplexStream> {
        let (caller, ours) = tokio::io::duplex(IN_MEMORY_BYTES);
        let word = *self.told.borrow();
        match word {
            Doorway::Open => {
                detached(received(ours, self.counter.clone(), self.told.clone()));
            }
            Doorway::Drop | Doorway::Reset => drop(ours),
            Doorway::Refuse | Doorway::Shut => {
                return Err(io::Error::from(io::ErrorKind::ConnectionRefused));
            }
        }
        Ok(caller)
    }
}

struct Door {
    address: SocketAddr,
    counter: Counter,
    told: watch::Receiver<Doorway>,
    stands: watch::Sender<Doorway>,
}

impl Door {
    async fn keep(mut self, listener: TcpListener) {
        let mut listening = Some(listener);
        loop {
            let now = *self.told.borrow_and_update();
            if matches!(now, Doorway::Refuse | Doorway::Shut) {
                listening = None;
            } else if listening.is_none() {
                listening = Some(listen_again(self.address).await);
            }
            self.stands.send_replace(now);
            if now == Doorway::Shut {
                return;
            }
            tokio::select! {
                stream = next_caller(listening.as_ref()) => self.take(stream, now),
                news = self.told.changed() => if news.is_err() {
                    return;
                },
            }
        }
    }

    fn take(&self, stream: TcpStream, now: Doorway) {
        match now {
            Doorway::Open => {
                // Without it a small answer may wait for the caller's delayed acknowledgement.
                _ = stream.set_nodelay(true);
                detached(received(stream, self.counter.clone(), self.told.clone()));
            }
            Doorway::Reset => stream.will_be_reset(),
            Doorway::Refuse | Doorway::Drop | Doorway::Shut => {}
        }
    }
}

/// Nobody comes where nobody listens.
async fn next_caller(listening: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listening else { return std::future::pending().await };
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
        // Out of file descriptors, most likely: somebody has to close one first.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The port may be taken for a moment by a connection that has not ended yet.
async fn listen_again(address: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Serves one connection, whatever is spoken there, until the door is shut.
async fn received<S: Socket>(stream: S, counter: Counter, mut told: watch::Receiver<Doorway>) {
    match counter {
        Counter::Http(router) => converse(stream, router, told).await,
        Counter::Lines(lines) => {
            tokio::select! {
                biased;
                () = lines.talk(Box::new(stream)) => {}
                _ = told.wait_for(|word| *word != Doorway::Open) => {}
            }
        }
    }
}

/// Serves one connection until it ends, an answer cuts it, or the door is shut.
async fn converse<S: Socket>(stream: S, router: Router, mut told: watch::Receiver<Doorway>) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move { answered(router.oneshot(request.map(Body::new)).await) }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        biased;
        ended = &mut connection => ended,
        _ = told.wait_for(|word| *word != Doorway::Open) => return,
    };
    let Err(why) = ended else { return };
    let cut = std::error::Error::source(&why).and_then(|cause| cause.downcast_ref::<CutOff>());
    if let Some(CutOff(Cut::Reset)) = cut {
        connection.into_parts().io.into_inner().will_be_reset();
    }
}

fn answered(answer: Result<Response, Infallible>) -> Result<Response, CutOff> {
    match answer {
        Ok(response) => match response.extensions().get::<Cut>() {
            Some(cut) => Err(CutOff(*cut)),
            None => Ok(response),
        },
        Err(never) => match never {},
    }
}
