//! What came in and went back in a time, as the ledger has it: counted by a worker, and read from
//! what it kept. Not for what was earned: that is `profit.rs`.

use domain::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use store::db::Tx;
use store::report::Part;

use crate::profit::Month;
use crate::report::{Answer, Question, Span, Told, Wish};
use crate::{Engine, Error, Result};

/// The money of a time, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Till {
    /// By gateways and by bank; what customers had with us already is not in it.
    pub taken: Money,
    /// Sent back, less what came back to us.
    pub returned: Money,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    currency: String,
    taken: i64,
    returned: i64,
}

impl Engine {
    /// What a time brought, as it was counted last, and what was earned in it.
    pub async fn till(&self, span: Span) -> Result<(Told<Vec<Till>>, Told<Month>)> {
        let questions = [Question::Till(span), Question::Profit(span)];
        let mut reports = self.ask(&questions, (Part::Summary, Wish::Good)).await?.into_iter();
        let mut next = || reports.next().unwrap_or_default();
        Ok((Told::of(next(), read)?, Told::of(next(), Month::read)?))
    }
}

/// Counts what a time brought.
pub(crate) fn count(tx: &mut Tx<'_>, Span { from, until }: Span) -> Result<Answer> {
    let kept = tx.turnover(from, until)?.into_iter().map(|sum| Kept {
        currency: sum.currency.code().to_owned(),
        taken: sum.taken_minor,
        returned: sum.returned_minor,
    });
    let kept: Vec<Kept> = kept.collect();
    let text = serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Answer { summary: text.clone(), whole: text })
}

fn read(text: &str) -> Result<Vec<Till>> {
    let unreadable = |error: String| Error::Bug(format!("a kept till cannot be read: {error}"));
    let kept: Vec<Kept> = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    let till = |kept: Kept| {
        let currency = Currency::parse(&kept.currency).map_err(|e| unreadable(e.to_string()))?;
        let money = |minor| Money::new(minor, currency);
        Ok(Till { taken: money(kept.taken), returned: money(kept.returned) })
    };
    kept.into_iter().map(till).collect()
}
