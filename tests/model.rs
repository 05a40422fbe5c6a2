//! Every interleaving of two workers, two orders and one package, walked to the last state: the
//! protocol's sentences hold in all of them, and the code's own tables agree with the model's.
//! Not for databases, networks and processes: those have tests of their own.
#![cfg(test)]

mod model {
    mod beside;
    mod promises;
    mod shop;
    mod steps;
    mod walk;
}
