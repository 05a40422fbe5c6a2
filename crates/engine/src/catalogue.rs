//! What staff do to the catalogue by hand.
