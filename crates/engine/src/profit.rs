//! What the shop has earned in a month, by package and by provider, as the ledger has it: counted
//! by a worker, and read from what it kept. Not for what something costs us: staff enter that with
//! the product.

use std::cmp::Reverse;

use domain::clock::Timestamp;
use domain::money::Currency;
use domain::profit::Profit;
use serde::{Deserialize, Serialize};
use store::db::Tx;
use store::profit::Sum;
use store::report::Part;

use crate::report::{Answer, Question, Span, Told, Wish};
use crate::{Engine, Error, Result};

/// So many packages are named by a page; of the others it shows the sum.
const NAMED_MAX: usize = 100;

/// What one package has earned, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earned {
    /// Empty where no order is behind it: strays of nobody.
    pub provider: String,
    pub pid: String,
    pub package_name: String,
    pub profit: Profit,
}

/// What a month has earned, for a page: every list holds each currency by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Month {
    pub whole: Vec<Profit>,
    pub providers: Vec<(String, Profit)>,
    /// Those that sold most, the first of them first.
    pub packages: Vec<Earned>,
    /// How many others there are, and what they earned together.
    pub others: Vec<(usize, Profit)>,
}

/// When it is for the ledger, whose rows are of the database's clock, and when it began.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub now: Timestamp,
    pub first: Option<Timestamp>,
}

/// A `Profit` as it is kept, in minor units.
#[derive(Debug, Serialize, Deserialize)]
struct KeptProfit {
    currency: String,
    revenue: i64,
    cost: i64,
    goodwill: i64,
    loss: i64,
    fees: i64,
}

/// An `Earned` as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct KeptEarned {
    provider: String,
    pid: String,
    name: String,
    profit: KeptProfit,
}

/// A `Month` as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct KeptMonth {
    whole: Vec<KeptProfit>,
    providers: Vec<(String, KeptProfit)>,
    packages: Vec<KeptEarned>,
    others: Vec<(usize, KeptProfit)>,
}

impl Engine {
    pub async fn ledgers_times(&self) -> Result<Times> {
        let times = self.db().read(|tx| Ok(Times { now: tx.now()?, first: tx.first_booked_at()? }));
        times.await
    }

    /// How many purchases seem to cost nothing, as nobody has entered their cost; at most `most`.
    pub async fn bought_at_unknown_cost(&self, most: i64) -> Result<i64> {
        Ok(self.db().read(move |tx| tx.count_of_unknown_cost(most)).await?)
    }

    /// What was earned in each of these times, as it is known now.
    pub async fn profit_by_month(&self, months: &[Span]) -> Result<Vec<Told<Month>>> {
        let questions: Vec<Question> = months.iter().copied().map(Question::Profit).collect();
        let reports = self.ask(&questions, (Part::Summary, Wish::Good)).await?;
        reports.into_iter().map(|report| Told::of(report, Month::read)).collect()
    }

    /// What each package has earned in a time, those that sold most first.
    pub async fn profit_by_package(&self, month: Span) -> Result<Told<Vec<Earned>>> {
        let reports = self.ask(&[Question::Profit(month)], (Part::Whole, Wish::Good)).await?;
        let report = reports.into_iter().next().unwrap_or_default();
        Told::of(report, read_packages)
    }

    /// Has a time's profit counted anew, whatever is known of it.
    pub async fn count_profit_anew(&self, month: Span) -> Result<()> {
        self.ask(&[Question::Profit(month)], (Part::Summary, Wish::Anew)).await.map(drop)
    }
}

/// Counts what was earned in a time.
pub(crate) fn count(tx: &mut Tx<'_>, Span { from, until }: Span) -> Result<Answer> {
    let sums = tx.profit_by_package(from, until)?;
    let same = |one: &Sum, other: &Sum| one.provider == other.provider && one.pid == other.pid;
    let earned = sums.chunk_by(same).flat_map(|sums| {
        let rows = sums.iter().map(|sum| (sum.account.as_str(), sum.amount));
        Profit::of(rows).into_iter().map(move |profit| Earned {
            provider: sums[0].provider.clone(),
            pid: sums[0].pid.clone(),
            package_name: sums[0].package_name.clone(),
            profit,
        })
    });
    let mut earned: Vec<Earned> = earned.collect();
    // They come by provider and name, and stay so where they sold the same.
    earned.sort_by_key(|earned| Reverse(earned.profit.revenue));
    let whole: Vec<KeptEarned> = earned.iter().map(KeptEarned::from).collect();
    let summary = KeptMonth::from(Month::of(earned));
    Ok(Answer { summary: written(&summary)?, whole: written(&whole)? })
}

impl Month {
    fn of(mut packages: Vec<Earned>) -> Month {
        let whole = summed(packages.iter().map(|one| ((), &one.profit)));
        let mut providers = summed(packages.iter().map(|one| (one.provider.clone(), &one.profit)));
        providers.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        let rest = packages.split_off(packages.len().min(NAMED_MAX));
        let others = summed(rest.iter().map(|one| ((), &one.profit)));
        Month {
            whole: whole.into_iter().map(|(_, _, profit)| profit).collect(),
            providers: providers.into_iter().map(|(what, _, profit)| (what, profit)).collect(),
            others: others.into_iter().map(|(_, count, profit)| (count, profit)).collect(),
            packages,
        }
    }

