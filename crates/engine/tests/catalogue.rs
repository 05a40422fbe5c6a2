//! The catalogue, one test per sentence of what is promised about it, on both databases.

#[path = "../../store/tests/support/mod.rs"]
mod support;

mod shop;

mod catalogue {
    mod looks;
    mod runs;
    mod staff;
    mod tells;
}
