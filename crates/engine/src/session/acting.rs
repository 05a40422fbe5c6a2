//! Staff see the shop as a customer does, for an hour at most and on record. The session stays
//! theirs: it only shows what the customer would see, and what they may do in it is decided by
//! `Act::for_another`. When the hour is over, or they may do it no more, it is their own again.

use std::time::Duration;

use domain::id::AccountId;
use store::db::Tx;
use store::session::SessionRow;

use super::{account_of, hash_of, random_text};
use crate::account::role_of;
use crate::error::{Error, Result};
use crate::permission::{AccountRef, Act, Acting, Role, SecondFactor, Visitor};
use crate::secret::Secret;
use crate::{Engine, wording};

const LASTS: Duration = Duration::from_secs(60 * 60);

impl Engine {
    /// From now on this session sees the shop as a customer does. It has another token.
    pub async fn act_for_customer(
        &self,
        me: &AccountRef,
        customer: &AccountId,
        reason: &str,
    ) -> Result<Secret> {
        let reason = wording::reason(reason)?;
        let Some(session) = me.session().cloned() else {
            return Err(Error::refused("not-now", "a program sees the shop as itself"));
        };
        let (staff, customer) = (me.id.clone(), customer.clone());
        let token = random_text(&*self.parts.chance);
        let hash = hash_of(&token);
        self.db()
            .write(move |tx| {
                let row = tx.account(&customer)?;
                if role_of(&row)? != Role::Customer || row.closed_at.is_some() {
                    let why = "this is no customer's account that is in use";
                    return Err(Error::refused("not-now", why));
                }
                tx.act_for(&session, (&customer, LASTS), &hash)?;
                tx.audit(staff.as_str(), "act-for-customer", customer.as_str(), &reason)?;
                Ok(())
            })
            .await?;
        Ok(Secret::new(token))
    }

    /// This session is its own person's again; tells whom it saw the shop as.
    pub async fn stop_acting(&self, me: &AccountRef) -> Result<AccountId> {
        let (Some(acting), Some(session)) = (&me.acting, me.session().cloned()) else {
            return Err(Error::refused("not-now", "you see the shop as yourself already"));
        };
        let (staff, customer) = (acting.id.clone(), me.id.clone());
        let whom = customer.clone();
        self.db()
            .write(move |tx| {
                tx.stop_acting(&session)?;
                tx.audit(staff.as_str(), "stop-acting-for-customer", customer.as_str(), "")?;
                Ok::<_, Error>(())
            })
            .await?;
        Ok(whom)
    }
}

/// Whoever a session shows the shop to: its own person, or the customer whom they see it as.
pub(super) fn seen_as(
    tx: &mut Tx<'_>,
    session: &SessionRow,
    own: AccountRef,
) -> Result<AccountRef> {
    let Some((customer, until)) = &session.acts_for else { return Ok(own) };
    let still_may = Visitor::Account(own.clone()).may(Act::SignInAsCustomers).is_ok();
    if !still_may || session.read_at >= *until {
        return Ok(own);
    }
    let row = tx.account(customer)?;
    let role = role_of(&row)?;
    if role != Role::Customer || row.closed_at.is_some() {
        return Ok(own);
    }
    let factor = SecondFactor::of(&row, false);
    let acting = Acting { id: own.id, email: own.email, until: *until };
    let seen = account_of(session, factor, role, row);
    // Whatever was proven, the customer has not.
    Ok(AccountRef { acting: Some(Box::new(acting)), proved: false, ..seen })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    async fn signed_in(shop: &TestEngine, email: &str) -> Secret {
        let (password, agent) = (Secret::new(PASSWORD), "Firefox".to_owned());
        let wish = SignIn { email: email.into(), password, agent, address: address(1) };
        shop.engine.sign_in(wish).await.unwrap().token
    }

    async fn who(shop: &TestEngine, token: &Secret) -> AccountRef {
        match shop.engine.who(token).await.unwrap() {
            Visitor::Account(me) => me,
            Visitor::Nobody => panic!("nobody"),
        }
    }

    fn is_not_now<T>(result: &Result<T>) -> bool {
        matches!(result, Err(Error::Refused { slug: "not-now", .. }))
    }

    #[tokio::test]
    async fn a_session_of_staff_is_a_customers_for_an_hour_and_then_its_own_again() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let token = signed_in(&shop, "sue@example.com").await;
            let me = who(&shop, &token).await;
            let silent = shop.engine.act_for_customer(&me, &ada, " ").await;
            assert!(matches!(silent, Err(Error::Invalid { slug: "invalid-reason", .. })));
            assert!(is_not_now(&shop.engine.stop_acting(&me).await));

            let acting = shop.engine.act_for_customer(&me, &ada, "cannot pay").await.unwrap();
            assert_eq!(shop.engine.who(&token).await.unwrap(), Visitor::Nobody);
            let seen = who(&shop, &acting).await;
            assert_eq!((&seen.id, seen.role, seen.proved), (&ada, Role::Customer, false));
            assert_eq!((seen.actor(), seen.email.as_str()), (sue.as_str(), "ada@example.com"));
            // Nobody sees the shop as somebody through somebody.
            assert!(seen.acting.is_some() && seen.session() == me.session());
            shop.clock.step(LASTS);
            let after = who(&shop, &acting).await;
            assert_eq!((&after.id, &after.acting), (&sue, &None));

            let acting = shop.engine.act_for_customer(&after, &ada, "again").await.unwrap();
            let seen = who(&shop, &acting).await;
            assert_eq!(shop.engine.stop_acting(&seen).await.unwrap(), ada);
            assert_eq!(who(&shop, &acting).await.id, sue);
            let audit = shop.engine.list_audit(Some(ada.as_str()), None, 9).await.unwrap();
            let told: Vec<_> =
                audit.iter().take(3).map(|row| (&*row.actor, &*row.action, &*row.detail)).collect();
            let by = sue.as_str();
            let expected = [
                (by, "stop-acting-for-customer", ""),
                (by, "act-for-customer", "again"),
                (by, "act-for-customer", "cannot pay"),
            ];
            assert_eq!(told, expected);
        })
        .await;
    }

    #[tokio::test]
    async fn staff_are_seen_as_nobody_else_and_lose_it_with_their_role() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let sam = shop.account("sam@example.com", Role::Support).await;
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let token = signed_in(&shop, "sue@example.com").await;
            let me = who(&shop, &token).await;
            for staff in [&sue, &sam] {
                assert!(is_not_now(&shop.engine.act_for_customer(&me, staff, "a look").await));
            }
            let key = shop.engine.create_api_key(&sue, &[], sue.as_str()).await.unwrap().key;
            let Visitor::Account(program) = shop.engine.who_by_key(&key).await.unwrap() else {
                panic!("nobody")
            };
            assert!(is_not_now(&shop.engine.act_for_customer(&program, &ada, "a look").await));

            let acting = shop.engine.act_for_customer(&me, &ada, "a look").await.unwrap();
            // A customer who joins the staff is seen no more.
            shop.engine.change_role(&ada, Role::Support, &sue).await.unwrap();
            assert_eq!(who(&shop, &acting).await.id, sue);
            shop.engine.change_role(&ada, Role::Customer, &sue).await.unwrap();
            assert_eq!(who(&shop, &acting).await.id, ada);
            shop.engine.change_role(&sam, Role::Admin, &sue).await.unwrap();
            shop.engine.change_role(&sue, Role::Support, &sam).await.unwrap();
            assert_eq!(shop.engine.who(&acting).await.unwrap(), Visitor::Nobody);
        })
        .await;
    }
}
