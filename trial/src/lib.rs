//! Whole shops under faults: real engines over a real database, an upstream and a gateway in
//! memory, and time that stands still until everybody waits. One world is one thread, and the
//! same seed gives the same world. Not shipped, and not for what a shop does: that is `engine`.

#![forbid(unsafe_code)]

pub mod fault;
pub mod hunt;
pub mod judge;
pub mod map;
pub mod scenario;
pub mod simulation;
pub mod walk;
pub mod world;
