//! The door: takes connections, as many as there are seats for, and waits only so long for somebody
//! to say what they want. Whoever comes when all seats are taken is told so.
//! Not for what is asked: that is `requests.rs`, and the gate of each route.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::{HeaderValue, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::leftover;
use crate::problem::Problem;

/// So long the head of a request may take, and so long an open connection may say nothing.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Whoever is turned away is heard out so long, and so many of them at once.
const TURNED_AWAY_WITHIN: Duration = Duration::from_secs(2);
const TURNED_AWAY_AT_ONCE: usize = 64;
/// The machine has no more to give for a connection; somebody has to go first.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Where connections come in.
#[derive(Debug)]
pub struct Door {
    pub listener: TcpListener,
    /// So many connections are kept at once; the machine's open files must suffice for them.
    pub seats: usize,
}

impl Door {
    /// Lets people in until it is told to shut; returns when the last of them has gone.
    pub async fn keep(self, router: Router, shut: watch::Receiver<bool>) {
        let Door { listener, seats } = self;
        let inside = Room::of(seats, router, HEAD_WITHIN);
        let outside = Room::of(TURNED_AWAY_AT_ONCE, turned_away(), TURNED_AWAY_WITHIN);
        let mut told = shut.clone();
        let taking = async {
            loop {
                let (stream, peer) = match listener.accept().await {
                    Ok(came) => came,
                    Err(error) => {
                        tracing::warn!("a connection could not be taken: {error}");
                        tokio::time::sleep(AGAIN_AFTER).await;
                        continue;
                    }
                };
                // Without it a small answer may wait for the other side's acknowledgement.
                _ = stream.set_nodelay(true);
                let room = if inside.has_a_seat() { &inside } else { &outside };
                room.takes(stream, peer, shut.clone()).await;
            }
        };
        tokio::select! {
            () = taking => {}
            // An error means that nobody is left to tell.
            _ = told.wait_for(|shut| *shut) => {}
        }
        drop(listener);
        inside.is_empty().await;
    }
}

/// Connections that are treated alike.
struct Room {
    seats: Arc<Semaphore>,
    count: usize,
    router: Router,
    head_within: Duration,
}

impl Room {
    fn of(count: usize, router: Router, head_within: Duration) -> Room {
        Room { seats: Arc::new(Semaphore::new(count)), count, router, head_within }
    }

    fn has_a_seat(&self) -> bool {
        self.seats.available_permits() > 0
    }

    /// Serves one connection on a task of its own; where there is no seat, waits for one.
    async fn takes(&self, stream: TcpStream, peer: SocketAddr, shut: watch::Receiver<bool>) {
        // Nobody closes the seats.
        let Ok(seat) = self.seats.clone().acquire_owned().await else { return };
        let (router, head_within) = (self.router.clone(), self.head_within);
        #[allow(clippy::disallowed_methods, reason = "its end is awaited: see `is_empty`")]
        tokio::spawn(async move {
            converse(stream, peer, router, head_within, shut).await;
            drop(seat);
        });
    }

    /// Waits until every seat is free.
    async fn is_empty(&self) {
        let all = u32::try_from(self.count).unwrap_or(u32::MAX);
        _ = self.seats.acquire_many(all).await;
    }
}

/// Serves one connection until it ends; told to shut, until the request under way is answered.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head_within: Duration,
    mut shut: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (mut request, leftover) = leftover::of(request);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request);
        async move {
            let Ok(response) = answer.await;
            Ok::<_, Infallible>(leftover.settled(response).await)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_within);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // However it ended, there is nobody left to tell.
        _ = connection.as_mut() => return,
        _ = shut.wait_for(|shut| *shut) => {}
    }
    connection.as_mut().graceful_shutdown();
    _ = connection.await;
}

/// One answer to everybody, and then the connection ends.
fn turned_away() -> Router {
    Router::new().fallback(|| async {
        ([(header::CONNECTION, HeaderValue::from_static("close"))], Problem::overloaded())
    })
}
