//! How often something may be tried: a sliding window per key, in this process's memory.
//! A shop of several nodes allows as many times more; it is a brake, not a lock.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::clock::Timestamp;

/// At most `tries_max` tries per key `within` a time; remembers `keys_max` keys.
pub struct Throttle {
    tries_max: usize,
    within: Duration,
    keys_max: usize,
    tries: Mutex<HashMap<String, VecDeque<Timestamp>>>,
}

impl Throttle {
    pub fn new(tries_max: usize, within: Duration, keys_max: usize) -> Throttle {
        Throttle { tries_max, within, keys_max, tries: Mutex::default() }
    }

    /// Counts a try, or tells how long to wait before the next one.
    pub fn take(&self, key: &str, now: Timestamp) -> Result<(), Duration> {
        let mut all = self.locked();
        if !all.contains_key(key) && all.len() >= self.keys_max {
            self.make_room(&mut all, now);
        }
        let tries = all.entry(key.to_owned()).or_default();
        while tries.front().is_some_and(|at| now.since(*at) >= self.within) {
            tries.pop_front();
        }
        match tries.front() {
            Some(oldest) if tries.len() >= self.tries_max => {
                Err((*oldest + self.within).since(now))
            }
            _ => {
                tries.push_back(now);
                Ok(())
            }
        }
    }

    /// Takes back a try that was counted at `at`: it turned out to be no guess.
    pub fn give_back(&self, key: &str, at: Timestamp) {
        let mut all = self.locked();
        let Some(tries) = all.get_mut(key) else { return };
        if let Some(position) = tries.iter().rposition(|time| *time == at) {
            tries.remove(position);
        }
        if tries.is_empty() {
            all.remove(key);
        }
    }

    /// Forgets all tries of a key.
    pub fn forget(&self, key: &str) {
        self.locked().remove(key);
    }

    /// Removes keys without recent tries; if all are recent, the quarter that is quiet longest.
    fn make_room(&self, all: &mut HashMap<String, VecDeque<Timestamp>>, now: Timestamp) {
        all.retain(|_, tries| tries.back().is_some_and(|at| now.since(*at) < self.within));
        if all.len() < self.keys_max {
            return;
        }
        let mut newest: Vec<Timestamp> = all.values().filter_map(|t| t.back().copied()).collect();
        newest.sort_unstable();
        let Some(border) = newest.get(newest.len() / 4).copied() else { return };
        let mut surplus = newest.len() / 4 + 1;
        all.retain(|_, tries| {
            let goes = surplus > 0 && tries.back().is_none_or(|at| *at <= border);
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// A panic elsewhere must not open or close the door: the table is always whole.
    fn locked(&self) -> MutexGuard<'_, HashMap<String, VecDeque<Timestamp>>> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one address: a household has a whole /64 of the newer kind.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        older => older,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn three_a_minute() -> Throttle {
        Throttle::new(3, Duration::from_secs(60), 4)
    }

    #[test]
    fn the_window_slides_with_the_clock() {
        let throttle = three_a_minute();
        for second in [0, 10, 20] {
            assert_eq!(throttle.take("ada", at(second)), Ok(()));
        }
        assert_eq!(throttle.take("ada", at(30)), Err(Duration::from_secs(30)));
        assert_eq!(throttle.take("bob", at(30)), Ok(()));
        assert_eq!(throttle.take("ada", at(60)), Ok(()));
        assert_eq!(throttle.take("ada", at(61)), Err(Duration::from_secs(9)));
    }

    #[test]
    fn a_try_that_was_no_guess_does_not_count() {
        let throttle = three_a_minute();
        for second in 0..10 {
            assert_eq!(throttle.take("ada", at(second)), Ok(()));
            throttle.give_back("ada", at(second));
        }
        assert_eq!(throttle.locked().len(), 0);
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let throttle = three_a_minute();
        for number in 0..1_000 {
            assert_eq!(throttle.take(&format!("key {number}"), at(number / 100)), Ok(()));
            assert!(throttle.locked().len() <= 4);
        }
    }

    #[test]
    fn the_busiest_key_is_remembered_longest() {
        let throttle = three_a_minute();
        for second in 0..3 {
            assert_eq!(throttle.take(&format!("quiet {second}"), at(second)), Ok(()));
        }
        for second in 10..13 {
            assert_eq!(throttle.take("ada", at(second)), Ok(()));
        }
        assert_eq!(throttle.take("new", at(13)), Ok(()));
        assert!(throttle.take("ada", at(13)).is_err());
    }

    #[test]
    fn a_household_is_one_address() {
        let key = |text: &str| household(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::5"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::5"), key("2001:db8:1:3::5"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
