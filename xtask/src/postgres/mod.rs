//! `cargo xtask postgres`: a private PostgreSQL for tests, which leaves nothing behind.
//! The server belongs to a *keeper*: a second process of this program, outside the terminal's
//! process group. When the pipe to it closes, for whatever reason (done, Ctrl-C, panic, kill -9),
//! the keeper stops the server and removes its folder.

mod binaries;
mod cluster;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

pub use cluster::is_root;
use cluster::{Cluster, Durability};

/// Where tests find the server. Given from outside it is used as it is.
pub const ENV: &str = "BERTH_TEST_POSTGRES";

/// The command line word by which this program starts itself as the keeper.
pub const KEEPER: &str = "postgres-keeper";

/// A server that tests may use until this value is dropped.
pub enum Postgres {
    Given { url: String },
    Kept { url: String, keeper: Keeper },
}

/// The other process, and what it answers.
pub struct Keeper {
    process: Child,
    answers: BufReader<ChildStdout>,
}

/// What a keeper does while its input is open, by the words that are sent to it.
const STOP: &str = "stop";
const START: &str = "start";

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
        let mut process = Command::new(this_program()?)
            .args([KEEPER, durability.word()])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the keeper of PostgreSQL")?;
        let answers = process.stdout.take().context("the keeper of PostgreSQL cannot answer")?;
        let mut keeper = Keeper { process, answers: BufReader::new(answers) };
        let url = keeper.answer()?;
        if url.is_empty() {
            let status = keeper.process.wait()?;
            bail!("PostgreSQL did not start ({status}); the reason stands above");
        }
        Ok(Postgres::Kept { url, keeper })
    }

    /// Has `stop` or `start` done; returns when it is.
    fn order(&mut self, word: &str) -> Result<()> {
        let Postgres::Kept { keeper, .. } = self else {
            bail!("a server that was given is not ours to {word}")
        };
        let told = keeper.process.stdin.as_mut().context("the keeper does not listen")?;
        writeln!(told, "{word}").context("the keeper of PostgreSQL is gone")?;
        match keeper.answer()?.as_str() {
            answer if answer == word => Ok(()),
            _ => bail!("PostgreSQL did not {word}; the reason stands above"),
        }
    }

    /// Where an administrator connects; tests make their own databases there.
    pub fn url(&self) -> &str {
        match self {
            Postgres::Given { url } | Postgres::Kept { url, .. } => url,
        }
    }
}

impl Keeper {
    /// One line; nothing when it has ended.
    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).context("the keeper cannot be read")?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Postgres::Kept { keeper, .. } = self {
            drop(keeper.process.stdin.take());
            // Nothing sensible is left to do when waiting fails: the keeper ends by itself.
            let _ = keeper.process.wait();
        }
    }
}

/// `cargo xtask postgres [--durable]`: starts, prints the URL, waits for Ctrl-C or end of input.
/// Until then it does what its input says, and says that word when it is done.
pub fn run(options: &[String]) -> Result<()> {
    let durability = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Durability::ForTests,
        ["--durable"] => Durability::Full,
        _ => bail!("usage: cargo xtask postgres [--durable]"),
    };
    let mut postgres = Postgres::start(durability)?;
    println!("{}", postgres.url());
    eprintln!("It stops, and is removed, at Ctrl-C or when this input closes. In another window:");
    eprintln!("  export {ENV}={}", postgres.url());
    eprintln!("Type `{STOP}` to stop it as a crash would, `{START}` to start it again.");
    orders(|word| postgres.order(word))
}

/// The keeper's whole life: `xtask postgres-keeper <durability> <folder of the binaries>`.
pub fn keep(options: &[String]) -> Result<()> {
    let [durability, folder] = options else { bail!("{KEEPER} is started by xtask itself") };
    let cluster = Cluster::start(Path::new(folder), Durability::read(durability)?)?;
    println!("{}", cluster.url());
    orders(|word| if word == STOP { cluster.stop() } else { cluster.start_again() })
}

/// Carries out each line of the input, and answers with the same word.
fn orders(mut carry_out: impl FnMut(&str) -> Result<()>) -> Result<()> {
    for line in std::io::stdin().lines() {
        let line = line.context("cannot read the input")?;
        let word = line.trim();
        if word != STOP && word != START {
            eprintln!("{word:?} is neither `{STOP}` nor `{START}`");
            continue;
        }
        carry_out(word)?;
        println!("{word}");
    }
    Ok(())
}

/// This very program, even when a build has replaced its file meanwhile.
fn this_program() -> Result<PathBuf> {
    let linux = PathBuf::from("/proc/self/exe");
    if linux.exists() { Ok(linux) } else { Ok(std::env::current_exe()?) }
}
