//! What was sold. The frozen copy never changes; amendments are rows beside it.

use std::time::Duration;

use crate::block::{Cidr, Promise};
use crate::clock::Timestamp;
use crate::id::{PackageId, ProductId};
use crate::money::Money;
use crate::os::Os;
use crate::package::{Pid, Ram};
use crate::provider;
use crate::quote::Quote;

/// What a server must be. Frozen on the order, and replaced as a whole by an amendment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    pub provider: String,
    pub package: PackageId,
    pub pid: Pid,
    /// The package's name when it was sold; its block is the promise.
    pub package_name: String,
    /// Ranges that staff confirmed; where there are any, they decide alone.
    pub cidrs: Vec<Cidr>,
    pub ram: Ram,
    /// Nothing: any.
    pub os: Option<Os>,
}

impl Terms {
    /// Nobody but our staff can buy it.
    pub fn is_by_hand(&self) -> bool {
        provider::is_by_hand(&self.provider)
    }

    pub fn promise(&self) -> Promise {
        Promise::of_package(&self.provider, &self.package_name, &self.cidrs)
    }
}

/// Everything that was agreed when the order was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sold {
    pub terms: Terms,
    pub product: ProductId,
    /// The display name, as the customer read it.
    pub product_name: String,
    /// What the customer pays, and of what that is made.
    pub quote: Quote,
    /// What one purchase costs us, where staff entered it.
    pub cost: Option<Money>,
    pub days: i64,
}

impl Sold {
    /// One period of the upstream; longer terms wait for renewals, but for what is delivered by
    /// hand.
    pub const DAYS: i64 = 30;

    /// Until when a server delivered now is the customer's.
    pub fn until(&self, delivered: Timestamp) -> Timestamp {
        delivered + days(self.days)
    }

    /// The exact package in words: the receipt.
    pub fn receipt(&self) -> String {
        format!("You ordered: {} (Package ID: {})", self.product_name, self.terms.pid)
    }
}

/// So many times 24 hours.
pub fn days(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs() * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::id::{Chance, PackageId, ProductId};
    use crate::money::Currency;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn sold(provider: &str) -> Sold {
        let at = Timestamp::from_millis(0);
        Sold {
            terms: Terms {
                provider: provider.into(),
                package: PackageId::mint(at, &Zeros),
                pid: Pid::new("123").unwrap(),
                package_name: "103.181.91".into(),
                cidrs: vec![],
                ram: Ram::gb(8),
                os: None,
            },
            product: ProductId::mint(at, &Zeros),
            product_name: "🌊 103.181.91".into(),
            quote: Quote::plain(Money::major(999, Currency::INR)),
            cost: None,
            days: Sold::DAYS,
        }
    }

    #[test]
    fn a_server_is_sold_for_thirty_times_twenty_four_hours() {
        let delivered = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
        assert_eq!(sold("smartvps").until(delivered).to_string(), "2026-12-21T10:00:00Z");
    }

    #[test]
    fn a_receipt_names_the_package_and_its_number() {
        let receipt = sold("smartvps").receipt();
        assert_eq!(receipt, "You ordered: 🌊 103.181.91 (Package ID: 123)");
    }

    #[test]
    fn terms_know_whether_anybody_can_be_asked() {
        assert!(!sold("smartvps").terms.is_by_hand() && sold("hand-rack").terms.is_by_hand());
    }
}
