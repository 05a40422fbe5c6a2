//! One private PostgreSQL cluster: made in a temporary folder, on a loopback port, then removed.
//! Only the keeper process makes one; everybody else talks to the keeper.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// Another process may take the free port before the server does; more than this is no chance.
const PORT_TRIES_MAX: u32 = 5;

/// What a commit promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// Survives a power cut: for measuring.
    Full,
    /// Survives a killed process but not a power cut, and so does not wait for the disk.
    ForTests,
}

impl Durability {
    pub fn word(self) -> &'static str {
        match self {
            Durability::Full => "durable",
            Durability::ForTests => "quick",
        }
    }

    pub fn read(word: &str) -> Result<Durability> {
        let known = [Durability::Full, Durability::ForTests];
        let found = known.into_iter().find(|durability| durability.word() == word);
        found.with_context(|| format!("no durability is called {word:?}"))
    }

    fn settings(self) -> &'static str {
        match self {
            Durability::Full => "fsync = on\n",
            Durability::ForTests => "fsync = off\nfull_page_writes = off\n",
        }
    }
}

/// The user who owns the server's files; the server refuses to run as root.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

/// A running server, stopped and removed with this value.
pub struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    owner: Option<Owner>,
    port: u16,
}

impl Cluster {
    pub fn start(binaries: &Path, durability: Durability) -> Result<Cluster> {
        let owner = owner()?;
        let folder = new_folder(owner)?;
        // From here on dropping the value removes the folder, also when a step below fails.
        let mut cluster = Cluster { binaries: binaries.to_owned(), folder, owner, port: 0 };
        cluster.init(durability)?;
        for _ in 0..PORT_TRIES_MAX {
            cluster.port = free_port()?;
            if cluster.launch()? {
                return Ok(cluster);
            }
        }
        bail!("no free port was left for PostgreSQL after {PORT_TRIES_MAX} tries")
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// As a crash: what was committed is in the log, and nothing is tidied up.
    pub fn stop(&self) -> Result<()> {
        let status = self.ended_at_once().context("cannot start pg_ctl")?;
        if self.is_running() {
            bail!("PostgreSQL was not stopped ({status})");
        }
        Ok(())
    }

    /// Where it was before; whoever took its port meanwhile is in the way.
    pub fn start_again(&self) -> Result<()> {
        if !self.launch()? {
            bail!("somebody took port {} of PostgreSQL meanwhile", self.port);
        }
        Ok(())
    }

    fn ended_at_once(&self) -> std::io::Result<ExitStatus> {
        self.program("pg_ctl")
            .args(["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    }

    fn is_running(&self) -> bool {
        self.data().join("postmaster.pid").exists()
    }

    fn init(&self, durability: Durability) -> Result<()> {
        let made = self
            .program("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--pgdata"])
            .arg(self.data())
            .output()
            .context("cannot start initdb")?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim());
        }
        let mut settings = OpenOptions::new()
            .append(true)
            .open(self.data().join("postgresql.conf"))
            .context("initdb left no postgresql.conf")?;
        settings.write_all(self.settings(durability).as_bytes())?;
        Ok(())
    }

    fn settings(&self, durability: Durability) -> String {
        format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\n\
             max_connections = 400\nsynchronous_commit = on\n{}",
            self.folder.display(),
            durability.settings()
        )
    }

    /// Starts the server on the chosen port; `false` when somebody else took the port first.
    fn launch(&self) -> Result<bool> {
        let log = self.folder.join("log");
        let status = self
            .program("pg_ctl")
            .args(["start", "--wait", "--silent", "--timeout=60", "--pgdata"])
            .arg(self.data())
            .args(["--options", &format!("-p {}", self.port), "--log"])
            .arg(&log)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("cannot start pg_ctl")?;
        if status.success() {
            return Ok(true);
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        if said.contains("Address already in use") {
            return Ok(false);
        }
        bail!("PostgreSQL did not start; its log says:\n{said}")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.current_dir(&self.folder).stdin(Stdio::null());
        // Settings of the caller's own server must not reach this one.
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("PG") {
                command.env_remove(variable);
            }
        }
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The data is thrown away, so there is nothing to write down before stopping.
        let stopped = self.ended_at_once();
        if self.is_running() {
            eprintln!("PostgreSQL in {} was not stopped: {stopped:?}", self.folder.display());
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} was not removed: {error}", self.folder.display());
        }
    }
}

pub fn is_root() -> bool {
    id(&["-u"]) == Some(0)
}

/// Who the server runs as: root steps down to a lesser user, everybody else stays.
fn owner() -> Result<Option<Owner>> {
    if !is_root() {
        return Ok(None);
    }
    let found = ["postgres", "nobody"]
        .iter()
        .find_map(|name| Some(Owner { user: id(&["-u", name])?, group: id(&["-g", name])? }));
    let owner = found.context(
        "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody; \
         run this as an ordinary user",
    )?;
    Ok(Some(owner))
}

fn id(arguments: &[&str]) -> Option<u32> {
    let answer = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8_lossy(&answer.stdout).trim().parse().ok()
}

fn new_folder(owner: Option<Owner>) -> Result<PathBuf> {
    // A lesser user may be unable to reach root's own temporary folder.
    let parent = if owner.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
    let folder = parent.join(format!("berth-postgres-{}", std::process::id()));
    DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    if let Some(owner) = owner {
        chown(&folder, Some(owner.user), Some(owner.group))
            .with_context(|| format!("cannot give away {}", folder.display()))?;
    }
    Ok(folder)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_durability_reads_back_from_its_word() {
        for durability in [Durability::Full, Durability::ForTests] {
            assert_eq!(Durability::read(durability.word()).unwrap(), durability);
        }
        assert!(Durability::read("maybe").is_err());
    }

    #[test]
    fn two_free_ports_are_free_to_use() {
        assert_ne!(free_port().unwrap(), 0);
    }
}
