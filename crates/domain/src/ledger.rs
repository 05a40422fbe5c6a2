//! Every movement of money as one balanced entry. Debits are positive, credits negative;
//! the rows of an entry sum to zero. Not for deciding when money moves: the callers know that.

use std::fmt;

use crate::id::{AccountId, OrderId};
use crate::money::{Currency, Money};
use crate::quote::Quote;
use crate::tax::Part;

/// Where money stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Account {
    Gateway(String),
    Bank,
    Prepaid(OrderId),
    Owed(AccountId),
    /// What a customer keeps with us, to pay with.
    Wallet(AccountId),
    Revenue,
    /// What is the state's.
    Tax(Part),
    /// What whole totals are more, or less.
    Rounding,
    Supplier(String),
    Upstream(String),
    Stray,
    Loss,
    /// What a present costs us: free time, and credit.
    Goodwill,
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
            Account::Wallet(customer) => write!(f, "wallet:{customer}"),
            Account::Revenue => f.write_str("revenue"),
            Account::Tax(part) => write!(f, "tax:{}", part.as_str()),
            Account::Rounding => f.write_str("rounding"),
            Account::Supplier(provider) => write!(f, "supplier:{provider}"),
            Account::Upstream(provider) => write!(f, "upstream:{provider}"),
            Account::Stray => f.write_str("stray"),
            Account::Loss => f.write_str("loss"),
            Account::Goodwill => f.write_str("goodwill"),
            Account::Fees => f.write_str("fees"),
            Account::Disputes => f.write_str("disputes"),
        }
    }
}

impl Account {
    /// Where money stands that was paid for a sale.
    fn is_of_a_sale(&self) -> bool {
        matches!(self, Account::Prepaid(_) | Account::Revenue | Account::Tax(_) | Account::Rounding)
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

    /// What it adds to what is sold, or takes back of it: a paper is due for either. Recognising
    /// revenue is neither.
    pub fn sold(&self) -> i64 {
        self.postings.iter().filter(|row| row.account.is_of_a_sale()).map(|row| -row.minor).sum()
    }
}

/// What incoming money pays: a whole quote, less what a wallet has put aside for it. That is owed
/// to its owner until then.
#[derive(Clone, Copy, Debug)]
pub struct Pays<'a> {
    pub quote: &'a Quote,
    pub held_minor: i64,
}

impl Pays<'_> {
    /// Of an order that no wallet has begun to pay.
    pub fn whole(quote: &Quote) -> Pays<'_> {
        Pays { quote, held_minor: 0 }
    }

    /// What is left for the money that comes in.
    pub fn due_minor(&self) -> i64 {
        self.quote.total.minor - self.held_minor
    }
}

/// Money came in for an order: what it pays is prepaid, tax and rounding, the rest is owed to the
/// customer. It pays all or nothing: `paid` is what it pays.
pub fn received(
    cause: impl Into<String>,
    into: Account,
    order: &OrderId,
    customer: &AccountId,
    (amount, paid): (Money, Option<Pays<'_>>),
) -> Result<Entry, Unbalanced> {
    let rest = amount.minor - paid.map_or(0, |pays| pays.due_minor());
    let mut postings = vec![Posting { account: into, minor: amount.minor }];
    if let Some(Pays { quote, held_minor }) = paid {
        let net = quote.net().minor;
        postings.push(Posting { account: Account::Owed(customer.clone()), minor: held_minor });
        postings.push(Posting { account: Account::Prepaid(order.clone()), minor: -net });
        postings.extend(apart(quote, (-quote.taxes.minor, -quote.rounding.minor)));
    }
    postings.push(Posting { account: Account::Owed(customer.clone()), minor: -rest });
    Entry::new(cause, amount.currency, postings)
}

/// Rows for tax and rounding, with the tax in equal parts.
pub fn apart(quote: &Quote, (taxes, rounding): (i64, i64)) -> Vec<Posting> {
    let parts = quote.tax.kind.parts();
    let each = taxes / i64::try_from(parts.len()).unwrap_or(1).max(1);
    let tax = |part: &Part| Posting { account: Account::Tax(*part), minor: each };
    let rounding = Posting { account: Account::Rounding, minor: rounding };
    parts.iter().map(tax).chain([rounding]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::gst::{Place, State};
    use crate::id::Chance;
    use crate::quote::Round;
    use crate::tax::{Mode, Rate, Tax};

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
    fn tax_is_apart_in_its_halves_as_soon_as_money_comes() {
        let order = OrderId::mint(Timestamp::from_millis(0), &Zeros);
        let customer = AccountId::mint(Timestamp::from_millis(0), &Zeros);
        let place = State::parse("27").map(Place::State);
        let tax = Tax::of(Rate::basis_points(1_800).unwrap(), Mode::Exclusive, place, place);
        let quote = Quote::of((inr(99_950), inr(0)), None, tax, Round::Major).unwrap();
        let money = (quote.total, Some(Pays::whole(&quote)));
        let entry = received("p", Account::Bank, &order, &customer, money).unwrap();
        let rows: Vec<_> =
            entry.postings().iter().map(|row| (row.account.to_string(), row.minor)).collect();
        let prepaid = format!("prepaid:{order}");
        let expected = [
            ("bank", 117_900),
            (&prepaid, -99_950),
            ("tax:cgst", -8_996),
            ("tax:sgst", -8_996),
            ("rounding", 42),
        ];
        assert_eq!(rows, expected.map(|(account, minor)| (account.to_owned(), minor)));
    }

    #[test]
    fn a_sale_is_what_comes_to_be_sold_and_not_where_it_moves_to() {
        let order = OrderId::mint(Timestamp::from_millis(0), &Zeros);
        let moved = |from, to| Entry::moved("x", from, to, inr(699)).sold();
        let prepaid = || Account::Prepaid(order.clone());
        assert_eq!(moved(prepaid(), Account::Bank), 699);
        assert_eq!(moved(Account::Bank, Account::Revenue), -699);
        assert_eq!(moved(Account::Revenue, prepaid()), 0);
        assert_eq!(moved(Account::Bank, Account::Fees), 0);
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
        let quote = Quote::plain(inr(699));
        let came = |minor| {
            let money = (inr(minor), Some(Pays::whole(&quote)));
            received("p", Account::Bank, &order, &customer, money).unwrap()
        };
        let entry = came(1_000);
        let minors: Vec<i64> = entry.postings().iter().map(|p| p.minor).collect();
        assert_eq!(minors, [1_000, -699, -301]);
        assert_eq!(came(699).postings().len(), 2);
    }

    #[test]
    fn what_a_wallet_put_aside_and_the_rest_are_sold_in_one_entry() {
        let order = OrderId::mint(Timestamp::from_millis(0), &Zeros);
        let customer = AccountId::mint(Timestamp::from_millis(0), &Zeros);
        let place = State::parse("27").map(Place::State);
        let tax = Tax::of(Rate::basis_points(1_800).unwrap(), Mode::Exclusive, place, place);
        let quote = Quote::of((inr(10_000), inr(0)), None, tax, Round::Minor).unwrap();
        let pays = Pays { quote: &quote, held_minor: 11_000 };
        let money = (inr(800), Some(pays));
        let entry = received("p", Account::Bank, &order, &customer, money).unwrap();
        let minors: Vec<i64> = entry.postings().iter().map(|row| row.minor).collect();
        assert_eq!(minors, [800, 11_000, -10_000, -900, -900]);
        assert_eq!(entry.sold(), 11_800);
    }
}
