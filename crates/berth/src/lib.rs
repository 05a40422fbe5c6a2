//! The program's own parts: settings, log, command line. A library beside the binary, so that
//! whole-house tests start the shop with the same settings and the same joints.

#![forbid(unsafe_code)]

pub mod command;
pub mod config;
pub mod exit;
pub mod log;
pub mod machine;
pub mod paint;
pub mod table;
pub mod traces;
pub mod wire;
