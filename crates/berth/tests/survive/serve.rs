//! One running `berth serve`: what it says, the signals it gets, and how it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A process; killed when the test is over.
pub struct Serve {
    child: Child,
    said: watch::Receiver<Vec<String>>,
    pub url: String,
}

impl Serve {
    /// Starts it and waits until it says where it serves.
    pub async fn start(command: Command) -> Serve {
        let serve = Serve::begun(command);
        serve.opened().await.unwrap_or_else(|serve| panic!("it never served:\n{}", serve.log()))
    }

    /// The same where it may end before it serves: then it is given back as it ended.
    pub async fn try_to_start(command: Command) -> Result<Serve, Serve> {
        Serve::begun(command).opened().await
    }

    fn begun(mut command: Command) -> Serve {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (say, said) = watch::channel(Vec::new());
        std::thread::spawn(move || {
            let lines = log.lines().map_while(Result::ok);
            lines.for_each(|line| say.send_modify(|said| said.push(line)));
        });
        Serve { child, said, url: String::new() }
    }

    async fn opened(mut self) -> Result<Serve, Serve> {
        let Some(line) = self.lookup_line("serving http://").await else { return Err(self) };
        self.url = line.split_once("serving ").unwrap().1.trim_end().to_owned();
        Ok(self)
    }

    /// Where a connection to it is opened.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The first line of its log that holds these words.
    pub async fn line(&self, words: &str) -> String {
        let line = self.lookup_line(words).await;
        line.unwrap_or_else(|| panic!("no {words:?} in:\n{}", self.log()))
    }

    /// The same where it may end, or be silent for too long, without having said them.
    async fn lookup_line(&self, words: &str) -> Option<String> {
        let holds = |said: &Vec<String>| said.iter().find(|line| line.contains(words)).cloned();
        let mut said = self.said.clone();
        let told = tokio::time::timeout(PATIENCE, said.wait_for(|said| holds(said).is_some()));
        let told = matches!(told.await, Ok(Ok(_)));
        let line = holds(&self.said.borrow());
        line.filter(|_| told)
    }

    pub fn log(&self) -> String {
        self.said.borrow().join("\n")
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// How much memory it holds, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        held.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// It does nothing any more, and does not know it.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// As `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut said = self.said.clone();
        // Its log ends when it does.
        let silent = async { while said.changed().await.is_ok() {} };
        let silent = tokio::time::timeout(PATIENCE, silent).await;
        assert!(silent.is_ok(), "it does not end:\n{}", self.log());
        self.child.wait().unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("-- log of {}\n{}\n--", self.url, self.log());
        }
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