    pub(crate) fn read(text: &str) -> Result<Month> {
        let kept: KeptMonth = serde_json::from_str(text).map_err(unreadable)?;
        let named = |(what, profit): (String, KeptProfit)| Ok((what, profit.read()?));
        let counted = |(count, profit): (usize, KeptProfit)| Ok((count, profit.read()?));
        Ok(Month {
            whole: kept.whole.iter().map(KeptProfit::read).collect::<Result<_>>()?,
            providers: kept.providers.into_iter().map(named).collect::<Result<_>>()?,
            packages: kept.packages.into_iter().map(KeptEarned::read).collect::<Result<_>>()?,
            others: kept.others.into_iter().map(counted).collect::<Result<_>>()?,
        })
    }
}

/// One sum for each thing that they have in common and each currency, and of how many it is.
fn summed<'a, T: PartialEq>(all: impl Iterator<Item = (T, &'a Profit)>) -> Vec<(T, usize, Profit)> {
    let mut sums: Vec<(T, usize, Profit)> = Vec::new();
    for (what, profit) in all {
        let same = |(known, _, sum): &&mut (T, usize, Profit)| {
            *known == what && sum.currency == profit.currency
        };
        match sums.iter_mut().find(same) {
            Some((_, count, sum)) => {
                *count += 1;
                sum.plus(profit);
            }
            None => sums.push((what, 1, profit.clone())),
        }
    }
    sums
}

fn read_packages(text: &str) -> Result<Vec<Earned>> {
    let kept: Vec<KeptEarned> = serde_json::from_str(text).map_err(unreadable)?;
    kept.into_iter().map(KeptEarned::read).collect()
}

fn written(kept: &impl Serialize) -> Result<String> {
    serde_json::to_string(kept).map_err(|error| Error::Bug(error.to_string()))
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Bug(format!("a kept profit cannot be read: {error}"))
}

impl From<&Profit> for KeptProfit {
    fn from(profit: &Profit) -> KeptProfit {
        let Profit { currency, revenue, cost, goodwill, loss, fees } = *profit;
        let currency = currency.code().to_owned();
        KeptProfit { currency, revenue, cost, goodwill, loss, fees }
    }
}

impl KeptProfit {
    fn read(&self) -> Result<Profit> {
        let KeptProfit { revenue, cost, goodwill, loss, fees, .. } = *self;
        let currency = Currency::parse(&self.currency).map_err(unreadable)?;
        Ok(Profit { currency, revenue, cost, goodwill, loss, fees })
    }
}

impl From<&Earned> for KeptEarned {
    fn from(earned: &Earned) -> KeptEarned {
        let Earned { provider, pid, package_name, profit } = earned.clone();
        KeptEarned { provider, pid, name: package_name, profit: KeptProfit::from(&profit) }
    }
}

impl KeptEarned {
    fn read(self) -> Result<Earned> {
        let KeptEarned { provider, pid, name: package_name, profit } = self;
        Ok(Earned { provider, pid, package_name, profit: profit.read()? })
    }
}

impl From<Month> for KeptMonth {
    fn from(month: Month) -> KeptMonth {
        let Month { whole, providers, packages, others } = month;
        let named = |(what, profit)| (what, KeptProfit::from(&profit));
        let counted = |(count, profit)| (count, KeptProfit::from(&profit));
        KeptMonth {
            whole: whole.iter().map(KeptProfit::from).collect(),
            providers: providers.into_iter().map(named).collect(),
            packages: packages.iter().map(KeptEarned::from).collect(),
            others: others.into_iter().map(counted).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earned(at: i64) -> Earned {
        let profit = Profit { revenue: 1_000 - at, cost: 1, ..Profit::none(Currency::INR) };
        let provider = if at % 2 == 0 { "smartvps" } else { "hand-rack" };
        let (provider, pid) = (provider.into(), at.to_string());
        Earned { provider, pid, package_name: format!("45.7.{at}"), profit }
    }

    #[test]
    fn of_many_packages_a_page_names_the_first_and_adds_up_the_rest() {
        let dollars = Profit { revenue: 7, ..Profit::none(Currency::parse("USD").unwrap()) };
        let all: Vec<Earned> =
            (0..250).map(earned).chain([Earned { profit: dollars.clone(), ..earned(0) }]).collect();
        let month = Month::of(all.clone());
        assert_eq!((month.packages.len(), &month.packages[..]), (100, &all[..100]));
        let rest: i64 = (100..250).map(|at| 1_000 - at).sum();
        let (count, sum) = &month.others[0];
        assert_eq!((*count, sum.revenue, sum.cost), (150, rest, 150));
        assert_eq!(month.others[1], (1, dollars.clone()));
        let named: i64 = month.packages.iter().map(|one| one.profit.revenue).sum();
        assert_eq!(month.whole[0].revenue, named + rest);
        assert_eq!((month.whole.len(), &month.whole[1]), (2, &dollars));
        let providers: Vec<_> =
            month.providers.iter().map(|(name, sum)| (&**name, sum.currency.code())).collect();
        assert_eq!(providers, [("hand-rack", "INR"), ("smartvps", "INR"), ("smartvps", "USD")]);
        let text = written(&KeptMonth::from(month.clone())).unwrap();
        assert_eq!(Month::read(&text).unwrap(), month);
    }
}
