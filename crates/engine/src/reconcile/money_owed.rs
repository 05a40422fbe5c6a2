//! Whose money do we owe, without anybody having it on the list? A delivery takes an order off
//! every list, also one that was paid too much.

use std::time::Duration;

use domain::order::step::Why;

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

const DUE_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

impl Engine {
    pub(crate) async fn list_money_owed(&self) -> Result<u64> {
        let orders = self.db().read(|tx| tx.owed_and_unlisted(ASKED_AT_ONCE)).await?;
        self.move_each(&orders, |_, tx, id| {
            tx.lock_order(id)?;
            if tx.balance_of_order(id, "owed:")? == 0 {
                return Ok(false);
            }
            tx.list(id, Why::Owed.word(), DUE_WITHIN)?;
            Ok(true)
        })
        .await
    }
}
