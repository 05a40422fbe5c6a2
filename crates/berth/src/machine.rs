//! The machine itself: clocks, randomness, open files, name and disks. The only place that asks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::Chance;
use engine::host::{Host, Room};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use upstream::BootClock;

/// The machine's clock, random numbers and time since boot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Clock for Machine {
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everybody is given")]
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

impl Chance for Machine {
    #[allow(clippy::disallowed_methods, reason = "this is the chance that everybody is given")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without random numbers there are no ids and no secrets: nothing may go on.
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the machine gives no random numbers: {error}");
        }
    }
}

impl BootClock for Machine {
    /// Runs on through SIGSTOP and suspend, unlike the monotonic clock.
    fn since_boot(&self) -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
        Duration::new(seconds, nanos)
    }
}

/// This machine, and where the process writes on it.
pub struct Here {
    pub folders: Vec<PathBuf>,
}

impl Host for Here {
    fn name(&self) -> String {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }

    /// A folder whose disk says nothing is left out.
    fn rooms(&self) -> Vec<Room> {
        let room = |folder: &PathBuf| {
            let free = free(folder)?;
            Some(Room { folder: folder.display().to_string(), free })
        };
        self.folders.iter().filter_map(room).collect()
    }
}

/// How many bytes may still be written there, where the disk says so.
pub fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// How many files this process may open, once it has asked for all that it may have.
pub fn open_files_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let may = if setrlimit(Resource::Nofile, all).is_ok() { limit.maximum } else { limit.current };
    // Without a limit there are as many as anybody wants.
    may.map_or(usize::MAX, |may| usize::try_from(may).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_boot_goes_forward() {
        let first = Machine.since_boot();
        assert!(Machine.since_boot() >= first);
        assert!(first > Duration::ZERO);
    }

    #[test]
    fn a_machine_has_a_name_and_tells_of_its_disks() {
        let here = Here { folders: vec!["/".into(), "/no/such/folder".into()] };
        assert!(!here.name().is_empty());
        let rooms = here.rooms();
        assert_eq!(rooms.len(), 1, "{rooms:?}");
        assert!(rooms[0].folder == "/" && rooms[0].free > 0);
    }

    #[test]
    fn two_draws_of_chance_differ() {
        let (mut one, mut two) = ([0; 16], [0; 16]);
        Machine.fill(&mut one);
        Machine.fill(&mut two);
        assert_ne!(one, two);
    }
}
