//! What somebody who checks a shop wants to know of its database, in one look that changes
//! nothing. Not for mending: the words for people, and the remedies, are the command line's.

use domain::clock::Timestamp;
use store::by_hand::Waiting;

use crate::error::{Error, Result};
use crate::{Engine, master_key, switches};

/// How the shop stands, as its database says.
#[derive(Clone, Debug)]
pub struct Health {
    /// By the database's clock.
    pub now: Timestamp,
    /// Whether the master key is the one of the first start; nothing before there was one.
    pub master_key_fits: Option<bool>,
    pub last_sync: Option<Timestamp>,
    /// Why nothing is bought from the provider, if that is so.
    pub provider_paused: Option<String>,
    /// Why no orders are taken, if that is so.
    pub selling_stopped: Option<String>,
    /// Why permits and refunds are forbidden, if they are.
    pub latched: Option<String>,
    pub open_alerts: i64,
    /// How many mails have not left.
    pub unsent_mails: i64,
    /// Orders that wait for a person to deliver them.
    pub by_hand: Waiting,
}

impl Engine {
    /// Looks, and changes nothing. The tables must be there.
    pub async fn health(&self) -> Result<Health> {
        let (provider, ours) = (self.parts.provider.id, self.parts.seal.check_text());
        self.db()
            .read(move |tx| {
                let known = master_key::known(tx)?;
                Ok::<_, Error>(Health {
                    now: tx.now()?,
                    master_key_fits: known.map(|known| known == ours),
                    last_sync: tx.pointers(provider)?.and_then(|pointers| pointers.sync_at),
                    provider_paused: tx.provider_pause(provider)?,
                    selling_stopped: switches::selling_stopped(tx)?,
                    latched: switches::latched(tx)?,
                    open_alerts: tx.count_open_alerts()?,
                    unsent_mails: tx.count_unsent_mails()?,
                    by_hand: tx.waiting_by_hand()?,
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use store::seal::Seal;

    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::TestEngine;

    #[tokio::test]
    async fn a_look_tells_the_switches_and_changes_nothing() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let before = shop.engine.health().await.unwrap();
            assert_eq!(before.master_key_fits, None);
            assert_eq!((before.latched, before.selling_stopped), (None, None));
            assert_eq!(shop.engine.health().await.unwrap().master_key_fits, None);

            shop.engine.check_master_key().await.unwrap();
            shop.engine.latch("restored from a copy").await.unwrap();
            shop.engine.selling_stop("acc_1", "prices are wrong").await.unwrap();
            let after = shop.engine.health().await.unwrap();
            assert_eq!(after.master_key_fits, Some(true));
            assert_eq!(after.latched.as_deref(), Some("restored from a copy"));
            assert_eq!(after.selling_stopped.as_deref(), Some("prices are wrong"));
            assert_eq!(after.open_alerts, 2);
        })
        .await;
    }

    #[tokio::test]
    async fn another_master_key_does_not_fit() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.engine.check_master_key().await.unwrap();
            let mut parts = (*shop.engine.parts).clone();
            parts.seal = Seal::new([9; 32]);
            let health = Engine::new(parts).health().await.unwrap();
            assert_eq!(health.master_key_fits, Some(false));
        })
        .await;
    }
}
