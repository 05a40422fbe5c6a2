//! The catalogue, one test per sentence of what is promised about it, on both databases.
#![cfg(test)]

#[path = "../../store/tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with other test programs, which use the rest")]
mod support;

mod shop;

mod catalogue {
    mod looks;
    mod runs;
    mod staff;
    mod tells;
}
