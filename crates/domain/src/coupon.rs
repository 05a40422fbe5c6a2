//! A coupon: what it takes off a price, and for whom it is meant. Not for counting its uses: the
//! database does, in the transaction that makes the order.

use crate::clock::Timestamp;
use crate::id::{AccountId, OrderId, ProductId};
use crate::money::Money;
use crate::tax::share;

/// What a coupon takes off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// So many per cent, rounded half up to a whole major unit.
    Percent(u8),
    Amount(Money),
    /// Everything, the setup fee too.
    Free,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Percent(_) => "percent",
            Kind::Amount(_) => "amount",
            Kind::Free => "free",
        }
    }
}

/// A word that buyers type, and what it is worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coupon {
    /// As `code` folds it.
    pub code: String,
    pub kind: Kind,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub uses_max: Option<i64>,
    /// Of one customer.
    pub uses_each_max: Option<i64>,
    /// Those it is for; none: all.
    pub products: Vec<ProductId>,
    pub stopped: bool,
    /// For staff.
    pub note: String,
    /// Where it was given to one customer, it is nobody else's.
    pub given: Option<Given>,
    pub version: i64,
}

/// To whom a coupon was given, and to make good for which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    pub to: AccountId,
    pub order: OrderId,
}

/// How often it was used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    pub by_all: i64,
    pub by_this_customer: i64,
}

/// Why a coupon is worth nothing here. Each reads on after "the code …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    #[error("is not valid any more")]
    Over,
    #[error("is not valid yet")]
    Early,
    #[error("has been used as often as it may be")]
    UsedUp,
    #[error("was used by you as often as it may be")]
    UsedUpByYou,
    #[error("is not for this product")]
    OtherProduct,
    #[error("is for prices in another currency")]
    OtherCurrency,
}

pub const CODE_MAX: usize = 40;

/// A code as it is kept and compared: capitals, digits and hyphens.
pub fn code(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let fits = (3..=CODE_MAX).contains(&code.len());
    let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (fits && plain).then_some(code)
}

impl Coupon {
    /// Whether it is meant for this customer. For anybody else there is no such coupon.
    pub fn is_for(&self, account: Option<&AccountId>) -> bool {
        self.given.as_ref().is_none_or(|given| Some(&given.to) == account)
    }

    /// Whether it counts for this product, now, for this customer.
    pub fn check(&self, product: &ProductId, price: Money, now: Timestamp) -> Result<(), NotNow> {
        if self.stopped || self.ends_at.is_some_and(|end| end <= now) {
            return Err(NotNow::Over);
        }
        if self.starts_at.is_some_and(|start| now < start) {
            return Err(NotNow::Early);
        }
        if !self.products.is_empty() && !self.products.contains(product) {
            return Err(NotNow::OtherProduct);
        }
        match self.kind {
            Kind::Amount(off) if off.currency != price.currency => Err(NotNow::OtherCurrency),
            _ => Ok(()),
        }
    }

    /// Whether it may be used once more.
    pub fn check_uses(&self, uses: Uses) -> Result<(), NotNow> {
        if self.uses_max.is_some_and(|max| uses.by_all >= max) {
            return Err(NotNow::UsedUp);
        }
        if self.uses_each_max.is_some_and(|max| uses.by_this_customer >= max) {
            return Err(NotNow::UsedUpByYou);
        }
        Ok(())
    }

    /// How often it may still be used; none: as often as anybody likes.
    pub fn uses_left(&self, uses: Uses) -> Option<i64> {
        let by_all = self.uses_max.map(|max| max - uses.by_all);
        let by_one = self.uses_each_max.map(|max| max - uses.by_this_customer);
        by_all.into_iter().chain(by_one).min()
    }

    /// Whether its uses are counted at all.
    pub fn is_limited(&self) -> bool {
        self.uses_max.is_some() || self.uses_each_max.is_some()
    }

