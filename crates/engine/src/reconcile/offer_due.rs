//! Which customers may choose between money back and waiting, and were not asked yet?

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

impl Engine {
    /// Offers the choice for purchases that have been unheard for `BERTH_OFFER_AFTER`.
    pub(crate) async fn offer_choices(&self) -> Result<u64> {
        let after = self.settings().offer_after;
        let due = self.db().read(move |tx| tx.offers_due(after, ASKED_AT_ONCE)).await?;
        self.move_each(&due, |_, tx, id| Ok(tx.offer_choice(id)?)).await
    }
}
