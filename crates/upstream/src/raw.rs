//! For tests: a server of plain bytes in a thread of its own, that takes one caller and does to
//! it what a test says; and a boot clock moved by hand. Not a simulator of anybody.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{BootClock, Guard};

/// A server that takes one caller.
pub struct Raw {
    pub address: SocketAddr,
    listener: TcpListener,
    thread: JoinHandle<Vec<u8>>,
}

impl Raw {
    /// Takes one caller and does with it what `script` says; the script returns what it heard.
    pub fn start(script: impl FnOnce(TcpStream) -> Vec<u8> + Send + 'static) -> Raw {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let door = listener.try_clone().unwrap();
        let thread = std::thread::spawn(move || script(door.accept().unwrap().0));
        Raw { address, listener, thread }
    }

    /// Reads one request, answers with these bytes and hangs up.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Raw {
        let answer = answer.into();
        Raw::start(move |mut caller| {
            let request = read_request(&mut caller);
            // A client that has heard enough may be gone.
            drop(caller.write_all(&answer));
            request
        })
    }

    /// Takes a caller, says nothing and keeps what comes until the caller hangs up.
    pub fn listening() -> Raw {
        Raw::start(|mut caller| read_to_end(&mut caller))
    }

    /// What the script heard; waits for its end.
    pub fn heard(self) -> Vec<u8> {
        self.thread.join().unwrap()
    }

    /// What the script heard, as text; and nobody called a second time.
    pub fn heard_once(self) -> String {
        let heard = self.thread.join().unwrap();
        self.listener.set_nonblocking(true).unwrap();
        let second = self.listener.accept().map(|_| ()).map_err(|error| error.kind());
        assert_eq!(second, Err(ErrorKind::WouldBlock), "there was a second call");
        String::from_utf8(heard).unwrap()
    }
}

/// Reads one request: its head, and as much body as the head announces.
pub fn read_request(caller: &mut impl Read) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut byte = [0];
    while !heard.ends_with(b"\r\n\r\n") && caller.read(&mut byte).unwrap_or(0) == 1 {
        heard.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&heard).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    caller.read_exact(&mut body).unwrap();
    heard.extend(body);
    heard
}

/// Reads until the caller hangs up, in whatever manner.
pub fn read_to_end(caller: &mut impl Read) -> Vec<u8> {
    let mut heard = Vec::new();
    drop(caller.read_to_end(&mut heard));
    heard
}

/// A whole answer with its length announced.
pub fn answer(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Word\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A boot clock that a test moves.
#[derive(Default)]
pub struct HandClock(AtomicU64);

impl HandClock {
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl BootClock for HandClock {
    fn since_boot(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A guard by a clock that stands still, with time enough to hear an answer.
pub fn guard() -> Guard {
    guard_by(Arc::new(HandClock::default()))
}

pub fn guard_by(boot: Arc<HandClock>) -> Guard {
    Guard {
        asked_at: boot.since_boot(),
        boot,
        patience: Duration::from_secs(5),
        listen_for: Duration::from_secs(20),
    }
}

/// A guard that gives up listening soon.
pub fn impatient() -> Guard {
    Guard { listen_for: Duration::from_millis(50), ..guard() }
}
