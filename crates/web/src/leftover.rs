//! What was sent and nobody read: many a refusal is decided before the body has come. The next
//! request on a connection begins where that body ends, so it is read to its end; where that is far
//! away, the other side is told that the connection closes. Otherwise it would close unannounced.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use hyper::body::{Frame, Incoming, SizeHint};

/// So much is read that nobody wanted, and for so long.
const MOST: usize = 1024 * 1024;
const WITHIN: Duration = Duration::from_secs(1);

/// A request's body, which whoever answers may read, or leave.
#[derive(Clone)]
struct Shared(Arc<Mutex<Incoming>>);

impl Shared {
    fn body(&self) -> MutexGuard<'_, Incoming> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl hyper::body::Body for Shared {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *self.body()).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}

/// What is left of a body once the request is answered.
pub(crate) struct Leftover {
    body: Option<Shared>,
    /// The other side sends it only when it is asked to, and was not.
    waits: bool,
}

/// Hands a request on, and keeps hold of its body.
pub(crate) fn of(request: Request<Incoming>) -> (Request<Body>, Leftover) {
    use hyper::body::Body as _;
    if request.body().is_end_stream() {
        return (request.map(Body::new), Leftover { body: None, waits: false });
    }
    let waits = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let shared = Shared(Arc::new(Mutex::new(body)));
    let request = Request::from_parts(parts, Body::new(shared.clone()));
    (request, Leftover { body: Some(shared), waits })
}

impl Leftover {
    /// Makes sure that what comes next on the connection is a request, or says that nothing does.
    pub async fn settled(self, mut response: Response) -> Response {
        if !self.read_out().await {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
    }

    async fn read_out(self) -> bool {
        use hyper::body::Body as _;
        let Some(mut body) = self.body else { return true };
        if body.is_end_stream() {
            return true;
        }
        if self.waits {
            return false;
        }
        let reading = async {
            let mut length = 0;
            while length <= MOST {
                match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                    None => return true,
                    Some(Ok(frame)) => length += frame.data_ref().map_or(0, Bytes::len),
                    Some(Err(_)) => return false,
                }
            }
            false
        };
        tokio::time::timeout(WITHIN, reading).await.unwrap_or(false)
    }
}
