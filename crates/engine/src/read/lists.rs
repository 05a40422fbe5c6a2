//! What a provider's lists showed before and after a purchase without a certain outcome: the stock
//! of all its packages. A hint for a person; nothing is decided by it.

use std::collections::BTreeMap;

use domain::clock::Timestamp;
use domain::package::Listed;
use store::reading::Raw;

use super::AdminOrder;
use crate::{Engine, Result};

/// A list that was read, as old answers are kept for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAt {
    pub requested_at: Timestamp,
    /// Why it says nothing any more.
    pub fault: Option<String>,
}

/// A package as both lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub pid: String,
    pub name: String,
    /// Nothing where the list did not name it.
    pub before: Option<i64>,
    pub after: Option<i64>,
    /// It is the one that was asked for.
    pub is_asked: bool,
}

impl Beside {
    /// As it would by one purchase.
    pub fn fell_by_one(&self) -> bool {
        self.before.zip(self.after).is_some_and(|(before, after)| before - after == 1)
    }
}

/// Two lists beside a purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// What the permit was based on.
    pub before: Option<ListAt>,
    /// The first that was asked for once nothing was heard.
    pub after: Option<ListAt>,
    /// Of another stock in the other: the one that was asked for first, whatever became of it, then
    /// those that fell by one.
    pub changed: Vec<Beside>,
    /// The same in both, by number and name.
    pub same: Vec<Beside>,
}

/// A package, and how many there were of it.
type Stocks = BTreeMap<(String, String), i64>;

impl Engine {
    /// The lists around each purchase of which the evidence of an order tells, in its order.
    pub async fn lists_around(&self, all: &AdminOrder) -> Result<Vec<Lists>> {
        let mut found = Vec::with_capacity(all.evidence.len());
        for known in &all.evidence {
            let attempt = all.attempts.iter().find(|attempt| attempt.id == known.attempt);
            let since = known.went_unheard_at.or(attempt.and_then(|attempt| attempt.permitted_at));
            let (Some(before), Some(since)) = (&known.before, since) else {
                found.push(Lists::default());
                continue;
            };
            let (provider, number) = (self.parts.provider.id, before.reading);
            let (before, after) =
                self.db().read(move |tx| tx.raws_around(provider, number, since)).await?;
            let asked = attempt.map(|attempt| (attempt.pid.clone(), attempt.package_name.clone()));
            let engine = self.clone();
            // A long list takes a while to read.
            found.push(self.aside(move || engine.compare(before, after, asked)).await?);
        }
        Ok(found)
    }

    fn compare(
        &self,
        before: Option<Raw>,
        after: Option<Raw>,
        asked: Option<(String, String)>,
    ) -> Lists {
        let read = |raw: Option<Raw>| match raw.map(|raw| (raw.requested_at, self.stocks(&raw))) {
            None => (None, None),
            Some((requested_at, Ok(stocks))) => {
                (Some(ListAt { requested_at, fault: None }), Some(stocks))
            }
            Some((requested_at, Err(fault))) => {
                (Some(ListAt { requested_at, fault: Some(fault.to_string()) }), None)
            }
        };
        let ((before, was), (after, is)) = (read(before), read(after));
        let (changed, same) = match (was, is) {
            (Some(was), Some(is)) => laid_beside(&was, &is, asked.as_ref()),
            _ => (Vec::new(), Vec::new()),
        };
        Lists { before, after, changed, same }
    }

    fn stocks(&self, raw: &Raw) -> std::result::Result<Stocks, upstream::Fault> {
        let rows = self.parts.provider.upstream.packages_in(&raw.bytes)?;
        let stock = |row: Listed| ((row.pid.as_str().to_owned(), row.name), row.stock);
        Ok(rows.into_iter().map(stock).collect())
    }
}

/// What differs between two lists, and what does not.
fn laid_beside(
    was: &Stocks,
    is: &Stocks,
    asked: Option<&(String, String)>,
) -> (Vec<Beside>, Vec<Beside>) {
    let gone = was.keys().filter(|key| !is.contains_key(*key));
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    for key in is.keys().chain(gone) {
        let (before, after) = (was.get(key).copied(), is.get(key).copied());
        let is_asked = asked == Some(key);
        let (pid, name) = key.clone();
        let part = if before == after && !is_asked { &mut same } else { &mut changed };
        part.push(Beside { pid, name, before, after, is_asked });
    }
    changed.sort_by_key(|one| (!one.is_asked, !one.fell_by_one()));
    (changed, same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stocks(rows: &[(&str, i64)]) -> Stocks {
        rows.iter().map(|(name, stock)| (("6".to_owned(), (*name).to_owned()), *stock)).collect()
    }

    #[test]
    fn the_asked_package_comes_first_and_then_what_fell_by_one() {
        let was = stocks(&[("a", 4), ("b", 9), ("c", 7), ("d", 5), ("gone", 1)]);
        let is = stocks(&[("a", 4), ("b", 6), ("c", 6), ("d", 5), ("new", 3)]);
        let asked = ("6".to_owned(), "d".to_owned());
        let (changed, same) = laid_beside(&was, &is, Some(&asked));
        let told: Vec<_> = changed
            .iter()
            .map(|one| (one.name.as_str(), one.before, one.after, one.fell_by_one()))
            .collect();
        let expected = [
            ("d", Some(5), Some(5), false),
            ("c", Some(7), Some(6), true),
            ("b", Some(9), Some(6), false),
            ("new", None, Some(3), false),
            ("gone", Some(1), None, false),
        ];
        assert_eq!(told, expected);
        let same: Vec<_> = same.iter().map(|one| (one.name.as_str(), one.after)).collect();
        assert_eq!(same, [("a", Some(4))]);
    }
}
