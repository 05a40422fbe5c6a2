//! A PostgreSQL that belongs to one test alone, so that it can be stopped under everybody's hands.
//! `cargo xtask postgres` keeps it, and takes it away when this process ends, however it does.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A running server; it goes when the test is over.
pub struct Cluster {
    keeper: Arc<Mutex<Keeper>>,
    /// Where an administrator connects.
    pub url: String,
}

struct Keeper {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    pub async fn start() -> Cluster {
        tokio::task::spawn_blocking(|| {
            let mut process = Command::new(env!("CARGO"))
                .args(["xtask", "postgres"])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let answers = BufReader::new(process.stdout.take().unwrap());
            let mut keeper = Keeper { process, answers };
            let url = keeper.answer();
            assert!(url.starts_with("postgres://"), "`cargo xtask postgres` said {url:?}");
            Cluster { keeper: Arc::new(Mutex::new(keeper)), url }
        })
        .await
        .unwrap()
    }

    /// At once, as by a crash.
    pub async fn stop(&self) {
        self.told("stop").await;
    }

    pub async fn start_again(&self) {
        self.told("start").await;
    }

    /// Returns when it is done.
    async fn told(&self, word: &'static str) {
        let keeper = self.keeper.clone();
        let telling = move || {
            let mut keeper = keeper.lock().unwrap();
            writeln!(keeper.process.stdin.as_mut().unwrap(), "{word}").unwrap();
            assert_eq!(keeper.answer(), word);
        };
        tokio::task::spawn_blocking(telling).await.unwrap();
    }
}

impl Keeper {
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}
