//! The same decision for many orders, as after an incident: who is affected, and what it comes to.

use std::collections::BTreeMap;

use domain::id::OrderId;
use domain::money::Money;
use domain::order::Remedy;
use domain::package::Pid;
use domain::profit::Profit;

use super::{Done, Wish};
use crate::{Engine, Error, Result};

/// More than this at once is split by whoever asks.
pub const ORDERS_MAX: usize = 1_000;

/// What became of each order, or with a preview would.
#[derive(Debug)]
pub struct Many {
    pub results: Vec<(OrderId, Result<Done>)>,
    /// What it costs us, where that is known, in each currency.
    pub goodwill: Vec<Money>,
    /// What is owed to the customers by it, in each currency.
    pub back: Vec<Money>,
}

/// What may be decided for many at once: nothing in it depends on the single order.
pub const MANY: [Remedy; 4] =
    [Remedy::Extend, Remedy::Reprovision, Remedy::Refund, Remedy::Discount];

impl Engine {
    /// Each order lives alone: one refusal stops none of the rest.
    pub async fn remedy_many(&self, orders: &[OrderId], wish: &Wish, actor: &str) -> Result<Many> {
        if !MANY.contains(&wish.kind) {
            let known = MANY.map(Remedy::word).join(", ");
            let text = format!("{} is decided for one order; for many {known}", wish.kind.word());
            return Err(Error::invalid("invalid-kind", text));
        }
        let mut results = Vec::with_capacity(orders.len());
        for order in orders {
            results.push((order.clone(), self.remedy(order, wish.clone(), actor).await));
        }
        let done = results.iter().filter_map(|(_, done)| done.as_ref().ok());
        let rows: Vec<_> = done.flat_map(|done| &done.ledger).collect();
        let costs = Profit::of(rows.iter().map(|row| (row.account.as_str(), row.amount)));
        let goodwill = costs.iter().map(|cost| Money::new(cost.goodwill, cost.currency)).collect();
        let mut back: BTreeMap<&str, Money> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.account.starts_with("owed:")) {
            let currency = row.amount.currency;
            let sum = back.entry(currency.code()).or_insert(Money::zero(currency));
            sum.minor -= row.amount.minor;
        }
        let back = back.into_values().collect();
        Ok(Many { results, goodwill, back })
    }

    /// The delivered orders whose terms in force name a package, which its number or its name
    /// tells; at most `limit`.
    pub async fn delivered_of_package(&self, named: &str, limit: i64) -> Result<Vec<OrderId>> {
        let (named, provider) = (named.trim().to_owned(), self.parts.provider.id);
        self.db()
            .read(move |tx| {
                let by_number = match Pid::new(named.as_str()) {
                    Some(pid) => tx.package_of_pid(provider, &pid)?,
                    None => None,
                };
                let packages = match by_number {
                    Some(package) => vec![package],
                    None => tx.packages_named(provider, &named)?,
                };
                match &packages[..] {
                    [] => Err(Error::missing("package", &named)),
                    [package] => Ok(tx.delivered_of_package(&package.id, limit)?),
                    several => Err(Error::invalid(
                        "ambiguous-package",
                        format!("{} packages are called {named}: write its number", several.len()),
                    )),
                }
            })
            .await
    }
}
