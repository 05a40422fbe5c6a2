//! What is remembered. The only room with SQL: typed row operations on one transaction.
//! Not for deciding: the rules are in `domain`, the order of steps in `engine`.

#![forbid(unsafe_code)]

#[macro_use]
pub mod db;

pub mod schema;
pub mod seal;