    /// What it takes off a price. One major unit stays, unless it gives everything away.
    pub fn discount(&self, price: Money) -> Money {
        let major = price.currency.minor_per_major();
        let wanted = match self.kind {
            Kind::Free => return price,
            Kind::Percent(of) => major * share(price.minor, i64::from(of), 100 * major),
            Kind::Amount(off) => off.minor,
        };
        Money::new(wanted.min(price.minor - major).max(0), price.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn coupon(kind: Kind) -> Coupon {
        Coupon {
            code: "DIWALI-10".into(),
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

    fn off(kind: Kind, rupees: i64) -> i64 {
        let price = Money::major(rupees, Currency::INR);
        coupon(kind).discount(price).minor
    }

    fn amount(rupees: i64) -> Kind {
        Kind::Amount(Money::major(rupees, Currency::INR))
    }

    #[test]
    fn ten_per_cent_of_699_is_70_and_leaves_629() {
        assert_eq!(off(Kind::Percent(10), 699), 7_000);
    }

    #[test]
    fn a_fixed_discount_leaves_one_rupee_at_least() {
        assert_eq!(off(amount(50), 699), 5_000);
        assert_eq!(off(amount(5_000), 699), 69_800);
        assert_eq!(off(amount(5), 1), 0);
    }

    #[test]
    fn only_a_free_coupon_leaves_nothing_to_pay() {
        assert_eq!(off(Kind::Free, 699), 69_900);
        assert_eq!(off(Kind::Percent(100), 699), 69_800);
    }

    #[test]
    fn yen_are_rounded_to_whole_yen() {
        let price = Money::new(1_005, Currency::parse("JPY").unwrap());
        assert_eq!(coupon(Kind::Percent(10)).discount(price).minor, 101);
    }

    #[test]
    fn a_coupon_counts_only_in_its_time() {
        let at = Timestamp::from_millis;
        let product = ProductId::parse("prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F").unwrap();
        let price = Money::major(699, Currency::INR);
        let timed = Coupon {
            starts_at: Some(at(1_000)),
            ends_at: Some(at(2_000)),
            ..coupon(Kind::Percent(10))
        };
        let check = |now| timed.check(&product, price, at(now));
        assert_eq!(check(999), Err(NotNow::Early));
        assert_eq!(check(1_000), Ok(()));
        assert_eq!(check(2_000), Err(NotNow::Over));
        let stopped = Coupon { stopped: true, ..timed.clone() };
        assert_eq!(stopped.check(&product, price, at(1_500)), Err(NotNow::Over));
    }

    #[test]
    fn a_coupon_counts_only_as_often_as_it_may() {
        let few = Coupon { uses_max: Some(2), uses_each_max: Some(1), ..coupon(Kind::Percent(10)) };
        let uses = |by_all, by_this_customer| few.check_uses(Uses { by_all, by_this_customer });
        assert_eq!(uses(1, 0), Ok(()));
        assert_eq!(uses(2, 0), Err(NotNow::UsedUp));
        assert_eq!(uses(1, 1), Err(NotNow::UsedUpByYou));
        let left = |by_all, by_this_customer| few.uses_left(Uses { by_all, by_this_customer });
        assert_eq!((left(0, 0), left(2, 0)), (Some(1), Some(0)));
        assert_eq!(coupon(Kind::Free).uses_left(Uses::default()), None);
    }

    #[test]
    fn a_coupon_that_was_given_to_somebody_is_nobody_elses() {
        let asha = AccountId::parse("acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F").unwrap();
        let ravi = AccountId::parse("acc_01J9ZQ4V7M8N2K6T3B5C7D9E1G").unwrap();
        let order = OrderId::parse("ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F").unwrap();
        let everybodys = coupon(Kind::Percent(10));
        let given = Some(Given { to: asha.clone(), order });
        let ashas = Coupon { given, ..everybodys.clone() };
        let is_for = |coupon: &Coupon| [Some(&asha), Some(&ravi), None].map(|a| coupon.is_for(a));
        assert_eq!(is_for(&everybodys), [true; 3]);
        assert_eq!(is_for(&ashas), [true, false, false]);
    }

    #[test]
    fn codes_are_compared_as_they_are_read_out() {
        assert_eq!(code(" diwali-10 ").as_deref(), Some("DIWALI-10"));
        assert_eq!(code("ab"), None);
        assert_eq!(code("ten off"), None);
    }

    #[test]
    fn a_coupon_for_some_products_counts_for_no_other() {
        let id = |text| ProductId::parse(text).unwrap();
        let (one, other) =
            (id("prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F"), id("prd_01J9ZQ4V7M8N2K6T3B5C7D9E1G"));
        let price = Money::major(699, Currency::INR);
        let check = |coupon: &Coupon| coupon.check(&one, price, Timestamp::from_millis(0));
        let only = |product| Coupon { products: vec![product], ..coupon(Kind::Percent(10)) };
        assert_eq!(check(&only(one.clone())), Ok(()));
        assert_eq!(check(&only(other)), Err(NotNow::OtherProduct));
    }

    #[test]
    fn an_amount_counts_in_its_own_currency_alone() {
        let product = ProductId::parse("prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F").unwrap();
        let dollars = Money::major(699, Currency::parse("USD").unwrap());
        let check = |kind, price| coupon(kind).check(&product, price, Timestamp::from_millis(0));
        assert_eq!(check(amount(50), Money::major(699, Currency::INR)), Ok(()));
        assert_eq!(check(amount(50), dollars), Err(NotNow::OtherCurrency));
        assert_eq!(check(Kind::Percent(10), dollars), Ok(()));
    }

    #[test]
    fn kinds_have_the_words_of_the_database() {
        let words = [Kind::Percent(10), amount(50), Kind::Free].map(Kind::as_str);
        assert_eq!(words, ["percent", "amount", "free"]);
    }

    #[test]
    fn uses_are_counted_where_either_limit_is_set() {
        let limits = |uses_max, uses_each_max| {
            Coupon { uses_max, uses_each_max, ..coupon(Kind::Free) }.is_limited()
        };
        assert!(!limits(None, None));
        assert!(limits(Some(1), None) && limits(None, Some(1)) && limits(Some(1), Some(1)));
    }
}
