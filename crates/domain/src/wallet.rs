//! How much of an order a wallet pays. Not for moving money: a wallet is moved by the store's one
//! conditional write.

use crate::money::Money;

/// What a wallet pays of a total, where at most `most` of it may be used. What it leaves for a
/// gateway is nothing, or at least one whole unit: gateways take no less.
pub fn part(total: Money, most: Money) -> Money {
    let least = total.currency.minor_per_major();
    let minor = match total.minor.saturating_sub(most.minor) {
        rest if rest <= 0 => total.minor,
        rest if rest < least => (total.minor - least).max(0),
        _ => most.minor.max(0),
    };
    Money::new(minor, total.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn of(total: i64, most: i64) -> i64 {
        let inr = |minor| Money::new(minor, Currency::INR);
        part(inr(total), inr(most)).minor
    }

    #[test]
    fn a_wallet_pays_what_it_may_and_never_more_than_the_total() {
        assert_eq!(of(149_800, 50_000), 50_000);
        assert_eq!(of(149_800, 149_800), 149_800);
        assert_eq!(of(149_800, 500_000), 149_800);
        assert_eq!(of(149_800, 0), 0);
    }

    #[test]
    fn what_is_left_for_a_gateway_is_nothing_or_a_whole_unit() {
        assert_eq!(of(69_900, 69_850), 69_800);
        assert_eq!(of(69_900, 69_800), 69_800);
        assert_eq!(of(50, 20), 0);
    }
}
