//! Whose sold time is over? The address stays in our books until the provider drops it.

use domain::order::{Event, Stage, step};
use store::order::{Cause, Extras};

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

impl Engine {
    pub(crate) async fn end_terms(&self) -> Result<u64> {
        let orders = self.db().read(|tx| tx.terms_over(ASKED_AT_ONCE)).await?;
        self.move_each(&orders, |_, tx, id| {
            let mut order = tx.lock_order(id)?;
            let now = tx.now()?;
            let over = order.sold_until.is_some_and(|until| until <= now);
            if !over || !matches!(order.standing.stage, Stage::Delivered(_)) {
                return Ok(false);
            }
            let next = step(&order.standing, &Event::TermOver)?;
            let key = format!("term-over:{}", order.version);
            let cause = Cause { key, actor: "worker".into(), data: "{}".into() };
            tx.record(&mut order, &[(Event::TermOver, next)], &cause, &Extras::default())?;
            // Nothing of it is left to be decided; what is owed comes back to the list by itself.
            tx.settle(id)?;
            Ok(true)
        })
        .await
    }
}
