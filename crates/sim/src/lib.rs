//! The outside world, lying on request: small real HTTP servers on loopback that stand for those
//! who sell to the shop and those who take money for it, each with a record of what truly happened.
//! Not for the shop's own rules: this crate knows nothing of them, so that it can contradict them.

#![forbid(unsafe_code)]

pub mod smartvps;

mod ask;
pub mod chance;
pub mod clock;
mod command;
mod serve;
