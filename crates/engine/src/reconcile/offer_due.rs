//! Which customers may choose between money back and waiting, and were not asked yet?

use domain::order::{Event, Stage, step};
use store::order::{Cause, Extras};

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

impl Engine {
    /// Offers the choice for purchases that have been unheard for `BERTH_OFFER_AFTER`.
    pub(crate) async fn offer_choices(&self) -> Result<u64> {
        let after = self.settings().offer_after;
        let due = self.db().read(move |tx| tx.offers_due(after, ASKED_AT_ONCE)).await?;
        self.move_each(&due, |_, tx, id| {
            let mut order = tx.lock_order(id)?;
            let waits = matches!(order.standing.stage, Stage::Unheard(_));
            if !waits || order.offered_at.is_some() {
                return Ok(false);
            }
            let next = step(&order.standing, &Event::Offered)?;
            let key = format!("offered:{}", order.version);
            let cause = Cause { key, actor: "worker".into(), data: "{}".into() };
            tx.record(&mut order, &[(Event::Offered, next)], &cause, &Extras::default())?;
            Ok(true)
        })
        .await
    }
}
