//! What is true: the pure rules of the shop. No I/O, no waiting, no clock and no chance of its own.

#![forbid(unsafe_code)]

pub mod order;

pub mod attempt;
pub mod block;
pub mod catalogue;
pub mod check;
pub mod diagnosis;
pub mod dispute;
pub mod ledger;
pub mod os;
pub mod package;
pub mod product;
pub mod provider;
pub mod refund;
pub mod server;
pub mod stock;

pub mod clock;
pub mod id;
pub mod money;
