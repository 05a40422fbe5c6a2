//! Whoever works for the shop: who they are, inviting somebody, and changing what they may do.

use domain::clock::Timestamp;
use domain::id::AccountId;
use store::account::Account as Row;
use store::db::Tx;
use store::ticket::Purpose;

use super::letter::Way;
use super::{Account, name_of, role_of, taken};
use crate::error::{Error, Result};
use crate::password::NO_PASSWORD;
use crate::permission::Role;
use crate::{Engine, email};

/// A shop with more staff looks through them by the API for accounts.
const STAFF_MAX: i64 = 500;

/// One of staff.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: Account,
    /// Noted every few minutes, and with everything that they do.
    pub seen_at: Option<Timestamp>,
    pub keys: i64,
}

impl Member {
    /// They have not followed the link of their invitation yet.
    pub fn is_invited(&self) -> bool {
        self.account.verified_at.is_none()
    }
}

impl Engine {
    /// Whoever works for the shop, admins first.
    pub async fn staff(&self) -> Result<Vec<Member>> {
        let rows = self.db().read(|tx| tx.staff(STAFF_MAX)).await?;
        let member = |row: store::staff::StaffRow| {
            Ok(Member { account: Account::of(row.account)?, seen_at: row.seen_at, keys: row.keys })
        };
        rows.into_iter().map(member).collect()
    }

    /// Makes an account of staff and writes to its person, who sets a password by the link.
    pub async fn invite_staff(
        &self,
        (address, name, role): (&str, &str, Role),
        by: &AccountId,
    ) -> Result<AccountId> {
        if role == Role::Customer {
            return Err(Error::invalid("unknown-role", "staff are admin or support"));
        }
        let email = email::parse(address)?;
        let name = match name.trim() {
            "" => email.split('@').next().unwrap_or(&email).to_owned(),
            name => name_of(name)?,
        };
        let (now, by) = (self.now(), by.clone());
        let id = AccountId::mint(now, &*self.parts.chance);
        let row = Row {
            id: id.clone(),
            email,
            name,
            role: role.as_str().to_owned(),
            password_hash: NO_PASSWORD.to_owned(),
            created_at: now,
            verified_at: None,
            second_factor_at: None,
            language: None,
            closed_at: None,
        };
        let link = self.new_link(Way::Invite)?;
        self.db()
            .write(move |tx| {
                if !tx.insert_account(&row)? {
                    return Err(taken());
                }
                link.clone().write(tx, &row, &row.email)?;
                tx.audit(by.as_str(), "invite-staff", row.id.as_str(), role.as_str())?;
                Ok(())
            })
            .await?;
        Ok(id)
    }

    /// Writes once more to somebody who has not followed the link; the one before is over.
    pub async fn invite_staff_again(&self, id: &AccountId, by: &AccountId) -> Result<()> {
        let (id, by, link) = (id.clone(), by.clone(), self.new_link(Way::Invite)?);
        self.db()
            .write(move |tx| {
                tx.lock_account(&id)?;
                let row = tx.account(&id)?;
                if role_of(&row)? == Role::Customer || row.verified_at.is_some() {
                    return Err(Error::refused("not-now", "nobody waits for an invitation here"));
                }
                tx.delete_tickets(&id, Purpose::Reset)?;
                link.clone().write(tx, &row, &row.email)?;
                tx.audit(by.as_str(), "invite-staff", id.as_str(), "again")?;
                Ok(())
            })
            .await
    }

    /// Gives somebody another role; a customer's takes them out of staff. What they had open ends,
    /// and their API keys do, so that nothing of before has powers that nobody meant.
    pub async fn change_role(&self, id: &AccountId, role: Role, by: &AccountId) -> Result<()> {
        let (id, by) = (id.clone(), by.clone());
        self.db()
            .write(move |tx| {
                // Two admins who take each other away come one after the other.
                let admins = tx.lock_admins()?;
                tx.lock_account(&id)?;
                let row = tx.account(&id)?;
                let before = may_change(&row, role, &by)?;
                if before == Role::Admin && !admins.iter().any(|admin| *admin != id) {
                    let why = "this is the last admin; make another one first";
                    return Err(Error::refused("not-now", why));
                }
                change(tx, &row, role)?;
                let detail = format!("from {} to {}", before.as_str(), role.as_str());
                tx.audit(by.as_str(), "change-role", id.as_str(), &detail)?;
                Ok(())
            })
            .await
    }
}

/// The role that somebody has, where they may get another one.
fn may_change(row: &Row, role: Role, by: &AccountId) -> Result<Role> {
    let refused = |why: &str| Err(Error::refused("not-now", why.to_owned()));
    let before = role_of(row)?;
    if row.id == *by {
        return refused("nobody changes their own role; another admin does");
    }
    if row.closed_at.is_some() {
        return refused("this account is closed");
    }
    if before == role {
        return refused("that is their role already");
    }
    // Whoever typed an address need not be who reads its mail.
    if before == Role::Customer && row.verified_at.is_none() {
        return refused("nobody has proven the address of this account");
    }
    Ok(before)
}

