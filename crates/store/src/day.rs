//! What a day brought, and how the shop stands after it, for the mail that tells staff. It reads
//! all that was booked in the day, so it is for a worker.

use domain::clock::Timestamp;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::db::{Result, Tx};
use crate::mail::{Addressed, json};
use crate::profit::Turnover;

/// What was booked from one moment until before another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Orders that money was put down for.
    pub paid: i64,
    /// Orders whose servers were handed over.
    pub delivered: i64,
    /// What came in, by currency.
    pub taken: Vec<Money>,
    /// What went back to those who had paid, by currency.
    pub returned: Vec<Money>,
}

/// A day as a mail tells it: as it was when it was told.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DayFacts {
    /// In the shop's zone: `2026-01-15`.
    pub date: String,
    pub paid: i64,
    pub delivered: i64,
    /// Minor units and their currency.
    pub taken: Vec<(i64, String)>,
    pub returned: Vec<(i64, String)>,
    pub owed: Vec<(i64, String)>,
    /// Why orders wait for a person, how many, and how many of them are late.
    pub listed: Vec<(String, i64, i64)>,
    pub alerts: i64,
    /// When the provider's list was last read well.
    pub synced_at: Option<i64>,
}

impl Tx<'_> {
    /// What was booked from one moment until before another.
    pub fn day(&mut self, from: Timestamp, until: Timestamp) -> Result<Day> {
        let paid = self.lookup(
            "SELECT COUNT(DISTINCT CASE WHEN account LIKE 'prepaid:%' AND amount_minor < 0 \
             THEN order_id END) FROM ledger WHERE at >= $1 AND at < $2",
            args![from, until],
        )?;
        let moved = self.turnover(from, until)?;
        let sums = |minor: fn(&Turnover) -> i64| {
            let sums = moved.iter().map(|one| Money::new(minor(one), one.currency));
            sums.filter(|sum| !sum.is_zero()).collect()
        };
        Ok(Day {
            paid: paid.map_or(Ok(0), |row| row.int(0))?,
            delivered: self.delivered_between(from, until)?,
            taken: sums(|one| one.taken_minor),
            returned: sums(|one| one.returned_minor),
        })
    }

    /// How many orders were handed over from one moment until before another, as they were booked.
    pub fn delivered_between(&mut self, from: Timestamp, until: Timestamp) -> Result<i64> {
        // Whatever is asked of an account besides would be looked up by it, in entries of years.
        let row = self.lookup(
            "SELECT COUNT(DISTINCT CASE WHEN account = 'revenue' AND amount_minor < 0 \
             THEN order_id END) FROM ledger WHERE at >= $1 AND at < $2",
            args![from, until],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Whether a mail with this cause was ever written.
    pub fn is_mail_written(&mut self, cause: &str) -> Result<bool> {
        Ok(self.lookup("SELECT id FROM mail WHERE cause = $1", args![cause])?.is_some())
    }

    /// Tells somebody of the staff of a day, once per cause.
    pub fn tell_day(
        &mut self,
        email: &str,
        (kind, cause): (&str, &str),
        facts: &DayFacts,
    ) -> Result<()> {
        self.tell(Addressed { email, name: "", language: None, kind, cause }, json(facts)?)
    }
}
