//! What was earned in a time, asked of the ledger by package: one question, however much was sold.
//! It reads all of the time's rows, so it is for a worker. Not for one order: its own rows say it.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};

use crate::db::{Result, Row, Tx};
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

/// What came in and went back, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turnover {
    pub currency: Currency,
    pub taken_minor: i64,
    pub returned_minor: i64,
}

/// What a gateway keeps and what a bank takes back is no money that we sent.
const TURNOVER: &str = "SELECT currency, \
     CAST(SUM(CASE WHEN cause LIKE 'returned:%' OR cause LIKE 'came-back:%' THEN 0 \
       ELSE amount_minor END) AS BIGINT), \
     CAST(-SUM(CASE WHEN cause LIKE 'returned:%' OR cause LIKE 'came-back:%' THEN amount_minor \
       ELSE 0 END) AS BIGINT) \
     FROM ledger WHERE at >= $1 AND at < $2 AND (account = 'bank' OR account LIKE 'gateway:%') \
     AND cause NOT LIKE 'fee:%' AND cause NOT LIKE 'dispute%' GROUP BY currency ORDER BY currency";

impl Tx<'_> {
    /// What customers paid and got back from one moment until before another.
    pub fn turnover(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<Turnover>> {
        let read = |row: &Row| {
            Ok(Turnover {
                currency: read_currency(row.text(0)?)?,
                taken_minor: row.int(1)?,
                returned_minor: row.int(2)?,
            })
        };
        self.rows(TURNOVER, args![from, until])?.iter().map(read).collect()
    }

    /// What was earned from one moment until before another, by package.
    pub fn profit_by_package(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<Sum>> {
        let sql = format!(
            "SELECT COALESCE(p.provider, ''), COALESCE(p.pid, ''), COALESCE(p.name, ''), \
             s.account, s.currency, CAST(s.minor AS BIGINT) FROM (\
               SELECT o.package_now, l.account, l.currency, SUM(l.amount_minor) AS minor \
               FROM ledger l LEFT JOIN orders o ON o.id = l.order_id \
               WHERE l.at >= $1 AND l.at < $2 AND {EARNING} \
               GROUP BY o.package_now, l.account, l.currency) s \
             LEFT JOIN package p ON p.id = s.package_now ORDER BY 1, 3, 2, 4, 5"
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
}
