//! How much is asked for, and what the seed chooses of it.

use std::time::Duration;

use sim::chance::Chance;
use sim::{gateway, smartvps};

/// One run. `cargo xtask chaos` sets the variables; the test run goes by what stands here.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub orders: usize,
    /// So long customers come and things break.
    pub lasts: Duration,
    pub customers: usize,
}

const ORDERS: &str = "CHAOS_ORDERS";
const SECONDS: &str = "CHAOS_SECONDS";
const SEED: &str = "CHAOS_SEED";

impl Plan {
    pub fn asked() -> Plan {
        Plan {
            seed: asked(SEED).unwrap_or(1),
            orders: asked(ORDERS).unwrap_or(150),
            lasts: Duration::from_secs(asked(SECONDS).unwrap_or(36)),
            customers: 300,
        }
    }

    /// Each actor has a chance of its own, so that none waits for another to choose.
    pub fn chance(&self, actor: u64) -> Chance {
        Chance::seeded(self.seed ^ actor.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// How often open payments are asked for: no more of them in a second than a shop is used to.
    pub fn poll_every(&self) -> String {
        format!("{}s", 5 + self.orders / 200)
    }

    /// When the customer of this number comes.
    pub fn arrives(&self, number: usize) -> Duration {
        self.lasts.mul_f64(number as f64 / self.orders as f64)
    }
}

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    let given = std::env::var(name).ok()?;
    Some(given.parse().unwrap_or_else(|_| panic!("{name} is no number: {given:?}")))
}

/// What the upstream does instead of what it was asked, in so many of a thousand cases.
pub fn lies() -> Vec<(smartvps::Op, u32, smartvps::Lie)> {
    use smartvps::{Answer, Deed, Lie, Op};
    vec![
        (Op::Buyvps, 10, Lie::answering(Answer::Lost)),
        (Op::Buyvps, 5, Lie::answering(Answer::Reset)),
        (Op::Buyvps, 5, Lie::answering(Answer::Lost).without_the_deed()),
        (Op::Buyvps, 5, Lie::answering(Answer::Html)),
        (Op::Buyvps, 5, Lie::answering(Answer::Truncated)),
        (Op::Buyvps, 5, Lie::answering(Answer::Hang)),
        (Op::Buyvps, 20, Lie::slow(3_000)),
        // Past the deadline, and before the end of the tail.
        (Op::Buyvps, 5, Lie::slow(18_000)),
        (Op::Buyvps, 10, Lie::of(Deed::Fallback)),
        (Op::Buyvps, 10, Lie::of(Deed::Refuse)),
        (Op::Buyvps, 5, Lie::of(Deed::NoAddress)),
        (Op::Buyvps, 5, Lie::of(Deed::TwoNamed)),
        (Op::Buyvps, 5, Lie::of(Deed::Replay)),
        (Op::Buyvps, 5, Lie::status(500)),
        (Op::Buyvps, 5, Lie::status(502).without_the_deed()),
        (Op::Ipstock, 20, Lie::status(500)),
        (Op::Ipstock, 10, Lie::of(Deed::GarbageRow)),
        (Op::Ipstock, 10, Lie::answering(Answer::Truncated)),
        (Op::Status, 20, Lie::status(500)),
        (Op::Status, 10, Lie::answering(Answer::Lost)),
        (Op::Status, 5, Lie::of(Deed::OtherAddress)),
        (Op::Status, 5, Lie::of(Deed::SmallerRam)),
    ]
}

/// What the gateway does instead.
pub fn gateway_lies() -> Vec<(gateway::Op, u32, gateway::Lie)> {
    use gateway::{Answer, Deed, Lie, Op};
    vec![
        (Op::Create, 20, Lie::answering(Answer::Lost)),
        (Op::Create, 20, Lie::status(500).without_the_deed()),
        (Op::Create, 10, Lie::of(Deed::Refuse)),
        (Op::Poll, 30, Lie::of(Deed::Pending)),
        (Op::Poll, 30, Lie::status(500)),
        (Op::Hook, 50, Lie::of(Deed::Nothing)),
        (Op::Hook, 50, Lie::of(Deed::Twice)),
        (Op::Hook, 20, Lie::of(Deed::Forged)),
        (Op::Hook, 20, Lie::of(Deed::OutOfOrder)),
        (Op::Hook, 20, Lie::slow(5_000)),
    ]
}
