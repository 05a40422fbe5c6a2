//! Every interleaving of two workers, two orders and one package, walked to the last state: the
//! protocol's sentences hold in all of them, and orders move in all of them by the code's `step`.
//! Not for databases, networks and processes: those have tests of their own.
#![cfg(test)]

mod model {
    mod code;
    mod promises;
    mod replay;
    mod shop;
    mod walk;
}
