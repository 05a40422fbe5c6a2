//! What an order costs, and of what that is made: price, setup fee, discount, tax, rounding.
//! Made once from the shop's own data, frozen with the order, and never computed again.

use crate::coupon::{Coupon, Kind};
use crate::money::{Money, NotMoney};
use crate::tax::{Tax, share};

/// Which unit totals are rounded to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Round {
    #[default]
    Minor,
    Major,
}

/// All in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// Of the server for its term, as the list says.
    pub price: Money,
    /// Once, with the first term.
    pub setup: Money,
    pub discount: Money,
    pub coupon: Option<String>,
    pub tax: Tax,
    pub taxes: Money,
    /// What rounding the total added, or took.
    pub rounding: Money,
    /// What the customer pays.
    pub total: Money,
}

/// One line of a quote, as an invoice shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// What is taxed.
    pub net: Money,
    pub tax: Money,
}

impl Quote {
    pub fn of(
        (price, setup): (Money, Money),
        coupon: Option<&Coupon>,
        tax: Tax,
        round: Round,
    ) -> Result<Quote, NotMoney> {
        let currency = price.currency;
        // Adding them first refuses two currencies, and what cannot be counted.
        let whole = price.plus(setup)?;
        let discount = match coupon.map(|coupon| (coupon, coupon.kind)) {
            None => Money::zero(currency),
            Some((_, Kind::Free)) => whole,
            Some((coupon, _)) => coupon.discount(price),
        };
        let mut quote = Quote {
            price,
            setup,
            discount,
            coupon: coupon.map(|coupon| coupon.code.clone()),
            tax,
            taxes: Money::zero(currency),
            rounding: Money::zero(currency),
            total: Money::zero(currency),
        };
        let mut exact = Money::zero(currency);
        for line in quote.lines() {
            quote.taxes = quote.taxes.plus(line.tax)?;
            exact = exact.plus(line.net)?.plus(line.tax)?;
        }
        let major = currency.minor_per_major();
        let total = match round {
            Round::Minor => exact.minor,
            Round::Major => major * share(exact.minor, 1, major),
        };
        quote.total = Money::new(total, currency);
        quote.rounding = Money::new(total - exact.minor, currency);
        Ok(quote)
    }

    /// A price without setup fee, discount, tax and rounding.
    pub fn plain(price: Money) -> Quote {
        let zero = Money::zero(price.currency);
        Quote {
            price,
            setup: zero,
            discount: zero,
            coupon: None,
            tax: Tax::default(),
            taxes: zero,
            rounding: zero,
            total: price,
        }
    }

    /// Several quotes in one, so many times each: what a cart comes to. Each is rounded by itself,
    /// as each becomes an order of its own. None of nothing.
    pub fn sum<'a>(
        quotes: impl IntoIterator<Item = (&'a Quote, i64)>,
    ) -> Result<Option<Quote>, NotMoney> {
        let mut sum: Option<Quote> = None;
        for (quote, times) in quotes {
            let mut all = sum.take().unwrap_or_else(|| {
                let nothing = Money::zero(quote.total.currency);
                Quote { tax: quote.tax, ..Quote::plain(nothing) }
            });
            for _ in 0..times {
                all.price = all.price.plus(quote.price)?;
                all.setup = all.setup.plus(quote.setup)?;
                all.discount = all.discount.plus(quote.discount)?;
                all.taxes = all.taxes.plus(quote.taxes)?;
                all.rounding = all.rounding.plus(quote.rounding)?;
                all.total = all.total.plus(quote.total)?;
            }
            sum = Some(all);
        }
        Ok(sum)
    }

    /// The server, and its setup. A discount is on the server; only what is free for all is on
    /// both.
    pub fn lines(&self) -> [Line; 2] {
        let off_price = self.discount.minor.min(self.price.minor);
        let off_setup = self.discount.minor - off_price;
        let line = |minor: i64| {
            let (net, tax) = self.tax.split(minor);
            let money = |minor| Money::new(minor, self.price.currency);
            Line { net: money(net), tax: money(tax) }
        };
        [line(self.price.minor - off_price), line(self.setup.minor - off_setup)]
    }

    /// What is earned by delivering it: the total without its taxes and its rounding.
    pub fn net(&self) -> Money {
        let minor = self.total.minor - self.taxes.minor - self.rounding.minor;
        Money::new(minor, self.total.currency)
    }

    /// What goes back when the customer takes something that is listed at `price` today: the share
    /// of the difference that was really paid, with its tax. Nothing where it costs as much, or
    /// more.
    pub fn difference(&self, price: Money) -> Money {
        let paid = self.price.minor - self.discount.minor.min(self.price.minor);
        let cheaper = (self.price.minor - price.minor).max(0);
        let line = if cheaper == 0 { 0 } else { share(cheaper, paid, self.price.minor) };
        let (net, tax) = self.tax.split(line);
        Money::new(net + tax, self.total.currency)
    }

