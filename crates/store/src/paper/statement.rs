//! A customer's statement of account: money in, money out and papers in one row of time, a page at
//! a time whatever its length. A wallet is the customer's own money: what goes into it is told, and
//! what it pays or takes back is no movement between the two.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId, PaperId};
use domain::money::Money;

use crate::db::{Result, Row, Tx};
use crate::order::{inconsistent, order_id, read_currency};

/// What a row tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Money came in, by this gateway.
    In(String),
    /// Money went back, by this gateway.
    Out(String),
    /// Money came in for the customer's wallet, by this gateway.
    TopUp(String),
    /// Credit out of the shop's own pocket.
    Gift,
    Invoice(PaperId),
    CreditNote(PaperId),
}

/// One row of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    pub at: Timestamp,
    pub moved: Moved,
    /// The gateway's id of the movement, the paper's number, or the words of a gift.
    pub name: String,
    /// What it is about: of a wallet, nothing.
    pub order: Option<(OrderId, String)>,
    pub amount: Money,
    /// Names the row: the page behind it is asked for by this.
    pub cursor: String,
}

/// A page goes so far in each of the four, by its index, and the newest of them are shown.
/// `$1` is the account, `$2` and `$3` the row behind which it begins, `$4` how many are wanted.
const PAGE: &str = "SELECT t.at, t.kind, t.tie, t.id, t.name, t.order_id, o.number, t.amount, \
     t.currency, t.number FROM (\
     SELECT * FROM (SELECT at, 'in' AS kind, \
         'in:' || gateway || ':' || gateway_payment || ':' || order_id AS tie, \
         gateway AS id, gateway_payment AS name, order_id, amount_minor AS amount, currency, \
         CAST(NULL AS BIGINT) AS number \
       FROM capture WHERE account_id = $1 AND at <= $2 AND gateway <> 'wallet' \
         AND (at < $2 OR 'in:' || gateway || ':' || gateway_payment || ':' || order_id < $3) \
       ORDER BY at DESC, tie DESC LIMIT $4) c UNION ALL \
     SELECT * FROM (SELECT ended_at AS at, 'out' AS kind, 'out:' || id AS tie, gateway AS id, \
         COALESCE(reference, gateway_refund, id) AS name, order_id, amount_minor AS amount, \
         currency, CAST(NULL AS BIGINT) AS number \
       FROM refund WHERE account_id = $1 AND ended_at <= $2 \
         AND (ended_at < $2 OR 'out:' || id < $3) AND state IN ('done', 'paid_by_hand') \
         AND to_wallet = 0 \
       ORDER BY ended_at DESC, tie DESC LIMIT $4) r UNION ALL \
     SELECT * FROM (SELECT at, kind, 'paper:' || id AS tie, id, series AS name, order_id, \
         net_minor + igst_minor + cgst_minor + sgst_minor + rounding_minor AS amount, currency, \
         number \
       FROM paper WHERE account_id = $1 AND at <= $2 AND (at < $2 OR 'paper:' || id < $3) \
       ORDER BY at DESC, tie DESC LIMIT $4) p UNION ALL \
     SELECT * FROM (SELECT at, kind, 'wallet:' || CAST(id AS TEXT) AS tie, cause AS id, \
         note AS name, NULL AS order_id, amount_minor AS amount, currency, \
         CAST(NULL AS BIGINT) AS number \
       FROM wallet_entry WHERE account_id = $1 AND at <= $2 AND kind IN ('top_up', 'gift') \
         AND (at < $2 OR 'wallet:' || CAST(id AS TEXT) < $3) \
       ORDER BY at DESC, tie DESC LIMIT $4) w) t \
     LEFT JOIN orders o ON o.id = t.order_id ORDER BY t.at DESC, t.tie DESC LIMIT $4";

impl Tx<'_> {
    /// A customer's movements, newest first, behind the row that a cursor names.
    pub fn statement(
        &mut self,
        account: &AccountId,
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<StatementRow>> {
        let (at, tie) = after.unwrap_or((Timestamp::from_micros(i64::MAX), ""));
        let rows = self.rows(PAGE, args![account.as_str(), at, tie, limit])?;
        rows.iter().map(read).collect()
    }

    /// What a customer is owed, by currency.
    pub fn owed_to(&mut self, account: &AccountId) -> Result<Vec<Money>> {
        let rows = self.rows(
            "SELECT currency, CAST(-SUM(amount_minor) AS BIGINT) FROM ledger WHERE account = $1 \
             GROUP BY currency HAVING SUM(amount_minor) <> 0 ORDER BY currency",
            args![format!("owed:{account}")],
        )?;
        rows.iter().map(|row| Ok(Money::new(row.int(1)?, read_currency(row.text(0)?)?))).collect()
    }
}

fn read(row: &Row) -> Result<StatementRow> {
    let (at, tie, id) = (row.time(0)?, row.text(2)?, row.text(3)?);
    let paper = |id: &str| PaperId::parse(id).map_err(|error| inconsistent("paper", error));
    let (moved, name) = match row.text(1)? {
        "in" => (Moved::In(id.to_owned()), row.text(4)?.to_owned()),
        "out" => (Moved::Out(id.to_owned()), row.text(4)?.to_owned()),
        "top_up" => top_up(id)?,
        "gift" => (Moved::Gift, row.text(4)?.to_owned()),
        "invoice" => (Moved::Invoice(paper(id)?), number(row)?),
        _ => (Moved::CreditNote(paper(id)?), number(row)?),
    };
    let order = row.opt_text(5)?.map(|id| Ok((order_id(id)?, row.text(6)?.to_owned())));
    Ok(StatementRow {
        at,
        moved,
        name,
        order: order.transpose()?,
        amount: Money::new(row.int(7)?, read_currency(row.text(8)?)?),
        cursor: format!("{}.{tie}", at.as_micros()),
    })
}

fn number(row: &Row) -> Result<String> {
    Ok(domain::paper::number(row.text(4)?, row.int(9)?))
}

/// Its entry is named by the movement at the gateway.
fn top_up(cause: &str) -> Result<(Moved, String)> {
    let movement = cause.strip_prefix("capture:").and_then(|rest| rest.split_once(':'));
    let (gateway, name) =
        movement.ok_or_else(|| inconsistent("wallet", format!("{cause:?} is no top-up")))?;
    Ok((Moved::TopUp(gateway.to_owned()), name.to_owned()))
}
