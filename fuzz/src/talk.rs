//! A whole conversation with the provider: any bytes in place of its HTTP answer, for a purchase,
//! the list of packages and the question after one server.

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use domain::package::Ram;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use upstream::line::{Duplex, Road};
use upstream::smartvps::SmartVps;
use upstream::{Answer, BootClock, Guard, Purchase, Upstream};

use super::purchase;

pub fn seeds() -> Vec<Vec<u8>> {
    let whole = |body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let open = |body: &[u8]| [b"HTTP/1.0 200 OK\r\n\r\n", body].concat();
    let pieces = |body: &[u8]| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let piece = format!("{head}{:x}\r\n", body.len());
        [piece.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
    };
    let bodies = purchase::seeds();
    let told = bodies.iter().flat_map(|body| [whole(body), open(body), pieces(body)]);
    told.chain([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\n\r\n".to_vec()]).collect()
}

pub fn run(told: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(talk(told));
}

async fn talk(told: &[u8]) {
    let road = Arc::new(Telling(told.to_vec()));
    let account = SmartVps::by(purchase::settings(), road).expect("settings that fit");
    let line = account.connect().await.expect("a road that is always there");
    let permit = "att_1".to_owned();
    let wish = Purchase { permit, package_name: "103.181.91".to_owned(), ram: Ram::gb(8) };
    let outcome = line.buy(&wish, guard()).await;
    match &outcome.answer {
        Answer::Http { status, body } => purchase::holds(*status, body, &outcome.meaning),
        Answer::Lost { reason } => purchase::is_fit_to_print(reason),
        Answer::NotSent { reason } => panic!("the request was taken, and then: {reason}"),
    }
    assert_eq!(account.purchase_meaning(&outcome.answer), outcome.meaning);
    match account.packages().await {
        Ok(listing) => {
            for row in &listing.rows {
                assert!(row.stock >= 0 && !row.name.is_empty(), "{row:?}");
            }
            let again = account.packages().await.expect("the same bytes mean the same");
            assert_eq!(format!("{:?}", again.rows), format!("{:?}", listing.rows));
        }
        Err(fault) => purchase::is_fit_to_print(&fault.to_string()),
    }
    match account.describe(Ipv4Addr::new(103, 181, 91, 50)).await {
        Ok(server) => {
            assert!(server.password.is_none_or(|password| !password.is_empty()));
            assert!(server.expires_at.is_none_or(|at| at.as_micros() > 0));
        }
        Err(fault) => purchase::is_fit_to_print(&fault.to_string()),
    }
}

struct Still;

impl BootClock for Still {
    fn since_boot(&self) -> Duration {
        Duration::ZERO
    }
}

fn guard() -> Guard {
    let (patience, listen_for) = (Duration::from_secs(5), Duration::from_secs(20));
    Guard { boot: Arc::new(Still), asked_at: Duration::ZERO, patience, listen_for }
}

/// Somebody who takes every request, answers with these bytes and hangs up.
struct Telling(Vec<u8>);

impl Road for Telling {
    fn go(&self) -> io::Result<Box<dyn Duplex>> {
        Ok(Box::new(Told { rest: self.0.clone(), asked: false, waiting: None }))
    }
}

struct Told {
    rest: Vec<u8>,
    /// Whoever speaks before he was asked is another kind of trouble, and not this one.
    asked: bool,
    waiting: Option<Waker>,
}

impl AsyncRead for Told {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.asked {
            self.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        let many = self.rest.len().min(into.remaining());
        let rest = self.rest.split_off(many);
        into.put_slice(&self.rest);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Told {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.asked = true;
        self.waiting.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
