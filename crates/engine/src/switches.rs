//! The shop's switches: selling stopped by a person, the latch that forbids permits and refunds
//! until a person has compared our books with the world, and the second factor asked of staff.

use domain::clock::Timestamp;
use store::db::Tx;
use store::provider::{BUDGET_LIFTED, read_lifted};

use crate::Engine;
use crate::error::{Error, Result};
use crate::permission::AccountRef;
use crate::wording;

pub(crate) const SELLING_STOPPED: &str = "selling_stopped";
pub(crate) const LATCH: &str = "latch";
pub(crate) const STAFF_SECOND_FACTOR: &str = "staff_second_factor";
/// What alerts and audit rows about the whole shop are about.
const SHOP: &str = "shop";
/// Reasons to latch can pile up; the first ones matter.
const LATCH_REASONS_MAX: usize = 2_000;

/// Why selling is stopped, if it is. For decisions: in the transaction that decides.
pub(crate) fn selling_stopped(tx: &mut Tx<'_>) -> store::db::Result<Option<String>> {
    Ok(tx.setting(SELLING_STOPPED)?.map(|setting| setting.value))
}

/// Why permits and refunds are latched, if they are. For decisions, as above.
pub(crate) fn latched(tx: &mut Tx<'_>) -> store::db::Result<Option<String>> {
    Ok(tx.setting(LATCH)?.map(|setting| setting.value))
}

/// Whether staff must have a second factor.
pub(crate) fn staff_second_factor(tx: &mut Tx<'_>) -> store::db::Result<bool> {
    Ok(tx.setting(STAFF_SECOND_FACTOR)?.is_some())
}

/// All of them at once, for those who only show them.
pub(crate) struct Switches {
    pub selling_stopped: Option<String>,
    pub latched: Option<String>,
    pub staff_second_factor: bool,
    /// Since when losses count anew.
    pub budget_lifted_at: Option<Timestamp>,
}

impl Switches {
    pub(crate) fn read(tx: &mut Tx<'_>) -> store::db::Result<Switches> {
        let names = [SELLING_STOPPED, LATCH, STAFF_SECOND_FACTOR, BUDGET_LIFTED];
        let mut set = tx.settings(&names)?;
        let mut value = |name| set.remove(name).map(|setting| setting.value);
        Ok(Switches {
            selling_stopped: value(SELLING_STOPPED),
            latched: value(LATCH),
            staff_second_factor: value(STAFF_SECOND_FACTOR).is_some(),
            budget_lifted_at: set.get(BUDGET_LIFTED).map(read_lifted).transpose()?,
        })
    }
}

impl Engine {
    /// Asks staff for a second factor from now on. Whoever lacks one may only set one up.
    pub async fn ask_staff_for_second_factor(&self, me: &AccountRef) -> Result<()> {
        let id = me.id.clone();
        self.db()
            .write(move |tx| {
                if tx.account(&id)?.second_factor_at.is_none() {
                    let why = "set up your own second factor first, or you would lock yourself out";
                    return Err(Error::refused("not-now", why));
                }
                if tx.insert_setting(STAFF_SECOND_FACTOR, "asked", id.as_str())? {
                    tx.audit(id.as_str(), "staff-second-factor-on", SHOP, "")?;
                }
                Ok(())
            })
            .await
    }

