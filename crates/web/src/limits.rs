//! How often one account or one address may ask: wide, against loops gone wild. And how much is
//! worked on at once, whoever asks: what is more is turned away before it costs anything.
//! Not for guesses at passwords: the engine counts those itself, and strictly.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::AccountId;
use engine::throttle::household;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Requests that come at once, and how many more each second allows. A script that places a
/// hundred orders a minute, or a busy office behind one address, never meets them.
const ACCOUNT: Rate = Rate { at_once: 20_000, each_second: 2_000 };
const ADDRESS: Rate = Rate { at_once: 6_000, each_second: 600 };
/// So many are remembered at once: a few megabytes.
const KEYS_MAX: usize = 50_000;
/// So many requests are worked on at once: workers queue at the database behind no more than these.
const AT_ONCE_MAX: usize = 64;
/// So many more wait for a place, as a rush of customers does, and not for longer than this.
const WAITING_MAX: usize = 192;
const WAITS: Duration = Duration::from_secs(5);
/// So many bytes of requests are held at once, however many send them and however slowly.
const BYTES_MAX: usize = 64 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
struct Rate {
    at_once: u64,
    each_second: u64,
}

/// What is left of a bucket, in thousandths, at a moment.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left_milli: u64,
    at: Timestamp,
}

struct Buckets<K> {
    rate: Rate,
    known: Mutex<HashMap<K, Bucket>>,
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(rate: Rate) -> Buckets<K> {
        Buckets { rate, known: Mutex::default() }
    }

    /// Takes one, or tells how long to wait for the next.
    fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let Rate { at_once, each_second } = self.rate;
        let mut known = self.locked();
        if known.len() >= KEYS_MAX && !known.contains_key(&key) {
            // Whoever is full again needs no bucket; if all are busy, forgetting them is kinder
            // than refusing somebody new.
            known.retain(|_, bucket| {
                Buckets::<K>::refilled(self.rate, *bucket, now) < at_once * 1_000
            });
            if known.len() >= KEYS_MAX {
                known.clear();
            }
        }
        let bucket = known.entry(key).or_insert(Bucket { left_milli: at_once * 1_000, at: now });
        let left = Buckets::<K>::refilled(self.rate, *bucket, now);
        let Some(rest) = left.checked_sub(1_000) else {
            return Err(Duration::from_millis((1_000 - left).div_ceil(each_second)));
        };
        *bucket = Bucket { left_milli: rest, at: now.max(bucket.at) };
        Ok(())
    }

    fn refilled(rate: Rate, bucket: Bucket, now: Timestamp) -> u64 {
        let passed_ms = u64::try_from(now.since(bucket.at).as_millis()).unwrap_or(u64::MAX);
        let more = passed_ms.saturating_mul(rate.each_second);
        bucket.left_milli.saturating_add(more).min(rate.at_once * 1_000)
    }

    /// A panic elsewhere must not close the shop: the table is always whole.
    fn locked(&self) -> MutexGuard<'_, HashMap<K, Bucket>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The buckets of this process, and its places.
pub(crate) struct Limits {
    accounts: Buckets<AccountId>,
    addresses: Buckets<IpAddr>,
    line: Arc<Semaphore>,
    places: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

/// A place in the shop, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _in_line: OwnedSemaphorePermit,
    _at_work: OwnedSemaphorePermit,
}

/// Room for a body, until it is dropped.
pub(crate) type Room = OwnedSemaphorePermit;

impl Limits {
    pub fn new() -> Limits {
        Limits {
            accounts: Buckets::new(ACCOUNT),
            addresses: Buckets::new(ADDRESS),
            line: Arc::new(Semaphore::new(AT_ONCE_MAX + WAITING_MAX)),
            places: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            bytes: Arc::new(Semaphore::new(BYTES_MAX)),
        }
    }

    /// A place for one request to be worked on, waited for where the line is short enough.
    pub async fn place(&self) -> Result<Place, Problem> {
        let full = |_| Problem::overloaded();
        let in_line = self.line.clone().try_acquire_owned().map_err(full)?;
        let waiting = tokio::time::timeout(WAITS, self.places.clone().acquire_owned());
        match waiting.await {
            Ok(Ok(at_work)) => Ok(Place { _in_line: in_line, _at_work: at_work }),
            _ => Err(Problem::overloaded()),
        }
    }

    /// Room for so many more bytes of a body.
    pub fn room(&self, bytes: usize) -> Result<Room, Problem> {
        let bytes = u32::try_from(bytes).map_err(|_| Problem::overloaded())?;
        let room = self.bytes.clone().try_acquire_many_owned(bytes);
        room.map_err(|_| Problem::overloaded())
    }

    pub fn count_account(&self, account: &AccountId, now: Timestamp) -> Result<(), Problem> {
        self.accounts.take(account.clone(), now).map_err(too_many)
    }

    pub fn count_address(&self, address: IpAddr, now: Timestamp) -> Result<(), Problem> {
        self.addresses.take(household(address), now).map_err(too_many)
    }
}

fn too_many(wait: Duration) -> Problem {
    // Never "at once": a part of a second counts as a whole one.
    Problem::too_many("too many requests; slow down and try again", wait.as_secs() + 1)
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    const RATE: Rate = Rate { at_once: 3, each_second: 2 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(RATE);
        for _ in 0..3 {
            assert_eq!(buckets.take("ada", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("ada", at(0)), Err(Duration::from_millis(500)));
        assert_eq!(buckets.take("ada", at(400)), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take("bob", at(400)), Ok(()));
        assert_eq!(buckets.take("ada", at(500)), Ok(()));
        assert!(buckets.take("ada", at(500)).is_err());
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_away() {
        let buckets = Buckets::new(RATE);
        for _ in 0..3 {
            assert_eq!(buckets.take("ada", at(10_000)), Ok(()));
        }
        assert!(buckets.take("ada", at(1)).is_err());
        assert!(buckets.take("ada", at(10_001)).is_err());
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let buckets = Buckets::new(RATE);
        for number in 0..KEYS_MAX + 10 {
            assert_eq!(buckets.take(number, at(0)), Ok(()));
        }
        assert!(buckets.locked().len() <= KEYS_MAX);
    }

    #[tokio::test]
    async fn a_line_that_is_full_turns_away_and_moves_on() {
        let limits = Limits::new();
        let at_work = join_all((0..AT_ONCE_MAX).map(|_| limits.place())).await;
        let waiting = (0..WAITING_MAX).map(|_| async { limits.place().await.map(drop) });
        let one_more = async {
            let refused = limits.place().await.map(drop).unwrap_err();
            drop(at_work);
            refused.slug()
        };
        // The line is asked first: whoever comes after it finds it full.
        let (waited, refused) = futures_util::join!(join_all(waiting), one_more);
        assert_eq!(refused, "overloaded");
        assert!(waited.iter().all(Result::is_ok), "{waited:?}");
    }

    #[test]
    fn room_is_given_back() {
        let limits = Limits::new();
        let room = limits.room(BYTES_MAX - 1).unwrap();
        assert_eq!(limits.room(2).map(drop).unwrap_err().slug(), "overloaded");
        drop(room);
        assert!(limits.room(BYTES_MAX).is_ok());
    }

    #[test]
    fn a_hundred_orders_a_minute_never_meet_the_limit() {
        let buckets = Buckets::new(ADDRESS);
        for order in 0..10_000 {
            for _ in 0..5 {
                assert_eq!(buckets.take("script", at(order * 600)), Ok(()));
            }
        }
    }
}
