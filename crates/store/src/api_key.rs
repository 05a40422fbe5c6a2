//! Credentials of programs. A key is kept only as its hash; its first letters are its hint.

use domain::clock::Timestamp;
use domain::id::{AccountId, ApiKeyId};

use crate::account::{self, Account};
use crate::db::{Result, Row, StoreError, Tx};

const COLUMNS: &str = "api_key.id, api_key.account_id, api_key.hint, api_key.scopes, \
     api_key.created_at, api_key.used_at, api_key.revoked_at, {now}";

/// One credential of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRow {
    pub id: ApiKeyId,
    pub account: AccountId,
    pub hint: String,
    /// Words with spaces between; empty: all powers of the account.
    pub scopes: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// When it was looked at, by the clock that wrote the other moments.
    pub read_at: Timestamp,
}

/// A key about to be kept.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub id: ApiKeyId,
    pub account: AccountId,
    pub key_hash: String,
    pub hint: String,
    pub scopes: String,
}

impl ApiKeyRow {
    fn read(row: &Row) -> Result<ApiKeyRow> {
        let id = ApiKeyId::parse(row.text(0)?).map_err(|error| StoreError::Inconsistent {
            what: "api key",
            why: error.to_string(),
        })?;
        Ok(ApiKeyRow {
            id,
            account: account::id_of(row.text(1)?)?,
            hint: row.text(2)?.to_owned(),
            scopes: row.text(3)?.to_owned(),
            created_at: row.time(4)?,
            used_at: row.opt_time(5)?,
            revoked_at: row.opt_time(6)?,
            read_at: row.time(7)?,
        })
    }
}

impl Tx<'_> {
    pub fn insert_api_key(&mut self, key: &NewApiKey) -> Result<()> {
        self.later(
            "INSERT INTO api_key (id, account_id, key_hash, hint, scopes, created_at) \
             VALUES ($1, $2, $3, $4, $5, {now})",
            args![key.id.as_str(), key.account.as_str(), &key.key_hash, &key.hint, &key.scopes,],
        )
    }

    /// Finds a key by its hash, and whose it is, unless it was revoked.
    pub fn api_key_by_hash(&mut self, key_hash: &str) -> Result<Option<(ApiKeyRow, Account)>> {
        let sql = format!(
            "SELECT {COLUMNS}, {} FROM api_key JOIN account ON account.id = api_key.account_id \
             WHERE api_key.key_hash = $1 AND api_key.revoked_at IS NULL",
            account::COLUMNS
        );
        let row = self.lookup(&sql, args![key_hash])?;
        row.map(|row| Ok((ApiKeyRow::read(&row)?, Account::read(&row, 8)?))).transpose()
    }

    /// Notes that a key was used just now.
    pub fn touch_api_key(&mut self, id: &ApiKeyId) -> Result<()> {
        self.later("UPDATE api_key SET used_at = {now} WHERE id = $1", args![id.as_str()])
    }

    /// Revokes one key of an account; false when it has no such key in force.
    pub fn revoke_api_key(&mut self, account: &AccountId, id: &ApiKeyId) -> Result<bool> {
        let revoked = self.run(
            "UPDATE api_key SET revoked_at = {now} \
             WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL",
            args![id.as_str(), account.as_str()],
        )?;
        Ok(revoked == 1)
    }

    /// Revokes all keys of an account.
    pub fn revoke_api_keys(&mut self, account: &AccountId) -> Result<()> {
        self.later(
            "UPDATE api_key SET revoked_at = {now} WHERE account_id = $1 AND revoked_at IS NULL",
            args![account.as_str()],
        )
    }

    /// Reads a page of an account's keys, newest first, revoked ones too.
    pub fn list_api_keys(
        &mut self,
        account: &AccountId,
        after: Option<&ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKeyRow>> {
        let rows = match after {
            None => {
                let sql = format!(
                    "SELECT {COLUMNS} FROM api_key WHERE account_id = $1 \
                     ORDER BY id DESC LIMIT $2"
                );
                self.rows(&sql, args![account.as_str(), limit])?
            }
            Some(id) => {
                let sql = format!(
                    "SELECT {COLUMNS} FROM api_key WHERE account_id = $1 AND id < $2 \
                     ORDER BY id DESC LIMIT $3"
                );
                self.rows(&sql, args![account.as_str(), id.as_str(), limit])?
            }
        };
        rows.iter().map(ApiKeyRow::read).collect()
    }
}
