//! Is there room on this machine's disks, and is its clock right? Every process looks at the
//! machine that it runs on, since no other can.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::clock::Timestamp;

use crate::Engine;
use crate::error::{Error, Result};
use crate::reconcile::watch::Seen;

/// The machine under a process.
pub trait Host: Send + Sync {
    /// What it calls itself: the same after every start.
    fn name(&self) -> String;
    /// Where this process keeps files.
    fn rooms(&self) -> Vec<Room>;
}

/// A folder, and how many bytes may still be written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    pub folder: String,
    pub free: u64,
}

/// When this process looked last, since the machine was started.
#[derive(Debug, Default)]
pub(crate) struct LastLook(Mutex<Option<Duration>>);

/// Alert kinds. A machine that is gone for good says nothing more: staff end what it left.
pub(crate) const DISK: &str = "disk-nearly-full";
pub(crate) const CLOCK: &str = "clock-wrong";

/// With less than that `berth doctor` warns, too.
pub const ROOM_MIN: u64 = 1_000_000_000;
/// Many times what a question to the database takes.
const WRONG_BY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(55);

impl Engine {
    /// Looks at this machine, where it is time to; how many alerts have begun or are over.
    pub(crate) async fn watch_host(&self) -> Result<u64> {
        let Some(host) = self.parts.host.clone() else { return Ok(0) };
        if !self.last_look().is_due(self.parts.boot.since_boot()) {
            return Ok(0);
        }
        let name = host.name();
        let rooms = tokio::task::spawn_blocking(move || host.rooms()).await;
        let rooms = rooms.map_err(|error| Error::Bug(format!("looking at disks: {error}")))?;
        let clock = self.parts.clock.clone();
        let times = self.db().read(move |tx| {
            let before = clock.now();
            let theirs = tx.now()?;
            Ok::<_, Error>((before, theirs, clock.now()))
        });
        let clock = clock_text(&name, times.await?);
        let disk = disk_text(&name, &rooms);
        let seen = |kind, text| Seen { kind, subject: name.clone(), text };
        self.tell_seen(vec![seen(DISK, disk), seen(CLOCK, clock)]).await
    }
}

impl LastLook {
    fn is_due(&self, now: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| now.saturating_sub(last) >= LOOK_EVERY);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

fn disk_text(name: &str, rooms: &[Room]) -> Option<String> {
    let Room { folder, free } = rooms.iter().min_by_key(|room| room.free)?;
    let left = free / 1_000_000;
    (*free < ROOM_MIN).then(|| {
        format!("{left} MB are left in {folder} on {name}: without room no order is worked on")
    })
}

/// The database was asked between the two moments of the process.
fn clock_text(
    name: &str,
    (before, theirs, after): (Timestamp, Timestamp, Timestamp),
) -> Option<String> {
    let (ahead, behind) = (before.since(theirs), theirs.since(after));
    let (by, way) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    (by > WRONG_BY).then(|| {
        format!("the clock of {name} is {} s {way} the database's: set it by NTP", by.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use domain::clock::Clock;

    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::TestEngine;

    struct Web1(AtomicU64);

    impl Host for Web1 {
        fn name(&self) -> String {
            "web1".to_owned()
        }

        fn rooms(&self) -> Vec<Room> {
            let room = |folder: &str, free| Room { folder: folder.to_owned(), free };
            vec![room("/var", 90_000_000_000), room("/srv", self.0.load(Ordering::SeqCst))]
        }
    }

    /// A clock beside the database's.
    struct Beside(AtomicI64);

    impl Clock for Beside {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::SeqCst))
        }
    }

    async fn told(engine: &Engine, kind: &str) -> Option<String> {
        engine.sweep().await.unwrap();
        let kind = kind.to_owned();
        let open = engine.db().read(move |tx| tx.open_alert(&kind, "web1")).await.unwrap();
        open.map(|alert| alert.text)
    }

    #[tokio::test]
    async fn a_machine_without_room_or_with_a_wrong_clock_is_told_until_it_is_mended() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let host = Arc::new(Web1(AtomicU64::new(999_999_999)));
            let clock = Arc::new(Beside(AtomicI64::new(test.now().await.as_micros())));
            let mut parts = (*shop.engine.parts).clone();
            parts.host = Some(host.clone());
            parts.clock = clock.clone();
            let engine = Engine::new(parts);

            let full = "999 MB are left in /srv on web1: without room no order is worked on";
            assert_eq!(told(&engine, DISK).await.as_deref(), Some(full));
            assert_eq!(told(&engine, CLOCK).await, None);

            host.0.store(ROOM_MIN, Ordering::SeqCst);
            assert_eq!(told(&engine, DISK).await.as_deref(), Some(full), "once in a minute");
            let minute = Duration::from_secs(60);
            for (off, way) in [(3_600, "ahead of"), (-3_600, "behind")] {
                shop.clock.step(minute);
                let now = test.now().await.as_micros();
                clock.0.store(now + off * 1_000_000, Ordering::SeqCst);
                let text = told(&engine, CLOCK).await.unwrap();
                assert!(text.starts_with("the clock of web1 is 3"), "{text}");
                assert!(text.contains(way), "{text}");
                assert_eq!(told(&engine, DISK).await, None);
                shop.clock.step(minute);
                clock.0.store(test.now().await.as_micros(), Ordering::SeqCst);
                assert_eq!(told(&engine, CLOCK).await, None);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_machine_left_that_is_gone_is_ended_by_hand() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let mut parts = (*shop.engine.parts).clone();
            parts.host = Some(Arc::new(Web1(AtomicU64::new(0))));
            let gone = Engine::new(parts);
            assert!(told(&gone, DISK).await.is_some());
            shop.engine.settle_alert((DISK, "web1"), "it was given back", "sue").await.unwrap();
            shop.engine.sweep().await.unwrap();
            let open = shop.engine.db().read(|tx| tx.open_alert(DISK, "web1")).await.unwrap();
            assert_eq!(open, None);
        })
        .await;
    }
}
