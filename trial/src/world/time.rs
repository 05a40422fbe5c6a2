//! The world's time: the runtime's, which stands still until every task waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use tokio::time::Instant;
use upstream::BootClock;

/// Friday, 15 January 2027, 10:00 in UTC: when every world begins.
pub const BEGINNING_MS: i64 = 1_800_007_200_000;

/// Time as the whole world agrees on it, and as its database tells it.
pub struct Time {
    began: Instant,
    /// Only this thread may ask the runtime; others are told what it heard last.
    thread: ThreadId,
    heard: AtomicI64,
    /// What the last look showed: no two are alike, and they are never far from the runtime's.
    shown: AtomicI64,
}

impl Time {
    /// Begins now; inside the runtime of the world.
    pub fn begin() -> Arc<Time> {
        let (heard, shown) = (AtomicI64::new(0), AtomicI64::new(0));
        Arc::new(Time { began: Instant::now(), thread: std::thread::current().id(), heard, shown })
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Looks at the runtime's time, for those who may not.
    pub fn hear(&self) {
        if std::thread::current().id() == self.thread {
            let elapsed = i64::try_from(self.elapsed().as_micros()).unwrap_or(i64::MAX);
            self.heard.store(elapsed, Ordering::SeqCst);
        }
    }

    fn micros(&self) -> i64 {
        self.hear();
        let heard = self.heard.load(Ordering::SeqCst);
        let later = |shown: i64| heard.max(shown + 1);
        let set = Ordering::SeqCst;
        later(self.shown.fetch_update(set, set, |shown| Some(later(shown))).unwrap_or(heard))
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(BEGINNING_MS * 1_000 + self.micros())
    }

    fn is_movable(&self) -> bool {
        true
    }

    fn is_the_only_one(&self) -> bool {
        true
    }
}

/// One machine's clock, which may be wrong.
pub struct Skewed {
    pub time: Arc<Time>,
    pub ahead_ms: AtomicI64,
}

impl Skewed {
    pub fn of(time: Arc<Time>) -> Skewed {
        Skewed { time, ahead_ms: AtomicI64::new(0) }
    }
}

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead_ms.load(Ordering::SeqCst) * 1_000;
        Timestamp::from_micros(self.time.now().as_micros() + ahead)
    }
}

impl BootClock for Time {
    fn since_boot(&self) -> Duration {
        // A machine has been up for a while when a program starts on it.
        self.elapsed() + Duration::from_secs(1_000)
    }
}
