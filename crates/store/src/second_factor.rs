//! The second factor of an account: its sealed secret, which codes were used, and the recovery
//! codes that are left. Not for what a code is: the engine knows that.

use domain::id::AccountId;

use crate::db::{Result, Tx};

impl Tx<'_> {
    /// Keeps a secret that is being set up, in place of one before it. It is not asked for yet.
    pub fn set_second_factor(&mut self, account: &AccountId, sealed: &[u8]) -> Result<()> {
        self.later(
            "INSERT INTO second_factor (account_id, secret, used_step) VALUES ($1, $2, 0) \
             ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, used_step = 0",
            args![account.as_str(), sealed],
        )
    }

    /// The sealed secret of an account, asked for or being set up.
    pub fn second_factor_secret(&mut self, account: &AccountId) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT secret FROM second_factor WHERE account_id = $1";
        let row = self.lookup(sql, args![account.as_str()])?;
        row.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
    }

    /// Uses up the codes up to a step; false when this one was used. Of several at once one wins.
    pub fn use_second_factor(&mut self, account: &AccountId, step: i64) -> Result<bool> {
        let used = self.run(
            "UPDATE second_factor SET used_step = $2 WHERE account_id = $1 AND used_step < $2",
            args![account.as_str(), step],
        )?;
        Ok(used == 1)
    }

    /// Asks for the second factor from now on.
    pub fn switch_second_factor_on(&mut self, account: &AccountId) -> Result<()> {
        self.later_one(
            "UPDATE account SET second_factor_at = {now} WHERE id = $1",
            args![account.as_str()],
            "the account",
        )
    }

    /// Forgets the second factor of an account and its recovery codes.
    pub fn delete_second_factor(&mut self, account: &AccountId) -> Result<()> {
        for sql in [
            "UPDATE account SET second_factor_at = NULL WHERE id = $1",
            "DELETE FROM second_factor WHERE account_id = $1",
            "DELETE FROM recovery_code WHERE account_id = $1",
        ] {
            self.later(sql, args![account.as_str()])?;
        }
        Ok(())
    }

    /// Keeps new recovery codes, as hashes, in place of those before them.
    pub fn set_recovery_codes(&mut self, account: &AccountId, hashes: &[String]) -> Result<()> {
        self.later("DELETE FROM recovery_code WHERE account_id = $1", args![account.as_str()])?;
        for hash in hashes {
            self.later(
                "INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2)",
                args![account.as_str(), hash],
            )?;
        }
        Ok(())
    }

    /// Uses up a recovery code; false when there is no such code.
    pub fn take_recovery_code(&mut self, account: &AccountId, hash: &str) -> Result<bool> {
        let taken = self.run(
            "DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2",
            args![account.as_str(), hash],
        )?;
        Ok(taken == 1)
    }

    /// How many recovery codes are left.
    pub fn count_recovery_codes(&mut self, account: &AccountId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1";
        self.lookup(sql, args![account.as_str()])?.map_or(Ok(0), |row| row.int(0))
    }
}
