//! Ground for tests of the program itself: the real binary with a data directory of its own and
//! nothing of this process's environment, and SmartVPS simulated on loopback.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sim::smartvps::{Config, Package, Sim};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
pub const SYNC_TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const PASSWORD: &str = "correct horse battery staple";

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// What a program reads.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It ended with this code, and nothing that it printed is coloured.
    pub fn with(self, code: i32) -> Ended {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        let coloured = self.stdout.contains('\u{1b}') || self.stderr.contains('\u{1b}');
        assert!(!coloured, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard error names all of this.
    pub fn saying(self, words: &[&str]) -> Ended {
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in:\n{}", self.stderr);
        }
        self
    }

    /// Standard output shows all of this.
    pub fn showing(self, words: &[&str]) -> Ended {
        for word in words {
            assert!(self.stdout.contains(word), "{word:?} is not in:\n{}", self.stdout);
        }
        self
    }
}

/// A data directory, an upstream, and the settings of a shop over both.
pub struct House {
    folder: TempDir,
    pub upstream: Sim,
    settings: Vec<(&'static str, String)>,
}

impl House {
    /// The upstream sells these packages, with so many addresses each.
    pub async fn selling(packages: &[(&str, &str, i64)]) -> House {
        let packages = packages.iter().map(|(pid, name, stock)| Package::new(*pid, *name, *stock));
        let upstream = Sim::start(Config::with(packages.collect())).await.unwrap();
        let settings = vec![
            ("SMARTVPS_BASE_URL", upstream.url()),
            ("SMARTVPS_USERNAME", "berth".to_owned()),
            ("SMARTVPS_PASSWORD", "simulated".to_owned()),
            ("SVPS_SYNC_TOKEN", SYNC_TOKEN.to_owned()),
            ("BERTH_LISTEN", "127.0.0.1:0".to_owned()),
        ];
        House { folder: tempfile::tempdir().unwrap(), upstream, settings }
    }

    /// The two packages of the fallback incident.
    pub async fn open() -> House {
        House::selling(&[("1", "103.181.91", 50), ("2", "103.182.44", 50)]).await
    }

    pub fn set(mut self, name: &'static str, value: &str) -> House {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("berth.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_berth"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("BERTH_DATA_DIR", self.data())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            // There is no berth.toml here.
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs one command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments)).await
    }

    /// The same with one more variable in its environment.
    pub async fn run_with(&self, variable: (&str, &str), arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command.env(variable.0, variable.1);
        ended(command).await
    }

    /// Creates a user and a key with all their powers, as a shop's owner would.
    pub async fn key_of(&self, email: &str, role: &str) -> String {
        self.add(email, role).await.with(0);
        let made = self.run(&["api-key", "create", "--email", email]).await.with(0);
        made.stdout.trim_end().to_owned()
    }

    /// `berth user add`, with the password on standard input.
    pub async fn add(&self, email: &str, role: &str) -> Ended {
        let arguments = ["user", "add", "--email", email, "--role", role, "--password-stdin"];
        self.run_reading(&arguments, format!("{PASSWORD}\n")).await
    }

    /// The same with something on standard input.
    pub async fn run_reading(&self, arguments: &[&str], input: String) -> Ended {
        let mut command = self.command(arguments);
        let running = move || {
            let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
            // A child that has refused already does not read.
            _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            told(child.wait_with_output().unwrap())
        };
        tokio::task::spawn_blocking(running).await.unwrap()
    }

    /// A running shop, once it says that it serves.
    pub async fn serve(&self) -> Serving {
        let mut child = self.command(&["serve"]).spawn().unwrap();
        let (say, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            // The other end is gone once the test has seen enough; the log is read all the same.
            log.lines().map_while(Result::ok).for_each(|line| drop(say.send(line)));
        });
        let mut serving = Serving { child, lines, url: String::new() };
        let line = serving.line_with("serving http://").await;
        let (_, url) = line.split_once("serving ").unwrap();
        serving.url = url.trim_end().to_owned();
        serving
    }

    /// An order that staff have marked as paid: its id, its number, and the key of staff.
    pub async fn paid_order(&self, serving: &Serving) -> (String, String, String) {
        self.run(&["sync"]).await.with(0);
        let customer = self.key_of("ada@example.com", "customer").await;
        let admin = self.key_of("staff@example.com", "admin").await;
        let products = serving.get("/api/ipstock", &customer).await;
        let sold = |product: &&Value| product["name"].as_str().unwrap().ends_with("103.181.91");
        let product = products.as_array().unwrap().iter().find(sold).unwrap();
        let wish = json!({ "ipStockId": product["_id"], "memory": "8GB" });
        let order = serving.post("/api/createOrder", &customer, &wish).await;
        let id = order["orderId"].as_str().unwrap().to_owned();
        let number = order["orderNumber"].as_str().unwrap().to_owned();
        let money = json!({ "amount": order["amount"], "currency": "INR", "reference": "UTR1" });
        serving.post(&format!("/api/admin/orders/{id}/mark-paid"), &admin, &money).await;
        (id, number, admin)
    }
}

async fn ended(mut command: Command) -> Ended {
    let running = move || told(command.output().unwrap());
    tokio::task::spawn_blocking(running).await.unwrap()
}

fn told(output: std::process::Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    Ended { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A `berth serve`; killed when the test is over.
pub struct Serving {
    child: Child,
    lines: Receiver<String>,
    pub url: String,
}

impl Serving {
    /// The next line of its log that holds these words.
    pub async fn line_with(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = tokio::task::block_in_place(|| self.lines.recv_timeout(left));
            match line {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => seen.push_str(&format!("{line}\n")),
                Err(_) => panic!("no line with {words:?} came; these did:\n{seen}"),
            }
        }
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        let request = client().post(format!("{}{path}", self.url)).bearer_auth(key).json(body);
        answered(request).await
    }

    pub async fn get(&self, path: &str, key: &str) -> Value {
        answered(client().get(format!("{}{path}", self.url)).bearer_auth(key)).await
    }

    /// As the scheduler asks.
    pub async fn sync(&self) -> Value {
        let request = client().post(format!("{}/api/smartvps/sync", self.url));
        answered(request.header("x-sync-token", SYNC_TOKEN).body("{}")).await
    }

    /// Asks for an order again and again until it shows this word.
    pub async fn until_provisioning(&self, order: &str, key: &str, word: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.get(&format!("/api/orders/{order}"), key).await;
            if seen["provisioningStatus"] == word {
                return;
            }
            assert!(Instant::now() < deadline, "never {word}: {seen}");
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn client() -> reqwest::Client {
    // One for the whole process is enough; the second call changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn answered(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}
