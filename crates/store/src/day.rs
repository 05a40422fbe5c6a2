//! What a day brought, and how the shop stands after it, for the mail that tells staff. It reads
//! all that was booked in the day, so it is for a worker.

use domain::clock::Timestamp;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::db::{Result, Row, Tx};
use crate::mail::{Addressed, json};
use crate::order::read_currency;

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

/// Where money is that is ours: what moves from one of these to another came from nobody.
const OURS: &str = "(account LIKE 'gateway:%' OR account IN ('bank', 'fees', 'disputes'))";

impl Tx<'_> {
    /// What was booked from one moment until before another.
    pub fn day(&mut self, from: Timestamp, until: Timestamp) -> Result<Day> {
        let counted = self.lookup(
            "SELECT COUNT(DISTINCT CASE WHEN account LIKE 'prepaid:%' AND amount_minor < 0 \
             THEN order_id END), COUNT(DISTINCT CASE WHEN account = 'revenue' \
             AND amount_minor < 0 THEN order_id END) FROM ledger WHERE at >= $1 AND at < $2",
            args![from, until],
        )?;
        let sql = format!(
            "SELECT currency, CAST(SUM(CASE WHEN minor > 0 THEN minor ELSE 0 END) AS BIGINT), \
             CAST(SUM(CASE WHEN minor < 0 THEN -minor ELSE 0 END) AS BIGINT) FROM (\
               SELECT currency, SUM(amount_minor) AS minor FROM ledger \
               WHERE at >= $1 AND at < $2 AND {OURS} GROUP BY transaction_id, currency) t \
             GROUP BY currency ORDER BY currency"
        );
        let moved = self.rows(&sql, args![from, until])?;
        let column = |at: usize| {
            let sums = moved
                .iter()
                .map(|row: &Row| Ok(Money::new(row.int(at)?, read_currency(row.text(0)?)?)));
            let sums: Result<Vec<Money>> = sums.collect();
            Ok::<_, crate::db::StoreError>(sums?.into_iter().filter(|sum| !sum.is_zero()).collect())
        };
        Ok(Day {
            paid: counted.as_ref().map_or(Ok(0), |row| row.int(0))?,
            delivered: counted.as_ref().map_or(Ok(0), |row| row.int(1))?,
            taken: column(1)?,
            returned: column(2)?,
        })
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
