//! An address becomes an account's own: proven by a link that was sent there. Until then it is what
//! somebody typed, and somebody else may have typed it too.

use std::net::IpAddr;

use store::mail::Addressed;
use store::ticket::Purpose;

use super::letter::{self, Way, ask_to_verify};
use crate::error::{Error, Result};
use crate::mail::told::AccountNews;
use crate::permission::AccountRef;
use crate::secret::Secret;
use crate::session::hash_of;
use crate::{Engine, email};

impl Engine {
    /// Sends a person the link that proves their address once more.
    pub async fn send_verification(&self, me: &AccountRef, from: IpAddr) -> Result<()> {
        if me.verified {
            return Err(Error::refused("not-now", "this address is proven already"));
        }
        self.ask_to_prove(me, me.email.clone(), from).await
    }

    /// Sends a link to another address; once it was opened, that address is the account's.
    pub async fn change_address(&self, me: &AccountRef, to: &str, from: IpAddr) -> Result<()> {
        let email = email::parse(to)?;
        if me.verified && email == me.email {
            return Err(Error::invalid("invalid-email", "this is your address already"));
        }
        self.ask_to_prove(me, email, from).await
    }

    async fn ask_to_prove(&self, me: &AccountRef, email: String, from: IpAddr) -> Result<()> {
        self.door.try_letter(&email, from, self.now())?;
        let (id, link) = (me.id.clone(), self.new_link(Way::Verify)?);
        self.db()
            .write(move |tx| {
                let row = tx.account(&id)?;
                tx.delete_tickets(&id, Purpose::Verify)?;
                ask_to_verify(tx, &row, &email, link.clone())?;
                tx.audit(id.as_str(), "ask-to-prove-address", id.as_str(), &email)?;
                Ok(())
            })
            .await
    }

    /// Whether a link is in force; a look takes nothing.
    pub async fn is_link_in_force(&self, purpose: Purpose, token: &Secret) -> Result<bool> {
        let hash = hash_of(token.expose());
        Ok(self.db().read(move |tx| tx.lookup_ticket(purpose, &hash)).await?.is_some())
    }

    /// An address is its account's from now on; tells the address.
    pub async fn verify_address(&self, token: &Secret) -> Result<String> {
        let hash = hash_of(token.expose());
        let cause = self.new_cause(AccountNews::AddressChanged);
        self.db()
            .write(move |tx| {
                let ticket = tx.take_ticket(Purpose::Verify, &hash)?.ok_or_else(link_over)?;
                let row = tx.account(&ticket.account)?;
                if !tx.prove_email(&row.id, &ticket.email)? {
                    return Err(link_over());
                }
                if row.email != ticket.email && row.verified_at.is_some() {
                    let news = AccountNews::AddressChanged.word();
                    letter::tell(tx, Addressed::to(&row, news, &cause))?;
                }
                tx.audit(row.id.as_str(), "prove-address", row.id.as_str(), &ticket.email)?;
                Ok(ticket.email)
            })
            .await
    }
}

