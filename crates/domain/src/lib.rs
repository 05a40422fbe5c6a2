//! What is true: the pure rules of the shop. No I/O, no waiting, no clock and no chance of its own.

#![forbid(unsafe_code)]

pub mod order;

pub mod attempt;
pub mod block;
pub mod cart;
pub mod catalogue;
pub mod check;
pub mod coupon;
pub mod diagnosis;
pub mod dispute;
pub mod errand;
pub mod gst;
pub mod gst_return;
pub mod ledger;
pub mod os;
pub mod package;
pub mod paper;
pub mod party;
pub mod power;
pub mod product;
pub mod profit;
pub mod provider;
pub mod quote;
pub mod refund;
pub mod server;
pub mod share;
pub mod stock;
pub mod tax;
pub mod wallet;
pub mod words;

pub mod clock;
pub mod id;
pub mod money;
