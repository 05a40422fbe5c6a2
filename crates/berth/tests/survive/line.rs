//! One connection to a shop, byte by byte: for those who do not behave as programs do.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::serve::Serve;

/// A connection that has said nothing yet.
pub struct Line(BufReader<TcpStream>);

/// What came back, as it came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// The last part of a problem's name.
    pub fn slug(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let name = body["type"].as_str().unwrap_or_default();
        name.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl Line {
    pub async fn to(serve: &Serve) -> Line {
        Line::at(serve.address()).await.unwrap()
    }

    /// The same where nobody may be there, or have room.
    pub async fn at(address: &str) -> std::io::Result<Line> {
        Ok(Line(BufReader::new(TcpStream::connect(address).await?)))
    }

    /// Fails once the other side has ended the connection.
    pub async fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// One byte after the other, with a pause before each, until all are said or the other side
    /// says something, or nothing any more.
    pub async fn drip(&mut self, bytes: &[u8], pause: Duration) -> std::io::Result<()> {
        let mut next = tokio::time::interval(pause);
        for byte in bytes {
            let answered = async { self.0.fill_buf().await.map(drop) };
            tokio::select! {
                // Whoever talks on may be cut off before they have heard why.
                biased;
                answered = answered => return answered,
                _ = next.tick() => {}
            }
            self.say(&[*byte]).await?;
        }
        Ok(())
    }

    /// The next answer; nothing where the connection ends without one.
    pub async fn reply(&mut self) -> Option<Reply> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).ok()?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut reply = Reply { status, head, body: String::new() };
        let length = reply.header("content-length").map_or(Some(0), |text| text.parse().ok())?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        reply.body = String::from_utf8(body).ok()?;
        Some(reply)
    }

    /// Waits until the other side has ended it.
    pub async fn ended(&mut self) {
        let mut rest = Vec::new();
        // A reset is an end as well.
        _ = self.0.read_to_end(&mut rest).await;
    }
}

/// A request, as it goes over the line.
pub fn posted(path: &str, key: &str, body: &str) -> Vec<u8> {
    format!("{}{body}", head(path, key, body.len())).into_bytes()
}

/// The head of one whose body is to have this length.
pub fn head(path: &str, key: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}
