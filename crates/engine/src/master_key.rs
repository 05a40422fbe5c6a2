//! Whether the master key is the one that this database's secrets were sealed with.

use store::db::{StoreError, Tx};

use crate::Engine;
use crate::error::{Error, Result};

const SETTING: &str = "master_key_check";

impl Engine {
    /// Compares the key with the one of the first start, which is written down at the first.
    /// With another key nothing could be opened, and new secrets could not be opened beside old.
    pub async fn check_master_key(&self) -> Result<()> {
        let ours = self.parts.seal.check_text();
        let node = self.parts.node.as_str().to_owned();
        let known = self.db().write(move |tx| {
            tx.insert_setting(SETTING, &ours, &node)?;
            Ok::<_, StoreError>(known(tx)?.is_some_and(|known| known == ours))
        });
        match known.await? {
            true => Ok(()),
            false => Err(Error::invalid("wrong-master-key", WRONG)),
        }
    }
}

/// By what the key of the first start is known; nothing before there was one.
pub(crate) fn known(tx: &mut Tx<'_>) -> store::db::Result<Option<String>> {
    Ok(tx.setting(SETTING)?.map(|setting| setting.value))
}

const WRONG: &str = "the master key is not the one that this database's secrets were sealed with: \
     set BERTH_MASTER_KEY to that key, or put back the key file that belongs to the database. \
     Without it the secrets in the database cannot be read.";

#[cfg(test)]
mod tests {
    use store::seal::Seal;

    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::TestEngine;

    #[tokio::test]
    async fn another_master_key_is_refused_from_the_second_start_on() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.engine.check_master_key().await.unwrap();
            shop.engine.check_master_key().await.unwrap();
            let mut parts = (*shop.engine.parts).clone();
            parts.seal = Seal::new([9; 32]);
            let refused = Engine::new(parts).check_master_key().await.unwrap_err();
            assert!(matches!(refused, Error::Invalid { slug: "wrong-master-key", .. }));
            assert!(refused.to_string().contains("BERTH_MASTER_KEY"));
            shop.engine.check_master_key().await.unwrap();
        })
        .await;
    }
}
