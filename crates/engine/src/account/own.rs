//! What people change of their own account. A new password is taken from whoever knows the old
//! one, and ends every other session: whoever changes it may have lost it to somebody.

use std::net::IpAddr;

use domain::id::SessionId;
use store::mail::Addressed;

use super::{letter, name_of};
use crate::error::{Error, Result};
use crate::mail::told::AccountNews;
use crate::permission::{AccountRef, Via};
use crate::secret::Secret;
use crate::{Engine, password};

/// A wish for another password.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The one that it replaces.
    pub current: Secret,
    pub new: Secret,
    /// From where it was sent.
    pub address: IpAddr,
}

impl AccountRef {
    /// The session in use; a program has none.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.via {
            Via::Session(id) => Some(id),
            Via::Key(_) => None,
        }
    }
}

impl Engine {
    /// Calls a person as they want to be called.
    pub async fn rename(&self, me: &AccountRef, name: &str) -> Result<()> {
        let (id, name) = (me.id.clone(), name_of(name)?);
        self.db()
            .write(move |tx| {
                tx.rename_account(&id, &name)?;
                tx.audit(id.as_str(), "rename", id.as_str(), &name)
            })
            .await?;
        Ok(())
    }

    /// Shows a person pages, and writes to them, in a language from now on.
    pub async fn choose_language(&self, me: &AccountRef, code: &str) -> Result<()> {
        let (id, code) = (me.id.clone(), code.to_owned());
        Ok(self.db().write(move |tx| tx.set_account_language(&id, &code)).await?)
    }

    /// Takes a new password from whoever knows the old one.
    pub async fn change_password(&self, me: &AccountRef, wish: NewPassword) -> Result<()> {
        password::acceptable(&wish.new)?;
        self.prove_password(me, &wish.current, wish.address).await?;
        let hash = self.door.hasher.hash(&wish.new, &*self.parts.chance).await?;
        let (me, cause) = (me.clone(), self.new_cause(AccountNews::PasswordChanged));
        self.db()
            .write(move |tx| {
                tx.set_password_hash(&me.id, &hash)?;
                let ended = tx.end_sessions(&me.id, me.session())?;
                let detail = format!("{ended} other sessions ended");
                tx.audit(me.actor(), "change-password", me.actor(), &detail)?;
                let news = AccountNews::PasswordChanged.word();
                let row = tx.account(&me.id)?;
                letter::tell(tx, Addressed::to(&row, news, &cause))
            })
            .await
    }

    /// Whether this is the person's own password. Guesses count as they do at the door.
    pub(crate) async fn prove_password(
        &self,
        me: &AccountRef,
        password: &Secret,
        from: IpAddr,
    ) -> Result<()> {
        let this_try = self.door.try_sign_in(&me.email, from, self.now())?;
        let id = me.id.clone();
        let row = self.db().read(move |tx| tx.account(&id)).await?;
        match self.door.hasher.verify(password, Some(&row.password_hash)).await {
            Ok(true) => {
                self.door.was_right(&this_try);
                Ok(())
            }
            Ok(false) => Err(Error::invalid("wrong-proof", "this is not your password")),
            Err(error) => {
                self.door.was_not_judged(&this_try);
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::permission::{Role, Visitor};
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    const ANOTHER: &str = "battery horse correct";

    fn with(password: &str) -> SignIn {
        let (email, agent) = ("ada@example.com".into(), "Firefox".into());
        SignIn { email, password: Secret::new(password), agent, address: address(1) }
    }

    fn wish(current: &str, new: &str) -> NewPassword {
        let (current, new) = (Secret::new(current), Secret::new(new));
        NewPassword { current, new, address: address(1) }
    }

    async fn known(shop: &TestEngine, token: &Secret) -> Option<AccountRef> {
        match shop.engine.who(token).await.unwrap() {
            Visitor::Account(account) => Some(account),
            Visitor::Nobody => None,
        }
    }

    #[tokio::test]
    async fn a_new_password_ends_every_other_session_and_the_old_one_opens_none() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let mine = shop.engine.sign_in(with(PASSWORD)).await.unwrap().token;
            let other = shop.engine.sign_in(with(PASSWORD)).await.unwrap().token;
            let me = known(&shop, &mine).await.unwrap();
            shop.engine.change_password(&me, wish(PASSWORD, ANOTHER)).await.unwrap();
            assert!(known(&shop, &mine).await.is_some() && known(&shop, &other).await.is_none());
            assert!(shop.engine.sign_in(with(PASSWORD)).await.is_err());
            assert!(shop.engine.sign_in(with(ANOTHER)).await.is_ok());
            let audit = shop.engine.list_audit(Some(me.id.as_str()), None, 50).await.unwrap();
            assert_eq!(audit[0].action, "change-password");
        })
        .await;
    }

    #[tokio::test]
    async fn whoever_does_not_know_the_password_changes_nothing_and_cannot_guess_for_long() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let token = shop.engine.sign_in(with(PASSWORD)).await.unwrap().token;
            let me = known(&shop, &token).await.unwrap();
            for _ in 0..10 {
                let refused = shop.engine.change_password(&me, wish("a guess", ANOTHER)).await;
                assert!(matches!(refused, Err(Error::Invalid { slug: "wrong-proof", .. })));
            }
            let refused = shop.engine.change_password(&me, wish(PASSWORD, ANOTHER)).await;
            assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
            let short = shop.engine.change_password(&me, wish(PASSWORD, "short")).await;
            assert!(matches!(short, Err(Error::Invalid { slug: "unacceptable-password", .. })));
        })
        .await;
    }
}
