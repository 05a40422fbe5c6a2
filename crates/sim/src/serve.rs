//! A door on loopback that can be shut in a caller's face: listens, serves a router, cuts
//! connections on purpose. The only place in this crate that starts tasks.
//! Not for deciding which answer to give: that is the simulators' own matter.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
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

/// Serves a router on loopback, until told `Shut` or nobody is left to tell; port 0 lets the
/// system choose. Returns where.
pub async fn open(
    port: u16,
    router: Router,
    told: watch::Receiver<Doorway>,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    detached(receive(listener, address, router, told));
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

async fn receive(
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    mut told: watch::Receiver<Doorway>,
) {
    let mut listening = Some(listener);
    loop {
        let now = *told.borrow_and_update();
        match now {
            Doorway::Shut => return,
            Doorway::Refuse => {
                listening = None;
                if told.changed().await.is_err() {
                    return;
                }
                continue;
            }
            Doorway::Open | Doorway::Drop | Doorway::Reset => {}
        }
        let Some(listener) = &listening else {
            listening = listen_again(address).await;
            continue;
        };
        tokio::select! {
            taken = listener.accept() => if let Ok((stream, _)) = taken {
                take(stream, now, &router, &told);
            },
            news = told.changed() => if news.is_err() {
                return;
            },
        }
    }
}

/// The port may be taken for a moment by a connection that has not ended yet.
async fn listen_again(address: SocketAddr) -> Option<TcpListener> {
    let listener = TcpListener::bind(address).await.ok();
    if listener.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    listener
}

fn take(stream: TcpStream, now: Doorway, router: &Router, told: &watch::Receiver<Doorway>) {
    match now {
        Doorway::Open => {
            detached(converse(stream, router.clone(), told.clone()));
        }
        // Failing to set the option only turns the reset into a plain close.
        Doorway::Reset => _ = stream.set_zero_linger(),
        Doorway::Refuse | Doorway::Drop | Doorway::Shut => {}
    }
}

/// Serves one connection until it ends, an answer cuts it, or the door is shut.
async fn converse(stream: TcpStream, router: Router, mut told: watch::Receiver<Doorway>) {
    // Without it a small answer may wait for the caller's delayed acknowledgement.
    _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move { answered(router.oneshot(request.map(Body::new)).await) }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = told.wait_for(|word| *word != Doorway::Open) => return,
    };
    let Err(why) = ended else { return };
    let cut = std::error::Error::source(&why).and_then(|cause| cause.downcast_ref::<CutOff>());
    if let Some(CutOff(Cut::Reset)) = cut {
        _ = connection.into_parts().io.into_inner().set_zero_linger();
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
