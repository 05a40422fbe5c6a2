//! What is remembered. The only room with SQL: typed row operations on one transaction.
//! Not for deciding: the rules are in `domain`, the order of steps in `engine`.

#![forbid(unsafe_code)]

#[macro_use]
pub mod db;

pub mod alert;
pub mod attempt;
pub mod attention;
pub mod books;
pub mod brand;
pub mod by_hand;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod closing;
pub mod cost;
pub mod coupon;
pub mod customer;
pub mod day;
pub mod dispute;
pub mod dossier;
pub mod due;
pub mod errand;
pub mod figures;
pub mod gateway;
pub mod glance;
pub mod history;
pub mod job;
pub mod ledger;
pub mod lost;
pub mod mail;
pub mod named;
pub mod notice;
pub mod operation;
pub mod order;
pub mod overview;
pub mod paper;
pub mod party;
pub mod payment;
pub mod point;
pub mod power;
pub mod profit;
pub mod provider;
pub mod purchase;
pub mod reading;
pub mod refund;
pub mod report;
pub mod seller;
pub mod server;
pub mod silence;
pub mod stock;
pub mod turn;
pub mod wallet;
pub mod watch;
pub mod webhook;

pub mod account;
pub mod api_key;
pub mod audit;
pub mod idempotency;
pub mod schema;
pub mod seal;
pub mod search;
pub mod second_factor;
pub mod session;
pub mod setting;
pub mod staff;
pub mod ticket;
