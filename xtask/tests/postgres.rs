//! The private PostgreSQL is really started here, and must leave nothing behind.
//! End of output is the signal that the keeper has ended too: it writes to the same stderr.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

struct Started {
    command: Child,
    answers: BufReader<ChildStdout>,
    port: u16,
}

fn start() -> Started {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let mut answers = BufReader::new(command.stdout.take().unwrap());
    answers.read_line(&mut url).unwrap();
    let port = url.trim().strip_prefix("postgres://postgres@127.0.0.1:");
    let port = port.and_then(|rest| rest.strip_suffix("/postgres"));
    let port = port.and_then(|port| port.parse().ok());
    let port = port.unwrap_or_else(|| panic!("not the URL of a server: {url:?}"));
    Started { command, answers, port }
}

impl Started {
    fn answers(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// Has a word carried out; returns when it is.
    fn told(&mut self, word: &str) {
        writeln!(self.command.stdin.as_mut().unwrap(), "{word}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), word);
    }

    /// Waits until nobody can write to stderr any more: not the command, not its keeper.
    fn wait_for_all(&mut self) -> String {
        let mut said = String::new();
        self.command.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.command.wait().unwrap();
        said
    }
}

#[test]
fn a_private_server_answers_until_its_input_closes() {
    let mut started = start();
    assert!(started.answers());
    drop(started.command.stdin.take());
    let said = started.wait_for_all();
    assert!(!started.answers());
    assert!(said.contains("export BERTH_TEST_POSTGRES="), "{said}");
    assert!(!said.contains("was not"), "{said}");
}

#[test]
fn a_server_stops_and_starts_as_it_is_told() {
    let mut started = start();
    for _ in 0..2 {
        started.told("stop");
        assert!(!started.answers());
        started.told("start");
        assert!(started.answers());
    }
    started.told("stop");
    drop(started.command.stdin.take());
    let said = started.wait_for_all();
    assert!(!said.contains("was not"), "{said}");
}

#[test]
fn a_killed_command_leaves_no_server_behind() {
    let mut started = start();
    assert!(started.answers());
    started.command.kill().unwrap();
    let said = started.wait_for_all();
    assert!(!started.answers());
    assert!(!said.contains("was not"), "{said}");
}
