//! Customers as staff look for them, and everything about one of them on a page; with what staff
//! write about somebody for each other. Not for deciding: a decision reads under a lock.

use domain::clock::Timestamp;
use domain::id::AccountId;
use domain::money::Money;

use crate::account::{Account, COLUMNS};
use crate::db::{Part, Result, Row, Tx};
use crate::mail::brief::{self, MailLine};
use crate::order::{Order, read_currency};
use crate::payment::{self, Payment};
use crate::session::{self, SessionRow};

/// So many of those whose address begins with some letters are looked at, and so many whose name
/// does: letters that more begin with say too little.
const LIKE_MAX: i64 = 1_000;
/// So many of a kind are on the page of a customer.
const ORDERS: i64 = 10;

/// What staff wrote about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: i64,
    pub at: Timestamp,
    pub actor: String,
    /// Of the account that wrote it.
    pub email: Option<String>,
    pub text: String,
}

/// A customer with what stands around them. Lists are newest first, and hold the newest alone.
#[derive(Clone, Debug)]
pub struct CustomerRows {
    pub account: Account,
    pub orders: Vec<Order>,
    /// How many of their orders stand in each stage.
    pub stages: Vec<(String, i64)>,
    pub balances: Vec<Money>,
    /// Those that a gateway may still say something about.
    pub payments: Vec<Payment>,
    /// To the address that is theirs.
    pub mails: Vec<MailLine>,
    pub notes: Vec<Note>,
    pub sessions: Vec<SessionRow>,
}

const STAGES: Part<'static> = Part {
    columns: "stage, COUNT(*)",
    from: "orders",
    which: "account_id = $1 GROUP BY stage",
    order: "stage",
};

const BALANCES: Part<'static> = Part {
    columns: "balance_minor, currency",
    from: "wallet",
    which: "account_id = $1",
    order: "currency",
};

/// For the wallet, checkouts and orders, of each kind the newest: what is older was decided.
const PAYMENTS: Part<'static> = Part {
    columns: payment::COLUMNS,
    from: "payment",
    which: "state = 'open' AND id IN (\
         SELECT t.id FROM (SELECT id FROM payment WHERE account_id = $1 \
         ORDER BY id DESC LIMIT 50) AS t \
         UNION SELECT p.id FROM (SELECT id FROM checkout WHERE account_id = $1 \
         ORDER BY id DESC LIMIT 50) AS c JOIN payment p ON p.checkout_id = c.id \
         UNION SELECT p.id FROM (SELECT id FROM orders WHERE account_id = $1 \
         ORDER BY created_at DESC, id DESC LIMIT 50) AS o JOIN payment p ON p.order_id = o.id)",
    order: "id DESC",
};

const MAILS: Part<'static> = Part {
    columns: "id, kind, email, state, error, created_at, sent_at",
    from: "(SELECT m.* FROM mail m WHERE m.email = (SELECT email FROM account WHERE id = $1) \
         ORDER BY m.id DESC LIMIT 10) AS newest",
    which: "1 = 1",
    order: "id DESC",
};

const NOTES: Part<'static> = Part {
    columns: "n.id, n.at, n.actor, a.email, n.text",
    from: "(SELECT * FROM account_note WHERE account_id = $1 ORDER BY id DESC LIMIT 50) AS n \
         LEFT JOIN account a ON a.id = n.actor",
    which: "1 = 1",
    order: "n.id DESC",
};

const SESSIONS: Part<'static> = Part {
    columns: session::COLUMNS,
    from: "session",
    which: "account_id = $1 AND expires_at > {now}",
    order: "id DESC",
};

impl Tx<'_> {
    /// Customers, newest first: those made before `after`.
    pub fn customers(&mut self, after: Option<&AccountId>, limit: i64) -> Result<Vec<Account>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM account WHERE role = 'customer' AND id < $1 \
             ORDER BY id DESC LIMIT $2"
        );
        let rows = self.rows(&sql, args![before(after), limit])?;
        rows.iter().map(|row| Account::read(row, 0)).collect()
    }

    /// Whoever has an address or a name that begins so, has typed exactly this address and not
    /// proved it, or has this id; newest first.
    pub fn accounts_like(
        &mut self,
        text: &str,
        after: Option<&AccountId>,
        limit: i64,
    ) -> Result<Vec<Account>> {
        // No letter comes after this one, and the two sides of each comparison are folded alike.
        let begins = |what: &str, with: &str| {
            format!(
                "SELECT id FROM (SELECT id FROM account WHERE {what}{{bytewise}} >= {with} \
                 AND {what}{{bytewise}} < {with} || '\u{10FFFF}' \
                 ORDER BY {what}{{bytewise}} LIMIT {LIKE_MAX}) AS found"
            )
        };
        // The page is cut before the join, or PostgreSQL walks all customers for it.
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT id FROM ({} UNION {} \
             UNION SELECT id FROM account WHERE claim = $1 \
             UNION SELECT id FROM account WHERE id = $2) AS like_it \
             WHERE id < $3 ORDER BY id DESC LIMIT $4) AS page \
             JOIN account ON account.id = page.id ORDER BY account.id DESC",
            begins("email", "$1"),
            begins("LOWER(name)", "LOWER($2)"),
        );
        let rows = self.rows(&sql, args![text.to_lowercase(), text, before(after), limit])?;
        rows.iter().map(|row| Account::read(row, 0)).collect()
    }

    /// A customer with what stands around them, or whoever else has an account.
    pub fn customer(&mut self, id: &AccountId) -> Result<CustomerRows> {
        let account = self.account(id)?;
        let orders = self.orders(Some(id), None, ORDERS)?;
        let parts = [STAGES, BALANCES, PAYMENTS, MAILS, NOTES, SESSIONS];
        let [stages, balances, payments, mails, notes, sessions] =
            self.gather(parts, args![id.as_str()])?;
        let stage = |row: &Row| Ok((row.text(0)?.to_owned(), row.int(1)?));
        let balance = |row: &Row| Ok(Money::new(row.int(0)?, read_currency(row.text(1)?)?));
        Ok(CustomerRows {
            account,
            orders,
            stages: stages.iter().map(stage).collect::<Result<_>>()?,
            balances: balances.iter().map(balance).collect::<Result<_>>()?,
            payments: payments.iter().map(payment::read).collect::<Result<_>>()?,
            mails: mails.iter().map(brief::read).collect::<Result<_>>()?,
            notes: notes.iter().map(read_note).collect::<Result<_>>()?,
            sessions: sessions.iter().map(SessionRow::read).collect::<Result<_>>()?,
        })
    }

    /// Writes down what staff say about somebody.
    pub fn insert_account_note(&mut self, id: &AccountId, actor: &str, text: &str) -> Result<()> {
        self.later(
            "INSERT INTO account_note (account_id, at, actor, text) VALUES ($1, {now}, $2, $3)",
            args![id.as_str(), actor, text],
        )
    }
}

/// All ids of accounts begin with `acc_`.
fn before(after: Option<&AccountId>) -> &str {
    after.map_or("b", AccountId::as_str)
}

fn read_note(row: &Row) -> Result<Note> {
    Ok(Note {
        id: row.int(0)?,
        at: row.time(1)?,
        actor: row.text(2)?.to_owned(),
        email: row.opt_text(3)?.map(ToOwned::to_owned),
        text: row.text(4)?.to_owned(),
    })
}
