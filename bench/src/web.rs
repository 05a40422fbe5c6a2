//! The program itself as `berth serve`: how long until it is ready, how fast it answers over
//! HTTP, and how much memory it has in the end. The load comes from this process.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::child::Simulator;
use crate::orders::at;
use crate::usage;

pub const PRODUCTS: usize = 1_000;
pub const CONNECTIONS: usize = 8;
const READY_WITHIN: Duration = Duration::from_secs(20);

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Milliseconds to the first good answer of `/readyz`: with new tables, and again.
    pub ready_ms: [f64; 2],
    pub paths: Vec<Answers>,
    pub memory_mb: f64,
    pub binary_mb: f64,
}

/// How one path was answered.
#[derive(Clone, Debug)]
pub struct Answers {
    pub path: &'static str,
    pub bytes: usize,
    pub per_second: f64,
    pub p99_ms: f64,
}

/// The list that programs ask for, whole and its first twenty; the page that people look at.
pub const LIST: &str = "/api/ipstock";
pub const TWENTY: &str = "/api/ipstock?limit=20";
pub const PAGE: &str = "/";

/// Starts the program twice, asks it for a while, and stops it.
pub async fn measure(binary: &Path, lasts: Duration) -> Result<Found> {
    let simulator = Simulator::start(PRODUCTS, false)?;
    let folder = tempfile::tempdir()?;
    let (first, ready) = Served::start(binary, folder.path(), &simulator).await?;
    first.until_stocked().await?;
    first.stop().await?;
    let (served, again) = Served::start(binary, folder.path(), &simulator).await?;
    served.until_stocked().await?;
    let mut found = Found { ready_ms: [ready, again], ..Found::default() };
    for path in [LIST, TWENTY, PAGE] {
        if let Some(answers) = served.asked(path, lasts).await? {
            found.paths.push(answers);
        }
    }
    found.memory_mb = usage::memory_kib(served.child.id())? as f64 / 1_024.0;
    found.binary_mb = std::fs::metadata(binary)?.len() as f64 / 1_048_576.0;
    served.stop().await?;
    Ok(found)
}

/// The program, running.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    async fn start(binary: &Path, data: &Path, simulator: &Simulator) -> Result<(Served, f64)> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let start = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--log-format", "json"])
            // What the caller has set up for a shop of theirs is not measured here.
            .env_clear()
            .env("BERTH_LISTEN", &address)
            .env("BERTH_DATA_DIR", data)
            .env("SMARTVPS_BASE_URL", &simulator.url)
            .env("SMARTVPS_USERNAME", "berth")
            .env("SMARTVPS_PASSWORD", "simulated")
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

    /// Until the first sync has filled the shop.
    async fn until_stocked(&self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < READY_WITHIN {
            let answer = Line::open(&self.address).await?.ask(LIST).await?;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            if text.matches("\"_id\"").count() == PRODUCTS {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the shop stayed empty")
    }

    /// Asks for a path over kept-open connections; nothing where there is no such page.
    async fn asked(&self, path: &'static str, lasts: Duration) -> Result<Option<Answers>> {
        let first = Line::open(&self.address).await?.ask(path).await?;
        if first.status == 404 {
            return Ok(None);
        }
        let (start, mut tasks) = (Instant::now(), JoinSet::new());
        for _ in 0..CONNECTIONS {
            let mut line = Line::open(&self.address).await?;
            tasks.spawn(async move {
                let mut took = Vec::new();
                while start.elapsed() < lasts {
                    let asked = Instant::now();
                    let answer = line.ask(path).await?;
                    ensure!(answer.status == 200, "{path} answered {}", answer.status);
                    took.push(asked.elapsed().as_secs_f64() * 1_000.0);
                }
                Ok::<_, anyhow::Error>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(done) = tasks.join_next().await {
            took.extend(done??);
        }
        let seconds = start.elapsed().as_secs_f64();
        took.sort_by(f64::total_cmp);
        let per_second = took.len() as f64 / seconds;
        Ok(Some(Answers { path, bytes: first.body.len(), per_second, p99_ms: at(&took, 0.99) }))
    }

    /// Asks it to stop, as an operator does.
    async fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.child.id())?;
        let pid = rustix::process::Pid::from_raw(pid).context("no process")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        tokio::task::spawn_blocking(move || self.child.wait()).await??;
        Ok(())
    }
}

/// One connection that is kept open, and reads no more of HTTP than it must.
struct Line {
    stream: TcpStream,
    read: Vec<u8>,
    host: String,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Line {
    async fn open(address: &str) -> Result<Line> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Line { stream, read: Vec::with_capacity(1 << 16), host: address.to_owned() })
    }

    async fn ask(&mut self, path: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
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
