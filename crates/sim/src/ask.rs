//! One request over one fresh connection: how the simulators call back. Plain HTTP only, no
//! redirects, no retries, no patience beyond a limit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use crate::serve::detached;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// Carries calls where there is no network, and tells the status of the answer.
#[derive(Clone)]
pub struct Courier(Arc<Carry>);

type Carry = dyn Fn(Call) -> BoxFuture<'static, Result<u16, String>> + Send + Sync;

impl Courier {
    pub fn new(
        carry: impl Fn(Call) -> BoxFuture<'static, Result<u16, String>> + Send + Sync + 'static,
    ) -> Courier {
        Courier(Arc::new(carry))
    }

    pub async fn carry(&self, call: Call) -> Result<u16, String> {
        (self.0)(call).await
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

/// What came back, whole.
pub type Reply = http::Response<Bytes>;

const PATIENCE: Duration = Duration::from_secs(15);

/// Sends a request and reads the whole reply; the error is a sentence.
pub async fn ask(call: Call) -> Result<Reply, String> {
    match tokio::time::timeout(PATIENCE, ask_patiently(call)).await {
        Ok(reply) => reply,
        Err(_) => Err("no answer in time".to_owned()),
    }
}

async fn ask_patiently(call: Call) -> Result<Reply, String> {
    let words = |error: &dyn std::error::Error| error.to_string();
    let url = Url::parse(&call.url).map_err(|error| words(&error))?;
    if url.scheme() != "http" {
        return Err("the simulator calls plain http only".to_owned());
    }
    let host = url.host_str().ok_or("the address names no host")?;
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| words(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| words(&error))?;
    detached(connection);
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = Request::builder()
        .method(call.method)
        .uri(path)
        .header(header::HOST, format!("{host}:{port}"));
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(call.body))).map_err(|e| words(&e))?;
    let reply = sender.send_request(request).await.map_err(|error| words(&error))?;
    let (head, body) = reply.into_parts();
    let body = body.collect().await.map_err(|error| words(&error))?.to_bytes();
    Ok(Reply::from_parts(head, body))
}
