//! The story of the store, told on both databases: every operation that it offers is in it.
#![cfg(test)]

mod support;

mod story {
    mod aftermath;
    mod catalogue;
    mod people;
    mod tables;
}