pub(super) fn link_over() -> Error {
    Error::refused("link-over", "this link was used or is too old; ask for another one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tests::ada;
    use crate::account::{NewAccount, SignUp};
    use crate::database::for_each_database;
    use crate::permission::{Role, Visitor};
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    async fn who(shop: &TestEngine, token: &Secret) -> AccountRef {
        match shop.engine.who(token).await.unwrap() {
            Visitor::Account(account) => account,
            Visitor::Nobody => panic!("nobody"),
        }
    }

    fn sign_in(password: &str) -> SignIn {
        let (email, agent) = ("ada@example.com".into(), "Firefox".into());
        SignIn { email, password: Secret::new(password), agent, address: address(1) }
    }

    #[tokio::test]
    async fn an_address_is_proven_by_its_link_once() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let signed_in = shop.engine.sign_up(ada()).await.unwrap();
            assert!(!who(&shop, &signed_in.token).await.verified);
            let (kind, email, token) = shop.letters().await.remove(0);
            assert_eq!((kind.as_str(), email.as_str()), ("verify-address", "ada@example.com"));
            let token = token.unwrap();
            assert!(shop.engine.is_link_in_force(Purpose::Verify, &token).await.unwrap());
            assert!(!shop.engine.is_link_in_force(Purpose::Reset, &token).await.unwrap());
            assert_eq!(shop.engine.verify_address(&token).await.unwrap(), "ada@example.com");
            assert!(who(&shop, &signed_in.token).await.verified);
            let again = shop.engine.verify_address(&token).await;
            assert!(matches!(again, Err(Error::Refused { slug: "link-over", .. })), "{again:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_link_that_is_a_day_old_proves_nothing() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.engine.sign_up(ada()).await.unwrap();
            let token = shop.letters().await.remove(0).2.unwrap();
            shop.clock.step(std::time::Duration::from_secs(24 * 60 * 60));
            assert!(shop.engine.verify_address(&token).await.is_err());
            assert_eq!(shop.engine.forget_old().await.unwrap(), 1);
        })
        .await;
    }

    /// Both may order and sign in; whose the address is, mail alone decides.
    #[tokio::test]
    async fn two_may_type_one_address_and_whoever_reads_its_mail_holds_it() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let squatter = shop.engine.sign_up(ada()).await.unwrap();
            let another = "quite another one";
            let wish = SignUp { password: Secret::new(another), ..ada() };
            let owner = shop.engine.sign_up(wish).await.unwrap();
            assert_ne!(squatter.account, owner.account);
            for (password, account) in [(PASSWORD, &squatter.account), (another, &owner.account)] {
                let signed_in = shop.engine.sign_in(sign_in(password)).await.unwrap();
                assert_eq!(signed_in.account, *account);
            }
            let links = shop.letters().await;
            assert_eq!(links.len(), 2);
            shop.engine.verify_address(links[1].2.as_ref().unwrap()).await.unwrap();
            let held = shop.engine.account_by_email("ada@example.com").await.unwrap();
            assert_eq!(held.id, owner.account);
            assert_eq!(who(&shop, &squatter.token).await.email, "ada@example.com");
            // What was proven by somebody else is not proven by an older link.
            let late = shop.engine.verify_address(links[0].2.as_ref().unwrap()).await;
            assert!(matches!(late, Err(Error::Refused { slug: "link-over", .. })), "{late:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_sign_up_with_a_proven_address_tells_its_person_and_nobody_else() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let known = NewAccount {
                email: "ada@example.com".into(),
                name: "Ada".into(),
                role: Role::Customer,
                password: Secret::new(PASSWORD),
            };
            let known = shop.engine.add_account(known, "test").await.unwrap();
            let wish = SignUp { password: Secret::new("quite another one"), ..ada() };
            let stranger = shop.engine.sign_up(wish).await.unwrap();
            let told = shop.letters().await;
            assert_eq!((told.len(), told[0].0.as_str()), (1, "known-address"));
            assert!(told[0].2.is_none(), "no link proves it");
            let held = shop.engine.account_by_email("ada@example.com").await.unwrap();
            assert_eq!(held.id, known);
            let seen = who(&shop, &stranger.token).await;
            assert_eq!((seen.email.as_str(), seen.verified), ("ada@example.com", false));
        })
        .await;
    }

    #[tokio::test]
    async fn another_address_is_the_accounts_once_its_link_was_opened() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let token = shop.engine.sign_in(sign_in(PASSWORD)).await.unwrap().token;
            let me = who(&shop, &token).await;
            shop.engine.change_address(&me, "Ada@Elsewhere.example", address(1)).await.unwrap();
            assert_eq!(who(&shop, &token).await.email, "ada@example.com");
            let (_, to, link) = shop.letters().await.remove(0);
            assert_eq!(to, "ada@elsewhere.example");
            shop.engine.verify_address(&link.unwrap()).await.unwrap();
            let me = who(&shop, &token).await;
            assert_eq!((me.email.as_str(), me.verified), ("ada@elsewhere.example", true));
            let told = shop.letters().await;
            assert_eq!((&*told[1].0, &*told[1].1), ("address-changed", "ada@example.com"));
            assert!(shop.engine.sign_in(sign_in(PASSWORD)).await.is_err());
        })
        .await;
    }
}
