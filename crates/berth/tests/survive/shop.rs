//! What outlives the processes: the upstream, the database, the data directories, the keys.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use sim::smartvps::{Config, Package, Sim};
use store::db::{Hidden, Place};
use tempfile::TempDir;

use super::desk::Desk;
use super::postgres::Database;
use super::serve::Serve;

/// The packages of the fallback incident.
pub const SOLD: &str = "103.181.91";
pub const OTHER: &str = "103.182.44";

pub const PASSWORD: &str = "correct horse battery staple";
pub const MASTER_KEY: &str = "3f1c5a7e9b2d4f60813a5c7e9f1b3d5f7a9c1e3f5b7d9f1a3c5e7f9b1d3f5a7c";

/// Deadlines short enough to be waited for. The permit is fresh for half of the first.
const SETTINGS: [(&str, &str); 7] = [
    ("BERTH_LISTEN", "127.0.0.1:0"),
    ("BERTH_PURCHASE_TIMEOUT", "8s"),
    ("BERTH_PURCHASE_TAIL", "10s"),
    ("BERTH_PAUSE_AFTER_UNHEARD", "off"),
    ("BERTH_STOCK_DISABLE_AT", "0"),
    ("BERTH_RESERVE_MAX", "1000"),
    ("SMARTVPS_USERNAME", "berth"),
];

pub struct Shop {
    pub upstream: Sim,
    /// None: in a file in the data directory.
    pub database: Option<Database>,
    settings: Vec<(&'static str, String)>,
    folder: TempDir,
}

/// Who asks: a member of staff and a customer.
#[derive(Clone)]
pub struct Keys {
    pub admin: String,
    pub customer: String,
}

impl Shop {
    /// For one process at a time.
    pub async fn in_a_file() -> Shop {
        Shop::over(None, selling(&[(SOLD, 50), (OTHER, 50)])).await
    }

    /// The same beside an upstream that sells these.
    pub async fn in_a_file_selling(packages: &[(&str, i64)]) -> Shop {
        Shop::over(None, selling(packages)).await
    }

    /// For any number of processes.
    pub async fn on_a_server(packages: &[(&str, i64)]) -> Shop {
        Shop::on(Database::fresh().await, selling(packages)).await
    }

    /// The same over a database and beside an upstream of the caller's choice.
    pub async fn on(database: Database, upstream: Config) -> Shop {
        Shop::over(Some(database), upstream).await
    }

    async fn over(database: Option<Database>, upstream: Config) -> Shop {
        let upstream = Sim::start(upstream).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = SETTINGS.map(|(name, value)| (name, value.to_owned())).to_vec();
        Shop { upstream, database, settings, folder }
    }

    /// A machine's data directory.
    pub fn data(&self, node: &str) -> PathBuf {
        self.folder.path().join(node)
    }

    /// Where a machine's database is.
    pub fn database_of(&self, node: &str) -> Place {
        match &self.database {
            Some(database) => Place::Url(Hidden(database.url())),
            None => Place::File(self.data(node).join("berth.db")),
        }
    }

    /// Where a test may put a file of its own.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same shop with one setting more, or another value of one.
    pub fn with(mut self, name: &'static str, value: &str) -> Shop {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// The program, with nothing of this process's environment.
    fn command(&self, node: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_berth"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("BERTH_DATA_DIR", self.data(node))
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .env("SMARTVPS_BASE_URL", self.upstream.url())
            .env("SMARTVPS_PASSWORD", "simulated")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url()).env("BERTH_MASTER_KEY", MASTER_KEY);
        }
        command
    }

    /// Opens the shop on one machine, which has a data directory of its own.
    pub async fn serve(&self, node: &str) -> Serve {
        Serve::start(self.command(node, &["serve"])).await
    }

    /// The same at an address of the caller's choice. It may end before it serves.
    pub async fn try_to_serve(&self, node: &str, address: &str) -> Result<Serve, Serve> {
        let mut command = self.command(node, &["serve"]);
        command.env("BERTH_LISTEN", address);
        Serve::try_to_start(command).await
    }

    /// The same, to be held at a point until the file goes.
    pub async fn serve_held(&self, node: &str, point: &str) -> (Serve, PathBuf) {
        let file = self.folder.path().join(format!("{node}.hold"));
        std::fs::write(&file, point).unwrap();
        let mut command = self.command(node, &["serve"]);
        command.env("HOUSE_HOLD_AT", point).env("HOUSE_HOLD_FILE", &file);
        (Serve::start(command).await, file)
    }