    /// Asks staff for a second factor no more.
    pub async fn trust_staff_without(&self, me: &AccountRef) -> Result<()> {
        let id = me.id.clone();
        self.db()
            .write(move |tx| {
                if tx.delete_setting(STAFF_SECOND_FACTOR)? {
                    tx.audit(id.as_str(), "staff-second-factor-off", SHOP, "")?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    pub async fn is_staff_asked_for_second_factor(&self) -> Result<bool> {
        Ok(self.db().read(staff_second_factor).await?)
    }

    /// Takes no new orders until `selling_start`. Paid ones go on.
    pub async fn selling_stop(&self, actor: &str, reason: &str) -> Result<()> {
        let (actor, reason) = (actor.to_owned(), wording::reason(reason)?);
        self.db()
            .write(move |tx| {
                tx.set_setting(SELLING_STOPPED, &reason, &actor)?;
                tx.audit(&actor, "selling-stop", SHOP, &reason)?;
                let text = format!("selling was stopped: {reason}");
                tx.raise_alert("selling-stopped", SHOP, &text)
            })
            .await?;
        Ok(())
    }

    /// Takes orders again. Nothing happens where they were not stopped.
    pub async fn selling_start(&self, actor: &str) -> Result<()> {
        let actor = actor.to_owned();
        self.db()
            .write(move |tx| {
                if !tx.delete_setting(SELLING_STOPPED)? {
                    return Ok(());
                }
                tx.audit(&actor, "selling-start", SHOP, "")?;
                tx.resolve_alert("selling-stopped", SHOP)
            })
            .await?;
        Ok(())
    }

    pub async fn is_selling_stopped(&self) -> Result<bool> {
        Ok(self.db().read(selling_stopped).await?.is_some())
    }

    /// Forbids permits and refunds. Further reasons are kept beside the first.
    pub async fn latch(&self, reason: &str) -> Result<()> {
        let node = self.parts.node.as_str().to_owned();
        let reason = wording::shortened(reason, LATCH_REASONS_MAX);
        self.db()
            .write(move |tx| {
                let all = match latched(tx)? {
                    None => reason.clone(),
                    Some(known) if known.contains(&reason) => return Ok(()),
                    Some(known) => {
                        wording::shortened(&format!("{known}; {reason}"), LATCH_REASONS_MAX)
                    }
                };
                tx.set_setting(LATCH, &all, &node)?;
                tx.audit(&node, "latch", SHOP, &reason)?;
                let text = format!(
                    "purchases and refunds are latched: {reason}. Compare with the upstream and \
                     the gateways, then run `berth unlatch`"
                );
                tx.raise_alert("latched", SHOP, &text)
            })
            .await?;
        Ok(())
    }

    /// Allows permits and refunds again: a person has compared. False where they were allowed.
    pub async fn unlatch(&self, actor: &str, reason: &str) -> Result<bool> {
        let (actor, reason) = (actor.to_owned(), wording::reason(reason)?);
        let unlatched = self.db().write(move |tx| {
            let was = tx.delete_setting(LATCH)?;
            if was {
                tx.audit(&actor, "unlatch", SHOP, &reason)?;
                tx.resolve_alert("latched", SHOP)?;
            }
            Ok::<_, store::db::StoreError>(was)
        });
        Ok(unlatched.await?)
    }

    /// Why permits and refunds are latched, if they are.
    pub async fn latched(&self) -> Result<Option<String>> {
        Ok(self.db().read(latched).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::TestEngine;

    #[tokio::test]
    async fn selling_stops_and_starts_with_a_reason_on_record() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let engine = &shop.engine;
            assert!(!engine.is_selling_stopped().await.unwrap());
            let refused = engine.selling_stop("acc_1", " ").await;
            assert!(matches!(refused, Err(Error::Invalid { .. })));
            engine.selling_stop("acc_1", "prices are wrong").await.unwrap();
            assert!(engine.is_selling_stopped().await.unwrap());
            let why = engine.db().read(selling_stopped).await.unwrap();
            assert_eq!(why.as_deref(), Some("prices are wrong"));
            engine.selling_start("acc_1").await.unwrap();
            engine.selling_start("acc_1").await.unwrap();
            assert!(!engine.is_selling_stopped().await.unwrap());
            let audit = engine.list_audit(Some(SHOP), None, 50).await.unwrap();
            let told: Vec<&str> = audit.iter().map(|row| row.action.as_str()).collect();
            assert_eq!(told, ["selling-start", "selling-stop"]);
            assert_eq!(audit[1].detail, "prices are wrong");
        })
        .await;
    }

    #[tokio::test]
    async fn the_latch_keeps_every_reason_until_a_person_lifts_it() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let engine = &shop.engine;
            assert_eq!(engine.latched().await.unwrap(), None);
            engine.latch("restored from a copy").await.unwrap();
            engine.latch("a permit is missing").await.unwrap();
            engine.latch("a permit is missing").await.unwrap();
            let why = engine.latched().await.unwrap();
            assert_eq!(why.as_deref(), Some("restored from a copy; a permit is missing"));
            assert!(engine.unlatch("acc_1", "").await.is_err());
            assert!(engine.unlatch("acc_1", "compared, nothing is missing").await.unwrap());
            assert!(!engine.unlatch("acc_1", "compared again").await.unwrap());
            assert_eq!(engine.latched().await.unwrap(), None);
            let audit = engine.list_audit(Some(SHOP), None, 50).await.unwrap();
            let told: Vec<&str> = audit.iter().map(|row| row.action.as_str()).collect();
            assert_eq!(told, ["unlatch", "latch", "latch"]);
        })
        .await;
    }
}
