//! Chromium, spoken to by its DevTools protocol over two pipes: no driver beside it, no port, no
//! crate of generated commands. It ends by itself when this process does, for the pipes end then.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Names another browser of the family than the first in PATH.
const ENV: &str = "BERTH_TEST_CHROMIUM";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The shell gives it the two pipes under the numbers that it reads and writes them by.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;
const OPTIONS: [&str; 9] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    // The shop alone is tried here, and in a container the browser's own cage needs rights that
    // tests should not have.
    "--no-sandbox",
];

pub struct Chromium {
    child: Child,
    into: ChildStdin,
    from: Receiver<Value>,
    told: VecDeque<Value>,
    asked: u64,
    folder: TempDir,
}

impl Chromium {
    /// Now and then it crashes while it starts, which says nothing of the shop: then once more.
    pub fn start() -> Chromium {
        let mut first = Chromium::begin();
        if first.is_up() {
            return first;
        }
        eprintln!("Chromium ended while it started; {}", first.log());
        Chromium::begin()
    }

    fn begin() -> Chromium {
        let folder = tempfile::tempdir().unwrap();
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = Command::new("sh")
            .args(["-c", START])
            .arg(program())
            .args(OPTIONS)
            .args([&profile, "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let into = child.stdin.take().unwrap();
        let mut pipe = BufReader::new(child.stdout.take().unwrap());
        let (say, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while pipe.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                let told = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                // The other end is gone once the test is over.
                if told.is_ok_and(|told| say.send(told).is_err()) {
                    break;
                }
                message.clear();
            }
        });
        Chromium { child, into, from, told: VecDeque::new(), asked: 0, folder }
    }

    /// Whether it answers at all.
    fn is_up(&mut self) -> bool {
        let asked = self.send(&json!({"id": self.asked, "method": "Browser.getVersion"}));
        asked.is_ok() && self.from.recv_timeout(PATIENCE).is_ok()
    }

    fn send(&mut self, message: &Value) -> std::io::Result<()> {
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.into.write_all(&bytes)?;
        self.into.flush()
    }

    /// Asks for something, and tells what came of it or why it was refused.
    pub fn ask(&mut self, session: &str, method: &str, wish: Value) -> Result<Value, String> {
        self.asked += 1;
        let id = self.asked;
        let mut message = json!({"id": id, "method": method, "params": wish});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let sent = self.send(&message);
        sent.unwrap_or_else(|error| panic!("{method}: {error}; {}", self.log()));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut told = self.next(deadline).unwrap_or_else(|| {
                panic!("no answer to {method} came in time; {}", self.log());
            });
            if told["id"] != id {
                self.told.push_back(told);
            } else if told["error"].is_null() {
                return Ok(told["result"].take());
            } else {
                return Err(told["error"]["message"].as_str().unwrap_or_default().to_owned());
            }
        }
    }

    /// Forgets what happened until now.
    pub fn forget(&mut self) {
        self.told.clear();
        while self.from.try_recv().is_ok() {}
    }

    /// Waits until something happens whose name begins so; false when time is over.
    pub fn happens(&mut self, names: &[&str], deadline: Instant) -> bool {
        self.comes(names, deadline).is_some()
    }

    /// The next that happens whose name begins so; nothing when time is over.
    pub fn comes(&mut self, names: &[&str], deadline: Instant) -> Option<Value> {
        loop {
            let told = match self.told.pop_front() {
                Some(told) => told,
                None => self.next(deadline)?,
            };
            let method = told["method"].as_str().unwrap_or_default();
            if names.iter().any(|name| method.starts_with(name)) {
                return Some(told);
            }
        }
    }

    fn next(&mut self, deadline: Instant) -> Option<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.from.recv_timeout(left) {
            Ok(told) => Some(told),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("Chromium has ended; {}", self.log()),
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself; waited for, so that its folder can be removed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The browser that was named, or the first that is installed.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os(ENV) {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = NAMES.iter().flat_map(|name| folders.iter().map(move |at| at.join(name)));
    let found = places.into_iter().find(|place: &PathBuf| Path::is_file(place));
    found.unwrap_or_else(|| {
        panic!(
            "Chromium is not in PATH, and these tests look at the pages in it. `cargo xtask test` \
             installs it where it may; else install it (Debian: apt-get install chromium), or \
             name one in {ENV}."
        )
    })
}
