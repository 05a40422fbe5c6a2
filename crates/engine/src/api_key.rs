//! Programs prove who they are with a key: told once, kept as a hash, revoked at once.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, ApiKeyId};
use store::api_key::{ApiKeyRow, NewApiKey};

use crate::Engine;
use crate::account::role_of;
use crate::error::{Error, Result};
use crate::permission::{AccountRef, Scope, SecondFactor, Via, Visitor};
use crate::secret::Secret;
use crate::session::{hash_of, random_text};

/// By this a key is known for what it is, by people and by programs that look for leaks.
const PREFIX: &str = "bk_";
/// So many letters of a key stay readable in lists.
const HINT: usize = 8;
const LENGTH: usize = PREFIX.len() + 64;
/// Use is noted so often at most: a busy program need not write with every request.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// A key just made. Its text is told once, here.
#[derive(Clone, Debug)]
pub struct MadeKey {
    pub id: ApiKeyId,
    pub key: Secret,
}

/// A key as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// Its first letters.
    pub hint: String,
    /// Empty: all powers of its owner.
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Reads kept scopes strictly. Without this a damaged row could read as "all powers".
fn scopes_of(row: &ApiKeyRow) -> Result<Vec<Scope>> {
    let scopes = row.scopes.split_whitespace().map(Scope::parse).collect::<Result<Vec<_>>>();
    scopes.map_err(|error| Error::Bug(format!("API key {}: {error}", row.id)))
}

impl Engine {
    /// Makes a key for an account; without scopes it has all powers of its owner.
    pub async fn create_api_key(
        &self,
        account: &AccountId,
        scopes: &[Scope],
        actor: &str,
    ) -> Result<MadeKey> {
        let mut scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let chance = &*self.parts.chance;
        let key = format!("{PREFIX}{}", random_text(chance));
        let new = NewApiKey {
            id: ApiKeyId::mint(self.now(), chance),
            account: account.clone(),
            key_hash: hash_of(&key),
            hint: key.chars().take(HINT).collect(),
            scopes: scopes.join(" "),
        };
        let (id, actor) = (new.id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                tx.account(&new.account)?;
                tx.insert_api_key(&new)?;
                let detail = format!("for {} with scopes [{}]", new.account, new.scopes);
                tx.audit(&actor, "create-api-key", new.id.as_str(), &detail)
            })
            .await?;
        Ok(MadeKey { id, key: Secret::new(key) })
    }

    /// Revokes a key of an account, from the next request on.
    pub async fn revoke_api_key(
        &self,
        account: &AccountId,
        key: &ApiKeyId,
        actor: &str,
    ) -> Result<()> {
        let (account, key, actor) = (account.clone(), key.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                if !tx.revoke_api_key(&account, &key)? {
                    return Err(Error::missing("API key", &key));
                }
                tx.audit(&actor, "revoke-api-key", key.as_str(), &format!("of {account}"))?;
                Ok(())
            })
            .await
    }

    /// Reads a page of an account's keys, newest first: those made before `after`.
    pub async fn list_api_keys(
        &self,
        account: &AccountId,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>> {
        let account = account.clone();
        let read =
            self.db().read(move |tx| tx.list_api_keys(&account, after.as_ref(), limit)).await?;
        let told = |row: ApiKeyRow| {
            let scopes = scopes_of(&row)?;
            let ApiKeyRow { id, hint, created_at, used_at, revoked_at, .. } = row;
            Ok(ApiKey { id, hint, scopes, created_at, used_at, revoked_at })
        };
        read.into_iter().map(told).collect()
    }

    /// Whose key this is. A key that is not in force is refused, not taken for nobody's.
    pub async fn who_by_key(&self, key: &Secret) -> Result<Visitor> {
        let text = key.expose();
        if text.len() != LENGTH || !text.starts_with(PREFIX) {
            return Err(Error::Unauthenticated);
        }
        let hash = hash_of(text);
        let found = self.db().read(move |tx| tx.api_key_by_hash(&hash)).await?;
        let (key, row) = found.ok_or(Error::Unauthenticated)?;
        if key.used_at.is_none_or(|at| key.read_at.since(at) >= NOTED_EVERY) {
            let id = key.id.clone();
            self.db().write(move |tx| tx.touch_api_key(&id)).await?;
        }
        Ok(Visitor::Account(AccountRef {
            role: role_of(&row)?,
            // The shop asks people for one, not programs.
            second_factor: SecondFactor::of(&row, false),
            id: row.id,
            email: row.email,
            verified: row.verified_at.is_some(),
            name: row.name,
            language: row.language,
            scopes: scopes_of(&key)?,
            via: Via::Key(key.id),
            proved: true,
            acting: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::permission::{Act, Role};
    use crate::test_engine::TestEngine;

    #[tokio::test]
    async fn a_key_without_scopes_has_all_powers_of_its_owner() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let made = shop.engine.create_api_key(&sue, &[], sue.as_str()).await.unwrap();
            assert!(made.key.expose().starts_with("bk_") && made.key.expose().len() == 67);
            let visitor = shop.engine.who_by_key(&made.key).await.unwrap();
            for act in Act::ALL {
                assert_eq!(visitor.may(*act).unwrap().id, sue);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_with_scopes_has_those_alone() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let sue = shop.account("sue@example.com", Role::Admin).await;
            let scopes = [Scope::OrdersRead, Scope::AdminRead, Scope::OrdersRead];
            let made = shop.engine.create_api_key(&sue, &scopes, sue.as_str()).await.unwrap();
            let visitor = shop.engine.who_by_key(&made.key).await.unwrap();
            assert!(visitor.may(Act::SeeAllOrders).is_ok());
            assert!(visitor.may(Act::MarkPaid).is_err());
            let listed = shop.engine.list_api_keys(&sue, None, 50).await.unwrap();
            assert_eq!(listed[0].scopes, [Scope::AdminRead, Scope::OrdersRead]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_revoked_or_unknown_key_is_refused() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let eve = shop.account("eve@example.com", Role::Customer).await;
            let made = shop.engine.create_api_key(&ada, &[], ada.as_str()).await.unwrap();
            let foreign = shop.engine.revoke_api_key(&eve, &made.id, eve.as_str()).await;
            assert!(matches!(foreign, Err(Error::Missing { .. })));
            assert!(shop.engine.who_by_key(&made.key).await.is_ok());
            shop.engine.revoke_api_key(&ada, &made.id, ada.as_str()).await.unwrap();
            let unknown = Secret::new(format!("bk_{}", "0".repeat(64)));
            for key in [&made.key, &unknown, &Secret::new(""), &Secret::new("bk_\0")] {
                let refused = shop.engine.who_by_key(key).await;
                assert!(matches!(refused, Err(Error::Unauthenticated)));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_list_tells_use_and_a_hint_and_never_the_key() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let made = shop.engine.create_api_key(&ada, &[], ada.as_str()).await.unwrap();
            shop.engine.who_by_key(&made.key).await.unwrap();
            let listed = shop.engine.list_api_keys(&ada, None, 50).await.unwrap();
            assert!(listed[0].used_at.is_some_and(|at| at <= listed[0].created_at + NOTED_EVERY));
            assert!(made.key.expose().starts_with(&listed[0].hint));
            let audit = shop.engine.list_audit(None, None, 50).await.unwrap();
            assert!(!format!("{listed:?} {audit:?} {made:?}").contains(made.key.expose()));
        })
        .await;
    }
}
