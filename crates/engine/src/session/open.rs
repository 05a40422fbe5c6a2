//! The sessions that a person has open: seeing them, ending them, and proving again, in one of
//! them, who sits there.

use std::net::IpAddr;

use domain::clock::Timestamp;
use domain::id::{AccountId, SessionId};
use store::session::SessionRow;

use super::{hash_of, random_text};
use crate::account::role_of;
use crate::error::{Error, Result};
use crate::permission::{AccountRef, Role, SecondFactor};
use crate::secret::Secret;
use crate::{Engine, wording};

/// Nobody looks through more.
const SHOWN_MAX: u32 = 100;

/// A session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    pub id: SessionId,
    /// What the browser called itself, and from where it signed in.
    pub agent: String,
    pub address: String,
    pub began_at: Timestamp,
    /// Noted every few minutes.
    pub seen_at: Timestamp,
    pub is_this_one: bool,
}

impl OpenSession {
    /// As somebody else sees it.
    pub(crate) fn of_somebody(row: SessionRow) -> OpenSession {
        OpenSession {
            id: row.id,
            agent: row.agent,
            address: row.address,
            began_at: row.created_at,
            seen_at: row.seen_at,
            is_this_one: false,
        }
    }
}

impl Engine {
    /// A person's open sessions, newest first.
    pub async fn open_sessions(&self, me: &AccountRef) -> Result<Vec<OpenSession>> {
        let id = me.id.clone();
        let rows = self.db().read(move |tx| tx.list_sessions(&id, SHOWN_MAX)).await?;
        let told = |row: SessionRow| OpenSession {
            is_this_one: me.session() == Some(&row.id),
            ..OpenSession::of_somebody(row)
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// Ends one of a person's sessions.
    pub async fn end_session(&self, me: &AccountRef, session: &SessionId) -> Result<()> {
        let (account, session) = (me.id.clone(), session.clone());
        self.db()
            .write(move |tx| {
                if !tx.end_session(&account, &session)? {
                    return Err(Error::missing("session", &session));
                }
                tx.audit(account.as_str(), "end-session", session.as_str(), "")?;
                Ok(())
            })
            .await
    }

    /// Ends all of a person's sessions but the one in use, and tells how many.
    pub async fn end_other_sessions(&self, me: &AccountRef) -> Result<u64> {
        let (account, but) = (me.id.clone(), me.session().cloned());
        let ended = self.db().write(move |tx| {
            let ended = tx.end_sessions(&account, but.as_ref())?;
            let detail = format!("{ended} sessions");
            tx.audit(account.as_str(), "end-other-sessions", account.as_str(), &detail)?;
            Ok::<_, Error>(ended)
        });
        ended.await
    }

    /// Staff end all sessions of a customer, and tell how many. Those of staff end with what they
    /// may do, and not by a support desk.
    pub async fn end_sessions_of(&self, id: &AccountId, reason: &str, by: &str) -> Result<u64> {
        let (id, reason, by) = (id.clone(), wording::reason(reason)?, by.to_owned());
        self.db()
            .write(move |tx| {
                if role_of(&tx.account(&id)?)? != Role::Customer {
                    let why = "this is an account of staff; they end their sessions themselves";
                    return Err(Error::refused("not-now", why));
                }
                let ended = tx.end_sessions(&id, None)?;
                let detail = format!("{ended} sessions: {reason}");
                tx.audit(&by, "end-sessions-of-customer", id.as_str(), &detail)?;
                Ok(ended)
            })
            .await
    }

    /// Whoever uses a session proves again who they are: by a code where they have a second factor,
    /// else by the password. Guesses count as they do at the door. The session has another token
    /// from then on, so that whoever had the one before is not proven along;
    /// a program has no session, and is told none.
    pub async fn prove_again(
        &self,
        me: &AccountRef,
        proof: &Secret,
        from: IpAddr,
    ) -> Result<Option<Secret>> {
        // A program proves who it is with every request.
        let Some(session) = me.session().cloned() else { return Ok(None) };
        match me.second_factor {
            SecondFactor::On => self.prove_code(me, proof).await?,
            SecondFactor::Off | SecondFactor::Missing => {
                self.prove_password(me, proof, from).await?;
            }
        }
        let account = me.id.clone();
        let token = random_text(&*self.parts.chance);
        let hash = hash_of(&token);
        self.db()
            .write(move |tx| {
                tx.prove_session(&session, &hash)?;
                tx.audit(account.as_str(), "prove-again", session.as_str(), "")
            })
            .await?;
        Ok(Some(Secret::new(token)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::database::for_each_database;
    use crate::permission::{Act, Role, Visitor};
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    async fn signed_in(shop: &TestEngine, email: &str, number: u8) -> (Secret, AccountRef) {
        let (password, address) = (Secret::new(PASSWORD), address(number));
        let wish = SignIn { email: email.into(), password, agent: "Firefox".into(), address };
        let token = shop.engine.sign_in(wish).await.unwrap().token;
        let Visitor::Account(me) = shop.engine.who(&token).await.unwrap() else { panic!("nobody") };
        (token, me)
    }

    #[tokio::test]
    async fn people_see_their_own_sessions_and_end_them_one_by_one_or_all_others() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            shop.account("eve@example.com", Role::Customer).await;
            let (first, me) = signed_in(&shop, "ada@example.com", 1).await;
            let (second, _) = signed_in(&shop, "ada@example.com", 2).await;
            let (third, _) = signed_in(&shop, "ada@example.com", 3).await;
            let (_, eve) = signed_in(&shop, "eve@example.com", 4).await;

            let open = shop.engine.open_sessions(&me).await.unwrap();
            let told: Vec<(&str, bool)> =
                open.iter().map(|session| (&*session.address, session.is_this_one)).collect();
            assert_eq!(told, [("192.0.2.3", false), ("192.0.2.2", false), ("192.0.2.1", true)]);

            let theirs = shop.engine.end_session(&eve, &open[1].id).await;
            assert!(matches!(theirs, Err(Error::Missing { .. })));
            shop.engine.end_session(&me, &open[1].id).await.unwrap();
            assert_eq!(shop.engine.who(&second).await.unwrap(), Visitor::Nobody);
            assert_eq!(shop.engine.end_other_sessions(&me).await.unwrap(), 1);
            assert_eq!(shop.engine.who(&third).await.unwrap(), Visitor::Nobody);
            assert!(shop.engine.who(&first).await.unwrap().account().is_some());
            assert_eq!(shop.engine.open_sessions(&eve).await.unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn staff_sign_a_customer_out_with_a_reason_and_nobody_of_their_own() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let (token, _) = signed_in(&shop, "ada@example.com", 1).await;
            let (sues, _) = signed_in(&shop, "sue@example.com", 2).await;
            let silent = shop.engine.end_sessions_of(&ada, " ", sue.as_str()).await;
            assert!(matches!(silent, Err(Error::Invalid { slug: "invalid-reason", .. })));
            assert_eq!(shop.engine.customer(&ada).await.unwrap().sessions.len(), 1);
            let ended = shop.engine.end_sessions_of(&ada, "phone was stolen", sue.as_str()).await;
            assert_eq!(ended.unwrap(), 1);
            assert_eq!(shop.engine.who(&token).await.unwrap(), Visitor::Nobody);
            let audit = shop.engine.list_audit(Some(ada.as_str()), None, 9).await.unwrap();
            assert_eq!(
                (&*audit[0].actor, &*audit[0].action),
                (sue.as_str(), "end-sessions-of-customer")
            );
            assert_eq!(audit[0].detail, "1 sessions: phone was stolen");
            let staff = shop.engine.end_sessions_of(&sue, "a joke", sue.as_str()).await;
            assert!(matches!(staff, Err(Error::Refused { slug: "not-now", .. })));
            assert!(shop.engine.who(&sues).await.unwrap().account().is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn a_proof_lasts_ten_minutes_and_a_password_makes_another() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let (token, me) = signed_in(&shop, "ada@example.com", 1).await;
            let may = async |token: &Secret| {
                let visitor = shop.engine.who(token).await.unwrap();
                visitor.must(Act::RevealCredentials).map(|_| ())
            };
            assert!(may(&token).await.is_ok());
            shop.clock.step(Duration::from_secs(10 * 60));
            let asked = may(&token).await;
            assert!(matches!(asked, Err(Error::Refused { slug: "prove-again", .. })), "{asked:?}");
            let wrong = shop.engine.prove_again(&me, &Secret::new("a guess"), address(1)).await;
            assert!(matches!(wrong, Err(Error::Invalid { slug: "wrong-proof", .. })));
            assert!(may(&token).await.is_err());
            let proof = Secret::new(PASSWORD);
            let renewed = shop.engine.prove_again(&me, &proof, address(1)).await.unwrap().unwrap();
            assert!(may(&renewed).await.is_ok());
            // Whoever had a copy of the token before has nothing of the proof.
            assert_eq!(shop.engine.who(&token).await.unwrap(), Visitor::Nobody);
        })
        .await;
    }
}
