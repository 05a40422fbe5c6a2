//! Signed-in browsers. A token is kept only as its hash: who reads the table cannot sign in.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, SessionId};

use crate::account::{self, Account};
use crate::db::{Result, Row, StoreError, Tx};

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub id: SessionId,
    pub account: AccountId,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was looked at, by the clock that wrote the other moments.
    pub read_at: Timestamp,
    /// What the browser called itself when it signed in.
    pub agent: String,
}

/// A session about to begin, by the database's clock.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub token_hash: String,
    pub account: AccountId,
    pub agent: String,
    pub lasts: Duration,
}

impl SessionRow {
    fn read(row: &Row) -> Result<SessionRow> {
        let id = SessionId::parse(row.text(0)?).map_err(|error| StoreError::Inconsistent {
            what: "session",
            why: error.to_string(),
        })?;
        Ok(SessionRow {
            id,
            account: account::id_of(row.text(1)?)?,
            created_at: row.time(2)?,
            seen_at: row.time(3)?,
            expires_at: row.time(4)?,
            agent: row.text(5)?.to_owned(),
            read_at: row.time(6)?,
        })
    }
}

impl Tx<'_> {
    pub fn insert_session(&mut self, session: &NewSession) -> Result<()> {
        self.later(
            "INSERT INTO session \
             (id, token_hash, account_id, created_at, seen_at, expires_at, agent) \
             VALUES ($1, $2, $3, {now}, {now}, {now} + $4, $5)",
            args![
                session.id.as_str(),
                &session.token_hash,
                session.account.as_str(),
                session.lasts,
                &session.agent,
            ],
        )
    }

    /// Finds the session of a token, and whose it is, unless it has ended.
    pub fn session_by_token(&mut self, token_hash: &str) -> Result<Option<(SessionRow, Account)>> {
        let sql = format!(
            "SELECT session.id, session.account_id, session.created_at, session.seen_at, \
             session.expires_at, session.agent, {{now}}, {} \
             FROM session JOIN account ON account.id = session.account_id \
             WHERE session.token_hash = $1 AND session.expires_at > {{now}}",
            account::COLUMNS
        );
        let row = self.lookup(&sql, args![token_hash])?;
        row.map(|row| Ok((SessionRow::read(&row)?, Account::read(&row, 7)?))).transpose()
    }

    /// Notes that a session is in use, so that it lasts until `expires_at`.
    pub fn touch_session(&mut self, id: &SessionId, expires_at: Timestamp) -> Result<()> {
        self.later(
            "UPDATE session SET seen_at = {now}, expires_at = $2 WHERE id = $1",
            args![id.as_str(), expires_at],
        )
    }

    /// Ends the session of a token; true when there was one.
    pub fn delete_session(&mut self, token_hash: &str) -> Result<bool> {
        let gone = self.run("DELETE FROM session WHERE token_hash = $1", args![token_hash])?;
        Ok(gone == 1)
    }

    /// Removes sessions that have ended, at most `limit`, and tells how many.
    pub fn prune_sessions(&mut self, limit: u32) -> Result<u64> {
        self.run(
            "DELETE FROM session WHERE id IN \
             (SELECT id FROM session WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)",
            args![limit],
        )
    }
}
