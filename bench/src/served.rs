//! The program itself as `berth serve`, and connections to it that are kept open.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The program gets ready within this, or something is wrong.
pub const READY_WITHIN: Duration = Duration::from_secs(20);

/// The program, running.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Served {
    /// Starts with a folder of its own and these settings; and how many milliseconds it took.
    pub async fn start(
        binary: &Path,
        data: &Path,
        settings: &[(&str, &str)],
    ) -> Result<(Served, f64)> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let start = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--log-format", "json"])
            // What the caller has set up for a shop of theirs is not measured here.
            .env_clear()
            .env("BERTH_LISTEN", &address)
            .env("BERTH_DATA_DIR", data)
            .envs(settings.iter().copied())
            .current_dir(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(data.join("log"))?)
            .spawn()?;
        let mut served = Served { child, address };
        while !served.is_ready().await {
            if let Some(status) = served.child.try_wait()? {
                let log = std::fs::read_to_string(data.join("log")).unwrap_or_default();
                bail!("berth serve ended with {status}: {log}");
            }
            ensure!(start.elapsed() < READY_WITHIN, "berth serve did not get ready");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok((served, start.elapsed().as_secs_f64() * 1_000.0))
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut line) = Line::open(&self.address).await else { return false };
        line.ask("/readyz").await.is_ok_and(|answer| answer.status == 200)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Opens a connection that is kept open.
    pub async fn line(&self) -> Result<Line> {
        Line::open(&self.address).await
    }

    pub async fn lines(&self, count: usize) -> Result<Vec<Line>> {
        futures_util::future::try_join_all((0..count).map(|_| self.line())).await
    }

    /// Asks it to stop, as an operator does.
    pub async fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.child.id())?;
        let pid = rustix::process::Pid::from_raw(pid).context("no process")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        tokio::task::spawn_blocking(move || self.child.wait()).await??;
        Ok(())
    }
}

/// One connection that is kept open, and reads no more of HTTP than it must.
pub struct Line {
    stream: TcpStream,
    read: Vec<u8>,
    host: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Line {
    async fn open(address: &str) -> Result<Line> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Line { stream, read: Vec::with_capacity(1 << 16), host: address.to_owned() })
    }

    pub async fn ask(&mut self, path: &str) -> Result<Answer> {
        self.ask_with(path, "").await
    }

    /// `headers` are whole lines.
    pub async fn ask_with(&mut self, path: &str, headers: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.host);
        self.say(&request).await
    }

    /// Posts JSON; `headers` are whole lines.
    pub async fn post(&mut self, path: &str, headers: &str, body: &str) -> Result<Answer> {
        let (host, length) = (&self.host, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        );
        self.say(&request).await
    }

    async fn say(&mut self, request: &str) -> Result<Answer> {
        self.stream.write_all(request.as_bytes()).await?;
        self.read.clear();
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.read[..head]).to_ascii_lowercase();
        let status = text.get(9..12).context("no status")?.parse()?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.context("no length")?.trim().parse()?;
        while self.read.len() < head + length {
            self.more().await?;
        }
        Ok(Answer { status, body: self.read[head..].to_vec() })
    }

    async fn more(&mut self) -> Result<()> {
        ensure!(self.stream.read_buf(&mut self.read).await? > 0, "the connection ended");
        Ok(())
    }
}
