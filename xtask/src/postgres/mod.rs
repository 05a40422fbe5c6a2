//! `cargo xtask postgres`: a private PostgreSQL for tests, which leaves nothing behind.
//! The server belongs to a *keeper*: a second process of this program, outside the terminal's
//! process group. When the pipe to it closes, for whatever reason (done, Ctrl-C, panic, kill -9),
//! the keeper stops the server and removes its folder.

mod binaries;
mod cluster;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use cluster::{Cluster, Durability};

/// Where tests find the server. Given from outside it is used as it is.
pub const ENV: &str = "BERTH_TEST_POSTGRES";

/// The command line word by which this program starts itself as the keeper.
pub const KEEPER: &str = "postgres-keeper";

/// A server that tests may use until this value is dropped.
pub enum Postgres {
    Given { url: String },
    Kept { url: String, keeper: Child },
}

impl Postgres {
    /// Takes the server named by the environment, or starts one that forgets on a power cut.
    pub fn for_tests() -> Result<Postgres> {
        match std::env::var(ENV) {
            Ok(url) if !url.is_empty() => Ok(Postgres::Given { url }),
            _ => Postgres::start(Durability::ForTests),
        }
    }

    /// Starts one that keeps what it says was kept, as a shop's own would.
    pub fn durable() -> Result<Postgres> {
        Postgres::start(Durability::Full)
    }

    fn start(durability: Durability) -> Result<Postgres> {
        let folder = binaries::find_or_install()?;
        let mut keeper = Command::new(this_program()?)
            .args([KEEPER, durability.word()])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the keeper of PostgreSQL")?;
        let mut url = String::new();
        if let Some(answer) = keeper.stdout.take() {
            BufReader::new(answer).read_line(&mut url)?;
        }
        let url = url.trim().to_owned();
        if url.is_empty() {
            let status = keeper.wait()?;
            bail!("PostgreSQL did not start ({status}); the reason stands above");
        }
        Ok(Postgres::Kept { url, keeper })
    }

    /// Where an administrator connects; tests make their own databases there.
    pub fn url(&self) -> &str {
        match self {
            Postgres::Given { url } | Postgres::Kept { url, .. } => url,
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Postgres::Kept { keeper, .. } = self {
            drop(keeper.stdin.take());
            // Nothing sensible is left to do when waiting fails: the keeper ends by itself.
            let _ = keeper.wait();
        }
    }
}

/// `cargo xtask postgres [--durable]`: starts, prints the URL, waits for Ctrl-C or end of input.
pub fn run(options: &[String]) -> Result<()> {
    let durability = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Durability::ForTests,
        ["--durable"] => Durability::Full,
        _ => bail!("usage: cargo xtask postgres [--durable]"),
    };
    let postgres = Postgres::start(durability)?;
    println!("{}", postgres.url());
    eprintln!("It stops, and is removed, at Ctrl-C or when this input closes. In another window:");
    eprintln!("  export {ENV}={}", postgres.url());
    wait_for_end_of_input()
}

/// The keeper's whole life: `xtask postgres-keeper <durability> <folder of the binaries>`.
pub fn keep(options: &[String]) -> Result<()> {
    let [durability, folder] = options else { bail!("{KEEPER} is started by xtask itself") };
    let cluster = Cluster::start(Path::new(folder), Durability::read(durability)?)?;
    println!("{}", cluster.url());
    wait_for_end_of_input()
}

fn wait_for_end_of_input() -> Result<()> {
    let mut ignored = [0_u8; 256];
    while std::io::stdin().read(&mut ignored).context("cannot read the input")? > 0 {}
    Ok(())
}

/// This very program, even when a build has replaced its file meanwhile.
fn this_program() -> Result<PathBuf> {
    let linux = PathBuf::from("/proc/self/exe");
    if linux.exists() { Ok(linux) } else { Ok(std::env::current_exe()?) }
}
