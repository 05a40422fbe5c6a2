//! What came in and went back in a time, as the ledger has it: counted by a worker, and read from
//! what it kept, with how much was delivered. Not for what was earned: that is `profit.rs`.

use domain::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use store::db::Tx;
use store::report::Part;

use crate::profit::Month;
use crate::report::{Answer, Question, Span, Told, Wish};
use crate::{Engine, Error, Result, report};

/// What a time brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Orders whose servers were handed over.
    pub delivered: i64,
    /// Of each currency that money moved in.
    pub till: Vec<Till>,
}

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
    delivered: i64,
    till: Vec<KeptTill>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptTill {
    currency: String,
    taken: i64,
    returned: i64,
}

impl Engine {
    /// What a time brought, as it was counted last.
    pub async fn brought(&self, span: Span) -> Result<Told<Brought>> {
        let reports = self.ask(&[Question::Till(span)], (Part::Summary, Wish::Good)).await?;
        Told::of(reports.into_iter().next().unwrap_or_default(), read)
    }

    /// The same, and what was earned in it.
    pub async fn till(&self, span: Span) -> Result<(Told<Brought>, Told<Month>)> {
        let questions = [Question::Till(span), Question::Profit(span)];
        let mut reports = self.ask(&questions, (Part::Summary, Wish::Good)).await?.into_iter();
        let mut next = || reports.next().unwrap_or_default();
        Ok((Told::of(next(), read)?, Told::of(next(), Month::read)?))
    }
}

/// Counts what a time brought.
pub(crate) fn count(tx: &mut Tx<'_>, Span { from, until }: Span) -> Result<Answer> {
    let till = tx.turnover(from, until)?.into_iter().map(|sum| KeptTill {
        currency: sum.currency.code().to_owned(),
        taken: sum.taken_minor,
        returned: sum.returned_minor,
    });
    let kept = Kept { till: till.collect(), delivered: tx.delivered_between(from, until)? };
    let text = report::written(&kept)?;
    Ok(Answer { summary: text.clone(), whole: text })
}

fn read(text: &str) -> Result<Brought> {
    let unreadable = |error: String| Error::Bug(format!("a kept till cannot be read: {error}"));
    let kept: Kept = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    let till = |kept: KeptTill| {
        let currency = Currency::parse(&kept.currency).map_err(|e| unreadable(e.to_string()))?;
        let money = |minor| Money::new(minor, currency);
        Ok::<_, Error>(Till { taken: money(kept.taken), returned: money(kept.returned) })
    };
    let till = kept.till.into_iter().map(till).collect::<Result<_>>()?;
    Ok(Brought { delivered: kept.delivered, till })
}
