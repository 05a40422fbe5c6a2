//! Accounts: making one for somebody, or for oneself. `account/own.rs` changes one's own,
//! `address.rs` proves an address, `reset.rs` is for who forgot a password, and `letter.rs` writes.
//! Not for proving who one is: that is `session.rs` for people and `api_key.rs` for programs.

mod address;
pub mod closing;
pub(crate) mod letter;
mod note;
mod own;
mod reset;
mod staff;

use std::net::IpAddr;

use domain::clock::Timestamp;
use domain::id::AccountId;
use store::account::Account as Row;

use letter::{Way, ask_to_verify};
pub use own::NewPassword;
pub use staff::Member;
pub use store::ticket::Purpose;

use crate::error::{Error, Result};
use crate::permission::Role;
use crate::secret::Secret;
use crate::session::{self, Device, SignedIn};
use crate::{Engine, email, password, wording};

const NAME_MAX: usize = 100;

/// An account that somebody with the right to do so makes.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: String,
    /// Empty: what stands before the @.
    pub name: String,
    pub role: Role,
    pub password: Secret,
}

/// A visitor who wants an account, and from where.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub email: String,
    /// Empty: what stands before the @.
    pub name: String,
    pub password: Secret,
    /// The code of the language that they read, where it is known.
    pub language: Option<String>,
    /// What the browser calls itself.
    pub agent: String,
    pub address: IpAddr,
}

/// An account as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
    /// Since when mail is known to reach its person.
    pub verified_at: Option<Timestamp>,
    pub has_second_factor: bool,
    /// The code of the language that they chose.
    pub language: Option<String>,
    /// Since when nobody uses it any more.
    pub closed_at: Option<Timestamp>,
}

impl Account {
    pub(crate) fn of(row: Row) -> Result<Account> {
        let role = role_of(&row)?;
        let has_second_factor = row.second_factor_at.is_some();
        let Row { id, email, name, created_at, verified_at, language, closed_at, .. } = row;
        Ok(Account {
            id,
            email,
            name,
            role,
            created_at,
            verified_at,
            has_second_factor,
            language,
            closed_at,
        })
    }
}

/// Reads a role strictly: an unknown one has no powers at all.
pub(crate) fn role_of(row: &Row) -> Result<Role> {
    Role::parse(&row.role)
        .ok_or_else(|| Error::Bug(format!("account {} has the role {:?}", row.id, row.role)))
}

impl Engine {
    /// Makes an account of any role. Whoever makes it vouches for the address.
    pub async fn add_account(&self, new: NewAccount, actor: &str) -> Result<AccountId> {
        let row = self.account_row(&new).await?;
        let row = Row { verified_at: Some(row.created_at), ..row };
        let (id, actor, role) = (row.id.clone(), actor.to_owned(), new.role.as_str());
        self.db()
            .write(move |tx| {
                if !tx.insert_account(&row)? {
                    return Err(taken());
                }
                tx.audit(&actor, "add-account", row.id.as_str(), role)?;
                Ok(())
            })
            .await?;
        Ok(id)
    }

    /// Makes a customer's account and signs it in. An address that has an account already is told
    /// so by mail alone: here both come to the same, an account with an unproven address.
    pub async fn sign_up(&self, wish: SignUp) -> Result<SignedIn> {
        let email = email::parse(&wish.email)?;
        self.door.try_sign_up(&email, wish.address, self.now())?;
        let SignUp { name, password, language, agent, address, .. } = wish;
        let new = NewAccount { email, name, role: Role::Customer, password };
        let row = Row { language, ..self.account_row(&new).await? };
        let device = Device { agent: &agent, address };
        let (session, signed_in) = self.new_session(&row, Role::Customer, device);
        let link = self.new_link(Way::Verify)?;
        self.db()
            .write(move |tx| {
                if !tx.insert_account(&row)? {
                    tx.insert_claimant(&row)?;
                }
                ask_to_verify(tx, &row, &row.email, link.clone())?;
                tx.audit(row.id.as_str(), "sign-up", row.id.as_str(), &session.agent)?;
                session::begin(tx, &session)?;
                Ok::<_, Error>(())
            })
            .await?;
        Ok(signed_in)
    }

    pub async fn account(&self, id: &AccountId) -> Result<Account> {
        let id = id.clone();
        Account::of(self.db().read(move |tx| tx.account(&id)).await?)
    }

    /// Finds the account of an email address, for staff and the command line.
    pub async fn account_by_email(&self, text: &str) -> Result<Account> {
        let (email, asked) = (email::parse(text)?, text.trim().to_owned());
        let found = self.db().read(move |tx| tx.account_by_email(&email)).await?;
        Account::of(found.ok_or_else(|| Error::missing("account", asked))?)
    }

