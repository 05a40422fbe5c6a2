//! What the shop has earned, by package, by provider and by month, as the ledger has it.
//! Not for what something costs us: staff enter that with the product.

use domain::clock::Timestamp;
use domain::profit::Profit;
use store::profit::Sum;

use crate::{Engine, Result};

/// What one package has earned, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earned {
    /// Empty where no order is behind it: strays of nobody.
    pub provider: String,
    pub pid: String,
    pub package_name: String,
    pub profit: Profit,
}

impl Engine {
    /// When it is for the ledger: its rows are of the database's clock.
    pub async fn ledgers_now(&self) -> Result<Timestamp> {
        Ok(self.db().read(|tx| tx.now()).await?)
    }

    /// How many purchases seem to cost nothing, as nobody has entered their cost; at most `most`.
    pub async fn bought_at_unknown_cost(&self, most: i64) -> Result<i64> {
        Ok(self.db().read(move |tx| tx.count_of_unknown_cost(most)).await?)
    }

    /// What each package has earned from one moment until before another.
    pub async fn profit_by_package(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Earned>> {
        let sums = self.db().read(move |tx| tx.profit_by_package(from, until)).await?;
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
        Ok(earned.collect())
    }

    /// What was earned in each of these times, all packages together.
    pub async fn profit_by_time(
        &self,
        times: Vec<(Timestamp, Timestamp)>,
    ) -> Result<Vec<Vec<Profit>>> {
        let count = times.len();
        let sums = self.db().read(move |tx| tx.profit_by_time(&times)).await?;
        let of = |place| {
            let rows = sums.iter().filter(move |(at, ..)| *at == place);
            Profit::of(rows.map(|(_, account, amount)| (account.as_str(), *amount)))
        };
        Ok((0..count).map(of).collect())
    }
}
