//! The surface of the API: who may, what is refused and how, what counts once. What the house
//! does behind it is tested as a whole house.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../store/tests/support/mod.rs"]
#[allow(dead_code, reason = "the store's own tests use all of it")]
mod database;
#[allow(dead_code, reason = "the tests of pages need more of the house")]
mod house;

mod allowed;
mod bad_input;
mod by_hand;
mod cart;
mod counted_once;
mod operations;
mod ordering;
mod other_sites;
mod routes;
mod staff;
mod wallet;
mod watching;
