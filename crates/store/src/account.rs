//! People: customers and staff, one row each.
//! Not for what a role may do, nor for what makes a password good: that is the engine's.

use domain::clock::Timestamp;
use domain::id::AccountId;

use crate::db::{Result, Row, StoreError, Tx};

/// The address as it was typed, whoever holds it.
pub(crate) const COLUMNS: &str = "account.id, COALESCE(account.claim, account.email), \
     account.name, account.role, account.password_hash, account.created_at, account.verified_at, \
     account.second_factor_at, account.language, account.closed_at";

/// One person's row.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    /// `customer`, `support` or `admin`; the table holds nothing else.
    pub role: String,
    pub password_hash: String,
    pub created_at: Timestamp,
    /// Since when mail is known to reach its person.
    pub verified_at: Option<Timestamp>,
    /// Since when a second factor is asked for.
    pub second_factor_at: Option<Timestamp>,
    /// The code of the language that its person chose.
    pub language: Option<String>,
    /// Since when nobody uses it any more.
    pub closed_at: Option<Timestamp>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({}, {}, {})", self.id, self.email, self.role)
    }
}

impl Account {
    pub(crate) fn read(row: &Row, first: usize) -> Result<Account> {
        Ok(Account {
            id: id_of(row.text(first)?)?,
            email: row.text(first + 1)?.to_owned(),
            name: row.text(first + 2)?.to_owned(),
            role: row.text(first + 3)?.to_owned(),
            password_hash: row.text(first + 4)?.to_owned(),
            created_at: row.time(first + 5)?,
            verified_at: row.opt_time(first + 6)?,
            second_factor_at: row.opt_time(first + 7)?,
            language: row.opt_text(first + 8)?.map(ToOwned::to_owned),
            closed_at: row.opt_time(first + 9)?,
        })
    }
}

pub(crate) fn id_of(text: &str) -> Result<AccountId> {
    AccountId::parse(text)
        .map_err(|error| StoreError::Inconsistent { what: "account", why: error.to_string() })
}

/// An email address as the table keeps it.
fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) const LOCK: &str = "SELECT id FROM account WHERE id = $1{lock}";

impl Tx<'_> {
    /// Adds an account; false when another one holds its email.
    pub fn insert_account(&mut self, account: &Account) -> Result<bool> {
        self.insert_account_as(account, &folded(&account.email), None)
    }

    /// Adds an account whose email another one holds, until mail proves whose it is.
    pub fn insert_claimant(&mut self, account: &Account) -> Result<()> {
        let claim = folded(&account.email);
        self.insert_account_as(account, account.id.as_str(), Some(&claim)).map(drop)
    }

    /// One customer's carts and orders are counted one after the other.
    pub fn lock_account(&mut self, id: &AccountId) -> Result<()> {
        self.rows(LOCK, args![id.as_str()]).map(drop)
    }

    fn insert_account_as(
        &mut self,
        account: &Account,
        email: &str,
        claim: Option<&str>,
    ) -> Result<bool> {
        let added = self.run(
            "INSERT INTO account \
             (id, email, name, role, password_hash, created_at, verified_at, claim, language) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (email) DO NOTHING",
            args![
                account.id.as_str(),
                email,
                &account.name,
                &account.role,
                &account.password_hash,
                account.created_at,
                account.verified_at,
                claim,
                account.language.as_deref(),
            ],
        )?;
        Ok(added == 1)
    }

    /// An account holds an address from now on, proven by mail. Whoever held it unproven claims it
    /// instead; false when somebody else has proven it.
    pub fn prove_email(&mut self, id: &AccountId, email: &str) -> Result<bool> {
        let email = folded(email);
        self.run(
            "UPDATE account SET claim = email, email = id \
             WHERE email = $2 AND id <> $1 AND verified_at IS NULL",
            args![id.as_str(), &email],
        )?;
        let proven = self.run(
            "UPDATE account SET email = $2, claim = NULL, verified_at = {now} WHERE id = $1 \
             AND NOT EXISTS (SELECT 1 FROM account other WHERE other.email = $2 AND other.id <> $1)",
            args![id.as_str(), &email],
        )?;
        Ok(proven == 1)
    }

    pub fn account(&mut self, id: &AccountId) -> Result<Account> {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE id = $1");
        match self.lookup(&sql, args![id.as_str()])? {
            Some(row) => Account::read(&row, 0),
            None => Err(StoreError::Missing { what: "account", id: id.to_string() }),
        }
    }

    /// Calls a person by another name.
    pub fn rename_account(&mut self, id: &AccountId, name: &str) -> Result<()> {
        self.later_one(
            "UPDATE account SET name = $2 WHERE id = $1",
            args![id.as_str(), name],
            "the account",
        )
    }

    /// Writes to a person, and shows them pages, in a language that they chose.
    pub fn set_account_language(&mut self, id: &AccountId, code: &str) -> Result<()> {
        self.later_one(
            "UPDATE account SET language = $2 WHERE id = $1",
            args![id.as_str(), code],
            "the account",
        )
    }

    /// Replaces the hash of a password.
    pub fn set_password_hash(&mut self, id: &AccountId, hash: &str) -> Result<()> {
        self.later_one(
            "UPDATE account SET password_hash = $2 WHERE id = $1",
            args![id.as_str(), hash],
            "the account",
        )
    }

    /// Finds the newest account that claims an address which another one holds.
    pub fn claimant(&mut self, email: &str) -> Result<Option<Account>> {
        let sql =
            format!("SELECT {COLUMNS} FROM account WHERE claim = $1 ORDER BY id DESC LIMIT 1");
        self.lookup(&sql, args![folded(email)])?.map(|row| Account::read(&row, 0)).transpose()
    }

    /// Finds the account that holds an email address, however its letters are written.
    pub fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE email = $1");
        self.lookup(&sql, args![folded(email)])?.map(|row| Account::read(&row, 0)).transpose()
    }

    /// Reads a page of accounts, newest first: those made before `after`.
    pub fn list_accounts(&mut self, after: Option<&AccountId>, limit: u32) -> Result<Vec<Account>> {
        let rows = match after {
            None => {
                let sql = format!("SELECT {COLUMNS} FROM account ORDER BY id DESC LIMIT $1");
                self.rows(&sql, args![limit])?
            }
            Some(id) => {
                let sql = format!(
                    "SELECT {COLUMNS} FROM account WHERE id < $1 ORDER BY id DESC LIMIT $2"
                );
                self.rows(&sql, args![id.as_str(), limit])?
            }
        };
        rows.iter().map(|row| Account::read(row, 0)).collect()
    }
}
