//! What still ties a person to the shop, what is kept about them beside the books, and taking that
//! away. Not for what the law wants kept: papers, the ledger and orders stay as they are.

use domain::clock::Timestamp;
use domain::id::AccountId;

use crate::db::{Result, Tx};

/// What stands in the way of closing an account, each as a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Servers that are theirs.
    pub running: i64,
    /// Orders that have not come to their end.
    pub open: i64,
    /// Payments that a gateway is still asked about: they may arrive, or once more.
    pub payments: i64,
    /// Money on its way back.
    pub refunds: i64,
    /// Payers' banks that have not decided.
    pub disputes: i64,
}

/// A mail that somebody was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub kind: String,
    pub email: String,
    pub at: Timestamp,
    pub subject: Option<String>,
    pub body: Option<String>,
}

/// Mails about an account's orders, and those to an address that is nobody else's. Each kind is
/// found by an index of its own: joined by OR they would be looked for among all mails.
const THEIRS: &str = "id IN (SELECT m.id FROM orders o JOIN mail m ON m.order_id = o.id \
     WHERE o.account_id = $1 \
     UNION SELECT m.id FROM mail m WHERE m.order_id IS NULL AND m.email = $2 \
     AND NOT EXISTS (SELECT 1 FROM account other \
     WHERE other.id <> $1 AND (other.email = $2 OR other.claim = $2)))";
/// Payments of an account: for its wallet, its orders and its checkouts, found likewise.
const PAYMENTS: &str = "SELECT p.id FROM payment p WHERE p.account_id = $1 \
     UNION SELECT p.id FROM orders o JOIN payment p ON p.order_id = o.id WHERE o.account_id = $1 \
     UNION SELECT p.id FROM checkout c JOIN payment p ON p.checkout_id = c.id \
     WHERE c.account_id = $1";

impl Tx<'_> {
    pub fn ties(&mut self, account: &AccountId) -> Result<Ties> {
        let sql = format!(
            "SELECT \
             (SELECT COUNT(*) FROM orders WHERE account_id = $1 AND stage = 'delivered'), \
             (SELECT COUNT(*) FROM orders WHERE account_id = $1 AND stage NOT IN \
             ('delivered', 'terminated', 'refunded', 'cancelled', 'reservation_over')), \
             (SELECT COUNT(*) FROM ({PAYMENTS}) AS theirs WHERE EXISTS (SELECT 1 FROM job \
             WHERE job.id = 'job_poll_' || theirs.id)), \
             (SELECT COUNT(*) FROM refund WHERE account_id = $1 \
             AND state IN ('planned', 'requested', 'pending', 'by_hand')), \
             (SELECT COUNT(*) FROM dispute WHERE state = 'open' \
             AND order_id IN (SELECT id FROM orders WHERE account_id = $1)) \
             + (SELECT COUNT(*) FROM top_up_dispute WHERE state = 'open' AND account_id = $1)"
        );
        let row = self.lookup(&sql, args![account.as_str()])?;
        let Some(row) = row else { return Ok(Ties::default()) };
        Ok(Ties {
            running: row.int(0)?,
            open: row.int(1)?,
            payments: row.int(2)?,
            refunds: row.int(3)?,
            disputes: row.int(4)?,
        })
    }

    /// Mails that a person was sent, newest first.
    pub fn mails_to(&mut self, account: &AccountId, email: &str, limit: u32) -> Result<Vec<Sent>> {
        let sql = format!(
            "SELECT kind, email, created_at, subject, body FROM mail WHERE {THEIRS} \
             ORDER BY id DESC LIMIT $3"
        );
        let rows = self.rows(&sql, args![account.as_str(), email, limit])?;
        let sent = rows.iter().map(|row| {
            Ok(Sent {
                kind: row.text(0)?.to_owned(),
                email: row.text(1)?.to_owned(),
                at: row.time(2)?,
                subject: row.opt_text(3)?.map(ToOwned::to_owned),
                body: row.opt_text(4)?.map(ToOwned::to_owned),
            })
        });
        sent.collect()
    }

    /// Takes away who somebody was: name, addresses, every way of signing in, mails, and the words
    /// about them in the audit. Who did what and when stays there.
    pub fn close_account(&mut self, account: &AccountId, email: &str, name: &str) -> Result<()> {
        let id = account.as_str();
        self.later(
            &format!(
                "UPDATE alert SET text = 'a mail came back' WHERE kind = 'mail-refused' \
                 AND subject IN (SELECT CAST(id AS TEXT) FROM mail WHERE {THEIRS})"
            ),
            args![id, email],
        )?;
        // Why they wanted money back is in their own words.
        self.later(
            "UPDATE alert SET text = 'money back was asked for' WHERE kind = 'refund-asked' \
             AND subject IN (SELECT id FROM orders WHERE account_id = $1)",
            args![id],
        )?;
        // Staff who had a mail sent again wrote down to whom.
        self.later(
            &format!(
                "UPDATE audit SET detail = '' WHERE action = 'send-mail-again' \
                 AND subject IN (SELECT CAST(id AS TEXT) FROM mail WHERE {THEIRS})"
            ),
            args![id, email],
        )?;
        self.later(&format!("DELETE FROM mail WHERE {THEIRS}"), args![id, email])?;
        self.later(
            "DELETE FROM cart_line WHERE cart_id IN (SELECT id FROM cart WHERE account_id = $1)",
            args![id],
        )?;
        for table in [
            "cart",
            "account_note",
            "session",
            "api_key",
            "ticket",
            "recovery_code",
            "second_factor",
            "idempotency",
        ] {
            self.later(&format!("DELETE FROM {table} WHERE account_id = $1"), args![id])?;
        }
        self.later("DELETE FROM party WHERE id = $1", args![id])?;
        self.later("UPDATE audit SET detail = '' WHERE subject = $1", args![id])?;
        // No address is an id, and no hash is a word: nobody signs in with either.
        self.later_one(
            "UPDATE account SET email = id, claim = NULL, name = $2, password_hash = 'closed', \
             verified_at = NULL, second_factor_at = NULL, language = NULL, closed_at = {now} \
             WHERE id = $1 AND closed_at IS NULL",
            args![id, name],
            "the account",
        )
    }
}