    /// Reads a page of accounts, newest first: those made before `after`.
    pub async fn list_accounts(
        &self,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>> {
        let rows = self.db().read(move |tx| tx.list_accounts(after.as_ref(), limit)).await?;
        rows.into_iter().map(Account::of).collect()
    }

    /// Judges a new account and does the slow work for it; nothing is kept yet.
    async fn account_row(&self, new: &NewAccount) -> Result<Row> {
        let email = email::parse(&new.email)?;
        let name = match new.name.trim() {
            "" => email.split('@').next().unwrap_or(&email).to_owned(),
            name => name_of(name)?,
        };
        password::acceptable(&new.password)?;
        let chance = &*self.parts.chance;
        let password_hash = self.door.hasher.hash(&new.password, chance).await?;
        let now = self.now();
        let id = AccountId::mint(now, chance);
        let role = new.role.as_str().to_owned();
        Ok(Row {
            id,
            email,
            name,
            role,
            password_hash,
            created_at: now,
            verified_at: None,
            second_factor_at: None,
            language: None,
            closed_at: None,
        })
    }
}

/// A name as people are called by.
fn name_of(text: &str) -> Result<String> {
    wording::line(text, "the name", NAME_MAX)
}

fn taken() -> Error {
    Error::refused("email-taken", "this email address has an account already")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    pub(crate) fn ada() -> SignUp {
        SignUp {
            email: " Ada@Example.com ".into(),
            name: String::new(),
            password: Secret::new(PASSWORD),
            language: None,
            agent: "Firefox".into(),
            address: address(1),
        }
    }

    #[tokio::test]
    async fn whoever_signs_up_is_a_customer_and_signed_in() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let signed_in = shop.engine.sign_up(ada()).await.unwrap();
            let visitor = shop.engine.who(&signed_in.token).await.unwrap();
            let account = visitor.account().unwrap();
            assert_eq!((account.email.as_str(), account.name.as_str()), ("ada@example.com", "ada"));
            assert_eq!(account.role, Role::Customer);
            let found = shop.engine.account_by_email("ADA@example.com").await.unwrap();
            assert_eq!(found.id, account.id);
            assert_eq!(shop.engine.account(&account.id).await.unwrap(), found);
        })
        .await;
    }

    #[tokio::test]
    async fn staff_make_no_second_account_for_an_email() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.engine.sign_up(ada()).await.unwrap();
            let SignUp { email, name, password, .. } = ada();
            let again = NewAccount { email, name, role: Role::Customer, password };
            let again = shop.engine.add_account(again, "test").await.unwrap_err();
            assert!(matches!(again, Error::Refused { slug: "email-taken", .. }));
            assert_eq!(shop.engine.list_accounts(None, 50).await.unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn a_bad_wish_makes_no_account() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let bad = [
                SignUp { email: "ada".into(), ..ada() },
                SignUp { name: "A\u{7}da".into(), ..ada() },
                SignUp { name: "a".repeat(101), ..ada() },
                SignUp { password: Secret::new("short"), ..ada() },
            ];
            for wish in bad {
                let refused = shop.engine.sign_up(wish).await.unwrap_err();
                assert!(matches!(refused, Error::Invalid { .. }), "{refused}");
            }
            assert!(shop.engine.list_accounts(None, 50).await.unwrap().is_empty());
        })
        .await;
    }

    #[tokio::test]
    async fn one_address_cannot_sign_up_without_end() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let wish = |number: usize| SignUp {
                email: format!("ada{number}@example.com"),
                password: Secret::new("short"),
                ..ada()
            };
            for number in 0..20 {
                let refused = shop.engine.sign_up(wish(number)).await.unwrap_err();
                assert!(matches!(refused, Error::Invalid { .. }));
            }
            let refused = shop.engine.sign_up(wish(20)).await.unwrap_err();
            assert!(matches!(refused, Error::TooMany { retry_after_s: 3600, .. }), "{refused:?}");
            let elsewhere = SignUp { address: address(2), ..wish(21) };
            let judged = shop.engine.sign_up(elsewhere).await.unwrap_err();
            assert!(matches!(judged, Error::Invalid { .. }));
        })
        .await;
    }

    #[tokio::test]
    async fn staff_are_made_with_a_name_for_who_made_them() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let new = NewAccount {
                email: "sue@example.com".into(),
                name: "Sue".into(),
                role: Role::Support,
                password: Secret::new(PASSWORD),
            };
            let id = shop.engine.add_account(new.clone(), "command line").await.unwrap();
            assert_eq!(shop.engine.account(&id).await.unwrap().role, Role::Support);
            let audit = shop.engine.list_audit(Some(id.as_str()), None, 50).await.unwrap();
            assert_eq!(
                (audit[0].actor.as_str(), audit[0].action.as_str()),
                ("command line", "add-account")
            );
            assert!(!format!("{new:?} {audit:?}").contains(PASSWORD));
        })
        .await;
    }
}