    /// Of what goes back, all in all, how much is tax and how much was rounding. So parts that add
    /// up to everything add up to exactly the tax, in equal halves where it has two.
    pub fn returned(&self, minor: i64) -> (i64, i64) {
        let total = self.total.minor;
        if minor >= total {
            return (self.taxes.minor, self.rounding.minor);
        }
        let parts = i64::try_from(self.tax.kind.parts().len()).unwrap_or(0).max(1);
        let tax = parts * share(self.taxes.minor / parts, minor, total);
        let tax = tax.min(minor);
        // What rounding added goes back when all that was earned is back.
        (tax, (minor - tax - self.net().minor).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gst::{Place, State};
    use crate::money::Currency;
    use crate::tax::{Mode, Rate};

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR)
    }

    fn gst(mode: Mode, buyer: &str) -> Tax {
        let place = |code| State::parse(code).map(Place::State);
        Tax::of(Rate::basis_points(1_800).unwrap(), mode, place("27"), place(buyer))
    }

    fn coupon(kind: Kind) -> Coupon {
        Coupon {
            code: "YEAR-20".into(),
            kind,
            starts_at: None,
            ends_at: None,
            uses_max: None,
            uses_each_max: None,
            products: vec![],
            stopped: false,
            note: String::new(),
            given: None,
            version: 1,
        }
    }

    fn quote(rupees: i64, coupon: Option<&Coupon>, tax: Tax, round: Round) -> Quote {
        Quote::of((Money::major(rupees, Currency::INR), inr(0)), coupon, tax, round).unwrap()
    }

    #[test]
    fn a_cart_comes_to_what_its_orders_come_to_each_rounded_by_itself() {
        let dear =
            quote(699, Some(&coupon(Kind::Percent(10))), gst(Mode::Exclusive, "27"), Round::Major);
        let plain = quote(999, None, gst(Mode::Exclusive, "27"), Round::Major);
        let sum = Quote::sum([(&dear, 3), (&plain, 1)]).unwrap().unwrap();
        assert_eq!(sum.total.minor, 3 * dear.total.minor + plain.total.minor);
        assert_eq!(sum.rounding.minor, 3 * dear.rounding.minor + plain.rounding.minor);
        assert_eq!((sum.discount, sum.price), (inr(3 * 7_000), inr(3 * 69_900 + 99_900)));
        assert_eq!((sum.tax, &sum.coupon), (dear.tax, &None));
        assert_eq!(Quote::sum([]), Ok(None));
        let yen = Quote::plain(Money::new(500, Currency::parse("JPY").unwrap()));
        assert!(Quote::sum([(&plain, 1), (&yen, 1)]).is_err());
    }

    #[test]
    fn a_month_of_2240_costs_2643_20_with_its_tax() {
        for buyer in ["27", "29"] {
            let quote = quote(2_240, None, gst(Mode::Exclusive, buyer), Round::Minor);
            assert_eq!((quote.total, quote.taxes), (inr(264_320), inr(40_320)));
        }
    }

    #[test]
    fn a_year_of_41880_less_20_per_cent_costs_39534_72_or_39535() {
        let off = coupon(Kind::Percent(20));
        let exact = quote(41_880, Some(&off), gst(Mode::Exclusive, "29"), Round::Minor);
        assert_eq!((exact.discount, exact.total), (inr(837_600), inr(3_953_472)));
        let whole = quote(41_880, Some(&off), gst(Mode::Exclusive, "29"), Round::Major);
        assert_eq!((whole.total, whole.rounding), (inr(3_953_500), inr(28)));
        assert_eq!(whole.net(), inr(3_350_400));
        assert_eq!(whole.total.for_people(), "₹39,535");
    }

    #[test]
    fn a_total_can_be_rounded_down() {
        let quote = quote(1_001, None, gst(Mode::Exclusive, "29"), Round::Major);
        assert_eq!((quote.total, quote.rounding), (inr(118_100), inr(-18)));
    }

    #[test]
    fn what_is_free_costs_nothing_with_its_setup_too() {
        let free = coupon(Kind::Free);
        let tax = gst(Mode::Exclusive, "29");
        let quote = Quote::of((inr(69_900), inr(10_000)), Some(&free), tax, Round::Major).unwrap();
        assert!(quote.total.is_zero() && quote.taxes.is_zero() && quote.net().is_zero());
    }

