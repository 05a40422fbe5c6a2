//! The machine's own clocks and chance, as the program itself uses them.

use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::Chance;
use upstream::BootClock;

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
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the machine gives no random numbers: {error}");
        }
    }
}

impl BootClock for Machine {
    fn since_boot(&self) -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
    }
}
