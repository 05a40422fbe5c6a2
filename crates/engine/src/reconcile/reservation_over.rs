//! Whose reservation is over, and nothing was paid?

use domain::order::{Event, Stage, step};
use store::order::{Cause, Extras};

use super::ASKED_AT_ONCE;
use crate::Engine;
use crate::error::Result;

impl Engine {
    /// Ends reservations by the database's clock, and what the wallet held for them goes back to
    /// it. Money that still comes may revive the order.
    pub(crate) async fn end_reservations(&self) -> Result<u64> {
        let orders = self.db().read(|tx| tx.reservations_over(ASKED_AT_ONCE)).await?;
        self.move_each(&orders, |engine, tx, id| {
            let mut order = tx.lock_order(id)?;
            if order.standing.stage != Stage::Unpaid || order.reserved_until > tx.now()? {
                return Ok(false);
            }
            let next = step(&order.standing, &Event::ReservationOver)?;
            let key = format!("reservation-over:{}", order.version);
            let cause = Cause { key, actor: "worker".into(), data: "{}".into() };
            let moves = [(Event::ReservationOver, next)];
            engine.hold(tx, &order, 0)?;
            tx.record(&mut order, &moves, &cause, &Extras::default())?;
            Ok(true)
        })
        .await
    }
}
