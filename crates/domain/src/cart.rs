//! What somebody means to order, before they do: the same choice is one line, and no line is
//! endless. Not for prices: those are asked anew whenever somebody looks.

use crate::id::ProductId;
use crate::os::Os;
use crate::package::Ram;

/// So many of one choice at most.
pub const QUANTITY_MAX: i64 = 10;
/// So many servers at most; carts that are joined may hold more until they are ordered.
pub const SERVERS_MAX: i64 = 50;

/// What somebody chose. Two that are equal are one line of a cart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    pub product: ProductId,
    pub ram: Ram,
    pub os: Option<Os>,
    /// As `coupon::code` folds it.
    pub coupon: Option<String>,
}

/// Some more of what is there already: how many there are then, and whether ten was the end of it.
pub fn together(there: i64, more: i64) -> (i64, bool) {
    let sum = there.saturating_add(more);
    (sum.min(QUANTITY_MAX), sum > QUANTITY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_at_ten_and_says_so() {
        assert_eq!(together(4, 6), (10, false));
        assert_eq!(together(4, 7), (10, true));
        assert_eq!(together(10, i64::MAX), (10, true));
    }
}
