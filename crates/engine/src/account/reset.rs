//! A forgotten password: a link by mail sets a new one, once. Whether an address has an account is
//! told to whoever reads its mail, and to nobody else.

use std::net::IpAddr;

use store::db::Tx;
use store::mail::Addressed;
use store::ticket::{Purpose, Ticket};

use super::address::link_over;
use super::letter::{self, Way};
use crate::error::Result;
use crate::mail::told::AccountNews;
use crate::secret::Secret;
use crate::session::hash_of;
use crate::{Engine, email, password};

impl Engine {
    /// Whether letters leave this shop at all.
    pub fn carries_mail(&self) -> bool {
        self.parts.mail.is_some()
    }

    /// Writes a letter to an address: with a link where it has an account, without one where not.
    pub async fn ask_reset(&self, text: &str, from: IpAddr) -> Result<()> {
        let email = email::parse(text)?;
        self.door.try_letter(&email, from, self.now())?;
        let link = self.new_link(Way::Reset)?;
        let cause = self.new_cause(AccountNews::UnknownAddress);
        self.db()
            .write(move |tx| match tx.account_by_email(&email)? {
                Some(row) => link.clone().write(tx, &row, &email),
                None => {
                    let kind = AccountNews::UnknownAddress.word();
                    let (email, cause) = (&*email, &*cause);
                    letter::tell(tx, Addressed { email, name: "", language: None, kind, cause })
                }
            })
            .await
    }

    /// Sets a new password by a link. All sessions end: one of them may be a thief's.
    pub async fn reset_password(&self, token: &Secret, new: &Secret) -> Result<()> {
        password::acceptable(new)?;
        // The slow work is for those alone who have a link.
        if !self.is_link_in_force(Purpose::Reset, token).await? {
            return Err(link_over());
        }
        let hash = self.door.hasher.hash(new, &*self.parts.chance).await?;
        let token_hash = hash_of(token.expose());
        let cause = self.new_cause(AccountNews::PasswordChanged);
        let email = self
            .db()
            .write(move |tx| {
                let ticket = tx.take_ticket(Purpose::Reset, &token_hash)?.ok_or_else(link_over)?;
                reset(tx, &ticket, &hash, &cause)?;
                Ok::<_, crate::Error>(ticket.email)
            })
            .await?;
        self.door.knows_again(&email);
        Ok(())
    }
}

fn reset(tx: &mut Tx<'_>, ticket: &Ticket, hash: &str, cause: &str) -> Result<()> {
    let row = tx.account(&ticket.account)?;
    // An address that was given up meanwhile opens nothing.
    if row.email != ticket.email || !tx.prove_email(&row.id, &ticket.email)? {
        return Err(link_over());
    }
    if row.verified_at.is_none() {
        // Whoever made the account need not be who reads this mail: what they left behind goes.
        tx.revoke_api_keys(&row.id)?;
        tx.delete_second_factor(&row.id)?;
    }
    tx.set_password_hash(&row.id, hash)?;
    tx.delete_tickets(&row.id, Purpose::Reset)?;
    let ended = tx.end_sessions(&row.id, None)?;
    let detail = format!("by mail; {ended} sessions ended");
    tx.audit(row.id.as_str(), "reset-password", row.id.as_str(), &detail)?;
    letter::tell(tx, Addressed::to(&row, AccountNews::PasswordChanged.word(), cause))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Error;
    use crate::account::tests::ada;
    use crate::database::for_each_database;
    use crate::permission::{Role, Visitor};
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    const ANOTHER: &str = "battery horse correct";

    fn with(password: &str) -> SignIn {
        let (email, agent) = ("ada@example.com".into(), "Firefox".into());
        SignIn { email, password: Secret::new(password), agent, address: address(1) }
    }

    #[tokio::test]
    async fn a_reset_link_works_once_ends_all_sessions_and_is_told() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let open = shop.engine.sign_in(with(PASSWORD)).await.unwrap().token;
            for _ in 0..2 {
                shop.engine.ask_reset("Ada@example.com", address(1)).await.unwrap();
            }
            let letters = shop.letters().await;
            let (first, second) = (letters[0].2.clone().unwrap(), letters[1].2.clone().unwrap());
            let short = shop.engine.reset_password(&first, &Secret::new("short")).await;
            assert!(matches!(short, Err(Error::Invalid { .. })), "the link is not used up");
            shop.engine.reset_password(&first, &Secret::new(ANOTHER)).await.unwrap();
            assert_eq!(shop.engine.who(&open).await.unwrap(), Visitor::Nobody);
            assert!(shop.engine.sign_in(with(PASSWORD)).await.is_err());
            assert!(shop.engine.sign_in(with(ANOTHER)).await.is_ok());
            for used in [first, second] {
                let again = shop.engine.reset_password(&used, &Secret::new(PASSWORD)).await;
                assert!(matches!(again, Err(Error::Refused { slug: "link-over", .. })));
            }
            assert_eq!(shop.letters().await.last().unwrap().0, "password-changed");
        })
        .await;
    }

    #[tokio::test]
    async fn a_reset_link_holds_for_half_an_hour() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            shop.engine.ask_reset("ada@example.com", address(1)).await.unwrap();
            let token = shop.letters().await.remove(0).2.unwrap();
            shop.clock.step(Duration::from_secs(30 * 60));
            let late = shop.engine.reset_password(&token, &Secret::new(ANOTHER)).await;
            assert!(matches!(late, Err(Error::Refused { slug: "link-over", .. })), "{late:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn an_unknown_address_is_written_to_without_a_link_and_not_without_end() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            for _ in 0..5 {
                shop.engine.ask_reset("nobody@example.com", address(1)).await.unwrap();
            }
            let refused = shop.engine.ask_reset("nobody@example.com", address(2)).await;
            assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
            let told = shop.letters().await;
            assert_eq!(told.len(), 5);
            assert!(told.iter().all(|told| told.0 == "unknown-address" && told.2.is_none()));
        })
        .await;
    }

    #[tokio::test]
    async fn a_reset_of_an_account_that_somebody_else_made_leaves_them_nothing() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let squatter = shop.engine.sign_up(ada()).await.unwrap();
            let id = squatter.account.clone();
            let key = shop.engine.create_api_key(&id, &[], id.as_str()).await.unwrap().key;
            shop.engine.ask_reset("ada@example.com", address(2)).await.unwrap();
            let token = shop.letters().await.pop().unwrap().2.unwrap();
            shop.engine.reset_password(&token, &Secret::new(ANOTHER)).await.unwrap();
            assert_eq!(shop.engine.who(&squatter.token).await.unwrap(), Visitor::Nobody);
            assert!(matches!(shop.engine.who_by_key(&key).await, Err(Error::Unauthenticated)));
            let Visitor::Account(me) = ({
                let token = shop.engine.sign_in(with(ANOTHER)).await.unwrap().token;
                shop.engine.who(&token).await.unwrap()
            }) else {
                panic!("nobody")
            };
            assert!(me.verified && me.id == id);
        })
        .await;
    }
}
