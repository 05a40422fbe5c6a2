//! What the shop's owner tells the tax administration of some months: every paper of them, and
//! whether their taxes are those of the ledger. Not for how a sheet is written down.

use domain::clock::Timestamp;
use domain::money::Currency;
use domain::paper::{Kind, Paper, Sums};
use jiff::civil::Date;
use store::db::Tx;

use crate::{Engine, Error, Result};

/// So many papers are read at once.
const TOGETHER: i64 = 500;
/// So many months at most make one return.
const MONTHS_MAX: i32 = 12;

/// Every paper of some months in the shop's currency, oldest first.
#[derive(Clone, Debug)]
pub struct Return {
    pub papers: Vec<Paper>,
    pub currency: Currency,
    /// The taxes of the papers, credit notes taken off, and those of the ledger.
    pub taxes: Sums,
    pub booked: Sums,
    /// Entries of these months that have no paper yet.
    pub waiting: i64,
}

/// From the first to the last month, both with all their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months {
    first: Date,
    /// The first day behind them.
    end: Date,
}

impl Months {
    /// Reads `2026-11`; the last month is the first where none is named.
    pub fn read(first: &str, last: Option<&str>) -> Result<Months> {
        let wrong = |text: &str| {
            let shown: String = text.chars().take(20).collect();
            Error::invalid("invalid-month", format!("{shown:?} is no month; use 2026-11"))
        };
        let read = |text: &str| {
            let date: Option<Date> = format!("{text}-01").parse().ok();
            date.filter(|_| text.len() == 7).ok_or_else(|| wrong(text))
        };
        let last = last.filter(|text| !text.is_empty()).unwrap_or(first);
        let (begin, last_begins) = (read(first)?, read(last)?);
        let end = last_begins.checked_add(jiff::Span::new().months(1)).map_err(|_| wrong(last))?;
        let count = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
        match count(end) - count(begin) {
            1..=MONTHS_MAX => Ok(Months { first: begin, end }),
            _ => Err(Error::invalid(
                "invalid-month",
                format!("the last month must not be before the first, nor {MONTHS_MAX} behind it"),
            )),
        }
    }
}

impl Engine {
    /// The month that a moment is in, where the shop is: `2026-11`.
    pub fn month_of(&self, at: Timestamp) -> String {
        let moment = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        moment.to_zoned(self.settings().papers.zone.clone()).strftime("%Y-%m").to_string()
    }

    pub async fn gst_return(&self, months: Months) -> Result<Return> {
        let span = (self.begin_of(months.first)?, self.begin_of(months.end)?);
        let currency = self.settings().currency;
        self.db().read(move |tx| read(tx, span, currency)).await
    }

    /// When a day begins, where the shop is.
    pub(crate) fn begin_of(&self, day: Date) -> Result<Timestamp> {
        let begin = day.to_zoned(self.settings().papers.zone.clone());
        let begin = begin.map_err(|error| Error::Bug(format!("{day} does not begin: {error}")))?;
        Ok(Timestamp::from_micros(begin.timestamp().as_microsecond()))
    }
}

fn read(tx: &mut Tx<'_>, span: (Timestamp, Timestamp), currency: Currency) -> Result<Return> {
    let (mut papers, mut taxes) = (Vec::new(), Sums::default());
    let mut after = None;
    loop {
        let part = tx.papers_between(span, after.take(), TOGETHER)?;
        after = part.last().map(|paper| (paper.at, paper.id.clone()));
        papers.extend(part.into_iter().filter(|paper| paper.currency == currency));
        if after.is_none() {
            break;
        }
    }
    for paper in &papers {
        let sign = if paper.kind == Kind::Invoice { 1 } else { -1 };
        taxes.igst += sign * paper.sums.igst;
        taxes.cgst += sign * paper.sums.cgst;
        taxes.sgst += sign * paper.sums.sgst;
    }
    let (booked, waiting) = (tx.tax_booked(span, currency)?, tx.count_papers_due(span)?);
    Ok(Return { papers, currency, taxes, booked, waiting })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_in_order_and_no_more_than_a_year_of_them() {
        let read = |first, last| Months::read(first, last).is_ok();
        assert!(
            read("2026-11", None) && read("2026-11", Some("")) && read("2026-04", Some("2027-03"))
        );
        for (first, last) in [
            ("2026-11", Some("2026-10")),
            ("2026-04", Some("2027-04")),
            ("2026-13", None),
            ("2026-11-01", None),
            ("November", None),
        ] {
            assert!(!read(first, last), "{first} {last:?}");
        }
    }
}
