//! The door as those meet it who hold a connection open: what is refused, and what comes after it.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use web::door::Door;

/// A connection to a door behind which one may only look.
async fn connected() -> (TcpStream, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (shut, told) = watch::channel(false);
    let router = Router::new().route("/", get(|| async { "looked" }));
    #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(Door { listener, seats: 1 }.keep(router, told));
    (TcpStream::connect(address).await.unwrap(), shut)
}

/// All that comes back until a text has come, or the connection's end.
async fn heard(stream: &mut TcpStream, until: &str) -> String {
    let mut heard = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let text = String::from_utf8_lossy(&heard).into_owned();
        if text.contains(until) {
            return text;
        }
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => heard.extend_from_slice(&piece[..length]),
            _ => return text,
        }
    }
}

const LOOK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_refusal_before_the_body_has_come_does_not_end_the_connection() {
    let (mut stream, _shut) = connected().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";
    stream.write_all(head).await.unwrap();
    stream.flush().await.unwrap();
    // The door has heard the head alone, as it does from those who send both one by one.
    tokio::task::yield_now().await;
    stream.write_all(b"0123456789").await.unwrap();
    let refused = heard(&mut stream, "\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
    assert!(!refused.contains("connection: close"), "{refused}");
    stream.write_all(LOOK).await.unwrap();
    assert!(heard(&mut stream, "looked").await.ends_with("looked"));
}

#[tokio::test]
async fn whoever_says_much_that_nobody_reads_is_told_that_the_connection_ends() {
    let (mut stream, _shut) = connected().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let refused = heard(&mut stream, "\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
    assert!(refused.contains("connection: close"), "{refused}");
}

#[tokio::test]
async fn whoever_waits_to_be_asked_for_a_body_is_not_asked_in_vain() {
    let (mut stream, _shut) = connected().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let refused = heard(&mut stream, "\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
    assert!(refused.contains("connection: close"), "{refused}");
}
