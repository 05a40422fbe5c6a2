//! The story of the store, told on both databases: every operation that it offers is in it.
#![cfg(test)]

#[allow(dead_code, reason = "the whole-house tests use the rest")]
mod support;

mod story {
    mod aftermath;
    mod alert;
    mod attempt;
    mod brand;
    mod by_hand;
    mod cart;
    mod catalogue;
    mod checkout;
    mod customer;
    mod day;
    mod desk;
    mod errand;
    mod figures;
    mod gateway;
    mod given;
    mod idempotency;
    mod job;
    mod mail;
    mod money;
    mod notice;
    mod order;
    mod paper;
    mod past;
    mod people;
    mod point;
    mod price;
    mod purchase;
    mod refund;
    mod report;
    mod search;
    mod seller;
    mod server;
    mod staff;
    mod stock;
    mod tables;
    mod transaction;
    mod wallet;
    mod watch;
}