fn change(tx: &mut Tx<'_>, row: &Row, role: Role) -> Result<()> {
    tx.set_role(&row.id, role.as_str())?;
    tx.end_sessions(&row.id, None)?;
    tx.revoke_api_keys(&row.id)?;
    if role == Role::Customer {
        // An invitation that was not followed leads nowhere.
        tx.delete_tickets(&row.id, Purpose::Reset)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tests::ada;
    use crate::database::for_each_database;
    use crate::permission::Visitor;
    use crate::secret::Secret;
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    fn wish(email: &str) -> SignIn {
        let (password, agent) = (Secret::new(PASSWORD), "Firefox".to_owned());
        SignIn { email: email.into(), password, agent, address: address(1) }
    }

    fn is_not_now<T>(result: &Result<T>) -> bool {
        matches!(result, Err(Error::Refused { slug: "not-now", .. }))
    }

    #[tokio::test]
    async fn whoever_is_invited_sets_a_password_by_the_link_and_is_staff() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let invite =
                async |email: &str, role| shop.engine.invite_staff((email, "", role), &sue).await;
            let customer = invite("new@example.com", Role::Customer).await;
            assert!(matches!(customer, Err(Error::Invalid { slug: "unknown-role", .. })));
            let new = invite("New@example.com", Role::Support).await.unwrap();
            let twice = invite("new@example.com", Role::Admin).await;
            assert!(matches!(twice, Err(Error::Refused { slug: "email-taken", .. })));
            let early = shop.engine.sign_in(wish("new@example.com")).await;
            assert!(matches!(early, Err(Error::Invalid { slug: "wrong-sign-in", .. })));

            shop.engine.invite_staff_again(&new, &sue).await.unwrap();
            let letters = shop.letters().await;
            let links: Vec<Secret> = letters
                .into_iter()
                .filter(|(kind, to, _)| kind == "staff-invited" && to == "new@example.com")
                .map(|(_, _, token)| token.unwrap())
                .collect();
            let set = async |link: &Secret| {
                shop.engine.reset_password(link, &Secret::new(PASSWORD)).await
            };
            assert!(matches!(set(&links[0]).await, Err(Error::Refused { slug: "link-over", .. })));
            shop.clock.step(std::time::Duration::from_secs(2 * 24 * 60 * 60));
            set(&links[1]).await.unwrap();
            let begun = shop.engine.sign_in(wish("new@example.com")).await.unwrap();
            assert_eq!((begun.account, begun.role), (new.clone(), Role::Support));
            assert!(is_not_now(&shop.engine.invite_staff_again(&new, &sue).await));
            let staff = shop.engine.staff().await.unwrap();
            assert_eq!(staff.iter().filter(|one| !one.is_invited()).count(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn the_last_admin_stays_and_nobody_changes_their_own_role() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let sam = shop.account("sam@example.com", Role::Support).await;
            // An invited admin cannot sign in yet, and so does not count.
            let invited = ("new@example.com", "", Role::Admin);
            let new = shop.engine.invite_staff(invited, &sue).await.unwrap();
            let change = async |of: &AccountId, role, by: &AccountId| {
                shop.engine.change_role(of, role, by).await
            };
            for role in [Role::Support, Role::Customer] {
                assert!(is_not_now(&change(&sue, role, &sue).await));
                assert!(is_not_now(&change(&sue, role, &new).await));
            }
            change(&sam, Role::Admin, &sue).await.unwrap();
            change(&sue, Role::Support, &sam).await.unwrap();
            assert!(is_not_now(&change(&sam, Role::Support, &sue).await));
            assert!(is_not_now(&change(&sue, Role::Support, &sam).await));
            change(&new, Role::Customer, &sam).await.unwrap();
            let told: Vec<_> = shop.engine.staff().await.unwrap();
            let told: Vec<_> =
                told.iter().map(|one| (&*one.account.email, one.account.role)).collect();
            let expected = [("sam@example.com", Role::Admin), ("sue@example.com", Role::Support)];
            assert_eq!(told, expected);
            let audit = shop.engine.list_audit(Some(sue.as_str()), None, 9).await.unwrap();
            let changed = audit.iter().find(|row| row.action == "change-role").unwrap();
            assert_eq!(
                (&*changed.actor, &*changed.detail),
                (sam.as_str(), "from admin to support")
            );
        })
        .await;
    }

    #[tokio::test]
    async fn two_admins_who_take_each_other_away_leave_one() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let sam = shop.account("sam@example.com", Role::Admin).await;
            let (one, other) = tokio::join!(
                shop.engine.change_role(&sue, Role::Customer, &sam),
                shop.engine.change_role(&sam, Role::Customer, &sue),
            );
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            assert_eq!(shop.engine.staff().await.unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn with_another_role_nothing_of_before_opens_anything() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let stranger = shop.engine.sign_up(ada()).await.unwrap();
            let unproven = shop.engine.change_role(&stranger.account, Role::Admin, &sue).await;
            assert!(is_not_now(&unproven));
            let eve = shop.account("eve@example.com", Role::Customer).await;
            let begun = shop.engine.sign_in(wish("eve@example.com")).await.unwrap();
            let key = shop.engine.create_api_key(&eve, &[], eve.as_str()).await.unwrap().key;
            shop.engine.change_role(&eve, Role::Support, &sue).await.unwrap();
            assert_eq!(shop.engine.who(&begun.token).await.unwrap(), Visitor::Nobody);
            assert!(shop.engine.who_by_key(&key).await.is_err());
        })
        .await;
    }
}
