//! Whole-house tests: a real engine over a real database, buying over HTTP from a simulated
//! upstream that lies. One file per promise; every test runs on both databases.
#![cfg(test)]

#[allow(dead_code, reason = "the store's own tests use all of it")]
#[path = "../crates/store/tests/support/mod.rs"]
mod database;
mod support;

mod promises {
    mod before_buying;
    mod books;
    mod by_hand;
    mod carts;
    mod checker;
    mod closing;
    mod diagnosis;
    mod disputes;
    mod errands;
    mod gateways;
    mod good_order;
    mod held;
    mod lost_answers;
    mod mails;
    mod nodes;
    mod notices;
    mod pages;
    mod papers;
    mod payments;
    mod prices;
    mod recovery;
    mod refund_requests;
    mod refunds;
    mod remedies;
    mod reports;
    mod shares;
    mod stock;
    mod strays;
    mod sweep;
    mod wallets;
    mod watch;
    mod wrong_server;
}
