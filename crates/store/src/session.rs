//! Signed-in browsers. A token is kept only as its hash: who reads the table cannot sign in.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, SessionId};

use crate::account::{self, Account};
use crate::db::{Result, Row, StoreError, Tx};

pub(crate) const COLUMNS: &str = "session.id, session.account_id, session.created_at, \
     session.seen_at, session.expires_at, session.agent, session.address, session.proved_at, \
     {now}, session.acts_for, session.acts_until";
/// What they come to.
const WIDTH: usize = 11;

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
    /// What the browser called itself when it signed in, and from where that was.
    pub agent: String,
    pub address: String,
    /// When its person last proved who they are.
    pub proved_at: Timestamp,
    /// As whom one of staff sees the shop in it, and until when.
    pub acts_for: Option<(AccountId, Timestamp)>,
}

/// A session about to begin, by the database's clock.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub token_hash: String,
    pub account: AccountId,
    pub agent: String,
    pub address: String,
    pub lasts: Duration,
}

impl SessionRow {
    pub(crate) fn read(row: &Row) -> Result<SessionRow> {
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
            address: row.text(6)?.to_owned(),
            proved_at: row.time(7)?,
            read_at: row.time(8)?,
            acts_for: match (row.opt_text(9)?, row.opt_time(10)?) {
                (Some(id), Some(until)) => Some((account::id_of(id)?, until)),
                (None, None) => None,
                half => {
                    let why = format!("it acts for somebody, or until some time: {half:?}");
                    return Err(StoreError::Inconsistent { what: "session", why });
                }
            },
        })
    }
}

impl Tx<'_> {
    /// Whoever begins a session has just proved who they are.
    pub fn insert_session(&mut self, session: &NewSession) -> Result<()> {
        self.later(
            "INSERT INTO session \
             (id, token_hash, account_id, created_at, seen_at, proved_at, expires_at, agent, \
             address) VALUES ($1, $2, $3, {now}, {now}, {now}, {now} + $4, $5, $6)",
            args![
                session.id.as_str(),
                &session.token_hash,
                session.account.as_str(),
                session.lasts,
                &session.agent,
                &session.address,
            ],
        )
    }

    /// Finds the session of a token, and whose it is, unless it has ended.
    pub fn session_by_token(&mut self, token_hash: &str) -> Result<Option<(SessionRow, Account)>> {
        let sql = format!(
            "SELECT {COLUMNS}, {} FROM session JOIN account ON account.id = session.account_id \
             WHERE session.token_hash = $1 AND session.expires_at > {{now}}",
            account::COLUMNS
        );
        let row = self.lookup(&sql, args![token_hash])?;
        row.map(|row| Ok((SessionRow::read(&row)?, Account::read(&row, WIDTH)?))).transpose()
    }

    /// As `session_by_token`, and whether a fact is set: asked together, since every page asks.
    pub fn session_and_setting(
        &mut self,
        token_hash: &str,
        setting: &str,
    ) -> Result<Option<(SessionRow, Account, bool)>> {
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT COUNT(*) FROM setting WHERE name = $2), {} FROM session \
             JOIN account ON account.id = session.account_id \
             WHERE session.token_hash = $1 AND session.expires_at > {{now}}",
            account::COLUMNS
        );
        let row = self.lookup(&sql, args![token_hash, setting])?;
        let read = |row: Row| {
            let is_set = row.int(WIDTH)? > 0;
            Ok((SessionRow::read(&row)?, Account::read(&row, WIDTH + 1)?, is_set))
        };
        row.map(read).transpose()
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

    /// Notes that whoever uses a session has just proved again who they are. From then on another
    /// token opens it; the one before opens nothing.
    pub fn prove_session(&mut self, id: &SessionId, token_hash: &str) -> Result<()> {
        self.later_one(
            "UPDATE session SET proved_at = {now}, token_hash = $2 WHERE id = $1",
            args![id.as_str(), token_hash],
            "the session",
        )
    }

    /// From now on a session sees the shop as somebody else does, for so long; another token opens
    /// it, and the one before opens nothing.
    pub fn act_for(
        &mut self,
        id: &SessionId,
        (account, lasts): (&AccountId, Duration),
        token_hash: &str,
    ) -> Result<()> {
        self.later_one(
            "UPDATE session SET acts_for = $2, acts_until = {now} + $3, token_hash = $4 \
             WHERE id = $1",
            args![id.as_str(), account.as_str(), lasts, token_hash],
            "the session",
        )
    }

    /// A session sees the shop as its own person again.
    pub fn stop_acting(&mut self, id: &SessionId) -> Result<()> {
        self.later_one(
            "UPDATE session SET acts_for = NULL, acts_until = NULL WHERE id = $1",
            args![id.as_str()],
            "the session",
        )
    }

    /// Reads an account's sessions that have not ended, newest first.
    pub fn list_sessions(&mut self, account: &AccountId, limit: u32) -> Result<Vec<SessionRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM session WHERE account_id = $1 AND expires_at > {{now}} \
             ORDER BY id DESC LIMIT $2"
        );
        let rows = self.rows(&sql, args![account.as_str(), limit])?;
        rows.iter().map(SessionRow::read).collect()
    }

    /// Ends one session of an account; false when it has no such session.
    pub fn end_session(&mut self, account: &AccountId, id: &SessionId) -> Result<bool> {
        let gone = self.run(
            "DELETE FROM session WHERE id = $1 AND account_id = $2",
            args![id.as_str(), account.as_str()],
        )?;
        Ok(gone == 1)
    }

    /// Ends all sessions of an account but one, or all of them, and tells how many.
    pub fn end_sessions(&mut self, account: &AccountId, but: Option<&SessionId>) -> Result<u64> {
        let but = but.map_or("", SessionId::as_str);
        self.run(
            "DELETE FROM session WHERE account_id = $1 AND id <> $2",
            args![account.as_str(), but],
        )
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
