//! Which alerts are open although their trouble is over?

use domain::id::OrderId;

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

impl Engine {
    /// Ends them, so that the same trouble another time is a new row.
    pub(crate) async fn resolve_alerts(&self) -> Result<u64> {
        let over = self.db().read(|tx| tx.alerts_over(ASKED_AT_ONCE)).await?;
        let over: Vec<(String, String)> =
            over.into_iter().map(|(kind, subject)| (subject, kind)).collect();
        self.move_each(&over, |_, tx, (subject, kind)| {
            // A new trouble of the order is told under the same lock.
            if let Ok(order) = OrderId::parse(subject) {
                tx.lock_order(&order)?;
            }
            Ok(tx.resolve_alert_that_is_over(kind, subject)?)
        })
        .await
    }
}