    /// The same where a file that cannot grow is an error, and not a signal: as on a full disk.
    pub async fn serve_on_a_small_disk(&self, node: &str) -> Serve {
        self.serve_after(node, "trap '' XFSZ").await
    }

    /// The same where no process may open more files than this.
    pub async fn serve_with_few_files(&self, node: &str, most: usize) -> Serve {
        self.serve_after(node, &format!("ulimit -n {most}")).await
    }

    /// Opens the shop once a shell has done something that its process inherits.
    async fn serve_after(&self, node: &str, first: &str) -> Serve {
        let berth = self.command(node, &["serve"]);
        let mut command = Command::new("/bin/sh");
        let script = format!("{first}; exec \"$0\" serve");
        command.args(["-c", script.as_str()]).arg(berth.get_program());
        let variables = berth.get_envs().filter_map(|(name, value)| Some((name, value?)));
        command.env_clear().envs(variables).current_dir(self.folder.path());
        Serve::start(command).await
    }

    /// Runs a command to its end.
    pub async fn run(&self, node: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(node, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        let running = move || {
            let mut child = command.spawn().unwrap();
            // A command that reads nothing may have ended already.
            drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
            child.wait_with_output().unwrap()
        };
        tokio::task::spawn_blocking(running).await.unwrap()
    }

    /// Runs a command that must go well, and gives what it prints.
    pub async fn done(&self, node: &str, arguments: &[&str], input: &str) -> String {
        let output = self.run(node, arguments, input).await;
        let said = String::from_utf8_lossy(&output.stderr);
        let told = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        assert!(output.status.success(), "{arguments:?}: {}\n{told}\n{said}", output.status);
        told
    }

    /// Lets a member of staff and a customer in.
    pub async fn keys(&self, node: &str) -> Keys {
        let mut keys = Vec::new();
        for (email, role) in [("ada@example.org", "admin"), ("bob@example.org", "customer")] {
            let add = ["user", "add", "--email", email, "--role", role, "--password-stdin"];
            self.done(node, &add, &format!("{PASSWORD}\n")).await;
            keys.push(self.done(node, &["api-key", "create", "--email", email], "").await);
        }
        let [admin, customer] = keys.try_into().unwrap();
        Keys { admin, customer }
    }

    /// Every paid unit and every bought server has its place.
    pub async fn books_add_up(&self, node: &str) {
        self.done(node, &["books"], "").await;
    }

    /// What must hold of every order, however it went: one request in all, none twice, one server
    /// sold, and that one delivered, once.
    pub async fn each_was_bought_and_delivered_once(&self, desk: &Desk, orders: &[String]) {
        let requests = self.upstream.requests_per_permit();
        assert!(requests.values().all(|count| *count == 1), "{requests:?}");
        for order in orders {
            let seen = desk.detail(order).await;
            let texts = |list: &str, field: &str| -> Vec<String> {
                let rows = seen[list].as_array().unwrap().iter();
                rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
            };
            let permits = texts("attempts", "id");
            let sent = permits.iter().filter(|permit| requests.contains_key(*permit)).count();
            assert_eq!(sent, 1, "{seen:#}");
            let sold = self.upstream.sold().into_iter();
            let mut sold =
                sold.filter(|sold| sold.permit.as_ref().is_some_and(|p| permits.contains(p)));
            let address = sold.next().expect("a sold server").address.to_string();
            assert!(sold.next().is_none(), "{seen:#}");
            assert_eq!(texts("servers", "state"), ["delivered"], "{seen:#}");
            assert_eq!(texts("servers", "address"), std::slice::from_ref(&address), "{seen:#}");
            assert_eq!(seen["provisionedIP"], address);
            assert_eq!(times_told(&seen, "delivered"), 1, "{seen:#}");
        }
        assert_eq!(self.upstream.sold().len(), orders.len());
    }
}

/// An upstream with so many addresses of each of these.
pub fn selling(packages: &[(&str, i64)]) -> Config {
    let number = |at| format!("{}", at + 1);
    let packages = packages.iter().enumerate();
    let packages = packages.map(|(at, (name, stock))| Package::new(number(at), *name, *stock));
    Config::with(packages.collect())
}

/// How often the order's story tells of something.
fn times_told(order: &serde_json::Value, kind: &str) -> usize {
    let timeline = order["timeline"].as_array().unwrap().iter();
    timeline.filter(|moment| moment["behind"]["kind"] == kind).count()
}
