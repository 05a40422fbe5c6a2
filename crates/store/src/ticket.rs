//! What somebody holds for a short time to do one thing once: a link that proves an address, a
//! link that sets a new password. Kept as its hash: who reads the table can use none.

use std::time::Duration;

use domain::id::AccountId;

use crate::account;
use crate::db::{Result, Row, StoreError, Tx};

/// What a ticket is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Proving that mail to an address reaches its person.
    Verify,
    /// Setting a new password.
    Reset,
    /// Showing a code, after the password was right.
    SignIn,
}

impl Purpose {
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Verify => "verify",
            Purpose::Reset => "reset",
            Purpose::SignIn => "sign-in",
        }
    }
}

/// A ticket about to be given.
#[derive(Clone, Debug)]
pub struct NewTicket {
    pub token_hash: String,
    pub purpose: Purpose,
    pub account: AccountId,
    /// The address that it is sent to.
    pub email: String,
    pub lasts: Duration,
}

/// A ticket that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub account: AccountId,
    pub email: String,
}

impl Ticket {
    fn read(row: &Row) -> Result<Ticket> {
        Ok(Ticket { account: account::id_of(row.text(0)?)?, email: row.text(1)?.to_owned() })
    }
}

impl Tx<'_> {
    pub fn insert_ticket(&mut self, ticket: &NewTicket) -> Result<()> {
        self.later(
            "INSERT INTO ticket (token_hash, purpose, account_id, email, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, {now}, {now} + $5)",
            args![
                &ticket.token_hash,
                ticket.purpose.word(),
                ticket.account.as_str(),
                &ticket.email,
                ticket.lasts,
            ],
        )
    }

    /// Finds a ticket that is in force, and leaves it there.
    pub fn lookup_ticket(&mut self, purpose: Purpose, token_hash: &str) -> Result<Option<Ticket>> {
        let row = self.lookup(
            "SELECT account_id, email FROM ticket \
             WHERE token_hash = $1 AND purpose = $2 AND expires_at > {now}",
            args![token_hash, purpose.word()],
        )?;
        row.map(|row| Ticket::read(&row)).transpose()
    }

    /// Takes a ticket that is in force. Of several who come with it one gets it.
    pub fn take_ticket(&mut self, purpose: Purpose, token_hash: &str) -> Result<Option<Ticket>> {
        let rows = self.rows(
            "DELETE FROM ticket WHERE token_hash = $1 AND purpose = $2 AND expires_at > {now} \
             RETURNING account_id, email",
            args![token_hash, purpose.word()],
        )?;
        match rows.as_slice() {
            [] => Ok(None),
            [row] => Ticket::read(row).map(Some),
            _ => Err(StoreError::Inconsistent { what: "ticket", why: "it is there twice".into() }),
        }
    }

    /// Takes all tickets of an account for one purpose out of force.
    pub fn delete_tickets(&mut self, account: &AccountId, purpose: Purpose) -> Result<()> {
        self.later(
            "DELETE FROM ticket WHERE account_id = $1 AND purpose = $2",
            args![account.as_str(), purpose.word()],
        )
    }

    /// Removes tickets that are over, at most `limit`, and tells how many.
    pub fn prune_tickets(&mut self, limit: u32) -> Result<u64> {
        self.run(
            "DELETE FROM ticket WHERE token_hash IN (SELECT token_hash FROM ticket \
             WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)",
            args![limit],
        )
    }
}