    #[test]
    fn a_setup_fee_is_a_line_of_its_own_and_never_discounted() {
        let off = coupon(Kind::Percent(10));
        let tax = gst(Mode::Exclusive, "29");
        let quote = Quote::of((inr(69_900), inr(10_000)), Some(&off), tax, Round::Minor).unwrap();
        assert_eq!(quote.lines().map(|line| line.net), [inr(62_900), inr(10_000)]);
        assert_eq!(quote.total, inr(62_900 + 11_322 + 10_000 + 1_800));
    }

    #[test]
    fn currencies_without_and_with_three_decimals_are_rounded_in_their_own_units() {
        let (yen, dinar) = (Currency::parse("JPY").unwrap(), Currency::parse("KWD").unwrap());
        let tax = gst(Mode::Exclusive, "29");
        let of = |minor, currency| {
            let (price, setup) = (Money::new(minor, currency), Money::zero(currency));
            Quote::of((price, setup), None, tax, Round::Major).unwrap().total.minor
        };
        assert_eq!(of(1_003, yen), 1_184);
        assert_eq!(of(10_500, dinar), 12_000);
    }

    #[test]
    fn the_difference_to_something_cheaper_goes_back_with_its_tax() {
        let off = coupon(Kind::Percent(20));
        let sold = |coupon, tax| quote(1_000, coupon, tax, Round::Major);
        let back = |quote: Quote, rupees| quote.difference(Money::major(rupees, Currency::INR));
        assert_eq!(back(sold(None, Tax::default()), 700), inr(30_000));
        assert_eq!(back(sold(None, gst(Mode::Exclusive, "29")), 700), inr(35_400));
        assert_eq!(back(sold(None, gst(Mode::Inclusive, "27")), 700), inr(30_000));
        assert_eq!(back(sold(Some(&off), gst(Mode::Exclusive, "29")), 700), inr(24_000 + 4_320));
        for dearer in [1_000, 1_500] {
            assert!(back(sold(None, gst(Mode::Exclusive, "29")), dearer).is_zero());
        }
    }

    #[test]
    fn what_was_free_has_no_difference_to_give_back() {
        let free = coupon(Kind::Free);
        let sold = quote(999, Some(&free), gst(Mode::Exclusive, "29"), Round::Minor);
        assert!(sold.difference(inr(69_900)).is_zero());
    }

    #[test]
    fn two_currencies_make_no_quote() {
        let dollars = Money::new(1, Currency::parse("USD").unwrap());
        let made = Quote::of((inr(1), dollars), None, Tax::default(), Round::Minor);
        assert!(matches!(made, Err(NotMoney::Mixed(..))));
    }

    proptest::proptest! {
        #[test]
        fn parts_that_make_up_the_total_return_exactly_the_tax(
            rupees in 1_i64..100_000, odd in 0_i64..100, home: bool, mut cuts in
            proptest::collection::vec(0_i64..=1_000, 0..6),
        ) {
            let buyer = if home { "27" } else { "29" };
            let price = inr(rupees * 100 + odd);
            let tax = gst(Mode::Exclusive, buyer);
            let quote = Quote::of((price, inr(0)), None, tax, Round::Major).unwrap();
            cuts.sort_unstable();
            let mut before = (0, (0, 0));
            for cut in cuts.into_iter().chain([1_000]) {
                let back = quote.total.minor * cut / 1_000;
                let now = quote.returned(back);
                let step = (back - before.0, now.0 - before.1.0, now.1 - before.1.1);
                proptest::prop_assert!(step.1 >= 0 && (!home || step.1 % 2 == 0));
                proptest::prop_assert!(back - now.0 - now.1 <= quote.net().minor);
                before = (back, now);
            }
            proptest::prop_assert_eq!(before.1, (quote.taxes.minor, quote.rounding.minor));
        }
    }

    #[test]
    fn half_of_it_back_takes_half_of_each_tax_along() {
        // 2240.00 with twice 201.60, and 41880.00 with 7538.40 rounded by -0.40.
        let home = quote(2_240, None, gst(Mode::Exclusive, "27"), Round::Minor);
        assert_eq!(home.returned(132_160), (2 * 10_080, 0));
        assert_eq!(home.returned(264_320), (40_320, 0));
        let between = quote(41_880, None, gst(Mode::Exclusive, "29"), Round::Major);
        assert_eq!((between.total.minor, between.rounding.minor), (4_941_800, -40));
        assert_eq!(between.returned(2_470_900), (376_920, 0));
    }

    #[test]
    fn what_rounding_added_goes_back_only_when_all_that_was_earned_is_back() {
        let off = coupon(Kind::Percent(20));
        let up = quote(41_880, Some(&off), gst(Mode::Exclusive, "29"), Round::Major);
        let (tax, rounding) = up.returned(up.total.minor - 1);
        assert_eq!((tax, rounding), (603_072, 27));
        assert_eq!(up.total.minor - 1 - tax - rounding, up.net().minor);
    }
}
