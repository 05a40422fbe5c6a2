//! What was earned in a time, asked of the ledger: by package, and by month. Each is one question,
//! however much was sold. Not for one order: its own rows say it.

use domain::clock::Timestamp;
use domain::money::Money;

use crate::db::{Result, Row, Tx, Value};
use crate::order::read_currency;

/// What one account came to, of what was sold as one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Of the terms in force; empty where no order is behind it.
    pub provider: String,
    pub pid: String,
    pub package_name: String,
    pub account: String,
    /// Debits are positive.
    pub amount: Money,
}

/// Accounts that make a profit, or take of it.
const EARNING: &str = "(l.account IN ('revenue', 'rounding', 'goodwill', 'loss', 'disputes', \
     'fees') OR l.account LIKE 'upstream:%')";

impl Tx<'_> {
    /// What was earned from one moment until before another, by package.
    pub fn profit_by_package(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<Sum>> {
        let sql = format!(
            "SELECT COALESCE(p.provider, ''), COALESCE(p.pid, ''), COALESCE(p.name, ''), \
             s.account, s.currency, CAST(SUM(s.minor) AS BIGINT) FROM (\
               SELECT l.order_id, l.account, l.currency, SUM(l.amount_minor) AS minor \
               FROM ledger l WHERE l.at >= $1 AND l.at < $2 AND {EARNING} \
               GROUP BY l.order_id, l.account, l.currency) s \
             LEFT JOIN orders o ON o.id = s.order_id LEFT JOIN package p ON p.id = o.package_now \
             GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 3, 2, 4, 5"
        );
        let read = |row: &Row| {
            Ok(Sum {
                provider: row.text(0)?.into(),
                pid: row.text(1)?.into(),
                package_name: row.text(2)?.into(),
                account: row.text(3)?.into(),
                amount: Money::new(row.int(5)?, read_currency(row.text(4)?)?),
            })
        };
        self.rows(&sql, args![from, until])?.iter().map(read).collect()
    }

    /// What was earned in each of these times: its place in the list, the account, and how much.
    pub fn profit_by_time(
        &mut self,
        times: &[(Timestamp, Timestamp)],
    ) -> Result<Vec<(usize, String, Money)>> {
        let mut values: Vec<Value> = Vec::with_capacity(times.len() * 3);
        let mut lines = Vec::with_capacity(times.len());
        for (at, (from, until)) in times.iter().enumerate() {
            let first = values.len();
            let marks: Vec<String> =
                (1..=3).map(|place| format!("CAST(${} AS BIGINT)", first + place)).collect();
            lines.push(format!("({})", marks.join(", ")));
            values.push(i64::try_from(at).unwrap_or(i64::MAX).into());
            values.push((*from).into());
            values.push((*until).into());
        }
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "WITH t (place, began, ended) AS (VALUES {}) SELECT t.place, l.account, l.currency, \
             CAST(SUM(l.amount_minor) AS BIGINT) FROM t JOIN ledger l \
             ON l.at >= t.began AND l.at < t.ended WHERE {EARNING} \
             GROUP BY t.place, l.account, l.currency ORDER BY t.place, l.account, l.currency",
            lines.join(", ")
        );
        let read = |row: &Row| {
            let place = usize::try_from(row.int(0)?).unwrap_or(usize::MAX);
            Ok((place, row.text(1)?.into(), Money::new(row.int(3)?, read_currency(row.text(2)?)?)))
        };
        self.rows(&sql, &values)?.iter().map(read).collect()
    }
}
