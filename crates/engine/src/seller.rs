//! Those we buy from, as staff look at them: what the shop knows already, how purchases there went,
//! and one question to the far side when somebody presses for it.
//! Not for pausing and resuming: that is `provider.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::{AttemptId, First, ServerId};
use domain::money::Money;
use serde::{Deserialize, Serialize};
use store::db::Tx;
use store::report::Part;
pub use store::seller::Seller;

use crate::report::{Answer, Question, Span, Told, Wish};
use crate::sync::failing;
use crate::{Engine, Error, Result};

/// Whoever presses a button waits no longer for the far side.
const DEADLINE: Duration = Duration::from_secs(10);

/// All providers at one moment.
#[derive(Clone, Debug)]
pub struct Sellers {
    pub sellers: Vec<Seller>,
    /// Why the list of the one that a machine asks could not be read last.
    pub sync_failing: Option<String>,
    /// What strays of the last day cost there, since the budget was lifted last.
    pub strays: Money,
    /// Why nothing is bought for that.
    pub over_budget: Option<String>,
}

/// How purchases at one provider went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    pub provider: String,
    /// Purchases whose request was permitted.
    pub purchases: i64,
    /// Those that had no usable answer in time, whatever came of them later.
    pub unheard: i64,
    /// Those that certainly bought nothing.
    pub refused: i64,
    /// Servers that were looked at and were what was sold.
    pub verified: i64,
    /// Servers that were something else.
    pub mismatched: i64,
    /// From the permit to the answer, in tenths of a second: half of the answered ones within.
    pub half: Option<i64>,
    /// Nineteen of twenty within.
    pub p95: Option<i64>,
}

/// What the far side said when somebody asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub took: Duration,
    /// What it answered, or why it did not.
    pub said: std::result::Result<String, String>,
}

impl Engine {
    /// Every provider as it stands now.
    pub async fn sellers(&self) -> Result<Sellers> {
        let engine = self.clone();
        self.db()
            .read(move |tx| {
                let lifted = tx.budget_lifted_at()?;
                let strays = engine.strays_since(tx, lifted)?;
                let failing = tx.open_alert(failing::ALERT, engine.parts.provider.id)?;
                Ok::<_, Error>(Sellers {
                    sellers: tx.sellers()?,
                    sync_failing: failing.map(|alert| alert.text),
                    over_budget: engine.over_budget(strays.minor),
                    strays,
                })
            })
            .await
    }

    /// How purchases of a time went at each provider, as it was counted last.
    pub async fn trust(&self, span: Span) -> Result<Told<Vec<Trust>>> {
        let reports = self.ask(&[Question::Trust(span)], (Part::Summary, Wish::Good)).await?;
        Told::of(reports.into_iter().next().unwrap_or_default(), |text| {
            let unreadable = |error| Error::Bug(format!("kept figures cannot be read: {error}"));
            serde_json::from_str(text).map_err(unreadable)
        })
    }

    /// Asks a provider for its list, once, and keeps nothing of it but who asked.
    pub async fn try_provider(&self, provider: &str, actor: &str) -> Result<Tried> {
        self.known_provider(provider).await?;
        if provider != self.parts.provider.id {
            let text = "nobody can be asked there: staff deliver by hand";
            return Err(Error::refused("not-now", text));
        }
        let asked = async {
            let listing = self.ask_for_list().await.map_err(|fault| fault.to_string())?;
            Ok(format!("it lists {} packages", listing.rows.len()))
        };
        self.tried(("try-provider", provider), actor, asked).await
    }

    /// Waits for an answer no longer than a person does, and puts on record who asked.
    pub(crate) async fn tried(
        &self,
        (action, whom): (&'static str, &str),
        actor: &str,
        asked: impl Future<Output = std::result::Result<String, String>>,
    ) -> Result<Tried> {
        let began = self.parts.boot.since_boot();
        let late = |_| Err(format!("no answer within {} seconds", DEADLINE.as_secs()));
        let said = tokio::time::timeout(DEADLINE, asked).await.unwrap_or_else(late);
        let took = self.parts.boot.since_boot().saturating_sub(began);
        let (whom, actor) = (whom.to_owned(), actor.to_owned());
        let detail = match &said {
            Ok(said) => format!("answered: {said}"),
            Err(why) => format!("failed: {why}"),
        };
        self.db().write(move |tx| tx.audit(&actor, action, &whom, &detail)).await?;
        Ok(Tried { took, said })
    }
}

/// Counts how purchases of a time went.
pub(crate) fn count(tx: &mut Tx<'_>, Span { from, until }: Span) -> Result<Answer> {
    let attempts = (AttemptId::mint(from, &First), AttemptId::mint(until, &First));
    let servers = (ServerId::mint(from, &First), ServerId::mint(until, &First));
    let mut all = BTreeMap::<String, (Trust, Vec<(i64, i64)>)>::new();
    for bought in tx.bought_between(&attempts.0, &attempts.1)? {
        let (trust, took) = all.entry(bought.provider).or_default();
        trust.purchases += bought.count;
        trust.unheard += if bought.went_unheard { bought.count } else { 0 };
        trust.refused += if bought.refused { bought.count } else { 0 };
        took.extend(bought.tenths.map(|tenths| (tenths, bought.count)));
    }
    for looked in tx.looked_between(&servers.0, &servers.1)? {
        let (trust, _) = all.entry(looked.provider).or_default();
        (trust.verified, trust.mismatched) = (looked.verified, looked.mismatched);
    }
    let whole = |(provider, (trust, took)): (String, (Trust, Vec<(i64, i64)>))| Trust {
        provider,
        half: within(&took, 50),
        p95: within(&took, 95),
        ..trust
    };
    let trust: Vec<Trust> = all.into_iter().map(whole).collect();
    let text = serde_json::to_string(&trust).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Answer { summary: text.clone(), whole: text })
}

/// The figure that so many of a hundred do not exceed; of figures in rising order, each with how
/// often it is there.
fn within(figures: &[(i64, i64)], percent: i64) -> Option<i64> {
    let all: i64 = figures.iter().map(|(_, count)| count).sum();
    let mut seen = 0;
    let reached = |(_, count): &&(i64, i64)| {
        seen += count;
        seen * 100 >= all * percent
    };
    figures.iter().find(reached).map(|(figure, _)| *figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nineteen_of_twenty_are_within_the_figure_that_is_told() {
        let each_once: Vec<(i64, i64)> = (1..=20).map(|figure| (figure, 1)).collect();
        assert_eq!((within(&each_once, 50), within(&each_once, 95)), (Some(10), Some(19)));
        assert_eq!(within(&[(3, 18), (200, 2)], 95), Some(200));
        assert_eq!(within(&[(3, 19), (200, 1)], 95), Some(3));
        assert_eq!((within(&[(7, 1)], 50), within(&[], 95)), (Some(7), None));
    }
}
