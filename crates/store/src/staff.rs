//! Whoever works for the shop, and as what. Not for what a role may do: that is the engine's.

use domain::clock::Timestamp;
use domain::id::AccountId;

use crate::account::{Account, COLUMNS, id_of};
use crate::db::{Result, Tx};

/// One of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    pub account: Account,
    /// When a browser of theirs was last noted, or something that they did was.
    pub seen_at: Option<Timestamp>,
    /// How many API keys they have.
    pub keys: i64,
}

/// What `COLUMNS` of an account come to.
const WIDTH: usize = 10;

impl Tx<'_> {
    /// Whoever works for the shop, admins first, each in the order in which they came.
    pub fn staff(&mut self, limit: i64) -> Result<Vec<StaffRow>> {
        let sql = format!(
            "SELECT {COLUMNS}, \
             (SELECT MAX(s.seen_at) FROM session s WHERE s.account_id = account.id), \
             (SELECT MAX(u.at) FROM audit u WHERE u.actor = account.id), \
             (SELECT COUNT(*) FROM api_key k WHERE k.account_id = account.id \
             AND k.revoked_at IS NULL) \
             FROM account WHERE role IN ('admin', 'support') ORDER BY role, id LIMIT $1"
        );
        let rows = self.rows(&sql, args![limit])?;
        let read = rows.iter().map(|row| {
            let (browser, deed) = (row.opt_time(WIDTH)?, row.opt_time(WIDTH + 1)?);
            let (account, keys) = (Account::read(row, 0)?, row.int(WIDTH + 2)?);
            Ok(StaffRow { account, seen_at: browser.max(deed), keys })
        });
        read.collect()
    }

    /// The admins who can sign in; whoever else changes who they are waits until this is decided.
    pub fn lock_admins(&mut self) -> Result<Vec<AccountId>> {
        let rows = self.rows(
            "SELECT id FROM account WHERE role = 'admin' AND verified_at IS NOT NULL \
             ORDER BY id{lock}",
            &[],
        )?;
        rows.iter().map(|row| id_of(row.text(0)?)).collect()
    }

    /// Gives somebody another role.
    pub fn set_role(&mut self, id: &AccountId, role: &str) -> Result<()> {
        self.later_one(
            "UPDATE account SET role = $2 WHERE id = $1",
            args![id.as_str(), role],
            "the account",
        )
    }
}
