//! Orders as staff look for them: by whose they are, of which package, where they stand and from
//! when; and by whatever else names one. Not for deciding: a decision reads its one order under a
//! lock.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId, PackageId, order_number_meant};

use crate::account::id_of;
use crate::db::{Result, Tx, Value};
use crate::order::{COLUMNS, Order, inconsistent, order_id, read};

/// Among which orders somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    All,
    /// Those of any of them.
    Accounts(Vec<AccountId>),
    /// Those whose terms in force name it.
    Package(PackageId),
    These(Vec<OrderId>),
}

/// What the orders have to be besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// A word of a stage; it is written into the question.
    pub stage: Option<&'static str>,
    /// Ordered then or later.
    pub from: Option<Timestamp>,
    /// Ordered before that.
    pub until: Option<Timestamp>,
}

impl Tx<'_> {
    /// Orders, newest first. `after` is the last one of the page before.
    pub fn orders_among(
        &mut self,
        among: &Among,
        only: &Only,
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<Order>> {
        let mut values: Vec<Value> = Vec::new();
        let mut that = Vec::new();
        let mut put = |value: Value| {
            values.push(value);
            values.len()
        };
        match among {
            Among::All => {}
            Among::Accounts(ids) if ids.is_empty() => return Ok(Vec::new()),
            Among::Accounts(ids) => {
                let marks = ids.iter().map(|id| format!("${}", put(id.as_str().into())));
                that.push(format!("account_id IN ({})", marks.collect::<Vec<_>>().join(", ")));
            }
            Among::Package(id) => that.push(format!("package_now = ${}", put(id.as_str().into()))),
            Among::These(ids) if ids.is_empty() => return Ok(Vec::new()),
            Among::These(ids) => {
                let marks = ids.iter().map(|id| format!("${}", put(id.as_str().into())));
                that.push(format!("id IN ({})", marks.collect::<Vec<_>>().join(", ")));
            }
        }
        if let Some(stage) = only.stage {
            // Of a few orders the stage must not look like the better way to find them. A plan for
            // whichever stage would look for rare ones among all the others.
            let column = match among {
                Among::All | Among::Package(_) => "stage",
                Among::Accounts(_) | Among::These(_) => "stage || ''",
            };
            that.push(format!("{column} = '{stage}'"));
        }
        if let Some(from) = only.from {
            that.push(format!("created_at >= ${}", put(from.into())));
        }
        if let Some(until) = only.until {
            that.push(format!("created_at < ${}", put(until.into())));
        }
        let (at, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), ""));
        that.push(format!("(created_at, id) < (${}, ${})", put(at.into()), put(id.into())));
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE {} ORDER BY created_at DESC, id DESC LIMIT ${}",
            that.join(" AND "),
            put(limit.into())
        );
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// Orders that a name stands for: their number, however it is typed, or id, the address or id
    /// of a server of theirs, a purchase, a payment or a refund, by our name or the gateway's.
    pub fn orders_named(&mut self, name: &str, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE number IN ($2, $4) \
             UNION SELECT id FROM orders WHERE id = $1 \
             UNION SELECT order_id FROM server WHERE address = $1 AND order_id IS NOT NULL \
             UNION SELECT order_id FROM server WHERE id = $1 AND order_id IS NOT NULL \
             UNION SELECT order_id FROM attempt WHERE id = $1 \
             UNION SELECT order_id FROM capture WHERE gateway_payment = $1 \
             UNION SELECT order_id FROM payment WHERE id = $1 AND order_id IS NOT NULL \
             UNION SELECT order_id FROM payment WHERE gateway_order = $1 AND order_id IS NOT NULL \
             UNION SELECT order_id FROM payment_share WHERE payment_id = $1 \
             UNION SELECT s.order_id FROM payment p JOIN payment_share s ON s.payment_id = p.id \
               WHERE p.gateway_order = $1 \
             UNION SELECT order_id FROM refund WHERE id = $1 \
             UNION SELECT order_id FROM refund WHERE gateway_refund = $1 \
             UNION SELECT order_id FROM refund WHERE reference = $1 \
             ORDER BY 1 DESC LIMIT $3",
            args![name, name.to_uppercase(), limit, order_number_meant(name)],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// Packages by their number at the provider, or by their whole name.
    pub fn packages_called(&mut self, name: &str, limit: i64) -> Result<Vec<PackageId>> {
        let rows = self.rows(
            "SELECT id FROM package WHERE pid = $1 \
             UNION SELECT id FROM package WHERE LOWER(name) = LOWER($1) ORDER BY 1 LIMIT $2",
            args![name, limit],
        )?;
        let read = |text: &str| PackageId::parse(text).map_err(|e| inconsistent("package", e));
        rows.iter().map(|row| read(row.text(0)?)).collect()
    }

    /// Whoever has a mail address, or has typed it and not proved it yet.
    pub fn accounts_at(&mut self, email: &str, limit: i64) -> Result<Vec<AccountId>> {
        let rows = self.rows(
            "SELECT id FROM account WHERE email = $1 UNION SELECT id FROM account WHERE claim = $1 \
             ORDER BY 1 LIMIT $2",
            args![email.trim().to_lowercase(), limit],
        )?;
        rows.iter().map(|row| id_of(row.text(0)?)).collect()
    }
}
