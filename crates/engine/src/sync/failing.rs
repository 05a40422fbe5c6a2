//! When syncs that fail are told: by how long none has gone well, not by how many have failed,
//! since how often they are tried differs from shop to shop and from hour to hour.

use store::db::Tx;

use crate::{Engine, Result};

/// Ends with the next sync that goes well.
pub(crate) const ALERT: &str = "sync-failing";

impl Engine {
    /// Tells staff of a sync that has just failed, where none has gone well for long.
    pub(super) fn tell_if_failing_long(&self, tx: &mut Tx<'_>, why: &str) -> Result<()> {
        let provider = self.parts.provider.id;
        // A newer one may have gone well while this one was failing.
        let Some(first_failed) = tx.first_failed_sync(provider)? else { return Ok(()) };
        let last_good = tx.pointers(provider)?.and_then(|pointers| pointers.sync_at);
        let patience = self.settings().sync_failing_after;
        // Where syncs lie further apart than that, the first failure alone is no news yet.
        let since = match last_good {
            Some(good) if self.settings().sync_every < patience => good,
            _ => first_failed,
        };
        if tx.now()?.since(since) < patience {
            return Ok(());
        }
        let text = format!("no sync has gone well since {}: {why}", since.minute());
        Ok(tx.raise_alert(ALERT, provider, &text)?)
    }
}
