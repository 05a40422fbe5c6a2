//! What was earned: the ledger's rows by what they are to the shop. Not for whose money stands
//! where: what is prepaid or owed is nobody's profit yet.

use crate::money::{Currency, Money};

/// What a row is to the shop's profit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// What was sold, and what whole totals are more.
    Revenue,
    /// What providers are paid for it.
    Cost,
    /// What was given away.
    Goodwill,
    /// Strays, and what payers' banks took back.
    Loss,
    Fees,
}

impl Side {
    /// Where an account belongs; nothing for those that are somebody's money.
    pub fn of(account: &str) -> Option<Side> {
        match account.split(':').next()? {
            "revenue" | "rounding" => Some(Side::Revenue),
            "upstream" => Some(Side::Cost),
            "goodwill" => Some(Side::Goodwill),
            "loss" | "disputes" => Some(Side::Loss),
            "fees" => Some(Side::Fees),
            _ => None,
        }
    }
}

/// In one currency, in minor units: what was earned, and what that has cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profit {
    pub currency: Currency,
    pub revenue: i64,
    pub cost: i64,
    pub goodwill: i64,
    pub loss: i64,
    pub fees: i64,
}

impl Profit {
    pub fn none(currency: Currency) -> Profit {
        Profit { currency, revenue: 0, cost: 0, goodwill: 0, loss: 0, fees: 0 }
    }

    /// Adds rows of accounts, debits positive, to one profit for each currency.
    pub fn of<'a>(rows: impl IntoIterator<Item = (&'a str, Money)>) -> Vec<Profit> {
        let mut found: Vec<Profit> = Vec::new();
        for (account, amount) in rows {
            let Some(side) = Side::of(account) else { continue };
            let known = found.iter().position(|profit| profit.currency == amount.currency);
            let at = known.unwrap_or_else(|| {
                found.push(Profit::none(amount.currency));
                found.len() - 1
            });
            if let Some(profit) = found.get_mut(at) {
                profit.add(side, amount.minor);
            }
        }
        found
    }

    /// Adds what something else has earned in the same currency.
    pub fn plus(&mut self, other: &Profit) {
        self.revenue += other.revenue;
        self.cost += other.cost;
        self.goodwill += other.goodwill;
        self.loss += other.loss;
        self.fees += other.fees;
    }

    fn add(&mut self, side: Side, debit: i64) {
        match side {
            Side::Revenue => self.revenue -= debit,
            Side::Cost => self.cost += debit,
            Side::Goodwill => self.goodwill += debit,
            Side::Loss => self.loss += debit,
            Side::Fees => self.fees += debit,
        }
    }

    /// What is left.
    pub fn whole(&self) -> Money {
        let spent = self.cost + self.goodwill + self.loss + self.fees;
        Money::new(self.revenue - spent, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR)
    }

    #[test]
    fn profit_is_what_was_sold_less_what_it_cost() {
        let rows = [
            ("revenue", inr(-99_900)),
            ("rounding", inr(-18)),
            ("upstream:smartvps", inr(60_000)),
            ("goodwill", inr(14_000)),
            ("loss", inr(500)),
            ("disputes", inr(700)),
            ("fees", inr(1_000)),
        ];
        let earned = Profit::of(rows).remove(0);
        assert_eq!((earned.revenue, earned.cost, earned.loss), (99_918, 60_000, 1_200));
        assert_eq!(earned.whole(), inr(99_918 - 60_000 - 14_000 - 1_200 - 1_000));
    }

    #[test]
    fn what_belongs_to_somebody_is_no_profit() {
        let rows = ["prepaid:ord_1", "owed:acc_1", "wallet:acc_1", "tax:igst", "bank", "stray"];
        assert!(Profit::of(rows.map(|account| (account, inr(-5)))).is_empty());
    }

    #[test]
    fn currencies_are_never_added_up() {
        let dollars = Money::new(-100, Currency::parse("USD").unwrap());
        let earned = Profit::of([("revenue", inr(-5)), ("revenue", dollars)]);
        assert_eq!(earned.iter().map(|profit| profit.revenue).collect::<Vec<_>>(), [5, 100]);
    }
}
