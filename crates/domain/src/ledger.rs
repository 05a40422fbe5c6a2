//! Every movement of money as one balanced entry. Debits are positive, credits negative;
//! the rows of an entry sum to zero. Not for deciding when money moves: the callers know that.

use std::fmt;

use crate::id::{AccountId, OrderId};
use crate::money::{Currency, Money};

/// Where money stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Account {
    Gateway(String),
    Bank,
    Prepaid(OrderId),
    Owed(AccountId),
    Revenue,
    Supplier(String),
    Upstream(String),
    Stray,
    Loss,
    /// What gateways keep of what they took.
    Fees,
    /// What payers' banks took back.
    Disputes,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Gateway(name) => write!(f, "gateway:{name}"),
            Account::Bank => f.write_str("bank"),
            Account::Prepaid(order) => write!(f, "prepaid:{order}"),
            Account::Owed(customer) => write!(f, "owed:{customer}"),
            Account::Revenue => f.write_str("revenue"),
            Account::Supplier(provider) => write!(f, "supplier:{provider}"),
            Account::Upstream(provider) => write!(f, "upstream:{provider}"),
            Account::Stray => f.write_str("stray"),
            Account::Loss => f.write_str("loss"),
            Account::Fees => f.write_str("fees"),
            Account::Disputes => f.write_str("disputes"),
        }
    }
}

/// One side of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    pub account: Account,
    pub minor: i64,
}

/// One balanced movement with its one cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What caused it; the same cause is booked once.
    pub cause: String,
    pub currency: Currency,
    postings: Vec<Posting>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the entry {cause:?} does not balance: its rows sum to {sum}")]
pub struct Unbalanced {
    pub cause: String,
    pub sum: i64,
}

impl Entry {
    /// Puts an entry together; rows of zero are left out.
    pub fn new(
        cause: impl Into<String>,
        currency: Currency,
        postings: Vec<Posting>,
    ) -> Result<Entry, Unbalanced> {
        let cause = cause.into();
        let sum: i64 = postings.iter().map(|posting| posting.minor).sum();
        if sum != 0 {
            return Err(Unbalanced { cause, sum });
        }
        let postings = postings.into_iter().filter(|posting| posting.minor != 0).collect();
        Ok(Entry { cause, currency, postings })
    }

    /// Credits one account and debits another: what came from where, and where it is now.
    pub fn moved(
        cause: impl Into<String>,
        credit: Account,
        debit: Account,
        amount: Money,
    ) -> Entry {
        let postings = vec![
            Posting { account: debit, minor: amount.minor },
            Posting { account: credit, minor: -amount.minor },
        ];
        let kept = if amount.is_zero() { vec![] } else { postings };
        Entry { cause: cause.into(), currency: amount.currency, postings: kept }
    }

    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

/// Money came in for an order: what is due is prepaid, the rest is owed to the customer.
pub fn received(
    cause: impl Into<String>,
    into: Account,
    order: &OrderId,
    customer: &AccountId,
    (amount, due): (Money, Money),
) -> Result<Entry, Unbalanced> {
    let prepaid = amount.minor.min(due.minor);
    Entry::new(
        cause,
        amount.currency,
        vec![
            Posting { account: into, minor: amount.minor },
            Posting { account: Account::Prepaid(order.clone()), minor: -prepaid },
            Posting { account: Account::Owed(customer.clone()), minor: prepaid - amount.minor },
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::id::Chance;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR)
    }

    #[test]
    fn an_entry_that_does_not_balance_cannot_be_made() {
        let rows = vec![Posting { account: Account::Bank, minor: 5 }];
        assert_eq!(
            Entry::new("x", Currency::INR, rows),
            Err(Unbalanced { cause: "x".into(), sum: 5 })
        );
    }

    #[test]
    fn what_comes_in_above_the_price_is_owed() {
        let order = OrderId::mint(Timestamp::from_millis(0), &Zeros);
        let customer = AccountId::mint(Timestamp::from_millis(0), &Zeros);
        let entry =
            received("p", Account::Bank, &order, &customer, (inr(1_000), inr(699))).unwrap();
        let minors: Vec<i64> = entry.postings().iter().map(|p| p.minor).collect();
        assert_eq!(minors, [1_000, -699, -301]);
        let exact = received("p", Account::Bank, &order, &customer, (inr(699), inr(699))).unwrap();
        assert_eq!(exact.postings().len(), 2);
    }
}
